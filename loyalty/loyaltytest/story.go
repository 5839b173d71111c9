package loyaltytest

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/loyalty"
)

// Story draws commands that follow from what was accepted before: captures of
// open holds, refunds of orders that earned, spending of points that are there.
// [Commands] alone seldom gets so far. The zero value with a Program begins.
type Story struct {
	Program loyalty.Program

	n                   int
	holds, deals, sales []deed
	purses              []purse
}

// deed is a hold, a redemption or an order, and whose it is.
type deed struct {
	member, name string
	wallet       string
	points       int64
}

// purse is what a member was last known to have.
type purse struct {
	member, wallet string
	available      int64
}

// Next draws the next command. One time in four it pays no heed to the story.
func (s *Story) Next(t *rapid.T, now time.Time) loyalty.Command {
	c := Commands(s.Program, now).Draw(t, "command")
	if s.n++; seldom(t, "out of the blue") {
		return c
	}
	c.Key = fmt.Sprint("story ", s.n)
	switch {
	case c.Capture != nil:
		if d, ok := pick(t, s.holds); ok {
			c.Member, c.Capture.Hold = d.member, d.name
			c.Capture.Points = min(draw(t, "part", 0, d.points, (d.points+1)/2, d.points+1), loyalty.MaxPoints)
		}
	case c.Release != nil:
		if d, ok := pick(t, s.holds); ok {
			c.Member, c.Release.Hold = d.member, d.name
		}
	case c.Reverse != nil:
		if d, ok := pick(t, s.deals); ok {
			c.Member, c.Reverse.Redemption = d.member, d.name
		}
	case c.Keep != nil:
		if d, ok := pick(t, s.sales); ok {
			c.Member, c.Keep.Order = d.member, d.name
		}
	case c.Hold != nil:
		c.Member, c.Hold.Wallet, c.Hold.Points = s.afford(t, c.Member, c.Hold.Wallet, c.Hold.Points)
	case c.Redeem != nil:
		if c.Redeem.Reward != "" {
			if p, ok := pick(t, s.purses); ok {
				c.Member = p.member
			}
		} else {
			c.Member, c.Redeem.Wallet, c.Redeem.Points = s.afford(t, c.Member, c.Redeem.Wallet, c.Redeem.Points)
		}
	case c.Deduct != nil:
		c.Member, c.Deduct.Wallet, c.Deduct.Points = s.afford(t, c.Member, c.Deduct.Wallet, c.Deduct.Points)
	case c.Transfer != nil:
		c.Member, c.Transfer.Wallet, c.Transfer.Points = s.afford(t, c.Member, c.Transfer.Wallet, c.Transfer.Points)
		if to, ok := pick(t, s.purses); ok && to.member != c.Member {
			c.Transfer.To = to.member
		} else if c.Transfer.To == c.Member {
			c.Transfer.To = "nobody"
		}
	case c.Earn != nil && c.Earn.Kind == "delivered":
		if d, ok := pick(t, s.sales); ok {
			c.Member, c.Earn.Order = d.member, d.name
		}
	case c.Earn != nil && c.Earn.Order != "":
		c.Earn.Order = fmt.Sprint("order ", s.n)
	}
	if c.Earn != nil && c.Earn.Referrer == c.Member {
		c.Earn.Referrer = ""
	}
	return c
}

// Took tells the story that a command was accepted.
func (s *Story) Took(c loyalty.Command, receipt loyalty.Receipt) {
	for _, b := range receipt.Balances {
		s.settle(purse{c.Member, b.Wallet, b.Available})
	}
	switch {
	case c.Hold != nil:
		s.holds = append(s.holds, deed{c.Member, c.Key, c.Hold.Wallet, c.Hold.Points})
	case c.Redeem != nil:
		s.deals = append(s.deals, deed{c.Member, c.Key, c.Redeem.Wallet, receipt.Taken})
	case c.Capture != nil:
		s.drop(c.Capture.Hold)
		s.deals = append(s.deals, deed{c.Member, c.Capture.Hold, "", receipt.Taken})
	case c.Release != nil:
		s.drop(c.Release.Hold)
	case c.Reverse != nil:
		s.deals = slices.DeleteFunc(s.deals, func(d deed) bool { return d.name == c.Reverse.Redemption })
	case c.Earn != nil && c.Earn.Order != "":
		s.sales = append(s.sales, deed{member: c.Member, name: c.Earn.Order})
	}
}

func (s *Story) drop(hold string) {
	s.holds = slices.DeleteFunc(s.holds, func(d deed) bool { return d.name == hold })
}

// settle notes what a member has. Who has nothing is forgotten.
func (s *Story) settle(p purse) {
	s.purses = slices.DeleteFunc(s.purses, func(q purse) bool { return q.member == p.member && q.wallet == p.wallet })
	if p.available > 0 {
		s.purses = append(s.purses, p)
	}
}

// afford draws who spends how much of what: mostly what is there, seldom one
// point more.
func (s *Story) afford(t *rapid.T, member, wallet string, points int64) (string, string, int64) {
	p, ok := pick(t, s.purses)
	if !ok {
		return member, wallet, points
	}
	switch most := p.available; {
	case seldom(t, "all"):
		points = most
	case seldom(t, "one more"):
		points = most + 1
	default:
		points = min(points, most)
	}
	return p.member, p.wallet, min(points, loyalty.MaxPoints)
}

// pick draws one of what there is, if there is any.
func pick[T any](t *rapid.T, from []T) (one T, ok bool) {
	if len(from) == 0 {
		return one, false
	}
	return rapid.SampledFrom(from).Draw(t, "which"), true
}
