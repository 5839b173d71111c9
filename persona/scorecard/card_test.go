package scorecard_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona"
	"github.com/regulars-go/regulars/persona/scorecard"
)

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if !(math.Abs(got-want) <= by) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// The information value, the area under the curve and the Kolmogorov-Smirnov
// statistic of the checking account are 0.6660115, 0.7077690 and 0.3671429 in
// published analyses of these data. One feature alone has the coefficient 1 and
// the intercept ln(700/300).
func TestGermanCredit(t *testing.T) {
	s := german(t)
	c := fit(t, s, scorecard.Policy{Ridge: 1e-9})
	account := c.Characteristics[0]
	near(t, "IV", account.IV, 0.6660115, 5e-8)
	near(t, "coefficient", account.Coefficient, 1, 1e-7)
	near(t, "intercept", c.Intercept, math.Log(700.0/300), 1e-7)
	for i, row := range germanCredit {
		at := []int{4, 2, 3, 1}[i] // by the place in the dictionary, after unknown
		bin := account.Bins[account.Place[at]]
		if bin.Label != row.account || bin.Good != int64(row.good) || bin.Bad != int64(row.bad) {
			t.Errorf("bin %+v, want %+v", bin, row)
		}
		near(t, "weight of evidence", bin.WOE, math.Log(float64(row.good)/700/(float64(row.bad)/300)), 1e-9)
	}
	e, err := c.Evaluate(s)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "AUC", e.AUC.Value, 0.7077690, 5e-8)
	near(t, "KS", *e.KS, 0.3671429, 5e-8)
	near(t, "PSI of itself", *e.Stability.PSI, 0, 0)
	for _, row := range e.Calibration { // a grade is a bin here, and the model exact
		near(t, "chance of grade "+row.Grade, *row.Expected, row.Observed.Value, 1e-6)
	}
	near(t, "P of the fit", e.Fit.P, 1, 1e-6)
}

// 600 points are odds of 50, and 20 points more twice the odds.
func TestScale(t *testing.T) {
	c := fit(t, german(t), scorecard.Policy{Ridge: 1e-9})
	none, err := c.Score(profile(map[string]persona.Value{"account": persona.Text("none")}), monday)
	if err != nil {
		t.Fatal(err)
	}
	odds := 348.0 / 46
	want := 600 + 20/math.Ln2*math.Log(odds/50)
	if none.Points != int(math.Round(want)) {
		t.Errorf("%d points, want %v", none.Points, want)
	}
	near(t, "chance", none.Chance, odds/(1+odds), 1e-7)
}

func TestBins(t *testing.T) {
	s := &scorecard.Sample{Layout: layoutOf(t,
		scorecard.Feature{Attribute: "account"},
		scorecard.Feature{Attribute: "age", Cuts: ints(20, 30, 40, 50)},
	)}
	put := func(account string, age int64, good, bad int) {
		values := map[string]persona.Value{}
		if account != "" {
			values["account"] = persona.Text(account)
		}
		if age > 0 {
			values["age"] = persona.Int(age)
		}
		add(t, s, profile(values), scorecard.Good, good)
		add(t, s, profile(values), scorecard.Bad, bad)
	}
	put("none", 19, 1, 0)       // too few: joins the next band, its only neighbour
	put("none", 20, 30, 10)     // a cut is in the band that it begins
	put("salary", 39, 2, 2)     // too few, and more like the band below
	put("salary", 40, 5, 35)    //
	put("overdrawn", 50, 6, 30) //
	put("rare", 25, 1, 1)       // too few: other
	put("rarer", 25, 1, 0)      // too few: other
	put("", 0, 1, 0)            // unknown is a bin, however small
	c := fit(t, s, scorecard.Policy{MinShare: 0.1})
	type bin struct {
		Label     string
		Good, Bad int64
	}
	got := map[string][]bin{}
	for _, ch := range c.Characteristics {
		for _, b := range ch.Bins {
			got[ch.Feature.Name] = append(got[ch.Feature.Name], bin{b.Label, b.Good, b.Bad})
		}
	}
	want := map[string][]bin{
		"account": {{"unknown", 1, 0}, {"none", 31, 10}, {"salary", 7, 37}, {"overdrawn", 6, 30}, {"other", 2, 1}},
		"age":     {{"unknown", 1, 0}, {"below 40", 35, 13}, {"40 to below 50", 5, 35}, {"50 and above", 6, 30}},
	}
	// The value "below 200" has no case, and is as rare as the others.
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bins (-want +got):\n%s", diff)
	}
	unknown := c.Characteristics[1].Bins[0]
	near(t, "weight of a bin without bad ones", unknown.WOE, math.Log((1.5/47)/(0.5/78)), 1e-9)
}

