package table

import (
	"time"

	"github.com/shopspring/decimal"
)

// Order is a row of an order file: a sale, or a refund as a negative row.
type Order struct {
	Customer string
	At       time.Time // when it was paid, or refunded
	// Amount is what was paid, net of Discount. It is negative for a refund,
	// and 0 for a gift.
	Amount decimal.Decimal
	// ID is the order's; a refund names its order by it. It is empty if the
	// file has none.
	ID string
	// Discount is the money that was taken off before Amount was paid. It is
	// not valid if it is unknown.
	Discount decimal.NullDecimal
	Category string // of the goods; empty if unknown
	Channel  string // where the order was placed; empty if unknown
}

// Orders is the schema of order files. The keys customer, at and amount are
// required; order, discount, category and channel are optional.
func Orders() Schema[Order] {
	return Schema[Order]{Name: "orders", Keys: []Key[Order]{
		Text("customer", func(o *Order) *string { return &o.Customer },
			"customer_id cust_id user_id member_id buyer_id client_id account_id 客户id 用户id 会员id",
			"customer user member buyer client account 客户 用户 会员",
			"customer_name customer_no customer_number customer_code member_no email"),
		Time("at", func(o *Order) *time.Time { return &o.At },
			"paid_at ordered_at payment_time payment_date 支付时间 付款时间",
			"order_date order_time order_datetime order_timestamp purchase_date purchase_time invoice_date transaction_date 下单时间 订单日期",
			"at date time datetime timestamp ts created_at 日期 时间"),
		Amount("amount", func(o *Order) *decimal.Decimal { return &o.Amount },
			"amount revenue dollar_value paid_amount amount_paid order_amount order_value order_total total_amount total_price total_paid net_amount 实付金额 支付金额 订单金额",
			"total sales spend value payment gmv monetary turnover 金额",
			"price !quantity !qty !units !count 价格 !数量"),
		Optional(Text("order", func(o *Order) *string { return &o.ID },
			"order_id order_no order_number order_code invoice_id invoice_no invoice_number transaction_id 订单号 订单编号",
			"order invoice transaction")),
		NullAmount("discount", func(o *Order) *decimal.NullDecimal { return &o.Discount },
			"discount_amount discount discounts 优惠金额 折扣金额"),
		Optional(Text("category", func(o *Order) *string { return &o.Category },
			"category product_category 品类 类目")),
		Optional(Text("channel", func(o *Order) *string { return &o.Channel },
			"channel order_channel sales_channel 渠道")),
	}}
}
