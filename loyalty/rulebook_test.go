package loyalty

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
)

// one is a program of a single rule for orders of 10 points.
func one(change func(r *Rule)) *Program {
	r := Rule{ID: 1, Name: "order", Layer: LayerRoutine, On: []string{"order"}, Points: 10}
	change(&r)
	return &Program{Name: "p", Version: 1, Wallets: []Wallet{{ID: 1, Name: "points"}}, Rules: []Rule{r}}
}

// Receipts say when a refused rule would have paid, if only time refused it.
func TestWhenItWouldHavePaid(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	local := func(month time.Month, day, hour int) time.Time {
		return time.Date(2026, month, day, hour, 0, 0, 0, shanghai)
	}
	wednesday := local(3, 4, 10)
	full := func(per string) func(r *Rule) {
		return func(r *Rule) { r.Caps = []Cap{{Per: per, Times: 1}} }
	}
	cases := []struct {
		name   string
		change func(r *Rule)
		twice  bool // the event comes a second time
		reason Reason
		want   time.Time
	}{
		{"too early", func(r *Rule) { r.When.From = local(3, 9, 8) }, false, ReasonDates, local(3, 9, 8)},
		{"too early, and then not on that day of the week", func(r *Rule) { r.When.From, r.When.Weekdays = local(3, 9, 8), []string{"tue"} }, false, ReasonDates, local(3, 10, 0)},
		{"too late", func(r *Rule) { r.When.To = local(3, 4, 10) }, false, ReasonDates, time.Time{}},
		{"a microsecond before the end", func(r *Rule) { r.When.To = local(3, 4, 10).Add(time.Microsecond) }, false, ReasonFired, time.Time{}},
		{"another weekday", func(r *Rule) { r.When.Weekdays = []string{"tue", "mon"} }, false, ReasonWeekday, local(3, 9, 0)},
		{"a weekday that does not come again", func(r *Rule) { r.When.Weekdays, r.When.To = []string{"tue"}, local(3, 10, 0) }, false, ReasonWeekday, time.Time{}},
		{"another reason too", func(r *Rule) { r.When.From, r.When.AllOf = local(3, 9, 8), []string{"a=b"} }, false, ReasonLabel, time.Time{}},
		{"once a day", full("day"), true, ReasonCapped, local(3, 5, 0)},
		{"once a week", full("week"), true, ReasonCapped, local(3, 9, 0)},
		{"once a month", full("month"), true, ReasonCapped, local(4, 1, 0)},
		{"once a year", full("year"), true, ReasonCapped, time.Date(2027, 1, 1, 0, 0, 0, 0, shanghai)},
		{"once in a life", full("life"), true, ReasonCapped, time.Time{}},
		{"once a day and on Wednesdays", func(r *Rule) { full("day")(r); r.When.Weekdays = []string{"wed"} }, true, ReasonCapped, local(3, 11, 0)},
		{"once a day and 15 points a month", func(r *Rule) { r.Caps = []Cap{{Per: "day", Times: 1}, {Per: "month", Points: 10}} }, true, ReasonCapped, local(4, 1, 0)},
		{"15 points a month and once a day", func(r *Rule) { r.Caps = []Cap{{Per: "month", Points: 10}, {Per: "day", Times: 1}} }, true, ReasonCapped, local(4, 1, 0)},
		{"15 points a week", func(r *Rule) { r.Caps = []Cap{{Per: "week", Points: 15}} }, true, ReasonTrimmed, local(3, 9, 0)},
		{"once a day and once in a life", func(r *Rule) { r.Caps = []Cap{{Per: "day", Times: 1}, {Per: "life", Times: 1}} }, true, ReasonCapped, time.Time{}},
		{"once a day and 5 points an event", func(r *Rule) { r.Caps = []Cap{{Per: "day", Times: 1}, {Per: "event", Points: 5}} }, true, ReasonCapped, time.Time{}},
		{"all of 15 points a day", func(r *Rule) { r.Caps = []Cap{{Per: "day", Points: 15, Reject: true}} }, true, ReasonCapped, local(3, 5, 0)},
		{"5 points an event", func(r *Rule) { r.Caps = []Cap{{Per: "event", Points: 5}} }, false, ReasonTrimmed, time.Time{}},
		{"the second check-in of a day", func(r *Rule) { r.On = []string{"check-in"} }, true, ReasonCheckedIn, local(3, 5, 0)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := one(c.change)
			p.Zone = shanghai
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
			board := newTable(p)
			ev := &event{kind: p.Rules[0].On[0], at: wednesday.UnixMicro(), day: calendar.DayOf(wednesday, shanghai)}
			out := board.judge(ev, &board.mine, 0)
			if c.twice {
				if err := board.apply(ev, &board.mine); err != nil {
					t.Fatal(err)
				}
				out = board.judge(ev, &board.mine, 0)
			}
			o := out.outcomes[0]
			if got := instant(o.retry); o.reason != c.reason || !got.Equal(c.want) {
				t.Errorf("%s until %s, want %s until %s", o.reason, got.In(shanghai), c.reason, c.want)
			}
		})
	}
}

