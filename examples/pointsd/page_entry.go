package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// entryView is an entry of the journal in words.
type entryView struct {
	Seq        uint64
	At         time.Time
	RecordedAt time.Time // zero if it was recorded when it happened
	Title      string
	About      string
	Moves      []moveView
	Notes      []string
	// Fired are the rules that gave something else than they wanted, Silent those
	// that gave nothing.
	Fired, Silent []ruleView
}

// moveView is points that went somewhere. Change is what it means for what can
// be spent.
type moveView struct {
	Change int64
	Text   string
	Until  time.Time
}

// ruleView is what a rule said.
type ruleView struct {
	Name    string
	Because string
	RetryAt time.Time
}

// recordedLater is from when on it is worth saying that something was recorded
// later than it happened.
const recordedLater = time.Minute

func newEntryView(e *loyalty.Event) entryView {
	kind := e.Kind.String()
	v := entryView{Seq: e.Seq, At: e.OccurredAt, Title: strings.ToUpper(kind[:1]) + kind[1:]}
	if e.RecordedAt.Sub(e.OccurredAt) > recordedLater {
		v.RecordedAt = e.RecordedAt
	}
	v.About = untold[e.Kind]
	if e.Command != nil {
		v.About = about(e.Command)
	}
	for i := range e.Moves {
		v.Moves = append(v.Moves, newMoveView(&e.Moves[i]))
	}
	v.notes(e)
	for i := range e.Rules {
		switch r := newRuleView(&e.Rules[i]); {
		case e.Rules[i].Points == 0:
			v.Silent = append(v.Silent, r)
		case e.Rules[i].Reason != loyalty.ReasonFired: // else the moves say it all
			v.Fired = append(v.Fired, r)
		}
	}
	return v
}

// untold says what an entry was about that no command of this member caused.
var untold = map[loyalty.EntryKind]string{
	loyalty.EntryActivated: "the waiting was over",
	loyalty.EntryCancelled: "the event that was waited for did not come",
	loyalty.EntryTimedOut:  "nothing came of the hold in time",
	loyalty.EntryExpired:   "the points came to their end",
	loyalty.EntryReviewed:  "the level was looked at again",
	loyalty.EntryReceived:  "from another member",
	loyalty.EntryAbsorbed:  "what another account held, merged into this one",
	loyalty.EntryReferred:  "by what a member did who was brought here",
}

// notes say what the moves don't.
func (v *entryView) notes(e *loyalty.Event) {
	if e.Waived > 0 {
		v.Notes = append(v.Notes, grouped(e.Waived)+" could not be taken back")
	}
	if e.Owed > 0 {
		v.Notes = append(v.Notes, grouped(e.Owed)+" are owed from now on")
	}
	if e.Lost > 0 {
		v.Notes = append(v.Notes, grouped(e.Lost)+" came back and had ended meanwhile")
	}
	if e.Reward != "" {
		v.Notes = append(v.Notes, fmt.Sprintf("%+d × %s", e.Quantity, e.Reward))
	}
}

// about says what a command was about.
func about(c *loyalty.Command) string {
	switch {
	case c.Earn != nil && c.Earn.Order != "" && !c.Earn.Amount.IsZero():
		return fmt.Sprintf("%s %s of %s", c.Earn.Kind, c.Earn.Order, c.Earn.Amount.StringFixed(2))
	case c.Earn != nil:
		return strings.TrimSpace(c.Earn.Kind + " " + c.Earn.Order)
	case c.Keep != nil:
		return "order " + c.Keep.Order
	case c.MakeUp != nil:
		return "for " + c.MakeUp.Day
	case c.Capture != nil:
		return "hold " + c.Capture.Hold
	case c.Release != nil:
		return "hold " + c.Release.Hold
	case c.Redeem != nil:
		return c.Redeem.Reward
	case c.Reverse != nil:
		return "redemption " + c.Reverse.Redemption
	case c.Grant != nil:
		return c.Grant.Reason
	case c.Deduct != nil:
		return c.Deduct.Reason
	case c.Transfer != nil:
		return "to " + c.Transfer.To
	case c.Merge != nil:
		return "into " + c.Merge.Into
	case c.Close != nil:
		return c.Close.Reason
	case c.Reminded != nil:
		return c.Reminded.Reminder
	}
	return ""
}

