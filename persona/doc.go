// Package persona answers who your customers are: what is known of each person,
// who belongs to a group such as "women under 30 who bought tea twice this
// month", and what to call them.
//
//   - [Definition] says what there is to know, as data: typed attributes with
//     their units, dictionaries and bounds, and kinds of events. [NewSchema] and
//     [ParseSchema] compile it to a [Schema].
//   - [Profile] is what is known of one person, by that schema. [Schema.NewProfile]
//     and [Schema.ReadProfile] make one from values or JSON, a [Draft] makes many.
//
// A profile is pure data, and every answer depends on the arguments alone: the
// moment that is asked about is one of them, and the calendar is the schema's.
// Nothing reads the clock, the environment or a file.
package persona
