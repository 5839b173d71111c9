package rfm_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

// naiveTally keeps whole orders and looks at them only when asked.
type naiveTally struct {
	loc    *time.Location
	orders map[string][]rfm.Order
	late   int
}

func naiveTallyOf(loc *time.Location, until time.Time, list []purchase) naiveTally {
	n := naiveTally{loc: loc, orders: map[string][]rfm.Order{}}
	for _, p := range list {
		if !until.IsZero() && p.Order.At.After(until) {
			n.late++
			continue
		}
		n.orders[p.ID] = append(n.orders[p.ID], p.Order)
	}
	return n
}

func (n naiveTally) record(id string) rfm.Record {
	var r rfm.Record
	var times []time.Time
	for _, o := range n.orders[id] {
		switch {
		case o.Amount.IsNegative():
			r.Refunded = r.Refunded.Sub(o.Amount)
			continue
		case o.Refunded.IsZero() || o.Refunded.Cmp(o.Amount) < 0:
			times = append(times, o.At)
		}
		r.Spend = r.Spend.Add(o.Amount)
		r.Refunded = r.Refunded.Add(o.Refunded)
	}
	if r.Orders = len(times); r.Orders > 0 {
		r.First, r.Last = slices.MinFunc(times, time.Time.Compare), slices.MaxFunc(times, time.Time.Compare)
	}
	return r
}

// Property: a tally answers what someone finds who keeps all orders and looks
// through those that are not later than Until.
func TestTallyAgainstKeepingAllOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		list := purchases(t, loc)
		var until time.Time
		if rapid.Bool().Draw(t, "has until") {
			until = instants(t, loc)
		}
		tally, naive := tallyOf(t, loc, until, list), naiveTallyOf(loc, until, list)
		if tally.AfterUntil() != naive.late {
			t.Fatalf("%d orders after until, want %d", tally.AfterUntil(), naive.late)
		}
		var ids []string
		for id, got := range tally.All() {
			ids = append(ids, id)
			if diff := diff(naive.record(id), got); diff != "" {
				t.Fatalf("record of %s (-want +got):\n%s", id, diff)
			}
			if single, ok := tally.Record(id); !ok || diff(got, single) != "" {
				t.Fatalf("Record(%s) = %v, %t, want %v as in All", id, single, ok, got)
			}
			if got.Orders > 0 && got.Last.Location() != loc {
				t.Fatalf("last order in %v, want %v", got.Last.Location(), loc)
			}
			if net := got.Spend.Sub(got.Refunded); !got.Net().Equal(net) {
				t.Fatalf("Net = %v, want %v", got.Net(), net)
			}
		}
		if diff := diff(slices.Sorted(maps.Keys(naive.orders)), ids); diff != "" || tally.Len() != len(ids) {
			t.Fatalf("customers, %d of them (-want +got):\n%s", tally.Len(), diff)
		}
	})
}

// Property: neither the order of the orders nor how they are split over
// tallies, nor the bracketing in which these are merged, changes a byte.
func TestTallyInAnyOrderAndSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		list := purchases(t, loc)
		var until time.Time
		if rapid.Bool().Draw(t, "has until") {
			until = instants(t, loc)
		}
		want := bytesOf(t, tallyOf(t, loc, until, list))

		shards := make([]*rfm.Tally[string], rapid.IntRange(1, 4).Draw(t, "shards"))
		for i := range shards {
			shards[i] = &rfm.Tally[string]{Zone: loc, Until: until}
		}
		for _, p := range rapid.Permutation(list).Draw(t, "shuffled") {
			if err := rapid.SampledFrom(shards).Draw(t, "shard").Add(p.ID, p.Order); err != nil {
				t.Fatal(err)
			}
		}
		for len(shards) > 1 {
			i := rapid.IntRange(0, len(shards)-2).Draw(t, "merge at")
			before := bytesOf(t, shards[i+1])
			if err := shards[i].Merge(shards[i+1]); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(before, bytesOf(t, shards[i+1])) {
				t.Fatal("merging changed the tally that was merged in")
			}
			shards = slices.Delete(shards, i+1, i+2)
		}
		if got := bytesOf(t, shards[0]); !bytes.Equal(want, got) {
			t.Fatalf("in shards %x, want %x", got, want)
		}
	})
}

