package shop_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/examples/internal/shop"
)

// What else the shop writes is fixed too: see TestGolden.
func TestGoldenFiles(t *testing.T) {
	s := open(t, shop.Config{Seed: 1})
	tests := []struct {
		name  string
		write func(io.Writer) error
		rows  int
		want  string // the first 8 bytes of the SHA-256
	}{
		{"events", s.WriteEvents, 91400, "894a1a07bfaecad7"},
		{"profiles", s.WriteProfiles, 3000, "68cebcf2e95d9533"},
		{"sightings", s.WriteSightings, 6051, "ba97b14f478442c6"},
		{"spend", s.WriteSpend, 54, "80539c78c55f4fb7"},
		{"invites", s.WriteInvites, 721, "d6b07e81156e5965"},
		{"terms", s.WriteTerms, 600, "77bc6ec3cf0d7a01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var file bytes.Buffer
			if err := tt.write(&file); err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(file.Bytes())
			rows, err := csv.NewReader(&file).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(sum[:8]); got != tt.want || len(rows)-1 != tt.rows {
				t.Errorf("%d rows, %s; want %d, %s", len(rows)-1, got, tt.rows, tt.want)
			}
		})
	}
}

// Property: events are the steps of visits. A visit begins with a banner or a
// search, and no step is skipped; one is paid exactly where there is an order.
func TestEventsAreSteps(t *testing.T) {
	configs := configs(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := shop.Open(configs.Draw(t, "config"))
		if err != nil {
			t.Fatal(err)
		}
		next := map[string]string{shop.BannerClick: shop.ViewProduct, shop.Search: shop.ViewProduct, shop.ViewProduct: shop.SubmitOrder, shop.SubmitOrder: shop.PayOrder}
		visits, last := 0, shop.Event{}
		paid := map[time.Time]int{}
		for e := range s.Events() {
			if e.Name == shop.BannerClick || e.Name == shop.Search {
				visits++
			} else if next[last.Name] != e.Name || e.Customer != last.Customer || e.Channel != last.Channel || e.At.Before(last.At) {
				t.Fatalf("%+v follows %+v", e, last)
			}
			if e.Name == shop.PayOrder {
				paid[e.At]++
			}
			last = e
		}
		orders := map[string]bool{}
		for o := range s.Orders() {
			if !o.Amount.IsNegative() && !orders[o.ID] {
				orders[o.ID] = true
				paid[o.At]--
			}
		}
		for at, n := range paid {
			if n != 0 {
				t.Fatalf("%d more paid than ordered at %v", n, at)
			}
		}
		if want := s.Truth().Visits; visits != want {
			t.Fatalf("%d visits in the events, truth %d", visits, want)
		}
	})
}

// The fault is where and when the truth says, and nowhere else.
func TestFault(t *testing.T) {
	s := open(t, shop.Config{Seed: 1})
	fault := s.Truth().Fault
	type place struct{ there, then bool }
	entered, reached := map[place]int{}, map[place]int{}
	for e := range s.Events() {
		p := place{e.Channel == fault.Channel, !e.At.Before(fault.From)}
		switch e.Name {
		case shop.BannerClick, shop.Search:
			entered[p]++
		case fault.Step:
			reached[p]++
		}
	}
	for p, n := range entered {
		rate := float64(reached[p]) / float64(n)
		if low, high := 0.72, 0.82; (p != place{true, true}) && (rate < low || rate > high) {
			t.Errorf("%+v: %.3f of %d view a product, want %.2f to %.2f", p, rate, n, low, high)
		}
		if (p == place{true, true}) && rate > 0.5 {
			t.Errorf("%+v: %.3f of %d view a product, want half at most", p, rate, n)
		}
	}
	if len(entered) != 4 {
		t.Errorf("visits in %d of 4 places and times", len(entered))
	}
}

// Profiles lean to one side where the simulation says so.
func TestProfilesLean(t *testing.T) {
	s := open(t, shop.Config{Seed: 1})
	truth := s.Truth()
	students, of, known, members, i := map[bool]int{}, map[bool]int{}, 0, 0, 0
	for p := range s.Profiles() {
		c := truth.Customers[i]
		if i++; p.Customer != c.ID || p.Channel != c.Channel || !p.Joined.Equal(c.Joined) {
			t.Fatalf("profile %+v is not of %+v", p, c)
		}
		if !p.Member.IsZero() {
			members++
			if p.Member.Before(p.Joined) || !p.Member.Before(truth.End) {
				t.Errorf("%s: member since %v, joined %v", p.Customer, p.Member, p.Joined)
			}
		}
		if p.Occupation == "" {
			continue
		}
		known++
		of[c.DealSeeker]++
		if p.Occupation == "student" {
			students[c.DealSeeker]++
		}
	}
	seekers, others := float64(students[true])/float64(of[true]), float64(students[false])/float64(of[false])
	if seekers < 0.5 || others > 0.2 {
		t.Errorf("students: %.2f of deal-seekers, %.2f of others", seekers, others)
	}
	if known < 2100 || known > 2400 || members < 1400 || members > 1700 {
		t.Errorf("of 3,000: %d occupations known, %d members", known, members)
	}
}

// Property: accounts have one owner each, orders are made with an account of
// their customer, and sightings show nobody else's accounts.
func TestAccountsAreOwned(t *testing.T) {
	configs := configs(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := shop.Open(configs.Draw(t, "config"))
		if err != nil {
			t.Fatal(err)
		}
		owner := map[string]string{}
		for a := range s.Accounts() {
			if owner[a.ID] != "" {
				t.Fatalf("%s is owned by %s and %s", a.ID, owner[a.ID], a.Customer)
			}
			owner[a.ID] = a.Customer
		}
		var customers []string
		for o := range s.Orders() {
			customers = append(customers, o.Customer)
		}
		i := 0
		for o := range s.OrdersByAccount() {
			if owner[o.Customer] != customers[i] {
				t.Fatalf("order %s of %s was made with %s of %q", o.ID, customers[i], o.Customer, owner[o.Customer])
			}
			i++
		}
		seen := map[string]bool{}
		for v := range s.Sightings() {
			names := 0
			for namespace, name := range map[string]string{"account": v.Account, "openid": v.OpenID, "card": v.Card} {
				if name != "" {
					names++
					seen[namespace+":"+name] = true
				}
			}
			if names != 1 || v.Phone != "" && !strings.HasPrefix(v.Phone, "138") {
				t.Fatalf("sighting %+v", v)
			}
		}
		for id := range owner {
			if !seen[id] {
				t.Fatalf("account %s was never seen", id)
			}
		}
		if len(seen) != len(owner) {
			t.Fatalf("%d accounts seen, %d owned", len(seen), len(owner))
		}
	})
}
