package term_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle/term"
)

func check(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// at reads "2024-01-31 14:30" or "2024-01-31" in UTC.
func at(text string) time.Time { return in(time.UTC, text) }

func in(zone *time.Location, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	layout := "2006-01-02 15:04"
	t, err := time.ParseInLocation(layout[:len(text)], text, zone)
	if err != nil {
		panic(err)
	}
	return t
}

func filter(start, end string) term.Term[string] {
	return term.Term[string]{Customer: "ann", Product: "water filter", Start: at(start), End: at(end)}
}

var upkeep = term.Plan{Milestones: []term.Milestone{
	{Name: "install", After: regulars.Days(7), DoneBy: "installed", Grace: regulars.Days(2)},
	{Name: "upkeep", EveryMonths: 1, DoneBy: "serviced", Grace: regulars.Days(3)},
}}

func TestMilestones(t *testing.T) {
	events := func(list ...string) (events []term.Event) {
		for _, e := range list {
			name, when, _ := strings.Cut(e, " ")
			events = append(events, term.Event{Name: name, At: at(when)})
		}
		return events
	}
	tests := []struct {
		name, start, end, asOf string
		events                 []term.Event
		state                  term.State
		install, upkeep, next  string // status, number, due, late, missed, next
	}{
		{
			"before the start", "2024-01-31 15:00", "", "2024-01-31 14:59", nil, term.NotStarted,
			"upcoming 1 2024-02-07 0 0 -", "upcoming 1 2024-02-29 0 0 2024-03-31", "2024-01-31 15:00",
		},
		{
			"at the start", "2024-01-31 15:00", "", "2024-01-31 15:00", nil, term.Running,
			"upcoming 1 2024-02-07 0 0 -", "upcoming 1 2024-02-29 0 0 2024-03-31", "2024-02-07 00:00",
		},
		{
			"the due date", "2024-01-31 15:00", "", "2024-02-07 00:00", nil, term.Running,
			"due 1 2024-02-07 0 0 -", "upcoming 1 2024-02-29 0 0 2024-03-31", "2024-02-10 00:00",
		},
		{
			"the last of the grace", "2024-01-31 15:00", "", "2024-02-09 23:59", nil, term.Running,
			"due 1 2024-02-07 0 0 -", "upcoming 1 2024-02-29 0 0 2024-03-31", "2024-02-10 00:00",
		},
		{
			"overdue", "2024-01-31 15:00", "", "2024-02-10 00:00", nil, term.Running,
			"overdue 1 2024-02-07 3 0 -", "upcoming 1 2024-02-29 0 0 2024-03-31", "2024-02-29 00:00",
		},
		{
			"done", "2024-01-31 15:00", "", "2024-02-10 00:00", events("installed 2024-02-03"), term.Running,
			"done 1 2024-02-07 0 0 -", "upcoming 1 2024-02-29 0 0 2024-03-31", "2024-02-29 00:00",
		},
		{
			"done late, and before the start does not count", "2024-01-31 15:00", "", "2024-03-04 00:00",
			events("installed 2024-03-01", "serviced 2024-01-31 14:59"), term.Running,
			"done 1 2024-02-07 0 0 -", "overdue 1 2024-02-29 4 0 2024-03-31", "2024-03-31 00:00",
		},
		{
			"the next is due and the first is missed", "2024-01-31 15:00", "", "2024-03-31 12:00", events("installed 2024-01-31 15:00"), term.Running,
			"done 1 2024-02-07 0 0 -", "due 2 2024-03-31 0 1 2024-04-30", "2024-04-04 00:00",
		},
		{
			"done early, the due date is still to come", "2024-01-31 15:00", "", "2024-02-20 12:00", events("serviced 2024-02-15"), term.Running,
			"overdue 1 2024-02-07 13 0 -", "done 1 2024-02-29 0 0 2024-03-31", "2024-02-29 00:00",
		},
		{
			"and after it the next one counts", "2024-01-31 15:00", "", "2024-02-29 00:00", events("serviced 2024-02-15"), term.Running,
			"overdue 1 2024-02-07 22 0 -", "upcoming 2 2024-03-31 0 0 2024-04-30", "2024-03-31 00:00",
		},
		{
			"done on the day and done again", "2024-01-31 15:00", "", "2024-03-02 00:00", events("serviced 2024-02-29", "serviced 2024-03-01"), term.Running,
			"overdue 1 2024-02-07 24 0 -", "done 2 2024-03-31 0 0 2024-04-30", "2024-03-31 00:00",
		},
		{
			"a third one too many", "2024-01-31 15:00", "", "2024-03-02 00:00", events("serviced 2024-03-01 12:00", "serviced 2024-02-29", "serviced 2024-03-01"), term.Running,
			"overdue 1 2024-02-07 24 0 -", "done 2 2024-03-31 0 0 2024-04-30", "2024-03-31 00:00",
		},
		{
			"sent twice it was done once", "2024-01-31 15:00", "", "2024-03-02 00:00", events("serviced 2024-02-29", "installed 2024-02-01", "serviced 2024-02-29"), term.Running,
			"done 1 2024-02-07 0 0 -", "upcoming 2 2024-03-31 0 0 2024-04-30", "2024-03-31 00:00",
		},
		{
			"an event to come does not count", "2024-01-31 15:00", "", "2024-02-10 00:00", events("installed 2024-02-10 00:01"), term.Running,
			"overdue 1 2024-02-07 3 0 -", "upcoming 1 2024-02-29 0 0 2024-03-31", "2024-02-29 00:00",
		},
		{
			"a short term", "2024-01-31 15:00", "2024-02-07", "2024-02-06 00:00", nil, term.Running,
			"never due 0 - 0 0 -", "never due 0 - 0 0 -", "2024-02-07 00:00",
		},
		{
			"ends within the due date", "2024-01-31 15:00", "2024-02-07 00:01", "2024-02-07 00:00", nil, term.Running,
			"due 1 2024-02-07 0 0 -", "never due 0 - 0 0 -", "2024-02-07 00:01",
		},
		{
			"the last one before the end", "2024-01-31", "2024-04-30", "2024-04-29 00:00", events("installed 2024-02-01", "serviced 2024-02-29"), term.Running,
			"done 1 2024-02-07 0 0 -", "overdue 2 2024-03-31 29 0 -", "2024-04-30 00:00",
		},
		{
			"is missed at the end", "2024-01-31", "2024-04-30", "2024-04-30 00:00", events("installed 2024-02-01", "serviced 2024-02-29", "serviced 2024-04-30"), term.Ended,
			"done 1 2024-02-07 0 0 -", "missed 2 2024-03-31 0 1 -", "-",
		},
		{
			"or done", "2024-01-31", "2024-04-30", "2034-04-30 00:00", events("serviced 2024-02-29", "serviced 2024-04-29"), term.Ended,
			"missed 1 2024-02-07 0 1 -", "done 2 2024-03-31 0 0 -", "-",
		},
		{
			"years of neglect", "2020-01-31", "", "2024-02-29 00:00", events("installed 2020-02-01", "serviced 2021-01-31"), term.Running,
			"done 1 2020-02-07 0 0 -", "due 49 2024-02-29 0 47 2024-03-31", "2024-03-04 00:00",
		},
	}
	show := func(m term.MilestoneAt) string {
		date := func(t time.Time) string {
			if t.IsZero() {
				return "-"
			}
			return t.Format("2006-01-02")
		}
		return fmt.Sprint(m.Status, " ", m.Number, " ", date(m.Due), " ", m.Late, " ", m.Missed, " ", date(m.Next))
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := filter(tt.start, tt.end).At(upkeep, tt.events, at(tt.asOf))
			check(t, err)
			next := "-"
			if !got.Next.IsZero() {
				next = got.Next.Format("2006-01-02 15:04")
			}
			lines := []string{got.State.String(), show(got.Milestones[0]), show(got.Milestones[1]), next}
			if diff := cmp.Diff([]string{tt.state.String(), tt.install, tt.upkeep, tt.next}, lines); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			want := []string{tt.state.Label(), "install=" + got.Milestones[0].Status.String(), "upkeep=" + got.Milestones[1].Status.String()}
			if diff := cmp.Diff(want, got.Labels()); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
		})
	}
}

