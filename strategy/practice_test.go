package strategy_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// Every file of the folder is a valid playbook, read strictly, and is handed out
// under its name.
func TestPractices(t *testing.T) {
	files, err := filepath.Glob("practice/*.json")
	if err != nil || len(files) != 15 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	host := strategy.Host{Labels: strategy.PracticeLabels(), Numbers: []string{"reminders", "days overdue"}}
	var names []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := host.ParsePlaybook(data)
		if err != nil {
			t.Errorf("%s:\n%v", file, err)
			continue
		}
		names = append(names, want.Name)
		got, ok := strategy.Practice(names[len(names)-1])
		if diff := cmp.Diff(want, got, clocks); !ok || diff != "" {
			t.Errorf("%s (-want +got)\n%s", file, diff)
		}
		if len(want.Objectives) == 0 || len(want.Holdouts) == 0 || len(want.Caps) == 0 || want.NorthStar == "" {
			t.Errorf("%s is not whole", file)
		}
		for _, o := range want.Objectives {
			if o.Migration == nil && len(o.Population.AllOf)+len(o.Population.AnyOf) == 0 {
				t.Errorf("%s: %q is about everybody", file, o.Name)
			}
		}
	}
	slices.Sort(names)
	if diff := cmp.Diff(names, strategy.Practices()); diff != "" {
		t.Errorf("names (-want +got)\n%s", diff)
	}
	if _, ok := strategy.Practice("../starter"); ok {
		t.Error("a playbook from elsewhere")
	}
}

// What practice has for each kind of customer.
func TestPracticeServes(t *testing.T) {
	agreed := []strategy.Consent{{Channel: "sms", Granted: true}, {Channel: "push", Granted: true}, {Channel: "email", Granted: true}, {Channel: "call", Granted: true}}
	tests := []struct{ practice, labels, want string }{
		{"newcomer", "stage=follower", "newcomer coupon by push"},
		{"newcomer", "stage=follower,promotion=deal-seeker", "newcomer zone by site"},
		{"converted", "stage=new", "member activity by push"},
		{"repeat buyer", "segment=loyal", "invite friends by push"},
		{"absent", "stage=silent", "old-customer gift by sms"},
		{"absent", "stage=churned,segment=hibernating", "last letter by email"},
		{"old customer", "layer=core", "annual gift by post"},
		{"old customer", "segment=loyal", "annual survey by email"},
		{"important value", "quadrant=important value", "first look by push"},
		{"priority develop", "quadrant=priority develop", "basket coupon by push"},
		{"important retain", "quadrant=important retain", "reasons to drop by by push"},
		{"general value", "quadrant=general value", "price cut by email"},
		{"deal seeker", "promotion=deal-seeker", "full-price favourites by email"},
		{"core", "layer=core,stage=silent", "call to a core customer by call"},
		{"waist", "layer=waist", "one step up by push"},
		{"stopped", "stuck=pay", "reminder to pay by push"},
		{"renewal due", "renewal=open", "renewal reminder by push"},
		{"renewal due", "renewal=lapsed", " by "},
		{"service due", "upkeep=overdue", "book your service by push"},
	}
	seen := map[string]bool{}
	for _, test := range tests {
		seen[test.practice] = true
		playbook, ok := strategy.Practice(test.practice)
		if !ok {
			t.Errorf("no %q", test.practice)
			continue
		}
		playbook.Holdouts = nil
		c := strategy.Customer{ID: "u1", Labels: strings.Split(test.labels, ","), Consents: agreed}
		d := compile(t, playbook).Decide(c, at("2027-03-01T12:00:00Z"))
		if got := d.Chosen + " by " + d.Channel; got != test.want {
			t.Errorf("%s, %s: %s, want %s\n%v", test.practice, test.labels, got, test.want, d)
		}
		if c.Consents = nil; d.Channel != "site" && d.Channel != "post" && test.want != " by " {
			if d := compile(t, playbook).Decide(c, at("2027-03-01T12:00:00Z")); d.Chosen != "" && d.Channel != "site" && d.Channel != "post" {
				t.Errorf("%s sends %s by %s without consent", test.practice, d.Chosen, d.Channel)
			}
		}
	}
	for _, name := range strategy.Practices() {
		if !seen[name] {
			t.Errorf("no case of %q", name)
		}
	}
}

// Written as JSON and read again, a playbook is the same policy.
func TestPracticeRoundTrip(t *testing.T) {
	for _, name := range strategy.Practices() {
		p, _ := strategy.Practice(name)
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := strategy.ParsePlaybook(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if compile(t, p).ID() != compile(t, again).ID() {
			t.Errorf("%s is another policy after a round trip", name)
		}
	}
}

// clocks compares clocks and spans, which hide their fields.
var clocks = cmpopts.EquateComparable(strategy.Clock{}, regulars.Span{})
