package main

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
)

func TestTypesetting(t *testing.T) {
	share := func(x float64) string { return percent(&x) }
	for _, tc := range []struct{ name, got, want string }{
		{"quotes", typeset(`a lower cost for "coupon 5", or none`), "a lower cost for “coupon 5”, or none"},
		{"a date", typeset("fell since 2025-12-26, by 2.0"), "fell since 26 December 2025, by 2.0"},
		{"a day that is none", typeset("2025-13-26"), "2025-13-26"},
		{"percent", typeset("15.9% (now 6.1 %)"), "15.9\u00a0% (now 6.1\u00a0%)"},
		{"below zero", minus("-1,200.5 to 3"), "−1,200.5 to 3"},
		{"hardly by chance", probability(0.0004), "<0.001"},
		{"by chance", probability(0.0464), "0.046"},
		{"a small share", share(0.0004), "<0.1 %"},
		{"a share that rounds up", share(0.0005), "0.1 %"},
		{"no share", share(0), "0.0 %"},
		{"an amount", readableAmount("64.7375"), "64.7375"},
		{"an amount of a binary float", readableAmount("64.739999999999995"), "64.74"},
		{"no amount", readableAmount("none"), "none"},
		{"money", money(readable(decimal.RequireFromString("-0.00005"))), "-0.0001"},
		{"where a name breaks", string(breakable("stuck=<pay_order>")), "stuck=<wbr/>&lt;pay_<wbr/>order&gt;"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, tc.got, tc.want)
		}
	}
}

// Every reason for which a rule may give nothing is said in words.
func TestWhyNot(t *testing.T) {
	for reason := loyalty.ReasonCapped; reason.String() != ""; reason++ {
		if whyNot[reason] == "" {
			t.Errorf("no words for %q", reason)
		}
	}
	got := whyNotInLine(map[string]int64{loyalty.ReasonRounded.String(): 1, "new": 1200})
	if want := "nothing 1,200 times since new, once since it came to less than one point"; got != want {
		t.Errorf("in line: %q, want %q", got, want)
	}
}
