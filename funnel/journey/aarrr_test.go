package journey

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
)

// shanghai is 8 hours ahead, without a clock change.
var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// anyDay is a row at some hour of some weeks.
var anyDay = rapid.Custom(func(t *rapid.T) row {
	e := anyRow.Draw(t, "row")
	e.at = time.Date(2026, 2, 20, rapid.IntRange(0, 24*30).Draw(t, "hour"), 0, 0, 0, time.UTC)
	return e
})

var anyAARRR = rapid.Custom(func(t *rapid.T) AARRR {
	a := AARRR{Acquisition: anyCondition.Draw(t, "acquisition")}
	if rapid.Bool().Draw(t, "zoned") {
		a.Zone = shanghai
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "goals") {
		g := Goal{Name: fmt.Sprint(i), When: anyCondition.Draw(t, "when")}
		g.Within = rapid.SampledFrom([]regulars.Span{regulars.Days(5), regulars.Weeks(1), regulars.Hours(50), regulars.Months(1)}).Draw(t, "within")
		if g.Within != regulars.Hours(50) {
			g.Days = rapid.IntRange(0, 4).Draw(t, "days")
		}
		a.Goals = append(a.Goals, g)
	}
	return a
})

// naiveGoal answers for one user and goal with dates as texts.
func naiveGoal(a AARRR, g Goal, acquired, asOf time.Time, events []row) (did, over bool) {
	zone := a.Zone
	if zone == nil {
		zone = time.UTC
	}
	end := g.Within.After(acquired, zone)
	if g.Days == 0 {
		for _, e := range events {
			did = did || g.When.meets(e) && !e.at.Before(acquired) && !e.at.After(end)
		}
		return did, !end.After(asOf)
	}
	first, last := acquired.In(zone).Format(time.DateOnly), end.In(zone).Format(time.DateOnly)
	dates := map[string]bool{}
	for _, e := range events {
		if date := e.at.In(zone).Format(time.DateOnly); g.When.meets(e) && date > first && date <= last {
			dates[date] = true
		}
	}
	return len(dates) >= g.Days, asOf.Add(time.Microsecond).In(zone).Format(time.DateOnly) > last
}

// Property: each goal's rates are those that a reader of the definition would
// count by hand.
func TestAARRRAgreesWithTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAARRR.Draw(t, "aarrr")
		source := rows
		source.AsOf = time.Date(2026, 2, 20, rapid.IntRange(24*3, 24*40).Draw(t, "asOf"), 0, 0, 0, time.UTC)
		if rapid.Bool().Draw(t, "the last moment") {
			source.AsOf = source.AsOf.Add(-time.Microsecond)
		}
		events := rapid.SliceOfN(anyDay, 0, 25).Draw(t, "events")
		counts, err := CountAARRR(a, source, events)
		must(t, err)
		report := counts.Report()

		users := map[string][]row{}
		for _, e := range events {
			if !e.at.After(source.AsOf) {
				users[e.user] = append(users[e.user], e)
			}
		}
		want := AARRRReport{AfterAsOf: counts.AfterAsOf, Users: counts.Users, Goals: make([]GoalReport, len(a.Goals))}
		cells := make([]goalCell, len(a.Goals))
		for _, of := range users {
			slices.SortFunc(of, func(x, y row) int { return x.at.Compare(y.at) })
			i := slices.IndexFunc(of, a.Acquisition.meets)
			if i < 0 {
				continue
			}
			want.Acquired++
			wasDid, wasOver := false, false
			for n, g := range a.Goals {
				did, over := naiveGoal(a, g, of[i].at, source.AsOf, of)
				cells[n].count(did, over, n == 0 || wasDid && wasOver)
				wasDid, wasOver = did, over
			}
		}
		for n, c := range cells {
			want.Goals[n] = GoalReport{
				Goal: a.Goals[n], OfAcquired: funnel.NewRate(c.did, c.over), OfPrevious: funnel.NewRate(c.both, c.before),
				Open: want.Acquired - c.over, OpenDid: c.openDid,
			}
		}
		if diff := cmp.Diff(want, report, cmp.Comparer(func(a, b regulars.Span) bool { return a == b })); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func (g *goalCell) count(did, over, before bool) {
	switch {
	case !over && did:
		g.openDid++
	case over:
		g.over++
		if did {
			g.did++
		}
		if before {
			g.before++
		}
		if before && did {
			g.both++
		}
	}
}

