package persona_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/persona"
)

func tagger(t testing.TB, s *persona.Schema, text string, segments ...*persona.Segment) *persona.Tagger {
	t.Helper()
	tags, err := persona.ParseTags([]byte("[" + text + "]"))
	if err != nil {
		t.Fatal(err)
	}
	taggers, err := s.CompileTags(tags, segments...)
	if err != nil {
		t.Fatal(err)
	}
	return taggers[0]
}

func TestTags(t *testing.T) {
	s := shop(t)
	segments, err := s.CompileAll([]persona.NamedRule{{Name: "rich", Rule: persona.Rule{Attr: "income", Op: persona.Gte, Value: persona.Int(10_000)}}})
	if err != nil {
		t.Fatal(err)
	}
	choices := `{"name": "value", "choices": [
		{"value": "vip", "rule": {"all": [{"segment": "rich"}, {"attr": "member", "op": "eq", "value": true}]}},
		{"value": "rich", "rule": {"segment": "rich"}}], "otherwise": "normal"}`
	bands := `{"name": "age-band", "metric": {"attr": "born", "as": "age"}, "bounds": [18, 30], "values": ["minor", "young", "older"]}`
	spend := `{"name": "spend", "metric": {"event": "order", "measure": "sum", "within": "90d"}, "bounds": [0.01, 99.995], "values": ["none", "some", "much"]}`
	pick := func(rest string) string {
		return `{"name": "likes", "pick": {"event": "order", "field": "category", ` + rest + `}, "otherwise": "nothing"}`
	}
	tests := []struct{ name, tag, profile, orders, want string }{
		{"the first that is true", choices, `{"income": 10000, "member": true}`, "", "value=vip"},
		{"an unknown choice is passed over", choices, `{"income": 10000}`, "", "value=rich"},
		{"all are false", choices, `{"income": 9999.99}`, "", "value=normal"},
		{"one is unknown, and none true", choices, `{"member": true}`, "", ""},
		{"just below a bound", bands, `{"born": "2008-04-01"}`, "", "age-band=minor"},
		{"at a bound", bands, `{"born": "2008-03-31"}`, "", "age-band=young"},
		{"at the last bound", bands, `{"born": "1996-03-31"}`, "", "age-band=older"},
		{"not known", bands, `{}`, "", ""},
		{"no events are none", spend, `{}`, "", "spend=none"},
		{"below a bound between two cents", spend, `{}`, "1 99.99 tea", "spend=some"},
		{"above a bound between two cents", spend, `{}`, "1 100 tea", "spend=much"},
		{"first", pick(`"take": "first"`), `{}`, "3 1 Tea, 5 1 coffee, 1 1 milk", "likes=coffee"},
		{"first of an instant: by bytes", pick(`"take": "first"`), `{}`, "5 1 b, 5 1 a", "likes=a"},
		{"last", pick(`"take": "last"`), `{}`, "3 1 Tea, 5 1 coffee, 1 1 milk", "likes=milk"},
		{"last of an instant: by bytes", pick(`"take": "last"`), `{}`, "5 1 b, 5 1 a", "likes=a"},
		{"within a window", pick(`"take": "first", "within": "5d"`), `{}`, "3 1 Tea, 5 1 coffee, 1 1 milk", "likes=tea"},
		{"most", pick(`"take": "most"`), `{}`, "3 1 tea, 5 1 coffee, 6 1 coffee", "likes=coffee"},
		{"most: a tie goes to the later", pick(`"take": "most"`), `{}`, "3 1 tea, 5 1 coffee", "likes=tea"},
		{"most: a tie at an instant goes by bytes", pick(`"take": "most"`), `{}`, "3 1 b, 3 1 a", "likes=a"},
		{"most by amount", pick(`"take": "most", "by": "sum"`), `{}`, "3 1 tea, 4 1 tea, 5 2.01 coffee", "likes=coffee"},
		{"top two", pick(`"take": "most", "top": 2`), `{}`, "3 1 tea, 4 1 tea, 5 1 coffee, 1 1 milk", "likes=tea likes=milk"},
		{"at least two", pick(`"take": "most", "top": 2, "atLeast": 2`), `{}`, "3 1 tea, 4 1 tea, 5 1 coffee", "likes=tea"},
		{"nothing to pick", pick(`"take": "most", "atLeast": 2`), `{}`, "3 1 tea", "likes=nothing"},
		{"no value of a label", pick(`"take": "most", "top": 3`), `{}`, "3 1 a=b, 4 1 Tea, 5 1 tea", "likes=tea"},
		{"hours of activity", `{"name": "hours", "pick": {"event": "order", "field": "hour", "take": "most"}}`, `{}`, "3 1 a, 4 1 b", "hours=12"},
		{"weekdays", `{"name": "day", "pick": {"event": "order", "field": "weekday", "take": "last"}}`, `{}`, "1 1 a", "day=1"}, // 30 March 2026 is a Monday
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := s.Draft()
			base := read(t, s, tt.profile)
			for i := range s.Len() {
				if err := d.Set(i, base.Value(i)); err != nil {
					t.Fatal(err)
				}
			}
			for order := range strings.SplitSeq(tt.orders, ", ") {
				var days int
				var amount, category string
				if n, _ := fmt.Sscan(order, &days, &amount, &category); n < 3 {
					continue
				}
				e := persona.Event{Kind: "order", At: asOf.AddDate(0, 0, -days), Amount: decimal.RequireFromString(amount), Fields: map[string]string{"category": category}}
				if err := d.Add(e); err != nil {
					t.Fatal(err)
				}
			}
			p := d.Profile()
			tagger := tagger(t, s, tt.tag, segments...)
			got := tagger.Labels(p, asOf)
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if e := tagger.Explain(p, asOf); !slices.Equal(e.Labels, got) {
				t.Errorf("explained %v, got %v", e.Labels, got)
			}
		})
	}
}

