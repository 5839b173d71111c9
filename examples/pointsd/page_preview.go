package main

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
)

// previewView is the form of an order that was not placed yet, and what it
// would come to.
type previewView struct {
	Kinds []string
	// What was filled in.
	Kind, Amount, Category, Attributes, Labels string
	// Problem is why there is no answer; Receipt is the answer.
	Problem       string
	Receipt       *loyalty.Receipt
	Fired, Silent []ruleView
}

// previewOf answers the form, if it was sent.
func (s *service) previewOf(q *request, member string) (previewView, error) {
	form := q.URL.Query()
	v := previewView{
		Kinds: s.eventKinds(), Kind: form.Get("kind"), Amount: form.Get("amount"), Category: form.Get("category"),
		Attributes: form.Get("attributes"), Labels: form.Get("labels"),
	}
	if v.Kind == "" {
		return v, nil
	}
	c, err := v.command(q, member)
	if err != nil {
		v.Problem = asSentence(err.Error())
		return v, nil
	}
	receipt, err := s.engine.Preview(q.Context(), q.now, c)
	if err != nil {
		p := problemOf(err)
		if p.kind.status >= 500 {
			return v, err
		}
		v.Problem = asSentence(p.detail)
		return v, nil
	}
	v.Receipt = &receipt
	for i := range receipt.Rules {
		r := newRuleView(&receipt.Rules[i])
		if receipt.Rules[i].Points > 0 {
			v.Fired = append(v.Fired, r)
		} else {
			v.Silent = append(v.Silent, r)
		}
	}
	return v, nil
}

// command makes a command of the form.
func (v *previewView) command(q *request, member string) (loyalty.Command, error) {
	earn := &loyalty.Earn{Kind: v.Kind, Order: previewKey(q)}
	if v.Amount != "" {
		amount, err := decimal.NewFromString(v.Amount)
		if err != nil {
			return loyalty.Command{}, errors.New("the amount is no number: want one such as 120.50")
		}
		earn.Amount = amount
		if v.Category != "" {
			earn.Lines = []loyalty.Line{{ID: "1", Category: v.Category, Amount: amount}}
		}
	}
	for _, pair := range listed(v.Attributes) {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return loyalty.Command{}, errors.New("want attributes as name=value, with commas between")
		}
		earn.Attributes = append(earn.Attributes, loyalty.Attribute{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
	}
	earn.Labels = listed(v.Labels)
	return loyalty.Command{Key: previewKey(q), Member: member, OccurredAt: q.now, Earn: earn}, nil
}

// asSentence begins a text with a capital, and ends it with a full stop.
func asSentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(text[size:], ".") + "."
}

// listed splits a text at its commas.
func listed(text string) (parts []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// eventKinds are the kinds of events that rules look at, the order's first.
func (s *service) eventKinds() []string {
	var kinds []string
	for i := range s.program.Rules {
		for _, kind := range s.program.Rules[i].On {
			if kind != "check-in" && !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	slices.Sort(kinds)
	if i := slices.Index(kinds, "order"); i > 0 {
		kinds = slices.Insert(slices.Delete(kinds, i, i+1), 0, "order")
	}
	return kinds
}
