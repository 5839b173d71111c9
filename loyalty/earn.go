package loyalty

import (
	"fmt"
	"slices"

	"github.com/regulars-go/regulars/internal/wire"
)

// earn decides an event: rules award, and what waits for it activates.
func (v *View) earn(r *Rules, at int64) (*seat, error) {
	q := &v.request
	c := r.at(q.at)
	s, err := v.sit(r, q.cmd.Member, at)
	if err != nil {
		return nil, err
	}
	if err := v.open(s); err != nil {
		return nil, err
	}
	known := false
	if q.order() != "" {
		if known, err = v.knownOrder(r, c, s); err != nil {
			return nil, err
		}
	}
	v.onDay(c)
	ref := &nobodyReferred
	if s.account.referred || q.payload == payloadEarn && q.cmd.Earn.Referrer != "" {
		found := v.referral(r, s)
		ref = &found
	}
	v.standing = standing{account: &s.account, level: s.account.tier.level, referrer: ref.state}
	if c.book.of(&q.event).open {
		v.standing.shared = v.sharedUsed(r, c)
	}
	c.book.award(&q.event, &v.standing, &v.award)

	kind := EntryEarned
	if q.payload == payloadCheckIn {
		kind = EntryCheckedIn
	}
	w := v.begin(s, kind, q.at, at)
	w.under(c)
	if s.account.seq == 0 {
		w.enrolled(q.at)
	}
	if ref.fresh {
		w.referred()
	}
	if known {
		w.arrived(r.version(v.order.version), &q.event)
	}
	w.awarded(r.at(at), c)
	if err := w.end(true); err != nil {
		return nil, err
	}
	if ref.payee != "" {
		if err := v.payReferrer(r, c, ref.payee, at); err != nil {
			return nil, err
		}
	}
	if ref.fresh {
		v.putReferral(r, ref.name)
	}
	if len(v.award.shared) > 0 {
		v.putShared()
	}
	if q.order() != "" {
		v.putOrder(r, c, known, ref.payee)
	}
	return s, nil
}

// awarded writes what the rules gave to the member.
func (s *scribe) awarded(now, c *compiled) {
	v := s.v
	qualified := int64(0)
	outcomes := v.award.outcomes
	for i := range outcomes {
		o := &outcomes[i]
		if o.isPass() { // most rules say no
			s.pass(o)
			continue
		}
		if o.points > 0 && !o.referrer {
			s.fired(c, o)
			if now.tiers != nil && o.wallet == now.tiers.wallet {
				qualified += o.points
			}
		}
		s.outcome(o)
	}
	v.receipt.rules, v.award.outcomes = outcomes, v.receipt.rules
	for i := range v.award.windows {
		s.window(&v.award.windows[i])
	}
	for i := range v.award.streaks {
		s.streak(v.award.streaks[i])
	}
	for i := range v.award.tasks {
		s.task(v.award.tasks[i])
	}
	s.month(month{v.almanac.monthOf(v.request.event.day), qualified})
	s.level(now, qualified, noLevel)
}

// fired gives what a rule gave, or as much of it as the wallet takes.
func (s *scribe) fired(c *compiled, o *outcome) {
	if room := s.account.room(o.wallet); o.points > room {
		if o.points, o.reason = room, ReasonFull; room == 0 {
			return
		}
	}
	o.slot = s.give(&c.rule(o.rule).terms, o.rule, o.points, s.v.request.event.day)
}

// earnedLevel is the level that the account's qualifying points are good for.
func (s *scribe) earnedLevel(now *compiled) uint8 {
	if now.tiers == nil {
		return 0
	}
	days := &s.v.almanac
	return now.tiers.target(s.account, days.monthOf(days.day(s.recorded)), days)
}

// noLevel stands for what was earned before points were added: no level is lost
// with them, whatever it was.
const noLevel = 0

// level raises or lowers the tier after qualifying points changed. before is
// what earnedLevel was.
func (s *scribe) level(now *compiled, change int64, before uint8) {
	if now.tiers != nil && change != 0 && s.account.status == statusOpen {
		s.tier(now.tiers.settled(s.account, s.recorded, before, &s.v.almanac))
	}
}

// sharedUsed returns how much is used of each shared cap.
func (v *View) sharedUsed(r *Rules, c *compiled) []int64 {
	v.shared = c.book.shared(v.shared[:0], r.program, &v.request.event)
	v.used = v.used[:0]
	for _, id := range v.shared {
		value, _ := v.counter(id)
		v.used = append(v.used, value)
	}
	return v.used
}

// referral is who brought the member.
type referral struct {
	state referrer
	name  string // as the event named it
	payee string // whose account is paid: those merged are followed
	fresh bool   // this event is the first to name them
}

var nobodyReferred referral

func (v *View) referral(r *Rules, s *seat) (ref referral) {
	q := &v.request
	if q.payload == payloadEarn {
		ref.name = q.cmd.Earn.Referrer
	}
	pair := v.find(KindReferral, q.cmd.Member)
	if pair == nil {
		return referral{}
	}
	if pair.version > 0 {
		ref.name = textOf(pair.body)
	} else {
		ref.fresh = true
	}
	account := v.follow(r, ref.name)
	if account == nil || ref.fresh && !v.enrolledBefore(ref.name, s) {
		return referral{}
	}
	ref.payee, ref.state = account.id.Name, referrerOpen
	if account.account.status != statusOpen || account.version == 0 || ref.payee == q.cmd.Member {
		ref.state = referrerShut
	}
	return ref
}