// A day has 23 or 25 hours when clocks change, and some have no midnight: what
// is due is due by local dates.
func TestMilestonesWhenClocksChange(t *testing.T) {
	tests := []struct {
		name, zone, start, due, overdue string // in UTC
	}{
		{"an hour less", "America/New_York", "2024-02-10 17:00", "2024-03-10 05:00", "2024-03-11 04:00"},
		{"an hour more", "America/New_York", "2024-10-03 16:00", "2024-11-03 04:00", "2024-11-04 05:00"},
		{"no midnight", "America/Santiago", "2024-08-08 12:00", "2024-09-08 04:00", "2024-09-09 03:00"},
		{"no such date", "Pacific/Apia", "2011-11-30 20:00", "2011-12-30 10:00", "2011-12-31 10:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := term.Plan{Zone: zone(t, tt.zone), Milestones: []term.Milestone{{Name: "upkeep", EveryMonths: 1, DoneBy: "serviced"}}}
			look := func(asOf time.Time) term.MilestoneAt {
				got, err := filter(tt.start, "").At(plan, nil, asOf)
				check(t, err)
				return got.Milestones[0]
			}
			due, overdue := at(tt.due), at(tt.overdue)
			before, on, last, after := look(due.Add(-1)), look(due), look(overdue.Add(-1)), look(overdue)
			if before.Status != term.Upcoming || on.Status != term.Due || !on.Due.Equal(due) || last.Status != term.Due || after.Status != term.Overdue || after.Late != 1 {
				t.Errorf("before %v, then %v at %v, to the last %v, then %v by %d", before.Status, on.Status, on.Due.UTC(), last.Status, after.Status, after.Late)
			}
		})
	}
}

