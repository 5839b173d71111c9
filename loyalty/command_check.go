package loyalty

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/regulars-go/regulars/internal/calendar"
)

// payload says which one of a command is set.
type payload uint8

const (
	payloadEarn payload = 1 + iota
	payloadKeep
	payloadCheckIn
	payloadMakeUp
	payloadHold
	payloadCapture
	payloadRelease
	payloadRedeem
	payloadReverse
	payloadGrant
	payloadDeduct
	payloadTransfer
	payloadMerge
	payloadClose
	payloadReminded
	endOfPayloads
)

var payloadNames = [endOfPayloads]string{
	payloadEarn: "earn", payloadKeep: "keep", payloadCheckIn: "checkIn", payloadMakeUp: "makeUp", payloadHold: "hold",
	payloadCapture: "capture", payloadRelease: "release", payloadRedeem: "redeem", payloadReverse: "reverse",
	payloadGrant: "grant", payloadDeduct: "deduct", payloadTransfer: "transfer", payloadMerge: "merge",
	payloadClose: "close", payloadReminded: "reminded",
}

// request is a command that was checked and converted. Its slices are used
// again.
type request struct {
	cmd     *Command
	payload payload
	at      int64        // OccurredAt
	event   event        // of Earn and CheckIn
	kept    []eventLine  // of Keep
	amount  money        // of Keep without lines
	day     calendar.Day // of MakeUp
}

// checkInKind is the kind of event that a CheckIn is.
const checkInKind = "check-in"

// set checks and converts a command.
func (q *request) set(c *Command) error {
	q.cmd, q.payload = c, c.payload()
	if q.payload == 0 {
		return &CommandError{"payload", "want exactly one"}
	}
	if !isShort(c.Key, MaxKeyBytes) {
		return textError("key", c.Key, MaxKeyBytes)
	}
	if !isText(c.Member) {
		return textError("member", c.Member, MaxNameBytes)
	}
	if !inRange(c.OccurredAt) {
		return &CommandError{"occurredAt", "want an instant from 1971 to 2499"}
	}
	q.at = c.OccurredAt.UnixMicro()
	return q.check(c)
}

// order is the order that an event is of; "" if it is of none.
func (q *request) order() string {
	if q.payload == payloadEarn {
		return q.cmd.Earn.Order
	}
	return ""
}

// payload returns which payload is set; 0 unless exactly one is.
func (c *Command) payload() payload {
	n, set := 0, payload(0)
	add := func(p payload, is bool) {
		if is {
			n++
			set = p
		}
	}
	add(payloadEarn, c.Earn != nil)
	add(payloadKeep, c.Keep != nil)
	add(payloadCheckIn, c.CheckIn != nil)
	add(payloadMakeUp, c.MakeUp != nil)
	add(payloadHold, c.Hold != nil)
	add(payloadCapture, c.Capture != nil)
	add(payloadRelease, c.Release != nil)
	add(payloadRedeem, c.Redeem != nil)
	add(payloadReverse, c.Reverse != nil)
	add(payloadGrant, c.Grant != nil)
	add(payloadDeduct, c.Deduct != nil)
	add(payloadTransfer, c.Transfer != nil)
	add(payloadMerge, c.Merge != nil)
	add(payloadClose, c.Close != nil)
	add(payloadReminded, c.Reminded != nil)
	if n != 1 {
		return 0
	}
	return set
}