func TestReferralIsPaidToWhomIsThere(t *testing.T) {
	p := one(func(r *Rule) {
		r.Points, r.Referral = 0, &Referral{Points: 100, Within: regulars.Days(30)}
	})
	enrolled := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	cases := []struct {
		name     string
		referrer referrer
		enrolled time.Time
		at       time.Time
		want     Reason
	}{
		{"nobody", referrerNone, enrolled, enrolled, ReasonNoReferrer},
		{"closed", referrerShut, enrolled, enrolled, ReasonReferrer},
		{"first event", referrerOpen, time.Time{}, enrolled, ReasonFired},
		{"just in time", referrerOpen, enrolled, enrolled.AddDate(0, 0, 30).Add(-time.Microsecond), ReasonFired},
		{"too late", referrerOpen, enrolled, enrolled.AddDate(0, 0, 30), ReasonLate},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			board := newTable(p)
			board.mine.enrolled = micros(c.enrolled)
			ev := &event{kind: "order", at: c.at.UnixMicro(), day: calendar.DayOf(c.at, nil)}
			board.book.award(ev, &standing{account: &board.mine, referrer: c.referrer}, &board.out)
			if o := board.out.outcomes[0]; o.reason != c.want || !o.referrer || (o.points == 100) != (c.want == ReasonFired) {
				t.Errorf("%+v, want %s", o, c.want)
			}
		})
	}
}

// Of a set only the rule fires that gives most, after caps; of equals the one
// with the lowest ID. What does not fire uses up nothing.
func TestBestOfASet(t *testing.T) {
	set := func(points ...int64) *Program {
		p := one(func(r *Rule) { r.Points, r.Best = points[0], "s" })
		for i, n := range points[1:] {
			p.Rules = append(p.Rules, Rule{ID: uint32(i + 2), Name: string(rune('a' + i)), Layer: LayerRoutine, On: []string{"order"}, Points: n, Best: "s"})
		}
		return p
	}
	capped := set(30, 20)
	capped.Rules[0].Caps = []Cap{{Per: "day", Points: 15}}
	cases := []struct {
		name    string
		program *Program
		want    []int64
	}{
		{"the most", set(10, 30, 20), []int64{0, 30, 0}}, {"the first of equals", set(10, 20, 20), []int64{0, 20, 0}}, {"after caps", capped, []int64{0, 20}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			board := newTable(c.program)
			out := board.judge(&event{kind: "order"}, &board.mine, 0)
			var got []int64
			for _, o := range out.outcomes {
				got = append(got, o.points)
				if o.points == 0 && (o.reason != ReasonOutranked || o.cap != -1 || o.retry != 0) {
					t.Errorf("%+v", o)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("points (-want +got) %s", diff)
			}
			if len(out.windows) != 0 {
				t.Errorf("used up %+v", out.windows)
			}
		})
	}
}

