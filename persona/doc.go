// Package persona (用户画像) answers who your customers are: what is known of each person,
// who belongs to a group such as "women under 30 who bought tea twice this
// month", why somebody does not, and what to call them.
//
// All of it is pure: an answer depends on the arguments alone. The moment that is
// asked about is one of them, and days and birthdays are counted on the calendar
// of the schema. Nothing reads the clock, the environment or a file.
//
// # What there is to know
//
//   - A [Definition] says it as data: typed attributes with units, dictionaries,
//     bounds and a mark on personal data, and kinds of events. [NewSchema] and
//     [ParseSchema] compile it to a [Schema].
//   - A [Profile] is what is known of one person: a few words of memory, read by
//     the index of an attribute. [Schema.NewProfile] and [Schema.ReadProfile]
//     make one of values or of JSON, a [Draft] makes many.
//   - A [Census] makes profiles of what several sources say at several times:
//     attributes by [Census.Observe], behaviour by [Census.AddEvent]. Each
//     attribute has a [Survivor] rule for whom to believe, and [Census.Conflicts]
//     lists who said otherwise. A census merges and marshals; neither order nor
//     split can change it.
//
// # Conditions
//
//   - A [Rule] (人群规则) is a condition as a small JSON tree, which people edit, store and
//     compare. [ParseRule] reads one, [Schema.Compile] checks it against the
//     schema and makes a [Segment]. [Schema.CompileAll] compiles rules that refer
//     to each other, and [Schema.FromMongo] reads conditions in the style of
//     MongoDB.
//   - [Segment.Match] answers True, False or Unknown without an allocation;
//     [Segment.At] is faster for many, and [Segment.Count] counts a population.
//   - [Segment.Explain] gives the verdict of every part, and the least that keeps
//     somebody out. [Segment.Version] is a hash of what the rule says.
//
// What is not known is not false. A leaf on it is [Unknown], and so is what
// depends on it: of somebody whose city is not known it is Unknown whether the
// city is Rome, and also whether it is not. A rule that must decide says so by
// Missing. Rules that could never mean what they say do not compile: a misspelt
// attribute, a number compared with a text, a bad regular expression, a circle
// of references. Limits such as [MaxNodes] keep rules from outside harmless.
//
// # Names for people
//
//   - A [Tag] (标签) gives labels by choices, by buckets of a number, by shares of
//     a population, or by picking the first, last or most frequent texts of
//     events. [Schema.FitTag] makes buckets of shares, [Schema.CompileTags] makes
//     a [Tagger] of each tag, and [Tagger.Labels] names somebody.
//
// What joins this package to others are labels: "name=value" of tags, and
// "group=name" of segments.
//
// # Windows
//
// "within 30d" are the events in (asOf - 30 days, asOf]: one at asOf counts, one
// exactly 30 days before does not, and one after asOf never does. Days, weeks,
// months and years step the local calendar, so that the window begins at the
// same clock time; hours, minutes and seconds are elapsed. WholeDays begins at
// midnight, so that "1d" is today.
package persona