func (q *request) check(c *Command) error {
	switch q.payload {
	case payloadEarn:
		return q.checkEarn(c.Earn)
	case payloadKeep:
		return q.checkKeep(c.Keep)
	case payloadCheckIn:
		q.event.is(checkInKind)
		q.event.at, q.event.amount, q.event.lines = q.at, 0, q.event.lines[:0]
		return q.facts("checkIn", c.CheckIn.Attributes, c.CheckIn.Labels)
	case payloadMakeUp:
		day, err := time.Parse(time.DateOnly, c.MakeUp.Day)
		if err != nil || !inRange(day) {
			return &CommandError{"makeUp.day", fmt.Sprintf("%q: want a date such as 2006-01-02", shortened(c.MakeUp.Day))}
		}
		q.day = calendar.DayOf(day, nil)
		return checkOptional("makeUp.rule", c.MakeUp.Rule)
	case payloadHold:
		return firstOf(checkPoints("hold.points", c.Hold.Points), checkOptional("hold.wallet", c.Hold.Wallet))
	case payloadCapture:
		if c.Capture.Points < 0 || c.Capture.Points > MaxPoints {
			return &CommandError{"capture.points", fmt.Sprintf("%d: want 0 to %d", c.Capture.Points, int64(MaxPoints))}
		}
		return checkText("capture.hold", c.Capture.Hold, MaxKeyBytes)
	case payloadRelease:
		return checkText("release.hold", c.Release.Hold, MaxKeyBytes)
	case payloadRedeem:
		return checkRedeem(c.Redeem)
	case payloadReverse:
		return checkText("reverse.redemption", c.Reverse.Redemption, MaxKeyBytes)
	case payloadGrant:
		g := c.Grant
		return firstOf(checkPoints("grant.points", g.Points), checkOptional("grant.wallet", g.Wallet), checkText("grant.reason", g.Reason, MaxReasonBytes))
	case payloadDeduct:
		d := c.Deduct
		return firstOf(checkPoints("deduct.points", d.Points), checkOptional("deduct.wallet", d.Wallet), checkText("deduct.reason", d.Reason, MaxReasonBytes))
	case payloadTransfer:
		t := c.Transfer
		return firstOf(checkOther("transfer.to", t.To, c.Member), checkPoints("transfer.points", t.Points), checkOptional("transfer.wallet", t.Wallet))
	case payloadMerge:
		return checkOther("merge.into", c.Merge.Into, c.Member)
	case payloadClose:
		return checkText("close.reason", c.Close.Reason, MaxReasonBytes)
	default:
		r := c.Reminded
		if r.Points < 0 || r.Points > MaxPoints {
			return &CommandError{"reminded.points", fmt.Sprintf("%d: want 0 to %d", r.Points, int64(MaxPoints))}
		}
		if !r.Expires.IsZero() && !inRange(r.Expires) {
			return &CommandError{"reminded.expires", "want an instant from 1971 to 2499"}
		}
		return checkText("reminded.reminder", r.Reminder, MaxKeyBytes)
	}
}

func (q *request) checkEarn(e *Earn) error {
	ev := &q.event
	ev.is(e.Kind)
	ev.at = q.at
	if !isText(e.Kind) {
		return textError("earn.kind", e.Kind, MaxNameBytes)
	}
	if err := checkOptional("earn.order", e.Order); err != nil {
		return err
	}
	if err := checkOptional("earn.referrer", e.Referrer); err != nil {
		return err
	}
	if e.Kind == checkInKind {
		return &CommandError{"earn.kind", `"check-in" is for the payload checkIn`}
	}
	if e.Referrer == q.cmd.Member {
		return &CommandError{"earn.referrer", "is the member"}
	}
	amount, problem := toMoney(e.Amount)
	if problem != "" {
		return &CommandError{"earn.amount", problem}
	}
	ev.amount, ev.lines = amount, ev.lines[:0]
	if len(e.Lines) > 0 {
		sum, err := q.lines(e.Lines)
		if err != nil {
			return err
		}
		if amount != 0 && amount != sum {
			return &CommandError{"earn.amount", "is not the sum of the lines"}
		}
		ev.amount = sum
	}
	return q.facts("earn", e.Attributes, e.Labels)
}