// Numbers at the edge of 64 and 128 bits: 2^40 units × 2^24 points for each unit
// are 2^64, which no quotient holds, and so the most there is; 20.5, 21.5 and
// 22.4 points, by products of more than 64 bits, go to 20, 22 and 22.
func TestLargeNumbersAreRoundedAlike(t *testing.T) {
	most := newTable(one(func(r *Rule) { r.Points, r.PerAmount = 0, &PerAmount{Points: 1 << 24, Per: decimal.New(1, -4)} }))
	if got := most.judge(&event{kind: "order", amount: 1 << 40}, &most.mine, 0).outcomes[0].points; got != MaxPoints {
		t.Errorf("%d points, want %d", got, int64(MaxPoints))
	}
	p := one(func(r *Rule) {
		r.Points, r.PerAmount, r.Rounding = 0, &PerAmount{Points: 1, Per: decimal.New(MaxAmount, 0)}, RoundHalfEven
	})
	for i, group := range []string{"a", "b", "c"} {
		p.Multipliers = append(p.Multipliers, Multiplier{ID: uint32(i + 1), Name: group, Group: group, Factor: decimal.New(100, 0)})
	}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	wide := newTable(p)
	for amount, want := range map[money]int64{20_500_000_000_000: 20, 21_500_000_000_000: 22, 22_400_000_000_000: 22} {
		if got := wide.judge(&event{kind: "order", amount: amount}, &wide.mine, 0).outcomes[0].points; got != want {
			t.Errorf("%v: %d points, want %d", amount.decimal(), got, want)
		}
	}
}

// A run longer than what is remembered day by day keeps its length: also when
// its last day is checked in again, and when a gap is closed within it.
func TestStreakOfSeventyDays(t *testing.T) {
	var whole, gap streak
	for d := calendar.Day(1000); d < 1070; d++ {
		whole = whole.with(d)
		if d != 1040 {
			gap = gap.with(d)
		}
	}
	for name, s := range map[string]streak{"whole": whole, "the last day again": whole.with(1069), "a gap closed": gap.with(1040)} {
		if run := s.run(1069); run != 70 {
			t.Errorf("%s: a run of %d days, want 70", name, run)
		}
	}
	if run := gap.run(1069); run != 29 {
		t.Errorf("a gap: a run of %d days, want 29", run)
	}
	if s := whole.with(1069 - 64); s != whole {
		t.Errorf("a day too old to be known changed %+v to %+v", whole, s)
	}
}

// The bounds of an amount are in it.
func TestAmountBounds(t *testing.T) {
	p := one(func(r *Rule) { r.When.MinAmount, r.When.MaxAmount = decimal.New(10, 0), decimal.New(20, 0) })
	for amount, want := range map[money]Reason{99_999: ReasonAmount, 100_000: ReasonFired, 200_000: ReasonFired, 200_001: ReasonAmount} {
		board := newTable(p)
		if o := board.judge(&event{kind: "order", amount: amount}, &board.mine, 0).outcomes[0]; o.reason != want {
			t.Errorf("%v: %s, want %s", amount.decimal(), o.reason, want)
		}
	}
}

// What is more than a cap that rejects is refused for good, and not until
// tomorrow.
func TestTooMuchForAnyDay(t *testing.T) {
	board := newTable(one(func(r *Rule) {
		r.Points, r.PerAmount = 0, &PerAmount{Points: 1, Per: decimal.New(1, 0)}
		r.Caps = []Cap{{Per: "day", Points: 5, Reject: true}}
	}))
	ev := &event{kind: "order", amount: 60_000, at: 1, day: 20_000}
	if o := board.judge(ev, &board.mine, 0).outcomes[0]; o.reason != ReasonCapped || o.retry != 0 {
		t.Errorf("%+v, want nothing and no retry", o)
	}
}

// Of caps that leave the same the first is named; those of single events use
// nothing up; and a device has another counter than a card of the same name.
func TestCapsAreToldApart(t *testing.T) {
	board := newTable(one(func(r *Rule) {
		r.Caps = []Cap{{Per: "month", Points: 7}, {Per: "event", Points: 7}, {Per: "day", Points: 7}, {Per: "day", Times: 3, By: "device"}, {Per: "day", Times: 3, By: "card"}}
	}))
	ev := &event{kind: "order", at: 1, day: 20_000, attributes: []Attribute{{"card", "x"}, {"device", "x"}}}
	out := board.judge(ev, &board.mine, 0)
	if o := out.outcomes[0]; o.points != 7 || o.cap != 0 {
		t.Errorf("%d points by cap %d, want 7 by cap 0", o.points, o.cap)
	}
	if len(out.windows) != 2 {
		t.Errorf("windows %+v, want those of the month and the day", out.windows)
	}
	counters := board.book.shared(nil, "p", ev)
	if len(counters) != 2 || counters[0] == counters[1] || len(out.shared) != 2 || out.shared[0].index != 0 || out.shared[1].index != 1 {
		t.Errorf("counters %+v, used %+v", counters, out.shared)
	}
}

