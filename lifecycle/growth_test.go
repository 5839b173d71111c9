package lifecycle_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/lifecycle"
)

// naiveGrowth asks of each customer and period what they were in it.
func (w world) naiveGrowth(o lifecycle.GrowthOptions[int]) (rows []lifecycle.Growth) {
	periods := w.active(always)
	last, _ := w.last()
	first, ok := w.first(w.allPeriods())
	if !o.From.IsZero() {
		first, ok = w.number(o.From), true
	}
	if !ok {
		return nil
	}
	for n := first; n <= last; n++ {
		var g lifecycle.Growth
		for id, own := range periods {
			if o.New == lifecycle.FirstInRange {
				own = slices.DeleteFunc(slices.Clone(own), func(p int) bool { return p < first })
			}
			now, before := slices.Contains(own, n), slices.Contains(own, n-1)
			fresh := len(own) > 0 && own[0] == n
			if o.Since != nil {
				if at, ok := o.Since(id); ok {
					fresh = w.number(at) == n
				}
			}
			switch {
			case now && before:
				g.Retained++
			case now && fresh:
				g.New++
			case now:
				g.Resurrected++
			case before:
				g.Churned++
			}
			if now {
				g.Active++
			}
		}
		rows = append(rows, g)
	}
	return rows
}

// allPeriods also has those after now.
func (w world) allPeriods() map[int][]int {
	w.now = w.now.AddDate(10, 0, 0)
	return w.active(always)
}

func drawGrowthOptions(t *rapid.T, w world) lifecycle.GrowthOptions[int] {
	o := lifecycle.GrowthOptions[int]{New: lifecycle.NewRule(rapid.IntRange(0, 2).Draw(t, "new"))}
	if o.New == lifecycle.GivenDate {
		o.Since = lookup(drawDates(t, w))
	}
	if rapid.Bool().Draw(t, "from") {
		o.From = worldStart.Add(drawHour(t, 2000, "from") - 500*time.Hour)
	}
	return o
}

func TestGrowthAgainstCounting(t *testing.T) {
	zones := zones(t)
	// Property: each row is what counting customers one by one gives, and the
	// two identities hold; without From, all new customers together are all who
	// were ever active.
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, zones)
		o := drawGrowthOptions(t, w)
		got, err := w.activity(t).Growth(w.now, o)
		if err != nil {
			t.Fatal(err)
		}
		want := w.naiveGrowth(o)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(lifecycle.Interval{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		fresh := 0
		for i, g := range got {
			if g.Active != g.New+g.Retained+g.Resurrected || (i > 0 && got[i-1].Active != g.Retained+g.Churned) {
				t.Fatalf("identities fail in %+v after %+v", g, got[max(i-1, 0)])
			}
			if g.Complete != !g.End.After(w.now) || !g.Start.Before(w.now) || (i > 0 && !g.Start.Equal(got[i-1].End)) {
				t.Fatalf("interval %+v at %s", g.Interval, w.now)
			}
			fresh += g.New
		}
		if o.New == lifecycle.FirstEver && o.From.IsZero() && fresh != len(w.active(always)) {
			t.Fatalf("%d new, %d customers", fresh, len(w.active(always)))
		}
	})
}

func TestRevenueGrowthAgainstCounting(t *testing.T) {
	zones := zones(t)
	// Property: each row is what summing up customers one by one gives, and
	// the two identities hold.
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, zones)
		o := drawGrowthOptions(t, w)
		got, err := w.revenue(t).Growth(w.now, o)
		if err != nil {
			t.Fatal(err)
		}
		want := w.naiveRevenueGrowth(o)
		if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(lifecycle.Interval{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		for i, g := range got {
			if !g.Revenue.Equal(decimal.Sum(g.New, g.Resurrected, g.Expansion, g.Retained)) ||
				(i > 0 && !got[i-1].Revenue.Equal(decimal.Sum(g.Retained, g.Contraction, g.Churned))) {
				t.Fatalf("identities fail in %+v", g)
			}
		}
	})
}

func (w world) naiveRevenueGrowth(o lifecycle.GrowthOptions[int]) (rows []lifecycle.RevenueGrowth) {
	last, _ := w.last()
	first, ok := w.first(w.allPeriods())
	if !o.From.IsZero() {
		first, ok = w.number(o.From), true
	}
	if !ok {
		return nil
	}
	zero := decimal.Decimal{}
	for n := first; n <= last; n++ {
		var g lifecycle.RevenueGrowth
		for id, own := range w.active(always) {
			own = slices.DeleteFunc(own, func(p int) bool {
				return w.paid(id, p).Sign() <= 0 || (o.New == lifecycle.FirstInRange && p < first)
			})
			value := func(p int) decimal.Decimal {
				if !slices.Contains(own, p) {
					return zero
				}
				return w.paid(id, p)
			}
			now, before := value(n), value(n-1)
			fresh := len(own) > 0 && own[0] == n
			if o.Since != nil {
				if at, ok := o.Since(id); ok {
					fresh = w.number(at) == n
				}
			}
			g.Revenue = g.Revenue.Add(now)
			g.Retained = g.Retained.Add(decimal.Min(now, before))
			switch {
			case before.IsZero() && fresh:
				g.New = g.New.Add(now)
			case before.IsZero():
				g.Resurrected = g.Resurrected.Add(now)
			case now.IsZero():
				g.Churned = g.Churned.Add(before)
			default:
				g.Expansion = g.Expansion.Add(decimal.Max(zero, now.Sub(before)))
				g.Contraction = g.Contraction.Add(decimal.Max(zero, before.Sub(now)))
			}
		}
		rows = append(rows, g)
	}
	return rows
}

