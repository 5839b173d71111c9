package funnel

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// visit is an event with labels.
type visit struct {
	row
	City, Plan string
}

var labelledVisits = Source[visit, string]{
	User: func(v visit) string { return v.User },
	At:   func(v visit) time.Time { return time.Unix(v.T, 0) },
	Name: func(v visit) string { return v.Event },
	Label: func(v visit, name string) (string, bool) {
		value := map[string]string{"city": v.City, "first city": v.City, "last city": v.City, "plan": v.Plan}[name]
		return value, value != ""
	},
}

func TestAttribution(t *testing.T) {
	f := abc(2, Match{})
	f.Breakdowns = []Breakdown{{Name: "city"}, {Name: "first city", By: AtFirst}, {Name: "last city", By: AtLast}, {Name: "plan", By: AtStep, Step: 2}}
	at := func(user string, t int64, event, city, plan string) visit {
		return visit{row{user, t, event}, city, plan}
	}
	report, err := Count(f, labelledVisits, []visit{
		at("u", 0, "x", "", ""),
		at("u", 1, "x", "rome", ""),
		at("u", 2, "A", "oslo", "free"),
		at("u", 3, "B", "bonn", "pro"),
		at("u", 3, "x", "bern", ""),
		at("u", 4, "x", "", ""),
		at("v", 2, "A", "paris", "free"),
		at("v", 2, "A", "nice", ""),
		at("w", 9, "A", "", ""),
		at("z", 9, "x", "rome", ""),
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"city":       {"? 1 0", "nice 1 0", "oslo 1 1"}, // of two entries at one instant, the lesser value
		"first city": {"? 1 0", "nice 1 0", "rome 1 1"},
		"last city":  {"? 1 0", "bonn 1 1", "paris 1 0"},
		"plan":       {"? 2 0", "pro 1 1"},
	} {
		found, err := report.Counts.By(Everybody, name)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range found {
			value := "?"
			if r.Labels[0].Known {
				value = r.Labels[0].Value
			}
			got = append(got, fmt.Sprint(value, " ", r.Reached[0], " ", r.Reached[1]))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	c := report.Counts
	if c.Users != 4 || c.Units != 4 || c.NotEntered != 1 {
		t.Errorf("%d users, %d units, %d not entered: want 4, 4, 1", c.Users, c.Units, c.NotEntered)
	}
	for _, names := range [][]string{{"country"}, {"city", "city"}} {
		if _, err := c.By(Everybody, names...); err == nil {
			t.Errorf("by %v: want an error", names)
		}
	}
}

func TestLabelText(t *testing.T) {
	for want, l := range map[string]Label{"city=oslo": {"city", "oslo", true}, "city=": {"city", "", true}, "": {Name: "city"}} {
		if got := l.String(); got != want {
			t.Errorf("%+v is %q, want %q", l, got, want)
		}
	}
}

func TestMaturity(t *testing.T) {
	f := abc(2, Match{Window: Within(10 * time.Second)})
	source := rows
	source.AsOf = time.Unix(100, 0)
	report, err := Count(f, source, log("a: A1; b: A1 B5; c: A95; d: A95 B96; e: A1 A95; f: A90; g: A101"))
	if err != nil {
		t.Fatal(err)
	}
	c := report.Counts
	for m, want := range map[Maturity][]int64{Everybody: {6, 2}, Mature: {3, 1}, Immature: {3, 1}} {
		total := c.Total(m)
		if diff := cmp.Diff(want, total.Reached); diff != "" {
			t.Errorf("maturity %d (-want +got):\n%s", m, diff)
		}
	}
	if c.AfterAsOf != 1 || c.NotEntered != 1 {
		t.Errorf("%d events after, %d not entered", c.AfterAsOf, c.NotEntered)
	}
	total := c.Total(Everybody)
	want := []time.Duration{5 * time.Second, 10 * time.Second, 10 * time.Second, 10 * time.Second}
	if diff := cmp.Diff(want, total.Waited()); diff != "" {
		t.Errorf("waited (-want +got):\n%s", diff)
	}
}

// By hand: u makes 2 attempts of which 1 completes, v makes 1 that does not.
func TestSpread(t *testing.T) {
	f := abc(2, Match{Window: Within(5 * time.Second)})
	f.By = ByTotal
	f.Breakdowns = []Breakdown{{Name: "city"}}
	var events []visit
	for _, r := range log("u: A1 B2 A10; v: A3") {
		city := "rome"
		if r.T == 10 {
			city = ""
		}
		events = append(events, visit{r, city, ""})
	}
	report, err := Count(f, labelledVisits, events)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, value string
		known       bool
		want        Spread
	}{
		{"", "", false, Spread{Users: 2, Squares: []int64{5, 1}, Next: []int64{2}, First: []int64{5, 2}}},
		{"city", "rome", true, Spread{Users: 2, Squares: []int64{2, 1}, Next: []int64{1}, First: []int64{2, 1}}},
		{"city", "", false, Spread{Users: 1, Squares: []int64{1, 0}, Next: []int64{0}, First: []int64{1, 0}}},
	} {
		got, ok := report.Counts.Spread(Everybody, c.name, c.value, c.known)
		if diff := cmp.Diff(c.want, got); diff != "" || !ok {
			t.Errorf("%q %q, %t (-want +got):\n%s", c.name, c.value, ok, diff)
		}
	}
	for _, c := range []struct {
		m           Maturity
		name, value string
	}{{Immature, "", ""}, {Everybody, "city", "oslo"}, {Everybody, "country", ""}} {
		if _, ok := report.Counts.Spread(c.m, c.name, c.value, true); ok {
			t.Errorf("%+v: want none", c)
		}
	}
}

func TestMergeRefuses(t *testing.T) {
	counts := func(f Funnel, asOf time.Time) *Counts {
		source := rows
		source.AsOf = asOf
		report, err := Count(f, source, log("u: A1 B2"))
		if err != nil {
			t.Fatal(err)
		}
		return report.Counts
	}
	c := counts(abc(2, Match{}), time.Time{})
	before, err := c.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for name, other := range map[string]*Counts{
		"themselves":     c,
		"another funnel": counts(abc(3, Match{}), time.Time{}),
		"another match":  counts(abc(2, Match{Window: Within(time.Hour)}), time.Time{}),
		"another moment": counts(abc(2, Match{}), time.Unix(9, 0)),
	} {
		if err := c.Merge(other); err == nil {
			t.Errorf("%s: want an error", name)
		}
		data, err := other.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.UnmarshalBinary(data); err == nil && other != c {
			t.Errorf("bytes of %s: want an error", name)
		}
	}
	for _, data := range [][]byte{nil, before[:len(before)-1], append(bytes.Clone(before), 0)} {
		if err := c.UnmarshalBinary(data); err == nil {
			t.Errorf("%x: want an error", data)
		}
	}
	if after, err := c.MarshalBinary(); err != nil || !bytes.Equal(before, after) {
		t.Errorf("changed by errors: %v", err)
	}
}

// A counter goes on counting in counts that were read.
func TestCounterGoesOn(t *testing.T) {
	f := abc(2, Match{})
	f.Breakdowns = []Breakdown{{Name: "city"}}
	add := func(c *Counter[visit, string], text string) {
		var events []visit
		for _, r := range log(text) {
			events = append(events, visit{r, "rome", ""})
		}
		if err := c.Add(events); err != nil {
			t.Fatal(err)
		}
	}
	one, err := NewCounter(f, labelledVisits)
	if err != nil {
		t.Fatal(err)
	}
	add(one, "u: A1 B2")
	data, err := one.Counts().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewCounter(f, labelledVisits)
	if err != nil {
		t.Fatal(err)
	}
	add(other, "lost: A1")
	if err := other.Counts().UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	add(one, "v: A3")
	add(other, "v: A3")
	want, err := one.Counts().MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := other.Counts().MarshalBinary(); err != nil || !bytes.Equal(want, got) {
		t.Errorf("counts differ: %v", err)
	}
}

func TestBadSources(t *testing.T) {
	f := abc(2, Match{})
	broken := f
	broken.Breakdowns = []Breakdown{{Name: "city"}}
	guarded := f
	guarded.Steps = []Step{{Name: "A", Where: "paid"}}
	for _, c := range []struct {
		name string
		f    Funnel
		with func(*Source[row, string])
		want string
	}{
		{"no At", f, func(s *Source[row, string]) { s.At = nil }, "no At"},
		{"no Name", f, func(s *Source[row, string]) { s.Name = nil }, `no Name, and event "A"`},
		{"no User", f, func(s *Source[row, string]) { s.User = nil }, "no User"},
		{"no Label", broken, nil, "no Label"},
		{"no predicate", guarded, nil, `no predicate "paid"`},
		{"AsOf", f, func(s *Source[row, string]) { s.AsOf = time.Unix(1<<50, 0) }, "AsOf at 1125899906842624"},
		{"no time", f, func(s *Source[row, string]) { s.At = func(row) time.Time { return time.Time{} } }, "event 0 has no time (of user u)"},
		{"milliseconds for seconds", f, func(s *Source[row, string]) { s.At = func(row) time.Time { return time.Unix(1748736000000, 0) } }, "want the years 1 to 9999"},
		{"funnel", Funnel{}, nil, "steps: has 0"},
	} {
		s := rows
		if c.with != nil {
			c.with(&s)
		}
		if _, err := Count(c.f, s, log("u: A1")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	report, err := Count(f, rows, nil)
	if err != nil {
		t.Fatal(err)
	}
	if total := report.Counts.Total(Everybody); total.Reached[0] != 0 || report.Counts.Users != 0 {
		t.Errorf("no events: %+v", total)
	}
}

// An error in a user's events leaves the counts as they were.
func TestAddChangesNothingOnError(t *testing.T) {
	c, err := NewCounter(abc(1, Match{}), rows)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Add([]row{{"u", 1, "A"}, {"u", 1 << 50, "A"}}); err == nil {
		t.Fatal("want an error")
	}
	if n := c.Counts().Users; n != 0 {
		t.Errorf("%d users are counted", n)
	}
	if err := c.Add(nil); err != nil || c.Counts().Users != 0 {
		t.Errorf("without events: %v, %d users", err, c.Counts().Users)
	}
}

func TestWhere(t *testing.T) {
	f := Funnel{
		Steps: []Step{{Name: "any early", Where: "early"}, {Name: "B", Where: "early"}, {Name: "late B", Events: []string{"B"}, Where: "late"}},
		Match: Match{Exclusions: []Exclusion{{Where: "thirteen", After: 2}}},
	}
	f.Steps[1].Events = []string{"B"}
	s := rows
	s.Where = map[string]func(row) bool{
		"early":    func(r row) bool { return r.T < 10 },
		"late":     func(r row) bool { return r.T >= 10 },
		"thirteen": func(r row) bool { return r.T == 13 },
	}
	for text, want := range map[string]int{"u: x1 B2 B11": 3, "u: x11 B12": 0, "u: x1 B12": 1, "u: x1 B2 x13 B14": 2, "u: x1 B2 B13": 3} {
		outcomes, err := Outcomes(f, s, log(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := outcomes[0].Level; got != want {
			t.Errorf("%s: level %d, want %d", text, got, want)
		}
	}
}

// Bytes that no units can have given are refused, and change nothing.
func TestCountsThatContradict(t *testing.T) {
	count := func() *Counts {
		report, err := Count(abc(2, Match{}), rows, log("u: A1 B2; v: A3; w: B4"))
		if err != nil {
			t.Fatal(err)
		}
		return report.Counts
	}
	only := func(c *Counts) *Tally {
		for _, cell := range c.cells {
			return &cell.whole
		}
		return nil
	}
	for name, forge := range map[string]func(*Counts){
		"more units than in the cells":  func(c *Counts) { c.Units++ },
		"fewer units than in the cells": func(c *Counts) { c.NotEntered++ },
		"more did not enter than were":  func(c *Counts) { c.NotEntered = 9 },
		"excluded beyond counting":      func(c *Counts) { only(c).Excluded = math.MaxInt64 },
		"endings that wrap around": func(c *Counts) {
			e := &only(c).Ended[0]
			e[TimedOut], e[Broken], e[NoEvent] = math.MaxInt64, math.MaxInt64, 3
		},
		"reached that rises":      func(c *Counts) { only(c).Reached[1] = 3 },
		"too few times":           func(c *Counts) { only(c).converted = nil },
		"too few times of a step": func(c *Counts) { only(c).steps[0] = nil },
	} {
		forged, other := count(), count()
		forge(forged)
		data, err := forged.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := other.UnmarshalBinary(data); err == nil {
			t.Errorf("%s: want an error", name)
		}
		if diff := cmp.Diff(count().Total(Everybody), other.Total(Everybody), cmp.AllowUnexported(Tally{})); diff != "" || other.Units != 3 {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzCountsUnmarshal(f *testing.F) {
	funnel := abc(2, Match{})
	funnel.By, funnel.Breakdowns = BySession, []Breakdown{{Name: "city"}}
	for _, text := range []string{"u: A1 B2; v: A3", "u: B1"} {
		var events []visit
		for _, r := range log(text) {
			events = append(events, visit{r, "rome", ""})
		}
		report, err := Count(funnel, labelledVisits, events)
		if err != nil {
			f.Fatal(err)
		}
		data, err := report.Counts.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := newCounts(funnel, noAsOf)
		if c.UnmarshalBinary(data) != nil {
			return
		}
		if again, err := c.MarshalBinary(); err != nil || !bytes.Equal(data, again) {
			t.Errorf("%x is written as %x: %v", data, again, err)
		}
	})
}
