package lifecycle_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle"
)

func TestStagesOfALog(t *testing.T) {
	zones := zones(t)
	// Property: the stage of each customer in a log is that of their history
	// summed up alone; the census and the migration count them.
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, zones)
		policy := drawPolicy(t, zones)
		log := w.log(t)
		known := drawDates(t, w)
		for id, at := range known {
			if err := log.Know(id, at); err != nil {
				t.Fatal(err)
			}
		}
		earlier := w.now.Add(-drawHour(t, 3000, "earlier"))
		labels := func(id int) []string { return []string{[]string{"plan=pro", "plan=free"}[id%2]} }
		policy.Overrides = []lifecycle.Override{{Label: "plan=pro", NewFor: regulars.Days(3)}}

		before, after := w.stages(policy, earlier, known, labels), w.stages(policy, w.now, known, labels)
		got := map[int]lifecycle.Stage{}
		var ids []int
		for id, at := range log.Stages(policy, w.now, labels) {
			got[id] = at.Stage
			ids = append(ids, id)
		}
		if diff := cmp.Diff(after, got); diff != "" || !slices.IsSorted(ids) {
			t.Fatalf("%v, (-want +got)\n%s", ids, diff)
		}
		census := log.Count(policy, w.now, labels)
		migration, err := log.Migrate(policy, earlier, w.now, labels)
		if err != nil {
			t.Fatal(err)
		}
		if census.Total() != len(after) {
			t.Fatalf("%d customers, want %d", census.Total(), len(after))
		}
		were := map[lifecycle.Stage]int{}
		for _, from := range before {
			were[from]++
		}
		for _, to := range lifecycle.Stages() {
			count := 0
			for _, from := range append(lifecycle.Stages(), 0) {
				moved := 0
				for id, s := range after {
					if s == to && before[id] == from {
						moved++
					}
				}
				count += moved
				if got := migration.Of(from, to); got != moved {
					t.Fatalf("%d from %q to %q, want %d", got, from, to, moved)
				}
				want := lifecycle.Odds{Moved: moved, Of: were[from]}
				if from == 0 { // those who were not known are not all of somebody
					want = lifecycle.Odds{}
				}
				if odds := migration.Odds(from, to); odds != want {
					t.Fatalf("from %q to %q: %+v, want %+v", from, to, odds, want)
				}
			}
			if got := census.Of(to); got != count {
				t.Fatalf("%d are %s, want %d", got, to, count)
			}
		}
	})
}

// stages sums up each customer alone.
func (w world) stages(p lifecycle.Policy, now time.Time, known map[int]time.Time, labels func(int) []string) map[int]lifecycle.Stage {
	stages := map[int]lifecycle.Stage{}
	for id := 1; id <= 6; id++ {
		var events []time.Time
		for _, e := range w.events {
			if e.id == id {
				events = append(events, e.at)
			}
		}
		since, ok := known[id]
		ok = ok && !since.After(now)
		for _, at := range events {
			ok = ok || !at.After(now)
		}
		if ok {
			stages[id] = p.At(p.History(events, now, labels(id)...), now).Stage
		}
	}
	return stages
}

func TestKnownCustomers(t *testing.T) {
	var log lifecycle.Log[string]
	now := date(t, "2024-05-01")
	checkAdd(t, log.Know("dated", date(t, "2024-04-01")))
	checkAdd(t, log.Know("dated", date(t, "2024-06-01"))) // the earliest counts
	checkAdd(t, log.Know("later", date(t, "2024-06-01")))
	checkAdd(t, log.Know("always", date(t, "2024-06-01")))
	checkAdd(t, log.Know("always", time.Time{}))
	checkAdd(t, log.Add("buys later", date(t, "2024-06-01")))
	var got []string
	for id, at := range log.Stages(lifecycle.Policy{}, now, nil) {
		got = append(got, id+" "+at.Because.String())
	}
	want := []string{"always no event", "dated no event since 2024-04-01T00:00:00Z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, ok := log.History("nobody", lifecycle.Policy{}, now); ok {
		t.Error("a history of nobody")
	}
	if events, ok := log.Events("buys later"); !ok || len(events) != 1 {
		t.Errorf("events %v, %v", events, ok)
	}
}

