package strategy

import (
	"errors"
	"fmt"
	"math"

	"github.com/regulars-go/regulars"
)

// Limits of an allocation.
const (
	// MaxCosts is how many budgets an offer may draw on: money, calls, hours
	// and one more.
	MaxCosts = 4
	// MaxAmount is the largest value or cost of an offer, some 4.5 billion. Up to
	// it a ratio of two is rounded once only.
	MaxAmount Micros = 1 << 52
	// MaxOffers is how many offers a customer may have: twice what the largest
	// playbook has operations.
	MaxOffers = 1000
)

// Costs is what an offer takes from each budget, in the order of
// [Market.Budgets]. Those without a budget are 0.
type Costs [MaxCosts]Micros

// Offer is one thing that a customer may be given. Its value and each of its costs
// have units of their own, such as a currency, calls, and hours.
type Offer struct {
	// Value is what the offer brings over giving nothing: its incremental
	// effect, and not what the customer would have done anyway, or budget goes
	// to sure things. An offer of value 0 or less is never chosen. At most
	// [MaxAmount].
	Value Micros
	// Cost is from 0 to [MaxAmount] for each budget.
	Cost Costs
}

// Market is whom [Allocate] may give what, and what there is to spend. Offers
// are read, not held.
type Market struct {
	// Customers is how many there are, at most 2^31-1.
	Customers int
	// Offers appends the offers of a customer, a number from 0 to Customers-1, to
	// an empty buffer and returns it; [Policy.Candidates] has those of a decision.
	// It is asked once or more for each customer, in no order, must answer the same
	// each time, and must allow concurrent calls if there are several workers.
	Offers func(customer int, buffer []Offer) []Offer
	// ID names a customer, each by a name of its own, so that the answer does not
	// depend on the order of customers: where two offers are as good, the one
	// whose customer comes first by bytes wins. It must allow what Offers does.
	// Nil means that their order is the one that counts.
	ID func(customer int) string
	// Budgets are one to [MaxCosts] limits, 0 or more, in the units of costs.
	Budgets []Micros
	// Workers is the number of goroutines that share the work; they end with
	// the call. The answer is the same for any number. Defaults to 1; more than
	// 64 are 64.
	Workers int
}

// Allocation is at most one offer a customer, within all budgets, and how good
// that is at least.
type Allocation struct {
	// Value is the sum of the values of what was given.
	Value Micros
	// Bound is what no allocation within the budgets can exceed: the optimum if offers could be given in part (see [Allocate]).
	Bound Micros
	// Spent is what each budget pays.
	Spent []Micros
	// Served is how many customers were given an offer.
	Served int
	// Prices are what one more unit of each budget would bring, about. A price
	// of 0 means that the budget does not bind.
	Prices Prices

	chosen []int32 // the offer of each customer, or none
}

// none stands in for an offer where a customer gets none.
const none = -1

// Offer returns which offer was given to a customer, a number from 0 to
// Customers-1: its place in what [Market.Offers] listed; false if none was.
func (a *Allocation) Offer(customer int) (offer int, ok bool) {
	offer = int(a.chosen[customer])
	return max(offer, 0), offer != none
}

// Gap returns by how much the value may be short of the best there is: Bound
// less Value.
func (a *Allocation) Gap() Micros { return a.Bound - a.Value }

// String is the allocation's certificate, such as "value 143 of at most 145
// (99%) for 12 customers, spent [40]".
func (a *Allocation) String() string {
	share := 100.0
	if a.Bound > 0 {
		share = 100 * (a.Value.Float64() / a.Bound.Float64())
	}
	return fmt.Sprintf("value %v of at most %v (%.6g%%) for %d customers, spent %v", a.Value, a.Bound, share, a.Served, a.Spent)
}

// OfferError says which offer can't be weighed.
type OfferError struct {
	Customer, Offer int
	Problem         string
}

func (e *OfferError) Error() string {
	return fmt.Sprintf("strategy: offer %d of customer %d: %s", e.Offer, e.Customer, e.Problem)
}

var errTooMuch = errors.New("strategy: the values add up to more than Micros hold")

// Allocate gives each customer at most one offer, so that budgets hold and the
// value is large: the multiple-choice knapsack. It is within Gap of the optimum,
// and says so.
//
// With one budget it takes, of each customer's offers that the budget pays by
// themselves, those that a mixture of two others does not beat (offers on the
// line between two are kept), and goes through the steps from one to the next by
// value per cost, the largest first, ties by ID, until one does not fit (Sinha
// and Zoltners 1979). What that step would bring for the rest of the budget is
// the most that is left to gain: that is the bound, and the value falls short of
// it by less than one step. It goes on with what still fits, of the next 65,536
// steps (of all, for up to 4,096 customers), and a customer whose step did not fit
// gets another turn with what does. If a single offer is worth more than all this,
// it alone is given. So the value is at least half the optimum; and a larger
// budget never brings less, or one step less at most where there are more steps
// than it looks at.
//
// With several budgets, each gets a price at which together they bound the value
// from above (Lagrange's dual, by the ellipsoid method of Shor and of Yudin and
// Nemirovski; of more than 65,536 customers on about as many, drawn by ID). Costs
// at those prices are then the one cost that steps are ordered by. The prices take
// some hundred looks at those customers, and a larger budget may bring a little
// less.
//
// With one budget each customer is mostly read once: a draw of them tells about
// where the budget runs out, and what is near there is kept. If the draw was
// wrong, steps are counted first, which takes two to five times as long and
// comes to the same.
//
// The first offer is taken of those alike. Nothing given, an empty market and
// budgets of 0 are fine. Beside the answer's 4 bytes a customer it needs some
// 100 MB, 5 MB for each worker, and 64 bytes for each of the steps that are about
// as good as the last one taken: no more than there are customers or, if the
// draw was wrong, those whose ratio is the same in 64 bits. The error is
// [regulars.Faults] for the market, an [*OfferError] for the first offer that is
// out of range, or another if sums do not fit.
func Allocate(m Market) (*Allocation, error) {
	if err := m.faults().Err(); err != nil {
		return nil, fmt.Errorf("strategy: market: %w", err)
	}
	s := seller{m, fewCustomers, lookAhead, min(guessSample, m.Customers/guessShare), roughSample, fineSample}
	if len(m.Budgets) == 1 {
		return s.one()
	}
	return s.several()
}

func (m *Market) faults() (f regulars.Faults) {
	if m.Customers < 0 || m.Customers > math.MaxInt32 {
		f.Add("customers", "%d: want 0 to %d", m.Customers, math.MaxInt32)
	}
	if m.Offers == nil {
		f.Add("offers", "missing")
	}
	if n := len(m.Budgets); n == 0 || n > MaxCosts {
		f.Add("budgets", "%d budgets: want 1 to %d", n, MaxCosts)
	}
	for i, b := range m.Budgets {
		if b < 0 {
			f.Add(fmt.Sprintf("budgets[%d]", i), "%v: want 0 or more", b)
		}
	}
	if m.Workers < 0 {
		f.Add("workers", "%d: want 0 or more", m.Workers)
	}
	return f
}

// Prices are what a unit of each budget is worth, in units of value.
type Prices [MaxCosts]float64

// Net returns what an offer is worth at the prices: its value less its costs.
// An [Allocation] gives customers the offer of the largest net, and nothing if
// none is above 0, but for those few for whom it is next to nothing which they
// get.
func (p Prices) Net(o Offer) float64 {
	net := float64(o.Value)
	for b, price := range p {
		net -= float64(price * float64(o.Cost[b])) // rounded, so that no build fuses it
	}
	return net
}
