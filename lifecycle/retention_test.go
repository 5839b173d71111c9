package lifecycle_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle"
)

// retained answers for one customer and column, by the words of each kind.
func retained(kind lifecycle.RetentionKind, ages []int, k int, brackets []int) bool {
	has := func(from, to int) bool { // in [from, to)
		return slices.ContainsFunc(ages, func(a int) bool { return a >= from && a < to })
	}
	switch kind {
	case lifecycle.OnOrAfter:
		return has(k, 1<<30)
	case lifecycle.OnOrBefore:
		return has(min(k, 1), k+1)
	case lifecycle.Streak:
		for a := range k + 1 {
			if !has(a, a+1) {
				return false
			}
		}
		return true
	case lifecycle.Bracket:
		return has(brackets[k], brackets[k+1])
	}
	return has(k, k+1)
}

// naiveTriangle counts every cell anew. starts are the given or first events;
// last is the number of the last interval that has begun for a customer.
type naiveCustomer struct {
	cohort          string
	order           int
	ages            []int
	begun, complete int
}

func naiveTriangle(customers []naiveCustomer, o lifecycle.RetentionOptions[int]) []lifecycle.Cohort {
	rows := map[string]*lifecycle.Cohort{}
	order := map[string]int{}
	for _, c := range customers {
		row := rows[c.cohort]
		if row == nil {
			row = &lifecycle.Cohort{Name: c.cohort}
			rows[c.cohort], order[c.cohort] = row, c.order
		}
		row.Size++
		columns := c.begun
		if o.Columns > 0 {
			columns = min(columns, o.Columns)
		}
		if o.Kind == lifecycle.Bracket {
			columns = len(o.Brackets) - 1
		}
		for k := range columns {
			begins, ends := k, k+1
			if o.Kind == lifecycle.Bracket {
				begins, ends = o.Brackets[k], o.Brackets[k+1]
			}
			if begins >= c.begun {
				continue
			}
			for len(row.Cells) <= k {
				row.Cells = append(row.Cells, lifecycle.RetentionCell{})
			}
			hit := retained(o.Kind, c.ages, k, o.Brackets)
			cell := &row.Cells[k]
			switch {
			case ends <= c.complete && hit:
				cell.Of, cell.Active = cell.Of+1, cell.Active+1
			case ends <= c.complete:
				cell.Of++
			case hit:
				cell.Open, cell.OpenActive = cell.Open+1, cell.OpenActive+1
			default:
				cell.Open++
			}
		}
	}
	var list []lifecycle.Cohort
	for _, name := range sortedKeys(rows) {
		list = append(list, *rows[name])
	}
	if o.Cohort == nil {
		slices.SortStableFunc(list, func(a, b lifecycle.Cohort) int { return order[a.Name] - order[b.Name] })
	}
	return list
}

func drawRetentionOptions(t *rapid.T, w world) (o lifecycle.RetentionOptions[int]) {
	o.Kind = lifecycle.RetentionKind(rapid.IntRange(0, 4).Draw(t, "kind"))
	if o.Kind == lifecycle.Bracket {
		o.Brackets = rapid.SliceOfNDistinct(rapid.IntRange(0, 12), 2, 4, rapid.ID[int]).Draw(t, "brackets")
		slices.Sort(o.Brackets)
	}
	if rapid.Bool().Draw(t, "labels") {
		o.Cohort = func(id int, _ time.Time) string { return []string{"", "ads", "friends"}[id%3] }
	}
	if rapid.Bool().Draw(t, "starts") {
		o.Start = lookup(drawDates(t, w))
	}
	o.Columns = rapid.IntRange(0, 6).Draw(t, "columns")
	return o
}

// naiveCalendar places customers by calendar periods.
func (w world) naiveCalendar(o lifecycle.CohortOptions[int], name func(int) string) (customers []naiveCustomer, ids []int, leftOut int) {
	last, over := w.last()
	all := map[int]bool{}
	for _, e := range w.events {
		all[e.id] = true
	}
	for _, id := range sortedKeys(all) {
		own := w.active(always)[id]
		start, ok := 0, false
		if len(own) > 0 {
			start, ok = own[0], true
		}
		if o.Start != nil {
			at, given := o.Start(id)
			start, ok = w.number(at), given
		}
		c := naiveCustomer{order: start}
		if ok {
			c.cohort = name(start)
			if o.Cohort != nil {
				c.cohort = o.Cohort(id, time.Time{})
			}
		}
		if !ok || start > last || c.cohort == "" {
			leftOut++
			continue
		}
		for _, p := range own {
			if p >= start {
				c.ages = append(c.ages, p-start)
			}
		}
		c.begun = last - start + 1
		c.complete = c.begun
		if !over {
			c.complete--
		}
		customers, ids = append(customers, c), append(ids, id)
	}
	return customers, ids, leftOut
}

