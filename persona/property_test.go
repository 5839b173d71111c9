package persona_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/persona"
)

// drawProfile draws somebody of few values, so that rules are often true, and
// of whom some attributes are not known.
func drawProfile(t *rapid.T, s *persona.Schema) (persona.Profile, map[string]persona.Value) {
	text := rapid.SampledFrom([]string{"", "a", "ab", "b", "1.2.3"})
	all := map[string]*rapid.Generator[persona.Value]{
		"age":       rapid.Map(rapid.Int64Range(0, 4), persona.Int),
		"income":    rapid.Map(rapid.Int64Range(-2, 300), func(n int64) persona.Value { return persona.Decimal(decimal.New(n, -2)) }),
		"gender":    rapid.Map(rapid.SampledFrom([]string{"female", "male"}), persona.Text),
		"city":      rapid.Map(text, persona.Text),
		"member":    rapid.Map(rapid.Bool(), persona.Bool),
		"born":      rapid.Map(rapid.IntRange(-3, 3), func(n int) persona.Value { return persona.Date(2026, 3, 31+n) }),
		"joined":    rapid.Map(rapid.IntRange(-3, 3), func(n int) persona.Value { return persona.Time(asOf.AddDate(0, 0, n)) }),
		"interests": rapid.Map(rapid.SliceOfN(text, 0, 3), func(s []string) persona.Value { return persona.Texts(s...) }),
		"scores": rapid.Map(rapid.SliceOfN(rapid.Int64Range(0, 3), 0, 3), func(numbers []int64) persona.Value {
			items := make([]persona.Value, len(numbers))
			for i, n := range numbers {
				items[i] = persona.Int(n)
			}
			return persona.List(items...)
		}),
	}
	values := make(map[string]persona.Value)
	for i := range s.Len() {
		name := s.Attribute(i).Name
		if g, ok := all[name]; ok && rapid.IntRange(0, 3).Draw(t, "known") > 0 {
			values[name] = g.Draw(t, name)
		}
	}
	var events []persona.Event
	for range rapid.IntRange(0, 3).Draw(t, "events") {
		events = append(events, persona.Event{Kind: "order", At: asOf.AddDate(0, 0, -rapid.IntRange(-1, 3).Draw(t, "ago")), Amount: decimal.New(rapid.Int64Range(0, 2).Draw(t, "amount"), 0)})
	}
	p, err := s.NewProfile(values, events...)
	if err != nil {
		t.Fatal(err)
	}
	return p, values
}

