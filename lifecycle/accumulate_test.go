package lifecycle_test

import (
	"bytes"
	"encoding"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle"
)

// accumulator is what all have in common.
type accumulator interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
	encoding.BinaryAppender
}

// kind makes accumulators of one type, of one configuration.
type kind struct {
	name  string
	fresh func() accumulator
	add   func(accumulator, event) error
	merge func(into, from accumulator) error
	// columns adds events as columns; nil if there is no such way.
	columns func(a accumulator, ids, unix, thousandths []int64) error
}

func kinds(zone *time.Location, until time.Time) []kind {
	return []kind{
		{
			"activity",
			func() accumulator {
				return &lifecycle.Activity[int64]{Each: lifecycle.Weekly(time.Monday), Zone: zone, Until: until}
			},
			func(a accumulator, e event) error { return a.(*lifecycle.Activity[int64]).Add(int64(e.id), e.at) },
			func(a, b accumulator) error {
				return a.(*lifecycle.Activity[int64]).Merge(b.(*lifecycle.Activity[int64]))
			},
			func(a accumulator, ids, unix, _ []int64) error {
				return a.(*lifecycle.Activity[int64]).AddColumns(lifecycle.Columns[int64]{Customer: ids, At: unix})
			},
		},
		{
			"revenue",
			func() accumulator {
				return &lifecycle.Revenue[int64]{Each: lifecycle.Daily(), Zone: zone, Until: until}
			},
			func(a accumulator, e event) error {
				return a.(*lifecycle.Revenue[int64]).Add(int64(e.id), e.at, e.amount)
			},
			func(a, b accumulator) error {
				return a.(*lifecycle.Revenue[int64]).Merge(b.(*lifecycle.Revenue[int64]))
			},
			func(a accumulator, ids, unix, thousandths []int64) error {
				return a.(*lifecycle.Revenue[int64]).AddColumns(lifecycle.Columns[int64]{Customer: ids, At: unix, Amount: thousandths, Places: 3})
			},
		},
		{
			"log",
			func() accumulator { return &lifecycle.Log[int64]{Zone: zone, Until: until} },
			func(a accumulator, e event) error { return a.(*lifecycle.Log[int64]).Add(int64(e.id), e.at) },
			func(a, b accumulator) error { return a.(*lifecycle.Log[int64]).Merge(b.(*lifecycle.Log[int64])) },
			func(a accumulator, ids, unix, _ []int64) error {
				return a.(*lifecycle.Log[int64]).AddColumns(lifecycle.Columns[int64]{Customer: ids, At: unix})
			},
		},
		{
			"survival",
			func() accumulator { return &lifecycle.Survival{Unit: "days"} },
			func(a accumulator, e event) error {
				weight, _ := e.amount.Abs().Float64()
				exit := 0.1 * float64(1+e.at.Unix()%50)
				return a.(*lifecycle.Survival).AddWeighted(lifecycle.Spell{Exit: exit, Event: e.id%2 == 0}, weight+0.1)
			},
			func(a, b accumulator) error { return a.(*lifecycle.Survival).Merge(b.(*lifecycle.Survival)) },
			nil,
		},
		{
			"spend",
			func() accumulator {
				return &lifecycle.Spend{Each: lifecycle.Weekly(time.Monday), Zone: zone, Until: until}
			},
			func(a accumulator, e event) error {
				return a.(*lifecycle.Spend).Add([]string{"", "ads", "mall"}[e.id%3], e.at, e.amount)
			},
			func(a, b accumulator) error { return a.(*lifecycle.Spend).Merge(b.(*lifecycle.Spend)) },
			nil,
		},
		{
			"actions",
			func() accumulator { return &lifecycle.Actions[int64]{Zone: zone, Until: until} },
			func(a accumulator, e event) error {
				return a.(*lifecycle.Actions[int64]).Add(int64(e.id), []string{"order", "search"}[e.id%2], e.at)
			},
			func(a, b accumulator) error {
				return a.(*lifecycle.Actions[int64]).Merge(b.(*lifecycle.Actions[int64]))
			},
			nil,
		},
	}
}

func drawEvents(t *rapid.T) (events []event) {
	for range rapid.IntRange(0, 30).Draw(t, "events") {
		amount := decimal.New(rapid.Int64Range(-1e6, 1e6).Draw(t, "amount"), -3)
		if rapid.IntRange(0, 9).Draw(t, "large") == 0 {
			amount = amount.Shift(15) // so that sums outgrow an int64
		}
		events = append(events, event{
			rapid.IntRange(1, 5).Draw(t, "customer"),
			worldStart.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "hour")) * time.Hour),
			amount,
		})
	}
	return events
}

