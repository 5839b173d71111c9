package loyaltytest

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/loyalty"
)

// Members are those that drawn commands are about, the last with the longest
// name that there may be.
var Members = []string{"ada", "bo", "会员三", strings.Repeat("m", loyalty.MaxNameBytes)}

// Commands draws commands for a program at a moment. They make sense by
// themselves; whether an account takes them is another matter. Orders, holds and
// redemptions come from few names, so that later commands meet earlier ones,
// and now and then a key is used again. Some occurred as late as the program
// takes, or as early, or a microsecond beyond.
func Commands(p loyalty.Program, now time.Time) *rapid.Generator[loyalty.Command] {
	return rapid.Custom(func(t *rapid.T) loyalty.Command {
		d := commandDraw{t: t, p: &p, now: now}
		d.member = draw(t, "member", append([]string{"ada", "ada", "ada", "ada", "ada", "bo", "bo"}, Members...)...)
		c := loyalty.Command{Member: d.member, OccurredAt: d.occurred()}
		c.Key = fmt.Sprint("key ", rapid.Uint64().Draw(t, "key"))
		if rapid.IntRange(0, 19).Draw(t, "used key") == 19 {
			c.Key = draw(t, "key", "key 1", "key 2", d.name("hold"), d.name("deal"))
		}
		d.payload(&c)
		return c
	})
}

// Steps draws how far a clock moves on: not at all, a little, or up to 400
// days, often to just before or just after a day.
func Steps() *rapid.Generator[time.Duration] {
	return rapid.Custom(func(t *rapid.T) time.Duration {
		const day = 24 * time.Hour
		days := draw(t, "days", 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 7, 30, 31, 90, 365, 400)
		rest := draw(t, "rest", 0, time.Microsecond, -time.Microsecond, time.Second, time.Hour, 5*time.Hour, 23*time.Hour, 25*time.Hour)
		return max(0, time.Duration(days)*day+rest)
	})
}

type commandDraw struct {
	t      *rapid.T
	p      *loyalty.Program
	now    time.Time
	member string
}

// name draws one of a few names of a kind, mostly of the member.
func (d *commandDraw) name(kind string) string {
	owner := d.member[:2]
	if rapid.IntRange(0, 9).Draw(d.t, "another's") == 9 {
		owner = "bo"
	}
	return fmt.Sprintf("%s %d of %q", kind, draw(d.t, kind, 1, 2), owner)
}

func (d *commandDraw) occurred() time.Time {
	late, ahead := 30*24*time.Hour, 5*time.Minute
	if !d.p.MaxLate.IsZero() {
		late = d.now.Sub(d.p.MaxLate.Before(d.now, time.UTC))
	}
	if !d.p.MaxAhead.IsZero() {
		ahead = d.p.MaxAhead.After(d.now, time.UTC).Sub(d.now)
	}
	if !seldom(d.t, "at another time") {
		return d.now
	}
	return d.now.Add(draw(d.t, "occurred", -time.Microsecond, -time.Hour, -26*time.Hour, -late, -late-time.Microsecond, ahead, ahead+time.Microsecond))
}

// payloads stand in the order in which they are wanted: rapid draws what comes
// first more often. What ends an account comes seldom.
var payloads = []string{
	"earn", "grant", "hold", "redeem", "capture", "keep", "transfer", "reverse", "release", "check-in", "deduct", "make up", "earn", "grant", "reminded", "redeem",
}

