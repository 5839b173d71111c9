package lifecycle

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
)

// RevenueGrowth accounts for the revenue of one period. Two identities hold in
// each:
//
//	Revenue = New + Resurrected + Expansion + Retained
//	Revenue of the period before = Retained + Contraction + Churned
//
// A customer whose net amount for a period is zero or below counts as paying
// nothing in it, so that Revenue is the sum of the positive ones.
type RevenueGrowth struct {
	Interval
	Revenue decimal.Decimal
	// New is from those paying for the first time, by the [NewRule], and
	// Resurrected from those who paid before, but not in the period before.
	New         decimal.Decimal
	Resurrected decimal.Decimal
	// Of those who paid in the period before too, Retained is what they paid in
	// both, and Expansion and Contraction are what they paid more and less.
	Expansion   decimal.Decimal
	Retained    decimal.Decimal
	Contraction decimal.Decimal
	// Churned is what those paid in the period before who paid nothing now.
	Churned decimal.Decimal
}

// QuickRatio returns (New + Resurrected + Expansion) / (Churned +
// Contraction); ok is false if nothing was lost.
func (g RevenueGrowth) QuickRatio() (ratio float64, ok bool) {
	return ratioOfDecimals(g.New.Add(g.Resurrected).Add(g.Expansion), g.Churned.Add(g.Contraction))
}

// GrossRetention (GRR) returns Retained / revenue of the period before: at
// most 1, since it leaves out what grew. ok is false if there was none.
func (g RevenueGrowth) GrossRetention() (rate float64, ok bool) {
	return ratioOfDecimals(g.Retained, g.before())
}

// NetRetention (NRR) returns (Retained + Expansion) / revenue of the period
// before; ok is false if there was none.
func (g RevenueGrowth) NetRetention() (rate float64, ok bool) {
	return ratioOfDecimals(g.Retained.Add(g.Expansion), g.before())
}

func (g RevenueGrowth) before() decimal.Decimal {
	return g.Retained.Add(g.Contraction).Add(g.Churned)
}

// MarshalJSON writes the amounts as texts in plain digits, such as "12.5",
// whatever the variables of package decimal say.
func (g RevenueGrowth) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Interval
		Revenue     string `json:"revenue"`
		New         string `json:"new"`
		Resurrected string `json:"resurrected"`
		Expansion   string `json:"expansion"`
		Retained    string `json:"retained"`
		Contraction string `json:"contraction"`
		Churned     string `json:"churned"`
	}{
		g.Interval, exact.Text(g.Revenue), exact.Text(g.New), exact.Text(g.Resurrected), exact.Text(g.Expansion),
		exact.Text(g.Retained), exact.Text(g.Contraction), exact.Text(g.Churned),
	})
}

// ratioOfDecimals returns the float nearest to the exact a/b.
func ratioOfDecimals(a, b decimal.Decimal) (float64, bool) {
	if b.IsZero() {
		return 0, false
	}
	ratio, _ := new(big.Rat).Quo(a.Rat(), b.Rat()).Float64()
	return ratio, true
}

// revenueRow is a RevenueGrowth while it is summed.
type revenueRow struct {
	revenue, fresh, resurrected, expansion, retained, contraction, churned exact.Sum
}

// Growth accounts for every period, as [Activity.Growth] does; who pays is
// active.
func (r *Revenue[K]) Growth(now time.Time, o GrowthOptions[K]) ([]RevenueGrowth, error) {
	if err := o.check(now); err != nil {
		return nil, err
	}
	f := r.frame()
	rows, err := newGrowthRows(f, now, o.From, r.firstPeriod)
	if err != nil || rows.n == 0 {
		return nil, err
	}
	sums := make([]revenueRow, rows.n)
	r.each(rows.last, func(id K, payments []payment) {
		payments = slices.DeleteFunc(payments, func(p payment) bool {
			return p.amount.Sign() <= 0 || (o.New == FirstInRange && p.period < rows.first)
		})
		since, given := sinceOf(o, f, id)
		countRevenue(sums, rows.first, payments, since, given)
	})
	report := make([]RevenueGrowth, rows.n)
	for i := range report {
		report[i] = sums[i].report()
		report[i].Interval = f.interval(rows.first+int32(i), now)
	}
	return report, nil
}

// countRevenue adds one customer's positive payments to the rows from first.
func countRevenue(rows []revenueRow, first int32, payments []payment, since int32, given bool) {
	if !given && len(payments) > 0 {
		since = payments[0].period
	}
	for i, p := range payments {
		if row := int(p.period) - int(first); row >= 0 {
			rows[row].revenue.Merge(p.amount)
			switch {
			case i > 0 && payments[i-1].period == p.period-1:
				rows[row].compare(payments[i-1].amount, p.amount)
			case p.period == since:
				rows[row].fresh.Merge(p.amount)
			default:
				rows[row].resurrected.Merge(p.amount)
			}
		}
		lost := i+1 == len(payments) || payments[i+1].period != p.period+1
		if row := int(p.period) + 1 - int(first); lost && row >= 0 && row < len(rows) {
			rows[row].churned.Merge(p.amount)
		}
	}
}

// compare adds what one customer paid in the period before and in this one.
func (r *revenueRow) compare(before, now exact.Sum) {
	switch change := minus(now, before); {
	case change.Sign() < 0:
		r.retained.Merge(now)
		r.contraction.Merge(minus(before, now))
	default:
		r.retained.Merge(before)
		r.expansion.Merge(change)
	}
}

// minus returns a - b.
func minus(a, b exact.Sum) exact.Sum {
	if units, places, ok := b.Int64(); ok && units != math.MinInt64 {
		a.AddUnits(-units, places)
		return a
	}
	a.Add(b.Decimal().Neg())
	return a
}

func (r *revenueRow) report() RevenueGrowth {
	return RevenueGrowth{
		Revenue: r.revenue.Decimal(), New: r.fresh.Decimal(), Resurrected: r.resurrected.Decimal(),
		Expansion: r.expansion.Decimal(), Retained: r.retained.Decimal(),
		Contraction: r.contraction.Decimal(), Churned: r.churned.Decimal(),
	}
}

// firstPeriod returns the first period in which anybody paid, also if their
// net amount was not positive.
func (r *Revenue[K]) firstPeriod() (first int32, ok bool) {
	r.chains.each(func(_ K, cells []cell[money]) {
		for _, c := range cells {
			if c.value.paid && (!ok || c.key < first) {
				first, ok = c.key, true
			}
		}
	})
	return first, ok
}
