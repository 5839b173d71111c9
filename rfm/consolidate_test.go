package rfm_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

func TestConsolidate(t *testing.T) {
	day := func(d, hour int) time.Time { return time.Date(2026, 3, d, hour, 0, 0, 0, time.UTC) }
	row := func(order string, at time.Time, amount string) rfm.Line[string] {
		return rfm.Line[string]{Customer: "ann", Order: order, At: at, Amount: dec(amount)}
	}
	order := func(at time.Time, amount, refunded string) rfm.Order {
		return rfm.Order{At: at, Amount: dec(amount), Refunded: dec(refunded)}
	}
	tests := []struct {
		name   string
		policy rfm.LinePolicy
		rows   []rfm.Line[string]
		want   []rfm.Order
		report rfm.Report
	}{
		{name: "nothing"},
		{
			name:   "refunds find their order, before or after it",
			rows:   []rfm.Line[string]{row("a", day(1, 9), "-3"), row("a", day(2, 9), "10"), row("a", day(3, 9), "-4")},
			want:   []rfm.Order{order(day(2, 9), "10", "7")},
			report: rfm.Report{Lines: 3, Orders: 1, Refunds: 2},
		},
		{
			name:   "refund of an order that is not there, and one that names none",
			rows:   []rfm.Line[string]{row("a", day(1, 9), "-3"), row("a", day(2, 9), "-1"), row("", day(2, 9), "-5")},
			want:   []rfm.Order{order(day(1, 9), "-4", "0"), order(day(2, 9), "-5", "0")},
			report: rfm.Report{Lines: 3, Refunds: 3, UnmatchedRefunds: 3},
		},
		{
			name:   "refunded in full and too much",
			rows:   []rfm.Line[string]{row("a", day(1, 9), "10"), row("a", day(2, 9), "-10"), row("b", day(3, 9), "10"), row("b", day(3, 10), "-11")},
			want:   []rfm.Order{order(day(1, 9), "10", "10"), order(day(3, 9), "10", "11")},
			report: rfm.Report{Lines: 4, Orders: 2, Refunds: 2, FullyRefunded: 2, OverRefunded: 1},
		},
		{
			name:   "without an order ID each row is an order",
			rows:   []rfm.Line[string]{row("", day(1, 9), "10"), row("", day(1, 9), "10")},
			want:   []rfm.Order{order(day(1, 9), "10", "0"), order(day(1, 9), "10", "0")},
			report: rfm.Report{Lines: 2, Orders: 2},
		},
		{
			name:   "duplicates and conflicts",
			rows:   []rfm.Line[string]{row("a", day(1, 9), "10"), row("a", day(1, 9), "10.00"), row("a", day(1, 9), "12"), row("a", day(2, 9), "10"), row("a", day(2, 9), "10")},
			want:   []rfm.Order{order(day(1, 9), "10", "0")},
			report: rfm.Report{Lines: 5, Orders: 1, Duplicates: 2, Conflicts: 2},
		},
		{
			name:   "a refund that comes twice is a duplicate, two at other times are not",
			rows:   []rfm.Line[string]{row("a", day(1, 9), "10"), row("a", day(2, 9), "-4"), row("a", day(2, 9), "-4"), row("a", day(3, 9), "-4")},
			want:   []rfm.Order{order(day(1, 9), "10", "8")},
			report: rfm.Report{Lines: 4, Orders: 1, Refunds: 2, Duplicates: 1},
		},
		{
			name:   "lines",
			policy: rfm.LinePolicy{Itemised: true},
			rows:   []rfm.Line[string]{row("a", day(1, 9), "10"), row("a", day(1, 9), "10"), row("a", day(1, 10), "5"), row("a", day(2, 9), "-5"), row("a", day(2, 9), "-5")},
			want:   []rfm.Order{order(day(1, 9), "25", "10")},
			report: rfm.Report{Lines: 5, Orders: 1, Joined: 2, Refunds: 2},
		},
		{
			name:   "zero amounts are orders",
			rows:   []rfm.Line[string]{row("a", day(1, 9), "0"), row("", day(1, 10), "0")},
			want:   []rfm.Order{order(day(1, 9), "0", "0"), order(day(1, 10), "0", "0")},
			report: rfm.Report{Lines: 2, Orders: 2},
		},
		{
			name:   "zero amounts set aside",
			policy: rfm.LinePolicy{SkipZero: true},
			rows:   []rfm.Line[string]{row("a", day(1, 9), "0.00"), row("a", day(2, 10), "3"), row("b", day(2, 10), "0")},
			want:   []rfm.Order{order(day(2, 10), "3", "0")},
			report: rfm.Report{Lines: 3, Orders: 1, ZeroAmounts: 2},
		},
		{
			name:   "after until, refunds too",
			policy: rfm.LinePolicy{Until: day(2, 0)},
			rows:   []rfm.Line[string]{row("a", day(2, 0), "10"), row("a", day(2, 1), "-4"), row("b", day(3, 0), "1")},
			want:   []rfm.Order{order(day(2, 0), "10", "0")},
			report: rfm.Report{Lines: 3, Orders: 1, AfterUntil: 2},
		},
		{
			name:   "active days",
			policy: rfm.LinePolicy{PerDay: true},
			rows:   []rfm.Line[string]{row("a", day(1, 9), "10"), row("b", day(1, 23), "5"), row("b", day(2, 0), "-1"), row("c", day(2, 0), "7")},
			want:   []rfm.Order{order(day(1, 9), "15", "1"), order(day(2, 0), "7", "0")},
			report: rfm.Report{Lines: 4, Orders: 2, Joined: 1, Refunds: 1},
		},
		{
			name:   "active days with a bare and a full refund between",
			policy: rfm.LinePolicy{PerDay: true},
			rows: []rfm.Line[string]{
				row("a", day(1, 9), "10"), row("", day(1, 10), "-3"), row("b", day(1, 11), "4"), row("b", day(1, 12), "-4"), row("c", day(1, 13), "20"),
			},
			want:   []rfm.Order{order(day(1, 9), "30", "0"), order(day(1, 10), "-3", "0"), order(day(1, 11), "4", "4")},
			report: rfm.Report{Lines: 5, Orders: 2, Joined: 1, Refunds: 2, FullyRefunded: 1, UnmatchedRefunds: 1},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			orders, err := rfm.Consolidate(slices.Values(tt.rows), tt.policy)
			if err != nil {
				t.Fatal(err)
			}
			var got []rfm.Order
			for _, o := range orders.All() {
				got = append(got, o)
			}
			if diff := diff(tt.want, got); diff != "" || orders.Len() != len(got) {
				t.Errorf("%d orders (-want +got):\n%s", orders.Len(), diff)
			}
			if diff := diff(tt.report, orders.Report); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConsolidateRefused(t *testing.T) {
	good := rfm.Line[string]{Customer: "ann", At: time.Unix(0, 0), Amount: dec("1")}
	tests := []struct {
		name string
		row  rfm.Line[string]
		want string
	}{
		{"no time", rfm.Line[string]{Customer: "ann"}, "rfm: line 2: has no time"},
		{"nobody", rfm.Line[string]{At: good.At}, "rfm: line 2: "},
		{"hostile exponent", rfm.Line[string]{Customer: "ann", At: good.At, Amount: decimal.New(1, 1e9)}, "rfm: line 2: amount has exponent 1000000000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := rfm.Consolidate(slices.Values([]rfm.Line[string]{good, tt.row}), rfm.LinePolicy{})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Count(err.Error(), "rfm:") != 1 {
				t.Errorf("Consolidate = %v, want %q", err, tt.want)
			}
		})
	}
}

// The day on which an order counts is that of the policy's zone, also where
// the clocks move.
func TestConsolidateDays(t *testing.T) {
	tests := []struct {
		name, zone string
		at         [2]string // in UTC
		orders     int
	}{
		{"one day in New York", "America/New_York", [2]string{"2026-03-08 05:00", "2026-03-09 03:59"}, 1}, // 23 hours
		{"a day longer in UTC", "UTC", [2]string{"2026-03-08 05:00", "2026-03-09 03:59"}, 2},
		{"the hour before", "America/New_York", [2]string{"2026-03-08 04:59", "2026-03-08 05:00"}, 2},
		{"25 hours apart but a minute", "America/New_York", [2]string{"2026-11-01 04:00", "2026-11-02 04:59"}, 1},
		{"25 hours apart", "America/New_York", [2]string{"2026-11-01 04:00", "2026-11-02 05:00"}, 2},
		{"Shanghai's summer time", "Asia/Shanghai", [2]string{"1991-06-30 14:59", "1991-06-30 15:00"}, 2},
		{"Shanghai since", "Asia/Shanghai", [2]string{"2026-06-30 15:59", "2026-06-30 16:00"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows := []rfm.Line[int]{{At: at(t, tt.at[0], time.UTC)}, {At: at(t, tt.at[1], time.UTC)}}
			orders, err := rfm.Consolidate(slices.Values(rows), rfm.LinePolicy{PerDay: true, Zone: zone(t, tt.zone)})
			if err != nil {
				t.Fatal(err)
			}
			if orders.Report.Orders != tt.orders {
				t.Errorf("%d orders, want %d", orders.Report.Orders, tt.orders)
			}
		})
	}
}

func rows(t *rapid.T, loc *time.Location) []rfm.Line[string] {
	base := time.Date(2026, 3, 8, 0, 0, 0, 0, loc)
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) rfm.Line[string] {
		return rfm.Line[string]{
			Customer: rapid.SampledFrom([]string{"ann", "bob"}).Draw(t, "customer"),
			Order:    rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "order"),
			At:       base.Add(time.Duration(rapid.IntRange(-2, 6).Draw(t, "at")) * 6 * time.Hour),
			Amount:   decimal.New(rapid.SampledFrom([]int64{1, 0, -1, 3, -2, 10, -10}).Draw(t, "amount"), rapid.Int32Range(-1, 0).Draw(t, "exponent")),
		}
	}), 0, 20).Draw(t, "rows")
}

