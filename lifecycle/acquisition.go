package lifecycle

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
)

// AcquisitionOptions says how customers are held against what was spent to win
// them. Channel and Margin have no default.
type AcquisitionOptions[K regulars.ID] struct {
	// Channel names the channel that a customer came by; "" is [Unattributed].
	Channel func(K) string
	// Start gives the instant at which a customer was won; without one (ok is
	// false) the customer is left out. Nil means the period of the first amount.
	// Whoever has a start but paid nothing is a customer too, and costs as much,
	// if [Revenue.Know] noted them.
	Start func(K) (at time.Time, ok bool)
	// Margin is the share of revenue that is left to pay for acquisition, above
	// 0 and at most 1, such as 0.4. Value without it would be revenue, which
	// makes any channel look well.
	Margin decimal.Decimal
	// Horizon is for how many periods a customer's value is counted, that of the
	// start among them: everyone as long, so that old channels gain nothing from
	// having had more time. Zero means 12.
	Horizon int
	// From lies in the first period of the report. The zero time means the first
	// for which there is spend, or without any that of the first amount. Who
	// started earlier is left out: nobody knows what they cost.
	From time.Time
	// Level is the probability with which an interval holds, and 1 less the
	// level of the tests together. Zero means 0.95.
	Level float64
}

func (o AcquisitionOptions[K]) withDefaults() AcquisitionOptions[K] {
	if o.Horizon == 0 {
		o.Horizon = 12
	}
	if o.Level == 0 {
		o.Level = 0.95
	}
	return o
}

func (o AcquisitionOptions[K]) check(now time.Time) error {
	if err := checkNow(now); err != nil {
		return err
	}
	if o.Channel == nil {
		return fmt.Errorf("lifecycle: acquisition without Channel: want a function that names a customer's channel")
	}
	if err := exact.Check(o.Margin); err != nil {
		return fmt.Errorf("lifecycle: margin: %w", err)
	}
	if o.Margin.Sign() <= 0 || o.Margin.GreaterThan(decimal.NewFromInt(1)) {
		return fmt.Errorf("lifecycle: margin %s: want a share above 0 and at most 1", exact.Text(o.Margin))
	}
	if o.Horizon < 1 || o.Horizon > MaxPeriods {
		return fmt.Errorf("lifecycle: a horizon of %d periods: want 1 to %d", o.Horizon, MaxPeriods)
	}
	if !(o.Level > 0 && o.Level < 1) {
		return fmt.Errorf("lifecycle: level %v: want a number between 0 and 1", o.Level)
	}
	if !o.From.IsZero() {
		if err := calendar.CheckInstant(o.From); err != nil {
			return fmt.Errorf("lifecycle: the first period %w", err)
		}
	}
	return nil
}

// Acquisition holds what customers of each channel have been worth against what
// was spent on it.
//
// Each number counts complete periods only. Those that ask what customers are
// worth count the mature: who started so long ago that Horizon periods are
// over; and, beside them, what was spent in the periods in which they started.
type Acquisition struct {
	// Horizon and Level are those of the options, Margin too.
	Horizon int
	Level   float64
	Margin  decimal.Decimal
	// Channels has a row for each channel with spend or customers, by name, and
	// last, if there is any, [Unattributed]. Spend, New, Mature, MatureSpend,
	// Value, Retained and OneTimers add up to those of All, exactly.
	Channels []AcquiredBy
	// All is all customers and all spend.
	All AcquiredBy
	// Paid is the channels with spend above 0 together, but not Unattributed.
	Paid AcquiredBy
	// Before is how many customers started before the first period of the
	// report, and LeftOut how many have no start, or one that is not before now.
	Before, LeftOut int
}

// PaidCAC returns what a customer of the paid channels cost: their spend over
// their new customers, rounded to places. ok is false if there are none.
func (a Acquisition) PaidCAC(places int32) (cost decimal.Decimal, ok bool) { return a.Paid.CAC(places) }

// BlendedCAC returns what a customer cost, whatever their channel: all spend
// over all new customers. It is lower than [Acquisition.PaidCAC] where many come by
// themselves, and says less about what one more would cost. ok is false if there
// are none.
func (a Acquisition) BlendedCAC(places int32) (cost decimal.Decimal, ok bool) {
	return a.All.CAC(places)
}

// Proven returns the channels whose ratio of value to cost is better or worse
// than that of the other paid channels, by name.
func (a Acquisition) Proven() (proven []AcquiredBy) {
	for _, c := range a.Channels {
		if c.Against.Verdict == Better || c.Against.Verdict == Worse {
			proven = append(proven, c)
		}
	}
	return proven
}

// String says which channels are proven to differ: "mall: worse than the rest,
// 0.41 against 2.96 (P = 0.0012)", a line each, or "none proven: 3 channels
// tested".
func (a Acquisition) String() string {
	var lines []string
	tests := 0
	for _, c := range a.Channels {
		if c.Against.Verdict == Untested {
			continue
		}
		tests++
		if v := c.Against.Verdict; v != Unproven {
			lines = append(lines, fmt.Sprintf("%s: %s than the rest, %.3g against %.3g (P = %.2g)", c.Channel, v, c.Ratio.Value, c.Against.Rest, c.Against.Adjusted))
		}
	}
	if len(lines) > 0 {
		return strings.Join(lines, "\n")
	}
	if tests == 0 {
		return "none proven: no two paid channels have enough mature customers"
	}
	return fmt.Sprintf("none proven: %d channels tested", tests)
}