// Property: neither the order of the input nor the way it is shared out changes
// the counts.
func TestAARRRCountsAccumulate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAARRR.Draw(t, "aarrr")
		checkAccumulator(t, func(events []row) *AARRRCounts {
			counts, err := CountAARRR(a, rows, events)
			must(t, err)
			return counts
		}, rapid.SliceOfN(anyDay, 0, 25).Draw(t, "events"))
	})
}

func TestGoalWindows(t *testing.T) {
	// Acquired at 10:00 UTC on 1 March, which is 18:00 in Shanghai.
	acquired := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	on := func(times ...time.Time) []row {
		events := []row{{user: "ann", name: "join", at: acquired}}
		for _, at := range times {
			events = append(events, row{user: "ann", name: "buy", at: at})
		}
		return events
	}
	buys := func(within regulars.Span, days int) []Goal {
		return []Goal{{Name: "goal", When: Condition{Events: []string{"buy"}}, Within: within, Days: days}}
	}
	hour := func(n int) time.Time { return acquired.Add(time.Duration(n) * time.Hour) }
	tests := []struct {
		name     string
		goals    []Goal
		events   []row
		asOf     time.Time
		did      bool
		overIsNo bool
	}{
		{name: "at the acquisition", goals: buys(regulars.Days(1), 0), events: on(acquired), did: true},
		{name: "just before it", goals: buys(regulars.Days(1), 0), events: on(acquired.Add(-time.Microsecond))},
		{name: "exactly at the end", goals: buys(regulars.Days(1), 0), events: on(hour(24)), did: true},
		{name: "just after the end", goals: buys(regulars.Days(1), 0), events: on(hour(24).Add(time.Microsecond))},
		{name: "over at the end", goals: buys(regulars.Days(1), 0), events: on(hour(1)), asOf: hour(24), did: true},
		{name: "open just before", goals: buys(regulars.Days(1), 0), events: on(hour(1)), asOf: hour(24).Add(-time.Microsecond), did: true, overIsNo: true},
		{name: "the date of the acquisition is no day", goals: buys(regulars.Days(2), 2), events: on(hour(1), hour(24))},
		{name: "2 of 2 days", goals: buys(regulars.Days(2), 2), events: on(hour(24), hour(48)), did: true},
		// 16:00 UTC is midnight in Shanghai.
		{name: "twice on one local date", goals: buys(regulars.Days(2), 2), events: on(hour(6), hour(29))},
		{name: "either side of a local midnight", goals: buys(regulars.Days(2), 2), events: on(hour(29), hour(30)), did: true},
		{name: "the last microsecond of the last date", goals: buys(regulars.Days(2), 1), events: on(hour(54).Add(-time.Microsecond)), did: true},
		{name: "the date after", goals: buys(regulars.Days(2), 1), events: on(hour(54))},
		{name: "days are over with the last date", goals: buys(regulars.Days(2), 1), events: on(hour(7)), asOf: hour(54).Add(-time.Microsecond), did: true},
		{name: "and not before", goals: buys(regulars.Days(2), 1), events: on(hour(7)), asOf: hour(54).Add(-2 * time.Microsecond), did: true, overIsNo: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := rows
			source.AsOf = test.asOf
			counts, err := CountAARRR(AARRR{Acquisition: Condition{Events: []string{"join"}}, Goals: test.goals, Zone: shanghai}, source, test.events)
			must(t, err)
			want := goalCell{over: 1, did: 1}
			switch {
			case test.overIsNo:
				want = goalCell{openDid: 1}
			case !test.did:
				want.did = 0
			}
			if counts.goals[0] != want {
				t.Errorf("%+v, want %+v", counts.goals[0], want)
			}
		})
	}
}