func TestMigrationNeedsTwoMomentsInOrder(t *testing.T) {
	var log lifecycle.Log[string]
	now := date(t, "2024-05-01")
	if _, err := log.Migrate(lifecycle.Policy{}, now, now.Add(-1), nil); err == nil {
		t.Error("migrated back in time")
	}
	if _, err := log.Migrate(lifecycle.Policy{}, time.Time{}, now, nil); err == nil {
		t.Error("migrated from no moment")
	}
	checkAdd(t, log.Add("ann", now))
	m, err := log.Migrate(lifecycle.Policy{}, now, now, nil)
	checkAdd(t, err)
	text, err := json.Marshal(m)
	checkAdd(t, err)
	want := `{"before":"2024-05-01T00:00:00Z","after":"2024-05-01T00:00:00Z","cells":[{"from":"new","to":"new","customers":1}]}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if m.Of(99, lifecycle.New) != 0 || m.Of(lifecycle.New, 99) != 0 {
		t.Error("somebody moved from or to an unknown stage")
	}
	for _, test := range []struct {
		name     string
		from, to lifecycle.Stage
		want     lifecycle.Odds
		words    string
	}{
		{"stayed", lifecycle.New, lifecycle.New, lifecycle.Odds{Moved: 1, Of: 1}, "1 of 1"},
		{"nobody moved", lifecycle.New, lifecycle.Silent, lifecycle.Odds{Of: 1}, "0 of 1"},
		{"nobody was there", lifecycle.Silent, lifecycle.New, lifecycle.Odds{}, "not observed"},
		{"no stage", 0, lifecycle.New, lifecycle.Odds{}, "not observed"},
		{"unknown stage", 99, lifecycle.New, lifecycle.Odds{}, "not observed"},
		{"to an unknown stage", lifecycle.New, 99, lifecycle.Odds{Of: 1}, "0 of 1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := m.Odds(test.from, test.to)
			if got != test.want || got.String() != test.words {
				t.Errorf("Odds = %+v, %q; want %+v, %q", got, got, test.want, test.words)
			}
		})
	}
}

func TestMigrationOfNobody(t *testing.T) {
	var log lifecycle.Log[string]
	now := date(t, "2024-05-01")
	checkAdd(t, log.Add("ann", now.Add(time.Microsecond)))
	m, err := log.Migrate(lifecycle.Policy{}, now, now, nil)
	checkAdd(t, err)
	text, err := json.Marshal(m)
	checkAdd(t, err)
	want := `{"before":"2024-05-01T00:00:00Z","after":"2024-05-01T00:00:00Z","cells":[]}`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnEventAtNowIsInStockAndNotYetInFlow(t *testing.T) {
	midnight := date(t, "2024-05-02") // ann buys at noon of the day before and at this instant
	log := lifecycle.Log[string]{}
	checkAdd(t, log.Add("ann", midnight.Add(-12*time.Hour)))
	checkAdd(t, log.Add("ann", midnight))
	for _, test := range []struct {
		name             string
		now              time.Time
		stock, gaps      int // events so far; gaps that are not of today
		days, activeLast int // rows of growth; active in the last one
		complete         bool
	}{
		{"last microsecond of the day", midnight.Add(-time.Microsecond), 1, 0, 1, 1, false},
		{"midnight", midnight, 2, 1, 1, 1, true},
		{"a microsecond later", midnight.Add(time.Microsecond), 2, 1, 2, 1, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, _ := log.History("ann", lifecycle.Policy{}, test.now)
			f, err := log.Fit(test.now, lifecycle.FitOptions[string]{})
			checkAdd(t, err)
			if h.Events != test.stock || f.Classes[0].Gaps != test.gaps {
				t.Errorf("stock: %d events, %d gaps; want %d, %d", h.Events, f.Classes[0].Gaps, test.stock, test.gaps)
			}
			rows, err := log.Activity(lifecycle.Daily()).Growth(test.now, lifecycle.GrowthOptions[string]{})
			checkAdd(t, err)
			last := rows[len(rows)-1]
			if len(rows) != test.days || last.Active != test.activeLast || last.Complete != test.complete {
				t.Errorf("flow: %d days, the last %+v; want %d, %d active, complete %v", len(rows), last, test.days, test.activeLast, test.complete)
			}
			r, err := log.Retention(test.now, regulars.Hours(8), lifecycle.RetentionOptions[string]{})
			checkAdd(t, err)
			if c := r.All.Cells[1]; len(r.All.Cells) != 2 || c.Open != 1 || c.OpenActive != test.days-1 {
				t.Errorf("flow: %+v; want %d active in interval 1 so far", r.All.Cells, test.days-1)
			}
		})
	}
}

func TestALogMakesAnActivity(t *testing.T) {
	zones := zones(t)
	// Property: the activity of a log is that of its events.
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, zones)
		want := mustMarshal(t, w.activity(t))
		if got := mustMarshal(t, w.log(t).Activity(w.each)); !slices.Equal(want, got) {
			t.Fatalf("bytes differ:\n%x\n%x", want, got)
		}
	})
}

func sampleLog(t testing.TB) (*lifecycle.Log[string], time.Time) {
	var log lifecycle.Log[string]
	for _, p := range readSample(t) {
		checkAdd(t, log.Add(p.customer, p.at))
	}
	return &log, date(t, "1998-06-30")
}

func TestFitOnPublishedData(t *testing.T) {
	log, now := sampleLog(t)
	// Computed apart by Kaplan-Meier over all gaps of the 1/10 sample of CDNOW,
	// the open last one included: the median is 93 days, a share of 0.307 of
	// gaps lasts longer than 455 days, and 80 % is not reached. After two or
	// more purchases 50 % and 80 % are 52 and 336 days; after five or more 50,
	// 80 and 90 % are 28, 104 and 291. Leaving the open gaps out would give 117
	// and 196 days for 80 and 90 %.
	all, err := log.Fit(now, lifecycle.FitOptions[string]{Silent: 0.5, Churned: 0.8})
	checkAdd(t, err)
	c := all.Classes[0]
	if c.Silent.Days != 93 || !c.Silent.Reached || c.Churned.Reached {
		t.Errorf("all: silent %+v, churned %+v; want 93 days, not reached", c.Silent, c.Churned)
	}
	if got := c.Curve.At(545); math.Abs(got-0.307) > 5e-4 {
		t.Errorf("S(545) = %v, want 0.307", got)
	}
	tests := []struct {
		after           int
		silent, churned float64
		want            [2]int
	}{
		{2, 0.5, 0.8, [2]int{52, 336}},
		{5, 0.5, 0.8, [2]int{28, 104}},
		{5, 0.8, 0.9, [2]int{104, 291}},
	}
	for _, test := range tests {
		f, err := log.Fit(now, lifecycle.FitOptions[string]{Silent: test.silent, Churned: test.churned, After: []int{1, test.after}})
		checkAdd(t, err)
		c := f.Classes[1]
		if got := [2]int{c.Silent.Days, c.Churned.Days}; got != test.want || !c.Silent.Reached || !c.Churned.Reached {
			t.Errorf("after %d, %v and %v: %v, want %v", test.after, test.silent, test.churned, got, test.want)
		}
		policy := f.Policy(lifecycle.Policy{})
		if err := policy.Validate(); err != nil || len(policy.Overrides) != 1 || policy.Overrides[0].MinEvents != test.after {
			t.Errorf("policy %+v: %v", policy, err)
		}
	}
}

func TestFitBySubject(t *testing.T) {
	var log lifecycle.Log[int]
	start := date(t, "2024-01-01")
	for id := range 40 { // the even ones every 10 days, the odd ones every 30
		for n := range 6 {
			checkAdd(t, log.Add(id, start.AddDate(0, 0, n*(10+20*(id%2)))))
		}
	}
	o := lifecycle.FitOptions[int]{Label: func(id int) string { return []string{"plan=pro", ""}[id%2] }}
	f, err := log.Fit(date(t, "2024-06-15"), o)
	checkAdd(t, err)
	var labels []string
	for _, c := range f.Classes {
		labels = append(labels, c.Label)
	}
	if diff := cmp.Diff([]string{"", "plan=pro"}, labels); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	if all, pro := f.Classes[0], f.Classes[1]; all.Gaps != 240 || pro.Gaps != 120 || pro.Open != 20 || pro.Silent.Days != 10 {
		t.Errorf("all %+v\npro %+v", all, pro)
	}
}

func TestAnEventTodayIsNoGap(t *testing.T) {
	var log lifecycle.Log[int]
	now := date(t, "2024-06-15").Add(20 * time.Hour)
	for hour := range 3 { // three events on one date, and none before
		checkAdd(t, log.Add(1, date(t, "2024-06-15").Add(time.Duration(hour)*time.Hour)))
	}
	checkAdd(t, log.Add(2, date(t, "2024-06-14").Add(23*time.Hour)))
	f, err := log.Fit(now, lifecycle.FitOptions[int]{})
	checkAdd(t, err)
	if c := f.Classes[0]; c.Gaps != 1 || c.Open != 1 || c.Curve.Steps[0].Time != 1 {
		t.Errorf("%d gaps, %d open, %+v; want the one of a day", c.Gaps, c.Open, c.Curve.Steps)
	}
}

func TestFittedPolicyIsValid(t *testing.T) {
	// Property: what is fitted to any events is a valid policy if its base is.
	rapid.Check(t, func(t *rapid.T) {
		var log lifecycle.Log[int]
		for range rapid.IntRange(0, 60).Draw(t, "events") {
			if err := log.Add(rapid.IntRange(1, 9).Draw(t, "customer"), worldStart.Add(drawHour(t, 24*300, "hour"))); err != nil {
				t.Fatal(err)
			}
		}
		o := lifecycle.FitOptions[int]{
			Silent: rapid.Float64Range(0.05, 0.5).Draw(t, "silent"), Churned: rapid.Float64Range(0.5001, 0.95).Draw(t, "churned"),
			After: []int{1, 2, 4}, Label: func(id int) string { return []string{"", "a=b", "c=d"}[id%3] },
		}
		f, err := log.Fit(worldStart.AddDate(0, 10, 0), o)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Policy(lifecycle.Policy{}).Validate(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestFittedPolicyOfDaysThatAreNoSpan(t *testing.T) {
	const most = 250 * 366 // of regulars.Days
	base := lifecycle.Policy{SilentAfter: regulars.Days(20), ChurnAfter: regulars.Years(250)}
	tests := []struct {
		name string
		days int
		want regulars.Span
	}{
		{"negative", -1, base.SilentAfter},
		{"none", 0, base.SilentAfter},
		{"fewest", 1, regulars.Days(1)},
		{"too many", most + 1, base.SilentAfter},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := lifecycle.Fitted{Classes: []lifecycle.FittedClass{{MinEvents: 1, Silent: lifecycle.Threshold{Days: test.days, Reached: true}}}}
			if got := f.Policy(base).SilentAfter; got != test.want {
				t.Errorf("silent after %s, want %s", got, test.want)
			}
		})
	}
}

func TestFitRefuses(t *testing.T) {
	var log lifecycle.Log[int]
	now := date(t, "2024-05-01")
	tests := []struct {
		name string
		now  time.Time
		o    lifecycle.FitOptions[int]
		want string
	}{
		{"no moment", time.Time{}, lifecycle.FitOptions[int]{}, "lifecycle: the moment of the report has no time"},
		{"silent above churned", now, lifecycle.FitOptions[int]{Silent: 0.95}, "lifecycle: shares 0.95 and 0.9: want 0 < silent < churned < 1"},
		{"a share of one", now, lifecycle.FitOptions[int]{Churned: 1}, "lifecycle: shares 0.8 and 1: want 0 < silent < churned < 1"},
		{"not a number", now, lifecycle.FitOptions[int]{Silent: math.NaN()}, "lifecycle: shares NaN and 0.9: want 0 < silent < churned < 1"},
		{"no first class", now, lifecycle.FitOptions[int]{After: []int{2}}, "lifecycle: After must ascend from 1"},
		{"falling classes", now, lifecycle.FitOptions[int]{After: []int{1, 3, 3}}, "lifecycle: After must ascend from 1"},
		{"level", now, lifecycle.FitOptions[int]{Level: 95}, "lifecycle: level 95: want a number between 0 and 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := log.Fit(test.now, test.o); errorText(err) != test.want {
				t.Errorf("Fit = %v, want %q", err, test.want)
			}
		})
	}
	f, err := log.Fit(now, lifecycle.FitOptions[int]{})
	if err != nil || len(f.Classes) != 1 || f.Classes[0].Gaps != 0 || f.Classes[0].Silent.Reached {
		t.Errorf("nobody: %+v, %v", f, err)
	}
}
