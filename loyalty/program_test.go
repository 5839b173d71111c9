package loyalty

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
)

func TestPresetsSurviveJSON(t *testing.T) {
	for name, p := range map[string]Program{"bank card": BankCard(), "retailer": Retailer(), "appliance service": ApplianceService()} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			again, err := ParseProgram(data, nil)
			if err != nil {
				t.Fatal(err)
			}
			data2, _ := json.Marshal(again)
			if diff := cmp.Diff(string(data), string(data2)); diff != "" {
				t.Errorf("program (-written +read) %s", diff)
			}
		})
	}
}

func faultsOf(t *testing.T, err error) string {
	t.Helper()
	faults, ok := errors.AsType[regulars.Faults](err)
	if !ok {
		t.Fatalf("error %v: want Faults", err)
	}
	return faults.Error()
}

var _ = time.UTC
