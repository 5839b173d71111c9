package loyaltytest

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/regulars-go/regulars/loyalty"
)

// failing names, in the environment of this test's own binary, what TestFailing
// is to run.
const failing = "LOYALTYTEST_FAILING"

// failures are uses of the suites that must fail, and what they must say.
var failures = map[string]struct {
	run  func(t *testing.T)
	says []string
}{
	"store": {
		func(t *testing.T) {
			TestStore(t, func(testing.TB) loyalty.Store {
				h := newHosted()
				defects[slices.IndexFunc(defects, func(d defect) bool { return d.clause == "C4 atomic" })].make(h)
				return h
			})
		},
		[]string{"--- FAIL: TestFailing/C4_atomic", "broken: a batch that fails on a counter's bound", "after a BoundError", "--- PASS: TestFailing/C5"},
	},
	"unmeasured": {
		func(t *testing.T) {
			TestStore(t, func(testing.TB) loyalty.Store { return loyalty.NewMemory() })
			t.Fail() // so that this run is alike
		},
		[]string{"--- SKIP: TestFailing/C21_killed", "not measured: the store is no loyaltytest.Spawner"},
	},
	"engine": {
		func(t *testing.T) {
			TestEngine(t, func(testing.TB) loyalty.Store { return lastWins{loyalty.NewMemory()} })
		},
		[]string{"--- FAIL: TestFailing/serial_order/more_is_spent_than_there_is", "no serial order of"},
	},
	"engine with keys that are lost": {
		func(t *testing.T) {
			TestEngine(t, func(testing.TB) loyalty.Store { return forgetful{loyalty.NewMemory()} })
		},
		[]string{"--- FAIL: TestFailing/cut_at_each_step", "--- FAIL: TestFailing/two_engines", "--- FAIL: TestFailing/as_in_memory"},
	},
	"specs": {
		func(t *testing.T) {
			p := suiteProgram("specs")
			wrong := `{"cases": [{"name": "too much", "do": {"occurredAt": "2026-03-04T12:00:00Z", "earn": {"kind": "quiz"}}, "want": {"points": {"points": 6}}}]}`
			files := fstest.MapFS{"wrong.json": {Data: []byte(wrong)}, "broken.json": {Data: []byte(`{"cases": []}`)}}
			RunSpecs(t, files, "*.json", nil, p)
			t.Run("without a program", func(t *testing.T) { RunSpecs(t, files, "wrong.json", nil) })
			t.Run("no file", func(t *testing.T) { RunSpecs(t, files, "*.yaml", nil) })
		},
		[]string{
			"--- FAIL: TestFailing/wrong.json/too_much", "want.points.points: 5, want 6", "--- FAIL: TestFailing/broken.json",
			"has no program", "no spec file matches",
		},
	},
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
			again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFailing$", "-test.v", "-rapid.nofailfile")
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

// lastWins is a store on which who writes an account last wins.
type lastWins struct{ *loyalty.Memory }

func (s lastWins) Commit(ctx context.Context, b *loyalty.Batch) error {
	again := *b
	again.Records, again.Entries = slices.Clone(b.Records), slices.Clone(b.Entries)
	for i, r := range again.Records {
		if r.ID.Kind != loyalty.KindAccount {
			continue
		}
		now, _, err := s.Load(ctx, []loyalty.RecordID{r.ID}, nil)
		if err != nil {
			return err
		}
		again.Records[i].Version = now[0].Version
	}
	return s.Memory.Commit(ctx, &again)
}

// forgetful is a store that does not find keys again.
type forgetful struct{ *loyalty.Memory }

func (s forgetful) Commit(ctx context.Context, b *loyalty.Batch) error {
	again := *b
	again.Records = slices.DeleteFunc(slices.Clone(b.Records), func(r loyalty.Record) bool { return r.ID.Kind == loyalty.KindKey })
	return s.Memory.Commit(ctx, &again)
}