// drawLeaf draws a leaf that compiles.
func drawLeaf(t *rapid.T) persona.Rule {
	number := func() persona.Value { return persona.Int(rapid.Int64Range(0, 4).Draw(t, "n")) }
	half := func() persona.Value {
		return persona.Decimal(decimal.New(rapid.Int64Range(-5, 3005).Draw(t, "half"), -3))
	}
	text := func() persona.Value {
		return persona.Text(rapid.SampledFrom([]string{"", "a", "AB", "b", "1.2"}).Draw(t, "text"))
	}
	pick := func(ops ...persona.Op) persona.Op { return rapid.SampledFrom(ops).Draw(t, "op") }
	r := persona.Rule{Missing: rapid.SampledFrom([]persona.Truth{persona.Unknown, persona.Unknown, persona.True, persona.False}).Draw(t, "missing")}
	switch rapid.IntRange(0, 13).Draw(t, "leaf") {
	case 0:
		r.Attr, r.Op, r.Value = "age", pick(persona.Eq, persona.Ne), number()
	case 1:
		r.Attr, r.Op, r.Value = "age", pick(persona.Lt, persona.Lte, persona.Gt, persona.Gte), half()
	case 2:
		r.Attr, r.Op, r.Value = "income", pick(persona.Lt, persona.Lte, persona.Gt, persona.Gte), half()
	case 3:
		r.Attr, r.Op, r.Value = "age", pick(persona.In, persona.NotIn), persona.List(number(), number())
	case 4:
		r.Attr, r.Op, r.Value = "income", persona.Between, persona.List(half(), persona.Int(4))
		r.Bounds = rapid.SampledFrom([]string{"", "[]", "[)", "(]", "()"}).Draw(t, "bounds")
	case 5:
		r.Attr, r.Op, r.Value = "gender", pick(persona.Eq, persona.Ne, persona.StartsWith, persona.Contains), persona.Text(rapid.SampledFrom([]string{"male", "female", "other"}).Draw(t, "gender"))
	case 6:
		r.Attr, r.Op, r.Value = "city", pick(persona.Eq, persona.Ne, persona.Lt, persona.Gte, persona.Contains, persona.StartsWith, persona.EndsWith), text()
		r.Fold = rapid.Bool().Draw(t, "fold")
	case 7:
		r.Attr, r.Op, r.Value = "interests", pick(persona.In, persona.NotIn, persona.HasAll, persona.Eq, persona.Ne), persona.List(text(), text())
	case 8:
		r.Attr, r.Op, r.Value = "scores", pick(persona.In, persona.NotIn, persona.HasAll, persona.Eq, persona.Ne), persona.List(number(), number())
	case 9:
		r.Attr, r.Op, r.Value = "member", pick(persona.Eq, persona.Ne), persona.Bool(rapid.Bool().Draw(t, "member"))
	case 10:
		r.Attr, r.As, r.Op, r.Value = "scores", persona.Item, pick(persona.Eq, persona.Ne, persona.Lt), number()
	case 11:
		r.Attr, r.Op, r.Missing = rapid.SampledFrom([]string{"age", "city", "scores"}).Draw(t, "attr"), pick(persona.Exists, persona.HasValue), persona.Unknown
	case 12:
		r.Attr, r.As, r.Op, r.Value = rapid.SampledFrom([]string{"born", "joined"}).Draw(t, "attr"), persona.DaysSince, pick(persona.Eq, persona.Lt, persona.Gte), number()
	default:
		r = persona.Rule{Event: "order", Op: pick(persona.Eq, persona.Gte), Value: number(), Measure: rapid.SampledFrom([]persona.Measure{"", persona.Count, persona.Sum, persona.Recency}).Draw(t, "measure")}
	}
	return r
}

func drawRule(t *rapid.T, depth int) persona.Rule {
	parts := func() []persona.Rule {
		all := make([]persona.Rule, rapid.IntRange(1, 3).Draw(t, "parts"))
		for i := range all {
			all[i] = drawRule(t, depth-1)
		}
		return all
	}
	if depth == 0 {
		return drawLeaf(t)
	}
	switch rapid.IntRange(0, 4).Draw(t, "tree") {
	case 0, 1:
		return persona.Rule{All: parts()}
	case 2:
		return persona.Rule{Any: parts()}
	case 3:
		return not(drawRule(t, depth-1))
	}
	return drawLeaf(t)
}

func not(r persona.Rule) persona.Rule { return persona.Rule{Not: &r} }

func compileRule(t *rapid.T, s *persona.Schema, r persona.Rule) *persona.Segment {
	segment, err := s.Compile(r)
	if err != nil {
		t.Fatalf("%+v: %v", r, err)
	}
	return segment
}

// Property: a compiled rule answers as its words say, read one value at a time.
func TestMatchAgainstPlainReading(t *testing.T) {
	s := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		p, values := drawProfile(t, s)
		rule := drawRule(t, 2)
		segment := compileRule(t, s, rule)
		want := plain{values, p}.eval(t, rule)
		if got := segment.Match(p, asOf); got != want {
			t.Fatalf("%s of %v: got %v, want %v", segment.JSON(), values, got, want)
		}
	})
}

// plain evaluates rules without compiling them.
type plain struct {
	values map[string]persona.Value
	p      persona.Profile
}