// ignoreNames drops the names of calendar cohorts, which other tests check.
func ignoreNames(o lifecycle.CohortOptions[int]) cmp.Option {
	if o.Cohort == nil {
		return cmp.Options{cmpopts.IgnoreFields(lifecycle.Cohort{}, "Name"), cmpopts.IgnoreFields(lifecycle.ValueCohort{}, "Name")}
	}
	return cmp.Options{}
}

func TestRetentionAgainstCounting(t *testing.T) {
	zones := zones(t)
	// Property: each cell is what counting customers one by one gives.
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, zones)
		o := drawRetentionOptions(t, w)
		got, err := w.activity(t).Retention(w.now, o)
		if err != nil {
			t.Fatal(err)
		}
		customers, _, leftOut := w.naiveCalendar(o.CohortOptions, func(n int) string { return fmt.Sprintf("%06d", n) })
		want := naiveTriangle(customers, o)
		if diff := cmp.Diff(want, got.Cohorts, ignoreNames(o.CohortOptions), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		if got.LeftOut != leftOut {
			t.Fatalf("left out %d, want %d", got.LeftOut, leftOut)
		}
		checkTotals(t, got)
	})
}

// checkTotals checks that All is the sum of the cohorts.
func checkTotals(t *rapid.T, r lifecycle.Retention) {
	sum := lifecycle.Cohort{Name: "all", Cells: make([]lifecycle.RetentionCell, len(r.All.Cells))}
	for _, c := range r.Cohorts {
		sum.Size += c.Size
		for k, cell := range c.Cells {
			s := &sum.Cells[k]
			s.Of, s.Active, s.Open, s.OpenActive = s.Of+cell.Of, s.Active+cell.Active, s.Open+cell.Open, s.OpenActive+cell.OpenActive
		}
	}
	if diff := cmp.Diff(sum, r.All, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("all (-want +got)\n%s", diff)
	}
}

func TestRollingRetentionAgainstCounting(t *testing.T) {
	zones := zones(t)
	spans := []regulars.Span{regulars.Hours(24), regulars.Hours(7), regulars.Minutes(1500), regulars.Seconds(100_001), regulars.Days(1), regulars.Days(3), regulars.Weeks(1), regulars.Months(1), regulars.Months(2), regulars.Years(1)}
	// Property: each cell is what counting customers one by one gives, with
	// interval k found by stepping k times from the start.
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, zones)
		o := drawRetentionOptions(t, w)
		every := rapid.SampledFrom(spans).Draw(t, "every")
		got, err := w.log(t).Retention(w.now, every, o)
		if err != nil {
			t.Fatal(err)
		}
		w.unit = "month" // of the cohorts
		var customers []naiveCustomer
		all := map[int][]time.Time{}
		for _, e := range w.events {
			all[e.id] = append(all[e.id], e.at)
		}
		for _, id := range sortedKeys(all) {
			own := all[id]
			slices.SortFunc(own, time.Time.Compare)
			start, ok := own[0], true
			if o.Start != nil {
				start, ok = o.Start(id)
			}
			if !ok || !start.Before(w.now) {
				continue
			}
			c := naiveCustomer{order: w.number(start), cohort: fmt.Sprintf("%06d", w.number(start))}
			if o.Cohort != nil {
				c.cohort = o.Cohort(id, start)
			}
			if c.cohort == "" {
				continue
			}
			for k := 0; boundary(start, every, k, w.zone).Before(w.now); k++ {
				c.begun = k + 1
				end := boundary(start, every, k+1, w.zone)
				if !end.After(w.now) {
					c.complete = k + 1
				}
				if slices.ContainsFunc(own, func(t time.Time) bool {
					return !t.Before(boundary(start, every, k, w.zone)) && t.Before(end) && t.Before(w.now)
				}) {
					c.ages = append(c.ages, k)
				}
			}
			customers = append(customers, c)
		}
		want := naiveTriangle(customers, o)
		if diff := cmp.Diff(want, got.Cohorts, ignoreNames(o.CohortOptions), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		checkTotals(t, got)
	})
}

// boundary returns the start of interval k by the span that k times every is.
func boundary(start time.Time, every regulars.Span, k int, zone *time.Location) time.Time {
	if k == 0 {
		return start
	}
	var n int
	var unit string
	if _, err := fmt.Sscanf(every.String(), "%d%s", &n, &unit); err != nil {
		panic(err)
	}
	span, err := regulars.ParseSpan(fmt.Sprintf("%d%s", n*k, unit))
	if err != nil {
		panic(err)
	}
	return span.After(start, zone)
}

