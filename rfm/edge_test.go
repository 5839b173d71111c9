package rfm_test

import (
	"errors"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

// What breaks naive code, each with the answer that the documentation gives.

// orderedTimes is a table of customers who are alike but for the number of
// their orders.
func orderedTimes(counts ...uint32) *rfm.Table[int] {
	table := &rfm.Table[int]{AsOf: epoch}
	for i, n := range counts {
		table.Customer, table.Recency = append(table.Customer, i), append(table.Recency, 1)
		table.Frequency, table.Monetary = append(table.Frequency, n), append(table.Monetary, 1)
	}
	return table
}

func frequencyScores(t *testing.T, table *rfm.Table[int], b rfm.Binning) (codes string) {
	t.Helper()
	for _, s := range mustScore(t, table, mustFit(t, table, b)) {
		codes += string('0' + rune(s.F))
	}
	return codes
}

// Where more than two fifths ordered once, two frequency cuts fall together:
// score 2 is empty and no label moves. A reserve closes the gap.
func TestEdgeOneTimersPileUp(t *testing.T) {
	table := orderedTimes(1, 1, 1, 1, 1, 2, 3, 4, 5, 6)
	if got := frequencyScores(t, table, rfm.Quantiles(5)); got != "1111134455" {
		t.Errorf("scores %s, want 1111134455", got)
	}
	b := rfm.Quantiles(5)
	b.Frequency.Reserve = nullDec("1")
	if got := frequencyScores(t, table, b); got != "1111122345" {
		t.Errorf("with a reserve %s, want 1111122345", got)
	}
}

// Customers who are all alike are all at the cuts, and so share the score
// below them: the best of recency, the worst of the others.
func TestEdgeAllEqual(t *testing.T) {
	table := orderedTimes(3, 3, 3, 3, 3, 3, 3)
	for _, s := range mustScore(t, table, mustFit(t, table, rfm.Quantiles(5))) {
		if s != (rfm.Score{R: 5, F: 1, M: 1}) {
			t.Errorf("score %v, want 511", s)
		}
	}
}

// Fewer customers than scores leave some empty.
func TestEdgeFewerCustomersThanScores(t *testing.T) {
	if got := frequencyScores(t, orderedTimes(1, 2, 3), rfm.Quantiles(5)); got != "135" {
		t.Errorf("scores %s, want 135", got)
	}
	if got := frequencyScores(t, orderedTimes(4), rfm.Quantiles(5)); got != "1" {
		t.Errorf("score of one %s, want 1", got)
	}
}

// Nobody, or nobody with an order, is an error of its own.
func TestEdgeNoCustomers(t *testing.T) {
	prospects := map[string]rfm.Record{"ann": {}, "bob": {Spend: dec("5"), Refunded: dec("5")}}
	for name, customers := range map[string]map[string]rfm.Record{"nobody": {}, "prospects": prospects} {
		if _, err := rfm.Fit(maps.All(customers), epoch, rfm.Quantiles(5)); !errors.Is(err, rfm.ErrNoCustomers) {
			t.Errorf("%s: %v, want ErrNoCustomers", name, err)
		}
	}
	table, err := new(rfm.Tally[string]).Table(epoch)
	if err != nil || table.Len() != 0 {
		t.Errorf("table of nobody: %v, %v", table, err)
	}
	if c, err := table.Concentrate(); err != nil || c.Customers != 0 {
		t.Errorf("concentration of nobody: %+v, %v", c, err)
	}
}

// In floating point the third quintile of 783 customers lies a hair below 586
// where it is 586, and whoever has that changes sides.
func TestEdgeExactRank(t *testing.T) {
	table := &rfm.Table[int]{AsOf: epoch}
	for i := range 783 {
		v := int64(i) // below the rank (783-1)*3/5 = 469.2
		switch {
		case i == 469:
			v = 570
		case i > 469:
			v = 650 // 570 + (650-570)/5 = 586
		}
		table.Customer, table.Recency = append(table.Customer, i), append(table.Recency, 1)
		table.Frequency, table.Monetary = append(table.Frequency, 1), append(table.Monetary, v)
	}
	cuts := mustFit(t, table, rfm.Quantiles(5)).Monetary[0]
	if !cuts.At[2].Equal(dec("586")) {
		t.Errorf("cut at %v, want 586", cuts.At[2])
	}
	if at, above := cuts.Score(dec("586")), cuts.Score(dec("586.000000000000000001")); at != 3 || above != 4 {
		t.Errorf("at the cut %d and above it %d, want 3 and 4", at, above)
	}
	if h := float64(782) * 3 / 5; 570+(h-math.Floor(h))*80 >= 586 {
		t.Error("floating point would do as well")
	}
}

// Money is a decimal, so that it is always a number; zero has no sign.
func TestEdgeNegativeZero(t *testing.T) {
	var tally rfm.Tally[int]
	zero := decimal.NewFromFloat(math.Copysign(0, -1))
	if err := tally.Add(1, rfm.Order{At: epoch, Amount: zero, Refunded: zero}); err != nil {
		t.Fatal(err)
	}
	if r, _ := tally.Record(1); r.Orders != 1 || r.Net().Sign() != 0 {
		t.Errorf("%d orders with %v, want an order of zero", r.Orders, r.Net())
	}
}

// Refunds beyond what was bought make the monetary value negative; that is the
// worst, not an error.
func TestEdgeRefundAbovePurchase(t *testing.T) {
	var tally rfm.Tally[string]
	for _, p := range []purchase{
		{"ann", rfm.Order{At: epoch, Amount: dec("10")}},
		{"ann", rfm.Order{At: epoch, Amount: dec("-25")}},
		{"bob", rfm.Order{At: epoch, Amount: dec("1")}},
		{"cy", rfm.Order{At: epoch, Amount: dec("2")}},
	} {
		if err := tally.Add(p.ID, p.Order); err != nil {
			t.Fatal(err)
		}
	}
	m, err := rfm.Fit(tally.All(), epoch, rfm.Quantiles(3))
	if err != nil {
		t.Fatal(err)
	}
	ann, _ := tally.Record("ann")
	if got := m.Score(ann); ann.Orders != 1 || !ann.Net().Equal(dec("-15")) || got.M != 1 {
		t.Errorf("%d orders with %v, score %v, want 1 with -15 and the worst", ann.Orders, ann.Net(), got)
	}
}

// A full refund of the only order makes the customer a prospect: counted, and
// without a score.
func TestEdgeFullRefundOfTheOnlyOrder(t *testing.T) {
	rows := []rfm.Line[string]{
		{Customer: "ann", Order: "1", At: epoch, Amount: dec("10")},
		{Customer: "ann", Order: "1", At: epoch.Add(time.Hour), Amount: dec("-10")},
		{Customer: "bob", Order: "2", At: epoch, Amount: dec("10")},
	}
	orders, err := rfm.Consolidate(slices.Values(rows), rfm.LinePolicy{})
	if err != nil {
		t.Fatal(err)
	}
	tally, err := orders.Tally()
	if err != nil {
		t.Fatal(err)
	}
	m, err := rfm.Fit(tally.All(), epoch, rfm.Medians())
	if err != nil {
		t.Fatal(err)
	}
	ann, ok := tally.Record("ann")
	if !ok || ann.Orders != 0 || !m.Score(ann).IsZero() || m.Prospects != 1 || m.Customers != 1 {
		t.Errorf("%+v, score %v, %d prospects", ann, m.Score(ann), m.Prospects)
	}
	if !ann.First.IsZero() || !ann.Last.IsZero() {
		t.Errorf("first %v and last %v of a customer without orders", ann.First, ann.Last)
	}
}

// A refund of an order from before the rows begin lowers the spend, and is
// reported as unmatched.
func TestEdgeRefundOfAnEarlierOrder(t *testing.T) {
	rows := []rfm.Line[string]{
		{Customer: "ann", Order: "2", At: epoch, Amount: dec("10")},
		{Customer: "ann", Order: "1", At: epoch, Amount: dec("-4")},
	}
	orders, err := rfm.Consolidate(slices.Values(rows), rfm.LinePolicy{})
	if err != nil {
		t.Fatal(err)
	}
	tally, err := orders.Tally()
	if err != nil {
		t.Fatal(err)
	}
	if ann, _ := tally.Record("ann"); ann.Orders != 1 || !ann.Net().Equal(dec("6")) || orders.Report.UnmatchedRefunds != 1 {
		t.Errorf("%+v with %+v", ann, orders.Report)
	}
}

// A total that is not above zero has no shares, and those below zero never let
// the top have more than all.
func TestEdgeTotalNotAboveZero(t *testing.T) {
	if _, ok := concentrate(t, "-10", "4").Top(0.5); !ok {
		t.Error("one has something, though the sum is below zero")
	}
	if _, ok := concentrate(t, "-10", "0").Top(0.5); ok {
		t.Error("a share of nothing")
	}
	last := 0.0
	for _, p := range concentrate(t, "-10", "4", "3", "-1").Curve(20) {
		if p.Value < last || p.Value > 1 {
			t.Errorf("curve at %v after %v", p.Value, last)
		}
		last = p.Value
	}
}

// Orders of one day and lines of one order count as the policy says, and late
// or unordered arrival changes nothing.
func TestEdgeSameDayAndLines(t *testing.T) {
	rows := []rfm.Line[string]{
		{Customer: "ann", Order: "b", At: epoch.Add(20 * time.Hour), Amount: dec("3")},
		{Customer: "ann", Order: "a", At: epoch.Add(2 * time.Hour), Amount: dec("1")},
		{Customer: "ann", Order: "a", At: epoch.Add(2 * time.Hour), Amount: dec("2")},
	}
	for _, tt := range []struct {
		name   string
		policy rfm.LinePolicy
		orders int
		net    string
	}{
		{"orders, a second line is a conflict", rfm.LinePolicy{}, 2, "4"},
		{"orders of lines", rfm.LinePolicy{Itemised: true}, 2, "6"},
		{"active days of lines", rfm.LinePolicy{Itemised: true, PerDay: true}, 1, "6"},
		{"in Shanghai the evening is the next day", rfm.LinePolicy{Itemised: true, PerDay: true, Zone: zone(t, "Asia/Shanghai")}, 2, "6"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			orders, err := rfm.Consolidate(slices.Values(rows), tt.policy)
			if err != nil {
				t.Fatal(err)
			}
			tally, err := orders.Tally()
			if err != nil {
				t.Fatal(err)
			}
			if ann, _ := tally.Record("ann"); ann.Orders != tt.orders || !ann.Net().Equal(dec(tt.net)) {
				t.Errorf("%d orders with %v, want %d with %s", ann.Orders, ann.Net(), tt.orders, tt.net)
			}
		})
	}
}

