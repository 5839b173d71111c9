package tracking

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/wire"
)

// drawEvents draws deliveries with few IDs, names and values, so that most of
// what can happen does: repetitions, conflicts, violations of every sort.
func drawEvents(t *rapid.T) []Event {
	value := rapid.SampledFrom([]any{nil, 1, 1.5, "7", "app", "App", true, "", -3, []string{}, "2026-01-01"})
	one := rapid.Custom(func(t *rapid.T) Event {
		e := Event{
			ID:         rapid.SampledFrom([]string{"", "1", "2", "3", "4"}).Draw(t, "id"),
			Name:       rapid.SampledFrom([]string{"order", "view", "login", "Order", "$x", "share", ""}).Draw(t, "name"),
			Properties: rapid.MapOfN(rapid.SampledFrom([]string{"amount", "items", "channel", "page", "Page", "other"}), value, 0, 4).Draw(t, "properties"),
		}
		if at := rapid.IntRange(-1, 20).Draw(t, "at"); at >= 0 {
			e.At = noon.Add(time.Duration(at) * 13 * time.Hour)
		}
		if received := rapid.IntRange(-1, 3).Draw(t, "received"); received >= 0 {
			e.Received = noon.Add(time.Duration(received) * 60 * time.Hour)
		}
		return e
	})
	return rapid.SliceOfN(one, 0, 12).Draw(t, "events")
}

func collect(t testing.TB, events ...Event) *Tally {
	t.Helper()
	tally := &Tally{Validator: shop(t)}
	for _, e := range events {
		if _, err := tally.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	return tally
}

func binaryOf(t testing.TB, tally *Tally) []byte {
	t.Helper()
	data, err := tally.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func reportOf(t testing.TB, tally *Tally) Report {
	t.Helper()
	r, err := tally.Report(noon.AddDate(0, 0, 5), Figures{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Property: neither order, nor repetition, nor a split over tallies changes the
// bytes or the report.
func TestOrderSplitAndRepetition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := drawEvents(rt)
		whole := collect(t, events...)
		shuffled := rapid.Permutation(events).Draw(rt, "shuffled")
		cut := rapid.IntRange(0, len(events)).Draw(rt, "cut")
		left, right := collect(t, shuffled[:cut]...), collect(t, shuffled[cut:]...)
		for _, e := range rapid.SliceOf(rapid.SampledFrom(append(events, Event{ID: "x"}))).Draw(rt, "again") {
			if e.ID != "x" {
				_, _ = left.Add(e)
			}
		}
		if err := left.Merge(right); err != nil {
			rt.Fatal(err)
		}
		if !bytes.Equal(binaryOf(t, whole), binaryOf(t, left)) {
			rt.Fatal("bytes differ")
		}
		if diff := cmp.Diff(reportOf(t, whole), reportOf(t, left)); diff != "" {
			rt.Fatalf("report (-whole +merged):\n%s", diff)
		}
	})
}

// Property: fates add up to the events; a batch that is checked as a whole has
// as many repetitions as the tally, once equal rows are taken out; completeness
// and what is missing make 1, and what is not valid has one of three reasons.
func TestReportAddsUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := drawEvents(rt)
		r := reportOf(t, collect(t, events...))
		c := r.Collected
		if c.Accepted+c.Mended+c.SetAside != c.Events || c.Deliveries != c.Events+c.Duplicates.Part+c.Conflicts.Part {
			rt.Fatalf("counts do not add up: %+v", c)
		}
		for _, p := range r.Cleaned.Properties {
			if p.Present.Part+p.Missing.Part != p.Present.Of || p.Valid.Of != p.Present.Part ||
				p.Valid.Part+p.CastFailures+p.Misses+p.OutOfRange != p.Present.Part || p.Valid.Part < p.Cast {
				rt.Fatalf("property does not add up: %+v", p)
			}
		}
		seen := map[row]bool{}
		var rows []Event
		for _, e := range events {
			d := e.digest()
			key := row{id: d.id, received: receipt(e), content: d.content}
			if !seen[key] {
				rows = append(rows, e)
			}
			seen[key] = true
		}
		want := map[Code]int64{}
		for _, v := range shop(t).CheckAll(rows) {
			repeated := len(v.Violations) > 0 && (v.Violations[0].Code == DuplicateID || v.Violations[0].Code == ConflictingID)
			had := map[Code]bool{}
			for _, violation := range v.Violations {
				if !had[violation.Code] && (!repeated || violation.Code == v.Violations[0].Code) {
					want[violation.Code]++
				}
				had[violation.Code] = true
			}
		}
		got := map[Code]int64{}
		for _, code := range c.Codes {
			got[code.Code] = code.Events.Part
			if c.Of(code.Code) != code.Events.Part {
				rt.Fatalf("Of(%v) is %d", code.Code, c.Of(code.Code))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("codes (-batch +tally):\n%s", diff)
		}
	})
}