// naive is one milestone by walking over all of its due dates.
type naive struct {
	due    []time.Time // the dates, as UTC midnights
	done   []time.Time
	status term.Status
	number int
	missed int
}

func civil(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// startOf is the first instant of a date: a local midnight, or whatever follows
// it where there is none.
func startOf(date time.Time, zone *time.Location) time.Time {
	t := date.Add(-30 * time.Hour)
	for civil(t, zone).Before(date) {
		t = t.Add(15 * time.Minute)
	}
	return t
}

func naively(m term.Milestone, x term.Term[string], zone *time.Location, events []time.Time, asOf time.Time) naive {
	var n naive
	first := civil(x.Start, zone)
	for k := 1; k < 200; k++ {
		date := civil(m.After.After(x.Start, zone), zone)
		if m.EveryMonths > 0 {
			// The day of the month, or the last one that the month has.
			month := time.Date(first.Year(), first.Month()+time.Month(k*m.EveryMonths), 1, 0, 0, 0, 0, time.UTC)
			date = month.AddDate(0, 0, first.Day()-1)
			for date.Month() != month.Month() {
				date = date.AddDate(0, 0, -1)
			}
		} else if k > 1 {
			break
		}
		if !x.End.IsZero() && !startOf(date, zone).Before(x.End) {
			break
		}
		n.due = append(n.due, date)
	}
	if len(n.due) == 0 {
		n.status = term.NeverDue
		return n
	}
	n.done = make([]time.Time, len(n.due))
	slices.SortFunc(events, time.Time.Compare)
	for i, e := range events {
		if i > 0 && e.Equal(events[i-1]) {
			continue // sent twice
		}
		if e.Before(x.Start) || e.After(asOf) || !x.End.IsZero() && !e.Before(x.End) {
			continue
		}
		// The latest that is due, or the one after it, or the first.
		latest := -1
		for k, due := range n.due {
			if !civil(e, zone).Before(due) {
				latest = k
			}
		}
		for _, k := range []int{latest, latest + 1} {
			if k >= 0 && k < len(n.due) && n.done[k].IsZero() {
				n.done[k] = e
				break
			}
		}
	}
	ended := !x.End.IsZero() && !asOf.Before(x.End)
	today, current := civil(asOf, zone), 0
	for k := range n.due {
		closed := k+1 < len(n.due) && !today.Before(n.due[k+1])
		passed := !n.done[k].IsZero() && !today.Before(n.due[k]) && k+1 < len(n.due)
		if current == k && (closed || passed && !ended) {
			current = k + 1
			if n.done[k].IsZero() {
				n.missed++
			}
		}
	}
	n.number = current + 1
	limit := m.Grace.After(startOf(n.due[current].AddDate(0, 0, 1), zone), zone)
	switch {
	case !n.done[current].IsZero():
		n.status = term.Done
	case ended:
		n.status = term.Missed
		n.missed++
	case today.Before(n.due[current]):
		n.status = term.Upcoming
	case asOf.Before(limit):
		n.status = term.Due
	default:
		n.status = term.Overdue
	}
	return n
}

type drawn struct {
	term   term.Term[string]
	plan   term.Plan
	events []term.Event
	times  []time.Time
}

func draw(t *rapid.T, zones []*time.Location) drawn {
	hour := func(limit int, label string) time.Duration {
		return time.Duration(rapid.IntRange(0, limit).Draw(t, label)*7919%(limit+1)) * time.Hour
	}
	base := time.Date(2023, 10, 29, 0, 0, 0, 0, time.UTC)
	d := drawn{term: term.Term[string]{Customer: "ann", Product: "filter", Start: base.Add(hour(24*150, "start"))}}
	if rapid.Bool().Draw(t, "ends") {
		d.term.End = d.term.Start.Add(time.Hour + hour(24*300, "length"))
	}
	m := term.Milestone{Name: "upkeep", DoneBy: "serviced"}
	if rapid.Bool().Draw(t, "again") {
		m.EveryMonths = rapid.IntRange(1, 3).Draw(t, "months")
	} else {
		m.After = rapid.SampledFrom([]regulars.Span{regulars.Hours(30), regulars.Days(31), regulars.Months(1)}).Draw(t, "after")
	}
	m.Grace = rapid.SampledFrom([]regulars.Span{{}, regulars.Hours(5), regulars.Days(4), regulars.Months(2)}).Draw(t, "grace")
	d.plan = term.Plan{Zone: rapid.SampledFrom(zones).Draw(t, "zone"), Milestones: []term.Milestone{m}}
	for range rapid.IntRange(0, 8).Draw(t, "events") {
		at := base.Add(hour(24*400, "event"))
		if n := len(d.times); n > 0 && rapid.IntRange(0, 3).Draw(t, "twice") == 0 {
			at = d.times[n-1]
		}
		d.times = append(d.times, at)
		d.events = append(d.events, term.Event{Name: "serviced", At: at}, term.Event{Name: "called", At: at})
	}
	return d
}

func someZones(t testing.TB) []*time.Location {
	return []*time.Location{time.UTC, zone(t, "America/New_York"), zone(t, "Asia/Shanghai"), zone(t, "America/Santiago")}
}

// Property: a milestone stands where a walk over all due dates puts it.
func TestMilestonesAgainstNaive(t *testing.T) {
	zones := someZones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, zones)
		asOf := d.term.Start.Add(time.Duration(rapid.IntRange(-48, 24*400).Draw(t, "as of")) * time.Hour)
		got, err := d.term.At(d.plan, d.events, asOf)
		check(t, err)
		m, want := got.Milestones[0], naively(d.plan.Milestones[0], d.term, d.plan.Zone, d.times, asOf)
		if m.Status != want.status || m.Number != want.number || m.Missed != want.missed {
			t.Fatalf("%+v, want %v of number %d, %d missed, due %v", m, want.status, want.number, want.missed, want.due)
		}
		if want.number > 0 {
			if due := startOf(want.due[want.number-1], d.plan.Zone); !m.Due.Equal(due) || !m.Done.Equal(want.done[want.number-1]) {
				t.Fatalf("%+v, want due at %v, done at %v", m, due, want.done[want.number-1])
			}
		}
	})
}