func mustMarshal(t rapid.TB, a accumulator) []byte {
	t.Helper()
	data, err := a.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAnyOrderAnySplitSameBytes(t *testing.T) {
	zone := zones(t)[1]
	until := worldStart.Add(1500 * time.Hour)
	for _, k := range kinds(zone, until) {
		t.Run(k.name, func(t *testing.T) {
			// Property: shuffling the events and merging them from shards in any
			// bracketing, some through bytes, gives the same bytes.
			rapid.Check(t, func(t *rapid.T) {
				events := drawEvents(t)
				whole := k.fresh()
				for _, e := range events {
					if err := k.add(whole, e); err != nil {
						t.Fatal(err)
					}
				}
				want := mustMarshal(t, whole)

				random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
				random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
				shards := make([]accumulator, rapid.IntRange(1, 5).Draw(t, "shards"))
				for i := range shards {
					shards[i] = k.fresh()
				}
				for _, e := range events {
					if err := k.add(shards[random.IntN(len(shards))], e); err != nil {
						t.Fatal(err)
					}
				}
				for len(shards) > 1 {
					i := random.IntN(len(shards) - 1)
					from := shards[i+1]
					if random.IntN(2) == 0 {
						from = k.fresh()
						if err := from.UnmarshalBinary(mustMarshal(t, shards[i+1])); err != nil {
							t.Fatal(err)
						}
					}
					before := mustMarshal(t, from)
					if err := k.merge(shards[i], from); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(before, mustMarshal(t, from)) {
						t.Fatal("merging changed the other")
					}
					shards = append(shards[:i+1], shards[i+2:]...)
				}
				if got := mustMarshal(t, shards[0]); !bytes.Equal(got, want) {
					t.Fatalf("bytes differ:\n%x\n%x", want, got)
				}
			})
		})
	}
}

func TestKnownCustomersInAnyShard(t *testing.T) {
	know := map[string]func(accumulator, int64) error{
		"activity": func(a accumulator, id int64) error { return a.(*lifecycle.Activity[int64]).Know(id) },
		"revenue":  func(a accumulator, id int64) error { return a.(*lifecycle.Revenue[int64]).Know(id) },
		"log":      func(a accumulator, id int64) error { return a.(*lifecycle.Log[int64]).Know(id, worldStart) },
	}
	for _, k := range kinds(nil, time.Time{})[:3] {
		t.Run(k.name, func(t *testing.T) {
			// Customer 1 is known alone; 2 is known first, 3 later; and the first
			// period that is counted from 1970 is 0, as a place without one is.
			bought := func(a accumulator, id int, at time.Time) {
				checkAdd(t, k.add(a, event{id, at, decimal.NewFromInt(1)}))
			}
			whole, one, two := k.fresh(), k.fresh(), k.fresh()
			for _, id := range []int64{1, 2} {
				checkAdd(t, know[k.name](whole, id))
				checkAdd(t, know[k.name](one, id))
			}
			for _, at := range []time.Time{time.Unix(0, 0), worldStart, worldStart.AddDate(3, 0, 0)} {
				bought(whole, 2, at)
				bought(whole, 3, at)
				bought(two, 2, at)
				bought(one, 3, at)
			}
			checkAdd(t, know[k.name](whole, 3))
			checkAdd(t, know[k.name](two, 3))
			want := mustMarshal(t, whole)
			read := k.fresh()
			checkAdd(t, read.UnmarshalBinary(want))
			checkAdd(t, k.merge(one, two))
			for what, a := range map[string]accumulator{"read": read, "merged": one} {
				if got := mustMarshal(t, a); !bytes.Equal(want, got) {
					t.Errorf("%s: bytes differ:\n%x\n%x", what, want, got)
				}
			}
			bought(read, 2, time.Unix(0, 0).AddDate(0, 6, 0))
			bought(whole, 2, time.Unix(0, 0).AddDate(0, 6, 0))
			if want, got := mustMarshal(t, whole), mustMarshal(t, read); !bytes.Equal(want, got) {
				t.Errorf("going on after reading: bytes differ:\n%x\n%x", want, got)
			}
		})
	}
}

func TestColumnsAreRows(t *testing.T) {
	zone := zones(t)[1]
	until := worldStart.Add(1500 * time.Hour)
	for _, k := range kinds(zone, until)[:3] {
		t.Run(k.name, func(t *testing.T) {
			// Property: adding columns is adding their rows.
			rapid.Check(t, func(t *rapid.T) {
				rows, columns := k.fresh(), k.fresh()
				var ids, unix, thousandths []int64
				for _, e := range drawEvents(t) {
					if !e.amount.Shift(3).BigInt().IsInt64() {
						continue
					}
					if err := k.add(rows, e); err != nil {
						t.Fatal(err)
					}
					ids, unix, thousandths = append(ids, int64(e.id)), append(unix, e.at.Unix()), append(thousandths, e.amount.Shift(3).IntPart())
				}
				if len(ids) == 0 {
					return
				}
				if err := k.columns(columns, ids, unix, thousandths); err != nil {
					t.Fatal(err)
				}
				if k.name == "revenue" {
					return // rows may have fewer decimal places; see TestRevenueColumns
				}
				if want, got := mustMarshal(t, rows), mustMarshal(t, columns); !bytes.Equal(want, got) {
					t.Fatalf("bytes differ:\n%x\n%x", want, got)
				}
			})
		})
	}
}

func TestSameEventTwice(t *testing.T) {
	// Property: activities and logs merged with themselves do not change, so
	// that a shard may be delivered twice.
	rapid.Check(t, func(t *rapid.T) {
		for _, k := range []int{0, 2} {
			k := kinds(nil, time.Time{})[k]
			a, b := k.fresh(), k.fresh()
			for _, e := range drawEvents(t) {
				if err := k.add(a, e); err != nil {
					t.Fatal(err)
				}
			}
			want := mustMarshal(t, a)
			if err := b.UnmarshalBinary(want); err != nil {
				t.Fatal(err)
			}
			if err := k.merge(a, b); err != nil {
				t.Fatal(err)
			}
			if got := mustMarshal(t, a); !bytes.Equal(want, got) {
				t.Fatalf("%s: bytes differ:\n%x\n%x", k.name, want, got)
			}
		}
	})
}

func TestUnlikeConfigurationsDoNotMerge(t *testing.T) {
	zones := zones(t)
	base := lifecycle.Activity[int]{Zone: zones[1], Until: worldStart}
	checkAdd(t, base.Add(1, worldStart))
	tests := []struct {
		name  string
		other *lifecycle.Activity[int]
		want  string
	}{
		{"period", &lifecycle.Activity[int]{Each: lifecycle.Daily(), Zone: zones[1], Until: worldStart}, "lifecycle: merging by day into by month"},
		{"zone", &lifecycle.Activity[int]{Zone: zones[2], Until: worldStart}, `lifecycle: merging of zone "Asia/Kolkata" into zone "America/New_York"`},
		{"zone of the same name", &lifecycle.Activity[int]{Zone: time.FixedZone("America/New_York", 3600), Until: worldStart}, `lifecycle: merging of zone "America/New_York" into zone "America/New_York"`},
		{"until", &lifecycle.Activity[int]{Zone: zones[1]}, "lifecycle: merging until 0001-01-01T00:00:00Z into until 2011-11-01T00:00:00Z"},
		{"itself", &base, "lifecycle: an activity can't be merged into itself"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := base.Merge(test.other); err == nil || err.Error() != test.want {
				t.Errorf("Merge = %v, want %q", err, test.want)
			}
			if test.other == &base {
				return
			}
			data := mustMarshal(t, test.other)
			into := lifecycle.Activity[int]{Zone: zones[1], Until: worldStart}
			if err := into.UnmarshalBinary(data); err == nil && test.name != "zone of the same name" {
				t.Error("unmarshalled")
			}
		})
	}
	var revenue lifecycle.Revenue[int]
	var log lifecycle.Log[int]
	var waits lifecycle.Survival
	for name, err := range map[string]error{
		"revenue by day": revenue.Merge(&lifecycle.Revenue[int]{Each: lifecycle.Daily()}), "revenue with itself": revenue.Merge(&revenue),
		"log of a zone": log.Merge(&lifecycle.Log[int]{Zone: zones[1]}), "log with itself": log.Merge(&log),
		"survival with itself": waits.Merge(&waits),
	} {
		if err == nil {
			t.Errorf("merged %s", name)
		}
	}
	weeks := lifecycle.Survival{Unit: "weeks"}
	if err := weeks.Merge(&lifecycle.Survival{Unit: "days"}); err == nil || !strings.Contains(err.Error(), `"days"`) {
		t.Errorf("survival in mixed units merged: %v", err)
	}
	if _, err := lifecycle.LogRank(&weeks, &lifecycle.Survival{Unit: "days"}); err == nil {
		t.Error("survivals in mixed units compared")
	}
}