// Sums of more than 64 bits are exact, from columns too.
func TestEdgeSumsBeyond64Bits(t *testing.T) {
	c := rfm.Columns[int]{Customer: make([]int, 10), At: make([]int64, 10), Amount: slices.Repeat([]int64{math.MaxInt64}, 10), Places: 2}
	var tally rfm.Tally[int]
	if err := tally.AddColumns(c); err != nil {
		t.Fatal(err)
	}
	if r, _ := tally.Record(0); r.Spend.String() != "922337203685477580.7" {
		t.Errorf("spend %v, want ten times 92233720368547758.07", r.Spend)
	}
}

// One whale moves the mean far, and the median not at all.
func TestEdgeWhale(t *testing.T) {
	count := func(b rfm.Binning, values ...int64) (high int) {
		table := money(values...)
		for _, s := range mustScore(t, table, mustFit(t, table, b)) {
			high += int(s.M) - 1
		}
		return high
	}
	plain, whale := []int64{1, 2, 3, 4, 5, 6}, []int64{1, 2, 3, 4, 5, 1_000_000}
	if a, b := count(rfm.Means(), plain...), count(rfm.Means(), whale...); a != 3 || b != 1 {
		t.Errorf("%d and %d above the mean, want 3 and 1", a, b)
	}
	if a, b := count(rfm.Medians(), plain...), count(rfm.Medians(), whale...); a != 3 || b != 3 {
		t.Errorf("%d and %d above the median, want 3 and 3", a, b)
	}
}

