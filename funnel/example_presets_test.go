package funnel_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/regulars-go/regulars/funnel"
)

// The same log under the definitions of other products: who has paid?
func ExampleLikeMixpanel() {
	tricky := []event{
		{"same second", "pay", "", at(9, 0)},
		{"same second", "cart", "", at(9, 0)},
		{"looked around", "cart", "", at(9, 0)},
		{"looked around", "help", "", at(9, 5)},
		{"looked around", "pay", "", at(9, 9)},
		{"came again", "cart", "", at(-48, 0)},
		{"came again", "cart", "", at(9, 0)},
		{"came again", "pay", "", at(9, 9)},
	}
	day := funnel.Within(24 * time.Hour)
	for _, like := range []struct {
		product string
		match   funnel.Match
	}{
		{"this package", funnel.Match{Window: day}},
		{"ClickHouse", funnel.LikeClickHouse(day)},
		{"ClickHouse, strict_once", funnel.LikeClickHouseOnce(day)},
		{"ClickHouse, strict_increase", funnel.LikeClickHouseIncrease(day)},
		{"Doris", funnel.LikeDoris(day)},
		{"Doris, increase", funnel.LikeDorisIncrease(day)},
		{"Doris, fixed", funnel.LikeDorisFixed(day)},
		{"PostHog", funnel.LikePostHog(day)},
		{"PostHog, strict", funnel.LikePostHogStrict(day)},
		{"PostHog, unordered", funnel.LikePostHogUnordered(day)},
		{"Mixpanel", funnel.LikeMixpanel(day)},
		{"Mixpanel, re-entry", funnel.LikeMixpanelReentry(day)},
		{"Amplitude", funnel.LikeAmplitude(day)},
		{"retentioneering", funnel.LikeRetentioneering()},
	} {
		f := funnel.Funnel{Steps: []funnel.Step{{Name: "cart"}, {Name: "pay"}}, Match: like.match}
		outcomes, err := funnel.Outcomes(f, source, tricky)
		if err != nil {
			fmt.Println(err)
			return
		}
		var paid []string
		for _, o := range outcomes {
			if o.Level == len(f.Steps) {
				paid = append(paid, o.User)
			}
		}
		fmt.Printf("%-28s%s\n", like.product, strings.Join(paid, ", "))
	}
	// Output:
	// this package                came again, looked around, same second
	// ClickHouse                  came again, looked around, same second
	// ClickHouse, strict_once     came again, looked around, same second
	// ClickHouse, strict_increase came again, looked around
	// Doris                       came again, looked around
	// Doris, increase             came again, looked around
	// Doris, fixed                came again
	// PostHog                     came again, looked around, same second
	// PostHog, strict             came again
	// PostHog, unordered          came again, looked around, same second
	// Mixpanel                    looked around, same second
	// Mixpanel, re-entry          came again, looked around, same second
	// Amplitude                   came again, looked around, same second
	// retentioneering             came again, looked around
}

// Who paid for the product that they looked at, within half an hour of the cart,
// and did not cancel in between?
func ExampleMatch() {
	at := func(minute int) time.Time { return time.Date(2026, 3, 1, 9, minute, 0, 0, time.UTC) }
	bought := funnel.Source[act, string]{
		User: func(a act) string { return a.user }, Name: func(a act) string { return a.name }, At: func(a act) time.Time { return a.at },
		Label: func(a act, name string) (string, bool) { return a.city, name == "product" },
	}
	f := funnel.Funnel{
		Steps: []funnel.Step{{Name: "view"}, {Name: "cart"}, {Name: "pay", MaxGap: funnel.Within(30 * time.Minute)}},
		Match: funnel.Match{Hold: []string{"product"}, Exclusions: []funnel.Exclusion{{Events: []string{"cancel"}, After: 2, Before: 3}}},
	}
	outcomes, err := funnel.Outcomes(f, bought, []act{
		{"ann", "view", "tea", "", at(0)},
		{"ann", "cart", "tea", "", at(1)},
		{"ann", "pay", "tea", "", at(20)},
		{"bob", "view", "tea", "", at(0)},
		{"bob", "cart", "cup", "", at(1)},
		{"bob", "pay", "cup", "", at(2)},
		{"cyd", "view", "tea", "", at(0)},
		{"cyd", "cart", "tea", "", at(1)},
		{"cyd", "pay", "tea", "", at(50)},
		{"dan", "view", "tea", "", at(0)},
		{"dan", "cart", "tea", "", at(1)},
		{"dan", "cancel", "tea", "", at(2)},
		{"dan", "pay", "tea", "", at(3)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range outcomes {
		fmt.Println(o.User, o.Level, o.Ended)
	}
	// Output:
	// ann 3 completed
	// bob 1 no event
	// cyd 2 timed out
	// dan 2 broken
}