// Property: nothing changes before Next, and something does at Next.
func TestNextChange(t *testing.T) {
	zones := someZones(t)
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, zones)
		asOf := d.term.Start.Add(time.Duration(rapid.IntRange(-48, 24*400).Draw(t, "as of")) * time.Hour)
		var known []term.Event
		for _, e := range d.events {
			if !e.At.After(asOf) {
				known = append(known, e)
			}
		}
		look := func(asOf time.Time) string {
			got, err := d.term.At(d.plan, known, asOf)
			check(t, err)
			return fmt.Sprint(got.Labels(), got.Milestones[0].Number)
		}
		now, err := d.term.At(d.plan, known, asOf)
		check(t, err)
		until := asOf.AddDate(2, 0, 0)
		if !now.Next.IsZero() {
			until = now.Next.Add(-time.Microsecond)
			if look(now.Next) == look(asOf) {
				t.Fatalf("still %s at %v, next %v", look(asOf), asOf, now.Next)
			}
		}
		between := asOf.Add(time.Duration(rapid.Int64Range(0, int64(until.Sub(asOf))).Draw(t, "between")))
		for _, at := range []time.Time{between, until} {
			if look(at) != look(asOf) {
				t.Fatalf("%s at %v, %s at %v, next %v", look(asOf), asOf, look(at), at, now.Next)
			}
		}
	})
}

