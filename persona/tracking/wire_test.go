package tracking

import (
	"encoding/hex"
	"testing"
)

// The bytes of version 1 stay readable for ever, so they are spelled out. They
// hold hashes of IDs and values, which must stay what they are too.
func TestTallyBytes(t *testing.T) {
	const want = "10747261636b696e672e74616c6c792e31" +
		"203161613066373262303831313833666462633266326630323130643833323064" + // the validator
		"03056f7264657201010100056f72646572020101020d06616d6f756e7410017805736861726503000204000100" + // outcomes
		"03" +
		"7f774bb46e7e342a2d9d0514b27cee6280c9cabdffacb006eedfefa3dcdff3f2b40180c0d0bcffacb00601" + // deliveries
		"843b3d6eff694cb74a366ccf4d3385a7ffffffffffffffffff0196d1c8fd8dfbd3bc2380c0d0bcffacb00602" +
		"f16ba6fa61da3398815be2a6c0f7cb1380c9cabdffacb0068ae3ad8584c8a0c23f80c0d0bcffacb00600"
	v, err := NewValidator(mustPlan(t, `{"events": [{"name": "order", "properties": [{"name": "amount", "kind": "decimal", "required": true}]}]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	tally := &Tally{Validator: v}
	for _, e := range []Event{
		order("1", map[string]any{"amount": 12.5}),
		order("2", map[string]any{"amount": "7", "x": nil}),
		{Name: "share", At: noon},
	} {
		if _, err := tally.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	data := binaryOf(t, tally)
	if got := hex.EncodeToString(data); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	read := &Tally{Validator: v}
	if err := read.UnmarshalBinary(data); err != nil || read.Len() != 3 {
		t.Errorf("reads back with %d deliveries, %v", read.Len(), err)
	}
}