// AcquiredBy is what a channel cost and brought.
type AcquiredBy struct {
	Channel string
	// Spend is what was spent on the channel, and New how many customers started
	// by it.
	Spend decimal.Decimal
	New   int
	// Mature is how many of these are mature, MatureSpend what was spent in the
	// periods in which a customer who started is mature, and Value what the
	// mature have paid within the horizon, net of refunds, times the margin.
	Mature             int
	MatureSpend, Value decimal.Decimal
	// Retained of the mature paid in the last period of the horizon, and
	// OneTimers in a single one of it. A net amount of 0 or below is no payment.
	Retained, OneTimers Share
	// Ratio is Value over MatureSpend, which is LTV/CAC: both have the same
	// customers below the line.
	Ratio LTVToCAC
	// Payback is after how many periods the mature have paid back MatureSpend.
	Payback Payback
	// Against is the ratio held against that of the other paid channels.
	Against Against
	// Cohorts are the customers by the period of their start, the open period
	// among them.
	Cohorts []AcquiredIn
}

// AcquiredIn is what a channel cost in one period, and what the customers who
// started in it have brought.
type AcquiredIn struct {
	Interval
	Spend decimal.Decimal
	New   int
	// Value is what they have paid in the complete periods so far, up to the
	// horizon, times the margin.
	Value   decimal.Decimal
	Payback Payback
}

// CAC returns what a new customer cost, Spend / New, rounded half away from zero
// to a number of decimal places. ok is false if nobody is new, or if
// corrections leave less than 0 spent. It is 0 for a channel that costs nothing.
func (c AcquiredBy) CAC(places int32) (cost decimal.Decimal, ok bool) {
	if c.New == 0 || c.Spend.Sign() < 0 {
		return decimal.Decimal{}, false
	}
	return c.Spend.DivRound(decimal.NewFromInt(int64(c.New)), places), true
}

// LTV returns what a mature customer is worth within the horizon, Value /
// Mature, rounded half away from zero; ok is false if there is none.
func (c AcquiredBy) LTV(places int32) (value decimal.Decimal, ok bool) {
	if c.Mature == 0 {
		return decimal.Decimal{}, false
	}
	return c.Value.DivRound(decimal.NewFromInt(int64(c.Mature)), places), true
}

// LTVToCAC is the value of customers over what they cost. Below 1 they don't pay
// for themselves within the horizon.
type LTVToCAC struct {
	// Value is meaningful only if it is Defined: if something was spent, and
	// there are mature customers.
	Value   float64 `json:"value,omitzero"`
	Defined bool    `json:"defined"`
	// Low and High hold the ratio with the level of the report, if they are
	// Bounded; they are not where the value is not above 0. What was spent is
	// taken as known. Who comes and what each is worth are not: their sum is
	// compound Poisson, of which the variance is the sum of squares, and the
	// bounds are symmetric on the logarithm, by the delta method (Oehlert 1992).
	Low     float64 `json:"low,omitzero"`
	High    float64 `json:"high,omitzero"`
	Bounded bool    `json:"bounded"`
}

// MarshalJSON writes a by its keys; amounts are texts in plain digits, and a
// cost per customer that is undefined is null.
func (a Acquisition) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Horizon    int          `json:"horizon"`
		Level      float64      `json:"level"`
		Margin     string       `json:"margin"`
		PaidCAC    *string      `json:"paidCAC"`
		BlendedCAC *string      `json:"blendedCAC"`
		Channels   []AcquiredBy `json:"channels"`
		All        AcquiredBy   `json:"all"`
		Paid       AcquiredBy   `json:"paid"`
		Before     int          `json:"before,omitempty"`
		LeftOut    int          `json:"leftOut,omitempty"`
	}{
		a.Horizon, a.Level, exact.Text(a.Margin), textOf(a.PaidCAC(centPlaces)), textOf(a.BlendedCAC(centPlaces)),
		a.Channels, a.All, a.Paid, a.Before, a.LeftOut,
	})
}

// centPlaces are those of a cost per customer in JSON.
const centPlaces = 4

// textOf is null for what is undefined.
func textOf(d decimal.Decimal, ok bool) *string {
	if !ok {
		return nil
	}
	return new(exact.Text(d))
}

// MarshalJSON writes c by its keys; amounts are texts in plain digits, and what
// is undefined is null.
func (c AcquiredBy) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Channel     string       `json:"channel"`
		Spend       string       `json:"spend"`
		New         int          `json:"new"`
		CAC         *string      `json:"cac"`
		Mature      int          `json:"mature"`
		MatureSpend string       `json:"matureSpend"`
		Value       string       `json:"value"`
		LTV         *string      `json:"ltv"`
		Retained    Share        `json:"retained"`
		OneTimers   Share        `json:"oneTimers"`
		Ratio       LTVToCAC     `json:"ltvToCAC"`
		Payback     Payback      `json:"payback"`
		Against     Against      `json:"against"`
		Cohorts     []AcquiredIn `json:"cohorts,omitempty"`
	}{
		c.Channel, exact.Text(c.Spend), c.New, textOf(c.CAC(centPlaces)),
		c.Mature, exact.Text(c.MatureSpend), exact.Text(c.Value), textOf(c.LTV(centPlaces)),
		c.Retained, c.OneTimers, c.Ratio, c.Payback, c.Against, c.Cohorts,
	})
}

// MarshalJSON writes c by its keys; amounts are texts in plain digits.
func (c AcquiredIn) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Interval
		Spend   string  `json:"spend"`
		New     int     `json:"new"`
		Value   string  `json:"value"`
		Payback Payback `json:"payback"`
	}{c.Interval, exact.Text(c.Spend), c.New, exact.Text(c.Value), c.Payback})
}