func TestConfigurationIsFixedByTheFirstEvent(t *testing.T) {
	a := lifecycle.Activity[int]{}
	checkAdd(t, a.Add(1, worldStart))
	before := mustMarshal(t, &a)
	a.Each = lifecycle.Daily()
	if err := a.Add(1, worldStart); err == nil {
		t.Error("a monthly activity took a day")
	}
	a.Each = lifecycle.Monthly()
	if !bytes.Equal(before, mustMarshal(t, &a)) {
		t.Error("the refused event left something")
	}
}

type uuid [16]byte

type level uint8

func TestEveryKindOfID(t *testing.T) {
	checkIDs(t, "ann", "bob")
	checkIDs(t, uuid{1}, uuid{15: 1})
	checkIDs(t, level(0), level(255))
	checkIDs(t, int8(-1), int8(1))
	checkIDs(t, int16(-300), int16(300))
	checkIDs(t, uint32(1<<31), uint32(1))
	checkIDs(t, -1, 1)
	checkIDs(t, uint64(1<<63), uint64(1))
}

// checkIDs has two customers, one of them active in 1969, through all that
// depends on the type of an ID.
func checkIDs[K regulars.ID](t *testing.T, a, b K) {
	t.Helper()
	before, at := time.Date(1969, 12, 31, 23, 59, 59, 1000, time.UTC), worldStart
	var log, again lifecycle.Log[K]
	checkAdd(t, log.Add(a, before))
	checkAdd(t, log.Add(a, at))
	checkAdd(t, log.AddColumns(lifecycle.Columns[K]{Customer: []K{b}, At: []int64{at.Unix()}}))
	checkAdd(t, again.UnmarshalBinary(mustMarshal(t, &log)))
	if events, ok := again.Events(a); !ok || len(events) != 2 || !events[0].Equal(before) {
		t.Errorf("%T: events %v, %v", a, events, ok)
	}
	var rows, columns lifecycle.Activity[K]
	checkAdd(t, rows.Add(a, before))
	checkAdd(t, rows.Add(a, at))
	checkAdd(t, rows.Add(b, at))
	checkAdd(t, columns.AddColumns(lifecycle.Columns[K]{Customer: []K{b, a, a}, At: []int64{at.Unix(), before.Unix(), at.Unix()}}))
	for what, activity := range map[string]*lifecycle.Activity[K]{"columns": &columns, "log": again.Activity(lifecycle.Monthly())} {
		if want, got := mustMarshal(t, &rows), mustMarshal(t, activity); !bytes.Equal(want, got) {
			t.Errorf("%T, %s: bytes differ:\n%x\n%x", a, what, want, got)
		}
	}
	growth, err := rows.Growth(at.AddDate(0, 0, 1), lifecycle.GrowthOptions[K]{})
	checkAdd(t, err)
	if first, last := growth[0], growth[len(growth)-1]; first.Name != "1969-12" || first.New != 1 || last.New != 1 || last.Resurrected != 1 {
		t.Errorf("%T: from %+v to %+v", a, first, last)
	}
}

