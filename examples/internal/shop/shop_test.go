package shop_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// opened are the shops that tests share, since a shop doesn't change.
var opened = map[shop.Config]*shop.Shop{}

func open(t testing.TB, config shop.Config) *shop.Shop {
	t.Helper()
	if s := opened[config]; s != nil {
		return s
	}
	s, err := shop.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	opened[config] = s
	return s
}

func export(t testing.TB, s *shop.Shop) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.WriteOrders(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The bytes of the export are fixed: on every platform, and until the model is
// changed on purpose. Later additions have streams of their own and leave them.
func TestGolden(t *testing.T) {
	tests := []struct {
		name   string
		config shop.Config
		want   string // the first 8 bytes of the export's SHA-256
	}{
		{"default", shop.Config{Seed: 1}, "d8a8ffbfb2b32662"},
		{"another seed", shop.Config{Seed: 2}, "7f5c75e61b04727a"},
		{"a small one from 29 February in UTC", shop.Config{Seed: 1, Customers: 50, Months: 3, Zone: time.UTC, Start: time.Date(2000, 2, 29, 23, 0, 0, 0, time.UTC)}, "3cd8c2d7f1a78eb2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sum := sha256.Sum256([]byte(export(t, open(t, tt.config))))
			if got := hex.EncodeToString(sum[:8]); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// The export is a file as any other: the reader finds its columns, and what it
// reads is what the shop has.
func TestExportIsRead(t *testing.T) {
	s := open(t, shop.Config{Seed: 3})
	orders, err := table.New(strings.NewReader(export(t, s)), "shop.csv", table.Orders(), table.Options{Zone: shop.Shanghai()})
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Collect(s.Orders())
	for i := 0; orders.Next(); i++ {
		got := orders.Row()
		same := got.Customer == want[i].Customer && got.ID == want[i].ID && got.At.Equal(want[i].At) &&
			got.Amount.Equal(want[i].Amount) && got.Discount.Valid == want[i].Discount.Valid &&
			got.Discount.Decimal.Equal(want[i].Discount.Decimal) &&
			got.Category == want[i].Category && got.Channel == want[i].Channel
		if !same {
			t.Fatalf("row %d: got %+v, want %+v", i, got, want[i])
		}
	}
	if orders.Err() != nil || orders.Rows() != int64(len(want)) {
		t.Errorf("%d rows of %d, %v", orders.Rows(), len(want), orders.Err())
	}
}

// configs draws small shops, of zones with and without clock changes.
func configs(t testing.TB) *rapid.Generator[shop.Config] {
	sao, err := time.LoadLocation("America/Sao_Paulo") // days without a midnight until 2018
	if err != nil {
		t.Fatal(err)
	}
	return rapid.Custom(func(t *rapid.T) shop.Config {
		return shop.Config{
			Seed:      rapid.Uint64().Draw(t, "seed"),
			Customers: rapid.IntRange(1, 200).Draw(t, "customers"),
			Months:    rapid.IntRange(1, 36).Draw(t, "months"),
			Start:     time.Date(2016, 1, rapid.IntRange(1, 366).Draw(t, "day"), 12, 0, 0, 0, time.UTC),
			Zone:      rapid.SampledFrom([]*time.Location{nil, time.UTC, sao}).Draw(t, "zone"),
		}
	})
}

// Property: counted from the rows, every total of the truth comes out again,
// and every customer's own.
func TestTruthMatchesRows(t *testing.T) {
	configs := configs(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := shop.Open(configs.Draw(t, "config"))
		if err != nil {
			t.Fatal(err)
		}
		truth := s.Truth()
		var got shop.Truth
		seen := map[string]bool{}
		orders, nets := map[string]int{}, map[string]decimal.Decimal{}
		for o := range s.Orders() {
			switch {
			case o.Amount.IsNegative():
				got.Refunds++
				got.Refunded = got.Refunded.Sub(o.Amount)
			case seen[o.ID]:
				got.Duplicates++
				continue
			default:
				got.Orders++
				orders[o.Customer]++
				if o.Amount.IsZero() {
					got.Gifts++
				}
				got.Gross = got.Gross.Add(o.Amount)
				got.Discounts = got.Discounts.Add(o.Discount.Decimal)
			}
			seen[o.ID] = true
			nets[o.Customer] = nets[o.Customer].Add(o.Amount)
		}
		got.Net = got.Gross.Sub(got.Refunded)
		got.Start, got.End, got.Visits = truth.Start, truth.End, truth.Visits // see TestVisitsAreSound
		got.Fault = truth.Fault                                               // see TestFault
		for _, c := range truth.Customers {
			if orders[c.ID] != c.Orders || !nets[c.ID].Equal(c.Net) {
				t.Fatalf("%s: %d orders, %v net in the rows; truth %+v", c.ID, orders[c.ID], nets[c.ID], c)
			}
		}
		truth.Customers = nil
		if diff := cmp.Diff(truth, got); diff != "" {
			t.Fatalf("(-truth +rows):\n%s", diff)
		}
	})
}

// Property: every row has its place. Rows are in order and within the period
// and opening hours; a refund names an earlier order of the same customer and
// never exceeds what is left of it; a repeated order is the same to the last
// byte; only customers who are still there order.
func TestRowsAreSound(t *testing.T) {
	configs := configs(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := shop.Open(configs.Draw(t, "config"))
		if err != nil {
			t.Fatal(err)
		}
		truth := s.Truth()
		customers := map[string]shop.Customer{}
		for _, c := range truth.Customers {
			customers[c.ID] = c
		}
		sales, left := map[string]table.Order{}, map[string]decimal.Decimal{}
		last := truth.Start
		for o := range s.Orders() {
			if o.At.Before(last) || !o.At.Before(truth.End) || o.At.Hour() < 9 || o.At.Hour() > 22 {
				t.Fatalf("out of place, after %v: %+v", last, o)
			}
			last = o.At
			sale, known := sales[o.ID]
			switch {
			case o.Amount.IsNegative():
				left[o.ID] = left[o.ID].Add(o.Amount)
				if !known || sale.Customer != o.Customer || !sale.At.Before(o.At) || left[o.ID].IsNegative() || o.Discount.Valid {
					t.Fatalf("refund %+v of %+v", o, sale)
				}
			case known:
				if sale != o {
					t.Fatalf("%+v is repeated as %+v", sale, o)
				}
			default:
				sales[o.ID], left[o.ID] = o, o.Amount
				c := customers[o.Customer]
				if o.At.Before(c.Joined) || !c.Alive(o.At) || o.Amount.Exponent() != -2 {
					t.Fatalf("%+v by %+v", o, c)
				}
			}
		}
	})
}

// Property: deal-seekers order on days of a sale, at 40 to 70 percent off, and
// get no gifts.
func TestDealSeekers(t *testing.T) {
	configs := configs(t)
	rapid.Check(t, func(t *rapid.T) {
		s, err := shop.Open(configs.Draw(t, "config"))
		if err != nil {
			t.Fatal(err)
		}
		seekers := map[string]bool{}
		for _, c := range s.Truth().Customers {
			seekers[c.ID] = c.DealSeeker
		}
		for o := range s.Orders() {
			if !seekers[o.Customer] || o.Amount.IsNegative() {
				continue
			}
			// A cent of rounding moves the share of a basket of 1.00 by 1 percent.
			share := o.Discount.Decimal.DivRound(o.Amount.Add(o.Discount.Decimal), 4).InexactFloat64()
			_, month, date := o.At.Date()
			sale := date <= 3 || month == time.June && date >= 16 && date <= 18 || month == time.November && date >= 9 && date <= 11
			if !sale || share < 0.39 || share > 0.70 {
				t.Fatalf("%v off on a sale day %v: %+v", share, sale, o)
			}
		}
	})
}

// Property: what a customer does, and when they visit, depends on nobody else,
// but for the numbers of their orders.
func TestCustomersAreIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		few, err := shop.Open(shop.Config{Seed: seed, Customers: 20})
		if err != nil {
			t.Fatal(err)
		}
		many, err := shop.Open(shop.Config{Seed: seed, Customers: 60})
		if err != nil {
			t.Fatal(err)
		}
		rows := func(s *shop.Shop) (rows []string) {
			for o := range s.Orders() {
				if o.Customer <= "c00020" {
					rows = append(rows, fmt.Sprint(o.Customer, o.At, o.Amount, o.Discount, o.Category, o.Channel))
				}
			}
			slices.Sort(rows) // rows of the same second are in the order of their numbers
			return rows
		}
		visits := func(s *shop.Shop) (list []shop.Visit) {
			for v := range s.Visits() {
				if v.Customer <= "c00020" {
					list = append(list, v)
				}
			}
			return list
		}
		if diff := cmp.Diff(rows(few), rows(many)); diff != "" {
			t.Fatalf("rows (-few +many):\n%s", diff)
		}
		if diff := cmp.Diff(visits(few), visits(many)); diff != "" {
			t.Fatalf("visits (-few +many):\n%s", diff)
		}
	})
}

