package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/loyalty"
)

// orderKind is the kind of event that an order is.
const orderKind = "order"

// amountPlaces is how many decimals a loyalty program takes.
const amountPlaces = 4

// deed is an order, or what of one was kept after a refund. Command has no
// key and no name of the order yet.
type deed struct {
	command loyalty.Command
	id      string // as the file has it
	order   int    // the place of the order among all, from 0
	refund  int    // from 1; 0 for the order itself
}

// deeds returns the orders and refunds up to the day that is looked back from,
// by time. It takes the same rows for orders as [rfm.Consolidate] does. Refunds
// of no order that is there have no points to take back, and are left out.
func deeds(in *input) []deed {
	var rows []table.Order
	for _, o := range in.orders {
		if o.At.UnixMicro() <= in.asOf.UnixMicro() {
			rows = append(rows, o)
		}
	}
	slices.SortStableFunc(rows, func(a, b table.Order) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.ID, b.ID), a.At.Compare(b.At), a.Amount.Cmp(b.Amount))
	})
	var list []deed
	orders := 0
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[from].ID != "" && rows[to].ID == rows[from].ID && rows[to].Customer == rows[from].Customer {
			to++
		}
		if of := deedsOf(rows[from:to], orders, in.lines); of != nil {
			list = append(list, of...)
			orders++
		}
		from = to
	}
	slices.SortStableFunc(list, func(a, b deed) int {
		return cmp.Or(a.command.OccurredAt.Compare(b.command.OccurredAt), cmp.Compare(min(a.refund, 1), min(b.refund, 1)))
	})
	name(list, orders)
	return list
}

// deedsOf makes one order, and its refunds, of the rows that share an ID.
func deedsOf(rows []table.Order, order int, lines bool) []deed {
	var goods, refunds []table.Order
	for i, r := range rows {
		switch {
		case !lines && i > 0 && r.At.Equal(rows[i-1].At) && r.Amount.Equal(rows[i-1].Amount):
		case r.Amount.Sign() < 0:
			refunds = append(refunds, r)
		case lines || len(goods) == 0:
			goods = append(goods, r)
		}
	}
	if len(goods) == 0 {
		return nil
	}
	b := basketOf(goods)
	first := goods[0]
	command := loyalty.Command{Member: first.Customer, OccurredAt: first.At, Earn: b.earn(first.Channel)}
	list := []deed{{command: command, id: first.ID, order: order}}
	for i, r := range refunds {
		b.giveBack(r)
		at := r.At
		if at.Before(first.At) {
			at = first.At
		}
		command := loyalty.Command{Member: first.Customer, OccurredAt: at, Keep: b.keep()}
		list = append(list, deed{command: command, id: first.ID, order: order, refund: i + 1})
	}
	return list
}

// basket is what of an order is still with the customer, line by line.
type basket struct {
	categories []string
	amounts    []decimal.Decimal
	plain      bool // no line says what it is
}

func basketOf(goods []table.Order) *basket {
	b := &basket{plain: true}
	for _, r := range goods {
		b.plain = b.plain && r.Category == ""
	}
	if len(goods) > loyalty.MaxLines {
		b.plain = true
	}
	for i, r := range goods {
		if b.plain && i > 0 {
			b.amounts[0] = b.amounts[0].Add(r.Amount)
			continue
		}
		b.categories = append(b.categories, r.Category)
		b.amounts = append(b.amounts, r.Amount)
	}
	return b
}

// giveBack takes a refund from the lines of its category, the last first, and
// what is left of it from the others.
func (b *basket) giveBack(refund table.Order) {
	left := refund.Amount.Neg()
	for _, same := range []bool{true, false} {
		for i, amount := range slices.Backward(b.amounts) {
			if (b.categories[i] == refund.Category) == same {
				back := decimal.Min(left, amount)
				b.amounts[i], left = amount.Sub(back), left.Sub(back)
			}
		}
	}
}

func (b *basket) earn(channel string) *loyalty.Earn {
	e := &loyalty.Earn{Kind: orderKind}
	if channel != "" {
		e.Attributes = []loyalty.Attribute{{Name: "channel", Value: channel}}
	}
	if b.plain {
		e.Amount = b.amounts[0].Truncate(amountPlaces)
		return e
	}
	for i, amount := range b.amounts {
		e.Lines = append(e.Lines, loyalty.Line{ID: strconv.Itoa(i + 1), Category: b.categories[i], Amount: amount.Truncate(amountPlaces)})
	}
	return e
}

func (b *basket) keep() *loyalty.Keep {
	k := &loyalty.Keep{}
	if b.plain {
		k.Amount = b.amounts[0].Truncate(amountPlaces)
		return k
	}
	for i, amount := range b.amounts {
		if kept := amount.Truncate(amountPlaces); kept.IsPositive() {
			k.Lines = append(k.Lines, loyalty.KeptLine{ID: strconv.Itoa(i + 1), Amount: kept})
		}
	}
	return k
}

// name gives each order a name of its own in the program: its ID if no other
// customer's order has it, else a number.
func name(list []deed, orders int) {
	names := make([]string, orders)
	taken := map[string]bool{}
	for _, d := range list {
		if d.refund == 0 && d.id != "" && len(d.id) <= loyalty.MaxNameBytes && !taken[d.id] {
			taken[d.id], names[d.order] = true, d.id
		}
	}
	next := 1
	for i := range list {
		d := &list[i]
		for names[d.order] == "" {
			if number := fmt.Sprintf("#%d", next); !taken[number] {
				names[d.order] = number
			}
			next++
		}
		d.call(names[d.order])
	}
}

// call sets the name of the order and the key of the command.
func (d *deed) call(order string) {
	if d.refund > 0 {
		d.command.Keep.Order, d.command.Key = order, fmt.Sprintf("%s/kept-%d", order, d.refund)
		return
	}
	d.command.Earn.Order, d.command.Key = order, order+"/paid"
}

// redeemed is the command of a member who spends points right after an order.
func (d *deed) redeemed(reward string) loyalty.Command {
	return loyalty.Command{
		Key: d.command.Earn.Order + "/redeem", Member: d.command.Member, OccurredAt: d.at(),
		Redeem: &loyalty.Redeem{Reward: reward},
	}
}

func (d *deed) at() time.Time { return d.command.OccurredAt }