func (e plain) eval(t *rapid.T, r persona.Rule) persona.Truth {
	switch {
	case r.All != nil:
		verdict := persona.True
		for _, part := range r.All {
			verdict = min(verdict, e.eval(t, part))
		}
		return verdict
	case r.Any != nil:
		verdict := persona.False
		for _, part := range r.Any {
			verdict = max(verdict, e.eval(t, part))
		}
		return verdict
	case r.Not != nil:
		return -e.eval(t, *r.Not)
	}
	got, ok := e.got(r)
	if r.Op == persona.Exists || r.Op == persona.HasValue {
		holds := ok
		if text := got.String(); r.Op == persona.HasValue && (text == "" || text == "[]") {
			holds = false
		}
		return truth(holds)
	}
	if !ok {
		return r.Missing
	}
	if r.As == persona.Item || r.Attr == "interests" || r.Attr == "scores" {
		return truth(e.list(t, r, got))
	}
	return truth(single(t, r, got))
}

func truth(b bool) persona.Truth {
	if b {
		return persona.True
	}
	return persona.False
}

func (e plain) got(r persona.Rule) (persona.Value, bool) {
	if r.Event != "" {
		return e.ofEvents(r)
	}
	v, ok := e.values[r.Attr]
	if ok && r.As == persona.DaysSince {
		var day time.Time
		if r.Attr == "born" {
			day, _ = time.Parse(time.DateOnly, v.String())
		} else {
			at, _ := time.Parse(time.RFC3339, v.String())
			day = at.Add(8 * time.Hour).Truncate(24 * time.Hour) // the date in Shanghai
		}
		today := asOf.Add(8 * time.Hour).Truncate(24 * time.Hour)
		return persona.Int(int64(today.Sub(day) / (24 * time.Hour))), true
	}
	return v, ok
}

func (e plain) ofEvents(r persona.Rule) (persona.Value, bool) {
	var count, sum int64
	recency := int64(-1)
	for event := range e.p.Events() {
		if event.At.After(asOf) {
			continue
		}
		count, sum = count+1, sum+event.Amount.IntPart()
		if days := int64(asOf.Sub(event.At) / (24 * time.Hour)); recency < 0 || days < recency {
			recency = days
		}
	}
	switch r.Measure {
	case persona.Sum:
		return persona.Int(sum), true
	case persona.Recency:
		return persona.Int(recency), recency >= 0
	}
	return persona.Int(count), true
}

func (e plain) list(t *rapid.T, r persona.Rule, got persona.Value) bool {
	has := func(item persona.Value) bool { return slices.ContainsFunc(got.Items(), item.Equal) }
	if r.As == persona.Item {
		return slices.ContainsFunc(got.Items(), func(item persona.Value) bool {
			one := r
			one.As = ""
			return single(t, one, item)
		})
	}
	switch r.Op {
	case persona.Eq:
		return got.Equal(r.Value)
	case persona.Ne:
		return !got.Equal(r.Value)
	case persona.In:
		return slices.ContainsFunc(r.Value.Items(), has)
	case persona.NotIn:
		return !slices.ContainsFunc(r.Value.Items(), has)
	}
	return !slices.ContainsFunc(r.Value.Items(), func(item persona.Value) bool { return !has(item) })
}

func single(t *rapid.T, r persona.Rule, got persona.Value) bool {
	want := r.Value
	a, b := got.String(), want.String()
	if r.Attr == "city" {
		b = strings.ToLower(b) // its normal form, which is also that of Fold
		want = persona.Text(b)
	}
	c := got.Compare(want)
	switch r.Op {
	case persona.Eq:
		return c == 0
	case persona.Ne:
		return c != 0
	case persona.Lt:
		return c < 0
	case persona.Lte:
		return c <= 0
	case persona.Gt:
		return c > 0
	case persona.Gte:
		return c >= 0
	case persona.In:
		return slices.ContainsFunc(want.Items(), got.Equal)
	case persona.NotIn:
		return !slices.ContainsFunc(want.Items(), got.Equal)
	case persona.Between:
		lo, hi := got.Compare(want.Items()[0]), got.Compare(want.Items()[1])
		return (lo > 0 || lo == 0 && !strings.HasPrefix(r.Bounds, "(")) && (hi < 0 || hi == 0 && !strings.HasSuffix(r.Bounds, ")"))
	case persona.Contains:
		return strings.Contains(a, b)
	case persona.StartsWith:
		return strings.HasPrefix(a, b)
	case persona.EndsWith:
		return strings.HasSuffix(a, b)
	}
	t.Fatalf("no plain reading of %v", r.Op)
	return false
}

