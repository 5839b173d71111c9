package rfm

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/exact"
)

// PromotionRecord is what the sales to one customer come to.
type PromotionRecord struct {
	// FullPrice is how many sales had no discount, Discounted how many had one.
	// Free is how many cost nothing and had none, such as a gift: they say
	// nothing of the price and count as neither.
	FullPrice  int `json:"fullPrice"`
	Discounted int `json:"discounted"`
	Free       int `json:"free"`
	// PaidFull is what was paid at full price, PaidDiscounted what was paid in
	// sales with a discount, Subsidy the discounts in all.
	PaidFull       decimal.Decimal `json:"paidFull"`
	PaidDiscounted decimal.Decimal `json:"paidDiscounted"`
	Subsidy        decimal.Decimal `json:"subsidy"`
}

// MarshalJSON writes decimals as texts, whatever the variables of package
// decimal say. It is an error if the exponent of one is out of the bounds for
// money.
func (r PromotionRecord) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		FullPrice      int    `json:"fullPrice"`
		Discounted     int    `json:"discounted"`
		Free           int    `json:"free"`
		PaidFull       number `json:"paidFull"`
		PaidDiscounted number `json:"paidDiscounted"`
		Subsidy        number `json:"subsidy"`
	}{r.FullPrice, r.Discounted, r.Free, number(r.PaidFull), number(r.PaidDiscounted), number(r.Subsidy)})
}

// Orders is how many sales had a price: FullPrice and Discounted together.
func (r PromotionRecord) Orders() int { return r.FullPrice + r.Discounted }

// Depth returns how deep the discounts went: Subsidy as a share of what the
// discounted sales would have cost without. ok is false if there was none, or
// the sums make no sense.
func (r PromotionRecord) Depth() (depth float64, ok bool) {
	if r.problem() != "" || r.Subsidy.Sign() == 0 {
		return 0, false
	}
	list := r.PaidDiscounted.Add(r.Subsidy)
	depth, _ = new(big.Rat).Quo(r.Subsidy.Rat(), list.Rat()).Float64()
	return depth, true
}

// problem says what keeps a record from being judged.
func (r PromotionRecord) problem() string {
	const most = 1<<31 - 1
	for _, n := range []int{r.FullPrice, r.Discounted, r.Free} {
		if n < 0 || n > most {
			return fmt.Sprintf("%d sales: want 0 to %d", n, most)
		}
	}
	for _, sum := range []decimal.Decimal{r.PaidFull, r.PaidDiscounted, r.Subsidy} {
		if err := exact.CheckSum(sum); err != nil {
			return err.Error()
		}
		if sum.Sign() < 0 {
			return fmt.Sprintf("a sum of %s: want zero or more", exact.Text(sum))
		}
	}
	return ""
}
