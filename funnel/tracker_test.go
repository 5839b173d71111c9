package funnel

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func drawTracked(rt *rapid.T) Funnel {
	m := Match{
		Window: drawWindow(rt),
		Ties:   drawTies(rt),
		Order:  Order(rapid.IntRange(0, 1).Draw(rt, "order")),
		Entry:  Entry(rapid.IntRange(0, 1).Draw(rt, "entry")),
	}
	f := abc(rapid.IntRange(1, 4).Draw(rt, "K"), m)
	if len(f.Steps) > 1 && rapid.Bool().Draw(rt, "gap") {
		f.Steps[1].MaxGap = Within(2 * time.Second)
	}
	if m.Order == Ordered && len(f.Steps) > 1 && rapid.Bool().Draw(rt, "excludes") {
		f.Match.Exclusions = []Exclusion{{Events: []string{"x"}}}
		f.Match.Excluded = Excluded(rapid.IntRange(0, 1).Draw(rt, "excluded"))
	}
	return f
}

// Property: whenever the watermark moves, and however often the tracker is
// marshalled on the way, each user's result is that of all events together, as
// long as none is late. And in whatever order the events of a stretch come, the
// bytes are the same.
func TestTrackerAgreesWithBatch(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := drawTracked(rt)
		events := drawLog(rt, 3, 12, len(f.Steps))
		slices.SortStableFunc(events, func(a, b row) int { return int(a.T - b.T) })
		tracker, err := NewTracker(f, rows)
		if err != nil {
			rt.Fatal(err)
		}
		other, err := NewTracker(f, rows)
		if err != nil {
			rt.Fatal(err)
		}
		watermark, end := int64(0), events[len(events)-1].T+10
		seen := 0
		for watermark < end {
			watermark += rapid.Int64Range(1, 5).Draw(rt, "by")
			var batch []row
			for ; seen < len(events) && events[seen].T < watermark+2; seen++ {
				batch = append(batch, events[seen])
			}
			follow(rt, tracker, batch, watermark)
			follow(rt, other, shuffledUnlessGiven(rt, f.Match, batch), watermark)
			if rapid.Bool().Draw(rt, "carry") {
				other = carried(rt, f, other)
			}
			compareToBatch(rt, f, tracker, events[:seen], watermark)
		}
		if tracker.Late != 0 {
			rt.Fatalf("%d are late", tracker.Late)
		}
		if !bytes.Equal(trackerBytes(rt, tracker), trackerBytes(rt, other)) {
			rt.Fatal("another order gives other bytes")
		}
	})
}

func follow(rt *rapid.T, t *Tracker[row, string], events []row, watermark int64) {
	for _, e := range events {
		if late, err := t.Add(e); late || err != nil {
			rt.Fatalf("%v: late %t, %v", e, late, err)
		}
	}
	if err := t.Advance(time.Unix(watermark, 0)); err != nil {
		rt.Fatal(err)
	}
}

func trackerBytes(rt *rapid.T, t *Tracker[row, string]) []byte {
	data, err := t.MarshalBinary()
	if err != nil {
		rt.Fatal(err)
	}
	return data
}

func carried(rt *rapid.T, f Funnel, t *Tracker[row, string]) *Tracker[row, string] {
	data := trackerBytes(rt, t)
	read, err := NewTracker(f, rows)
	if err != nil {
		rt.Fatal(err)
	}
	if err := read.UnmarshalBinary(data); err != nil {
		rt.Fatal(err)
	}
	if !bytes.Equal(data, trackerBytes(rt, read)) {
		rt.Fatal("what was read is written otherwise")
	}
	return read
}

func compareToBatch(rt *rapid.T, f Funnel, t *Tracker[row, string], events []row, watermark int64) {
	want, err := Outcomes(f, rows, events)
	if err != nil {
		rt.Fatal(err)
	}
	// What is open is as of the watermark, though newer events count.
	m := newMatcher(f.compile(microsecond), watermark*1e6-1)
	for _, o := range want {
		for i := range o.Chain {
			o.Chain[i].Event = -1
		}
		got, ok := t.Result(o.User)
		if !ok {
			rt.Fatalf("user %s is not known", o.User)
		}
		if o.Ended == TimedOut || o.Ended == NoEvent {
			deadline, limited := m.deadline(&mark{level: o.Level, start: o.Chain[0].At.UnixMicro(), end: o.Chain[o.Level-1].At.UnixMicro()})
			if limited && m.asOf < deadline {
				o.Ended, o.EndedAt = StillOpen, fromMicros(deadline)
			}
		}
		o.Open = got.Open // told apart in TestTrackerOpen
		if diff := cmp.Diff(o.Result, got); diff != "" {
			rt.Fatalf("%+v, user %s of %v (-batch +tracker):\n%s", f, o.User, events, diff)
		}
	}
}