// Property: neither the order of the cases, nor how they are split over samples,
// nor carrying those as bytes changes a byte of the sample or of the card.
func TestAnyOrderAnySplit(t *testing.T) {
	layout := several(t)
	rapid.Check(t, func(t *rapid.T) {
		numbers := rapid.SliceOfN(rapid.IntRange(0, 400), 20, 80).Draw(t, "people")
		whole := &scorecard.Sample{Layout: layout}
		shards := [2]*scorecard.Sample{{Layout: layout}, {Layout: layout}}
		for _, n := range numbers {
			p, o := person(n)
			add(t, whole, p, o, 1)
		}
		for _, n := range rapid.Permutation(numbers).Draw(t, "shuffled") {
			p, o := person(n)
			add(t, shards[rapid.IntRange(0, 1).Draw(t, "shard")], p, o, 1)
		}
		carried := &scorecard.Sample{Layout: layout}
		if err := carried.UnmarshalBinary(bytesOf(t, shards[1])); err != nil {
			t.Fatal(err)
		}
		if err := carried.Merge(shards[0]); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, whole), bytesOf(t, carried)) {
			t.Fatal("the bytes of the samples differ")
		}
		if whole.Good() == 0 || whole.Bad() == 0 {
			return
		}
		a, b := fit(t, whole, scorecard.Policy{}), fit(t, carried, scorecard.Policy{})
		if jsonOf(t, a) != jsonOf(t, b) {
			t.Fatal("the cards differ")
		}
		ea, err1 := a.Evaluate(whole)
		eb, err2 := b.Evaluate(carried)
		if err1 != nil || err2 != nil || jsonOf(t, ea) != jsonOf(t, eb) {
			t.Fatalf("the evaluations differ: %v, %v", err1, err2)
		}
	})
}

