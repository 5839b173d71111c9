package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// skippedSection is something that was not looked at, and what would unlock it.
type skippedSection struct {
	Section string `json:"section"`
	Unlock  string `json:"unlock"`
}

// skipped lists what the input has nothing for, in the order of the page.
func (a *analysis) skipped() []skippedSection {
	list := []skippedSection{}
	unless := func(there bool, section, unlock string) {
		if !there {
			list = append(list, skippedSection{section, unlock})
		}
	}
	in := a.in
	orders := in.orders != nil
	unless(orders, "value, lifecycle, value to come, loyalty, strategy", "-orders FILE with the columns customer, at and amount")
	unless(a.who != nil, "identity", "-identities FILE with a column for each kind of name, such as account and phone")
	unless(!orders || a.migration != nil, "migration between segments", "-since DATE")
	unless(!orders || a.groups.promotions != nil, "discounts", "the column discount of -orders")
	unless(in.events != nil, "funnel, key actions", "-events FILE with the columns customer, at and event")
	unless(a.persona != nil, "persona", "-profiles FILE with the column customer and one for each attribute")
	if orders {
		g := &in.growth
		unless(g.spends != nil, "acquisition", "-spend FILE with the columns channel, at and amount, the column channel of -orders, and -margin SHARE")
		unless(g.terms != nil, "terms and renewals", "-terms FILE with the columns customer, product, start, end and value")
		unless(g.terms == nil || g.plan != nil, "milestones of terms", "-plan FILE with what is due, and -events FILE with what was done")
		unless(g.invites != nil, "referral", "-invites FILE with the columns from, to and at")
	}
	return list
}

// summariseSkipped ends the summary with what was skipped.
func (a *analysis) summariseSkipped(w io.Writer) error {
	var b strings.Builder
	for i, s := range a.skipped() {
		if i == 0 {
			b.WriteString("Skipped:\n")
		}
		fmt.Fprintf(&b, "  %s: needs %s\n", s.Section, s.Unlock)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// withFinding adds a finding to a JSON object.
func withFinding(object []byte, finding string) ([]byte, error) {
	text, err := json.Marshal(finding)
	if err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{[]byte(`{"finding":`), text, []byte(","), object[1:]}, nil), nil
}

// splitList takes a list apart: "a, b" is a and b.
func splitList(text string) []string {
	list := strings.Split(text, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