// Property: the laws of Kleene's logic hold of any rules and anybody.
func TestKleeneLaws(t *testing.T) {
	s := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		p, _ := drawProfile(t, s)
		a, b := drawRule(t, 1), drawRule(t, 1)
		match := func(r persona.Rule) persona.Truth { return compileRule(t, s, r).Match(p, asOf) }
		all := func(r ...persona.Rule) persona.Rule { return persona.Rule{All: r} }
		anyOf := func(r ...persona.Rule) persona.Rule { return persona.Rule{Any: r} }
		laws := []struct {
			name        string
			left, right persona.Rule
		}{
			{"double negation", not(not(a)), a},
			{"De Morgan", not(all(a, b)), anyOf(not(a), not(b))},
			{"De Morgan, the other way", not(anyOf(a, b)), all(not(a), not(b))},
			{"all in any order", all(a, b), all(b, a)},
			{"any in any order", anyOf(a, b), anyOf(b, a)},
			{"one of all", all(a), a},
			{"twice", all(a, a), a},
			{"absorption", all(a, anyOf(a, b)), a},
			{"nothing more to hold", all(a, all()), a},
		}
		laws[len(laws)-1].left.All[1].All = []persona.Rule{} // which is true
		for _, law := range laws {
			if left, right := match(law.left), match(law.right); left != right {
				t.Fatalf("%s: %v, %v", law.name, left, right)
			}
		}
		// A segment and its opposite share nobody, and leave out only the unknown.
		if is, isNot := match(a), match(not(a)); (is == persona.True) && (isNot == persona.True) || (is == persona.Unknown) != (isNot == persona.Unknown) {
			t.Fatalf("%v and not %v", is, isNot)
		}
	})
}

// Property: learning what was not known never turns an answer round; it can only
// decide what was unknown. Leaves whose Missing says more are left out of it.
func TestLearningDecidesOnlyTheUnknown(t *testing.T) {
	s := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		p, values := drawProfile(t, s)
		segment := compileRule(t, s, withoutMissing(drawRule(t, 2)))
		less := make(map[string]persona.Value)
		for i := range s.Len() {
			if name := s.Attribute(i).Name; rapid.Bool().Draw(t, "forget") {
				less[name] = values[name]
			}
		}
		q, err := s.NewProfile(less, slices.Collect(p.Events())...)
		if err != nil {
			t.Fatal(err)
		}
		before, after := segment.Match(q, asOf), segment.Match(p, asOf)
		if before != persona.Unknown && before != after {
			t.Fatalf("%s: %v of %v, and %v of %v", segment.JSON(), before, less, after, values)
		}
	})
}

// withoutMissing takes out what is decided by not being known.
func withoutMissing(r persona.Rule) persona.Rule {
	if r.Op == persona.Exists || r.Op == persona.HasValue {
		r = persona.Rule{Attr: "age", Op: persona.Gte, Value: persona.Int(2)}
	}
	r.Missing = persona.Unknown
	r.All, r.Any = slices.Clone(r.All), slices.Clone(r.Any)
	for i := range r.All {
		r.All[i] = withoutMissing(r.All[i])
	}
	for i := range r.Any {
		r.Any[i] = withoutMissing(r.Any[i])
	}
	if r.Not != nil {
		r.Not = new(withoutMissing(*r.Not))
	}
	return r
}

// Property: Explain has the verdict of Match, and so has a Matcher; with every
// leaf of WhyNot as it should be the verdict would be True, and each of those
// leaves is otherwise now.
func TestExplainIsMatch(t *testing.T) {
	s := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		p, _ := drawProfile(t, s)
		segment := compileRule(t, s, drawRule(t, 3))
		e, at := segment.Explain(p, asOf), segment.At(asOf)
		if got := segment.Match(p, asOf); e.Verdict != got || at.Match(p) != got || e.Reason.Verdict != got {
			t.Fatalf("explained %v, matched %v, as of one instant %v", e.Verdict, got, at.Match(p))
		}
		if (e.Verdict == persona.True) != (len(e.WhyNot) == 0) {
			t.Fatalf("%v, and not because of %v", e.Verdict, e.WhyNot)
		}
		mended := make(map[string]persona.Truth)
		for _, reason := range e.WhyNot {
			if reason.Verdict == reason.Wanted {
				t.Fatalf("%v is as it should be", reason)
			}
			mended[reason.Path] = reason.Wanted
		}
		if got := again(e.Reason, mended); got != persona.True {
			t.Fatalf("%v with all of %v mended", got, e.WhyNot)
		}
	})
}

