package loyalty_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
)

// each is a command of every payload.
func each() map[string]loyalty.Command {
	amount := decimal.New(1050, -2)
	return map[string]loyalty.Command{
		"earn": {Earn: &loyalty.Earn{
			Kind: "order", Order: "o", Referrer: "bo", Labels: []string{"b=2", "a=1"},
			Attributes: []loyalty.Attribute{{Name: "device", Value: "d"}, {Name: "channel", Value: "app"}},
			Lines:      []loyalty.Line{{ID: "x", Category: "tea", Amount: amount}, {ID: "y", Amount: decimal.New(1, 0)}},
		}},
		"keep":     {Keep: &loyalty.Keep{Order: "o", Lines: []loyalty.KeptLine{{ID: "y", Amount: amount}, {ID: "x", Amount: amount}}}},
		"checkIn":  {CheckIn: &loyalty.CheckIn{Labels: []string{"a=1"}}},
		"makeUp":   {MakeUp: &loyalty.MakeUp{Day: "2026-03-01", Rule: "sign in"}},
		"hold":     {Hold: &loyalty.Hold{Points: 3, Wallet: "points"}},
		"capture":  {Capture: &loyalty.Capture{Hold: "h", Points: 2}},
		"release":  {Release: &loyalty.Release{Hold: "h"}},
		"redeem":   {Redeem: &loyalty.Redeem{Reward: "coffee", Quantity: 2, Wallet: "points"}},
		"reverse":  {Reverse: &loyalty.Reverse{Redemption: "r"}},
		"grant":    {Grant: &loyalty.Grant{Points: 3, Wallet: "points", Reason: "sorry"}},
		"deduct":   {Deduct: &loyalty.Deduct{Points: 3, Wallet: "points", Reason: "mistake"}},
		"transfer": {Transfer: &loyalty.Transfer{To: "bo", Points: 3, Wallet: "points"}},
		"merge":    {Merge: &loyalty.Merge{Into: "bo"}},
		"close":    {Close: &loyalty.Close{Reason: "asked"}},
		"reminded": {Reminded: &loyalty.Reminded{Reminder: "r", Points: 4, Expires: monday}},
	}
}

func named(c loyalty.Command) loyalty.Command {
	c.Key, c.Member, c.OccurredAt = "key", "会员", monday
	return c
}

