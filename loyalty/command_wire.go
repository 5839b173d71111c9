package loyalty

import (
	"bytes"
	"fmt"

	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/wire"
)

// commandFormat is the form of canonical commands that this release writes.
const commandFormat = 1

// ParseCommand reads a command from JSON, strictly: no unknown or repeated key
// and no trailing data. The error is [regulars.Faults], or [*CommandError] if
// the command makes no sense.
func ParseCommand(data []byte) (Command, error) {
	var c Command
	if err := config.Decode(data, &c); err != nil {
		return Command{}, fmt.Errorf("loyalty: command: %w", err)
	}
	if err := new(request).set(&c); err != nil {
		return Command{}, err
	}
	return c, nil
}

// MarshalBinary returns the canonical bytes of a command: commands that say
// the same have the same bytes, whatever the order of attributes and labels or
// zeros at the end of amounts. A command that makes no sense is an error.
func (c *Command) MarshalBinary() ([]byte, error) {
	var q request
	if err := q.set(c); err != nil {
		return nil, err
	}
	return q.append(nil), nil
}

// UnmarshalBinary replaces the command by one that MarshalBinary wrote. On an
// error it is as it was.
func (c *Command) UnmarshalBinary(data []byte) error {
	if len(data) > 0 && data[0] > commandFormat {
		return fmt.Errorf("%w: command of format %d", ErrNewerState, data[0])
	}
	var q request
	read, err := readCommand(wire.NewReader(data))
	if err == nil {
		err = q.set(&read)
	}
	if err == nil && !bytes.Equal(q.append(nil), data) {
		err = fmt.Errorf("not canonical")
	}
	if err != nil {
		return fmt.Errorf("%w: command: %w", ErrCorrupt, err)
	}
	*c = read
	return nil
}

func (q *request) append(dst []byte) []byte {
	c := q.cmd
	dst = append(dst, commandFormat, byte(q.payload))
	dst = wire.AppendString(dst, c.Key)
	dst = wire.AppendString(dst, c.Member)
	dst = wire.AppendInt(dst, q.at)
	switch q.payload {
	case payloadEarn:
		return q.appendEarn(dst, c.Earn)
	case payloadKeep:
		dst = wire.AppendInt(wire.AppendString(dst, c.Keep.Order), int64(q.amount))
		dst = wire.AppendUint(dst, uint64(len(q.kept)))
		for i := range q.kept {
			dst = wire.AppendInt(wire.AppendString(dst, q.kept[i].id), int64(q.kept[i].amount))
		}
		return dst
	case payloadCheckIn:
		return q.event.appendFacts(dst)
	case payloadMakeUp:
		return wire.AppendString(wire.AppendInt(dst, int64(q.day)), c.MakeUp.Rule)
	case payloadHold:
		return wire.AppendString(wire.AppendInt(dst, c.Hold.Points), c.Hold.Wallet)
	case payloadCapture:
		return wire.AppendInt(wire.AppendString(dst, c.Capture.Hold), c.Capture.Points)
	case payloadRelease:
		return wire.AppendString(dst, c.Release.Hold)
	case payloadRedeem:
		dst = wire.AppendInt(wire.AppendString(dst, c.Redeem.Reward), c.Redeem.Quantity)
		return wire.AppendString(wire.AppendInt(dst, c.Redeem.Points), c.Redeem.Wallet)
	case payloadReverse:
		return wire.AppendString(dst, c.Reverse.Redemption)
	case payloadGrant:
		dst = wire.AppendString(wire.AppendInt(dst, c.Grant.Points), c.Grant.Wallet)
		return wire.AppendString(dst, c.Grant.Reason)
	case payloadDeduct:
		dst = wire.AppendString(wire.AppendInt(dst, c.Deduct.Points), c.Deduct.Wallet)
		return wire.AppendString(dst, c.Deduct.Reason)
	case payloadTransfer:
		dst = wire.AppendInt(wire.AppendString(dst, c.Transfer.To), c.Transfer.Points)
		return wire.AppendString(dst, c.Transfer.Wallet)
	case payloadMerge:
		return wire.AppendString(dst, c.Merge.Into)
	case payloadClose:
		return wire.AppendString(dst, c.Close.Reason)
	default:
		dst = wire.AppendInt(wire.AppendString(dst, c.Reminded.Reminder), c.Reminded.Points)
		return wire.AppendInt(dst, micros(c.Reminded.Expires))
	}
}