func TestConfig(t *testing.T) {
	tests := []struct {
		name   string
		config shop.Config
		want   string // the error's text
	}{
		{"negative customers", shop.Config{Customers: -1}, "shop: -1 customers: want up to 1000000"},
		{"too many customers", shop.Config{Customers: shop.MaxCustomers + 1}, "shop: 1000001 customers: want up to 1000000"},
		{"negative months", shop.Config{Months: -1}, "shop: -1 months: want up to 120"},
		{"too many months", shop.Config{Months: shop.MaxMonths + 1}, "shop: 121 months: want up to 120"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := shop.Open(tt.config)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// The period begins at the local midnight of Start's local date.
func TestPeriod(t *testing.T) {
	start := time.Date(2024, 12, 31, 20, 0, 0, 0, time.UTC) // 4 in the morning of 1 January in Shanghai
	truth := open(t, shop.Config{Start: start, Months: 2, Customers: 1}).Truth()
	want := []time.Time{
		time.Date(2025, 1, 1, 0, 0, 0, 0, shop.Shanghai()),
		time.Date(2025, 3, 1, 0, 0, 0, 0, shop.Shanghai()),
	}
	if diff := cmp.Diff(want, []time.Time{truth.Start, truth.End}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The default shop looks like a shop, whatever the seed: the bounds are wide
// enough for any and would not hold for a model with a mistake in it.
func TestDistributions(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			truth := open(t, shop.Config{Seed: seed}).Truth()
			var spend []float64
			var buyers, once, alive, seekers, lastHalf float64
			total := truth.Net.InexactFloat64()
			middle := truth.Start.Add(truth.End.Sub(truth.Start) / 2)
			for _, c := range truth.Customers {
				spend = append(spend, c.Net.InexactFloat64())
				count(&buyers, c.Orders > 0)
				count(&once, c.Orders == 1)
				count(&alive, c.Alive(truth.End))
				count(&seekers, c.DealSeeker)
				count(&lastHalf, !c.Joined.Before(middle))
			}
			slices.Sort(spend)
			top := 0.0
			for _, s := range spend[len(spend)*8/10:] {
				top += s
			}
			n, orders := float64(len(truth.Customers)), float64(truth.Orders)
			for _, share := range []struct {
				name           string
				got, low, high float64
			}{
				{"buyers", buyers / n, 0.94, 0.98},
				{"bought once, of buyers", once / buyers, 0.38, 0.48},
				{"alive at the end", alive / n, 0.49, 0.57},
				{"deal-seekers", seekers / n, 0.10, 0.14},
				{"joined in the second half (5/8)", lastHalf / n, 0.59, 0.66},
				{"revenue of the top fifth", top / total, 0.65, 0.80},
				{"orders a customer", orders / n, 2.8, 3.7},
				{"refunded money", truth.Refunded.InexactFloat64() / truth.Gross.InexactFloat64(), 0.03, 0.07},
				{"refunds an order", float64(truth.Refunds) / orders, 0.05, 0.075},
				{"gifts", float64(truth.Gifts) / orders, 0.005, 0.013},
				{"duplicates", float64(truth.Duplicates) / orders, 0.003, 0.01},
				{"discount, of full prices", truth.Discounts.InexactFloat64() / truth.Gross.Add(truth.Discounts).InexactFloat64(), 0.05, 0.10},
			} {
				if share.got < share.low || share.got > share.high {
					t.Errorf("%s: %.4f, want %v to %v", share.name, share.got, share.low, share.high)
				}
			}
		})
	}
}

func count(n *float64, yes bool) {
	if yes {
		*n++
	}
}
