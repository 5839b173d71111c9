package rfm_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

// sortedMap ranges over a map in ascending order of its keys.
func sortedMap[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, key := range slices.Sorted(maps.Keys(m)) {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}

// Half a year of CDNOW: 18,196 customers bought nothing in it, yet cutting
// anew gives 671 of them another frequency score and 2,440 another monetary
// score. With the old cuts kept, none moves.
func TestCDNOWMovesByRecutAlone(t *testing.T) {
	rows := readCDNOW(t)
	tallyUntil := func(asOf time.Time) (*rfm.Tally[string], rfm.Model) {
		tally := &rfm.Tally[string]{Until: asOf}
		for _, row := range rows {
			if err := tally.Add(row.Customer, rfm.Order{At: row.At, Amount: row.Amount}); err != nil {
				t.Fatal(err)
			}
		}
		model, err := rfm.Fit(tally.All(), asOf, rfm.Quantiles(5))
		if err != nil {
			t.Fatal(err)
		}
		return tally, model
	}
	dec := time.Date(1997, 12, 31, 0, 0, 0, 0, time.UTC)
	june := time.Date(1998, 6, 30, 0, 0, 0, 0, time.UTC)
	was, old := tallyUntil(dec)
	is, fresh := tallyUntil(june)
	idle := func(yield func(string, rfm.Record) bool) {
		for id, r := range is.All() {
			if before, ok := was.Record(id); ok && before.Orders == r.Orders && !yield(id, r) {
				return
			}
		}
	}
	by := func(m rfm.Model, score func(rfm.Score) uint8) rfm.Labeller {
		return func(r rfm.Record, asOf time.Time) string {
			return strconv.Itoa(int(score(m.At(asOf).Score(r))))
		}
	}
	frequency := func(s rfm.Score) uint8 { return s.F }
	monetary := func(s rfm.Score) uint8 { return s.M }
	tests := []struct {
		name  string
		to    rfm.Model
		score func(rfm.Score) uint8
		moved int
	}{
		{"frequency recut", fresh, frequency, 671},
		{"monetary recut", fresh, monetary, 2440},
		{"frequency with frozen cuts", old, frequency, 0},
		{"monetary with frozen cuts", old, monetary, 0},
	}
	for _, test := range tests {
		m, err := rfm.Migrate(
			rfm.Snapshot[string]{AsOf: dec, Customers: idle, Label: by(old, test.score)},
			rfm.Snapshot[string]{AsOf: june, Customers: idle, Label: by(test.to, test.score)},
		)
		if err != nil {
			t.Fatal(err)
		}
		sum := m.Summary()
		if sum.Before != 18_196 || sum.Moved != test.moved || sum.By.Only(rfm.ByRecut) != test.moved {
			t.Errorf("%s: %+v: want %d of 18196 moved, all by recut", test.name, sum, test.moved)
		}
	}
}

// Four customers and a measure of 10 days and 100 in money, so that each cause
// has its one customer, and one has two.
func TestMigrateNamesTheCause(t *testing.T) {
	within := func(days int, least string) rfm.Labeller {
		return func(r rfm.Record, asOf time.Time) string {
			recency, ok := r.Recency(asOf)
			switch {
			case !ok:
				return ""
			case recency <= days && r.Net().GreaterThanOrEqual(cash(least)):
				return "best"
			case recency <= days:
				return "fresh"
			}
			return "away"
		}
	}
	was := map[string]rfm.Record{
		"aged":   ordered(5, 1, "150"),
		"bought": ordered(10, 1, "50"),
		"both":   ordered(5, 1, "150"),
		"gone":   ordered(5, 1, "150"),
		"recut":  ordered(9, 1, "110"),
		"stayed": ordered(10, 1, "500"),
		"voided": {Spend: cash("9"), Refunded: cash("9")},
	}
	is := map[string]rfm.Record{
		"aged":   was["aged"],
		"bought": ordered(15, 2, "200"),
		"both":   ordered(18, 2, "155"),
		"new":    ordered(17, 1, "10"),
		"recut":  was["recut"],
		"stayed": was["stayed"],
		"voided": was["voided"],
	}
	m, err := rfm.Migrate(
		rfm.Snapshot[string]{AsOf: march(10), Customers: sortedMap(was), Label: within(10, "100")},
		rfm.Snapshot[string]{AsOf: march(19), Customers: sortedMap(is), Label: within(10, "120")},
	)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range m.Cells() {
		for cause, n := range c.By {
			if n > 0 {
				got = append(got, fmt.Sprintf("%s > %s: %d by %v", c.From, c.To, n, rfm.Cause(cause)))
			}
		}
	}
	want := []string{
		" > fresh: 1 by behaviour",         // new
		"best > : 1 by time+behaviour",     // gone: away first, and then not there
		"best > away: 1 by time",           // aged
		"best > best: 1 by none",           // stayed
		"best > best: 1 by time+behaviour", // both: went away, and came back
		"best > fresh: 1 by recut",         // recut
		"fresh > best: 1 by behaviour",     // bought
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("moves (-want +got):\n%s", diff)
	}
	wantSum := rfm.Summary{Before: 6, After: 6, New: 1, Gone: 1, Stayed: 2, Moved: 3, By: rfm.Causes{rfm.ByTime: 1, rfm.ByBehaviour: 1, rfm.ByRecut: 1}}
	if diff := cmp.Diff(wantSum, m.Summary()); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	wantFlows := []rfm.Flow{
		{Label: "away", Time: 3, Behaviour: -2, After: 1},
		{Label: "best", Before: 5, Time: -3, Behaviour: 2, Recut: -1, After: 3},
		{Label: "fresh", Before: 1, Behaviour: 0, Recut: 1, After: 2},
	}
	if diff := cmp.Diff(wantFlows, m.Flows()); diff != "" {
		t.Errorf("flows (-want +got):\n%s", diff)
	}
}

func TestMigrateRefuses(t *testing.T) {
	label := func(rfm.Record, time.Time) string { return "all" }
	snapshot := func(day int, label rfm.Labeller, customers iter.Seq2[int, rfm.Record]) rfm.Snapshot[int] {
		return rfm.Snapshot[int]{AsOf: march(day), Customers: customers, Label: label}
	}
	customers := func(ids ...int) iter.Seq2[int, rfm.Record] {
		return func(yield func(int, rfm.Record) bool) {
			for _, id := range ids {
				if !yield(id, ordered(1, 1, "1")) {
					return
				}
			}
		}
	}
	tests := []struct {
		name          string
		before, after rfm.Snapshot[int]
		want          string
	}{
		{"no measure", snapshot(3, nil, shopOf(1)), snapshot(4, label, shopOf(1)), "rfm: migration without a measure: set Label of both snapshots"},
		{"back in time", snapshot(5, label, shopOf(1)), snapshot(4, label, shopOf(1)), "rfm: migration from 2026-03-05T12:00:00Z back to 2026-03-04T12:00:00Z: want the earlier snapshot first"},
		{"twice before", snapshot(3, label, customers(7, 7)), snapshot(4, label, shopOf(1)), "rfm: customer 7 after 7: want ascending IDs, each once"},
		{"out of order after", snapshot(3, label, shopOf(1)), snapshot(4, label, customers(7, 3)), "rfm: customer 3 after 7: want ascending IDs, each once"},
		{"from the future", snapshot(3, label, shopOf(9)), snapshot(4, label, shopOf(1)), "rfm: customer 1: before: last order at 2026-03-09T12:00:00Z is after the as-of time"},
		{"without a label", snapshot(3, label, shopOf(1)), snapshot(4, func(rfm.Record, time.Time) string { return "" }, shopOf(1)), "rfm: customer 1: after: has ordered and gets no label"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := rfm.Migrate(test.before, test.after)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

// drawLabels draws who has which label, some nobody.
func drawLabels(t *rapid.T, name string) map[string]string {
	return rapid.MapOf(
		rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g"}),
		rapid.SampledFrom([]string{"core", "waist", "tail"}),
	).Draw(t, name)
}

// count returns how many went from a label to another one.
func count(m *rfm.Migration, from, to string) int {
	for _, c := range m.Cells() {
		if c.From == from && c.To == to {
			return c.Customers
		}
	}
	return 0
}

// Property: rows add up to the sizes before and columns to those after; who is
// new, stayed, moved or gone are all there are; there and back is the matrix
// transposed; and from a snapshot to itself all stay.
func TestMigrationAddsUp(t *testing.T) {
	labels := []string{"", "core", "waist", "tail"}
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawLabels(t, "before"), drawLabels(t, "after")
		there, err := rfm.MigrateLabels(sortedMap(a), sortedMap(b))
		if err != nil {
			t.Fatal(err)
		}
		back, err := rfm.MigrateLabels(sortedMap(b), sortedMap(a))
		if err != nil {
			t.Fatal(err)
		}
		size := func(of map[string]string, label string) (n int) {
			for _, l := range of {
				if l == label {
					n++
				}
			}
			return n
		}
		for _, label := range labels[1:] {
			row, column := 0, 0
			for _, other := range labels {
				row += count(there, label, other)
				column += count(there, other, label)
				if count(there, label, other) != count(back, other, label) {
					t.Fatalf("%q to %q is not the way back turned round", label, other)
				}
			}
			if row != size(a, label) || column != size(b, label) {
				t.Fatalf("%q: row %d, column %d: want %d and %d", label, row, column, size(a, label), size(b, label))
			}
		}
		union := maps.Clone(a)
		maps.Copy(union, b)
		sum := there.Summary()
		if sum.New+sum.Stayed+sum.Moved+sum.Gone != len(union) || sum.Before != len(a) || sum.After != len(b) {
			t.Fatalf("%+v of %d before, %d after, %d in all", sum, len(a), len(b), len(union))
		}
		self, err := rfm.MigrateLabels(sortedMap(a), sortedMap(a))
		if err != nil {
			t.Fatal(err)
		}
		if sum := self.Summary(); sum.Stayed != len(a) || sum.After != len(a) {
			t.Fatalf("to itself: %+v, want %d stayed", sum, len(a))
		}
	})
}

// drawPath draws the labels of a customer at each step.
func drawPath(t *rapid.T) rfm.Path {
	label := rapid.SampledFrom([]string{"", "core", "waist"})
	return rfm.Path{Before: label.Draw(t, "before"), Aged: label.Draw(t, "aged"), Acted: label.Draw(t, "acted"), After: label.Draw(t, "after")}
}

// Property: causes add up to their cell, the steps of a flow to its change,
// and neither order nor split of the customers changes the bytes.
func TestMigrationIsExactAndMerges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		paths := rapid.SliceOf(rapid.Custom(drawPath)).Draw(t, "paths")
		var whole, left, right rfm.Migration
		for _, p := range paths {
			whole.AddPath(p)
			if p.Aged == "" {
				whole.Add(p.Before, p.After)
			}
		}
		for i, p := range slices.Backward(paths) {
			to := &left
			if i%3 == 0 {
				to = &right
			}
			to.AddPath(p)
			if p.Aged == "" {
				right.Add(p.Before, p.After)
			}
		}
		if err := left.Merge(&right); err != nil {
			t.Fatal(err)
		}
		want, err := whole.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		got, err := left.MarshalBinary()
		if err != nil || string(want) != string(got) {
			t.Fatalf("merged halves differ from the whole: %v", err)
		}
		for _, c := range whole.Cells() {
			sum := 0
			for _, n := range c.By {
				sum += n
			}
			if sum != c.Customers {
				t.Fatalf("%+v: causes add up to %d", c, sum)
			}
		}
		for _, f := range whole.Flows() {
			if f.Before+f.Time+f.Behaviour+f.Recut+f.Unknown != f.After {
				t.Fatalf("%+v does not add up", f)
			}
		}
		var back rfm.Migration
		if err := back.UnmarshalBinary(want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole.Cells(), back.Cells()); diff != "" {
			t.Fatalf("read back (-want +got):\n%s", diff)
		}
	})
}