func (q *request) appendEarn(dst []byte, e *Earn) []byte {
	dst = wire.AppendString(dst, e.Kind)
	dst = wire.AppendString(dst, e.Order)
	dst = wire.AppendInt(dst, int64(q.event.amount))
	dst = wire.AppendUint(dst, uint64(len(q.event.lines)))
	for i := range q.event.lines {
		l := &q.event.lines[i]
		dst = wire.AppendString(wire.AppendString(dst, l.id), l.category)
		dst = wire.AppendInt(dst, int64(l.amount))
	}
	dst = q.event.appendFacts(dst)
	return wire.AppendString(dst, e.Referrer)
}

func (e *event) appendFacts(dst []byte) []byte {
	dst = wire.AppendUint(dst, uint64(len(e.attributes)))
	for i := range e.attributes {
		dst = wire.AppendString(wire.AppendString(dst, e.attributes[i].Name), e.attributes[i].Value)
	}
	dst = wire.AppendUint(dst, uint64(len(e.labels)))
	for _, l := range e.labels {
		dst = wire.AppendString(dst, l)
	}
	return dst
}

func readCommand(r *wire.Reader) (Command, error) {
	if format := r.Bytes(1); r.Err() == nil && format[0] != commandFormat {
		r.Fail("format %d", format[0])
	}
	var p payload
	if kind := r.Bytes(1); r.Err() == nil {
		p = payload(kind[0])
	}
	c := Command{Key: r.String(), Member: r.String(), OccurredAt: instant(r.Int())}
	readPayload(r, p, &c)
	return c, r.Close()
}

func readPayload(r *wire.Reader, p payload, c *Command) {
	switch p {
	case payloadEarn:
		c.Earn = readEarn(r)
	case payloadKeep:
		k := &Keep{Order: r.String(), Amount: money(r.Int()).decimal()}
		for range r.Count() {
			k.Lines = append(k.Lines, KeptLine{ID: r.String(), Amount: money(r.Int()).decimal()})
		}
		c.Keep = k
	case payloadCheckIn:
		c.CheckIn = &CheckIn{}
		c.CheckIn.Attributes, c.CheckIn.Labels = readFacts(r)
	case payloadMakeUp:
		c.MakeUp = &MakeUp{Day: dayText(r.Int()), Rule: r.String()}
	case payloadHold:
		c.Hold = &Hold{Points: r.Int(), Wallet: r.String()}
	case payloadCapture:
		c.Capture = &Capture{Hold: r.String(), Points: r.Int()}
	case payloadRelease:
		c.Release = &Release{Hold: r.String()}
	case payloadRedeem:
		c.Redeem = &Redeem{Reward: r.String(), Quantity: r.Int(), Points: r.Int(), Wallet: r.String()}
	case payloadReverse:
		c.Reverse = &Reverse{Redemption: r.String()}
	case payloadGrant:
		c.Grant = &Grant{Points: r.Int(), Wallet: r.String(), Reason: r.String()}
	case payloadDeduct:
		c.Deduct = &Deduct{Points: r.Int(), Wallet: r.String(), Reason: r.String()}
	case payloadTransfer:
		c.Transfer = &Transfer{To: r.String(), Points: r.Int(), Wallet: r.String()}
	case payloadMerge:
		c.Merge = &Merge{Into: r.String()}
	case payloadClose:
		c.Close = &Close{Reason: r.String()}
	case payloadReminded:
		c.Reminded = &Reminded{Reminder: r.String(), Points: r.Int(), Expires: instant(r.Int())}
	default:
		r.Fail("payload %d", p)
	}
}

func readEarn(r *wire.Reader) *Earn {
	e := &Earn{Kind: r.String(), Order: r.String(), Amount: money(r.Int()).decimal()}
	for range r.Count() {
		e.Lines = append(e.Lines, Line{ID: r.String(), Category: r.String(), Amount: money(r.Int()).decimal()})
	}
	e.Attributes, e.Labels = readFacts(r)
	e.Referrer = r.String()
	return e
}

func readFacts(r *wire.Reader) (attributes []Attribute, labels []string) {
	for range r.Count() {
		attributes = append(attributes, Attribute{Name: r.String(), Value: r.String()})
	}
	for range r.Count() {
		labels = append(labels, r.String())
	}
	return attributes, labels
}