func policies(t *rapid.T) rfm.LinePolicy {
	p := rfm.LinePolicy{
		SkipZero: rapid.Bool().Draw(t, "skip zero"),
		Itemised: rapid.Bool().Draw(t, "itemised"),
		PerDay:   rapid.Bool().Draw(t, "per day"),
		Zone:     zone(t, rapid.SampledFrom([]string{"UTC", "America/New_York"}).Draw(t, "zone")),
	}
	if rapid.Bool().Draw(t, "has until") {
		p.Until = time.Date(2026, 3, 8, 18, 0, 0, 0, p.Zone)
	}
	return p
}

// naiveOrders follows the words of LinePolicy and Report, a rule at a time.
func naiveOrders(all []rfm.Line[string], p rfm.LinePolicy) (map[string][]rfm.Order, rfm.Report) {
	report := rfm.Report{Lines: len(all)}
	type key struct{ customer, order string }
	groups := map[key][]rfm.Line[string]{}
	list := map[string][]rfm.Order{}
	for _, r := range all {
		switch {
		case !p.Until.IsZero() && r.At.After(p.Until):
			report.AfterUntil++
		case p.SkipZero && r.Amount.IsZero():
			report.ZeroAmounts++
		case r.Order != "":
			groups[key{r.Customer, r.Order}] = append(groups[key{r.Customer, r.Order}], r)
		case r.Amount.IsNegative():
			report.Refunds++
			report.UnmatchedRefunds++
			list[r.Customer] = append(list[r.Customer], rfm.Order{At: r.At, Amount: r.Amount})
		default:
			list[r.Customer] = append(list[r.Customer], rfm.Order{At: r.At, Amount: r.Amount})
		}
	}
	for k, group := range groups {
		if !p.Itemised {
			var once []rfm.Line[string]
			for _, r := range group {
				if slices.ContainsFunc(once, func(o rfm.Line[string]) bool { return o.At.Equal(r.At) && o.Amount.Equal(r.Amount) }) {
					report.Duplicates++
					continue
				}
				once = append(once, r)
			}
			group = once
		}
		var buys, refunds []rfm.Line[string]
		for _, r := range group {
			if r.Amount.IsNegative() {
				refunds = append(refunds, r)
			} else {
				buys = append(buys, r)
			}
		}
		earlier := func(a, b rfm.Line[string]) int {
			if c := a.At.Compare(b.At); c != 0 {
				return c
			}
			return a.Amount.Cmp(b.Amount)
		}
		report.Refunds += len(refunds)
		back := decimal.Zero
		for _, r := range refunds {
			back = back.Sub(r.Amount)
		}
		if len(buys) == 0 {
			report.UnmatchedRefunds += len(refunds)
			list[k.customer] = append(list[k.customer], rfm.Order{At: slices.MinFunc(refunds, earlier).At, Amount: back.Neg()})
			continue
		}
		first := slices.MinFunc(buys, earlier)
		o := rfm.Order{At: first.At, Amount: first.Amount, Refunded: back}
		if p.Itemised {
			report.Joined += len(buys) - 1
			o.Amount = decimal.Zero
			for _, r := range buys {
				o.Amount = o.Amount.Add(r.Amount)
			}
		} else {
			report.Conflicts += len(buys) - 1
		}
		list[k.customer] = append(list[k.customer], o)
	}
	for customer, orders := range list {
		slices.SortFunc(orders, compareOrders)
		if p.PerDay {
			days := map[int]int{} // the index of a date's order
			var joined []rfm.Order
			for _, o := range orders {
				undone := o.Amount.IsNegative() || o.Refunded.IsPositive() && !o.Refunded.LessThan(o.Amount)
				date := naiveDate(o.At, p.Zone)
				if i, ok := days[date]; ok && !undone {
					joined[i].Amount = joined[i].Amount.Add(o.Amount)
					joined[i].Refunded = joined[i].Refunded.Add(o.Refunded)
					report.Joined++
					continue
				}
				if !undone {
					days[date] = len(joined)
				}
				joined = append(joined, o)
			}
			orders = joined
			slices.SortFunc(orders, compareOrders)
		}
		list[customer] = orders
		for _, o := range orders {
			switch {
			case o.Amount.IsNegative():
				continue
			case o.Refunded.GreaterThan(o.Amount):
				report.OverRefunded++
				report.FullyRefunded++
			case o.Refunded.IsPositive() && o.Refunded.Equal(o.Amount):
				report.FullyRefunded++
			}
			report.Orders++
		}
	}
	return list, report
}