// moveTexts say what it means that points go from one pot to another.
var moveTexts = map[[2]loyalty.Pot]string{
	{loyalty.PotIssued, loyalty.PotAvailable}:    "given",
	{loyalty.PotIssued, loyalty.PotPending}:      "given, still waiting",
	{loyalty.PotIssued, loyalty.PotDebt}:         "given, and taken for what was owed",
	{loyalty.PotPending, loyalty.PotAvailable}:   "no longer waiting",
	{loyalty.PotPending, loyalty.PotForfeited}:   "forfeited while waiting",
	{loyalty.PotPending, loyalty.PotRevoked}:     "taken back while waiting",
	{loyalty.PotAvailable, loyalty.PotHeld}:      "reserved",
	{loyalty.PotHeld, loyalty.PotAvailable}:      "no longer reserved",
	{loyalty.PotHeld, loyalty.PotRedeemed}:       "spent, as reserved",
	{loyalty.PotHeld, loyalty.PotExpired}:        "ended while reserved",
	{loyalty.PotAvailable, loyalty.PotRedeemed}:  "spent",
	{loyalty.PotRedeemed, loyalty.PotAvailable}:  "came back",
	{loyalty.PotRedeemed, loyalty.PotExpired}:    "came back, and had ended",
	{loyalty.PotAvailable, loyalty.PotExpired}:   "ended",
	{loyalty.PotAvailable, loyalty.PotRevoked}:   "taken back",
	{loyalty.PotAvailable, loyalty.PotForfeited}: "forfeited",
	{loyalty.PotAvailable, loyalty.PotSent}:      "sent",
	{loyalty.PotReceived, loyalty.PotAvailable}:  "received",
	{loyalty.PotReceived, loyalty.PotPending}:    "received, still waiting",
	{loyalty.PotReceived, loyalty.PotDebt}:       "received, and taken for what was owed",
	{loyalty.PotDebt, loyalty.PotRevoked}:        "owed from now on",
}

func newMoveView(m *loyalty.Moved) moveView {
	v := moveView{Until: m.Expires}
	switch {
	case m.To == loyalty.PotAvailable:
		v.Change = m.Points
	case m.From == loyalty.PotAvailable:
		v.Change, v.Until = -m.Points, time.Time{}
	case m.To != loyalty.PotPending:
		v.Until = time.Time{}
	}
	text, ok := moveTexts[[2]loyalty.Pot{m.From, m.To}]
	if !ok {
		text = fmt.Sprintf("from %s to %s", m.From, m.To)
	}
	if m.RuleName != "" {
		first, rest, more := strings.Cut(text, ",")
		text = first + " by “" + m.RuleName + "”"
		if more {
			text += "," + rest
		}
	}
	if v.Change == 0 {
		v.Text = grouped(m.Points) + " " + m.WalletName + " " + text
	} else {
		v.Text = m.WalletName + " " + text
	}
	return v
}

// becauses say why a rule gave nothing, or less than it wanted.
var becauses = map[loyalty.Reason]string{
	loyalty.ReasonCapped:     "its cap is used up",
	loyalty.ReasonDisabled:   "it is switched off",
	loyalty.ReasonDates:      "it is not on at this time",
	loyalty.ReasonWeekday:    "it is not on at this day of the week",
	loyalty.ReasonTier:       "it is for another level",
	loyalty.ReasonAttribute:  "an attribute is missing or has another value",
	loyalty.ReasonLabel:      "a label is missing or rules it out",
	loyalty.ReasonAmount:     "the amount is too small or too large",
	loyalty.ReasonCategory:   "there is no line of its categories",
	loyalty.ReasonRounded:    "it came to less than one point",
	loyalty.ReasonOutranked:  "another rule of its set gives more",
	loyalty.ReasonCheckedIn:  "this day was checked in before",
	loyalty.ReasonLocked:     "a task that comes first is not done",
	loyalty.ReasonProgress:   "its task is not done yet",
	loyalty.ReasonDone:       "its task was done before",
	loyalty.ReasonNoReferrer: "nobody brought the member",
	loyalty.ReasonPaid:       "it was paid before",
	loyalty.ReasonLate:       "it came too long after enrolment",
	loyalty.ReasonReferrer:   "who brought the member can't be paid",
	loyalty.ReasonFull:       "the wallet is full",
	loyalty.ReasonReturned:   "what was kept no longer meets its conditions",
}

func newRuleView(r *loyalty.RuleResult) ruleView {
	v := ruleView{Name: r.Name, RetryAt: r.RetryAt}
	because, ok := becauses[r.Reason]
	if !ok {
		because = r.Reason.String()
	}
	switch {
	case r.Reason == loyalty.ReasonFired:
		because = fmt.Sprintf("%s %s", signed(r.Points), r.Wallet)
	case r.Reason == loyalty.ReasonTrimmed:
		because = fmt.Sprintf("%s %s of %s: a cap left no more", signed(r.Points), r.Wallet, grouped(r.Wanted))
	case r.Points > 0:
		because = fmt.Sprintf("%s %s: %s", signed(r.Points), r.Wallet, because)
	}
	if r.Points > 0 && r.Pending {
		because += ", waiting at first"
	}
	if r.Points > 0 && r.Referrer {
		because += ", for who brought the member"
	}
	if r.Goal > 0 {
		because += fmt.Sprintf(" (%d of %d)", r.Progress, r.Goal)
	}
	v.Because = because
	return v
}
