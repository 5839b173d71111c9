package loyalty

import (
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/calendar"
)

// monotone takes out of a program what may by design give less for more: an
// upper bound of the amount, and caps that reject what does not fit.
func monotone(p *Program) *Program {
	for i := range p.Rules {
		p.Rules[i].When.MaxAmount = p.Rules[i].When.MinAmount.Sub(p.Rules[i].When.MinAmount)
		for k := range p.Rules[i].Caps {
			p.Rules[i].Caps[k].Reject = false
		}
	}
	return p
}

func total(outcomes []outcome) (points int64) {
	for _, o := range outcomes {
		points += o.points
	}
	return points
}

// Property: who spends more on a line of an order never earns less, whatever
// the multipliers, caps and sets, save where a program bounds an amount from
// above or has a cap that rejects.
func TestMoreSpentNeverEarnsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		board := newTable(monotone(drawProgram(t)))
		zone := board.book.cal.zone
		at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 90*24).Draw(t, "hour")) * time.Hour)
		e := drawNaiveEvent(t, at)
		e.kind = "order"
		ev := e.event(&testing.T{}, zone)
		less := total(board.judge(ev, &board.mine, 1).outcomes)
		more := money(rapid.Int64Range(1, 1_000_000).Draw(t, "more"))
		ev.amount += more
		if len(ev.lines) > 0 {
			ev.lines[rapid.IntRange(0, len(ev.lines)-1).Draw(t, "line")].amount += more
		}
		if got := total(board.judge(ev, &board.mine, 1).outcomes); got < less {
			t.Fatalf("earned %d, and %d for %v more", less, got, more.decimal())
		}
	})
}

// Property: an order that is returned in parts, in any split, ends with what
// its last state alone gives: what the parts took back adds up to the award
// less that, never less than nothing at any step, and all of it when nothing
// is kept. Judging the whole again changes nothing.
func TestKeepIsExactForAnySplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		board := newTable(drawProgram(t))
		e := drawNaiveEvent(t, time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC))
		e.kind = "order"
		ev := e.event(&testing.T{}, board.book.cal.zone)
		outcomes := slices.Clone(board.judge(ev, &board.mine, 1).outcomes)
		given := slices.DeleteFunc(outcomes, func(o outcome) bool { return o.points == 0 })
		if len(given) == 0 || ev.amount == 0 {
			return
		}
		again := func() int64 {
			var out award
			board.book.award(ev, &standing{account: &Account{}, level: 1, referrer: referrerOpen, judged: given}, &out)
			if len(out.windows)+len(out.shared)+len(out.streaks)+len(out.tasks) > 0 {
				t.Fatalf("judging again used something up")
			}
			return total(out.outcomes)
		}
		last := total(given)
		if whole := again(); whole != last {
			t.Fatalf("the whole order gave %d, and again %d", last, whole)
		}
		taken := int64(0)
		for range rapid.IntRange(1, 5).Draw(t, "parts") {
			cut(t, ev)
			now := again()
			if now > last {
				t.Fatalf("kept less, and %d became %d", last, now)
			}
			taken += last - now
			last = now
		}
		if taken != total(given)-last {
			t.Fatalf("took back %d of %d, left %d", taken, total(given), last)
		}
		ev.amount = 0
		for i := range ev.lines {
			ev.lines[i].amount = 0
		}
		if left := again(); left != 0 {
			t.Fatalf("nothing was kept, and %d points were", left)
		}
	})
}

// cut returns a part of an order.
func cut(t *rapid.T, ev *event) {
	if len(ev.lines) == 0 {
		ev.amount = money(rapid.Int64Range(0, int64(ev.amount)).Draw(t, "kept"))
		return
	}
	l := &ev.lines[rapid.IntRange(0, len(ev.lines)-1).Draw(t, "line")]
	ev.amount -= l.amount
	l.amount = money(rapid.Int64Range(0, int64(l.amount)).Draw(t, "kept of the line"))
	ev.amount += l.amount
}

// Property: the points of a rule that shares them over lines add up, and no
// line is further from its exact share than one point.
func TestLinesShareAllPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "lines")
		p := &Program{
			Name: "p", Version: 1, Wallets: []Wallet{{ID: 1, Name: "points"}},
			Rules: []Rule{{ID: 1, Name: "spend", Layer: LayerRoutine, On: []string{"order"}, PerAmount: &PerAmount{Points: rapid.Int64Range(1, 9).Draw(t, "points"), Per: drawAmount(t, "per").Add(money(1).decimal())}, Rounding: RoundLines}},
		}
		if rapid.Bool().Draw(t, "raised") { // beyond 64 bits for large amounts
			p.Multipliers = []Multiplier{{ID: 1, Name: "m", Group: "a", Factor: decimal.New(33333, -4)}}
		}
		board := newTable(p)
		ev := &event{kind: "order"}
		for range n {
			m, _ := toMoney(drawAmount(t, "line"))
			ev.lines = append(ev.lines, eventLine{amount: m})
			ev.amount += m
		}
		out := board.judge(ev, &board.mine, 0)
		points, sum := out.outcomes[0].points, int64(0)
		for _, l := range out.lines {
			exact := float64(points) * float64(ev.lines[l.line].amount) / float64(ev.amount)
			if diff := float64(l.points) - exact; diff > 1+1e-9*exact || diff < -1-1e-9*exact {
				t.Fatalf("line %d got %d, exactly %f", l.line, l.points, exact)
			}
			sum += l.points
		}
		if sum != points {
			t.Fatalf("lines have %d points, want %d", sum, points)
		}
	})
}

// Property: a streak remembers the days of the last 64, and the length of the
// run before them, as a set of all days would.
func TestStreakAgainstASetOfDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s streak
		days := map[calendar.Day]bool{}
		last := calendar.Day(rapid.IntRange(400, 20000).Draw(t, "first"))
		for range rapid.IntRange(1, 200).Draw(t, "check-ins") {
			d := last + calendar.Day(rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 64, 65, -1, -2, -63}).Draw(t, "step"))
			s = s.with(d)
			days[d] = true
			last = max(last, d)
		}
		for d := last - 63; d <= last+1; d++ {
			run := int32(0)
			for e := d; days[e]; e-- {
				run++
			}
			known := s.run(d)
			if s.has(d) != days[d] || known != run {
				t.Fatalf("day %d: has %v, run %d; want %v, %d", d-last, s.has(d), known, days[d], run)
			}
		}
	})
}

func BenchmarkAward(b *testing.B) {
	p := BankCard()
	board := newTable(&p)
	ev := &event{kind: "card-spend", at: time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC).UnixMicro(), amount: 399900, attributes: []Attribute{{"channel", "app"}}}
	ev.day = calendar.DayOf(instant(ev.at), nil)
	st := standing{account: &board.mine, level: 2, referrer: referrerNone}
	var out award
	b.ReportAllocs()
	for b.Loop() {
		board.book.award(ev, &st, &out)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "awards/s")
}
