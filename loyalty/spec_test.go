package loyalty_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

func readSpec(t *testing.T, file string, program loyalty.Program) loyalty.Spec {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := loyalty.ParseSpec(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	spec.Program = program
	return spec
}

func TestPresetsDoWhatTheirSpecsSay(t *testing.T) {
	for file, program := range map[string]loyalty.Program{
		"presets/bank_card.spec.json": loyalty.BankCard(), "presets/retailer.spec.json": loyalty.Retailer(), "presets/appliance_service.spec.json": loyalty.ApplianceService(),
		"presets/vocational_school.spec.json": loyalty.VocationalSchool(),
	} {
		spec := readSpec(t, file, program)
		for i := range spec.Cases {
			t.Run(program.Name+"/"+spec.Cases[i].Name, func(t *testing.T) {
				if err := spec.Run(t.Context(), i); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

const quizSpec = `{"program": {"name": "cafe", "version": 1, "wallets": [{"id": 1, "name": "points"}],
	"rules": [{"id": 1, "name": "quiz", "layer": "zero-cost", "on": ["quiz"], "points": 10, "caps": [{"per": "day", "times": 1}]}]},
 "cases": [{"name": "ten a quiz", "given": %s,
	"do": {"occurredAt": "2026-03-04T10:00:00Z", "earn": {"kind": "quiz"}},
	"want": %s}]}`

// A spec that can't fail would show nothing: each kind of wish is made in vain
// here.
func TestSpecFindsWhatIsWrong(t *testing.T) {
	once := `[{"occurredAt": "2026-03-04T08:00:00Z", "earn": {"kind": "quiz"}}]`
	cases := []struct{ name, given, want, fault string }{
		{"points", `[]`, `{"points": {"points": 11}}`, "want.points.points: 10, want 11"},
		{"points of nothing", `[]`, `{"points": {}}`, "want.points.points: 10, want 0"},
		{"points and reason of a rule", once, `{"rules": {"quiz": {"points": 10, "reason": "fired"}}}`, "want.rules.quiz.points: 0, want 10\nwant.rules.quiz.reason: \"capped\", want \"fired\""},
		{"a rule of another event", `[]`, `{"rules": {"order": {"points": 0, "reason": "fired"}}}`, "want.rules.order: does not look at this event"},
		{"balance", once, `{"balances": {"points": 20}}`, "want.balances.points: 10, want 20"},
		{"tier", `[]`, `{"tier": "gold"}`, `want.tier: "", want "gold"`},
		{"error", `[]`, `{"error": "missing"}`, `want.error: <nil>, want "missing"`},
		{"given that is rejected", `[{"occurredAt": "2026-03-04T08:00:00Z", "redeem": {"points": 5}}]`, `{"points": {}}`, "given[0]: loyalty: "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			spec, err := loyalty.ParseSpec(fmt.Appendf(nil, quizSpec, c.given, c.want), nil)
			if err != nil {
				t.Fatal(err)
			}
			faults, ok := errors.AsType[regulars.Faults](spec.Run(t.Context(), 0))
			if !ok || !strings.HasPrefix(faults.Error(), c.fault) {
				t.Errorf("faults %v, want %s", faults, c.fault)
			}
		})
	}
}

func TestParseSpecIsStrict(t *testing.T) {
	cases := []struct{ name, document, want string }{
		{"no cases", `{"cases": []}`, "cases: has 0: want 1 to 1000"},
		{"program", `{"program": {"name": "p", "version": 1, "wallets": []}, "cases": []}`, "program.wallets: has 0: want 1 to 8\ncases: has 0: want 1 to 1000"},
		{"nothing wanted", `{"cases": [{"name": "a", "do": {"occurredAt": "2026-03-04T10:00:00Z", "checkIn": {}}, "want": {}}]}`, "cases[0].want: is empty: want points, rules, balances, tier or error"},
		{"no command", `{"cases": [{"name": "a", "do": {"occurredAt": "2026-03-04T10:00:00Z"}, "want": {"tier": "gold"}}]}`, "cases[0].do.payload: want exactly one"},
		{"reason", `{"cases": [{"name": "a", "do": {"occurredAt": "2026-03-04T10:00:00Z", "checkIn": {}}, "want": {"rules": {"x": {"points": 0, "reason": "because"}}}}]}`, `cases[0].want.rules.x.reason: "because": there is no such reason`},
		{"error and points", `{"cases": [{"name": "a", "do": {"occurredAt": "2026-03-04T10:00:00Z", "checkIn": {}}, "want": {"error": "x", "points": {}}}]}`, "cases[0].want.error: goes with no other field"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := loyalty.ParseSpec([]byte(c.document), nil)
			if err == nil || err.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func FuzzParseSpec(f *testing.F) {
	f.Add(fmt.Appendf(nil, quizSpec, "[]", `{"tier": "gold"}`))
	for _, file := range []string{"presets/bank_card.spec.json", "presets/retailer.spec.json"} {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		spec, err := loyalty.ParseSpec(data, nil)
		if err != nil {
			return
		}
		if spec.Program.Name == "" {
			spec.Program = loyalty.Retailer()
		}
		for i := range min(3, len(spec.Cases)) {
			_ = spec.Run(t.Context(), i) // whatever it says, it says it
		}
	})
}

func ExampleSpec() {
	spec, err := loyalty.ParseSpec([]byte(`{
		"program": {"name": "cafe", "version": 1, "wallets": [{"id": 1, "name": "points"}],
			"rules": [{"id": 1, "name": "spend", "layer": "routine", "on": ["order"], "perAmount": {"points": 1, "per": "10"}}]},
		"cases": [
			{"name": "one for ten", "do": {"occurredAt": "2026-03-04T10:00:00Z", "earn": {"kind": "order", "amount": "39.99"}}, "want": {"points": {"points": 3}}},
			{"name": "rounded up", "do": {"occurredAt": "2026-03-04T10:00:00Z", "earn": {"kind": "order", "amount": "39.99"}}, "want": {"points": {"points": 4}}}]}`), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, c := range spec.Cases {
		fmt.Println(c.Name+":", spec.Run(context.Background(), i))
	}
	// Output:
	// one for ten: <nil>
	// rounded up: want.points.points: 3, want 4
}