func TestMigrationMergeRefuses(t *testing.T) {
	a := rfm.Migration{Before: march(1), After: march(2)}
	b := rfm.Migration{Before: march(1), After: march(3)}
	if err := a.Merge(&b); err == nil {
		t.Error("migrations to different moments merge")
	}
	c := rfm.Migration{Before: march(2), After: march(2)}
	if err := a.Merge(&c); err == nil {
		t.Error("migrations from different moments merge")
	}
	if err := a.Merge(&a); err == nil {
		t.Error("a migration merges into itself")
	}
	b.After = march(2).Add(300 * time.Nanosecond)
	b.Add("x", "y")
	if err := a.Merge(&b); err != nil || count(&a, "x", "y") != 1 {
		t.Errorf("the same microsecond: %v, %v", err, a.Cells())
	}
}

// The report as other programs read it.
func TestMigrationJSON(t *testing.T) {
	m := rfm.Migration{Before: march(1), After: march(31)}
	m.Add("tail", "waist")
	m.AddPath(rfm.Path{Before: "tail", Aged: "tail", Acted: "waist", After: "tail"})
	m.AddPath(rfm.Path{Acted: "waist", After: "waist"})
	want := `{"before":"2026-03-01T12:00:00Z","after":"2026-03-31T12:00:00Z",` +
		`"summary":{"before":2,"after":3,"new":1,"gone":0,"stayed":1,"moved":1,"by":{"none":1}},` +
		`"flows":[{"label":"tail","before":2,"time":0,"behaviour":-1,"recut":1,"unknown":-1,"after":1},` +
		`{"label":"waist","before":0,"time":0,"behaviour":2,"recut":-1,"unknown":1,"after":2}],` +
		`"cells":[{"to":"waist","customers":1,"by":{"behaviour":1}},` +
		`{"from":"tail","to":"tail","customers":1,"by":{"behaviour+recut":1}},` +
		`{"from":"tail","to":"waist","customers":1,"by":{"none":1}}]}`
	got, err := json.Marshal(&m)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func FuzzMigrationUnmarshalBinary(f *testing.F) {
	m := rfm.Migration{Before: march(1), After: march(9)}
	m.Add("a", "b")
	m.Add("", "b")
	m.AddPath(rfm.Path{Before: "a", Aged: "b", Acted: "c", After: "a"})
	data, err := m.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		var m rfm.Migration
		if m.UnmarshalBinary(data) != nil {
			if len(m.Cells()) > 0 {
				t.Fatal("a refused input left something behind")
			}
			return
		}
		again, err := m.MarshalBinary()
		if err != nil || string(again) != string(data) {
			t.Fatalf("%x becomes %x: %v", data, again, err)
		}
	})
}