// Property: merging is associative and commutative, and a tally without orders
// is its identity on both sides.
func TestTallyMergeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(t, "America/New_York")
		lists := [3][]purchase{purchases(t, loc), purchases(t, loc), purchases(t, loc)}
		tally := func(i int) *rfm.Tally[string] { return tallyOf(t, loc, time.Time{}, lists[i]) }
		merged := func(x, y *rfm.Tally[string]) *rfm.Tally[string] {
			if err := x.Merge(y); err != nil {
				t.Fatal(err)
			}
			return x
		}
		empty := func() *rfm.Tally[string] { return &rfm.Tally[string]{Zone: loc} }
		same := func(law string, x, y *rfm.Tally[string]) {
			if !bytes.Equal(bytesOf(t, x), bytesOf(t, y)) {
				t.Fatalf("not %s", law)
			}
		}
		same("associative", merged(merged(tally(0), tally(1)), tally(2)), merged(tally(0), merged(tally(1), tally(2))))
		same("commutative", merged(tally(0), tally(1)), merged(tally(1), tally(0)))
		same("an identity on the right", merged(tally(0), empty()), tally(0))
		same("an identity on the left", merged(empty(), tally(0)), tally(0))
	})
}

func TestTallyMergeRefused(t *testing.T) {
	june := time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
	var self rfm.Tally[int]
	tests := []struct {
		name     string
		to, from *rfm.Tally[int]
		want     string
	}{
		{"itself", &self, &self, "rfm: a tally can't be merged into itself"},
		{"another zone", &rfm.Tally[int]{}, &rfm.Tally[int]{Zone: zone(t, "Asia/Shanghai")}, `rfm: tally in zone "Asia/Shanghai": want "UTC"`},
		{"its name on a fixed zone", &rfm.Tally[int]{Zone: zone(t, "Asia/Shanghai")}, &rfm.Tally[int]{Zone: time.FixedZone("Asia/Shanghai", 3600)}, `rfm: tally in zone "Asia/Shanghai": want "Asia/Shanghai"`},
		{"another until", &rfm.Tally[int]{Until: june}, &rfm.Tally[int]{Until: june.Add(time.Microsecond)}, "rfm: tally until 2026-06-30T00:00:00.000001Z: want 2026-06-30T00:00:00Z"},
		{"no until", &rfm.Tally[int]{Until: june}, &rfm.Tally[int]{}, "rfm: tally until ever: want 2026-06-30T00:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.to.Merge(tt.from); err == nil || err.Error() != tt.want {
				t.Errorf("Merge = %v, want %s", err, tt.want)
			}
		})
	}
}

// What counts as the same calendar and the same end.
func TestTallyMergeAlike(t *testing.T) {
	june := time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name     string
		to, from *rfm.Tally[int]
	}{
		{"nil is UTC", &rfm.Tally[int]{}, &rfm.Tally[int]{Zone: time.UTC}},
		{"one zone loaded twice", &rfm.Tally[int]{Zone: zone(t, "Asia/Shanghai")}, &rfm.Tally[int]{Zone: zone(t, "Asia/Shanghai")}},
		{"one instant in two zones", &rfm.Tally[int]{Until: june}, &rfm.Tally[int]{Until: june.In(zone(t, "Asia/Shanghai"))}},
		{"one microsecond", &rfm.Tally[int]{Until: june}, &rfm.Tally[int]{Until: june.Add(999)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.to.Merge(tt.from); err != nil {
				t.Errorf("Merge = %v", err)
			}
		})
	}
}

// Until is the last microsecond that counts.
func TestTallyUntil(t *testing.T) {
	shanghai := zone(t, "Asia/Shanghai")
	end := at(t, "2026-06-30 23:59:59.999999", shanghai)
	tests := []struct {
		name  string
		until time.Time
		at    time.Time
		late  bool
	}{
		{"at until", end, end, false},
		{"within its microsecond", end, end.Add(999 * time.Nanosecond), false},
		{"one microsecond later", end, end.Add(time.Microsecond), true},
		{"no until", time.Time{}, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), false},
		{"until before all time", time.Date(-300_000, 1, 1, 0, 0, 0, 0, time.UTC), end, true},
		{"until after all time", time.Date(300_000, 1, 1, 0, 0, 0, 0, time.UTC), end, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tally := rfm.Tally[int]{Zone: shanghai, Until: tt.until}
			if err := tally.Add(1, rfm.Order{At: tt.at, Amount: dec("1")}); err != nil {
				t.Fatal(err)
			}
			if late := tally.AfterUntil() == 1; late != tt.late || tally.Len() == 1 == tt.late {
				t.Errorf("late %t with %d customers, want late %t", late, tally.Len(), tt.late)
			}
			rows := []rfm.Line[int]{{Customer: 1, At: tt.at, Amount: dec("1")}}
			orders, err := rfm.Consolidate(slices.Values(rows), rfm.LinePolicy{Until: tt.until})
			if err != nil {
				t.Fatal(err)
			}
			if late := orders.Report.AfterUntil == 1; late != tt.late {
				t.Errorf("as a row late %t, want %t", late, tt.late)
			}
		})
	}
}

