package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/funnel"
)

// split is one way to tell customers apart, by what was known at an event.
type split struct {
	breakdown funnel.Breakdown
	kind      string // what sort of thing it says
	value     func(table.Event) (string, bool)
}

// The kinds of splits.
const (
	byEvent      = "event"
	byAttribute  = "attribute"
	byPreference = "preference"
	bySpending   = "spending power"
	byMembership = "membership"
)

// noOrderYet stands for what an order would tell.
const noOrderYet = "no order yet"

// A label with more values tells people apart, and not groups; and a page with
// more labels is not read.
const (
	mostValues = 20
	mostSplits = 10
)

// split finds what the funnel can be broken down by: what its file asks for, or
// else all there is.
func (c *conversion) split(a *analysis) error {
	all := append(c.columns(a.in.events.labels), a.knownSplits()...)
	if c.funnel.Breakdowns == nil {
		c.splits = all[:min(len(all), mostSplits)]
		c.leftOut = append(c.leftOut, names(all[len(c.splits):])...)
		return nil
	}
	c.leftOut = nil
	if len(c.funnel.Breakdowns) >= funnel.MaxBreakdowns {
		return fmt.Errorf("-funnel: %d breakdowns: want fewer than %d", len(c.funnel.Breakdowns), funnel.MaxBreakdowns)
	}
	for _, b := range c.funnel.Breakdowns {
		s, ok := named(all, b.Name)
		if column := slices.Index(a.in.events.labels, b.Name); !ok && column >= 0 {
			s, ok = columnSplit(b.Name, column), true
		}
		if !ok {
			return fmt.Errorf("-funnel: nothing is known of the breakdown %q; want one of %s", b.Name, strings.Join(names(all), ", "))
		}
		s.breakdown = b
		c.splits = append(c.splits, s)
	}
	return nil
}

func named(splits []split, name string) (split, bool) {
	i := slices.IndexFunc(splits, func(s split) bool { return s.breakdown.Name == name })
	if i < 0 {
		return split{}, false
	}
	return splits[i], true
}

func names(splits []split) []string {
	list := make([]string, len(splits))
	for i, s := range splits {
		list[i] = s.breakdown.Name
	}
	return list
}

// label returns the value of a split at an event.
func (c *conversion) label(e table.Event, name string) (string, bool) {
	if name == periodSplit {
		if e.At.Before(c.since) {
			return periodBefore, true
		}
		return periodSince, true
	}
	if s, ok := named(c.splits, name); ok {
		return s.value(e)
	}
	return "", false
}

// columns are the labels of the events that tell groups apart.
func (c *conversion) columns(labels []string) []split {
	var list []split
	for i, name := range labels {
		values := map[string]bool{}
		for _, e := range c.rows {
			if values[e.Labels[i]] = true; len(values) > mostValues+1 {
				break
			}
		}
		delete(values, "")
		switch {
		case slices.Index(labels, name) < i || name == periodSplit:
		case len(values) > mostValues:
			c.leftOut = append(c.leftOut, name)
		case len(values) > 1:
			list = append(list, columnSplit(name, i))
		}
	}
	return list
}

func columnSplit(name string, column int) split {
	return newSplit(name, byEvent, func(e table.Event) (string, bool) {
		return e.Labels[column], e.Labels[column] != ""
	})
}

func newSplit(name, kind string, value func(table.Event) (string, bool)) split {
	return split{funnel.Breakdown{Name: name}, kind, value}
}

// knownSplits are what the loop knows of customers at an event.
func (a *analysis) knownSplits() []split {
	var list []split
	if a.in.profiles != nil {
		list = append(
			list,
			a.profileSplit("occupation", func(p shop.Profile) string { return p.Occupation }),
			a.profileSplit("phone", func(p shop.Profile) string { return p.Phone }),
			newSplit("member", byMembership, a.memberAt),
		)
	}
	if a.in.orders == nil {
		return list
	}
	h := newPurchases(a.in)
	if h.categories {
		list = append(list, newSplit("favourite so far", byPreference, h.favourite))
	}
	if a.groups.layered {
		list = append(list, newSplit("layer so far", bySpending, func(e table.Event) (string, bool) {
			if h.count(e) == 0 {
				return noOrderYet, true
			}
			layer := a.groups.layering.Layer(h.spend(e))
			return layer.String(), layer != 0
		}))
	}
	return list
}

func (a *analysis) profileSplit(name string, of func(shop.Profile) string) split {
	return newSplit(name, byAttribute, func(e table.Event) (string, bool) {
		value := of(a.in.profiles[e.Customer])
		return value, value != ""
	})
}

// memberAt says whether somebody was a member by then.
func (a *analysis) memberAt(e table.Event) (string, bool) {
	p, ok := a.in.profiles[e.Customer]
	if p.Member.IsZero() || p.Member.After(e.At) {
		return "no", ok
	}
	return "yes", ok
}

// purchases are the orders and refunds of each customer by time.
type purchases struct {
	of         map[string][]purchase
	categories bool // whether any is known
}

// purchase is an order or a refund. Its sums hold all up to it.
type purchase struct {
	at       time.Time
	category string // of an order; empty if unknown
	orders   int
	net      decimal.Decimal
}

func newPurchases(in *input) *purchases {
	h := &purchases{of: map[string][]purchase{}}
	type order struct{ customer, id string }
	seen := map[order]bool{}
	rows := slices.Clone(in.orders)
	slices.SortStableFunc(rows, func(x, y table.Order) int { return x.At.Compare(y.At) })
	for _, o := range rows {
		key, sale := order{o.Customer, o.ID}, o.Amount.Sign() >= 0
		if sale && o.ID != "" && seen[key] && !in.lines {
			continue // a copy
		}
		list := h.of[o.Customer]
		p := purchase{at: o.At, net: o.Amount}
		if n := len(list); n > 0 {
			p.orders, p.net = list[n-1].orders, list[n-1].net.Add(o.Amount)
		}
		if sale {
			p.category = o.Category
			h.categories = h.categories || o.Category != ""
			if o.ID == "" || !seen[key] {
				p.orders++
			}
			seen[key] = true
		}
		h.of[o.Customer] = append(list, p)
	}
	return h
}

// before returns what a customer had bought before an event.
func (h *purchases) before(e table.Event) []purchase {
	list := h.of[e.Customer]
	return list[:sort.Search(len(list), func(i int) bool { return !list[i].at.Before(e.At) })]
}

func (h *purchases) count(e table.Event) int {
	list := h.before(e)
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].orders
}

func (h *purchases) spend(e table.Event) decimal.Decimal {
	list := h.before(e)
	if len(list) == 0 {
		return decimal.Zero
	}
	return list[len(list)-1].net
}

// favourite returns the category of most orders so far; of several, that which
// was bought last.
func (h *purchases) favourite(e table.Event) (string, bool) {
	if h.count(e) == 0 {
		return noOrderYet, true
	}
	counts := map[string]int{}
	best := ""
	for _, p := range h.before(e) {
		if p.category == "" {
			continue
		}
		if counts[p.category]++; counts[p.category] >= counts[best] {
			best = p.category
		}
	}
	return best, best != ""
}
