package persona_test

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
)

// The bytes of version 1 stay readable for ever, so they are spelled out.
func TestCensusBytes(t *testing.T) {
	const want = "10706572736f6e612e63656e7375732e31" +
		"c70c236193c92e91aabc13a9b273021fda579bbb96236364d68dccc066af8700" + // the version of the schema
		"0402676f0374656101780179" + // go tea x y
		"02" +
		"027531" + // u1
		"02" +
		"010180809bece4faa50602" + // city
		"020180809bece4faa506020001" + // likes
		"01" +
		"0080809bece4faa506c4130200" + // an order
		"027532" + // u2
		"02" +
		"000180809bece4faa50605" + // age
		"010180809bece4faa50603" + // city
		"00"
	s, err := persona.NewSchema(persona.Definition{
		Sources: []string{"crm", "app"},
		Attributes: []persona.Attribute{
			{Name: "age", Kind: persona.KindInt},
			{Name: "city", Kind: persona.KindString},
			{Name: "likes", Kind: persona.KindList, Survivor: persona.Union},
		},
		Events: []persona.EventKind{{Name: "order", Amount: true, Places: 2, Fields: []string{"category", "channel"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	c := persona.Census[string]{Schema: s}
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for id, values := range map[string]map[string]persona.Value{
		"u2": {"age": persona.Int(-3), "city": persona.Text("y")},
		"u1": {"city": persona.Text("x"), "likes": persona.Texts("tea", "go")},
	} {
		if err := c.Observe(id, persona.Observation{Source: "app", At: at, Values: values}); err != nil {
			t.Fatal(err)
		}
	}
	e := persona.Event{Kind: "order", At: at, Amount: decimal.New(1250, -2), Fields: map[string]string{"category": "tea"}}
	if err := c.AddEvent("u1", e); err != nil {
		t.Fatal(err)
	}
	data, err := c.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(data); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	read := persona.Census[string]{Schema: s}
	if err := read.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if again, err := read.MarshalBinary(); err != nil || !bytes.Equal(data, again) {
		t.Errorf("written again as %x, %v", again, err)
	}
}