// lines adds the lines of an order and returns their sum.
func (q *request) lines(lines []Line) (sum money, err error) {
	if len(lines) > MaxLines {
		return 0, &CommandError{"earn.lines", fmt.Sprintf("has %d: want at most %d", len(lines), MaxLines)}
	}
	for i := range lines {
		l := &lines[i]
		amount, problem := toMoney(l.Amount)
		if problem != "" {
			return 0, &CommandError{fmt.Sprintf("earn.lines[%d].amount", i), problem}
		}
		if !isText(l.ID) || l.Category != "" && !isText(l.Category) {
			return 0, &CommandError{fmt.Sprintf("earn.lines[%d]", i), "want an ID and a category of valid UTF-8, and not too long"}
		}
		if sum += amount; sum > maxMoney {
			return 0, &CommandError{"earn.lines", fmt.Sprintf("come to more than %d", int64(MaxAmount))}
		}
		q.event.lines = append(q.event.lines, eventLine{l.ID, l.Category, amount})
	}
	if id := twice(q.event.lines); id != "" {
		return 0, &CommandError{"earn.lines", fmt.Sprintf("have the ID %q twice", id)}
	}
	return sum, nil
}

func (q *request) checkKeep(k *Keep) error {
	if err := checkText("keep.order", k.Order, MaxNameBytes); err != nil {
		return err
	}
	amount, problem := toMoney(k.Amount)
	switch {
	case problem != "":
		return &CommandError{"keep.amount", problem}
	case len(k.Lines) > MaxLines:
		return &CommandError{"keep.lines", fmt.Sprintf("has %d: want at most %d", len(k.Lines), MaxLines)}
	case len(k.Lines) > 0 && amount != 0:
		return &CommandError{"keep.amount", "is for orders without lines"}
	}
	q.amount, q.kept = amount, q.kept[:0]
	for i := range k.Lines {
		amount, problem := toMoney(k.Lines[i].Amount)
		if problem != "" {
			return &CommandError{fmt.Sprintf("keep.lines[%d].amount", i), problem}
		}
		if !isText(k.Lines[i].ID) {
			return &CommandError{fmt.Sprintf("keep.lines[%d].id", i), fmt.Sprintf("want 1 to %d bytes of valid UTF-8", MaxNameBytes)}
		}
		q.kept = append(q.kept, eventLine{id: k.Lines[i].ID, amount: amount})
	}
	if id := twice(q.kept); id != "" {
		return &CommandError{"keep.lines", fmt.Sprintf("have the ID %q twice", id)}
	}
	slices.SortFunc(q.kept, func(a, b eventLine) int { return strings.Compare(a.id, b.id) })
	return nil
}

// facts takes attributes and labels, sorted.
func (q *request) facts(path string, attributes []Attribute, labels []string) error {
	ev := &q.event
	if len(attributes)+len(labels) == 0 {
		ev.attributes, ev.labels = ev.attributes[:0], ev.labels[:0]
		return nil
	}
	if len(attributes) > MaxAttributes || len(labels) > MaxLabels {
		return manyError(path, len(attributes), len(labels))
	}
	ev.attributes, ev.labels = append(ev.attributes[:0], attributes...), append(ev.labels[:0], labels...)
	if len(attributes) > 1 {
		slices.SortFunc(ev.attributes, func(a, b Attribute) int { return cmp.Compare(a.Name, b.Name) })
	}
	if len(labels) > 1 {
		slices.Sort(ev.labels)
	}
	for i := range ev.attributes {
		a := &ev.attributes[i]
		if !isText(a.Name) || !isText(a.Value) {
			return factError(path, "attributes", "%q: want a name and a value of 1 to %d bytes of valid UTF-8", a.Name)
		}
		if i > 0 && ev.attributes[i-1].Name == a.Name {
			return twiceError(path, "attributes", a.Name)
		}
	}
	for i, l := range ev.labels {
		if !isText(l) {
			return factError(path, "labels", "%q: want 1 to %d bytes of valid UTF-8", l)
		}
		if i > 0 && ev.labels[i-1] == l {
			return twiceError(path, "labels", l)
		}
	}
	return nil
}

//go:noinline
func manyError(path string, attributes, labels int) error {
	return &CommandError{path, fmt.Sprintf("has %d attributes and %d labels: want at most %d and %d", attributes, labels, MaxAttributes, MaxLabels)}
}