// enrolledBefore reports whether a referrer enrolled strictly earlier than the
// member.
func (v *View) enrolledBefore(name string, s *seat) bool {
	account := v.find(KindAccount, name)
	if account == nil || account.version == 0 {
		return false
	}
	enrolled := v.request.at
	if s.account.seq > 0 {
		enrolled = s.account.enrolled
	}
	return account.account.enrolled < enrolled
}

// payReferrer writes what the event gave to the member's referrer.
func (v *View) payReferrer(r *Rules, c *compiled, payee string, at int64) error {
	var w *scribe
	for i := range v.receipt.rules {
		o := &v.receipt.rules[i]
		if !o.referrer || o.points == 0 {
			continue
		}
		if w == nil {
			s, err := v.sit(r, payee, at)
			if err != nil {
				return err
			}
			v.almanac.in(c.cal.zone)
			w = v.begin(s, EntryReferred, v.request.at, at)
			w.under(c)
		}
		terms := c.rule(o.rule).terms
		if terms.until != "" {
			terms.atOnce() // no event of the referrer's will come
		}
		now := r.at(at)
		if room := w.account.room(o.wallet); o.points > room {
			o.points, o.reason = room, ReasonFull
		}
		if o.points > 0 {
			o.slot = w.give(&terms, o.rule, o.points, v.request.event.day)
		}
		if o.points > 0 && now.tiers != nil && o.wallet == now.tiers.wallet {
			w.month(month{monthly.Of(v.request.event.day), o.points})
			w.level(now, o.points, noLevel)
		}
	}
	if w == nil {
		return nil
	}
	return w.end(false)
}

// knownOrder reports whether the event is of an order that has earned before.
// It is an error if that was by the same kind of event, or is another's order.
func (v *View) knownOrder(r *Rules, c *compiled, s *seat) (bool, error) {
	q := &v.request
	name := q.order()
	record := v.find(KindOrder, name)
	if record == nil {
		return false, fmt.Errorf("loyalty: order %q is not in the view", name)
	}
	if record.version == 0 {
		if slices.Contains(c.awaited, q.event.kind) {
			return false, fmt.Errorf("%w: %q", ErrUnknownOrder, name)
		}
		return false, nil
	}
	if err := v.order.read(record.body); err != nil {
		return false, err
	}
	owner := v.follow(r, v.order.owner)
	if owner == nil || owner.id.Name != s.id.Member {
		return false, &StateError{fmt.Sprintf("order %q", name), "another member's"}
	}
	if r.version(v.order.version) == nil {
		return false, &BehindError{r.program, r.newest().version, v.order.version}
	}
	first, err := readCommand(wire.NewReader(v.order.command))
	if err != nil || first.Earn == nil {
		return false, fmt.Errorf("%w: order %q: %w", ErrCorrupt, name, err)
	}
	if first.Earn.Kind == q.event.kind {
		return false, &StateError{fmt.Sprintf("order %q", name), "known: it has earned"}
	}
	return true, nil
}

// arrived activates what an order's award waited for.
func (s *scribe) arrived(c *compiled, ev *event) {
	o := &s.v.order
	for i := range o.awards {
		a := &o.awards[i]
		rule := c.rule(a.rule)
		if a.slot.terms&TermEvent == 0 || a.slot.activates <= s.recorded || rule == nil || rule.terms.until != ev.kind {
			continue
		}
		g := &rule.terms
		from := a.slot
		a.slot = slot{terms: from.terms &^ TermEvent}
		if g.idle() {
			s.active(g, ev.day)
		} else {
			a.slot.expires = s.v.almanac.at(g.expiry, ev.day)
		}
		m := move{
			wallet: a.wallet, terms: from.terms, rule: a.rule, points: a.points - a.taken - a.waived,
			expires: a.slot.expires, activates: from.activates,
		}
		s.settle(PotPending, &m)
	}
}

// putReferral writes who brought the member.
func (v *View) putReferral(r *Rules, name string) {
	from := len(v.buf)
	v.buf = appendText(v.buf, name)
	v.put(RecordID{r.program, KindReferral, v.request.cmd.Member}, 0, from)
}

// putShared writes what the event uses of the shared caps.
func (v *View) putShared() {
	for _, use := range v.award.shared {
		v.decision.batch.Counters = append(v.decision.batch.Counters, Counter{
			ID: v.shared[use.index], Delta: use.delta, Max: use.max, Until: instant(use.until),
		})
	}
}

// putOrder writes the order that the event is of.
func (v *View) putOrder(r *Rules, c *compiled, known bool, payee string) {
	id := RecordID{r.program, KindOrder, v.request.order()}
	version := v.find(id.Kind, id.Name).version
	if !known {
		v.newOrder(c, payee)
	}
	from := len(v.buf)
	v.buf = v.order.append(v.buf)
	v.put(id, version, from)
}

// newOrder makes the order of the event just decided.
func (v *View) newOrder(c *compiled, payee string) {
	q, o := &v.request, &v.order
	*o = order{owner: q.cmd.Member, version: c.version, level: v.standing.level, day: int32(q.event.day), kept: o.kept[:0], awards: o.awards[:0]}
	for i := range q.event.lines {
		o.kept = append(o.kept, q.event.lines[i].amount)
	}
	if len(q.event.lines) == 0 {
		o.kept = append(o.kept, q.event.amount)
	}
	for i := range v.receipt.rules {
		n := &v.receipt.rules[i]
		if n.points == 0 {
			continue
		}
		if n.referrer {
			o.referrer = payee
		}
		o.awards = append(o.awards, orderAward{rule: n.rule, wallet: n.wallet, referrer: n.referrer, slot: n.slot, points: n.points})
	}
	o.command = v.canonical()
}
