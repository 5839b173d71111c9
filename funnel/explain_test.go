package funnel

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestExplain(t *testing.T) {
	guard := []Exclusion{{Events: []string{"x"}}}
	ten := Within(10 * time.Second)
	for _, c := range []struct {
		name, log, because, label string
		match                     Match
		asOf                      int64
	}{
		{"complete", "u: A0 B3", "made all 2 steps in 3s", "", Match{}, 0},
		{"no entry", "u: x0", `never made the first step, "A"`, "", Match{}, 0},
		{"no step in any order", "u: x0", "made no step", "", Match{Order: AnyOrder}, 0},
		{"nothing followed", "u: A0", `made 1 of 2 steps; "B" did not follow`, "stuck=B", Match{}, 0},
		{"too late", "u: A0 B20", `made 1 of 2 steps; "B" came after 1970-01-01T00:00:10Z, when its time was over`, "stuck=B", Match{Window: ten}, 0},
		{"open", "u: A0", `made 1 of 2 steps; "B" may follow until 1970-01-01T00:00:10Z`, "", Match{Window: ten}, 5},
		{"broken", "u: A0 x5 B6", "made 1 of 2 steps; an exclusion broke the chain at 1970-01-01T00:00:05Z", "stuck=B", Match{Exclusions: guard}, 0},
		{"left out", "u: A0 x5 B6", "left out of all counts: made 1 of 2 steps, then an exclusion at 1970-01-01T00:00:05Z broke the chain", "", Match{Exclusions: guard, Excluded: DropUnit}, 0},
		{"another event", "u: A0 x5 B6", `made 1 of 2 steps; another event came before "B", at 1970-01-01T00:00:05Z`, "stuck=B", Match{Order: Contiguous}, 0},
		{"any order", "u: B0", "made 1 of 2 steps; another step did not follow", "", Match{Order: AnyOrder}, 0},
	} {
		f, source := abc(2, c.match), rows
		if c.asOf != 0 {
			source.AsOf = time.Unix(c.asOf, 0)
		}
		outcomes, err := Outcomes(f, source, log(c.log))
		if err != nil {
			t.Fatal(err)
		}
		e := f.Explain(outcomes[0].Result)
		if e.Because != c.because || e.Label != c.label {
			t.Errorf("%s: %s (%s)\nwant %s (%s)", c.name, e.Because, e.Label, c.because, c.label)
		}
	}
	f := abc(3, Match{})
	outcomes, err := Outcomes(f, rows, log("u: A0 x1 B3"))
	if err != nil {
		t.Fatal(err)
	}
	want := []StepExplanation{
		{Name: "A", Made: true, At: time.Unix(0, 0).UTC()},
		{Name: "B", Made: true, Event: 2, At: time.Unix(3, 0).UTC(), After: 3 * time.Second},
		{Name: "C"},
	}
	if diff := cmp.Diff(want, f.Explain(outcomes[0].Result).Steps); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// A result of a longer funnel is no reason to panic.
	if e := abc(1, Match{}).Explain(outcomes[0].Result); e.Level != 2 || len(e.Steps) != 1 {
		t.Errorf("%+v", e)
	}
}
