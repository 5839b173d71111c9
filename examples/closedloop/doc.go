// Closedloop is the main job of regulars on one page: orders in; who the
// customers are, what they are worth and what to do about it out.
//
// Without arguments it runs on a built-in, seeded shop:
//
//	go run -C examples ./closedloop
//
// With -orders it reads a file as it is: comma, tab, semicolon or space
// separated, gzipped or not, with a header or without. It finds the usual
// column names by itself; name them where it can't:
//
//	go run -C examples ./closedloop -orders orders.csv \
//		-columns customer=buyer,at=paid_at,amount=total -layout 02.01.2006 \
//		-zone Asia/Shanghai -asof 2026-06-30
//
// Rows that share an order ID are duplicates, of which the earliest counts, and
// negative amounts are refunds of the order that they name. If your file has a
// row for each line of an order, say -lines.
//
// With -events it reads what customers did, with orders or alone, and says where
// they get lost: how many get how far, who gets less far than before and how sure
// that is, and the ways that were taken. All columns but customer, at, event and
// session are labels to break the funnel down by. Their keys are led by
// "events."; without orders plain keys will do:
//
//	go run -C examples ./closedloop -orders orders.csv -events events.csv.gz \
//		-columns customer=buyer,events.customer=uid,events.at=time,events.event=name
//	go run -C examples ./closedloop -events events.csv.gz -funnel funnel.json \
//		-columns customer=uid,at=time,event=name
//
// With -funnel FILE you say what the steps are and how to count them, such as
//
//	{"steps": [{"name": "banner or search", "events": ["banner", "search"]},
//	           {"name": "view"}, {"name": "submit"}, {"name": "pay"}],
//	 "match": {"window": "24h"}, "by": "session", "breakdowns": [{"name": "city"}]}
//
// Without breakdowns it takes all that it knows: the events' labels of up to 20
// values, and with orders the favourite category and the layer as of the start.
// The last twelfth of the days is compared with those before; -since DATE
// compares what came after that day.
//
// With -identities it reads which names of customers were seen together (accounts,
// cards, phone numbers, openids, devices; a column a kind) and finds out who is
// who before all else. Customers are then written as NAMESPACE:NAME, such as
// openid:w1f03c55, or -identity-namespace says what they are:
//
//	go run -C examples ./closedloop -orders orders.csv -identities sightings.csv \
//		-identity-namespace account
//
// With -profiles it reads what customers told, a column an attribute, and says
// what a group looks like beside everyone. -group is a label, an attribute or a
// rule; -schema says what the attributes are, and -tags what to call people:
//
//	go run -C examples ./closedloop -orders orders.csv -profiles profiles.csv \
//		-columns profiles.customer=uid -group segment=champions
//	go run -C examples ./closedloop -profiles profiles.csv -asof 2026-06-30 -group city=Rome
//
// A rule may also ask for what orders tell: the attributes "orders", "spend" and
// "mean order", and the event "order" with the fields category and channel:
//
//	-group '{"attr": "mean order", "op": "gt", "value": 50}'
//
// What customers cost and bring needs more than orders. With -spend and -margin it
// compares channels: what a customer cost, what they were worth within six months,
// and which channel is proven worse than the rest. With -terms it counts who
// renews a course, a plan or an appliance, and with -plan what is due meanwhile;
// with -invites who brought whom. With -events it finds what those do early who
// stay:
//
//	go run -C examples ./closedloop -orders orders.csv \
//		-spend spend.csv -margin 0.4 -columns spend.channel=source,spend.amount=cost \
//		-terms courses.csv -ladder "basic, plus" -invites invites.csv
//
// Orders alone tell in which phase the shop is, who may become core, and what has
// left its course lately. What was skipped stands at the end, with the column that
// would unlock it.
//
// Orders and refunds are held against a loyalty program, each when it happened:
// that of a retailer, or with -program FILE any that package loyalty reads. What
// orders don't tell is said: members are assumed to redeem the cheapest reward
// whenever an order leaves them with enough points for it, and what the check-up
// would need other events for is not measured.
//
// The loop then closes on a month after the data. Everybody gets an operation
// of the starter playbook or none, with the reason; a fifth are held out. How
// customers respond is simulated, by effects that stand in
// analysis_trial_truth.go; what operations changed is found out from the
// holdout alone, with proposals and the next month's budget.
//
// It prints a summary of one screen. With -json FILE it writes all it found as
// a document, with -report FILE as a page to read and print, and with
// -customer ID it explains one customer. With -since DATE it says who changed
// segment since, and why. Relative paths start in the folder
// examples, if it is run with -C examples.
package main