func (d *commandDraw) payload(c *loyalty.Command) {
	other := draw(d.t, "other", Members...)
	if other == c.Member {
		other = "nobody"
	}
	points := draw[int64](d.t, "points", 5, 2, 10, 50, 1, 600, 7, loyalty.MaxPoints)
	payload := draw(d.t, "payload", payloads...)
	if rapid.IntRange(0, 255).Draw(d.t, "ends") >= 254 && seldom(d.t, "really") {
		payload = draw(d.t, "end", "merge", "close")
	}
	switch payload {
	case "earn":
		c.Earn = d.earn(other)
	case "keep":
		c.Keep = d.keep()
	case "check-in":
		c.CheckIn = &loyalty.CheckIn{Attributes: d.attributes(), Labels: d.labels()}
	case "make up":
		back := rapid.IntRange(0, 8).Draw(d.t, "days back")
		c.MakeUp = &loyalty.MakeUp{Day: d.now.In(zoneOf(d.p)).AddDate(0, 0, -back).Format(time.DateOnly), Rule: d.streak()}
	case "hold":
		c.Key = d.name("hold")
		c.Hold = &loyalty.Hold{Points: points, Wallet: d.wallet()}
	case "capture":
		c.Capture = &loyalty.Capture{Hold: d.name("hold"), Points: draw(d.t, "captured", 0, points)}
	case "release":
		c.Release = &loyalty.Release{Hold: d.name("hold")}
	case "redeem":
		c.Key = d.name("deal")
		c.Redeem = d.redeem(points)
	case "reverse":
		c.Reverse = &loyalty.Reverse{Redemption: d.name(draw(d.t, "reversed", "deal", "hold"))}
	case "grant":
		c.Grant = &loyalty.Grant{Points: draw[int64](d.t, "granted", 100, 50, 600, 1, loyalty.MaxPoints), Wallet: d.wallet(), Reason: "sorry"}
	case "deduct":
		c.Deduct = &loyalty.Deduct{Points: points, Wallet: d.wallet(), Reason: "mistake"}
	case "transfer":
		c.Transfer = &loyalty.Transfer{To: other, Points: points, Wallet: d.wallet()}
	case "merge":
		c.Merge = &loyalty.Merge{Into: other}
	case "close":
		c.Close = &loyalty.Close{Reason: "asked for"}
	case "reminded":
		c.Reminded = &loyalty.Reminded{Reminder: "expiring", Points: points, Expires: d.now.AddDate(0, 0, 7)}
	}
}

func zoneOf(p *loyalty.Program) *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

func (d *commandDraw) wallet() string {
	if !seldom(d.t, "another wallet") {
		return ""
	}
	return draw(d.t, "wallet", d.p.Wallets...).Name
}

func (d *commandDraw) streak() string {
	for _, r := range d.p.Rules {
		if r.Streak != nil {
			return r.Name
		}
	}
	return ""
}

func (d *commandDraw) order() string { return d.name("order") }

func (d *commandDraw) amount(label string) decimal.Decimal {
	return decimal.RequireFromString(draw(d.t, label, "0", "0.01", "9.99", "10", "10.0001", "39.99", "120", "250", "1e3", fmt.Sprint(int64(loyalty.MaxAmount))))
}

func (d *commandDraw) earn(referrer string) *loyalty.Earn {
	e := &loyalty.Earn{Kind: draw(d.t, "kind", append([]string{"order", "order", "delivered", "unheard of"}, drawnKinds...)...)}
	e.Attributes, e.Labels = d.attributes(), d.labels()
	if e.Kind == "order" || e.Kind == "delivered" || rapid.Bool().Draw(d.t, "of an order") {
		e.Order = d.order()
	}
	if seldom(d.t, "referred") {
		e.Referrer = referrer
	}
	if n := rapid.IntRange(-3, 3).Draw(d.t, "lines"); n > 0 {
		for i := range n {
			amount := decimal.RequireFromString(draw(d.t, "line", "0", "3.33", "10", "39.99", "500"))
			e.Lines = append(e.Lines, loyalty.Line{ID: fmt.Sprint("line ", i), Category: draw(d.t, "category", append([]string{""}, drawnCategories...)...), Amount: amount})
		}
	} else {
		e.Amount = d.amount("amount")
	}
	return e
}

func (d *commandDraw) keep() *loyalty.Keep {
	k := &loyalty.Keep{Order: d.order()}
	if n := rapid.IntRange(-3, 3).Draw(d.t, "kept lines"); n > 0 {
		for i := range n {
			k.Lines = append(k.Lines, loyalty.KeptLine{ID: fmt.Sprint("line ", i), Amount: decimal.RequireFromString(draw(d.t, "kept of line", "0", "3", "10", "1000"))})
		}
	} else {
		k.Amount = d.amount("kept")
	}
	return k
}

func (d *commandDraw) attributes() (list []loyalty.Attribute) {
	for _, a := range []loyalty.Attribute{{Name: "channel", Value: "app"}, {Name: "device", Value: "d1"}, {Name: "city", Value: "上海"}} {
		if rapid.Bool().Draw(d.t, a.Name) {
			if a.Name == "device" {
				a.Value = draw(d.t, "which", "d1", "d2")
			}
			list = append(list, a)
		}
	}
	return list
}

func (d *commandDraw) labels() []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"segment=vip", "stage=silent", "tier=gold"}), 0, 2, rapid.ID).Draw(d.t, "labels")
}

func (d *commandDraw) redeem(points int64) *loyalty.Redeem {
	if len(d.p.Rewards) == 0 || seldom(d.t, "no reward") {
		return &loyalty.Redeem{Points: points, Wallet: d.wallet()}
	}
	return &loyalty.Redeem{Reward: draw(d.t, "reward", d.p.Rewards...).Name, Quantity: draw[int64](d.t, "quantity", 0, 1, 2, 1000)}
}
