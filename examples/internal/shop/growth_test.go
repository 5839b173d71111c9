package shop_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/examples/internal/table"
)

// The coupon site's customers cost least, and most of them buy once.
func TestCouponSiteIsCheapAndLeaky(t *testing.T) {
	s, err := shop.Open(shop.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	orders := map[string]shop.Customer{}
	for _, c := range s.Truth().Customers {
		orders[c.ID] = c
	}
	joined, once, spent := map[string]int{}, map[string]int{}, map[string]float64{}
	for id, source := range s.Sources() {
		joined[source]++
		if orders[id].Orders <= 1 {
			once[source]++
		}
	}
	for x := range s.Spend() {
		spent[x.Source] += x.Amount.InexactFloat64()
	}
	rate := func(source string) float64 { return float64(once[source]) / float64(joined[source]) }
	cost := func(source string) float64 { return spent[source] / float64(joined[source]) }
	for _, source := range []string{shop.SearchAds, shop.SocialAds} {
		if cost(source) < 1.1*cost(shop.CouponSite) || rate(source) > 0.6*rate(shop.CouponSite) {
			t.Errorf("%s: %.2f each and %.2f once; the coupon site %.2f and %.2f", source, cost(source), rate(source), cost(shop.CouponSite), rate(shop.CouponSite))
		}
	}
	if joined[""] < 300 || joined[shop.Friends] < 200 || spent[shop.Friends] != 0 {
		t.Errorf("joined %v, spent %v", joined, spent)
	}
}

func TestInvitesAndBoxes(t *testing.T) {
	s, err := shop.Open(shop.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	customers := map[string]shop.Customer{}
	for _, c := range s.Truth().Customers {
		customers[c.ID] = c
	}
	taken, wasted := map[string]bool{}, 0
	for i := range s.Invites() {
		from, to := customers[i.From], customers[i.To]
		switch {
		case i.To == "":
			wasted++
		case taken[i.To] || !from.Joined.Before(i.At) || i.At.After(to.Joined.AddDate(0, 0, 1)):
			t.Errorf("%+v: joined at %v and %v", i, from.Joined, to.Joined)
		}
		taken[i.To] = true
	}
	if len(taken) < 200 || wasted < 100 {
		t.Errorf("%d invited, %d wasted", len(taken), wasted)
	}
	boxes, renewed, last := 0, 0, shop.Term{}
	for x := range s.Terms() {
		c := customers[x.Customer]
		if !x.Start.Before(x.End) || x.Sold.After(x.Start) || !x.Sold.Before(s.Truth().End) || c.DealSeeker || x.Value.Sign() <= 0 {
			t.Errorf("%+v of %+v", x, c)
		}
		if x.Customer == last.Customer {
			renewed++
			if x.Start.Before(last.End) {
				t.Errorf("%+v before the end of %+v", x, last)
			}
		}
		boxes, last = boxes+1, x
	}
	if boxes < 200 || renewed < boxes/4 {
		t.Errorf("%d boxes, %d of them renewals", boxes, renewed)
	}
	cares := map[string]int{}
	for c := range s.Cares() {
		cares[c.Name]++
	}
	if cares[shop.Welcomed] < boxes/2 || cares[shop.Delivered] < boxes {
		t.Errorf("%v for %d boxes", cares, boxes)
	}
}

// What is written is what there is, and the same each time.
func TestGrowthFiles(t *testing.T) {
	s, err := shop.Open(shop.Config{Seed: 5, Customers: 400})
	if err != nil {
		t.Fatal(err)
	}
	var spends, terms, invites []string
	for x := range s.Spend() {
		spends = append(spends, fmt.Sprint(x.Source, x.At.Format("2006-01-02"), x.Amount))
	}
	for x := range s.Terms() {
		terms = append(terms, fmt.Sprint(x.Customer, x.Product, x.Start, x.End, x.Sold, x.Value))
	}
	for x := range s.Invites() {
		invites = append(invites, fmt.Sprint(x.From, x.To, x.At))
	}
	options := table.Options{Zone: shop.Shanghai()}
	readBack(t, s.WriteSpend, table.Spends(), options, spends, func(x table.Spend) string {
		return fmt.Sprint(x.Channel, x.At.Format("2006-01-02"), x.Amount)
	})
	readBack(t, s.WriteTerms, table.Terms(), options, terms, func(x table.Term) string {
		return fmt.Sprint(x.Customer, x.Product, x.Start, x.End, x.Sold, x.Value)
	})
	readBack(t, s.WriteInvites, table.Invites(), options, invites, func(x table.Invite) string {
		return fmt.Sprint(x.From, x.To, x.At)
	})
}

func readBack[T any](t *testing.T, write func(io.Writer) error, schema table.Schema[T], o table.Options, want []string, show func(T) string) {
	t.Helper()
	var file bytes.Buffer
	if err := write(&file); err != nil {
		t.Fatal(err)
	}
	reader, err := table.New(&file, schema.Name, schema, o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for reader.Next() {
		got = append(got, show(reader.Row()))
	}
	if err := reader.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", schema.Name, diff)
	}
}