// again evaluates a reason with other verdicts of some leaves.
func again(r persona.Reason, verdicts map[string]persona.Truth) persona.Truth {
	if verdict, ok := verdicts[r.Path]; ok && len(r.Parts) == 0 {
		return verdict
	}
	switch r.Is {
	case "all":
		verdict := persona.True
		for _, part := range r.Parts {
			verdict = min(verdict, again(part, verdicts))
		}
		return verdict
	case "any":
		verdict := persona.False
		for _, part := range r.Parts {
			verdict = max(verdict, again(part, verdicts))
		}
		return verdict
	case "not":
		return again(r.Parts[0], verdicts).Not()
	}
	return r.Verdict
}

// Property: who is in, who is not and of whom it is unknown are together the
// population, however it is split.
func TestCountsAddUp(t *testing.T) {
	s := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		segment := compileRule(t, s, drawRule(t, 2))
		profiles := make([]persona.Profile, rapid.IntRange(0, 20).Draw(t, "people"))
		for i := range profiles {
			profiles[i], _ = drawProfile(t, s)
		}
		whole := segment.Count(slices.Values(profiles), asOf)
		if whole.Total() != len(profiles) {
			t.Fatalf("%+v of %d", whole, len(profiles))
		}
		cut := rapid.IntRange(0, len(profiles)).Draw(t, "cut")
		parts := segment.Count(slices.Values(profiles[cut:]), asOf)
		parts.Merge(segment.Count(slices.Values(profiles[:cut]), asOf))
		if parts != whole {
			t.Fatalf("%+v in parts, %+v whole", parts, whole)
		}
		opposite := compileRule(t, s, not(segment.Rule())).Count(slices.Values(profiles), asOf)
		if opposite.True != whole.False || opposite.Unknown != whole.Unknown {
			t.Fatalf("%+v, and not: %+v", whole, opposite)
		}
	})
}

// Property: the canonical JSON of a rule is read as the same rule, with the same
// version and answers.
func TestCanonicalRoundTrip(t *testing.T) {
	s := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		p, _ := drawProfile(t, s)
		segment := compileRule(t, s, drawRule(t, 3))
		again := compileRule(t, s, segment.Rule())
		if string(again.JSON()) != string(segment.JSON()) || again.Version() != segment.Version() {
			t.Fatalf("%s became %s", segment.JSON(), again.JSON())
		}
		if again.Match(p, asOf) != segment.Match(p, asOf) {
			t.Fatalf("%s answers otherwise than itself", segment.JSON())
		}
	})
}

// Property: in [x] is eq x, between is gte and lte, not_in is not in.
func TestOperatorsAgree(t *testing.T) {
	s := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		p, _ := drawProfile(t, s)
		leaf := func(op persona.Op, v persona.Value) persona.Rule {
			return persona.Rule{Attr: "income", Op: op, Value: v}
		}
		x := persona.Decimal(decimal.New(rapid.Int64Range(-2, 300).Draw(t, "x"), -2))
		y := persona.Int(3)
		pairs := [][2]persona.Rule{
			{leaf(persona.In, persona.List(x)), leaf(persona.Eq, x)},
			{leaf(persona.NotIn, persona.List(x, y)), not(leaf(persona.In, persona.List(y, x)))},
			{leaf(persona.Ne, x), not(leaf(persona.Eq, x))},
			{leaf(persona.Between, persona.List(x, y)), {All: []persona.Rule{leaf(persona.Gte, x), leaf(persona.Lte, y)}}},
			{leaf(persona.Gt, x), not(leaf(persona.Lte, x))},
		}
		for _, pair := range pairs {
			a, b := compileRule(t, s, pair[0]), compileRule(t, s, pair[1])
			if a.Match(p, asOf) != b.Match(p, asOf) {
				t.Fatalf("%s and %s differ", a.JSON(), b.JSON())
			}
		}
	})
}