func jsonOf(t fataler, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Property: a card that was written and read scores, explains and judges as
// before.
func TestCardSurvivesJSON(t *testing.T) {
	s := crowd(t, 0, 300)
	c := fit(t, s, scorecard.Policy{Name: "lead", MinIV: 0.05})
	read, err := scorecard.ParseCard(people, []byte(jsonOf(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	if jsonOf(t, c) != jsonOf(t, read) {
		t.Error("the card changed")
	}
	for n := range 100 {
		p, _ := person(n)
		want, err1 := c.Explain(p, monday)
		got, err2 := read.Explain(p, monday)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("person %d (-want +got):\n%s", n, diff)
		}
	}
	want, err1 := c.Evaluate(s)
	got, err2 := read.Evaluate(s)
	if diff := cmp.Diff(want, got); diff != "" || err1 != nil || err2 != nil {
		t.Errorf("%v, %v (-want +got):\n%s", err1, err2, diff)
	}
	other := &scorecard.Sample{Layout: layoutOf(t, scorecard.Feature{Attribute: "married"})}
	if _, err := read.Evaluate(other); err == nil {
		t.Error("a sample of other features is judged")
	}
}

func TestParseCardRefuses(t *testing.T) {
	good := jsonOf(t, fit(t, german(t), scorecard.Policy{}))
	for _, change := range [][2]string{
		{`"attribute":"account"`, `"attribute":"city"`},
		{`"place":[0`, `"place":[9`},
		{`"place":[0,`, `"place":[`},
		{`"graded":[`, `"graded":[1,`},
		{`"intercept"`, `"Intercept"`},
		{`"good":139`, `"good":-139`},
		{`"name":"grade"`, `"name":"Grade"`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("nothing to change: %s in %s", change[0], good)
		}
		if _, err := scorecard.ParseCard(people, []byte(bad)); err == nil {
			t.Errorf("with %s for %s it is read", change[1], change[0])
		}
	}
	for want, spoil := range map[string]func(*scorecard.Card){
		"good":                           func(c *scorecard.Card) { c.Good = -1 },
		"bad":                            func(c *scorecard.Card) { c.Bad = 2 * scorecard.MaxCases },
		"intercept":                      func(c *scorecard.Card) { c.Intercept = -1e101 },
		"characteristics[0].coefficient": func(c *scorecard.Card) { c.Characteristics[0].Coefficient = 1e300 },
		"characteristics[0].bins[1]":     func(c *scorecard.Card) { c.Characteristics[0].Bins[1].WOE = -1e300 },
		"characteristics[0].place[":      func(c *scorecard.Card) { c.Characteristics[0].Bins = c.Characteristics[0].Bins[:2] },
		"graded[0]":                      func(c *scorecard.Card) { c.Graded[0] = -1 },
		"policy.points":                  func(c *scorecard.Card) { c.Policy.Points = -1 },
	} {
		c := fit(t, german(t), scorecard.Policy{})
		spoil(c)
		if _, err := scorecard.ParseCard(people, []byte(jsonOf(t, c))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one of %s", err, want)
		}
	}
}

// What a card that was written by hand leaves out of its policy is as in one
// that is fitted.
func TestParseCardCompletesThePolicy(t *testing.T) {
	fitted := fit(t, german(t), scorecard.Policy{})
	short := *fitted
	short.Policy = scorecard.Policy{Grades: fitted.Policy.Grades}
	read, err := scorecard.ParseCard(people, []byte(jsonOf(t, &short)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fitted.Policy, read.Policy); diff != "" || read.Label(scorecard.Score{Grade: "a"}) != "grade=a" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Property: the points of the parts add up to the score, those for and against
// are those that are not neutral, and the next grade begins Missing points up.
func TestExplainAddsUp(t *testing.T) {
	c := fit(t, crowd(t, 0, 300), scorecard.Policy{Name: "lead"})
	for n := range 200 {
		p, _ := person(n)
		e, err := c.Explain(p, monday)
		if err != nil {
			t.Fatal(err)
		}
		score, _ := c.Score(p, monday)
		sum, neutral := 0, 0
		for _, part := range e.Parts {
			sum += part.Points
			if part.Points == part.Neutral {
				neutral++
			}
			if part.Points > part.Best {
				t.Errorf("%s is better than the best", part)
			}
		}
		if sum != e.Points || score != e.Score || len(e.For)+len(e.Against)+neutral != len(e.Parts) {
			t.Errorf("person %d: %+v, scored %+v", n, e, score)
		}
		if e.Next == "" {
			if e.Grade != c.Policy.Grades[0].Name {
				t.Errorf("person %d of grade %s has no next", n, e.Grade)
			}
			continue
		}
		for i, g := range c.Policy.Grades {
			if g.Name == e.Grade && (c.Policy.Grades[i-1].Name != e.Next || c.Policy.Grades[i-1].Least != e.Points+e.Missing) {
				t.Errorf("person %d: %d points to %s of %+v", n, e.Missing, e.Next, c.Policy.Grades)
			}
		}
	}
}

func TestFitRefuses(t *testing.T) {
	empty := &scorecard.Sample{Layout: several(t)}
	if _, err := scorecard.Fit(empty, scorecard.Policy{}); !errors.Is(err, scorecard.ErrNothingToLearn) {
		t.Errorf("of nothing: %v", err)
	}
	if _, err := scorecard.Fit(&scorecard.Sample{}, scorecard.Policy{}); err == nil {
		t.Error("a sample without a layout is fitted")
	}
	if _, err := scorecard.Fit(german(t), scorecard.Policy{MinIV: 0.7}); err == nil {
		t.Error("no feature has so much information")
	}
	for _, p := range []scorecard.Policy{
		{Name: "Lead"},
		{MinShare: 0.6},
		{MinShare: math.NaN()},
		{MinIV: -1},
		{Ridge: -1},
		{Ridge: math.Inf(1)},
		{Double: math.NaN()},
		{Grades: []scorecard.Grade{{Name: "A", Least: 1}}},
		{Grades: []scorecard.Grade{{"a", 1}, {"a", 0}}},
		{Grades: []scorecard.Grade{{"a", 1}, {"b", 1}, {"c", 0}}},
	} {
		if _, err := scorecard.Fit(german(t), p); err == nil {
			t.Errorf("%+v is fitted", p)
		} else if _, ok := errors.AsType[regulars.Faults](err); !ok {
			t.Errorf("%+v: %v is no list of faults", p, err)
		}
	}
}

func TestGradesOfThePolicy(t *testing.T) {
	grades := []scorecard.Grade{{"call", 520}, {"mail", 500}, {"wait", 0}}
	c := fit(t, german(t), scorecard.Policy{Name: "lead", Grades: grades})
	want := map[string]string{"none": "lead=call", "overdrawn": "lead=wait"}
	for account, label := range want {
		score, err := c.Score(profile(map[string]persona.Value{"account": persona.Text(account)}), monday)
		if err != nil || c.Label(score) != label {
			t.Errorf("%s is %s with %d points, %v, want %s", account, c.Label(score), score.Points, err, label)
		}
	}
}

func TestFeaturesRefused(t *testing.T) {
	tests := []struct {
		name    string
		feature scorecard.Feature
		want    string
	}{
		{"neither", scorecard.Feature{Name: "x"}, "features[0]: want one of attribute and rule"},
		{"both", scorecard.Feature{Attribute: "age", Rule: mustRule(`{"attr": "age", "op": "gte", "value": 18}`)}, "want one of attribute and rule"},
		{"nothing", scorecard.Feature{}, "features[0].name: missing"},
		{"not there", scorecard.Feature{Attribute: "city"}, `"city" is not in the schema`},
		{"personal", scorecard.Feature{Attribute: "salary", Cuts: ints(1)}, "features[0].pii"},
		{"no cuts", scorecard.Feature{Attribute: "age"}, "features[0].cuts: missing"},
		{"cuts of a bool", scorecard.Feature{Attribute: "married", Cuts: ints(1)}, "only numbers have bands"},
		{"cuts that don't ascend", scorecard.Feature{Attribute: "age", Cuts: ints(30, 30)}, "features[0].cuts[1]: 30 is not above"},
		{"cuts of another kind", scorecard.Feature{Attribute: "age", Cuts: []persona.Value{persona.Text("old")}}, "features[0].cuts[0]"},
		{"a list", scorecard.Feature{Attribute: "tags"}, "want a bool, an enum or a number"},
		{"a rule that does not compile", scorecard.Feature{Name: "x", Rule: mustRule(`{"attr": "city", "op": "exists"}`)}, "features[0].rule"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := scorecard.NewLayout(people, []scorecard.Feature{tt.feature})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := scorecard.NewLayout(people, nil); err == nil {
		t.Error("no feature is a layout")
	}
	if _, err := scorecard.NewLayout(people, []scorecard.Feature{{Attribute: "married"}, {Attribute: "married"}}); err == nil {
		t.Error("a feature stands there twice")
	}
}

// A rule is asked as of the moment of the case: what was done later does not
// count, and what is not known is a bin.
func TestRulesAreAskedAsOfTheCase(t *testing.T) {
	layout := layoutOf(t,
		scorecard.Feature{Name: "came back", Rule: mustRule(`{"event": "visit", "within": "30d", "op": "gte", "value": 2}`)},
		scorecard.Feature{Name: "grown up", Rule: mustRule(`{"attr": "age", "op": "gte", "value": 18}`)},
	)
	d := people.Draft()
	for _, days := range []int{-40, -3, 5, 6} {
		if err := d.Add(persona.Event{Kind: "visit", At: monday.AddDate(0, 0, days)}); err != nil {
			t.Fatal(err)
		}
	}
	visitor := d.Profile()
	for _, tt := range []struct {
		days int
		want string
	}{{0, "no"}, {5, "yes"}, {-3, "no"}, {30, "yes"}, {40, "no"}} {
		s := &scorecard.Sample{Layout: layout}
		asOf := monday.AddDate(0, 0, tt.days)
		for _, o := range []scorecard.Outcome{scorecard.Good, scorecard.Bad} {
			if err := s.Add(scorecard.Case{Profile: visitor, AsOf: asOf, Outcome: o}); err != nil {
				t.Fatal(err)
			}
		}
		e, err := fit(t, s, scorecard.Policy{MinShare: -1}).Explain(visitor, asOf)
		if err != nil || e.Parts[0].Bin != tt.want || e.Parts[1].Bin != "unknown" {
			t.Errorf("after %d days %+v, %v, want %s", tt.days, e.Parts, err, tt.want)
		}
	}
}

func TestSampleRefuses(t *testing.T) {
	p := profile(nil)
	other, err := persona.NewSchema(persona.Definition{Attributes: []persona.Attribute{{Name: "age", Kind: persona.KindInt}}})
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := other.NewProfile(nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		c    scorecard.Case
		leak bool
	}{
		{"nobody", scorecard.Case{AsOf: monday, Outcome: scorecard.Good}, false},
		{"another schema", scorecard.Case{Profile: stranger, AsOf: monday, Outcome: scorecard.Good}, false},
		{"no moment", scorecard.Case{Profile: p, Outcome: scorecard.Good}, false},
		{"no such outcome", scorecard.Case{Profile: p, AsOf: monday, Outcome: 9}, false},
		{"knows what came later", scorecard.Case{Profile: p, AsOf: monday, Latest: monday.Add(1), Outcome: scorecard.Good}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &scorecard.Sample{Layout: several(t)}
			err := s.Add(tt.c)
			if err == nil || errors.Is(err, scorecard.ErrLeak) != tt.leak {
				t.Errorf("error %v", err)
			}
			if s.Good()+s.Bad()+s.Aside() != 0 {
				t.Error("it was counted")
			}
		})
	}
	s := &scorecard.Sample{Layout: several(t)}
	if err := s.Add(scorecard.Case{Profile: p, AsOf: monday, Latest: monday, Outcome: scorecard.Aside}); err != nil || s.Aside() != 1 || s.Good()+s.Bad() != 0 {
		t.Errorf("aside: %v, %d", err, s.Aside())
	}
	if err := s.Merge(s); err == nil {
		t.Error("a sample is merged into itself")
	}
	if err := s.Merge(german(t)); err == nil {
		t.Error("samples of unlike layouts merge")
	}
}

func TestWindow(t *testing.T) {
	w := scorecard.Window{Within: regulars.Days(30), Until: monday.AddDate(0, 0, 60)}
	day := func(n int) time.Time { return monday.AddDate(0, 0, n) }
	tests := []struct {
		name     string
		asOf     time.Time
		happened time.Time
		want     scorecard.Outcome
	}{
		{"never, and the window is over", day(0), time.Time{}, scorecard.Bad},
		{"never, and it is just over", day(30), time.Time{}, scorecard.Bad},
		{"never yet", day(30).Add(1), time.Time{}, scorecard.Aside},
		{"at the moment itself", day(0), day(0), scorecard.Aside},
		{"just after", day(0), day(0).Add(1), scorecard.Good},
		{"at the end", day(0), day(30), scorecard.Good},
		{"too late", day(0), day(30).Add(1), scorecard.Bad},
		{"at the end of the last window that is over", day(30), day(60), scorecard.Good},
		{"early in an open window", day(45), day(50), scorecard.Aside},
		{"after what is known", day(45), day(61), scorecard.Aside},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := w.Outcome(tt.asOf, tt.happened); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// One of four leads of each day buys 10 days later. The share of good cases is
// one of four whenever it is looked at.
func TestWindowLeavesTheShareAsItIs(t *testing.T) {
	for _, until := range []int{30, 45, 75} {
		w := scorecard.Window{Within: regulars.Days(30), Until: monday.AddDate(0, 0, until)}
		counts := map[scorecard.Outcome]int{}
		for day := range 60 {
			asOf := monday.AddDate(0, 0, day)
			counts[w.Outcome(asOf, asOf.AddDate(0, 0, 10))]++
			for range 3 {
				counts[w.Outcome(asOf, time.Time{})]++
			}
		}
		if counts[scorecard.Good] == 0 || counts[scorecard.Bad] != 3*counts[scorecard.Good] {
			t.Errorf("until day %d: %v", until, counts)
		}
	}
}

func TestBecomeAndMoveUp(t *testing.T) {
	rungs := []string{"tail", "waist", "core"}
	tests := []struct {
		before, after []string
		become, move  scorecard.Outcome
	}{
		{[]string{"layer=tail"}, []string{"layer=core"}, scorecard.Good, scorecard.Good},
		{[]string{"layer=tail"}, []string{"layer=waist"}, scorecard.Bad, scorecard.Good},
		{[]string{"layer=waist"}, []string{"layer=waist"}, scorecard.Bad, scorecard.Bad},
		{[]string{"layer=waist"}, nil, scorecard.Bad, scorecard.Bad},
		{[]string{"layer=core"}, []string{"layer=tail"}, scorecard.Aside, scorecard.Aside},
		{nil, []string{"layer=core"}, scorecard.Good, scorecard.Aside},
		{[]string{"layer=none"}, []string{"layer=core"}, scorecard.Good, scorecard.Aside},
		{[]string{"layer=tail", "layer=core"}, []string{"layer=core"}, scorecard.Aside, scorecard.Aside},
	}
	for _, tt := range tests {
		if got := scorecard.Become("layer=core", tt.before, tt.after); got != tt.become {
			t.Errorf("%v to %v becomes core: %v, want %v", tt.before, tt.after, got, tt.become)
		}
		if got := scorecard.MoveUp("layer", rungs, tt.before, tt.after); got != tt.move {
			t.Errorf("%v to %v moves up: %v, want %v", tt.before, tt.after, got, tt.move)
		}
	}
}

// Property: whoever is held back is so for every larger share, and about as many
// are as the share says.
func TestHeldBack(t *testing.T) {
	counts := map[float64]int{}
	for id := range 20_000 {
		before := false
		for _, share := range []float64{0, 0.1, 0.3, 0.5, 1} {
			held := scorecard.HeldBack("spring", id, share)
			if before && !held {
				t.Fatalf("%d is held back for less than %v and not for it", id, share)
			}
			if before = held; held {
				counts[share]++
			}
		}
	}
	for share, n := range counts {
		near(t, "share", float64(n)/20_000, share, 0.012)
	}
	same := 0
	for id := range 20_000 {
		if scorecard.HeldBack("spring", id, 0.5) == scorecard.HeldBack("autumn", id, 0.5) {
			same++
		}
	}
	near(t, "share of the same with another salt", float64(same)/20_000, 0.5, 0.02)
	if scorecard.HeldBack("spring", "ann", math.NaN()) || scorecard.HeldBack("spring", "ann", -1) {
		t.Error("of no share somebody is held back")
	}
}

func TestPolicyAndFeaturesJSON(t *testing.T) {
	p, err := scorecard.ParsePolicy([]byte(`{"name": "lead", "minShare": -1, "grades": [{"name": "a", "least": 10}, {"name": "b"}]}`))
	want := scorecard.Policy{Name: "lead", MinShare: -1, Grades: []scorecard.Grade{{"a", 10}, {"b", 0}}}
	if diff := cmp.Diff(want, p, cmpopts.EquateEmpty()); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := scorecard.ParsePolicy([]byte(`{"ridge": -1}`)); err == nil {
		t.Error("a negative ridge is read")
	}
	features, err := scorecard.ParseFeatures([]byte(`[{"attribute": "age", "cuts": [20, 30]}, {"name": "adult", "rule": {"attr": "age", "op": "gte", "value": 18}}]`))
	if err != nil || len(features) != 2 {
		t.Fatal(features, err)
	}
	if _, err := scorecard.NewLayout(people, features); err != nil {
		t.Error(err)
	}
	if _, err := scorecard.ParseFeatures([]byte(`[{"property": "age"}]`)); err == nil {
		t.Error("an unknown key is read")
	}
}

// FuzzSample: bytes are refused, or are those that the sample gives back.
func FuzzSample(f *testing.F) {
	layout := several(f)
	f.Add(bytesOf(f, crowd(f, 0, 30)))
	f.Add(bytesOf(f, &scorecard.Sample{Layout: layout}))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &scorecard.Sample{Layout: layout}
		if s.UnmarshalBinary(data) != nil {
			if s.Good()+s.Bad()+s.Aside() != 0 {
				t.Fatal("an error left something behind")
			}
			return
		}
		if again := bytesOf(t, s); !bytes.Equal(data, again) {
			t.Fatalf("%x is read and written as %x", data, again)
		}
	})
}

func TestUnmarshalRefuses(t *testing.T) {
	good := bytesOf(t, crowd(t, 0, 30))
	for n := range good {
		s := &scorecard.Sample{Layout: several(t)}
		if err := s.UnmarshalBinary(good[:n]); err == nil {
			t.Fatalf("the first %d bytes are read", n)
		}
	}
	if err := (&scorecard.Sample{Layout: german(t).Layout}).UnmarshalBinary(good); err == nil {
		t.Error("a sample of another layout is read")
	}
	// A sample of one feature: after its head come how many are aside and how many
	// patterns there are, and of each its bin, the good and the bad.
	empty := bytesOf(t, &scorecard.Sample{Layout: german(t).Layout})
	head, most := empty[:len(empty)-2], binary.AppendUvarint(nil, scorecard.MaxCases)
	for _, tt := range []struct {
		name string
		body []byte
		want string // "" if it is read
	}{
		{"as many cases as may be", slices.Concat([]byte{0, 1, 1}, most, []byte{0}), ""},
		{"one too many is bad", slices.Concat([]byte{0, 1, 1}, most, []byte{1}), "too many"},
		{"one too many is aside", slices.Concat([]byte{1, 1, 1}, most, []byte{0}), "too many"},
		{"one too many of another bin", slices.Concat([]byte{0, 2, 1}, most, []byte{0, 2, 1, 0}), "too many"},
		{"no case", []byte{0, 1, 1, 0, 0}, "pattern of no case"},
		{"a bin twice", []byte{0, 2, 1, 1, 0, 1, 1, 0}, "out of order"},
		{"a bin that there is not", []byte{0, 1, 7, 1, 0}, "no bin 7"},
	} {
		err := (&scorecard.Sample{Layout: german(t).Layout}).UnmarshalBinary(slices.Concat(head, tt.body))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

// A card that json.Unmarshal made knows no schema.
func TestCardWithoutLayout(t *testing.T) {
	var c scorecard.Card
	if err := json.Unmarshal([]byte(jsonOf(t, fit(t, german(t), scorecard.Policy{}))), &c); err != nil {
		t.Fatal(err)
	}
	p, _ := person(1)
	_, err1 := c.Score(p, monday)
	_, err2 := c.Explain(p, monday)
	_, err3 := c.Evaluate(german(t))
	for _, err := range []error{err1, err2, err3} {
		if !errors.Is(err, scorecard.ErrNoLayout) {
			t.Errorf("error %v", err)
		}
	}
}

// FuzzParseCard: a document is refused, or is a card that scores, judges, and
// comes back the same.
func FuzzParseCard(f *testing.F) {
	f.Add([]byte(jsonOf(f, fit(f, german(f), scorecard.Policy{}))))
	f.Add([]byte(jsonOf(f, fit(f, crowd(f, 0, 200), scorecard.Policy{Name: "lead", MinShare: -1}))))
	sample := crowd(f, 0, 50)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := scorecard.ParseCard(people, data)
		if err != nil {
			return
		}
		for n := range 5 {
			p, _ := person(n)
			if e, err := c.Explain(p, monday); err != nil || !(e.Chance >= 0 && e.Chance <= 1) {
				t.Fatal(e.Chance, err)
			}
		}
		if e, err := c.Evaluate(sample); err == nil { // it may be of other features
			jsonOf(t, e)
		}
		again, err := scorecard.ParseCard(people, []byte(jsonOf(t, c)))
		if err != nil || jsonOf(t, again) != jsonOf(t, c) {
			t.Fatalf("%s comes back as %s, %v", jsonOf(t, c), jsonOf(t, again), err)
		}
	})
}