func compareOrders(a, b rfm.Order) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	if c := a.Amount.Cmp(b.Amount); c != 0 {
		return c
	}
	return a.Refunded.Cmp(b.Refunded)
}

// Property: consolidating gives the orders and the report that the words of
// the policy say, in ascending order of customer, time and amount.
func TestConsolidateAgainstItsWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := policies(t)
		list := rows(t, policy.Zone)
		want, report := naiveOrders(list, policy)
		orders, err := rfm.Consolidate(slices.Values(list), policy)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string][]rfm.Order{}
		var customers []string
		for id, o := range orders.All() {
			got[id] = append(got[id], o)
			customers = append(customers, id)
		}
		if diff := diff(want, got); diff != "" {
			t.Fatalf("orders (-want +got):\n%s", diff)
		}
		if diff := diff(report, orders.Report); diff != "" {
			t.Fatalf("report (-want +got):\n%s", diff)
		}
		if !slices.IsSorted(customers) {
			t.Fatalf("customers in the order %v", customers)
		}
	})
}

// Property: every row is an order, a further line of one, a refund or set
// aside, and no money is lost that was not set aside.
func TestConsolidateLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := policies(t)
		list := rows(t, policy.Zone)
		orders, err := rfm.Consolidate(slices.Values(list), policy)
		if err != nil {
			t.Fatal(err)
		}
		r := orders.Report
		if sum := r.Orders + r.Joined + r.Refunds + r.SetAside(); sum != r.Lines || r.Lines != len(list) {
			t.Fatalf("%d orders, lines, refunds and rows set aside of %d rows: %+v", sum, len(list), r)
		}
		if r.AfterUntil+r.Duplicates+r.Conflicts > 0 {
			return
		}
		money := decimal.Zero
		for _, row := range list {
			money = money.Add(row.Amount)
		}
		for _, o := range orders.All() {
			money = money.Sub(o.Amount).Add(o.Refunded)
		}
		if !money.IsZero() {
			t.Fatalf("%v is lost", money)
		}
	})
}

