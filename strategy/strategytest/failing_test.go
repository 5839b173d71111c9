package strategytest

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/regulars-go/regulars/strategy"
)

// failing names, in the environment of this test's own binary, what TestFailing
// is to run.
const failing = "STRATEGYTEST_FAILING"

// failures are uses of the suites that must fail, and what they must say.
var failures = map[string]struct {
	run  func(t *testing.T)
	says []string
}{
	"exposures": {
		func(t *testing.T) {
			TestExposures(t, func(testing.TB) strategy.Exposures { return first("matching").exposuresStore() })
		},
		[]string{
			"--- FAIL: TestFailing/E2_matching", "broken: a bound counts the exposures that it matches",
			"a bound after the instant itself, on an exposure: it counts true, error <nil>, want false", "--- PASS: TestFailing/E3_customers", "--- PASS: TestFailing/E17",
		},
	},
	"budgets": {
		func(t *testing.T) {
			TestBudgets(t, func(testing.TB) strategy.Budgets { return first("all or nothing").budgetsStore() })
		},
		[]string{"--- FAIL: TestFailing/B2_all_or_nothing", "broken: of several budgets all are held or none", "--- PASS: TestFailing/B18"},
	},
	"unmeasured": {
		func(t *testing.T) {
			TestExposures(t, func(testing.TB) strategy.Exposures { return bareExposures{newExposures()} })
			TestBudgets(t, func(testing.TB) strategy.Budgets { return bareBudgets{newBudgets()} })
			t.Fail() // so that this run is alike
		},
		[]string{
			"--- SKIP: TestFailing/E17_second_connection", "not measured: the store is no strategytest.Reopener",
			"--- SKIP: TestFailing/E16_history", "not measured: the store is no strategy.History",
			"--- SKIP: TestFailing/B18_second_connection", "--- SKIP: TestFailing/B17_balances", "not measured: the store is no strategy.Balances",
		},
	},
}

// bareExposures and bareBudgets have no capabilities.
type (
	bareExposures struct{ *exposuresHosted }
	bareBudgets   struct{ *budgetsHosted }
)

func first(clause string) *defect {
	return &defects[slices.IndexFunc(defects, func(d defect) bool { return d.clause == clause })]
}

// TestFailing does nothing by itself; TestFails runs it in another process.
func TestFailing(t *testing.T) {
	if f, ok := failures[os.Getenv(failing)]; ok {
		f.run(t)
	}
}

// Property: what is broken fails, and the output says what is.
func TestFails(t *testing.T) {
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFailing$", "-test.v")
			again.Env = append(os.Environ(), failing+"="+name)
			out, err := again.CombinedOutput()
			if err == nil {
				t.Error("passed")
			}
			for _, says := range f.says {
				if !strings.Contains(string(out), says) {
					t.Errorf("does not say %q:\n%s", says, out)
				}
			}
		})
	}
}
