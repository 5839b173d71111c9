package funnel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// said writes an outcome as the tests below do: level, chain and ending.
func said(o Outcome[string]) string {
	var chain []string
	for _, h := range o.Chain {
		chain = append(chain, fmt.Sprintf("%d@%d", h.Step, h.At.Unix()))
	}
	text := fmt.Sprintf("%d [%s] %s", o.Level, strings.Join(chain, " "), o.Ended)
	if !o.EndedAt.IsZero() {
		text += fmt.Sprintf(" %d", o.EndedAt.Unix())
	}
	if o.Excluded {
		text += ", excluded"
	}
	if o.Open {
		text += ", open"
	}
	return text
}

func TestOutcomes(t *testing.T) {
	ten := Within(10 * time.Second)
	guard := []Exclusion{{Events: []string{"x"}, After: 1, Before: 2}}
	gap := abc(3, Match{})
	gap.Steps[2].MaxGap = Within(2 * time.Second)
	for _, c := range []struct {
		name string
		f    Funnel
		log  string
		asOf int64
		want []string
	}{
		{"the last event at the end of the window", abc(2, Match{Window: ten}), "u: A0 B10", 0, []string{"2 [1@0 2@10] completed"}},
		{"one past it", abc(2, Match{Window: ten}), "u: A0 B11", 0, []string{"1 [1@0] timed out 10"}},
		{"no later start is hidden", abc(2, Match{Window: ten}), "u: A0 A5 B12", 0, []string{"2 [1@5 2@12] completed"}},
		{"the latest start of those that end first", abc(2, Match{Window: ten}), "u: A0 A5 B8 A9 B10", 0, []string{"2 [1@5 2@8] completed"}},
		{"each step by the first event that can", abc(3, Match{}), "u: A0 B1 B2 C3 C4", 0, []string{"3 [1@0 2@1 3@3] completed"}},
		{"only the first entry", abc(2, Match{Window: ten, Entry: FirstEntry}), "u: A0 A5 B12", 0, []string{"1 [1@0] timed out 10"}},
		{"a window of no time", abc(2, Match{Window: Within(0)}), "u: A3 B3; v: A3 B4", 0, []string{"2 [1@3 2@3] completed", "1 [1@3] timed out 3"}},
		{"no window", abc(2, Match{}), "u: A0 B999999999", 0, []string{"2 [1@0 2@999999999] completed"}},
		{"step 2 before step 1 at one instant", abc(2, Match{}), "u: B4 A4", 0, []string{"2 [1@4 2@4] completed"}},
		{"as given", abc(2, Match{Ties: TiesGiven}), "u: B4 A4", 0, []string{"1 [1@4] no event"}},
		{"strictly later", abc(2, Match{Ties: TiesStrict}), "u: A4 B4", 0, []string{"1 [1@4] no event"}},
		{"grace", abc(2, Match{Grace: Within(2 * time.Second)}), "u: B4 A5", 0, []string{"2 [1@4 2@4] completed"}},
		{"beyond the grace", abc(2, Match{Grace: Within(2 * time.Second)}), "u: B5 A6", 0, []string{"1 [1@6] no event"}},
		{"before 1970", abc(2, Match{Window: ten, Grace: Within(2 * time.Second)}), "u: A-5 B-3", 0, []string{"2 [1@-6 2@-4] completed"}},
		{"nothing of it", abc(2, Match{}), "u: B1 x2", 0, []string{"0 [] not entered"}},
		{"no event of any step", abc(2, Match{}), "u: x2", 0, []string{"0 [] not entered"}},
		{"still open", abc(2, Match{Window: ten}), "u: A0", 9, []string{"1 [1@0] still open 10, open"}},
		{"over when the data reach its end", abc(2, Match{Window: ten}), "u: A0", 10, []string{"1 [1@0] no event"}},
		{"complete and yet open", abc(2, Match{Window: ten}), "u: A0 B1", 9, []string{"2 [1@0 2@1] completed, open"}},
		{"the latest entry is open", abc(3, Match{Window: ten}), "u: A0 B1 A20", 21, []string{"2 [1@0 2@1] no event, open"}},
		{"events after the data end", abc(2, Match{Window: ten}), "u: A0 B11 B5", 4, []string{"1 [1@0] still open 10, open"}},
		{"an event when the data end", abc(2, Match{Window: ten}), "u: A0 B4", 4, []string{"2 [1@0 2@4] completed, open"}},
		{"no window is never open", abc(2, Match{}), "u: A0", 4, []string{"1 [1@0] no event"}},
		{"within the gap", gap, "u: A0 B1 B5 C7", 0, []string{"3 [1@0 2@5 3@7] completed"}},
		{"past the gap", gap, "u: A0 B5 C8", 0, []string{"2 [1@0 2@5] timed out 7"}},
		{"excluded", abc(2, Match{Window: ten, Exclusions: guard}), "u: A0 x1 B2", 0, []string{"1 [1@0] broken 1"}},
		{"excluded, and out", abc(2, Match{Window: ten, Exclusions: guard, Excluded: DropUnit}), "u: A0 x1 B2", 0, []string{"1 [1@0] broken 1, excluded"}},
		{"and in again", abc(2, Match{Window: ten, Exclusions: guard, Excluded: DropUnit}), "u: A0 x1 A2", 0, []string{"1 [1@2] no event"}},
		{"an exclusion after the window", abc(2, Match{Window: ten, Exclusions: guard, Excluded: DropUnit}), "u: A0 x11", 0, []string{"1 [1@0] no event"}},
		{"an exclusion at the instant of the step it guards", abc(2, Match{Exclusions: guard}), "u: A0 x2 B2", 0, []string{"2 [1@0 2@2] completed"}},
		{"an exclusion at the instant of the entry", abc(2, Match{Exclusions: guard}), "u: x0 A0 B2", 0, []string{"2 [1@0 2@2] completed"}},
		{"what comes between", abc(2, Match{Order: Contiguous}), "u: A0 x1 B2; v: A0 B1", 0, []string{"1 [1@0] broken 1", "2 [1@0 2@1] completed"}},
		{"contiguous, too late", abc(2, Match{Order: Contiguous, Window: ten}), "u: A0 B11", 0, []string{"1 [1@0] timed out 10"}},
		{"contiguous in an instant", abc(3, Match{Order: Contiguous}), "u: x1 C1 A1 B1", 0, []string{"3 [1@1 2@1 3@1] completed"}},
		{"contiguous through an instant", abc(3, Match{Order: Contiguous}), "u: A0 x1 B1 C2", 0, []string{"2 [1@0 2@1] broken 2"}},
		{"any order", abc(3, Match{Order: AnyOrder, Window: ten}), "u: C0 x1 B4; v: B0 C1 A11", 0, []string{"2 [3@0 2@4] no event", "2 [2@0 3@1] timed out 10"}},
		{"any order, the first entry excluded", abc(2, Match{Order: AnyOrder, Entry: FirstEntry, Exclusions: guard}), "u: A0 x1 B2 A3", 0, []string{"1 [1@0] broken 1"}},
		{"any order, excluded and in again", abc(2, Match{Order: AnyOrder, Exclusions: guard}), "u: A0 x1 B2 A3", 0, []string{"2 [2@2 1@3] completed"}},
		{"nested", abc(3, Match{Order: Nested, Window: ten}), "u: B0 A4; v: B0 C1", 0, []string{"2 [2@0 1@4] no event", "0 [] not entered"}},
		{"ten steps at one instant", abc(10, Match{Window: Within(0)}), "u: J7 I7 H7 G7 F7 E7 D7 C7 B7 A7", 0, []string{"10 [1@7 2@7 3@7 4@7 5@7 6@7 7@7 8@7 9@7 10@7] completed"}},
		{"one step", abc(1, Match{Window: ten}), "u: A3 A4", 0, []string{"1 [1@3] completed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := rows
			if c.asOf != 0 {
				source.AsOf = time.Unix(c.asOf, 0)
			}
			outcomes, err := Outcomes(c.f, source, log(c.log))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, o := range outcomes {
				got = append(got, said(o))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Where step names repeat, and where one event matches several steps, each
// event makes one step, but for Reuse.
func TestEventsOfSeveralSteps(t *testing.T) {
	f := Funnel{Steps: []Step{{Name: "one", Events: []string{"A"}}, {Name: "two", Events: []string{"A", "B"}}, {Name: "three", Events: []string{"A"}}}}
	for _, c := range []struct {
		log   string
		reuse bool
		want  int
	}{
		{"u: A1", false, 1},
		{"u: A1", true, 3},
		{"u: A1 A1", false, 2},
		{"u: B1 A1 A1", false, 3},
		{"u: A1 B2", true, 3},
		{"u: A1 B2 A3", false, 3},
	} {
		f.Match.Reuse = c.reuse
		if got := levels(t, f, log(c.log))["u"]; got != c.want {
			t.Errorf("%s, reuse %t: level %d, want %d", c.log, c.reuse, got, c.want)
		}
	}
}

func TestSessions(t *testing.T) {
	f := abc(2, Match{})
	f.By, f.SessionGap = BySession, Within(10*time.Second)
	texts := func(s Source[row, string]) (got []string) {
		outcomes, err := Outcomes(f, s, log("u: B30 A0 x10 B20 A31; v: x1"))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range outcomes {
			got = append(got, strings.TrimSpace(o.Session+" "+said(o)))
		}
		return got
	}
	// x keeps the session going: each gap is ten seconds, which still belongs.
	want := []string{"2 [1@0 2@20] completed", "0 [] not entered"}
	if diff := cmp.Diff(want, texts(rows)); diff != "" {
		t.Errorf("by gap (-want +got):\n%s", diff)
	}
	given := rows
	given.Session = func(r row) string { return []string{"even", "odd"}[r.T%2] }
	want = []string{"even 2 [1@0 2@20] completed", "odd 1 [1@31] no event", "odd 0 [] not entered"}
	if diff := cmp.Diff(want, texts(given)); diff != "" {
		t.Errorf("given (-want +got):\n%s", diff)
	}
}

// The cases of totals are those of Mixpanel's and Amplitude's documentation.
func TestTotals(t *testing.T) {
	guard := []Exclusion{{Events: []string{"A"}, After: 1, Before: 2}}
	gap := abc(2, Match{})
	gap.Steps[1].MaxGap = Within(3 * time.Second)
	for _, c := range []struct {
		name string
		f    Funnel
		log  string
		want []int64
	}{
		{"a repeated step in the funnel is no new entry", abc(2, Match{}), "u: A1 A2 B3", []int64{1, 1}},
		{"an exclusion that is the first step", abc(2, Match{Exclusions: guard}), "u: A1 A2 A3 B4", []int64{2, 1}},
		{"many searches, one cart", abc(2, Match{}), "u: A0 A1 A2 A3 B4", []int64{1, 1}},
		{"after completion", abc(2, Match{}), "u: A1 B2 A3 B4 A5", []int64{3, 2}},
		{"after the window, by the event that came too late", abc(2, Match{Window: Within(5 * time.Second)}), "u: A0 A6 B7", []int64{2, 1}},
		{"after the gap", gap, "u: A0 A4 B5", []int64{2, 1}},
		{"in one instant", abc(2, Match{}), "u: B1 A1", []int64{1, 1}},
		{"as given", abc(2, Match{Ties: TiesGiven}), "u: B1 A1 B1", []int64{1, 1}},
		{"strictly later", abc(2, Match{Ties: TiesStrict}), "u: A1 B1 B2", []int64{1, 1}},
		{"no entry", abc(2, Match{}), "u: B1", []int64{0, 0}},
		{"two users", abc(2, Match{}), "u: A1 B2 A3 B4; v: A5", []int64{3, 2}},
	} {
		c.f.By = ByTotal
		report, err := Count(c.f, rows, log(c.log))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, report.Counts.Total(Everybody).Reached); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// Events of one instant that match several steps: an attempt takes as many as
// it can, however they have to be paired.
func TestTotalsPair(t *testing.T) {
	f := Funnel{By: ByTotal, Steps: []Step{{Name: "one", Events: []string{"A", "B"}}, {Name: "two", Events: []string{"A"}}}}
	outcomes, err := Outcomes(f, rows, log("u: A1 B1 A2"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range outcomes {
		got = append(got, said(o))
	}
	if diff := cmp.Diff([]string{"2 [1@1 2@1] completed", "1 [1@2] no event"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHoldAndMissing(t *testing.T) {
	f := abc(2, Match{Hold: []string{"product", "shop"}})
	products := map[int64]string{1: "p", 2: "q", 3: "p", 5: "p"}
	source := rows
	source.Label = func(r row, name string) (string, bool) {
		if name == "shop" {
			return "s", true
		}
		product, ok := products[r.T]
		return product, ok
	}
	for text, want := range map[string]string{
		"u: A1 B2 B3": "2 [1@1 2@3] completed",
		"u: A1 B2":    "1 [1@1] no event",
		"u: A1 B4":    "1 [1@1] no event",
		"u: A4 B5":    "0 [] not entered",
		"u: A2 A1":    "1 [1@1] no event",
	} {
		outcomes, err := Outcomes(f, source, log(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := said(outcomes[0]); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