// Property: neither the order of the rows nor a split by customer changes the
// tally of what comes out, or a count of the report.
func TestConsolidateInAnyOrderAndSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := policies(t)
		list := rows(t, policy.Zone)
		consolidate := func(list []rfm.Line[string]) (*rfm.Tally[string], rfm.Report) {
			orders, err := rfm.Consolidate(slices.Values(list), policy)
			if err != nil {
				t.Fatal(err)
			}
			tally, err := orders.Tally()
			if err != nil {
				t.Fatal(err)
			}
			return tally, orders.Report
		}
		want, report := consolidate(list)
		shuffled, report2 := consolidate(rapid.Permutation(list).Draw(t, "shuffled"))
		if string(bytesOf(t, want)) != string(bytesOf(t, shuffled)) || report != report2 {
			t.Fatalf("in another order %+v, want %+v, or other bytes", report2, report)
		}
		ofAnn, rest := split(list, func(r rfm.Line[string]) bool { return r.Customer == "ann" })
		first, _ := consolidate(ofAnn)
		second, _ := consolidate(rest)
		if err := first.Merge(second); err != nil {
			t.Fatal(err)
		}
		if string(bytesOf(t, want)) != string(bytesOf(t, first)) {
			t.Fatal("other bytes when split by customer")
		}
	})
}

