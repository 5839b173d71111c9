package journey

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/funnel"
)

func named(names ...string) Condition { return Condition{Events: names} }

// repair is the journey of a service that repairs appliances.
func repair() Map {
	return Map{
		Name: "repair",
		Stages: []Stage{
			{Name: "discover", Enter: named("banner", "search")},
			{Name: "consider", Goal: "find a price", Enter: named("product"), Exit: named("submit"), Metric: &Metric{Target: 0.6}},
			{Name: "pay", Enter: named("invoice"), Exit: named("pay")},
		},
		Breakdowns: []funnel.Breakdown{{Name: "city"}},
	}
}

// fill counts a map and tells each stage in a line.
func fill(t *testing.T, m Map, s funnel.Source[row, string], events []row) (*MapReport, []string) {
	t.Helper()
	counts, err := CountMap(m, s, events)
	must(t, err)
	report, err := counts.Report(MapOptions{})
	must(t, err)
	var lines []string
	for _, s := range report.Stages {
		words := []string{fmt.Sprintf("%s %d+%d", s.Name, s.Entered, s.Direct), fmt.Sprintf("%d done", s.Completed)}
		if median, ok := s.Dwell.Median(); ok {
			words[1] += " in " + median.String()
		}
		for _, e := range s.Exits {
			words = append(words, fmt.Sprintf("%s×%d", e.Event, e.Units))
		}
		lines = append(lines, strings.Join(words, ", "))
	}
	return report, lines
}

