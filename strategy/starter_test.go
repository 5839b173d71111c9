package strategy_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/strategy"
)

func TestStarterIsValidData(t *testing.T) {
	p := strategy.Starter()
	if err := p.ValidateWith(strategy.StarterLabels()); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	back, err := strategy.ParsePlaybook(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// "Any of" a single label would read oddly in a verdict.
func TestStarterAsksAnyOfSeveral(t *testing.T) {
	for _, o := range strategy.Starter().Operations {
		if len(o.Audience.AnyOf) == 1 {
			t.Errorf("%s: any of %q alone: want all of it", o.Name, o.Audience.AnyOf)
		}
	}
}

// Changing one Starter, or one operation of it, changes nothing else.
func TestStarterIsFresh(t *testing.T) {
	p := strategy.Starter()
	for i := range p.Operations {
		a := &p.Operations[i].Audience
		for _, list := range [][]string{a.AllOf, a.AnyOf, a.NoneOf} {
			for j := range list {
				if list[j] == "k=changed" {
					t.Fatalf("%s shares its labels", p.Operations[i].Name)
				}
				list[j] = "k=changed"
			}
		}
	}
	strategy.StarterLabels()["stage"][0] = "changed"
	if err := strategy.Starter().ValidateWith(strategy.StarterLabels()); err != nil {
		t.Error(err)
	}
}

// The operation that practice has for each kind of customer, by one label alone
// and by some that come together.
func TestStarterServes(t *testing.T) {
	policy := compile(t, strategy.Starter())
	tests := []struct{ labels, want string }{
		{"", "what is new"},
		{"stage=follower", "newcomer coupon"},
		{"stage=new", "member activity"},
		{"stage=active", "what is new"},
		{"stage=silent", "win-back gift"},
		{"stage=churned", "win-back gift"},
		{"stage=returned", "welcome back"},
		{"segment=champions", "invite friends"},
		{"segment=loyal", "annual survey"},
		{"segment=potential loyalist", "points for the next order"},
		{"segment=new", "newcomer zone"},
		{"segment=promising", "points for the next order"},
		{"segment=need attention", "picked for you"},
		{"segment=about to sleep", "picked for you"},
		{"segment=can't lose", "win-back gift"},
		{"segment=at risk", "win-back gift"},
		{"segment=hibernating", "last letter"},
		{"layer=core", "annual gift"},
		{"layer=waist", "one step up"},
		{"layer=tail", "price cut"},
		{"quadrant=important value", "first look"},
		{"quadrant=important retain", "reasons to drop by"},
		{"quadrant=priority develop", "basket coupon"},
		{"quadrant=general value", "price cut"},
		{"promotion=unknown", "what is new"},
		{"promotion=full-price", "what is new"},
		{"promotion=mixed", "what is new"},
		{"promotion=deal-seeker", "full-price favourites"},
		{"layer=core,stage=silent", "call to a core customer"},
		{"layer=core,stage=active,segment=champions", "invite friends"},
		{"stage=silent,promotion=deal-seeker", "full-price favourites"},
		{"stage=churned,segment=hibernating", "last letter"},
		{"stage=new,segment=new,layer=tail", "member activity"},
		{"stage=active,segment=new,layer=tail", "newcomer zone"},
		{"quadrant=priority develop,promotion=deal-seeker", "full-price favourites"},
	}
	named := map[string]bool{}
	for _, test := range tests {
		var labels []string
		if test.labels != "" {
			labels = strings.Split(test.labels, ",")
		}
		d := policy.Decide(strategy.Customer{ID: "u1", Labels: labels}, time.Time{})
		if d.Chosen != test.want {
			t.Errorf("%q gets %q, want %q", labels, d.Chosen, test.want)
		}
		for _, label := range labels {
			named[label] = true
		}
	}
	for key, values := range strategy.StarterLabels() {
		for _, value := range values {
			if !named[key+"="+value] {
				t.Errorf("no case has %s=%s", key, value)
			}
		}
	}
}

// Over all combinations of the labels, one of each key or none: everybody gets
// something, every operation is for somebody, and deal-seekers get nothing that
// costs money.
func TestStarterOverEveryCombination(t *testing.T) {
	policy := compile(t, strategy.Starter())
	var people []strategy.Customer
	combine(strategy.StarterLabels(), []string{"stage", "segment", "layer", "quadrant", "promotion"}, nil, &people)
	if want := 7 * 11 * 4 * 5 * 5; len(people) != want {
		t.Fatalf("%d combinations, want %d", len(people), want)
	}
	summary := policy.Count(slices.Values(people), time.Time{})
	if summary.Unserved() != 0 {
		t.Errorf("%d get nothing", summary.Unserved())
	}
	for _, o := range policy.Operations() {
		if summary.Of(o, strategy.Chosen) == 0 {
			t.Errorf("nobody gets %q", o)
		}
	}
	costly := []string{"win-back gift", "newcomer coupon", "annual gift", "basket coupon", "price cut"}
	for d := range policy.DecideAll(slices.Values(people), time.Time{}) {
		if strings.Contains(d.Customer, "promotion=deal-seeker") && slices.Contains(costly, d.Chosen) {
			t.Errorf("%s gets %s", d.Customer, d.Chosen)
		}
	}
}

// combine appends a customer for each choice of values of the keys.
func combine(known strategy.Vocabulary, keys, labels []string, people *[]strategy.Customer) {
	if len(keys) == 0 {
		*people = append(*people, strategy.Customer{ID: fmt.Sprint(labels), Labels: slices.Clone(labels)})
		return
	}
	combine(known, keys[1:], labels, people)
	for _, value := range known[keys[0]] {
		combine(known, keys[1:], append(slices.Clone(labels), keys[0]+"="+value), people)
	}
}
