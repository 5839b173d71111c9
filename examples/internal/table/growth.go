package table

import (
	"time"

	"github.com/shopspring/decimal"
)

// Spend is a row of a file of what was spent to win customers.
type Spend struct {
	Channel string // empty if it is for none
	At      time.Time
	Amount  decimal.Decimal
}

// Spends is the schema of files of spend. The keys channel, at and amount are
// required, but a row may lack the channel.
func Spends() Schema[Spend] {
	return Schema[Spend]{Name: "spend", Keys: []Key[Spend]{
		Time("at", func(s *Spend) *time.Time { return &s.At },
			"at date day month spend_date period 日期 时间"),
		Amount("amount", func(s *Spend) *decimal.Decimal { return &s.Amount },
			"amount spend cost spent 花费 消耗 金额"),
		Optional(Text("channel", func(s *Spend) *string { return &s.Channel },
			"channel source utm_source media 渠道 来源")),
	}}
}

// Term is a row of a file of courses, plans or appliances.
type Term struct {
	Customer string
	Product  string
	Start    time.Time
	End      time.Time // zero without one
	Value    decimal.Decimal
	Sold     time.Time // zero if it is not known
}

// Terms is the schema of files of terms. The keys customer, product and start are
// required; end, value and sold are optional.
func Terms() Schema[Term] {
	return Schema[Term]{Name: "terms", Keys: []Key[Term]{
		Text("customer", func(t *Term) *string { return &t.Customer },
			"customer_id cust_id user_id member_id student_id client_id account_id 客户id 用户id 会员id 学员id",
			"customer user member student client account 客户 用户 会员 学员"),
		Text("product", func(t *Term) *string { return &t.Product },
			"product product_name course plan policy appliance model 产品 课程 套餐"),
		Time("start", func(t *Term) *time.Time { return &t.Start },
			"start start_date starts_at started_at from begin 开始 开始日期 开课日期"),
		Optional(Time("end", func(t *Term) *time.Time { return &t.End },
			"end end_date ends_at expires_at expiry to until 结束 结束日期 到期日期")),
		Optional(Amount("value", func(t *Term) *decimal.Decimal { return &t.Value },
			"value amount price fee 金额 费用")),
		Optional(Time("sold", func(t *Term) *time.Time { return &t.Sold },
			"sold sold_at signed_at bought_at 签约日期 购买日期")),
	}}
}

// Invite is a row of a file of who invited whom.
type Invite struct {
	From string
	To   string // empty if nobody came of it
	At   time.Time
}

// Invites is the schema of files of invitations. The keys from and at are
// required, to is optional.
func Invites() Schema[Invite] {
	return Schema[Invite]{Name: "invites", Keys: []Key[Invite]{
		Text("from", func(i *Invite) *string { return &i.From },
			"from referrer referrer_id inviter inviter_id from_id 邀请人"),
		Optional(Text("to", func(i *Invite) *string { return &i.To },
			"to referred referred_id invitee invitee_id to_id 被邀请人")),
		Time("at", func(i *Invite) *time.Time { return &i.At },
			"at date time invited_at sent_at 日期 时间"),
	}}
}
