package shop_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars/examples/internal/shop"
	"pgregory.net/rapid"
)

// The visits are fixed as the export is: see TestGolden.
func TestGoldenVisits(t *testing.T) {
	tests := []struct {
		name   string
		config shop.Config
		want   string // the first 8 bytes of the SHA-256 of a line a visit
	}{
		{"default", shop.Config{Seed: 1}, "832fa603a7a9fbb9"},
		{"another seed", shop.Config{Seed: 2}, "1e2f00afa2eb4620"},
		{"a small one from 29 February in UTC", shop.Config{Seed: 1, Customers: 50, Months: 3, Zone: time.UTC, Start: time.Date(2000, 2, 29, 23, 0, 0, 0, time.UTC)}, "10afaf3b78c78dbf"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hash := sha256.New()
			for v := range open(t, tt.config).Visits() {
				fmt.Fprintln(hash, v.Customer, v.At.Format(time.DateTime), v.Channel)
			}
			if got := hex.EncodeToString(hash.Sum(nil)[:8]); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Property: every visit has its place. Visits are in order and within the
// period, by customers who have joined and are still there, and each customer
// has as many as the truth says, one of them on the day of joining.
func TestVisitsAreSound(t *testing.T) {
	configs := configs(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := shop.Open(configs.Draw(t, "config"))
		if err != nil {
			t.Fatal(err)
		}
		truth := s.Truth()
		customers, want := map[string]shop.Customer{}, map[string]int{}
		for _, c := range truth.Customers {
			customers[c.ID], want[c.ID] = c, c.Visits
		}
		got, atJoining, all := map[string]int{}, map[string]bool{}, 0
		last := truth.Start
		for v := range s.Visits() {
			c, known := customers[v.Customer]
			if !known || v.Channel == "" || v.At.Before(last) || !v.At.Before(truth.End) || v.At.Before(c.Joined) || !c.Alive(v.At) {
				t.Fatalf("out of place, after %v: %+v of %+v", last, v, c)
			}
			last = v.At
			got[v.Customer]++
			all++
			if v.At.Format(time.DateOnly) == c.Joined.Add(12*time.Hour).Format(time.DateOnly) {
				atJoining[v.Customer] = true
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || all != truth.Visits {
			t.Fatalf("%d visits, truth %d (-truth +visits):\n%s", all, truth.Visits, diff)
		}
		if len(atJoining) != len(customers) {
			t.Fatalf("%d of %d visited on the day of joining", len(atJoining), len(customers))
		}
	})
}

// Property: half an hour before an order or less, and a minute or more, its
// customer came in by the same channel, on the same date.
func TestOrdersFollowVisits(t *testing.T) {
	configs := configs(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := shop.Open(configs.Draw(t, "config"))
		if err != nil {
			t.Fatal(err)
		}
		visits := map[string][]shop.Visit{}
		for v := range s.Visits() {
			visits[v.Customer] = append(visits[v.Customer], v)
		}
		for o := range s.Orders() {
			if o.Amount.IsNegative() {
				continue
			}
			leadsTo := func(v shop.Visit) bool {
				before := o.At.Sub(v.At)
				return before >= time.Minute && before <= 30*time.Minute && v.Channel == o.Channel && v.At.Day() == o.At.Day()
			}
			if !slices.ContainsFunc(visits[o.Customer], leadsTo) {
				t.Fatalf("no visit before %+v", o)
			}
		}
	})
}

// Whatever the seed, those who visit more than the mean or less, and spend
// more than the mean or less, are all there.
func TestVisitDistributions(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			truth := open(t, shop.Config{Seed: seed}).Truth()
			n := float64(len(truth.Customers))
			visits, spend := float64(truth.Visits)/n, truth.Net.InexactFloat64()/n
			quadrants, idle := map[[2]bool]float64{}, 0.0
			for _, c := range truth.Customers {
				quadrants[[2]bool{float64(c.Visits) >= visits, c.Net.InexactFloat64() >= spend}]++
				count(&idle, c.Orders == 0 && c.Visits > 1)
			}
			for _, share := range []struct {
				name           string
				got, low, high float64
			}{
				{"visits a customer", visits, 11, 15},
				{"often and much", quadrants[[2]bool{true, true}] / n, 0.11, 0.17},
				{"seldom and much", quadrants[[2]bool{false, true}] / n, 0.08, 0.14},
				{"often and little", quadrants[[2]bool{true, false}] / n, 0.13, 0.21},
				{"seldom and little", quadrants[[2]bool{false, false}] / n, 0.53, 0.65},
				{"visited again without an order", idle / n, 0.005, 0.03},
			} {
				if share.got < share.low || share.got > share.high {
					t.Errorf("%s: %.4f, want %v to %v", share.name, share.got, share.low, share.high)
				}
			}
		})
	}
}
