package shop_test

import (
	"fmt"
	"os"
	"time"

	"github.com/regulars-go/regulars/examples/internal/shop"
)

func ExampleOpen() {
	s, err := shop.Open(shop.Config{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	truth := s.Truth()
	fmt.Println(len(truth.Customers), "customers,", truth.Orders, "orders,", truth.Net, "net")
	for o := range s.Orders() {
		fmt.Println("first:", o.ID, o.Customer, o.At.Format(time.DateTime), o.Amount)
		break
	}
	// Output:
	// 3000 customers, 9575 orders, 1566184.07 net
	// first: o000001 c01528 2024-07-02 17:21:48 90.75
}

func ExampleShop_WriteOrders() {
	s, err := shop.Open(shop.Config{Seed: 1, Customers: 2, Months: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := s.WriteOrders(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// order_id,customer_id,paid_at,amount,discount,category,channel
	// o000001,c00001,2024-07-05 22:07:56,43.49,0.00,household,web
	// o000002,c00002,2024-08-22 14:36:34,127.31,0.00,tea and snacks,app
}

func ExampleShop_Visits() {
	s, err := shop.Open(shop.Config{Seed: 1, Customers: 2, Months: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	for v := range s.Visits() {
		fmt.Println(v.Customer, v.At.Format(time.DateTime), v.Channel)
	}
	// Output:
	// c00001 2024-07-05 21:50:26 web
	// c00002 2024-08-22 14:21:56 app
	// c00002 2024-09-01 19:58:08 app
	// c00002 2024-09-09 10:24:59 app
	// c00002 2024-09-17 14:23:25 app
	// c00002 2024-09-19 19:07:10 app
}

func ExampleShop_Truth() {
	s, err := shop.Open(shop.Config{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	truth := s.Truth()
	gone, seekers := 0, 0
	for _, c := range truth.Customers {
		if !c.Alive(truth.End) {
			gone++
		}
		if c.DealSeeker {
			seekers++
		}
	}
	fmt.Println(gone, "are gone,", seekers, "buy at a deep discount only")
	// Output:
	// 1399 are gone, 369 buy at a deep discount only
}

func ExampleShop_Events() {
	s, err := shop.Open(shop.Config{Seed: 1, Customers: 1, Months: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range s.Events() {
		fmt.Println(e.Customer, e.At.Format(time.DateTime), e.Name, e.Channel)
	}
	// Output:
	// c00001 2024-07-05 21:50:26 banner_click web
	// c00001 2024-07-05 21:53:45 view_product web
	// c00001 2024-07-05 22:01:17 submit_order web
	// c00001 2024-07-05 22:07:56 pay_order web
}

func ExampleShop_WriteProfiles() {
	s, err := shop.Open(shop.Config{Seed: 1, Customers: 2, Months: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := s.WriteProfiles(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// customer_id,gender,birth_year,city,occupation,phone,channel,joined,member_since
	// c00001,female,,Beijing,office,android,web,2024-07-05,
	// c00002,female,1994,Luoyang,office,ios,app,2024-08-22,
}

func ExampleShop_WriteSightings() {
	s, err := shop.Open(shop.Config{Seed: 1, Customers: 2, Months: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := s.WriteSightings(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// event_id,at,channel,account,openid,card,phone,device
	// s00001-2,2024-07-05 21:50:26,web,a5365143d,,,13898633409,
	// s00002-0,2024-08-22 14:21:56,app,ab22c89dc,,,13865550767,d7b1dcdaf
}