func TestAARRRFaults(t *testing.T) {
	good := func() AARRR {
		join := Condition{Events: []string{"join"}}
		return AARRR{Acquisition: join, Goals: StandardGoals(join, join, join, join)}
	}
	must(t, good().Validate())
	tests := []struct {
		name   string
		change func(*AARRR)
		want   string
	}{
		{"no acquisition", func(a *AARRR) { a.Acquisition = Condition{} }, "acquisition: names no event"},
		{"no goals", func(a *AARRR) { a.Goals = nil }, "goals: has 0: want 1 to 63"},
		{"no name", func(a *AARRR) { a.Goals[1].Name = "" }, "goals[1].name: is missing"},
		{"one name twice", func(a *AARRR) { a.Goals[1].Name = "activation" }, `goals[1].name: "activation" is there already`},
		{"no window", func(a *AARRR) { a.Goals[0].Within = regulars.Span{} }, "goals[0].within: is missing"},
		{"days of hours", func(a *AARRR) { a.Goals[1].Within = regulars.Hours(720) }, "goals[1].within: 720h with days: want d, w, mo or y"},
		{"more days than a month has", func(a *AARRR) { a.Goals[1].Within, a.Goals[1].Days = regulars.Months(1), 29 }, "goals[1].days: 29: 1mo may have no more than 28"},
		{"more days than a year has", func(a *AARRR) { a.Goals[1].Within, a.Goals[1].Days = regulars.Years(1), 366 }, "1y may have no more than 365"},
		{"negative days", func(a *AARRR) { a.Goals[0].Days = -1 }, "goals[0].days: -1"},
		{"nothing to meet", func(a *AARRR) { a.Goals[2].When = Condition{} }, "goals[2].when: names no event"},
		{"no label", func(a *AARRR) { a.Goals[2].When.Labels = []string{"app"} }, `goals[2].when.labels[0]: "app" is not a label`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := good()
			test.change(&a)
			hasFault(t, a.Validate(), test.want)
			_, err := CountAARRR(a, rows, nil)
			hasFault(t, err, test.want)
		})
	}
	hasFault(t, good().ValidateEvents([]string{"buy"}), `goals[3].when.events[0]: no such event: "join"`)
	must(t, good().ValidateEvents([]string{"join"}))
}

func TestParseAARRR(t *testing.T) {
	document := `{"zone": %q, "acquisition": {"events": ["join"]}, "goals": [
		{"name": "retention", "when": {"events": ["visit"]}, "within": "2w", "days": 3}]}`
	zones := func(name string) (*time.Location, error) {
		if name == "Asia/Shanghai" {
			return shanghai, nil
		}
		return nil, fmt.Errorf("no zone %s", name)
	}
	a, err := ParseAARRR(fmt.Appendf(nil, document, "Asia/Shanghai"), zones)
	must(t, err)
	if a.Zone != shanghai || a.Goals[0].Within != regulars.Weeks(2) || a.Goals[0].Days != 3 {
		t.Errorf("%+v", a)
	}
	_, err = ParseAARRR(fmt.Appendf(nil, document, "UTC"), nil)
	must(t, err)
	for _, zone := range []string{"Asia/Shanghai", "Mars"} {
		_, err = ParseAARRR(fmt.Appendf(nil, document, zone), nil)
		hasFault(t, err, "zone: ")
	}
	_, err = ParseAARRR(fmt.Appendf(nil, document, "Mars"), zones)
	hasFault(t, err, `zone: "Mars": no zone Mars`)
	_, err = ParseAARRR([]byte(`{"goal": []}`), nil)
	hasFault(t, err, "goal")
}

func TestMergeOfAnotherAARRR(t *testing.T) {
	join := Condition{Events: []string{"join"}}
	a := AARRR{Acquisition: join, Goals: StandardGoals(join, join, join, join)}
	count := func(a AARRR, s funnel.Source[row, string]) *AARRRCounts {
		counts, err := CountAARRR(a, s, day("ann", "join"))
		must(t, err)
		return counts
	}
	one := count(a, rows)
	zoned := a
	zoned.Zone = shanghai
	hasFault(t, one.Merge(count(zoned, rows)), "another AARRR")
	hasFault(t, one.UnmarshalBinary(bytesOf(t, count(zoned, rows))), "another configuration")
	later := rows
	later.AsOf = minute(59)
	hasFault(t, one.Merge(count(a, later)), "another moment")
	hasFault(t, one.UnmarshalBinary(bytesOf(t, count(a, later))), "another moment")
	if one.Users != 1 || one.Acquired != 1 || len(one.AARRR().Goals) != 4 {
		t.Errorf("%+v", one)
	}
}

func FuzzAARRRCounts(f *testing.F) {
	a := AARRR{Acquisition: named("a"), Goals: []Goal{{Name: "g", When: named("b"), Within: regulars.Days(1)}}}
	source := rows
	source.AsOf = minute(0).AddDate(0, 0, 2)
	counts, err := CountAARRR(a, source, append(day("ann", "a", "b"), day("bob", "a")...))
	if err != nil {
		f.Fatal(err)
	}
	fuzzCounts(f, counts, func(read *AARRRCounts) error {
		for _, g := range read.Report().Goals {
			if r := g.OfAcquired; r != nil && !(r.Low <= r.Value && r.Value <= r.High) {
				return fmt.Errorf("%+v", r)
			}
		}
		return nil
	})
}
