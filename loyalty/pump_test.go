package loyalty_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

// shopper buys and returns under a preset.
type shopper struct {
	engine *loyalty.Engine
	now    time.Time
	keys   int
}

func (s *shopper) do(t *rapid.T, c loyalty.Command) (loyalty.Receipt, error) {
	s.keys++
	c.Key, c.OccurredAt = fmt.Sprint("key ", s.keys), s.now
	r, err := s.engine.Do(context.Background(), s.now, c)
	if isBug(err) {
		t.Fatal(err)
	}
	return r, err
}

// try is do for commands that may be refused.
func (s *shopper) try(t *rapid.T, c loyalty.Command) { _, _ = s.do(t, c) }

func basket(t *rapid.T) *loyalty.Earn {
	e := &loyalty.Earn{Kind: "order"}
	for i := range rapid.IntRange(1, 4).Draw(t, "lines") {
		e.Lines = append(e.Lines, loyalty.Line{
			ID: fmt.Sprint("line ", i), Category: rapid.SampledFrom([]string{"", "fresh", "own-brand"}).Draw(t, "category"),
			Amount: decimal.New(rapid.Int64Range(0, 80_000).Draw(t, "cents"), -2),
		})
	}
	if rapid.Bool().Draw(t, "app") {
		e.Attributes = []loyalty.Attribute{{Name: "channel", Value: "app"}}
	}
	return e
}

// Property: whoever returns everything ends with no more points than before,
// whatever they bought, redeemed and undid in between, and so does who
// referred them; nor does anything they did count for a tier.
func TestNoMoneyPump(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		engine, err := loyalty.NewEngine(loyalty.NewMemory(), loyalty.Retailer())
		if err != nil {
			t.Fatal(err)
		}
		s := &shopper{engine: engine, now: monday}
		var orders, deals []string
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			s.now = s.now.Add(min(loyaltytest.Steps().Draw(t, "step"), 31*24*time.Hour))
			member := rapid.SampledFrom([]string{"ada", "bo"}).Draw(t, "member")
			c := loyalty.Command{Member: member}
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0, 1:
				c.Earn = basket(t)
				c.Earn.Order = fmt.Sprint("order ", len(orders))
				if member == "bo" {
					c.Earn.Referrer = "ada"
				}
				if _, err := s.do(t, c); err == nil {
					orders = append(orders, member)
				}
			case 2:
				c.Redeem = &loyalty.Redeem{Points: rapid.Int64Range(100, 500).Draw(t, "points")}
				if _, err := s.do(t, c); err == nil {
					deals = append(deals, member, fmt.Sprint("key ", s.keys))
				}
			case 3:
				if len(orders) > 0 {
					n := rapid.IntRange(0, len(orders)-1).Draw(t, "order")
					c.Member, c.Keep = orders[n], &loyalty.Keep{Order: fmt.Sprint("order ", n), Lines: []loyalty.KeptLine{{ID: "line 0", Amount: decimal.New(rapid.Int64Range(0, 900).Draw(t, "kept"), 0)}}}
					s.try(t, c)
				}
			}
		}
		for i := 0; i < len(deals); i += 2 {
			s.try(t, loyalty.Command{Member: deals[i], Reverse: &loyalty.Reverse{Redemption: deals[i+1]}})
		}
		for n, member := range orders {
			if _, err := s.do(t, loyalty.Command{Member: member, Keep: &loyalty.Keep{Order: fmt.Sprint("order ", n)}}); err != nil {
				t.Fatal(err)
			}
		}
		for _, member := range []string{"ada", "bo"} {
			st, err := engine.Balance(context.Background(), s.now, member)
			if err != nil {
				continue // no account
			}
			for _, b := range st.Balances {
				if b.Available+b.Pending+b.Held > 0 {
					t.Fatalf("%s returned everything and has %+v", member, b)
				}
			}
			if st.Tier.Qualifying != 0 || st.Tier.Level != "" && !st.Tier.Grace {
				t.Fatalf("%s returned everything and stands at %+v", member, st.Tier)
			}
		}
	})
}

// Property: however an order is returned, in parts and in any order, its member
// is left with what the kept part alone would have earned.
func TestPartialReturns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		engine, err := loyalty.NewEngine(loyalty.NewMemory(), loyalty.Retailer())
		if err != nil {
			t.Fatal(err)
		}
		s := &shopper{engine: engine, now: monday}
		whole := basket(t)
		whole.Order = "whole"
		kept := make([]decimal.Decimal, len(whole.Lines))
		for i, l := range whole.Lines {
			kept[i] = l.Amount
		}
		if _, err := s.do(t, loyalty.Command{Member: "ada", Earn: whole}); err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "after activation") {
			s.now = s.now.AddDate(0, 0, 20)
		}
		for range rapid.IntRange(1, 5).Draw(t, "returns") {
			k := &loyalty.Keep{Order: "whole"}
			for i, l := range whole.Lines {
				amount := decimal.New(rapid.Int64Range(0, 80_000).Draw(t, "kept"), -2)
				if kept[i].GreaterThan(amount) {
					kept[i] = amount
				}
				k.Lines = append(k.Lines, loyalty.KeptLine{ID: l.ID, Amount: amount})
			}
			if _, err := s.do(t, loyalty.Command{Member: "ada", Keep: k}); err != nil {
				t.Fatal(err)
			}
		}
		part := &loyalty.Earn{Kind: "order", Order: "part", Attributes: whole.Attributes}
		for i, l := range whole.Lines {
			if l.Amount = kept[i]; l.Amount.Sign() > 0 {
				part.Lines = append(part.Lines, l)
			}
		}
		if len(part.Lines) > 0 {
			if _, err := s.do(t, loyalty.Command{Member: "bo", Earn: part}); err != nil {
				t.Fatal(err)
			}
		} else if _, err := s.do(t, loyalty.Command{Member: "bo", Earn: &loyalty.Earn{Kind: "join"}}); err != nil {
			t.Fatal(err)
		}
		ada, err := engine.Balance(context.Background(), s.now, "ada")
		if err != nil {
			t.Fatal(err)
		}
		bo, err := engine.Balance(context.Background(), s.now, "bo")
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range ada.Balances {
			if other := bo.Balances[i]; b.Available+b.Pending-b.Debt != other.Available+other.Pending {
				t.Fatalf("in parts %+v, the kept part alone %+v", b, other)
			}
		}
	})
}
