package lifecycle_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/lifecycle"
)

func TestReportsAsJSON(t *testing.T) {
	var activity lifecycle.Activity[string]
	var revenue lifecycle.Revenue[string]
	for _, o := range orders[:4] { // ann in January, February and March, bob in January
		checkAdd(t, activity.Add(o.customer, on(o.date)))
		checkAdd(t, revenue.Add(o.customer, on(o.date), decimal.RequireFromString(o.amount)))
	}
	now := on("2024-03-31")
	growth, err := activity.Growth(now, lifecycle.GrowthOptions[string]{From: now})
	checkAdd(t, err)
	money, err := revenue.Growth(now, lifecycle.GrowthOptions[string]{From: now})
	checkAdd(t, err)
	retention, err := activity.Retention(now, lifecycle.RetentionOptions[string]{})
	checkAdd(t, err)
	value, err := revenue.Value(now, lifecycle.CohortOptions[string]{})
	checkAdd(t, err)
	at := lifecycle.Policy{}.At(lifecycle.History{First: on("2024-03-01"), Last: on("2024-03-01"), Events: 1}, now)
	follower := lifecycle.Policy{}.At(lifecycle.History{Known: on("2024-03-01")}, now)
	today := lifecycle.Policy{NewFor: regulars.Days(1)}.At(lifecycle.History{First: now, Last: now, Events: 1}, now)
	today.Next = nil
	var log lifecycle.Log[int]
	for customer := range 4 { // one of four comes back, after a week
		checkAdd(t, log.Add(customer, on("2024-03-01")))
	}
	checkAdd(t, log.Add(0, on("2024-03-08")))
	fitted, err := log.Fit(now, lifecycle.FitOptions[int]{Silent: 0.2, Churned: 0.5})
	checkAdd(t, err)
	march := `"period":"2024-03","start":"2024-03-01T00:00:00Z","end":"2024-04-01T00:00:00Z","complete":false`
	tests := []struct {
		name   string
		report any
		want   string
	}{
		{"growth", growth, `[{` + march + `,"active":1,"new":0,"retained":1,"resurrected":0,"churned":0}]`},
		{"revenue", money, `[{` + march + `,"revenue":"9.8","new":"0","resurrected":"0","expansion":"0","retained":"9.8","contraction":"4.2","churned":"0"}]`},
		{"retention", retention.All, `{"cohort":"all","size":2,"cells":[{"of":2,"active":2},{"of":2,"active":1},{"of":0,"active":0,"open":2,"openActive":1}]}`},
		{"kind", retention.Kind, `"on"`},
		{"value", value.All, `{"cohort":"all","size":2,"cells":[{"of":2,"total":"42.5"},{"of":2,"total":"56.5"},{"of":0,"total":"0","open":2,"openTotal":"66.3"}]}`},
		{"stage", at, `{"stage":"active","because":{"rule":"idle \u003c silentAfter","bound":"60d","source":"default","since":"2024-03-01T12:00:00Z"},"idleDays":30,"next":{"at":"2024-04-30T12:00:00Z","stage":"silent"}}`},
		{"follower", follower, `{"stage":"follower","because":{"rule":"no event","since":"2024-03-01T12:00:00Z"}}`},
		{"active today", today, `{"stage":"new","because":{"rule":"first event \u003c newFor ago","bound":"1d","source":"policy","since":"2024-03-31T12:00:00Z"},"idleDays":0}`},
		{"fitted", fitted, `{"classes":[{"minEvents":1,"gaps":5,"open":4,` +
			`"silent":{"share":0.2,"days":7,"reached":true,"interval":{"time":7,"reached":true,"low":7,"lowReached":true,"highReached":false}},` +
			`"churned":{"share":0.5,"reached":false,"interval":{"reached":false,"low":7,"lowReached":true,"highReached":false}}}]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := json.Marshal(test.report)
			checkAdd(t, err)
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