func TestBadEventsChangeNothing(t *testing.T) {
	good := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	var a lifecycle.Activity[string]
	var r lifecycle.Revenue[string]
	var l lifecycle.Log[string]
	amount := decimal.NewFromInt(1)
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"activity without an ID", a.Add("", good), "lifecycle: customer has an empty ID"},
		{"activity without a time", a.Add("ann", time.Time{}), "lifecycle: event of customer ann has no time"},
		{"activity in milliseconds", a.Add("ann", time.Unix(1_700_000_000_000, 0)), "lifecycle: event of customer ann at 1700000000000 seconds since 1970: want the years 1 to 9999"},
		{"nobody known", a.Know(""), "lifecycle: customer has an empty ID"},
		{"revenue without an ID", r.Add("", good, amount), "lifecycle: customer has an empty ID"},
		{"revenue without a time", r.Add("ann", time.Time{}, amount), "lifecycle: amount of customer ann has no time"},
		{"revenue with an exponent", r.Add("ann", good, decimal.New(1, 1_000_000_000)), "lifecycle: customer ann: amount has exponent 1000000000: want -18 to 18"},
		{"revenue, nobody known", r.Know(""), "lifecycle: customer has an empty ID"},
		{"log without an ID", l.Add("", good), "lifecycle: customer has an empty ID"},
		{"log without a time", l.Add("ann", time.Time{}), "lifecycle: event of customer ann has no time"},
		{"log, known in milliseconds", l.Know("ann", time.Unix(1_700_000_000_000, 0)), "lifecycle: customer ann: known at 1700000000000 seconds since 1970: want the years 1 to 9999"},
		{"columns of two lengths", a.AddColumns(lifecycle.Columns[string]{Customer: []string{"ann"}, At: nil}), "lifecycle: columns of 1 customers and 0 times: want as many of each"},
		{"a column's late row", a.AddColumns(lifecycle.Columns[string]{Customer: []string{"ann", "bob"}, At: []int64{0, 1e13}}), "lifecycle: row 1: at 10000000000000 seconds since 1970: want the years 1 to 9999"},
		{"a column's empty ID", l.AddColumns(lifecycle.Columns[string]{Customer: []string{"ann", ""}, At: []int64{0, 0}}), "lifecycle: row 1: customer has an empty ID"},
		{"amounts of another length", r.AddColumns(lifecycle.Columns[string]{Customer: []string{"ann"}, At: []int64{0}, Places: 2}), "lifecycle: columns of 1 customers and 0 amounts: want as many of each"},
		{"too many places", r.AddColumns(lifecycle.Columns[string]{Customer: []string{"ann"}, At: []int64{0}, Amount: []int64{0}, Places: 19}), "lifecycle: columns with 19 places: want 0 to 18"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.err == nil || test.err.Error() != test.want {
				t.Errorf("error %v, want %q", test.err, test.want)
			}
		})
	}
	if n := a.Len() + r.Len() + l.Len(); n != 0 {
		t.Errorf("%d customers were added", n)
	}
}