// Property: what is marshalled reads back as the same bytes, replaces whatever
// was there, and any strict prefix is an error that changes nothing.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		data := binaryOf(t, collect(t, drawEvents(rt)...))
		again := collect(t, order("old", nil))
		before := binaryOf(t, again)
		n := rapid.IntRange(0, len(data)-1).Draw(rt, "prefix")
		if err := again.UnmarshalBinary(data[:n]); err == nil || !bytes.Equal(before, binaryOf(t, again)) {
			rt.Fatalf("%d of %d bytes: %v", n, len(data), err)
		}
		if err := again.UnmarshalBinary(data); err != nil {
			rt.Fatal(err)
		}
		if !bytes.Equal(data, binaryOf(t, again)) {
			rt.Fatal("bytes differ")
		}
	})
}

func TestLimit(t *testing.T) {
	tally := &Tally{Validator: shop(t), Limit: 2}
	for _, step := range []struct {
		id   string
		want error
	}{{"1", nil}, {"1", nil}, {"2", nil}, {"3", ErrFull}, {"2", nil}} {
		if _, err := tally.Add(order(step.id, nil)); !errors.Is(err, step.want) {
			t.Errorf("adding %s: %v, want %v", step.id, err, step.want)
		}
	}
	before := binaryOf(t, tally)
	if err := tally.Merge(collect(t, order("3", nil))); !errors.Is(err, ErrFull) {
		t.Errorf("merging too much: %v", err)
	}
	if !bytes.Equal(before, binaryOf(t, tally)) {
		t.Error("a refused merge changed the tally")
	}
	if err := tally.Merge(collect(t, order("2", nil))); err != nil {
		t.Errorf("merging what is there: %v", err)
	}
	if err := tally.UnmarshalBinary(binaryOf(t, collect(t, order("1", nil), order("2", nil), order("3", nil)))); err == nil {
		t.Error("unmarshalled more than the limit")
	}
}

func TestUnlikeTallies(t *testing.T) {
	other, err := NewValidator(mustPlan(t, `{"events": [{"name": "order"}]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	zoned, err := NewValidator(mustPlan(t, shopPlan), time.FixedZone("CST", 8*60*60))
	if err != nil {
		t.Fatal(err)
	}
	tally := collect(t, order("1", nil))
	for _, unlike := range []*Tally{{Validator: other}, {Validator: zoned}, {}, tally} {
		if err := tally.Merge(unlike); err == nil {
			t.Errorf("merged %v", unlike)
		}
	}
	if err := (&Tally{Validator: other}).UnmarshalBinary(binaryOf(t, tally)); err == nil || !strings.Contains(err.Error(), "of the validator") {
		t.Errorf("unmarshalled for another validator: %v", err)
	}
	tally.Validator = other
	if _, err := tally.Add(order("1", nil)); err == nil {
		t.Error("the validator changed")
	}
	if _, err := (&Tally{}).Add(order("1", nil)); err == nil {
		t.Error("added without a validator")
	}
	if _, err := (&Tally{}).Report(noon, Figures{}); err == nil {
		t.Error("reported without a validator")
	}
	if _, err := (&Tally{}).MarshalBinary(); err == nil {
		t.Error("marshalled without a validator")
	}
	if err := (&Tally{}).UnmarshalBinary(nil); err == nil {
		t.Error("unmarshalled without a validator")
	}
}

func TestOutcomeWithoutADelivery(t *testing.T) {
	v := shop(t)
	data := wire.AppendString(wire.AppendString(nil, wireTally), v.ID())
	data = outcomeOf(order("1", nil), v.Check(order("1", nil))).append(wire.AppendUint(data, 1))
	data = wire.AppendUint(data, 0)
	if err := (&Tally{Validator: v}).UnmarshalBinary(data); err == nil || !strings.Contains(err.Error(), "without a delivery") {
		t.Errorf("read: %v", err)
	}
}

// A tally that sorts itself on the way counts as one that does not.
func TestMany(t *testing.T) {
	tally := collect(t)
	for i := range 3 * minUnclean {
		e := order(string(rune('a'+i%1000)), map[string]any{"amount": 1})
		if _, err := tally.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if got := reportOf(t, tally).Collected; got.Events != 1000 || got.Duplicates.Part != 0 || tally.Len() != 1000 {
		t.Errorf("1,000 rows, each several times: %+v", got)
	}
}

func FuzzUnmarshal(f *testing.F) {
	f.Add(binaryOf(f, collect(f, order("1", map[string]any{"amount": "x", "y": 1}), Event{Name: "share"})))
	f.Fuzz(func(t *testing.T, data []byte) {
		tally := &Tally{Validator: shop(t)}
		if err := tally.UnmarshalBinary(data); err != nil {
			return
		}
		if !bytes.Equal(data, binaryOf(t, tally)) {
			t.Errorf("%x reads without an error and writes differently", data)
		}
		reportOf(t, tally)
	})
}

func BenchmarkTally(b *testing.B) {
	v := shop(b)
	b.ReportAllocs()
	tally := &Tally{Validator: v}
	n := 0
	e := order("", map[string]any{"amount": 12.5, "items": 3.0, "channel": "web", "gift": true})
	for b.Loop() {
		e.At = noon.Add(time.Duration(n) * time.Millisecond)
		e.Received = e.At.Add(time.Second)
		if _, err := tally.Add(e); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}