func TestValueAgainstCounting(t *testing.T) {
	zones := zones(t)
	// Property: each cell is the sum of what its customers paid up to it.
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, zones)
		o := drawRetentionOptions(t, w).CohortOptions
		got, err := w.revenue(t).Value(w.now, o)
		if err != nil {
			t.Fatal(err)
		}
		customers, ids, leftOut := w.naiveCalendar(o, func(n int) string { return fmt.Sprintf("%06d", n) })
		triangle := naiveTriangle(customers, lifecycle.RetentionOptions[int]{CohortOptions: o})
		var want []lifecycle.ValueCohort
		for _, row := range triangle {
			v := lifecycle.ValueCohort{Name: row.Name, Size: row.Size}
			for k, cell := range row.Cells {
				sum := lifecycle.ValueCell{Of: cell.Of, Open: cell.Open}
				for i, c := range customers {
					total := decimal.Decimal{}
					for age := range k + 1 {
						total = total.Add(w.paid(ids[i], c.order+age))
					}
					switch {
					case c.cohort != row.Name || k >= c.begun:
					case k < c.complete:
						sum.Total = sum.Total.Add(total)
					default:
						sum.OpenTotal = sum.OpenTotal.Add(total)
					}
				}
				v.Cells = append(v.Cells, sum)
			}
			want = append(want, v)
		}
		if diff := cmp.Diff(want, got.Cohorts, ignoreNames(o), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		if got.LeftOut != leftOut {
			t.Fatalf("left out %d, want %d", got.LeftOut, leftOut)
		}
		checkValueTotals(t, got)
	})
}

func checkValueTotals(t *rapid.T, v lifecycle.Value) {
	for k, all := range v.All.Cells {
		var sum lifecycle.ValueCell
		for _, c := range v.Cohorts {
			if k < len(c.Cells) {
				sum.Of, sum.Open = sum.Of+c.Cells[k].Of, sum.Open+c.Cells[k].Open
				sum.Total, sum.OpenTotal = sum.Total.Add(c.Cells[k].Total), sum.OpenTotal.Add(c.Cells[k].OpenTotal)
			}
		}
		if diff := cmp.Diff(sum, all); diff != "" {
			t.Fatalf("all, column %d (-want +got)\n%s", k, diff)
		}
	}
}

func TestKindsAreOrdered(t *testing.T) {
	zones := zones(t)
	// Property: in cohorts by the first event, streak <= on <= on-or-after in
	// every cell, column 0 is everybody, on-or-after never rises and streak
	// never does either.
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, zones)
		activity := w.activity(t)
		var triangles [3]lifecycle.Retention
		for i, kind := range []lifecycle.RetentionKind{lifecycle.Streak, lifecycle.On, lifecycle.OnOrAfter} {
			var err error
			if triangles[i], err = activity.Retention(w.now, lifecycle.RetentionOptions[int]{Kind: kind}); err != nil {
				t.Fatal(err)
			}
		}
		active := func(i, row, k int) int {
			cell := triangles[i].Cohorts[row].Cells[k]
			return cell.Active + cell.OpenActive
		}
		for row, c := range triangles[0].Cohorts {
			for k := range c.Cells {
				streak, on, after := active(0, row, k), active(1, row, k), active(2, row, k)
				if streak > on || on > after || (k == 0 && streak != c.Size) ||
					(k > 0 && (after > active(2, row, k-1) || streak > active(0, row, k-1))) {
					t.Fatalf("cohort %s, column %d: streak %d, on %d, on or after %d", c.Name, k, streak, on, after)
				}
			}
		}
	})
}