// Each shared cap of a rule has its own counter, in the order of the caps, and a
// rule that does not ask for its caps is passed over.
func TestSharedCapsHaveTheirOwnCounters(t *testing.T) {
	p := one(func(r *Rule) {
		r.Caps = []Cap{{Per: "day", Points: 100, By: "program"}, {Per: "day", Points: 100, By: "device"}, {Per: "day", Points: 100, By: "card"}}
	})
	p.Rules = append(p.Rules, p.Rules[0], p.Rules[0])
	p.Rules[1].ID, p.Rules[1].When.AllOf = 2, []string{"a=b"}
	p.Rules[2].ID = 3
	board := newTable(p)
	ev := &event{kind: "order", attributes: []Attribute{{"card", "x"}}} // no device
	st := standing{account: &board.mine, shared: []int64{91, 92, 93, 94}}
	board.book.award(ev, &st, &board.out)
	type given struct {
		points int64
		cap    int8
	}
	var got []given
	for _, o := range board.out.outcomes {
		got = append(got, given{o.points, o.cap})
	}
	if want := []given{{8, 2}, {0, -1}, {6, 2}}; !slices.Equal(got, want) {
		t.Errorf("gave %v, want %v", got, want)
	}
	var used []sharedUse
	for i, points := range []int64{8, 8, 6, 6} {
		used = append(used, sharedUse{index: i, delta: points, max: 100, until: board.out.shared[0].until})
	}
	if !slices.Equal(board.out.shared, used) {
		t.Errorf("used %+v, want %+v", board.out.shared, used)
	}
}

// As many multipliers as there may be, and levels of any number.
func TestTheLastMultiplierAndLevel(t *testing.T) {
	p := one(func(r *Rule) { r.Points, r.PerAmount = 0, &PerAmount{Points: 1, Per: decimal.New(1, 0)} })
	p.Tiers = &Tiers{Window: "year", Levels: []Level{{ID: 55, Name: "silver", Min: 1}, {ID: 255, Name: "gold", Min: 2}}}
	for id := range uint32(MaxMultipliers) {
		p.Multipliers = append(p.Multipliers, Multiplier{
			ID: id + 1, Name: "m", Group: "tier", Factor: decimal.New(int64(id)+2, 0), When: Condition{Tiers: []string{"silver"}},
		})
	}
	p.Multipliers[MaxMultipliers-1].When.Tiers = []string{"gold"}
	board := newTable(p)
	for level, want := range map[uint8]int64{0: 1, 55: 1 + 99*100/2, 255: 101, 63: 1, 191: 1} { // 1 to 99 are added; 101 for 1
		if got := board.judge(&event{kind: "order", amount: 10_000}, &board.mine, level).outcomes[0].points; got != want {
			t.Errorf("level %d: %d points, want %d", level, got, want)
		}
	}
}

// The room that events are judged in may be used for one program after the
// other.
func TestRoomOfAnotherProgram(t *testing.T) {
	week := one(func(r *Rule) { r.Caps = []Cap{{Per: "week", Times: 1}} })
	other := one(func(r *Rule) { r.Caps = []Cap{{Per: "week", Times: 1}} })
	other.WeekStart = "wed"
	var used award
	for _, p := range []*Program{week, other, week} {
		board := newTable(p)
		ev := &event{kind: "order", day: 20_000}
		board.book.award(ev, &standing{account: &board.mine}, &used)
		if want := board.judge(ev, &board.mine, 0).windows; !slices.Equal(used.windows, want) {
			t.Errorf("week from %q: %+v, want %+v", p.WeekStart, used.windows, want)
		}
	}
}