// Property: an attribute that a rule does not ask for changes nothing.
func TestIrrelevantAttribute(t *testing.T) {
	s := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		p, values := drawProfile(t, s)
		segment := compileRule(t, s, drawRule(t, 2))
		values["phone"] = persona.Text(rapid.String().Filter(func(s string) bool { return len(s) < 100 }).Draw(t, "phone"))
		q, err := s.NewProfile(values, slices.Collect(p.Events())...)
		if err != nil {
			t.Fatal(err)
		}
		if segment.Match(p, asOf) != segment.Match(q, asOf) {
			t.Fatalf("%s depends on the phone", segment.JSON())
		}
	})
}

func FuzzRule(f *testing.F) {
	s := shop(f)
	for _, seed := range []string{sixClauses, withTime, `{"not": {"any": [{"attr": "city", "op": "matches", "value": "a+"}]}}`, `{"attr":"scores","as":"item","op":"ne","value":1e2}`, `{"segment":"x"}`, `[]`} {
		f.Add([]byte(seed))
	}
	p := read(f, s, somebody)
	f.Fuzz(func(t *testing.T, data []byte) {
		rule, err := persona.ParseRule(data)
		if err != nil {
			return
		}
		segment, err := s.Compile(rule)
		if err != nil {
			return
		}
		if got := segment.Explain(p, asOf); got.Verdict != segment.Match(p, asOf) {
			t.Fatalf("explained %v", got.Verdict)
		}
		segment.Match(persona.Profile{}, asOf)
		again, err := s.Compile(segment.Rule())
		if err != nil {
			t.Fatalf("%s does not compile: %v", segment.JSON(), err)
		}
		if diff := cmp.Diff(string(segment.JSON()), string(again.JSON())); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func FuzzMongo(f *testing.F) {
	s := shop(f)
	for _, seed := range []string{
		`{"age": {"$gt": 3, "$not": {"$in": [1, null]}}, "$or": [{"city": "a"}], "$nor": []}`,
		`{"scores": {"$elemMatch": {"$gt": 1, "$lt": 5}, "$size": {"$gte": 1}}, "city": {"$vgt": "1.2", "$type": "string"}}`,
		`{"interests": {"a": {"b": null}}, "age": {"$inGroup": "g"}}`,
	} {
		f.Add([]byte(seed))
	}
	p := read(f, s, somebody)
	f.Fuzz(func(_ *testing.T, data []byte) {
		rule, err := s.FromMongo(data, map[string][]persona.Value{"g": {persona.Int(1)}})
		if err != nil {
			return
		}
		if segment, err := s.Compile(rule); err == nil {
			segment.Match(p, asOf)
		}
	})
}

func FuzzReadProfile(f *testing.F) {
	s := shop(f)
	f.Add([]byte(somebody))
	f.Add([]byte(`{"age": "30", "colours": ["mauve"], "scores": [[1]], "x": 1e999}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, _, err := s.ReadProfile(data)
		if err != nil {
			return
		}
		written, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		q, left, err := s.ReadProfile(written)
		if err != nil || len(left) > 0 {
			t.Fatal(string(written), left, err)
		}
		again, err := json.Marshal(q)
		if err != nil || string(again) != string(written) {
			t.Fatalf("%s became %s", written, again)
		}
	})
}

func FuzzSchema(f *testing.F) {
	f.Add([]byte(`{"attributes": [{"name": "a", "kind": "list", "of": "enum", "values": ["x"]}, {"name": "b", "kind": "date", "min": "2020-01-01"}], "events": [{"name": "e", "fields": ["f"]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := persona.ParseSchema(data, nil)
		if err != nil {
			return
		}
		if len(s.Version()) != 64 {
			t.Fatal("no version")
		}
		if _, _, err := s.ReadProfile([]byte(`{"a": ["x"], "b": 1}`)); err != nil {
			t.Fatal(err)
		}
	})
}
