package referral_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel/referral"
)

func Example() {
	may := func(day int) time.Time { return time.Date(2026, 5, day, 12, 0, 0, 0, time.UTC) }
	var log referral.Log[string]
	log.Join("ann", may(1))
	log.InviteTo("ann", "bo", may(2))
	log.Invite("ann", may(3)) // nobody took it
	log.Join("bo", may(4))
	log.Convert("bo", may(5), decimal.RequireFromString("39.90"))
	log.InviteTo("bo", "ann", may(6)) // ann was there before
	log.InviteTo("bo", "cy", may(6))
	log.Join("cy", may(9))
	log.Convert("cy", may(10), decimal.RequireFromString("15.10"))

	forest, err := log.Resolve(referral.Policy{Cycle: regulars.Days(14)}, may(31))
	if err != nil {
		fmt.Println(err)
		return
	}
	report := forest.Report()
	fmt.Println("referred:", report.Referred)
	fmt.Printf("K: %.2f = %.2f · %.2f · %.2f\n", report.Factor.K.Value,
		report.Factor.Inviters.Value, report.Factor.InvitesPerInviter.Value, report.Factor.Conversion.Value)
	for _, a := range forest.Advocates() {
		fmt.Println(a.ID, "brought", a.Brought, "worth", a.Direct, "and downstream", a.Downstream)
	}
	refused, _ := forest.Why("bo", "ann")
	fmt.Println(refused.Verdict, "–", refused.Because())
	fmt.Println(forest.Labels(nil, "bo"))
	// Output:
	// referred: 2 of 3 (66.7 %, 20.8 to 93.9)
	// K: 0.67 = 0.67 · 2.00 · 0.50
	// ann brought 1 worth 39.9 and downstream 55
	// bo brought 1 worth 15.1 and downstream 15.1
	// joined-before – ann joined before, at 2026-05-01T12:00:00Z
	// [referral=advocate referral=referred]
}

func ExampleLog_Merge() {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	var app, shop referral.Log[string]
	app.InviteTo("ann", "bo", at)
	shop.Convert("bo", at.Add(time.Hour), decimal.NewFromInt(20))
	if err := app.Merge(&shop); err != nil {
		fmt.Println(err)
	}
	forest, _ := app.Resolve(referral.Policy{}, at.AddDate(0, 0, 1))
	fmt.Println(forest.Parent("bo"))
	// Output: ann true
}

func ExampleForest_Concentration() {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	var log referral.Log[string]
	for i, inviter := range []string{"ann", "ann", "ann", "bo"} {
		friend := fmt.Sprintf("friend %d", i)
		log.InviteTo(inviter, friend, at)
		log.Join(friend, at)
	}
	forest, _ := log.Resolve(referral.Policy{}, at)
	c := forest.Concentration()
	fmt.Printf("%d advocates brought %d; the best fifth %.0f %%\n", c.Advocates, c.Brought, 100**c.TopFifth)
	// Output: 2 advocates brought 4; the best fifth 75 %
}

// What support sees of a campaign that somebody tried to cheat.
func ExampleForest_Claims() {
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	var log referral.Log[string]
	for i, pair := range [][2]string{{"ann", "bo"}, {"bo", "cy"}, {"cy", "ann"}, {"dee", "dee"}, {"dee", "bo"}} {
		log.InviteTo(pair[0], pair[1], at.Add(time.Duration(i)*time.Hour))
	}
	for _, id := range []string{"ann", "bo", "cy", "dee"} {
		log.Join(id, at.AddDate(0, 0, 1))
	}
	forest, err := log.Resolve(referral.Policy{}, at.AddDate(0, 0, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range forest.Claims() {
		if c.Verdict.Refused() {
			fmt.Printf("%s to %s: %s, %s\n", c.From, c.To, c.Verdict, c.Because())
		}
	}
	counts := forest.Counts()
	fmt.Println(log.Len(), "people up to", forest.AsOf().Format(time.DateOnly), "–", counts.Accepted, "claims accepted,", counts.Refused(), "refused")
	generation, _ := forest.Generation("cy")
	fmt.Println("cy is of generation", generation)
	// Output:
	// cy to ann: cycle, cy was brought by ann, directly or not
	// dee to bo: second-parent, bo has ann as a parent already
	// dee to dee: self, dee invited nobody else
	// 4 people up to 2026-05-03 – 2 claims accepted, 3 refused
	// cy is of generation 2
}

func ExamplePolicy_Validate() {
	fmt.Println(referral.Policy{Goal: 7, Since: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)}.Validate())
	// Output:
	// goal: no such goal: 7
	// since: at 317336745600 seconds since 1970: want the years 1 to 9999
}

func ExampleParsePolicy() {
	policy, err := referral.ParsePolicy([]byte(`{"credit": "last-invite", "goal": "converted", "cycle": "8w"}`), nil)
	fmt.Println(policy.Credit, policy.Goal, policy.Cycle, err)
	// Output: last-invite converted 8w <nil>
}