func TestMigrationUnmarshalRefuses(t *testing.T) {
	var m rfm.Migration
	m.Add("a", "b")
	m.Add("a", "c")
	good, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "rfm: not a migration: at byte 0: not a number"},
		{"another version", bytes.Replace(good, []byte("migration.1"), []byte("migration.9"), 1), `rfm: not a migration: at byte 16: is "rfm.migration.9", not "rfm.migration.1"`},
		{"cut short", good[:len(good)-1], "rfm: not a migration: at byte 30: not a number"},
		{"more behind", append(slices.Clone(good), 0), "rfm: not a migration: at byte 31: 1 bytes too many"},
		{"the same move twice", append(append(slices.Clone(good[:19]), good[19:25]...), good[19:25]...), `rfm: not a migration: at byte 31: move from "a" to "b" out of order or of nobody`},
		{"of nobody", append(slices.Clone(good[:len(good)-1]), 0), `rfm: not a migration: at byte 31: move from "a" to "c" out of order or of nobody`},
	}
	for _, test := range tests {
		var got rfm.Migration
		got.Add("x", "y")
		err := got.UnmarshalBinary(test.data)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: error %v, want %s", test.name, err, test.want)
		}
		if count(&got, "x", "y") != 1 {
			t.Errorf("%s: a refused input changed the migration", test.name)
		}
	}
}