func TestEventsAfterUntilAreSetAside(t *testing.T) {
	until := time.Date(2024, 5, 1, 12, 0, 0, 500, time.UTC)
	for _, k := range kinds(nil, until)[:3] {
		t.Run(k.name, func(t *testing.T) {
			a := k.fresh()
			for _, at := range []time.Time{until.Add(-time.Hour), until, until.Add(1), until.AddDate(1, 0, 0)} {
				checkAdd(t, k.add(a, event{1, at, decimal.NewFromInt(1)}))
			}
			checkAdd(t, k.columns(a, []int64{1, 1}, []int64{until.Unix(), until.Unix() + 1}, []int64{1, 1}))
			if got := a.(interface{ AfterUntil() int }).AfterUntil(); got != 3 {
				t.Errorf("AfterUntil = %d, want 3", got)
			}
		})
	}
}

func TestRevenueColumns(t *testing.T) {
	var rows, columns lifecycle.Revenue[int32]
	big := int64(9_000_000_000_000_000_000)
	units := []int64{1250, -300, big, big, big, -big}
	ids, unix := []int32{1, 1, 2, 2, 2, 3}, []int64{0, 86400, 0, 0, 0, 0}
	for i, u := range units {
		checkAdd(t, rows.Add(ids[i], time.Unix(unix[i], 0), decimal.New(u, -2)))
	}
	checkAdd(t, columns.AddColumns(lifecycle.Columns[int32]{Customer: ids, At: unix, Amount: units, Places: 2}))
	want, got := mustMarshal(t, &rows), mustMarshal(t, &columns)
	if !bytes.Equal(want, got) {
		t.Errorf("bytes differ:\n%x\n%x", want, got)
	}
	value, err := columns.Value(time.Unix(40*86400, 0), lifecycle.CohortOptions[int32]{})
	checkAdd(t, err)
	if got, want := value.All.Cells[0].Total.String(), "180000000000000009.5"; got != want {
		t.Errorf("total %s, want %s", got, want)
	}
}

func TestAllocations(t *testing.T) {
	var a lifecycle.Activity[int64]
	var r lifecycle.Revenue[string]
	at, amount := worldStart, decimal.New(1999, -2)
	checkAdd(t, a.Add(1, at))
	checkAdd(t, r.Add("ann", at, amount))
	policy := lifecycle.Policy{SilentAfter: regulars.Days(45)}
	h := lifecycle.History{First: at, Last: at, Events: 1}
	tests := []struct {
		name string
		do   func()
		most float64
	}{
		{"an event of a known customer", func() { checkAdd(t, a.Add(1, at)) }, 0},
		{"an amount of a known customer", func() { checkAdd(t, r.Add("ann", at, amount)) }, 0},
		{"a stage and its next change", func() { policy.At(h, at) }, 1}, // the Change
	}
	for _, test := range tests {
		if got := testing.AllocsPerRun(100, test.do); got > test.most {
			t.Errorf("%s: %v allocations, want at most %v", test.name, got, test.most)
		}
	}
}
