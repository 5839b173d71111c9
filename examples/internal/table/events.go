package table

import "time"

// Event is a row of an event file: something that somebody did.
type Event struct {
	Customer string
	At       time.Time
	Name     string // such as "search"
	Session  string // empty if the file has none
	// Labels are the values of all other columns, in the order of
	// [Reader.Rest]; empty where the row has none.
	Labels []string
}

// Events is the schema of event files. The keys customer, at and event are
// required, session is optional, and all other columns are labels.
func Events() Schema[Event] {
	return Schema[Event]{
		Name: "events", Rest: func(e *Event) *[]string { return &e.Labels },
		Keys: []Key[Event]{
			Text("customer", func(e *Event) *string { return &e.Customer },
				"customer_id cust_id user_id member_id client_id account_id visitor_id distinct_id 客户id 用户id 会员id",
				"customer user member client account visitor 客户 用户 会员"),
			Time("at", func(e *Event) *time.Time { return &e.At },
				"event_time event_timestamp event_date event_at 事件时间",
				"at date time datetime timestamp ts created_at 日期 时间"),
			Text("event", func(e *Event) *string { return &e.Name },
				"event event_name event_type action 事件 事件名称 事件类型"),
			Optional(Text("session", func(e *Event) *string { return &e.Session },
				"session_id session visit_id 会话id 会话")),
		},
	}
}
