package loyalty

import (
	"fmt"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/wire"
)

// keep takes back what the returned part of an order earned: what it earned
// less what the kept part would have earned, less what was taken back before.
func (v *View) keep(r *Rules, now *compiled, at int64) (*seat, error) {
	q, o := &v.request, &v.order
	name := q.cmd.Keep.Order
	record := v.find(KindOrder, name)
	if record == nil || record.version == 0 {
		return nil, fmt.Errorf("%w: %q", ErrUnknownOrder, name)
	}
	version := record.version
	if err := o.read(record.body); err != nil {
		return nil, err
	}
	s, err := v.subject(r, o.owner, at)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, fmt.Errorf("%w: %q", ErrUnknownOrder, name)
	}
	c := r.version(o.version)
	if c == nil {
		return nil, &BehindError{r.program, r.newest().version, o.version}
	}
	if err := v.judgeAgain(c); err != nil {
		return nil, err
	}
	w := v.begin(s, EntryKept, q.at, at)
	w.under(now)
	w.takeBack(c, now, false)
	if err := w.end(true); err != nil {
		return nil, err
	}
	if err := v.takeFromReferrer(r, c, now, at); err != nil {
		return nil, err
	}
	from := len(v.buf)
	v.buf = o.append(v.buf)
	v.put(RecordID{r.program, KindOrder, name}, version, from)
	return s, nil
}

// subject returns the seat of the account that has what was once owner's, if
// the command's member is the owner or one whom the owner was merged into; nil
// if not.
func (v *View) subject(r *Rules, owner string, at int64) (*seat, error) {
	account := v.follow(r, owner)
	if account == nil {
		return nil, fmt.Errorf("loyalty: account %q is not in the view", owner)
	}
	final := account.id.Name
	for name := owner; name != v.request.cmd.Member; {
		if name == final {
			return nil, nil
		}
		name = textOf(v.find(KindMerge, name).body)
	}
	return v.sit(r, final, at)
}

// judgeAgain judges the order with what is kept of it, under the version of
// then. The outcomes are in v.award.
func (v *View) judgeAgain(c *compiled) error {
	o := &v.order
	first, err := readCommand(wire.NewReader(o.command))
	if err == nil {
		err = v.again.set(&first)
	}
	if err != nil || first.Earn == nil {
		return fmt.Errorf("%w: order: %w", ErrCorrupt, err)
	}
	ev := &v.again.event
	if err := v.shrink(ev); err != nil {
		return err
	}
	ev.day = calendar.Day(o.day)
	judged := v.standing.judged[:0]
	for i := range o.awards {
		a := &o.awards[i]
		judged = append(judged, outcome{rule: a.rule, wallet: a.wallet, referrer: a.referrer, points: a.points, wanted: a.points, reason: ReasonFired, cap: -1})
	}
	v.standing = standing{account: &v.nobody, level: o.level, judged: judged}
	if ev.amount == 0 && len(ev.lines) == 0 || len(judged) == 0 {
		v.award.reset() // nothing is kept: all is taken back
		return nil
	}
	if o.referrer != "" {
		v.standing.referrer = referrerOpen
	}
	c.book.award(ev, &v.standing, &v.award)
	return nil
}

// shrink takes the kept amounts into the order, and makes the event that is
// left. What is kept only shrinks.
func (v *View) shrink(ev *event) error {
	o, q := &v.order, &v.request
	if len(ev.lines) == 0 {
		if len(q.kept) > 0 {
			return &CommandError{"keep.lines", "the order has no lines"}
		}
		o.kept[0] = min(o.kept[0], q.amount)
		ev.amount = o.kept[0]
		return nil
	}
	if q.amount != 0 {
		return &CommandError{"keep.amount", "the order has lines: say what was kept of each"}
	}
	found := 0
	lines := ev.lines[:0]
	ev.amount = 0
	for i, l := range ev.lines {
		kept := money(0)
		for j := range q.kept {
			if q.kept[j].id == l.id {
				kept = q.kept[j].amount
				found++
			}
		}
		o.kept[i] = min(o.kept[i], kept)
		if o.kept[i] > 0 {
			l.amount = o.kept[i]
			lines = append(lines, l)
			ev.amount += l.amount
		}
	}
	ev.lines = lines
	if found < len(q.kept) {
		return &CommandError{"keep.lines", "have an ID that the order lacks"}
	}
	return nil
}

// takeBack takes what the awards of the order are now too much; those to the
// referrer or all others.
func (s *scribe) takeBack(c, now *compiled, referrer bool) {
	v, o := s.v, &s.v.order
	v.almanac.in(now.cal.zone)
	before := s.earnedLevel(now)
	qualified := int64(0)
	for i := range o.awards {
		a := &o.awards[i]
		if a.referrer != referrer {
			continue
		}
		again := v.givenAgain(a)
		if back := a.points - again.points - a.taken - a.waived; back > 0 {
			s.takeAward(c, now, a, back)
			if now.tiers != nil && a.wallet == now.tiers.wallet {
				qualified += back
			}
		}
		s.outcome(&again)
		again.slot = a.slot
		v.receipt.rules = append(v.receipt.rules, again)
	}
	number := monthly.Of(calendar.Day(o.day))
	if _, found := findNumber(s.account.rows(listMonths), monthWidth, uint32(number)); found {
		s.month(month{number, -qualified})
		s.level(now, -qualified, before)
	}
}

// givenAgain is what a rule gives for what is kept, at most what it gave.
func (v *View) givenAgain(a *orderAward) outcome {
	for i := range v.award.outcomes {
		if o := v.award.outcomes[i]; o.rule == a.rule {
			o.points = min(o.points, a.points)
			return o
		}
	}
	return outcome{rule: a.rule, wallet: a.wallet, referrer: a.referrer, reason: ReasonReturned, cap: -1}
}

// takeAward takes points of one award back.
func (s *scribe) takeAward(c, now *compiled, a *orderAward, back int64) {
	n := &s.v.receipt
	p := now.purse(a.wallet)
	if p == nil {
		p = c.purse(a.wallet)
	}
	owed, waived := int64(0), back
	if a.slot.terms&TermEvent == 0 || a.slot.activates > s.recorded { // else it was forfeited
		owed, waived = s.take(p, back, a.slot, true)
	}
	a.taken += back - waived
	a.waived += waived
	n.taken, n.owed, n.waived = n.taken+back-waived, n.owed+owed, n.waived+waived
	s.aside(waived, owed, 0)
}

// takeFromReferrer takes back what the order gave to the referrer.
func (v *View) takeFromReferrer(r *Rules, c, now *compiled, at int64) error {
	o := &v.order
	if o.referrer == "" {
		return nil
	}
	due := false
	for i := range o.awards {
		a := &o.awards[i]
		again := v.givenAgain(a)
		due = due || a.referrer && a.points-again.points-a.taken-a.waived > 0
	}
	if !due {
		return nil
	}
	account := v.follow(r, o.referrer)
	if account == nil {
		return fmt.Errorf("loyalty: account %q is not in the view", o.referrer)
	}
	s, err := v.sit(r, account.id.Name, at)
	if err != nil {
		return err
	}
	w := v.begin(s, EntryReferred, v.request.at, at)
	w.under(now)
	w.takeBack(c, now, true)
	return w.end(false)
}
