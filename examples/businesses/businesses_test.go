package businesses_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/examples/businesses"
	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/strategy"
)

func read(t *testing.T, name string) businesses.Set {
	t.Helper()
	set, err := businesses.Read(businesses.Files, name, time.LoadLocation)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Every document is read by its package's strict parser, and uses no event,
// property, value, label or number that the set does not declare.
func TestSetsAreWhole(t *testing.T) {
	for _, name := range businesses.Names() {
		t.Run(name, func(t *testing.T) {
			set := read(t, name)
			for _, fault := range set.Check() {
				t.Error(fault)
			}
			if _, err := (strategy.Host{Zones: time.LoadLocation}).NewPolicy(set.Playbook); err != nil {
				t.Error(err)
			}
			if len(set.Tracking.Events) == 0 || len(set.Funnel.Steps) < 3 || len(set.Journey.Stages) < 4 || len(set.Playbook.Operations) < 5 || len(set.Plan.Contingencies) < 2 {
				t.Error("a document says next to nothing")
			}
		})
	}
}

// Each folder that there is has a name, and each has all documents.
func TestNamesAreAll(t *testing.T) {
	folders, err := fs.ReadDir(businesses.Files, ".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, folder := range folders {
		names = append(names, folder.Name())
		files, err := fs.ReadDir(businesses.Files, folder.Name())
		if err != nil || len(files) != 7 {
			t.Errorf("%s has %d files: %v", folder.Name(), len(files), err)
		}
	}
	if diff := cmp.Diff(businesses.Names(), names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The programs are the presets of package loyalty, in the zone of the business.
func TestProgramsAreThePresets(t *testing.T) {
	presets := map[string]loyalty.Program{
		"bank-card": loyalty.BankCard(), "retailer": loyalty.Retailer(), "appliance-service": loyalty.ApplianceService(), "vocational-school": loyalty.VocationalSchool(),
	}
	for _, name := range businesses.Names() {
		set := read(t, name)
		want := presets[name]
		if set.Program.Zone.String() != "Asia/Shanghai" {
			t.Errorf("%s is of %v", name, set.Program.Zone)
		}
		want.Zone = set.Program.Zone
		if a, b := asJSON(t, want), asJSON(t, set.Program); a != b {
			t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(strings.Split(a, ","), strings.Split(b, ",")))
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What is misspelt in any one of the documents is found.
func TestMisspeltIsFound(t *testing.T) {
	tests := []struct{ business, file, from, to, want string }{
		{"bank-card", "funnel.json", `"events": ["apply-card"]`, `"events": ["aply-card"]`, `funnel.steps[1].events[0]: no such event: "aply-card"`},
		{"bank-card", "funnel.json", `{"name": "channel"}`, `{"name": "chanel"}`, "funnel.breakdowns[0].name"},
		{"appliance-service", "journey.json", `"events": ["submit-request"]`, `"events": ["submit"]`, `journey.stages[1].enter.events[0]: no such event: "submit"`},
		{"appliance-service", "journey.json", `"labels": ["service=trade-in"]`, `"labels": ["service=swap"]`, `property "service" of event "service-order" is never "swap"`},
		{"appliance-service", "program.json", `"until": "service-done"`, `"until": "done"`, `pending.until: no such event: "done"`},
		{"retailer", "program.json", `"on": ["review"]`, `"on": ["revue"]`, `program.rules[3].on: no such event: "revue"`},
		{"retailer", "program.json", `"by": "address"`, `"by": "house"`, `event "order" has no property "house"`},
		{"retailer", "program.json", `"categories": ["fresh"]`, `"categories": ["frozen"]`, `property "category" of event "order" is never "frozen"`},
		{"retailer", "program.json", `"noneOf": ["buyer=reseller"]`, `"noneOf": ["buyer=dealer"]`, `unknown value "dealer" of buyer`},
		{"bank-card", "program.json", `"name": "region"`, `"name": "country"`, `event "card-spend" has no property "country"`},
		{"bank-card", "tracking.json", `"name": "amount", "kind": "decimal", "unit": "CNY", "required": true, "min": 0},`, `"name": "sum", "kind": "decimal"},`, `event "card-spend" has no property "amount"`},
		{"vocational-school", "vocabulary.json", `"lessons missed in 14 days"`, `"missed lessons"`, "lessons missed in 14 days"},
		{"vocational-school", "vocabulary.json", `"silent", "churned"`, `"asleep", "churned"`, "nobody is ever stage=asleep"},
		{"vocational-school", "vocabulary.json", `"downgraded"`, `"due"`, "nobody is ever renewal=due"},
		{"vocational-school", "vocabulary.json", `"not started"`, `"sold"`, "nobody is ever term=sold"},
		{"appliance-service", "vocabulary.json", `"upcoming"`, `"soon"`, "nobody is ever installation=soon"},
		{"bank-card", "program.json", `"rules": [3, 4], "when": {"attributes": [{"name": "channel"`, `"when": {"attributes": [{"name": "chanel"`, `event "card-spend" has no property "chanel"`},
		{"vocational-school", "vocabulary.json", `"go on"`, `"carry on"`, "nobody is ever journey=carry on"},
		{"vocational-school", "program.json", `"name": "master", "min"`, `"name": "expert", "min"`, "master"},
		{"vocational-school", "playbook.json", `"step": "go on"`, `"step": "go"`, `playbook.objectives[1].step: "go" is no stage of the journey`},
		{"vocational-school", "playbook.json", `"lead=a"`, `"lead=z"`, `unknown value "z" of lead`},
		{"vocational-school", "contingency.json", `"operation": "renewal waiver"`, `"operation": "waiver"`, `"waiver" is no operation of the playbook`},
		{"vocational-school", "contingency.json", `"metric": "renewal rate"`, `"metric": "renewals"`, `"renewals" is no metric of the playbook`},
		{"retailer", "vocabulary.json", `"numbers"`, `"number"`, "unknown field"},
	}
	for _, tt := range tests {
		t.Run(tt.business+" "+tt.to, func(t *testing.T) {
			files := fstest.MapFS{}
			entries, err := fs.ReadDir(businesses.Files, tt.business)
			if err != nil {
				t.Fatal(err)
			}
			for _, entry := range entries {
				name := tt.business + "/" + entry.Name()
				data, err := fs.ReadFile(businesses.Files, name)
				if err != nil {
					t.Fatal(err)
				}
				if entry.Name() == tt.file {
					changed := strings.Replace(string(data), tt.from, tt.to, 1)
					if changed == string(data) {
						t.Fatalf("%s is not in %s", tt.from, name)
					}
					data = []byte(changed)
				}
				files[name] = &fstest.MapFile{Data: data}
			}
			set, err := businesses.Read(files, tt.business, time.LoadLocation)
			found := fmt.Sprint(err)
			if err == nil {
				found = fmt.Sprint(set.Check())
			}
			if !strings.Contains(found, tt.want) {
				t.Errorf("found %s, want %q", found, tt.want)
			}
		})
	}
}

// A misspelt file name is an error, and says which.
func TestReadNamesTheFile(t *testing.T) {
	_, err := businesses.Read(businesses.Files, "bakery", time.LoadLocation)
	for _, file := range []string{"tracking", "vocabulary", "funnel", "journey", "program", "playbook"} {
		if err == nil || !strings.Contains(err.Error(), "bakery/"+file+".json") {
			t.Errorf("error %v, want %s named", err, file)
		}
	}
}

func ExampleRead() {
	set, err := businesses.Read(businesses.Files, "vocational-school", time.LoadLocation)
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := strategy.Host{Zones: time.LoadLocation, Labels: set.Vocabulary.Labels, Numbers: set.Vocabulary.Numbers}.NewPolicy(set.Playbook)
	if err != nil {
		fmt.Println(err)
		return
	}
	decision := policy.Decide(strategy.Customer{
		ID: "lead 17", Labels: []string{"stage=follower", "lead=a", "reach=call"},
		Consents: []strategy.Consent{{Channel: "call", Granted: true}},
	}, time.Date(2027, 3, 1, 11, 0, 0, 0, time.UTC))
	fmt.Println(decision.Chosen)
	fmt.Println(len(set.Check()), "faults")
	// Output:
	// call a good lead
	// 0 faults
}
