package loyalty

import (
	"fmt"
	"strconv"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

func dayText(day int64) string {
	if day < -(1<<24) || day > 1<<24 {
		return ""
	}
	return calendar.Day(day).String()
}

// field is a part of a command as JSON names it, and its value.
type field struct{ path, value string }

// differ returns the first field that differs and its values in two canonical
// commands.
func differ(was, is []byte) (path, before, after string) {
	var a, b Command
	if a.UnmarshalBinary(was) != nil || b.UnmarshalBinary(is) != nil {
		return "command", "", ""
	}
	x, y := a.fields(), b.fields()
	for i := range max(len(x), len(y)) {
		switch {
		case i >= len(x):
			return y[i].path, "", y[i].value
		case i >= len(y):
			return x[i].path, x[i].value, ""
		case x[i].path != y[i].path:
			return "payload", x[i].path, y[i].path
		case x[i].value != y[i].value:
			return x[i].path, x[i].value, y[i].value
		}
	}
	return "command", "", ""
}

// fields lists all parts of a command, in their canonical order.
func (c *Command) fields() []field {
	var q request
	if q.set(c) != nil {
		return nil
	}
	name := payloadNames[q.payload] + "."
	all := []field{{"member", c.Member}, {"occurredAt", c.OccurredAt.UTC().Format(time.RFC3339Nano)}}
	add := func(path, value string) { all = append(all, field{name + path, value}) }
	number := func(path string, n int64) { add(path, strconv.FormatInt(n, 10)) }
	switch q.payload {
	case payloadEarn:
		add("kind", c.Earn.Kind)
		add("order", c.Earn.Order)
		add("referrer", c.Earn.Referrer)
		add("amount", q.event.amount.String())
		for i, l := range q.event.lines {
			add(fmt.Sprintf("lines[%d].id", i), l.id)
			add(fmt.Sprintf("lines[%d].category", i), l.category)
			add(fmt.Sprintf("lines[%d].amount", i), l.amount.String())
		}
		q.event.addFacts(add)
	case payloadKeep:
		add("order", c.Keep.Order)
		add("amount", q.amount.String())
		for _, l := range q.kept {
			add("lines["+l.id+"].amount", l.amount.String())
		}
	case payloadCheckIn:
		add("checkIn", "")
		q.event.addFacts(add)
	case payloadMakeUp:
		add("day", c.MakeUp.Day)
		add("rule", c.MakeUp.Rule)
	case payloadHold:
		number("points", c.Hold.Points)
		add("wallet", c.Hold.Wallet)
	case payloadCapture:
		add("hold", c.Capture.Hold)
		number("points", c.Capture.Points)
	case payloadRelease:
		add("hold", c.Release.Hold)
	case payloadRedeem:
		add("reward", c.Redeem.Reward)
		number("quantity", c.Redeem.Quantity)
		number("points", c.Redeem.Points)
		add("wallet", c.Redeem.Wallet)
	case payloadReverse:
		add("redemption", c.Reverse.Redemption)
	case payloadGrant:
		number("points", c.Grant.Points)
		add("wallet", c.Grant.Wallet)
		add("reason", c.Grant.Reason)
	case payloadDeduct:
		number("points", c.Deduct.Points)
		add("wallet", c.Deduct.Wallet)
		add("reason", c.Deduct.Reason)
	case payloadTransfer:
		add("to", c.Transfer.To)
		number("points", c.Transfer.Points)
		add("wallet", c.Transfer.Wallet)
	case payloadMerge:
		add("into", c.Merge.Into)
	case payloadClose:
		add("reason", c.Close.Reason)
	case payloadReminded:
		add("reminder", c.Reminded.Reminder)
		number("points", c.Reminded.Points)
		add("expires", c.Reminded.Expires.UTC().Format(time.RFC3339Nano))
	}
	return all
}

func (e *event) addFacts(add func(path, value string)) {
	for _, a := range e.attributes {
		add("attributes."+a.Name, a.Value)
	}
	for i, l := range e.labels {
		add(fmt.Sprintf("labels[%d]", i), l)
	}
}

// String returns the amount in plain digits, without zeros at the end.
func (m money) String() string {
	whole, part := int64(m)/10_000, int64(m)%10_000
	if part == 0 {
		return strconv.FormatInt(whole, 10)
	}
	digits := fmt.Sprintf("%04d", part)
	for digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	return strconv.FormatInt(whole, 10) + "." + digits
}
