package loyalty_test

import (
	"encoding/json"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
)

// What a receipt or a journal says in JSON is read back: kinds, pots and
// reasons by their names, and nothing else.
func TestNamesReadBack(t *testing.T) {
	type names struct {
		Kind   loyalty.EntryKind
		From   loyalty.Pot
		Reason loyalty.Reason
	}
	n := 0
	for i := range uint8(255) {
		wrote := names{loyalty.EntryKind(i), loyalty.Pot(i), loyalty.Reason(i)}
		if wrote.Kind.String() == "" || wrote.From.String() == "" || wrote.Reason.String() == "" {
			continue
		}
		n++
		data, err := json.Marshal(wrote)
		if err != nil {
			t.Fatal(err)
		}
		var read names
		if err := json.Unmarshal(data, &read); err != nil || read != wrote {
			t.Errorf("%s is read as %+v: %v", data, read, err)
		}
	}
	if n < 5 {
		t.Errorf("%d rows: want more", n)
	}
	for _, bad := range []string{`{"Kind": "stolen"}`, `{"From": ""}`, `{"Reason": "fate"}`, `{"Reason": ""}`} {
		if json.Unmarshal([]byte(bad), &names{}) == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