//go:noinline
func factError(path, list, want, fact string) error {
	return &CommandError{path + "." + list, fmt.Sprintf(want, shortened(fact), MaxNameBytes)}
}

//go:noinline
func twiceError(path, list, name string) error {
	return &CommandError{path + "." + list, fmt.Sprintf("have %q twice", name)}
}

func checkRedeem(r *Redeem) error {
	switch {
	case r.Reward == "" && r.Quantity != 0:
		return &CommandError{"redeem.quantity", "is for rewards"}
	case r.Reward == "":
		return firstOf(checkPoints("redeem.points", r.Points), checkOptional("redeem.wallet", r.Wallet))
	case r.Points != 0:
		return &CommandError{"redeem.points", "are the reward's to say"}
	case r.Quantity < 0 || r.Quantity > maxQuantity:
		return &CommandError{"redeem.quantity", fmt.Sprintf("%d: want 0 to %d", r.Quantity, maxQuantity)}
	}
	return firstOf(checkOptional("redeem.reward", r.Reward), checkOptional("redeem.wallet", r.Wallet))
}

// maxQuantity keeps quantity times cost within an int64.
const maxQuantity = 1000

func checkPoints(field string, points int64) error {
	if points < 1 || points > MaxPoints {
		return &CommandError{field, fmt.Sprintf("%d: want 1 to %d", points, int64(MaxPoints))}
	}
	return nil
}

func checkOther(field, name, member string) error {
	if name == member {
		return &CommandError{field, "is the member"}
	}
	return checkText(field, name, MaxNameBytes)
}

func checkText(field, s string, most int) error {
	if !isShort(s, most) {
		return textError(field, s, most)
	}
	return nil
}

func checkOptional(field, s string) error {
	if s == "" {
		return nil
	}
	return checkText(field, s, MaxNameBytes)
}

// textError says what is wrong with a text.
func textError(field, s string, most int) error {
	switch {
	case s == "":
		return &CommandError{field, "is missing"}
	case len(s) > most:
		return &CommandError{field, fmt.Sprintf("has %d bytes: want at most %d", len(s), most)}
	}
	return &CommandError{field, fmt.Sprintf("%q: want valid UTF-8 without NUL", shortened(s))}
}

func isText(s string) bool { return isShort(s, MaxNameBytes) }

func isShort(s string, most int) bool { return s != "" && len(s) <= most && isSound(s) }

// isSound reports whether a text is valid UTF-8 without NUL, which some
// databases don't take.
func isSound(s string) bool {
	b, odd := []byte(s), uint64(0)
	switch n := len(b); {
	case n >= 8:
		for odd = oddBytes(le.Uint64(b[n-8:])); len(b) > 8; b = b[8:] {
			odd |= oddBytes(le.Uint64(b))
		}
	case n >= 4:
		odd = oddBytes(uint64(le.Uint32(b))<<32 | uint64(le.Uint32(b[n-4:])))
	default:
		for _, c := range b {
			odd |= oddBytes(uint64(c) * everyByte)
		}
	}
	return odd == 0 || isSoundWide(s)
}

const everyByte = 0x0101_0101_0101_0101

// oddBytes is not 0 if of eight bytes one is 0 or over 0x7f.
func oddBytes(b uint64) uint64 { return (b - everyByte | b) & (everyByte << 7) }

// isSoundWide is isSound for any text.
func isSoundWide(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func shortened(s string) string { return s[:min(len(s), 40)] }

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// twice returns an ID that two lines have; "" if there is none.
func twice(lines []eventLine) string {
	const few = 20
	if len(lines) > few {
		seen := make(map[string]bool, len(lines))
		for i := range lines {
			if seen[lines[i].id] {
				return lines[i].id
			}
			seen[lines[i].id] = true
		}
		return ""
	}
	for i := range lines {
		for j := range i {
			if lines[i].id == lines[j].id {
				return lines[i].id
			}
		}
	}
	return ""
}