// Property: sums have the places of the amount that has most, so that they
// read the same whichever came first.
func TestTallyMixesPlaces(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	amounts := []decimal.Decimal{dec("1"), dec("2.5"), dec("0.000000000000000001"), decimal.New(3, 2), dec("9223372036854775807")}
	rapid.Check(t, func(t *rapid.T) {
		var tally rfm.Tally[int]
		for _, amount := range rapid.Permutation(amounts).Draw(t, "order") {
			if err := tally.Add(1, rfm.Order{At: noon, Amount: amount}); err != nil {
				t.Fatal(err)
			}
		}
		got, _ := tally.Record(1)
		if want := "9223372036854776110.500000000000000001"; got.Spend.String() != want {
			t.Fatalf("spend %v, want %s", got.Spend, want)
		}
	})
}

// IDs of every kind find their own record.
func TestTallyIDs(t *testing.T) {
	testIDs(t, []string{"", "a", "ab", "b", "\xff"}[1:])
	testIDs(t, []int8{-128, -1, 0, 1, 127})
	testIDs(t, []int16{-1 << 15, 0, 1<<15 - 1})
	testIDs(t, []int32{-1 << 31, -1, 0, 1<<31 - 1})
	testIDs(t, []int64{-1 << 63, -1, 0, 1<<63 - 1})
	testIDs(t, []uint8{0, 1, 255})
	testIDs(t, []uint16{0, 1<<16 - 1})
	testIDs(t, []uint32{0, 1<<32 - 1})
	testIDs(t, []uint64{0, 1<<64 - 1})
	testIDs(t, []int{-1, 0, 1})
	testIDs(t, [][16]byte{{}, {15: 1}, {0: 1}, {0: 255}})
}

func testIDs[K interface {
	~string | ~[16]byte | ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}](t *testing.T, ascending []K,
) {
	t.Helper()
	var tally rfm.Tally[K]
	for round := range 2 {
		for i := range ascending {
			id := ascending[len(ascending)-1-i]
			if err := tally.Add(id, rfm.Order{At: time.Unix(int64(round), 0), Amount: decimal.New(1, 0)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	var got []K
	for id, r := range tally.All() {
		if got = append(got, id); r.Orders != 2 {
			t.Errorf("%T %v has %d orders, want 2", id, id, r.Orders)
		}
	}
	if diff := diff(ascending, got); diff != "" {
		t.Errorf("IDs (-want +got):\n%s", diff)
	}
	var again rfm.Tally[K]
	if err := again.UnmarshalBinary(bytesOf(t, &tally)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytesOf(t, &tally), bytesOf(t, &again)) {
		t.Errorf("%T IDs read from bytes are others", ascending)
	}
}

// A tally takes as many customers as come: pages grow without
// losing one.
func TestTallyGrows(t *testing.T) {
	const n = 50_000
	var tally rfm.Tally[uint32]
	for round := range 2 {
		for i := range uint32(n) {
			if err := tally.Add(i*2654435761, rfm.Order{At: time.Unix(int64(round), 0), Amount: decimal.New(1, 0)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if tally.Len() != n {
		t.Fatalf("%d customers, want %d", tally.Len(), n)
	}
	seen := 0
	for id, r := range tally.All() {
		if seen++; r.Orders != 2 || !r.Spend.Equal(dec("2")) {
			t.Fatalf("customer %d has %+v", id, r)
		}
	}
	if seen != n {
		t.Fatalf("All gave %d customers", seen)
	}
	if _, ok := tally.Record(1); ok {
		t.Error("found a customer who never came")
	}
}

func TestTallyStopsWhenAsked(t *testing.T) {
	var tally rfm.Tally[int]
	for id := range 3 {
		if err := tally.Add(id, rfm.Order{At: time.Unix(0, 0)}); err != nil {
			t.Fatal(err)
		}
	}
	for id := range tally.All() {
		if id == 1 {
			break
		}
	}
}