func TestTrackerLate(t *testing.T) {
	tracker, err := NewTracker(abc(2, Match{Window: Within(10 * time.Second)}), rows)
	if err != nil {
		t.Fatal(err)
	}
	if err := tracker.Advance(time.Unix(100, 0)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		event row
		late  bool
	}{
		{row{"u", 99, "A"}, true},
		{row{"u", 100, "A"}, false},
		{row{"v", 98, "x"}, true},
		{row{"u", 110, "B"}, false},
	} {
		if late, err := tracker.Add(c.event); late != c.late || err != nil {
			t.Errorf("%v: late %t, %v", c.event, late, err)
		}
	}
	if r, ok := tracker.Result("u"); !ok || r.Level != 2 {
		t.Errorf("u: %+v, %t", r, ok)
	}
	if _, ok := tracker.Result("v"); ok || tracker.Len() != 1 || tracker.Late != 2 {
		t.Errorf("v is known: %t; %d users, %d late", ok, tracker.Len(), tracker.Late)
	}
	if err := tracker.Advance(time.Unix(99, 0)); err == nil {
		t.Error("a watermark that goes back: want an error")
	}
	if err := tracker.Advance(time.Time{}); err == nil {
		t.Error("no watermark: want an error")
	}
	if _, err := tracker.Add(row{"u", 1 << 50, "A"}); err == nil {
		t.Error("an event in the year 35 million: want an error")
	}
}

func TestTrackerOpen(t *testing.T) {
	tracker, err := NewTracker(abc(2, Match{Window: Within(10 * time.Second)}), rows)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tracker.Add(row{"u", 100, "A"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		watermark int64
		want      Result
	}{
		{110, Result{Ended: StillOpen, EndedAt: time.Unix(110, 0).UTC(), Open: true}},
		{111, Result{Ended: NoEvent}},
	} {
		if err := tracker.Advance(time.Unix(c.watermark, 0)); err != nil {
			t.Fatal(err)
		}
		got, _ := tracker.Result("u")
		c.want.Level, c.want.Chain = 1, []Hit{{1, -1, time.Unix(100, 0).UTC()}}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("watermark %d (-want +got):\n%s", c.watermark, diff)
		}
	}
}

func TestTrackerState(t *testing.T) {
	f := abc(3, Match{Window: Within(time.Minute)})
	one, err := NewTracker(f, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range log("u: A1 B2; v: A3") {
		if _, err := one.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := one.Advance(time.Unix(2, 0)); err != nil {
		t.Fatal(err)
	}
	state, ok := one.State("u")
	if !ok {
		t.Fatal("u is not known")
	}
	other, err := NewTracker(f, rows)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.SetState("u", state); err == nil {
		t.Error("a state under a later watermark: want an error")
	}
	if err := other.Advance(time.Unix(2, 0)); err != nil {
		t.Fatal(err)
	}
	if err := other.SetState("u", state[:len(state)-1]); err == nil {
		t.Error("a state cut short: want an error")
	}
	if err := other.SetState("u", state); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Add(row{"u", 5, "C"}); err != nil {
		t.Fatal(err)
	}
	if r, _ := other.Result("u"); r.Level != 3 {
		t.Errorf("level %d, want 3", r.Level)
	}
	if _, ok := one.State("nobody"); ok {
		t.Error("a state of nobody")
	}
}

func TestTrackerRefuses(t *testing.T) {
	sessions := abc(2, Match{})
	sessions.By = BySession
	for name, f := range map[string]Funnel{
		"any order": abc(2, Match{Order: AnyOrder}),
		"nested":    abc(2, Match{Order: Nested}),
		"sessions":  sessions,
		"no steps":  {},
	} {
		if _, err := NewTracker(f, rows); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	if _, err := NewTracker(abc(2, Match{}), Source[row, string]{At: rows.At, Name: rows.Name}); err == nil {
		t.Error("no User: want an error")
	}
}

func FuzzTrackerUnmarshal(f *testing.F) {
	funnel := abc(3, Match{Window: Within(time.Hour), Exclusions: []Exclusion{{Events: []string{"x"}}}})
	for _, text := range []string{"", "u: A1 B2 x3", "u: A1 A5; v: C1 B2"} {
		tracker, err := NewTracker(funnel, rows)
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range log(text) {
			if _, err := tracker.Add(e); err != nil {
				f.Fatal(err)
			}
		}
		if err := tracker.Advance(time.Unix(3, 0)); err != nil {
			f.Fatal(err)
		}
		data, err := tracker.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		tracker, err := NewTracker(funnel, rows)
		if err != nil {
			t.Fatal(err)
		}
		if tracker.UnmarshalBinary(data) != nil {
			return
		}
		for range tracker.All() {
		}
		if again, err := tracker.MarshalBinary(); err != nil || !bytes.Equal(data, again) {
			t.Errorf("%x is written as %x: %v", data, again, err)
		}
	})
}