func TestAtRefuses(t *testing.T) {
	good := filter("2024-01-31", "2024-04-30")
	for name, x := range map[string]term.Term[string]{
		"no customer": {Product: "filter", Start: good.Start},
		"no product":  {Customer: "ann", Start: good.Start},
		"no start":    {Customer: "ann", Product: "filter"},
		"no time":     {Customer: "ann", Product: "filter", Start: good.Start, End: good.Start},
		"far start":   {Customer: "ann", Product: "filter", Start: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"far end":     {Customer: "ann", Product: "filter", Start: good.Start, End: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"far sale":    {Customer: "ann", Product: "filter", Start: good.Start, Sold: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"debt":        {Customer: "ann", Product: "filter", Start: good.Start, Value: decimal.New(-1, -2)},
		"hostile":     {Customer: "ann", Product: "filter", Start: good.Start, Value: decimal.New(1, 1<<30)},
	} {
		if got, err := x.At(upkeep, nil, good.Start); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
		if err := (&term.Book[string]{}).Add(x); err == nil {
			t.Errorf("%s is in a book", name)
		}
	}
	if got, err := good.At(upkeep, nil, time.Time{}); err == nil {
		t.Errorf("no moment: %+v", got)
	}
	if got, err := good.At(term.Plan{Milestones: []term.Milestone{{}}}, nil, good.Start); err == nil {
		t.Errorf("an empty milestone: %+v", got)
	}
	far, err := filter("0001-01-01 00:01", "").At(upkeep, []term.Event{{Name: "serviced", At: good.Start}}, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC))
	if err != nil || far.Milestones[1].Number < 119_000 || far.Milestones[1].Missed < 119_000-2 {
		t.Errorf("%+v, %v", far, err)
	}
}
