package main

import (
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/experiment"
)

// assumption is what the simulated response takes an operation to be: what it
// adds to the probability of an order within orderDays, and what it costs as a
// share of an average order. These are assumptions and no findings; the loop has
// to find the effects out again from orders alone.
type assumption struct{ effect, cost float64 }

var assumptions = map[string]assumption{
	"call to a core customer":   {0.25, 0.04},
	"win-back gift":             {0.25, 0.03},
	"welcome back":              {0.05, 0},
	"newcomer coupon":           {0.15, 0.02},
	"member activity":           {0.15, 0},
	"newcomer zone":             {0.02, 0},
	"full-price favourites":     {0.03, 0},
	"invite friends":            {0, 0},
	"annual gift":               {0, 0.06},
	"annual survey":             {0, 0},
	"points for the next order": {0.10, 0.01},
	"picked for you":            {0.05, 0},
	"last letter":               {0.01, 0.02},
	"first look":                {0.02, 0},
	"reasons to drop by":        {0.03, 0},
	"basket coupon":             {0.05, 0.03},
	"one step up":               {0.05, 0.01},
	"price cut":                 {0.08, 0.05},
	"what is new":               {0, 0},
}

// assumed returns what is assumed of an operation. A reminder of what is nearly
// done works well and costs nothing; of what nobody thought of little is
// assumed.
func assumed(o strategy.Operation) assumption {
	if x, ok := assumptions[o.Name]; ok {
		return x
	}
	if strings.HasPrefix(o.Name, "reminder to ") {
		return assumption{effect: 0.25}
	}
	return assumption{effect: 0.03}
}

// habits is the probability that a customer of a stage orders within orderDays
// by themselves. No effect takes it beyond 1.
var habits = map[string]float64{
	"stage=new": 0.25, "stage=active": 0.35, "stage=returned": 0.25, "stage=silent": 0.10, "stage=churned": 0.04, "stage=follower": 0.06,
}

// respond simulates what a customer does. One number a customer decides whether
// they order, so whoever would order unasked does so when asked, too.
func (t *trial) respond(c strategy.Customer, operation string, at time.Time) error {
	chance := 0.0
	for _, label := range c.Labels {
		chance = max(chance, habits[label])
	}
	if o, ok := t.policy.Operation(operation); ok {
		chance += assumed(o).effect
	}
	draw := strategy.NewBucketer("response", t.seed)
	if !draw.Bucket(c.ID).In(uint64(chance*1e6), 1e6) {
		return nil
	}
	day, _ := draw.With("day").Bucket(c.ID).Pick(days...)
	return t.log.AddOutcome(experiment.Outcome{
		ID: "order of " + c.ID, Customer: c.ID, Objective: goal, Value: 1,
		At: at.AddDate(0, 0, day).Add(time.Hour),
	})
}

// days are equally likely.
var days = slices.Repeat([]uint64{1}, orderDays)