func TestOdds(t *testing.T) {
	var m rfm.Migration
	m.Add("tail", "waist")
	m.Add("tail", "tail")
	m.Add("tail", "tail")
	m.Add("tail", "")
	m.Add("", "core")
	tests := []struct {
		name, from, to string
		want           rfm.Odds
		text           string
	}{
		{"some", "tail", "waist", rfm.Odds{Moved: 1, Of: 4}, "1 of 4"},
		{"none, but watched", "tail", "core", rfm.Odds{Moved: 0, Of: 4}, "0 of 4"},
		{"gone", "tail", "", rfm.Odds{Moved: 1, Of: 4}, "1 of 4"},
		{"nobody to watch", "waist", "core", rfm.Odds{}, "not observed"},
		{"the new had no label", "", "core", rfm.Odds{}, "not observed"},
	}
	for _, test := range tests {
		got := m.Odds(test.from, test.to)
		if got != test.want || got.String() != test.text {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if _, ok := got.Rate(); ok != (test.want.Of > 0) {
			t.Errorf("%s: a rate of nobody", test.name)
		}
	}
	if got := (*rfm.Migration)(nil).Odds("a", "b"); got != (rfm.Odds{}) {
		t.Errorf("no migration: %v", got)
	}
}

func ExamplePath_Cause() {
	slipped := rfm.Path{Before: "loyal", Aged: "at risk", Acted: "at risk", After: "at risk"}
	back := rfm.Path{Before: "loyal", Aged: "at risk", Acted: "loyal", After: "loyal"} // ordered in time
	stayed := rfm.Path{Before: "loyal", Aged: "loyal", Acted: "loyal", After: "loyal"}
	fmt.Println(slipped.Cause(), back.Cause(), stayed.Cause())
	// Output: time time+behaviour none
}

func ExampleMigrate() {
	february := map[string]rfm.Record{"ann": ordered(1, 5, "100"), "bob": ordered(3, 1, "100"), "cho": ordered(3, 2, "40")}
	march31 := map[string]rfm.Record{"ann": ordered(1, 5, "100"), "bob": ordered(30, 2, "300"), "cho": ordered(3, 2, "40"), "dee": ordered(29, 1, "9")}
	old := rfm.Layering{Core: cash("100"), Waist: cash("50")}
	fresh := rfm.Layering{Core: cash("200"), Waist: cash("90")}
	m, err := rfm.Migrate(
		rfm.Snapshot[string]{AsOf: march(4), Customers: sortedMap(february), Label: rfm.LayerLabels(old)},
		rfm.Snapshot[string]{AsOf: march(31), Customers: sortedMap(march31), Label: rfm.LayerLabels(fresh)},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range m.Cells() {
		by, _ := json.Marshal(c.By)
		fmt.Printf("%q to %q: %d %s\n", c.From, c.To, c.Customers, by)
	}
	// Output:
	// "" to "layer=tail": 1 {"behaviour":1}
	// "layer=core" to "layer=core": 1 {"none":1}
	// "layer=core" to "layer=waist": 1 {"recut":1}
	// "layer=tail" to "layer=tail": 1 {"none":1}
}

func ExampleMigrateLabels() {
	may := map[string]string{"ann": "promotion=deal-seeker", "bob": "promotion=mixed"}
	june := map[string]string{"ann": "promotion=mixed", "bob": "promotion=mixed", "cho": "promotion=full-price"}
	m, err := rfm.MigrateLabels(sortedMap(may), sortedMap(june))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Odds("promotion=deal-seeker", "promotion=mixed"))
	fmt.Printf("%+v\n", m.Summary())
	// Output:
	// 1 of 1
	// {Before:2 After:3 New:1 Gone:0 Stayed:1 Moved:1 By:[1 0 0 0 0 0 0 0]}
}

func ExampleMigration_Flows() {
	var m rfm.Migration
	m.AddPath(rfm.Path{Before: "core", Aged: "core", Acted: "core", After: "waist"})
	m.AddPath(rfm.Path{Before: "waist", Aged: "tail", Acted: "core", After: "core"})
	for _, f := range m.Flows() {
		fmt.Printf("%s: %d %+d %+d %+d = %d\n", f.Label, f.Before, f.Time, f.Behaviour, f.Recut, f.After)
	}
	// Output:
	// core: 1 +0 +1 -1 = 1
	// tail: 0 +1 -1 +0 = 0
	// waist: 1 -1 +0 +1 = 1
}

func ExampleMigration_Merge() {
	var north, south rfm.Migration
	north.Add("tail", "waist")
	south.Add("tail", "tail")
	if err := north.Merge(&south); err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range north.Cells() {
		fmt.Println(c.From, c.To, c.Customers)
	}
	// Output:
	// tail tail 1
	// tail waist 1
}

func ExampleSegmentLabels() {
	model, err := rfm.Fit(shopOf(2, 5, 8, 20, 30), march(31), rfm.Quantiles(5))
	if err != nil {
		fmt.Println(err)
		return
	}
	label := rfm.SegmentLabels(model, rfm.Grid())
	customer := ordered(30, 9, "80")
	fmt.Println(label(customer, march(31)))
	fmt.Println(label(customer, march(31+30)))
	// Output:
	// segment=potential loyalist
	// segment=at risk
}

func ExampleMigration_Odds() {
	var m rfm.Migration
	m.Add("layer=tail", "layer=waist")
	m.Add("layer=tail", "layer=tail")
	rate, ok := m.Odds("layer=tail", "layer=waist").Rate()
	fmt.Println(rate, ok)
	_, ok = m.Odds("layer=waist", "layer=core").Rate()
	fmt.Println(ok)
	// Output:
	// 0.5 true
	// false
}

func ExampleMigration_Summary() {
	var m rfm.Migration
	m.AddPath(rfm.Path{Before: "core", Aged: "core", Acted: "core", After: "waist"})
	m.AddPath(rfm.Path{Acted: "tail", After: "tail"})
	sum := m.Summary()
	fmt.Println(sum.Before, "before,", sum.New, "new,", sum.Moved, "moved,", sum.By.Only(rfm.ByRecut), "by recut alone")
	// Output:
	// 1 before, 1 new, 1 moved, 1 by recut alone
}