func TestEveryCommandSurvivesItsBytes(t *testing.T) {
	for name, c := range each() {
		c = named(c)
		b, err := c.MarshalBinary()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var read loyalty.Command
		if err := read.UnmarshalBinary(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again, err := read.MarshalBinary()
		if err != nil || !bytes.Equal(b, again) {
			t.Errorf("%s: %x, then %x, %v", name, b, again, err)
		}
		for cut := range b {
			kept := read
			if err := read.UnmarshalBinary(b[:cut]); err == nil || !cmp.Equal(kept, read) {
				t.Errorf("%s: %d of %d bytes: %v", name, cut, len(b), err)
			}
		}
	}
}

// The order of attributes, labels and kept lines says nothing, nor do zeros at
// the end of amounts or parts of a microsecond.
func TestCommandsThatSayTheSame(t *testing.T) {
	a, b := named(each()["earn"]), named(each()["earn"])
	e := *b.Earn
	e.Labels = []string{"a=1", "b=2"}
	e.Attributes = []loyalty.Attribute{{Name: "channel", Value: "app"}, {Name: "device", Value: "d"}}
	e.Amount = decimal.New(11500, -3) // the sum of the lines
	b.Earn, b.OccurredAt = &e, b.OccurredAt.Add(999*time.Nanosecond).In(time.FixedZone("x", 3600))
	x, err := a.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.MarshalBinary()
	if err != nil || !bytes.Equal(x, y) {
		t.Errorf("%x\n%x, %v", x, y, err)
	}
}

// A key used again names what differs, in every payload.
func TestKeyReusedNamesTheDifference(t *testing.T) {
	change := func(c loyalty.Command, change func(*loyalty.Command)) loyalty.Command {
		change(&c)
		return c
	}
	tests := []struct {
		payload, field, was, is string
		change                  func(*loyalty.Command)
	}{
		{"earn", "member", "会员", "bo2", func(c *loyalty.Command) { c.Member = "bo2" }},
		{"earn", "occurredAt", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00.000001Z", func(c *loyalty.Command) { c.OccurredAt = c.OccurredAt.Add(1000) }},
		{"earn", "earn.amount", "11.5", "12.51", func(c *loyalty.Command) { c.Earn.Lines[1].Amount = decimal.New(201, -2) }},
		{"earn", "earn.lines[0].category", "tea", "", func(c *loyalty.Command) { c.Earn.Lines[0].Category = "" }},
		{"earn", "earn.attributes.channel", "app", "web", func(c *loyalty.Command) { c.Earn.Attributes[1].Value = "web" }},
		{"earn", "earn.labels[1]", "b=2", "", func(c *loyalty.Command) { c.Earn.Labels = c.Earn.Labels[1:] }},
		{"earn", "earn.referrer", "bo", "cy", func(c *loyalty.Command) { c.Earn.Referrer = "cy" }},
		{"keep", "keep.lines[x].amount", "10.5", "0", func(c *loyalty.Command) { c.Keep.Lines[1].Amount = decimal.Decimal{} }},
		{"checkIn", "checkIn.labels[0]", "a=1", "a=2", func(c *loyalty.Command) { c.CheckIn.Labels = []string{"a=2"} }},
		{"makeUp", "makeUp.day", "2026-03-01", "2026-02-28", func(c *loyalty.Command) { c.MakeUp.Day = "2026-02-28" }},
		{"hold", "hold.points", "3", "4", func(c *loyalty.Command) { c.Hold.Points = 4 }},
		{"capture", "capture.points", "2", "0", func(c *loyalty.Command) { c.Capture.Points = 0 }},
		{"release", "release.hold", "h", "i", func(c *loyalty.Command) { c.Release.Hold = "i" }},
		{"redeem", "redeem.quantity", "2", "1", func(c *loyalty.Command) { c.Redeem.Quantity = 1 }},
		{"reverse", "reverse.redemption", "r", "s", func(c *loyalty.Command) { c.Reverse.Redemption = "s" }},
		{"grant", "grant.reason", "sorry", "oops", func(c *loyalty.Command) { c.Grant.Reason = "oops" }},
		{"deduct", "deduct.wallet", "points", "", func(c *loyalty.Command) { c.Deduct.Wallet = "" }},
		{"transfer", "transfer.to", "bo", "cy", func(c *loyalty.Command) { c.Transfer.To = "cy" }},
		{"merge", "merge.into", "bo", "cy", func(c *loyalty.Command) { c.Merge.Into = "cy" }},
		{"close", "close.reason", "asked", "fraud", func(c *loyalty.Command) { c.Close.Reason = "fraud" }},
		{"reminded", "reminded.points", "4", "5", func(c *loyalty.Command) { c.Reminded.Points = 5 }},
	}
	for _, tt := range tests {
		d := newDesk(t, everyFeature())
		first := named(each()[tt.payload])
		d.prepare(first)
		if _, err := d.engine.Do(t.Context(), monday, first); err != nil {
			t.Errorf("%s: %v", tt.payload, err)
			continue
		}
		_, err := d.engine.Do(t.Context(), monday, change(named(each()[tt.payload]), tt.change))
		want := &loyalty.KeyReusedError{Key: "key", Field: tt.field, Was: tt.was, Is: tt.is}
		if !sameError(err, want) {
			t.Errorf("%s: %v, want %v", tt.payload, err, want)
		}
	}
}

// everyFeature takes every command.
func everyFeature() loyalty.Program {
	p := cafe()
	p.Rules = append(p.Rules, loyalty.Rule{
		ID: 7, Name: "sign in", Layer: loyalty.LayerZeroCost, On: []string{"check-in"},
		Streak: &loyalty.Streak{Steps: []loyalty.Step{{Day: 1, Points: 1}}, MakeUp: &loyalty.MakeUpPrice{Points: 1, Days: 5}},
	})
	p.Limits.Transfers = &loyalty.Transfers{}
	return p
}

// prepare makes what a command needs.
func (d *desk) prepare(c loyalty.Command) {
	d.t.Helper()
	d.do("bo", grant(1))
	d.do(c.Member, grant(1000))
	switch {
	case c.Keep != nil:
		e := *each()["earn"].Earn
		e.Referrer = ""
		d.do(c.Member, loyalty.Command{Earn: &e})
	case c.Capture != nil || c.Release != nil:
		d.do(c.Member, keyed("h", loyalty.Command{Hold: &loyalty.Hold{Points: 9}}))
	case c.Reverse != nil:
		d.do(c.Member, keyed("r", redeem(9)))
	}
}

func TestCommandFaults(t *testing.T) {
	long := strings.Repeat("x", loyalty.MaxKeyBytes+1)
	many := make([]loyalty.Line, loyalty.MaxLines+1)
	for i := range many {
		many[i].ID = fmt.Sprint(i)
	}
	lines := func(l ...loyalty.Line) loyalty.Command {
		return loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Lines: l}}
	}
	one := decimal.New(1, 0)
	tests := []struct {
		name    string
		command loyalty.Command
		field   string
	}{
		{"no key", loyalty.Command{Member: "m", OccurredAt: monday, Close: &loyalty.Close{Reason: "r"}}, "key"},
		{"long key", loyalty.Command{Key: long, Member: "m", OccurredAt: monday, Close: &loyalty.Close{Reason: "r"}}, "key"},
		{"NUL", loyalty.Command{Key: "a\x00b", Member: "m", OccurredAt: monday, Close: &loyalty.Close{Reason: "r"}}, "key"},
		{"not UTF-8", loyalty.Command{Key: "k", Member: "m\xff", OccurredAt: monday, Close: &loyalty.Close{Reason: "r"}}, "member"},
		{"no member", loyalty.Command{Key: "k", OccurredAt: monday, Close: &loyalty.Close{Reason: "r"}}, "member"},
		{"no time", loyalty.Command{Key: "k", Member: "m", Close: &loyalty.Close{Reason: "r"}}, "occurredAt"},
		{"a time long ago", loyalty.Command{Key: "k", Member: "m", OccurredAt: time.Unix(0, 0), Close: &loyalty.Close{Reason: "r"}}, "occurredAt"},
		{"a time far ahead", loyalty.Command{Key: "k", Member: "m", OccurredAt: time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC), Close: &loyalty.Close{Reason: "r"}}, "occurredAt"},
		{"no kind", named(loyalty.Command{Earn: &loyalty.Earn{}}), "earn.kind"},
		{"a check-in as an event", named(event("check-in")), "earn.kind"},
		{"too many places", named(loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(1, -5)}}), "earn.amount"},
		{"amount is not the sum", named(loyalty.Command{Earn: &loyalty.Earn{Kind: "order", Amount: one, Lines: []loyalty.Line{{ID: "a", Amount: decimal.New(2, 0)}}}}), "earn.amount"},
		{"a line without ID", named(lines(loyalty.Line{Amount: one})), "earn.lines[0]"},
		{"a line twice", named(lines(loyalty.Line{ID: "a", Amount: one}, loyalty.Line{ID: "a", Amount: one})), "earn.lines"},
		{"a line twice among many", named(lines(append(many[:40:40], loyalty.Line{ID: "7"})...)), "earn.lines"},
		{"too many lines", named(lines(many...)), "earn.lines"},
		{"a negative line", named(lines(loyalty.Line{ID: "a", Amount: decimal.New(-1, 0)})), "earn.lines[0].amount"},
		{"lines too large", named(lines(loyalty.Line{ID: "a", Amount: decimal.New(loyalty.MaxAmount, 0)}, loyalty.Line{ID: "b", Amount: one})), "earn.lines"},
		{"an attribute twice", named(loyalty.Command{CheckIn: &loyalty.CheckIn{Attributes: []loyalty.Attribute{{Name: "a", Value: "1"}, {Name: "a", Value: "2"}}}}), "checkIn.attributes"},
		{"an empty attribute", named(loyalty.Command{CheckIn: &loyalty.CheckIn{Attributes: []loyalty.Attribute{{Name: "a"}}}}), "checkIn.attributes"},
		{"a label twice", named(loyalty.Command{CheckIn: &loyalty.CheckIn{Labels: []string{"a=1", "a=1"}}}), "checkIn.labels"},
		{"an empty label", named(loyalty.Command{CheckIn: &loyalty.CheckIn{Labels: []string{""}}}), "checkIn.labels"},
		{"too many labels", named(loyalty.Command{CheckIn: &loyalty.CheckIn{Labels: make([]string, loyalty.MaxLabels+1)}}), "checkIn"},
		{"a kept line twice", named(loyalty.Command{Keep: &loyalty.Keep{Order: "o", Lines: []loyalty.KeptLine{{ID: "a"}, {ID: "a"}}}}), "keep.lines"},
		{"kept by lines and amount", named(loyalty.Command{Keep: &loyalty.Keep{Order: "o", Amount: one, Lines: []loyalty.KeptLine{{ID: "a"}}}}), "keep.amount"},
		{"kept less than nothing", named(keep("o", -1)), "keep.amount"},
		{"a kept line without ID", named(loyalty.Command{Keep: &loyalty.Keep{Order: "o", Lines: []loyalty.KeptLine{{}}}}), "keep.lines[0].id"},
		{"no date", named(loyalty.Command{MakeUp: &loyalty.MakeUp{Day: "2026-02-30"}}), "makeUp.day"},
		{"hold of nothing", named(loyalty.Command{Hold: &loyalty.Hold{}}), "hold.points"},
		{"capture of less than nothing", named(loyalty.Command{Capture: &loyalty.Capture{Hold: "h", Points: -1}}), "capture.points"},
		{"reward and points", named(loyalty.Command{Redeem: &loyalty.Redeem{Reward: "coffee", Points: 3}}), "redeem.points"},
		{"quantity without a reward", named(loyalty.Command{Redeem: &loyalty.Redeem{Points: 3, Quantity: 1}}), "redeem.quantity"},
		{"too many of a reward", named(loyalty.Command{Redeem: &loyalty.Redeem{Reward: "coffee", Quantity: 1001}}), "redeem.quantity"},
		{"more than there can be", named(grant(loyalty.MaxPoints + 1)), "grant.points"},
		{"grant without a reason", named(loyalty.Command{Grant: &loyalty.Grant{Points: 1}}), "grant.reason"},
		{"deduct without a reason", named(loyalty.Command{Deduct: &loyalty.Deduct{Points: 1}}), "deduct.reason"},
		{"transfer to oneself", named(loyalty.Command{Transfer: &loyalty.Transfer{To: "会员", Points: 1}}), "transfer.to"},
		{"merge into oneself", named(loyalty.Command{Merge: &loyalty.Merge{Into: "会员"}}), "merge.into"},
		{"no reminder", named(loyalty.Command{Reminded: &loyalty.Reminded{}}), "reminded.reminder"},
	}
	d := newDesk(t, cafe())
	for _, tt := range tests {
		_, err := d.engine.Do(t.Context(), monday, tt.command)
		if e, ok := err.(*loyalty.CommandError); !ok || e.Field != tt.field { //nolint:errorlint // it must not be wrapped
			t.Errorf("%s: %v, want a fault of %s", tt.name, err, tt.field)
		}
	}
	for _, now := range []time.Time{{}, time.Unix(0, 0), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if _, err := d.engine.Do(t.Context(), now, named(grant(1))); err == nil {
			t.Errorf("now = %s was taken", now)
		}
	}
}

func TestParseCommandIsStrict(t *testing.T) {
	for _, doc := range []string{
		`{"key": "k", "key": "k", "member": "m", "occurredAt": "2026-03-02T10:00:00Z", "close": {"reason": "r"}}`,
		`{"Key": "k", "member": "m", "occurredAt": "2026-03-02T10:00:00Z", "close": {"reason": "r"}}`,
		`{"key": "k", "member": "m", "occurredAt": "2026-03-02T10:00:00Z", "close": {"reason": "r"}} x`,
		`{"key": "k", "member": "m", "occurredAt": "2026-03-02T10:00:00Z", "close": {"reason": "r"}, "grant": {"points": 1, "reason": "r"}}`,
		`{"key": "k", "member": "m", "occurredAt": "2026-03-02T10:00:00Z", "grant": {"points": 1.5, "reason": "r"}}`,
		`[]`, ``,
	} {
		if _, err := loyalty.ParseCommand([]byte(doc)); err == nil {
			t.Errorf("%s was taken", doc)
		}
	}
}
