package funnel

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// Property: counts of shards of the users merge to the same bytes in any
// bracketing, empty counts change nothing, and what was marshalled comes back.
func TestShardsMerge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := abc(3, Match{Window: drawWindow(rt)})
		f.By = By(rapid.IntRange(0, 2).Draw(rt, "by"))
		f.SessionGap = Within(time.Second)
		f.Breakdowns = []Breakdown{{Name: "city"}, {Name: "os", By: AtLast}}
		source := labelled()
		source.AsOf = time.Unix(rapid.Int64Range(1, 12).Draw(rt, "as of"), 0)
		events := drawLog(rt, 6, 6, 3)
		whole := marshalled(rt, f, source, events)
		var parts []*Counts
		for range 4 {
			report, err := Count(f, source, []row{})
			if err != nil {
				rt.Fatal(err)
			}
			parts = append(parts, report.Counts)
		}
		shard := map[string][]row{}
		for _, e := range events {
			shard[e.User] = append(shard[e.User], e)
		}
		for _, user := range slices.Sorted(maps.Keys(shard)) {
			report, err := Count(f, source, shard[user])
			if err != nil {
				rt.Fatal(err)
			}
			if err := parts[rapid.IntRange(0, 3).Draw(rt, "part")].Merge(report.Counts); err != nil {
				rt.Fatal(err)
			}
		}
		for len(parts) > 1 {
			i := rapid.IntRange(0, len(parts)-2).Draw(rt, "merge")
			if err := parts[i].Merge(parts[i+1]); err != nil {
				rt.Fatal(err)
			}
			parts = slices.Delete(parts, i+1, i+2)
		}
		data, err := parts[0].MarshalBinary()
		if err != nil || !bytes.Equal(whole, data) {
			rt.Fatalf("parts differ from the whole: %v", err)
		}
		read := newCounts(f, parts[0].asOf)
		if err := read.UnmarshalBinary(data); err != nil {
			rt.Fatal(err)
		}
		if again, err := read.MarshalBinary(); err != nil || !bytes.Equal(data, again) {
			rt.Fatalf("what was read is written otherwise: %v", err)
		}
	})
}

// Property: what is kept and what is excluded is all that entered, nobody is
// excluded by an event that never comes, and reached never rises.
func TestExcludedAndKept(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := Match{Window: drawWindow(rt), Ties: drawTies(rt)}
		events := drawLog(rt, 5, 8, 3)
		total := func(m Match) Tally {
			report, err := Count(abc(3, m), rows, events)
			if err != nil {
				rt.Fatal(err)
			}
			return report.Counts.Total(Everybody)
		}
		free := total(m)
		m.Exclusions, m.Excluded = []Exclusion{{Events: []string{"x"}, After: 1, Before: 3}}, DropUnit
		dropped := total(m)
		if got := dropped.Reached[0] + dropped.Excluded; got != free.Reached[0] {
			rt.Fatalf("%d kept and %d excluded of %d", dropped.Reached[0], dropped.Excluded, free.Reached[0])
		}
		m.Exclusions[0].Events = []string{"never"}
		if diff := cmp.Diff(free, total(m), cmp.AllowUnexported(Tally{})); diff != "" {
			rt.Fatalf("an event that never comes (-want +got):\n%s", diff)
		}
		if !slices.IsSortedFunc(free.Reached, func(a, b int64) int { return int(b - a) }) {
			rt.Fatalf("reached rises: %v", free.Reached)
		}
	})
}

// Property: the time to convert lies within the window and is the sum of the
// times from step to step; counts have those times of each chain.
func TestTimeToConvert(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := time.Duration(rapid.IntRange(0, 6).Draw(rt, "window")) * time.Second
		f, events := abc(3, Match{Window: Within(w), Ties: drawTies(rt)}), drawLog(rt, 5, 9, 3)
		report, err := Count(f, rows, events)
		if err != nil {
			rt.Fatal(err)
		}
		outcomes, err := Outcomes(f, rows, events)
		if err != nil {
			rt.Fatal(err)
		}
		var converted []time.Duration
		steps := make([][]time.Duration, 2)
		for _, o := range outcomes {
			var sum time.Duration
			for k := 1; k < o.Level; k++ {
				d := o.Chain[k].At.Sub(o.Chain[k-1].At)
				steps[k-1], sum = append(steps[k-1], d), sum+d
			}
			if sum != o.Duration() || sum < 0 || sum > w {
				rt.Fatalf("%s in steps of %s, within %s", o.Duration(), sum, w)
			}
			if o.Ended == Completed {
				converted = append(converted, sum)
			}
		}
		slices.Sort(converted)
		slices.Sort(steps[0])
		slices.Sort(steps[1])
		total := report.Counts.Total(Everybody)
		want := [][]time.Duration{converted, steps[0], steps[1]}
		got := [][]time.Duration{total.Converted(), total.StepTimes(1), total.StepTimes(2)}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
		if int64(len(total.Converted())+len(total.Waited())) != total.Reached[0] || total.Reached[0] > report.Counts.Users {
			rt.Fatalf("%d and %d times of %v", len(total.Converted()), len(total.Waited()), total.Reached)
		}
	})
	report, err := Count(abc(3, Match{}), rows, log("u: A0 B5 C7"))
	if err != nil {
		t.Fatal(err)
	}
	total := report.Counts.Total(Everybody)
	got := [][]time.Duration{total.StepTimes(1), total.StepTimes(2), total.Converted(), total.StepTimes(3)}
	want := [][]time.Duration{{5 * time.Second}, {2 * time.Second}, {7 * time.Second}, nil}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Property: the rows of every breakdown, and of each pair, sum to the total.
func TestBreakdownsSumToTheTotal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := abc(3, Match{Window: drawWindow(rt)})
		f.By = By(rapid.IntRange(0, 2).Draw(rt, "by"))
		f.Breakdowns = []Breakdown{{Name: "city"}, {Name: "os", By: AtLast}, {Name: "plan", By: AtStep, Step: 2}, {Name: "way", By: AtFirst}}
		source := labelled()
		source.AsOf = time.Unix(rapid.Int64Range(1, 12).Draw(rt, "as of"), 0)
		report, err := Count(f, source, drawLog(rt, 6, 6, 3))
		if err != nil {
			rt.Fatal(err)
		}
		for m := range Immature + 1 {
			total := report.Counts.Total(m)
			for _, names := range [][]string{{"city"}, {"os"}, {"plan"}, {"way"}, {"os", "city"}, {}} {
				sum := newTally(3)
				found, err := report.Counts.By(m, names...)
				if err != nil {
					rt.Fatal(err)
				}
				for i := range found {
					sum.add(&found[i].Tally)
				}
				sum.sort()
				total.sort()
				if diff := cmp.Diff(total, sum, cmp.AllowUnexported(Tally{}), equateEmpty); diff != "" {
					rt.Fatalf("by %v (-total +sum):\n%s", names, diff)
				}
			}
		}
	})
}

var equateEmpty = cmp.FilterValues(func(a, b []int64) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())
