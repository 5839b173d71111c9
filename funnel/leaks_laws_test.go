package funnel

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestLeaksLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := funnelOf("a", "b", "c", "by", "city", "platform")
		report := reportOf(t, f, drawCrowds(t, "report", 3)...)
		correction := Correction(rapid.IntRange(0, 2).Draw(t, "correction"))
		search := LeakSearch{MinUnits: 1, Correction: correction, Alpha: rapid.Float64Range(0.01, 0.5).Draw(t, "alpha")}
		found, err := search.Find(report, "city")
		if err != nil {
			t.Fatal(err)
		}
		tested := 0
		for _, c := range found.Cells {
			// Property: a rate is undefined only of nothing, and a cell is tested
			// if and only if its counts can vary.
			if (c.Rate == nil || c.Reference == nil) != (c.Drop == nil) {
				t.Fatalf("%+v", c)
			}
			if (c.P == nil) != (c.Adjusted == nil) || c.P != nil && (*c.Adjusted < *c.P || *c.Adjusted > 1) {
				t.Fatalf("%+v", c)
			}
			if c.P != nil {
				tested++
			}
			// Property: a leak is worse by its interval, beyond chance by its
			// adjusted P, loses units, no more than there are, and no guard says
			// that it is mix.
			if c.Verdict != Leak {
				continue
			}
			if c.Drop.Low <= 0 || *c.Adjusted > search.Alpha || c.Lost <= 0 || c.Lost > float64(c.Rate.Of) ||
				c.LostConversions != nil && *c.LostConversions > c.Lost {
				t.Fatalf("%+v", c)
			}
			for _, g := range c.Guards {
				if g.Finding == MixDriven || g.Finding == Reversed {
					t.Fatalf("%+v", c)
				}
			}
		}
		if tested != found.Tests {
			t.Fatalf("%d tests, %d said", tested, found.Tests)
		}
		// Property: leaks come by conversions lost.
		for i := 1; i < len(found.Anomalous); i++ {
			if valueOf(found.Anomalous[i].LostConversions) > valueOf(found.Anomalous[i-1].LostConversions) {
				t.Fatalf("%v", found.Anomalous)
			}
		}
		// Property: the same report gives the same bytes.
		again, err := search.Find(report, "city")
		if err != nil {
			t.Fatal(err)
		}
		a, err1 := json.Marshal(found)
		b, err2 := json.Marshal(again)
		if err1 != nil || err2 != nil || string(a) != string(b) {
			t.Fatalf("%v %v %s\n%s", err1, err2, a, b)
		}
	})
}

func TestRelabellingPermutesLeaks(t *testing.T) {
	// Property: other names for the values change nothing but the names and
	// their order.
	rapid.Check(t, func(t *rapid.T) {
		f := funnelOf("a", "b", "c", "by", "city", "platform")
		drawn := drawCrowds(t, "report", 3)
		turned := make([]crowd, len(drawn))
		names := strings.NewReplacer("berlin", "zagreb", "app", "xerox")
		for i, c := range drawn {
			turned[i] = crowd{names.Replace(c.labels), c.reached}
		}
		var texts [2]map[string]string
		for i, crowds := range [][]crowd{drawn, turned} {
			found, err := LeakSearch{MinUnits: 1}.Find(reportOf(t, f, crowds...), "city")
			if err != nil {
				t.Fatal(err)
			}
			texts[i] = map[string]string{}
			for _, c := range found.Cells {
				key := fmt.Sprint(names.Replace(c.Labels[0]), c.Step)
				texts[i][key] = fmt.Sprint(c.Rate, c.Reference, c.Verdict, c.Because, len(c.Guards))
			}
		}
		if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestNoLeaksByChance(t *testing.T) {
	// Property: of 300 shops whose cities are alike, no more than alpha (with
	// three standard errors, 0.088) has a leak named that is none.
	random := rand.New(rand.NewPCG(1, 2))
	f := funnelOf("a", "b", "c", "by", "city")
	named := 0
	for range 300 {
		var crowds []crowd
		for _, city := range []string{"city=a", "city=b", "city=c", "city=d"} {
			reached := []int64{40, 0, 0}
			for range 40 {
				if random.Float64() < 0.7 {
					reached[1]++
					if random.Float64() < 0.5 {
						reached[2]++
					}
				}
			}
			crowds = append(crowds, crowd{city, reached})
		}
		found, err := Leaks(reportOf(t, f, crowds...), "city")
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Anomalous) > 0 {
			named++
		}
	}
	if named > 26 {
		t.Errorf("%d of 300 shops leak by chance", named)
	}
}

func TestTheSmallestDropIsSeen(t *testing.T) {
	// Property: a lone leak as large as Smallest says is named with about the
	// probability Power, 0.8 (within three standard errors of 150 trials).
	random := rand.New(rand.NewPCG(3, 4))
	f := funnelOf("a", "b", "by", "city")
	cities := []string{"city=a", "city=b", "city=c", "city=d", "city=e"}
	shop := func(paid func(city int) int64) *Report {
		var crowds []crowd
		for i, city := range cities {
			crowds = append(crowds, crowd{city, []int64{100, paid(i)}})
		}
		return reportOf(t, f, crowds...)
	}
	cell, _ := find(t, LeakSearch{}, shop(func(int) int64 { return 50 }), "city", "city=a", 2)
	named := 0
	for range 150 {
		found, err := Leaks(shop(func(city int) (paid int64) {
			rate := 0.5
			if city == 0 {
				rate -= *cell.Smallest
			}
			for range 100 {
				if random.Float64() < rate {
					paid++
				}
			}
			return paid
		}), "city")
		if err != nil {
			t.Fatal(err)
		}
		for _, leak := range found.Anomalous {
			if leak.Labels[0] == "city=a" {
				named++
			}
		}
	}
	if named < 105 || named > 135 {
		t.Errorf("a drop of %.3f is named in %d of 150 shops, want about 120", *cell.Smallest, named)
	}
}