func TestTagRefuses(t *testing.T) {
	tests := []struct{ name, tag, want string }{
		{"nothing", `{"name": "a"}`, `[0]: want one of choices, metric and pick, not 0 of them`},
		{"capital key", `{"name": "A", "choices": [{"value": "x", "rule": {"all": []}}]}`, `[0].name: "A": want a to z, 0 to 9, ".", "_" or "-", a letter first`},
		{
			"capital value", `{"name": "a", "choices": [{"value": "X", "rule": {"all": []}}]}`,
			`[0].choices[0].value: "X": want printable lower case without "=" or spaces at its ends, since it becomes a label`,
		},
		{"faulty rule", `{"name": "a", "choices": [{"value": "x", "rule": {"attr": "x", "op": "exists"}}]}`, `[0].choices[0].rule.attr: no such attribute: "x"`},
		{"faulty metric", `{"name": "a", "metric": {"attr": "city"}, "bounds": [1], "values": ["x", "y"]}`, `[0].metric.value: want a text, not a whole number`},
		{"metric of items", `{"name": "a", "metric": {"attr": "scores", "as": "item"}, "bounds": [1], "values": ["x", "y"]}`, `[0].metric.as: item makes no single number`},
		{"too few values", `{"name": "a", "metric": {"attr": "age"}, "bounds": [1, 2], "values": ["x", "y"]}`, `[0].values: has 2: want one more than bounds, 3`},
		{
			"bounds in the wrong order", `{"name": "a", "metric": {"attr": "age"}, "bounds": [2, 1], "values": ["x", "y", "z"]}`,
			`[0].choices[1].rule.value: no number is so`,
		},
		{"shares not fitted", `{"name": "a", "metric": {"attr": "age"}, "shares": [0.1], "values": ["x"], "otherwise": "y"}`, `[0].shares: want bounds: FitTag makes them of a population`},
		{"unknown take", `{"name": "a", "pick": {"event": "order", "field": "category", "take": "best"}}`, `[0].pick.take: "best": want first, last or most`},
		{"unknown field", `{"name": "a", "pick": {"event": "order", "field": "colour", "take": "most"}}`, `[0].pick.field: "order" has no field "colour": want category, channel, hour or weekday`},
		{"sum of what has no amount", `{"name": "a", "pick": {"event": "view", "field": "category", "take": "most", "by": "sum"}}`, `[0].pick.by: "view" has no amounts to sum`},
		{"top of first", `{"name": "a", "pick": {"event": "view", "field": "category", "take": "first", "top": 2}}`, `[0].pick: by, top and atLeast belong to most`},
		{"too many", `{"name": "a", "pick": {"event": "view", "field": "category", "take": "most", "top": 21}}`, `[0].pick.top: 21: want 1 to 20`},
		{"twice", `{"name": "a", "choices": [{"value": "x", "rule": {"all": []}}]}, {"name": "a", "choices": [{"value": "x", "rule": {"all": []}}]}`, `[1].name: "a" is there before`},
	}
	s := shop(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tags, err := persona.ParseTags([]byte("[" + tt.tag + "]"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.CompileTags(tags)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTagVersions(t *testing.T) {
	s := shop(t)
	version := func(value, city string) string {
		return tagger(t, s, fmt.Sprintf(`{"name": "a", "choices": [{"value": %q, "rule": {"attr": "city", "op": "in", "value": [%s]}}]}`, value, city)).Version()
	}
	if version("x", `"b", "a"`) != version("x", `"a","B"`) {
		t.Error("two spellings of one tag differ")
	}
	if version("x", `"a"`) == version("y", `"a"`) || version("x", `"a"`) == version("x", `"b"`) {
		t.Error("two tags have one version")
	}
}

// Property: somebody is in a share s if fewer than s·n have a larger number,
// and in the smallest such share.
func TestFitTag(t *testing.T) {
	s := shop(t)
	shares := []int64{10, 25, 50} // hundredths
	names := []string{"top", "upper", "middle"}
	tag := persona.Tag{Name: "spend", Metric: &persona.Metric{Attr: "income"}, Values: names, Otherwise: "rest"}
	for _, share := range shares {
		tag.Shares = append(tag.Shares, persona.Decimal(decimal.New(share, -2)))
	}
	rapid.Check(t, func(t *rapid.T) {
		incomes := rapid.SliceOfN(rapid.Int64Range(-5, 20), 1, 40).Draw(t, "incomes")
		profiles := make([]persona.Profile, len(incomes))
		for i, income := range incomes {
			p, err := s.NewProfile(map[string]persona.Value{"income": persona.Decimal(decimal.New(income, -2))})
			if err != nil {
				t.Fatal(err)
			}
			profiles[i] = p
		}
		fitted, err := s.FitTag(tag, slices.Values(append(profiles, persona.Profile{})), asOf)
		if err != nil {
			t.Fatal(err)
		}
		taggers, err := s.CompileTags([]persona.Tag{fitted})
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range profiles {
			larger := int64(0)
			for _, income := range incomes {
				if income > incomes[i] {
					larger++
				}
			}
			want := "spend=rest"
			for j, share := range shares {
				if 100*larger < share*int64(len(incomes)) {
					want = "spend=" + names[j]
					break
				}
			}
			if got := taggers[0].Labels(p, asOf); len(got) != 1 || got[0] != want {
				t.Fatalf("%d with %d larger of %d: got %v, want %s: %v %v", incomes[i], larger, len(incomes), got, want, fitted.Bounds, fitted.Values)
			}
		}
	})
}

func TestFitTagRefuses(t *testing.T) {
	metric := &persona.Metric{Attr: "age"}
	half := []persona.Value{persona.Float(0.5)}
	tests := []struct {
		name, want string
		tag        persona.Tag
	}{
		{"nobody known", `persona: tag "a": its metric is known of nobody`, persona.Tag{Name: "a", Metric: metric, Shares: half, Values: []string{"x"}, Otherwise: "y"}},
		{"no otherwise", `otherwise: has 0 bytes: want 1 to 63`, persona.Tag{Name: "a", Metric: metric, Shares: half, Values: []string{"x"}}},
		{"all", `shares[0]: 1: want a number above 0 and below 1`, persona.Tag{Name: "a", Metric: metric, Shares: []persona.Value{persona.Int(1)}, Values: []string{"x"}, Otherwise: "y"}},
		{"a text", `shares[0]: x: want a number above 0 and below 1`, persona.Tag{Name: "a", Metric: metric, Shares: []persona.Value{persona.Text("x")}, Values: []string{"x"}, Otherwise: "y"}},
		{"no metric", `want metric, shares, values and otherwise, and nothing else`, persona.Tag{Name: "a", Shares: half, Values: []string{"x"}, Otherwise: "y"}},
	}
	s := shop(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.FitTag(tt.tag, slices.Values([]persona.Profile{{}}), asOf)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestLabelsOfChoicesAllocateNothing(t *testing.T) {
	s := shop(t)
	p := population(t, s, 1)[0]
	tagger := tagger(t, s, `{"name": "age-band", "metric": {"attr": "born", "as": "age"}, "bounds": [18, 30, 50], "values": ["minor", "young", "older", "old"]}`)
	dst := make([]string, 0, 4)
	if n := testing.AllocsPerRun(100, func() { dst = tagger.AppendLabels(dst[:0], p, asOf) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if dst[0] != "age-band=older" {
		t.Error(dst)
	}
}

func FuzzTags(f *testing.F) {
	s := shop(f)
	for _, seed := range []string{
		`[{"name": "age-band", "metric": {"attr": "born", "as": "age"}, "bounds": [18, 30], "values": ["a", "b", "c"]}]`,
		`[{"name": "likes", "pick": {"event": "order", "field": "category", "take": "most", "by": "sum", "top": 2, "within": "90d"}, "otherwise": "none"}]`,
		`[{"name": "worth", "choices": [{"value": "high", "rule": {"event": "order", "measure": "sum", "op": "gte", "value": 1000}}], "otherwise": "low"}]`,
		`[{"name": "spends", "metric": {"attr": "income"}, "shares": [0.1, 0.5], "values": ["a", "b"], "otherwise": "c"}]`,
	} {
		f.Add([]byte(seed))
	}
	people := population(f, s, 3)
	f.Fuzz(func(t *testing.T, data []byte) {
		tags, err := persona.ParseTags(data)
		if err != nil {
			return
		}
		for _, tag := range tags {
			if fitted, err := s.FitTag(tag, slices.Values(people), asOf); err == nil {
				tag = fitted
			}
			taggers, err := s.CompileTags([]persona.Tag{tag})
			if err != nil {
				continue
			}
			labels := taggers[0].Labels(people[0], asOf)
			if explained := taggers[0].Explain(people[0], asOf); !slices.Equal(explained.Labels, labels) {
				t.Fatalf("%v, explained as %v", labels, explained.Labels)
			}
			for _, label := range labels {
				if !strings.HasPrefix(label, taggers[0].Name()+"=") || len(label) > persona.MaxLabel {
					t.Fatalf("label %q", label)
				}
			}
		}
	})
}
