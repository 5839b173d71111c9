package portrait

import (
	"encoding/hex"
	"testing"

	"github.com/regulars-go/regulars/persona"
)

// The bytes of version 1 stay readable for ever, so they are spelled out.
func TestTallyBytes(t *testing.T) {
	const want = "10706f7274726169742e74616c6c792e31" +
		"206639333661383362653162346431373030303230393733353539363037353130" + // the layout
		"0202" + // target, rest
		"0201000201780001017902000201010001010201010101013c02" // city, member, age
	s := newSchema(
		t,
		persona.Attribute{Name: "city", Kind: persona.KindString},
		persona.Attribute{Name: "member", Kind: persona.KindBool},
		persona.Attribute{Name: "age", Kind: persona.KindInt},
	)
	l := newLayout(t, s, Column{Attribute: "city"}, Column{Attribute: "member"}, Column{Attribute: "age"})
	with := func(city string, member bool, age int64) persona.Profile {
		return profile(t, s, map[string]persona.Value{"city": persona.Text(city), "member": persona.Bool(member), "age": persona.Int(age)})
	}
	tally := tallyOf(t, l, member{with("y", true, 30), Target}, member{with("x", true, -1), Rest}, member{with("y", false, 30), Target}, member{profile(t, s, nil), Rest})
	data := binaryOf(t, tally)
	if got := hex.EncodeToString(data); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	read := &Tally{Layout: l}
	if err := read.UnmarshalBinary(data); err != nil || read.Base() != 4 || read.Target() != 2 {
		t.Errorf("reads back as %d of %d, %v", read.Target(), read.Base(), err)
	}
}