func TestRetentionRefuses(t *testing.T) {
	var a lifecycle.Activity[int]
	var l lifecycle.Log[int]
	now := date(t, "2024-05-01")
	tests := []struct {
		name string
		now  time.Time
		o    lifecycle.RetentionOptions[int]
		want string
	}{
		{"no moment", time.Time{}, lifecycle.RetentionOptions[int]{}, "lifecycle: the moment of the report has no time"},
		{"unknown kind", now, lifecycle.RetentionOptions[int]{Kind: 5}, "lifecycle: no such kind of retention: 5"},
		{"brackets of another kind", now, lifecycle.RetentionOptions[int]{Brackets: []int{0, 1}}, "lifecycle: the kind Bracket and Brackets go together"},
		{"no brackets", now, lifecycle.RetentionOptions[int]{Kind: lifecycle.Bracket}, "lifecycle: the kind Bracket and Brackets go together"},
		{"one bracket", now, lifecycle.RetentionOptions[int]{Kind: lifecycle.Bracket, Brackets: []int{1}}, "lifecycle: brackets [1]: want two or more numbers from 0 to 36600"},
		{"falling brackets", now, lifecycle.RetentionOptions[int]{Kind: lifecycle.Bracket, Brackets: []int{0, 7, 7}}, "lifecycle: brackets [0 7 7]: want them to ascend"},
		{"negative columns", now, lifecycle.RetentionOptions[int]{CohortOptions: lifecycle.CohortOptions[int]{Columns: -1}}, "lifecycle: -1 columns: want at most 36600"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := a.Retention(test.now, test.o)
			_, err2 := l.Retention(test.now, regulars.Days(1), test.o)
			if err == nil || err.Error() != test.want || err2 == nil || err2.Error() != test.want {
				t.Errorf("Retention: %v; rolling: %v, want %q", err, err2, test.want)
			}
		})
	}
	if _, err := l.Retention(now, regulars.Span{}, lifecycle.RetentionOptions[int]{}); err == nil {
		t.Error("no error for intervals of zero length")
	}
	daily := lifecycle.Activity[int]{Each: lifecycle.Daily()}
	for i := range 100 {
		checkAdd(t, daily.Add(i, date(t, "1930-01-01").AddDate(0, 0, i)))
	}
	if _, err := daily.Retention(now, lifecycle.RetentionOptions[int]{}); err == nil {
		t.Error("no error for a triangle of millions of cells")
	}
	o := lifecycle.RetentionOptions[int]{CohortOptions: lifecycle.CohortOptions[int]{Columns: 30}}
	if r, err := daily.Retention(now, o); err != nil || len(r.All.Cells) != 30 {
		t.Errorf("30 columns: %d, %v", len(r.All.Cells), err)
	}
}

func TestCustomersWithoutEventsAreInTheirCohort(t *testing.T) {
	var a lifecycle.Activity[string]
	var r lifecycle.Revenue[string]
	checkAdd(t, a.Add("ann", date(t, "2024-02-10")))
	checkAdd(t, a.Know("bob"))
	checkAdd(t, r.Add("ann", date(t, "2024-02-10"), decimal.RequireFromString("5")))
	checkAdd(t, r.Know("bob"))
	o := lifecycle.CohortOptions[string]{Start: func(string) (time.Time, bool) { return date(t, "2024-01-31"), true }}
	now := date(t, "2024-03-01")
	triangle, err := a.Retention(now, lifecycle.RetentionOptions[string]{CohortOptions: o})
	checkAdd(t, err)
	want := []lifecycle.Cohort{{Name: "2024-01", Size: 2, Cells: []lifecycle.RetentionCell{{Of: 2}, {Of: 2, Active: 1}}}}
	if diff := cmp.Diff(want, triangle.Cohorts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	value, err := r.Value(now, o)
	checkAdd(t, err)
	if mean, ok := value.Cohorts[0].Cells[1].PerCustomer(2); !ok || mean.String() != "2.5" {
		t.Errorf("value of %+v", value.Cohorts)
	}
}

func TestKinds(t *testing.T) {
	// One customer, active in the months 0, 2 and 3 of 6 that are over.
	var a lifecycle.Activity[int]
	for _, day := range []string{"2024-01-31", "2024-03-01", "2024-04-30"} {
		checkAdd(t, a.Add(1, date(t, day)))
	}
	tests := []struct {
		kind     lifecycle.RetentionKind
		brackets []int
		want     []int
	}{
		{lifecycle.On, nil, []int{1, 0, 1, 1, 0, 0}},
		{lifecycle.OnOrAfter, nil, []int{1, 1, 1, 1, 0, 0}},
		{lifecycle.OnOrBefore, nil, []int{1, 0, 1, 1, 1, 1}},
		{lifecycle.Streak, nil, []int{1, 0, 0, 0, 0, 0}},
		{lifecycle.Bracket, []int{0, 1, 3, 5}, []int{1, 1, 1}},
		{lifecycle.Bracket, []int{0, 6}, []int{1}},
		{lifecycle.Bracket, []int{1, 2, 5, 7}, []int{0, 1}}, // the last is not over
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.kind, test.brackets), func(t *testing.T) {
			o := lifecycle.RetentionOptions[int]{Kind: test.kind, Brackets: test.brackets}
			r, err := a.Retention(date(t, "2024-07-01"), o)
			checkAdd(t, err)
			var got []int
			for _, c := range r.All.Cells {
				if c.Complete() {
					got = append(got, c.Active)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
