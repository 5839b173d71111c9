package table_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/regulars-go/regulars/examples/internal/table"
)

func ExampleNew() {
	const text = "order_no;member_id;paid_at;amount\n1001;ann;2024-03-01 10:00:00;12.50\n1001;ann;2024-03-04 09:00:00;-2.50\n"
	orders, err := table.New(strings.NewReader(text), "march.csv", table.Orders(), table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for orders.Next() {
		o := orders.Row()
		fmt.Println(o.ID, o.Customer, o.At.Format(time.DateOnly), o.Amount.StringFixed(2))
	}
	columns := orders.Columns()
	fmt.Println(columns.String(), orders.Err())
	// Output:
	// 1001 ann 2024-03-01 12.50
	// 1001 ann 2024-03-04 -2.50
	// customer=member_id,at=paid_at,amount=amount,order=order_no <nil>
}

// A lenient reader passes over malformed rows and says which.
func ExampleReader_SetAside() {
	const text = "user_id,date,amount\nann,2024-03-01,12.50\nbob,2024-03-01,\"1,200\"\n"
	orders, err := table.New(strings.NewReader(text), "march.csv", table.Orders(), table.Options{Lenient: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for orders.Next() {
		fmt.Println(orders.Row().Customer)
	}
	aside := orders.SetAside()
	fmt.Println(aside.Rows, aside.Reasons)
	fmt.Println(aside.First[0])
	// Output:
	// ann
	// 1 [{not an amount 1}]
	// march.csv: line 3, column "amount": "1,200": not an amount: expected a plain decimal such as 1234.50, with a point and not a comma, and without thousands separators
}

// A schema says which facts a row holds; one's own is as good as Orders.
func ExampleSchema() {
	type visit struct {
		User string
		At   time.Time
		Page string
	}
	schema := table.Schema[visit]{Name: "visits", Keys: []table.Key[visit]{
		table.Text("user", func(v *visit) *string { return &v.User }, "user_id", "user"),
		table.Time("at", func(v *visit) *time.Time { return &v.At }, "time timestamp"),
		table.Optional(table.Text("page", func(v *visit) *string { return &v.Page }, "page")),
	}}
	visits, err := table.New(strings.NewReader("User ID\tTimestamp\tPage\nann\t1709251200\thome\n"), "visits.tsv", schema, table.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for visits.Next() {
		fmt.Println(visits.Row())
	}
	// Output: {ann 2024-03-01 00:00:00 +0000 UTC home}
}

func ExampleParseColumns() {
	columns, err := table.ParseColumns("customer=customer_id,at=date,events.user=uid")
	orders := columns.Of("")
	fmt.Println(orders.String(), err)
	_, err = table.ParseColumns("customer")
	fmt.Println(err)
	// Output:
	// customer=customer_id,at=date <nil>
	// table: columns: "customer" is not a pair such as customer=customer_id or customer=1
}