func TestStickinessAgainstCounting(t *testing.T) {
	zones := zones(t)
	// Property: Trailing counts who was active in any of the last periods.
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, zones)
		trailing := rapid.IntRange(1, 40).Draw(t, "trailing")
		var from time.Time
		if rapid.Bool().Draw(t, "from") {
			from = worldStart.Add(drawHour(t, 2000, "from") - 500*time.Hour)
		}
		got, err := w.activity(t).Stickiness(w.now, from, trailing)
		if err != nil {
			t.Fatal(err)
		}
		earliest, ok := w.first(w.allPeriods())
		first := earliest
		if !from.IsZero() {
			first, ok = w.number(from), true
		}
		last, _ := w.last()
		var want []lifecycle.Stickiness
		for n := first; ok && n <= last; n++ {
			s := lifecycle.Stickiness{Full: n-earliest+1 >= trailing && len(w.events) > 0}
			for _, own := range w.active(always) {
				if slices.Contains(own, n) {
					s.Active++
				}
				if slices.ContainsFunc(own, func(p int) bool { return p <= n && p > n-trailing }) {
					s.Trailing++
				}
			}
			want = append(want, s)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(lifecycle.Interval{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func TestNewIsByTheRule(t *testing.T) {
	// One customer, active in January, March and April, registered in March.
	var a lifecycle.Activity[string]
	for _, day := range []string{"2024-01-10", "2024-03-10", "2024-04-10"} {
		checkAdd(t, a.Add("ann", date(t, day)))
	}
	since := func(string) (time.Time, bool) { return date(t, "2024-03-01"), true }
	tests := []struct {
		name string
		o    lifecycle.GrowthOptions[string]
		want []string
	}{
		{"first ever", lifecycle.GrowthOptions[string]{}, []string{"new", "churned", "resurrected", "retained"}},
		{"first ever, from March", lifecycle.GrowthOptions[string]{From: date(t, "2024-03-31")}, []string{"resurrected", "retained"}},
		{"first ever, from April", lifecycle.GrowthOptions[string]{From: date(t, "2024-04-01")}, []string{"retained"}},
		{"first in range, from March", lifecycle.GrowthOptions[string]{New: lifecycle.FirstInRange, From: date(t, "2024-03-31")}, []string{"new", "retained"}},
		{"given date", lifecycle.GrowthOptions[string]{New: lifecycle.GivenDate, Since: since}, []string{"resurrected", "churned", "new", "retained"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rows, err := a.Growth(date(t, "2024-05-01"), test.o)
			checkAdd(t, err)
			var got []string
			for _, g := range rows {
				for what, n := range map[string]int{"new": g.New, "retained": g.Retained, "resurrected": g.Resurrected, "churned": g.Churned} {
					if n == 1 {
						got = append(got, what)
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestGrowthRefuses(t *testing.T) {
	var a lifecycle.Activity[string]
	checkAdd(t, a.Add("ann", time.Date(1, 2, 3, 0, 0, 0, 0, time.UTC)))
	daily := lifecycle.Activity[string]{Each: lifecycle.Daily()}
	checkAdd(t, daily.Add("ann", time.Date(1900, 2, 3, 0, 0, 0, 0, time.UTC)))
	now := date(t, "2024-05-01")
	since := func(string) (time.Time, bool) { return now, true }
	tests := []struct {
		name string
		a    *lifecycle.Activity[string]
		now  time.Time
		o    lifecycle.GrowthOptions[string]
		want string
	}{
		{"no moment", &a, time.Time{}, lifecycle.GrowthOptions[string]{}, "lifecycle: the moment of the report has no time"},
		{"unknown rule", &a, now, lifecycle.GrowthOptions[string]{New: 3}, "lifecycle: no such rule for new customers: 3"},
		{"given date without dates", &a, now, lifecycle.GrowthOptions[string]{New: lifecycle.GivenDate}, "lifecycle: GivenDate and Since go together"},
		{"dates without given date", &a, now, lifecycle.GrowthOptions[string]{Since: since}, "lifecycle: GivenDate and Since go together"},
		{"From in year 10000", &a, now, lifecycle.GrowthOptions[string]{From: time.Unix(253402300800, 0)}, "lifecycle: the first period at 253402300800 seconds since 1970: want the years 1 to 9999"},
		{"124 years of days", &daily, now, lifecycle.GrowthOptions[string]{}, "lifecycle: 45378 periods from 1900-02-03: want at most 36600; set From"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rows, err := test.a.Growth(test.now, test.o)
			if err == nil || err.Error() != test.want || rows != nil {
				t.Errorf("Growth = %v, %v, want %q", rows, err, test.want)
			}
		})
	}
	if rows, err := a.Growth(now, lifecycle.GrowthOptions[string]{}); err != nil || len(rows) != 2023*12+4-1+1-1 {
		t.Errorf("%d months, %v", len(rows), err) // February of year 1 to May of 2024, which has not begun
	}
}

func TestRatiosOfNothingAreUnknown(t *testing.T) {
	var g lifecycle.Growth
	var r lifecycle.RevenueGrowth
	for name, ratio := range map[string]func() (float64, bool){
		"quick ratio": g.QuickRatio, "retention": g.RetentionRate, "churn": g.ChurnRate,
		"revenue quick ratio": r.QuickRatio, "GRR": r.GrossRetention, "NRR": r.NetRetention,
		"stickiness": lifecycle.Stickiness{}.Ratio, "cell": lifecycle.RetentionCell{}.Rate,
	} {
		if v, ok := ratio(); ok || v != 0 {
			t.Errorf("%s of nothing = %v, %v", name, v, ok)
		}
	}
	if v, ok := (lifecycle.ValueCell{}).PerCustomer(2); ok || !v.IsZero() {
		t.Errorf("value of nobody = %v, %v", v, ok)
	}
}