func TestMapEdges(t *testing.T) {
	three := func(names ...string) Map {
		m := Map{}
		for _, name := range names {
			m.Stages = append(m.Stages, Stage{Name: name, Enter: named(name)})
		}
		return m
	}
	at := func(when time.Time, events []row) []row {
		for i := range events {
			events[i].at = when
		}
		return events
	}
	windowed := three("a", "b")
	windowed.Window = funnel.Within(2 * time.Minute)
	looped := three("a", "b")
	looped.Stages[0].Exit = named("a")
	labelled := three("a", "b")
	labelled.Stages[1].Enter.Labels = []string{"city=rome", "city=oslo", "app=yes"}
	living := func(city, app string) map[string]string { return map[string]string{"city": city, "app": app} }
	tests := []struct {
		name   string
		m      Map
		events []row
		want   []string
	}{
		{"nobody", three("a", "b"), nil, []string{"a 0+0, 0 done", "b 0+0, 0 done"}},
		{"one event", three("a", "b"), day("ann", "a"), []string{"a 1+0, 0 done, a×1", "b 0+0, 0 done"}},
		{"one stage", three("a"), day("ann", "a"), []string{"a 1+0, 1 done"}},
		{"on the way", three("a", "b"), day("ann", "a", "x", "b", "x"), []string{"a 1+0, 1 done in 2m0s", "b 1+0, 1 done"}},
		{"by the side door", three("a", "b"), day("ann", "b"), []string{"a 0+0, 0 done", "b 0+1, 0 done"}},
		{"first the second stage", three("a", "b"), day("ann", "b", "a"), []string{"a 1+0, 0 done, a×1", "b 0+1, 0 done"}},
		{"all at one instant, in any order", three("b", "a", "c"), at(minute(3), day("ann", "a", "b", "c")), []string{"b 1+0, 1 done in 0s", "a 1+0, 1 done in 0s", "c 1+0, 1 done"}},
		{"the first entry counts", three("a", "b"), day("ann", "a", "a", "b"), []string{"a 1+0, 1 done in 2m0s", "b 1+0, 1 done"}},
		{"exactly the window", windowed, day("ann", "a", "x", "b"), []string{"a 1+0, 1 done in 2m0s", "b 1+0, 1 done"}},
		{"past the window", windowed, day("ann", "a", "x", "y", "b"), []string{"a 1+0, 0 done, y×1", "b 0+1, 0 done"}},
		{"an event that enters and exits", looped, day("ann", "a", "b"), []string{"a 1+0, 1 done in 0s", "b 1+0, 1 done"}},
		{"labels: any of one key, and all keys", labelled, []row{
			{user: "ann", name: "a", at: minute(0)},
			{user: "ann", name: "b", at: minute(1), labels: living("rome", "no")},
			{user: "ann", name: "b", at: minute(2), labels: living("bonn", "yes")},
			{user: "ann", name: "b", at: minute(3), labels: living("oslo", "yes")},
		}, []string{"a 1+0, 1 done in 3m0s", "b 1+0, 1 done"}},
		{"a label that is not there", labelled, day("ann", "a", "b"), []string{"a 1+0, 0 done, b×1", "b 0+0, 0 done"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, lines := fill(t, test.m, rows, test.events)
			if diff := cmp.Diff(test.want, lines); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Half of those who entered are done after three minutes; that two more were
// only watched for two is no reason to take them for slow.
func TestDwellIsCensored(t *testing.T) {
	m := Map{Stages: []Stage{{Name: "a", Enter: named("a"), Exit: named("b")}}}
	source := rows
	source.AsOf = minute(10)
	events := append(day("ann", "a", "b"), day("bob", "a", "x", "x", "b")...)
	for _, user := range []string{"cyd", "dan"} {
		events = append(events, row{user: user, name: "a", at: minute(8)})
	}
	report, lines := fill(t, m, source, events)
	if diff := cmp.Diff([]string{"a 4+0, 2 done in 3m0s, a×2"}, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	dwell := report.Stages[0].Dwell
	// Kaplan and Meier by hand: 1 of 4 at 1 minute, 2 watched for 2, 1 of 1 at 3.
	if converted, ok := dwell.MedianCompleted(); !ok || converted != 2*time.Minute {
		t.Errorf("median of the completed: %v, %v", converted, ok)
	}
	data, err := json.Marshal(dwell)
	must(t, err)
	if string(data) != `{"completed":2,"waiting":2,"median":180,"medianCompleted":120}` {
		t.Errorf("%s", data)
	}
	if data, err := json.Marshal(Dwell{}); err != nil || string(data) != `{"completed":0,"waiting":0,"median":null,"medianCompleted":null}` {
		t.Errorf("%s, %v", data, err)
	}
}

func TestOpenWindows(t *testing.T) {
	m := Map{Window: funnel.Within(5 * time.Minute), Stages: []Stage{{Name: "a", Enter: named("a"), Exit: named("b")}}}
	events := append(day("ann", "a"), row{user: "bob", name: "a", at: minute(4)})
	for _, test := range []struct {
		asOf      int
		open, out int64
	}{{5, 1, 1}, {8, 1, 1}, {9, 0, 2}} {
		source := rows
		source.AsOf = minute(test.asOf)
		counts, err := CountMap(m, source, events)
		must(t, err)
		everybody, err := counts.Report(MapOptions{})
		must(t, err)
		mature, err := counts.Report(MapOptions{Maturity: funnel.Mature})
		must(t, err)
		s := everybody.Stages[0]
		if s.Open != test.open || s.Exits[0].Units != test.out || s.Entered != 2 || mature.Stages[0].Entered != test.out {
			t.Errorf("as of %d: %+v, %d mature", test.asOf, s, mature.Stages[0].Entered)
		}
	}
}

func TestMetrics(t *testing.T) {
	events := append(day("ann", "a", "x", "b"), day("bob", "a")...)
	tests := []struct {
		metric Metric
		want   string
	}{
		{Metric{}, "0.5"},
		{Metric{Target: 0.5}, "0.5 true"},
		{Metric{Target: 0.51}, "0.5 false"},
		{Metric{Measure: MedianDwell, Target: 120}, "120 true"},
		{Metric{Measure: MedianDwell, Target: 119}, "120 false"},
		{Metric{Measure: Entered, Target: 2}, "2 true"},
		{Metric{Measure: Entered, Target: 3}, "2 false"},
	}
	for _, test := range tests {
		m := Map{Stages: []Stage{{Name: "a", Enter: named("a"), Exit: named("b"), Metric: &test.metric}}}
		report, _ := fill(t, m, rows, events)
		s := report.Stages[0]
		got := fmt.Sprint(*s.Value)
		if s.Met != nil {
			got += fmt.Sprint(" ", *s.Met)
		}
		if got != test.want {
			t.Errorf("%+v: %s, want %s", test.metric, got, test.want)
		}
		// Without units nothing is measured but how many there are.
		report, _ = fill(t, m, rows, nil)
		if s := report.Stages[0]; test.metric.Measure != Entered && (s.Value != nil || s.Met != nil || s.Conversion != nil) {
			t.Errorf("%+v of nobody: %+v", test.metric, s)
		}
	}
}

// In oslo 60 of 80 pay, in rome 15 of 80: the worst leak is named in the stage
// where it is, and in no other.
func TestWorstLeakIsInItsStage(t *testing.T) {
	var events []row
	for i := range 160 {
		city, pays := "oslo", i%80 < 60
		if i >= 80 {
			city, pays = "rome", i%80 < 15
		}
		names := []string{"search", "product", "submit", "invoice"}
		if pays {
			names = append(names, "pay")
		}
		for _, e := range day(fmt.Sprint("u", i), names...) {
			e.labels = map[string]string{"city": city}
			events = append(events, e)
		}
	}
	counts, err := CountMap(repair(), rows, events)
	must(t, err)
	report, err := counts.Report(MapOptions{LeaksBy: []string{"city"}})
	must(t, err)
	for i, s := range report.Stages {
		if (s.Leak != nil) != (i == 2) {
			t.Errorf("%s: %v", s.Name, s.Leak)
		}
	}
	if leak := report.Stages[2].Leak; leak == nil || leak.Labels[0] != "city=rome" || leak.From != "pay" || leak.Name != "pay completed" {
		t.Errorf("%v", leak)
	}
	if s := report.Stages[1]; s.Met == nil || !*s.Met || s.Goal != "find a price" {
		t.Errorf("%+v", s)
	}
	_, err = counts.Report(MapOptions{LeaksBy: []string{"age"}})
	hasFault(t, err, `not broken down by "age"`)
	_, err = counts.Report(MapOptions{TopExits: -1})
	hasFault(t, err, "want 0 or more")
	top, err := counts.Report(MapOptions{TopExits: 1})
	must(t, err)
	if s := top.Stages[2]; len(s.Exits) != 1 || s.Exits[0] != (Exit{"invoice", 85, 1}) || s.OtherExits != 0 || top.Leaks != nil {
		t.Errorf("%+v", s)
	}
}

// A leak belongs to the stage that units leave: from its entry, not included, to
// the entry of the next.
func TestLeaksBelongToOneStage(t *testing.T) {
	// Steps: discover 1, consider 2 and 3, pay 4 and 5.
	for step, stage := range map[int]int{2: 0, 3: 1, 4: 1, 5: 2} {
		leaks := &funnel.LeakReport{Anomalous: []funnel.Cell{{Step: step}}}
		for i, s := range repair().steps() {
			if got := s.worst(leaks); (got != nil) != (i == stage) {
				t.Errorf("step %d, stage %d: %v", step, i, got)
			}
		}
	}
}

func TestMapFaults(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Map)
		want   string
	}{
		{"no stages", func(m *Map) { m.Stages = nil }, "stages: has 0: want 1 to 32"},
		{"too many stages", func(m *Map) { m.Stages = make([]Stage, MaxStages+1) }, "stages: has 33"},
		{"one name twice", func(m *Map) { m.Stages[2].Name = "consider" }, `stages[2].name: "consider" is there already`},
		{"no name", func(m *Map) { m.Stages[0].Name = "" }, "stages[0].name: is missing"},
		{"nothing enters", func(m *Map) { m.Stages[0].Enter = Condition{} }, "stages[0].enter: names no event"},
		{"an event twice", func(m *Map) { m.Stages[0].Enter = named("a", "a") }, `stages[0].enter.events[1]: "a" is there already`},
		{"too many events", func(m *Map) { m.Stages[1].Enter.Events = make([]string, MaxNames+1) }, "stages[1].enter.events: has 10001: want at most 10000"},
		{"no label", func(m *Map) { m.Stages[1].Exit.Labels = []string{"=app"} }, `stages[1].exit.labels[0]: "=app" is not a label`},
		{"too many labels", func(m *Map) { m.Stages[1].Exit.Labels = make([]string, MaxLabels+1) }, "stages[1].exit.labels: has 101"},
		{"negative gap", func(m *Map) { m.SessionGap = funnel.Within(-1) }, "sessionGap: -1ns: want 0 or more"},
		{"negative window", func(m *Map) { m.Window = funnel.Within(-time.Hour) }, "window: -1h0m0s: want 0 or more"},
		{"attempts", func(m *Map) { m.By = funnel.ByTotal }, "by: is total"},
		{"a share above 1", func(m *Map) { m.Stages[1].Metric.Target = 60 }, "stages[1].metric.target: 60"},
		{"no such measure", func(m *Map) { m.Stages[1].Metric.Measure = 9 }, "stages[1].metric.measure: no such measure: 9"},
		{"nothing to complete", func(m *Map) { m.Stages[2].Exit, m.Stages[2].Metric = Condition{}, &Metric{} }, "stages[2].metric.measure: the last stage has no exit"},
		{"a breakdown twice", func(m *Map) { m.Breakdowns = append(m.Breakdowns, m.Breakdowns[0]) }, `breakdowns[1].name: "city" is there already`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := repair()
			test.change(&m)
			hasFault(t, m.Validate(), test.want)
			_, err := CountMap(m, rows, nil)
			hasFault(t, err, test.want)
			_, err = Places(m, rows, nil)
			hasFault(t, err, test.want)
		})
	}
	known := []string{"banner", "search", "product", "submit", "invoice"}
	hasFault(t, repair().ValidateEvents(known), `stages[2].exit.events[0]: no such event: "pay"`)
	must(t, repair().ValidateEvents(append(known, "pay")))
}

func TestMapSourcesThatLack(t *testing.T) {
	m := repair()
	without := rows
	without.Label = nil
	_, err := CountMap(m, without, nil)
	hasFault(t, err, "source has no Label")
	m.Breakdowns = nil
	m.Stages[1].Exit.Labels = []string{"city=rome"}
	_, err = CountMap(m, without, nil)
	hasFault(t, err, "source has no Label, which conditions need")
	m.Stages[1].Exit = Condition{Where: "odd"}
	_, err = CountMap(m, rows, nil)
	hasFault(t, err, `source has no predicate "odd"`)
	_, err = CountMap(repair(), rows, []row{{user: "ann", name: "pay"}})
	hasFault(t, err, "event 0 has no time")
	_, err = Places(repair(), rows, []row{{user: "ann", name: "pay"}})
	hasFault(t, err, "event 0 has no time")
}

func TestParseMap(t *testing.T) {
	m, err := ParseMap([]byte(`{"name": "repair", "stages": [
		{"name": "discover", "enter": {"events": ["banner", "search"]}},
		{"name": "consider", "goal": "find a price", "enter": {"events": ["product"]}, "exit": {"events": ["submit"]}, "metric": {"target": 0.6}},
		{"name": "pay", "enter": {"events": ["invoice"]}, "exit": {"events": ["pay"]}}],
		"breakdowns": [{"name": "city"}]}`))
	must(t, err)
	if diff := cmp.Diff(repair(), m, cmp.Comparer(func(a, b funnel.Window) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	data, err := json.Marshal(m)
	must(t, err)
	again, err := ParseMap(data)
	must(t, err)
	if text, err := json.Marshal(again); err != nil || string(text) != string(data) {
		t.Errorf("%s, then %s", data, text)
	}
	_, err = ParseMap([]byte(`{"stages": [{"name": "a", "Enter": {}}]}`))
	hasFault(t, err, `unknown key "Enter"`)
	_, err = ParseMap([]byte(`{"stages": [{"name": "a", "enter": {"events": ["a"]}, "metric": {"measure": "nps"}}]}`))
	hasFault(t, err, `stages[0].metric.measure`)
	_, err = ParseMap([]byte(`{"stages": []}`))
	hasFault(t, err, "stages: has 0")
}

func TestMergeOfAnotherMap(t *testing.T) {
	count := func(m Map, s funnel.Source[row, string]) *MapCounts {
		counts, err := CountMap(m, s, day("ann", "search", "product"))
		must(t, err)
		return counts
	}
	one, other := count(repair(), rows), repair()
	other.Stages[0].Goal = "be seen"
	later := rows
	later.AsOf = minute(30)
	hasFault(t, one.Merge(count(other, rows)), "another map")
	hasFault(t, one.UnmarshalBinary(bytesOf(t, count(other, rows))), "another configuration")
	hasFault(t, one.Merge(count(repair(), later)), "another moment")
	hasFault(t, one.UnmarshalBinary(bytesOf(t, count(repair(), later))), "another moment")
	if one.Funnel().Users != 1 || one.Map().Name != "repair" {
		t.Errorf("%+v", one)
	}
}

// Bytes whose stages are not those of their funnel are refused, and change
// neither.
func TestStagesThatContradictTheFunnel(t *testing.T) {
	count := func(events []row) *MapCounts {
		counts, err := CountMap(repair(), rows, events)
		must(t, err)
		return counts
	}
	forged, other := count(day("ann", "search", "product", "submit")), count(day("ann", "search", "product"))
	forged.stages = other.stages
	before := bytesOf(t, other)
	hasFault(t, other.UnmarshalBinary(bytesOf(t, forged)), "contradict the funnel")
	if diff := cmp.Diff(before, bytesOf(t, other)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMapCounterRefuses(t *testing.T) {
	c, err := NewMapCounter(repair(), rows)
	must(t, err)
	must(t, c.Add(nil))
	for i := range MaxNames {
		must(t, c.Add(day("ann", "search", fmt.Sprint(i))))
	}
	before := bytesOf(t, c.Counts())
	hasFault(t, c.Add(day("bob", "search", "one more")), "one name too many")
	if diff := cmp.Diff(before, bytesOf(t, c.Counts())); diff != "" {
		t.Error("what was refused was counted")
	}
	must(t, c.Add(day("bob", "search", "7")))
}

func TestPlaces(t *testing.T) {
	events := append(day("bob", "search", "product", "submit"), day("ann", "x")...)
	events = append(events, day("cyd", "search", "product", "submit", "invoice", "pay")...)
	bySession := repair()
	bySession.By, bySession.SessionGap = funnel.BySession, funnel.Within(0)
	places, err := Places(bySession, rows, events)
	must(t, err)
	var got []string
	for _, p := range places {
		stage, _ := p.Stage()
		got = append(got, fmt.Sprint(p.User, " ", p.Label(), " ", len(p.Visits), " ", stage.Completed))
	}
	want := []string{"ann  0 false", "bob journey=consider 2 true", "cyd journey=pay 3 true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	v := places[1].Visits[1]
	if !v.Entered.Equal(minute(1)) || !v.At.Equal(minute(2)) || repair().Stages[1].Label() != "journey=consider" {
		t.Errorf("%+v", v)
	}
}

func FuzzMapCounts(f *testing.F) {
	// Short names leave more of the bytes to what is counted.
	m := Map{Stages: []Stage{{Name: "s", Enter: named("a"), Exit: named("b")}, {Name: "t", Enter: named("c")}}}
	counts, err := CountMap(m, rows, append(day("ann", "a", "b", "c"), day("bob", "a", "x")...))
	if err != nil {
		f.Fatal(err)
	}
	fuzzCounts(f, counts, func(read *MapCounts) error {
		_, err := read.Report(MapOptions{})
		return err
	})
}
