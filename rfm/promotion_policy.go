package rfm

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/names"
)

// PromotionClass is what a customer's sales say of how they buy. The zero
// value is PromotionUnknown.
type PromotionClass uint8

const (
	// PromotionUnknown says that there were too few sales to tell.
	PromotionUnknown PromotionClass = iota
	// PromotionFullPrice pays the price, with discounts now and then at most.
	PromotionFullPrice
	// PromotionMixed buys in both ways.
	PromotionMixed
	// PromotionDealSeeker buys at a discount, and seldom otherwise (羊毛党).
	PromotionDealSeeker
)

// PromotionClasses lists the classes.
func PromotionClasses() []PromotionClass {
	return []PromotionClass{PromotionUnknown, PromotionFullPrice, PromotionMixed, PromotionDealSeeker}
}

var promotionNames = names.Names{
	Package: "rfm", Type: "PromotionClass", What: "promotion class",
	List: []string{"unknown", "full-price", "mixed", "deal-seeker"},
}

// String returns the name, such as "deal-seeker".
func (c PromotionClass) String() string { return promotionNames.Of(uint8(c)) }

// Label returns c as other packages read it, such as
// "promotion=deal-seeker"; "" for what is no class.
func (c PromotionClass) Label() string { return promotionNames.Label("promotion", uint8(c)) }

// MarshalText writes c as [PromotionClass.String] does; what is no class is an
// error.
func (c PromotionClass) MarshalText() ([]byte, error) { return promotionNames.Marshal(uint8(c)) }

// UnmarshalText reads what [PromotionClass.MarshalText] writes; any other text
// is an error, and leaves c as it was.
func (c *PromotionClass) UnmarshalText(text []byte) error {
	n, err := promotionNames.Unmarshal(text)
	if err == nil {
		*c = PromotionClass(n)
	}
	return err
}

// PromotionPolicy draws the lines between the classes. The zero value is ready
// to use: from 3 orders on, a customer with 80 % or more of them at a discount
// is a deal-seeker, and one with none is full-price.
type PromotionPolicy struct {
	// MinOrders is the fewest orders with a price that can be judged, free ones
	// not counted. Zero means 3.
	MinOrders int `json:"minOrders,omitzero"`
	// DealSeeker is the least share of discounted orders of a deal-seeker, above
	// FullPrice and at most 1. Zero means 0.8.
	DealSeeker decimal.Decimal `json:"dealSeeker,omitzero"`
	// FullPrice is the greatest share of discounted orders of a full-price
	// customer, from 0. Zero means none at all.
	FullPrice decimal.Decimal `json:"fullPrice,omitzero"`
	// Depth is the least depth of a deal-seeker's discounts, from 0 to 1; see
	// [PromotionRecord.Depth]. Who has the share but not the depth is mixed.
	// Zero asks for none.
	Depth decimal.Decimal `json:"depth,omitzero"`
}

// Class returns the class of a customer. A record that makes no sense, such as
// one with negative counts, and a policy that [PromotionPolicy.Validate]
// refuses give PromotionUnknown; [PromotionPolicy.Explain] says so.
func (p PromotionPolicy) Class(r PromotionRecord) PromotionClass { return p.Explain(r).Class }

// PromotionExplanation says why a customer has their class.
type PromotionExplanation struct {
	Class  PromotionClass  `json:"class"`
	Record PromotionRecord `json:"record"`
	// Because names the line that decided.
	Because string `json:"because"`
}

// Explain returns the class of a customer and why.
func (p PromotionPolicy) Explain(r PromotionRecord) PromotionExplanation {
	e := PromotionExplanation{Record: r}
	if faults := p.faults(); len(faults) > 0 {
		e.Because = "policy: " + faults[0].String()
		return e
	}
	if problem := r.problem(); problem != "" {
		e.Because = problem
		return e
	}
	p = p.filled()
	orders, discounted := decimal.NewFromInt(int64(r.Orders())), decimal.NewFromInt(int64(r.Discounted))
	of := fmt.Sprintf("%d of %s at a discount", r.Discounted, plural(r.Orders(), "order"))
	list := r.PaidDiscounted.Add(r.Subsidy)
	switch {
	case r.Orders() < p.MinOrders:
		e.Because = fmt.Sprintf("%s with a price: fewer than %d", plural(r.Orders(), "order"), p.MinOrders)
	case discounted.LessThanOrEqual(orders.Mul(p.FullPrice)):
		e.Class, e.Because = PromotionFullPrice, fmt.Sprintf("%s: at most %s", of, exact.Text(p.FullPrice))
	case discounted.LessThan(orders.Mul(p.DealSeeker)):
		e.Class, e.Because = PromotionMixed, fmt.Sprintf("%s: between %s and %s", of, exact.Text(p.FullPrice), exact.Text(p.DealSeeker))
	case r.Subsidy.LessThan(list.Mul(p.Depth)):
		e.Class = PromotionMixed
		e.Because = fmt.Sprintf("%s, but %s off %s: less than a share of %s", of, exact.Text(r.Subsidy), exact.Text(list), exact.Text(p.Depth))
	default:
		e.Class, e.Because = PromotionDealSeeker, fmt.Sprintf("%s: at least %s", of, exact.Text(p.DealSeeker))
	}
	return e
}

// String returns the class and why in a line of English.
func (e PromotionExplanation) String() string { return e.Class.String() + ": " + e.Because }

func (p PromotionPolicy) filled() PromotionPolicy {
	if p.MinOrders == 0 {
		p.MinOrders = 3
	}
	if p.DealSeeker.IsZero() {
		p.DealSeeker = decimal.New(8, -1)
	}
	return p
}

// ParsePromotionPolicy reads a policy from JSON, strictly; what is wrong is
// [regulars.Faults].
func ParsePromotionPolicy(data []byte) (PromotionPolicy, error) {
	var p PromotionPolicy
	if err := config.Decode(data, &p); err != nil {
		return PromotionPolicy{}, err
	}
	if err := p.Validate(); err != nil {
		return PromotionPolicy{}, err
	}
	return p, nil
}

// Validate returns all faults of p as [regulars.Faults].
func (p PromotionPolicy) Validate() error { return p.faults().Err() }

func (p PromotionPolicy) faults() (f regulars.Faults) {
	if p.MinOrders < 0 {
		f.Add("minOrders", "%d: want 1 or more", p.MinOrders)
	}
	shares := []struct {
		name string
		decimal.Decimal
	}{{"dealSeeker", p.DealSeeker}, {"fullPrice", p.FullPrice}, {"depth", p.Depth}}
	for _, share := range shares {
		if err := checkShare(share.Decimal); err != nil {
			f.Add(share.name, "%v", err)
		}
	}
	if len(f) > 0 {
		return f
	}
	if line := p.filled().DealSeeker; !p.FullPrice.LessThan(line) {
		f.Add("fullPrice", "%s: want less than the deal-seeker's %s", exact.Text(p.FullPrice), exact.Text(line))
	}
	return f
}

// MarshalJSON writes decimals as texts, whatever the variables of package
// decimal say.
func (p PromotionPolicy) MarshalJSON() ([]byte, error) {
	text := func(d decimal.Decimal) string {
		if d.IsZero() {
			return ""
		}
		return exact.Text(d)
	}
	return json.Marshal(struct {
		MinOrders  int    `json:"minOrders,omitzero"`
		DealSeeker string `json:"dealSeeker,omitzero"`
		FullPrice  string `json:"fullPrice,omitzero"`
		Depth      string `json:"depth,omitzero"`
	}{p.MinOrders, text(p.DealSeeker), text(p.FullPrice), text(p.Depth)})
}