// A check-in too old to be known counts for nothing.
func TestLateCheckIn(t *testing.T) {
	board := newTable(one(func(r *Rule) {
		r.On, r.Points, r.Streak = []string{"check-in"}, 0, &Streak{Steps: []Step{{1, 1}}}
	}))
	if err := board.mine.setStreak(streak{rule: 1, last: 20_000, days: 1}); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[calendar.Day]Reason{20_000 - 63: ReasonFired, 20_000 - 64: ReasonLate} {
		out := board.judge(&event{kind: checkInKind, day: day}, &board.mine, 0)
		if o := out.outcomes[0]; o.reason != want || (o.points == 1) != (want == ReasonFired) || len(out.streaks) != int(o.points) {
			t.Errorf("day %d: %+v and %+v, want %s", day, o, out.streaks, want)
		}
	}
}

// A task whose points a cap refuses stays one step short of its goal, so that
// they can still be had.
func TestTaskWaitsForItsCap(t *testing.T) {
	p := one(func(r *Rule) {
		r.Points, r.Task, r.Caps = 0, &Task{Goal: 2, Points: 10, Repeat: true}, []Cap{{Per: "day", Times: 1}}
	})
	board := newTable(p)
	when := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	var got []int64
	for range 4 {
		ev := &event{kind: "order", at: when.UnixMicro(), day: calendar.DayOf(when, nil)}
		got = append(got, board.judge(ev, &board.mine, 0).outcomes[0].points)
		if err := board.apply(ev, &board.mine); err != nil {
			t.Fatal(err)
		}
	}
	ev := &event{kind: "order", at: when.AddDate(0, 0, 1).UnixMicro(), day: calendar.DayOf(when, nil) + 1}
	got = append(got, board.judge(ev, &board.mine, 0).outcomes[0].points)
	if diff := cmp.Diff([]int64{0, 10, 0, 0, 10}, got); diff != "" {
		t.Errorf("points (-want +got) %s", diff)
	}
}

// By hand: 33.33 at 1 for 1 and three lines of 11.11 have 33 points, 11 each;
// lines of 10, 10 and 13.33 with 33 points have 9.9, 9.9 and 13.2: 9, 9 and 13,
// and the two left go to the largest remainders.
func TestLinesByLargestRemainder(t *testing.T) {
	p := one(func(r *Rule) {
		r.Points, r.PerAmount, r.Rounding = 0, &PerAmount{Points: 1, Per: decimal.New(1, 0)}, RoundLines
	})
	cases := []struct {
		name  string
		lines []money
		want  []int64
	}{
		{"alike", []money{111_100, 111_100, 111_100}, []int64{11, 11, 11}},
		{"two are left", []money{100_000, 100_000, 133_300}, []int64{10, 10, 13}},
		{"ties go to the earlier line", []money{5_000, 5_000, 5_000, 5_000}, []int64{1, 1, 0, 0}},
		{"less than a point", []money{5_000}, nil},
		{"nothing for a free line", []money{0, 20_000}, []int64{0, 2}},
		{"as much as there may be", []money{maxMoney / 2, maxMoney / 4, maxMoney / 4}, []int64{MaxPoints / 2, MaxPoints / 4, MaxPoints / 4}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			board := newTable(p)
			ev := &event{kind: "order"}
			for _, m := range c.lines {
				ev.lines = append(ev.lines, eventLine{amount: m})
				ev.amount += m
			}
			var got []int64
			for _, l := range board.judge(ev, &board.mine, 0).lines {
				got = append(got, l.points)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("lines (-want +got) %s", diff)
			}
		})
	}
}

func TestAwardDoesNotAllocate(t *testing.T) {
	p := BankCard()
	board := newTable(&p)
	ev := &event{kind: "card-spend", at: time.Date(2026, 1, 20, 12, 0, 0, 0, time.UTC).UnixMicro(), amount: 399900, attributes: []Attribute{{"channel", "app"}}}
	ev.day = calendar.DayOf(instant(ev.at), nil)
	st := standing{account: &board.mine, level: 2}
	board.book.award(ev, &st, &board.out)
	if n := testing.AllocsPerRun(100, func() { board.book.award(ev, &st, &board.out) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