// Of two rows that are equal but for the zeros at the end of their amount, the
// same one counts whichever came first.
func TestConsolidateEqualAmounts(t *testing.T) {
	rows := []rfm.Line[string]{
		{Customer: "ann", Order: "a", At: epoch, Amount: dec("1")},
		{Customer: "ann", Order: "a", At: epoch, Amount: dec("1.00")},
	}
	var got [2]string
	for i := range got {
		orders, err := rfm.Consolidate(slices.Values(rows), rfm.LinePolicy{})
		if err != nil {
			t.Fatal(err)
		}
		tally, err := orders.Tally()
		if err != nil {
			t.Fatal(err)
		}
		got[i] = string(bytesOf(t, tally))
		slices.Reverse(rows)
	}
	if got[0] != got[1] {
		t.Errorf("bytes %q and %q, want the same", got[0], got[1])
	}
}

func split[T any](list []T, first func(T) bool) (a, b []T) {
	for _, v := range list {
		if first(v) {
			a = append(a, v)
		} else {
			b = append(b, v)
		}
	}
	return a, b
}

// Ranging over orders can stop, and start again.
func TestOrdersAllStops(t *testing.T) {
	list := []rfm.Line[string]{{Customer: "b", At: time.Unix(0, 0)}, {Customer: "a", At: time.Unix(0, 0)}}
	orders, err := rfm.Consolidate(slices.Values(list), rfm.LinePolicy{})
	if err != nil {
		t.Fatal(err)
	}
	for id := range orders.All() {
		if id != "a" {
			t.Errorf("first is %s, want a", id)
		}
		break
	}
	if all := maps.Collect(orders.All()); len(all) != 2 {
		t.Errorf("%d customers the second time, want 2", len(all))
	}
}