// Nothing is corrected for a short tenure: one order of yesterday's customer
// is one order. Fitted apart by their first order, they compare.
func TestEdgeNewCustomers(t *testing.T) {
	customers := map[string]rfm.Record{
		"old, often":  {First: epoch.AddDate(-3, 0, 0), Last: epoch, Orders: 9},
		"old, seldom": {First: epoch.AddDate(-3, 0, 0), Last: epoch, Orders: 4},
		"new, often":  {First: epoch.AddDate(0, -1, 0), Last: epoch, Orders: 3},
		"new, seldom": {First: epoch.AddDate(0, -1, 0), Last: epoch, Orders: 1},
	}
	score := func(keep func(rfm.Record) bool) uint8 {
		some := maps.Clone(customers)
		maps.DeleteFunc(some, func(_ string, r rfm.Record) bool { return !keep(r) })
		m, err := rfm.Fit(maps.All(some), epoch, rfm.Medians())
		if err != nil {
			t.Fatal(err)
		}
		return m.Score(customers["new, often"]).F
	}
	if got := score(func(rfm.Record) bool { return true }); got != 1 {
		t.Errorf("among all %d, want 1", got)
	}
	if got := score(func(r rfm.Record) bool { return r.First.After(epoch.AddDate(-1, 0, 0)) }); got != 2 {
		t.Errorf("among the new %d, want 2", got)
	}
}

// The best recency has the highest score.
func TestEdgeRecencyIsNotFlipped(t *testing.T) {
	table := money(1, 1, 1)
	table.Recency = []int32{0, 30, 365}
	scores := mustScore(t, table, mustFit(t, table, rfm.Quantiles(3)))
	if got := [3]uint8{scores[0].R, scores[1].R, scores[2].R}; got != [3]uint8{3, 2, 1} {
		t.Errorf("scores of 0, 30 and 365 days %v, want 3, 2, 1", got)
	}
}
