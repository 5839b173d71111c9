package identity_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/regulars-go/regulars/persona/identity"
)

// goldenFacts have a bit of everything.
func goldenFacts() []fact {
	return []fact{
		seen("e2", 2, "user:b", "device:d"), seen("e1", 1, "user:a", "device:d"), seen("gone", 1, "user:z"),
		{Retract: "gone"},
		{Retract: "never"},
		{Match: &identity.Match{EventID: "m", A: id("user:b"), B: id("email:x"), Score: 0.75, Source: "matcher", At: hour(3)}},
		verdict("v", identity.CannotLink, 4, "user:b", "email:y"), verdict("r", identity.Retire, 5, "device:d"),
		verdict("w", identity.MustLink, 4, "user:a", "user:b"),
		{Withdraw: "w"},
	}
}

// The bytes of version 1 stay readable for ever, so they are spelled out.
func TestEvidenceBytes(t *testing.T) {
	const want = "136964656e746974792e65766964656e63652e31" + // form
		"03" + "06646576696365" + "05656d61696c" + "0475736572" + // namespaces
		"02" + "00" + "076d617463686572" + // sources
		"04" + "000164" + "010178" + "020161" + "020162" + // device:d email:x user:a user:b
		"03" + // events, times, sources, scores, identifiers
		"026531" + "8090b8d5fffaa506" + "00" + "00" + "020002" +
		"026532" + "80a0d5be9afba506" + "00" + "00" + "020003" +
		"016d" + "80b0f2a7b5fba506" + "01" + "80808080808080f43f" + "020103" +
		"02" + "04676f6e65" + "056e65766572" + // retracted
		"02" + // verdicts
		"0172" + "06726574697265" + "06646576696365" + "0164" + "00000000" + "0180d0acfaeafba506" + "0180d0acfaeafba506" +
		"0176" + "0b63616e6e6f742d6c696e6b" + "05656d61696c" + "0179" + "0475736572" + "0162" + "0000" + "00" + "0180c08f91d0fba506" +
		"01" + "0177" // withdrawn
	data := bytesOf(t, evidenceOf(t, goldenFacts()))
	if got := hex.EncodeToString(data); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var read identity.Evidence
	if err := read.UnmarshalBinary(data); err != nil || !bytes.Equal(bytesOf(t, &read), data) || read.Len() != 3 {
		t.Errorf("reads back with %d observations, %v", read.Len(), err)
	}
	// What was retracted stays so in a log that was read back.
	tell(t, &read, seen("gone", 1, "user:z"))
	if err := read.Decide(identity.Verdict{ID: "w", Ruling: identity.MustLink, A: id("user:a"), B: id("user:b"), At: hour(4)}); err == nil || read.Len() != 3 {
		t.Errorf("%d observations, and a withdrawn verdict gives %v", read.Len(), err)
	}
}

func TestUnmarshalLeavesAlone(t *testing.T) {
	e := evidenceOf(t, goldenFacts())
	data := bytesOf(t, e)
	for i := range data {
		if err := e.UnmarshalBinary(data[:i]); err == nil {
			t.Fatalf("the first %d bytes read without an error", i)
		}
	}
	if !bytes.Equal(bytesOf(t, e), data) {
		t.Error("an error changed something")
	}
	if err := e.UnmarshalBinary(bytes.Replace(data, []byte("evidence.1"), []byte("evidence.9"), 1)); err == nil || !strings.HasSuffix(err.Error(), `is "identity.evidence.9", not "identity.evidence.1"`) {
		t.Errorf("version 9: %v", err)
	}
}

// What reads without an error writes back as the same bytes, and resolves.
func FuzzEvidence(f *testing.F) {
	f.Add(bytesOf(f, evidenceOf(f, goldenFacts())))
	f.Add(bytesOf(f, &identity.Evidence{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var e identity.Evidence
		if err := e.UnmarshalBinary(data); err != nil {
			return
		}
		if !bytes.Equal(bytesOf(t, &e), data) {
			t.Fatal("writes back as other bytes")
		}
		rules := plainRules()
		rules.MinScore = 0.5
		p, err := identity.Resolve(&e, rules)
		if err != nil {
			return
		}
		for range p.Refusals() {
			continue
		}
		var again identity.Evidence
		if err := again.Merge(&e); err != nil || !bytes.Equal(bytesOf(t, &again), data) {
			t.Fatalf("merges into other bytes: %v", err)
		}
	})
}

// Rules that anybody may write are taken or refused, and never panic.
func FuzzRules(f *testing.F) {
	f.Add([]byte(`{"namespaces": [{"name": "phone", "priority": 2, "form": "phone", "country": "86", "limits": [{"max": 5, "within": "1w"}]}]}`), "phone:138 0013 8001")
	f.Fuzz(func(t *testing.T, document []byte, text string) {
		rules, err := identity.ParseRules(document, nil)
		if err != nil {
			return
		}
		tidy, flaw := rules.Normalise(id(text))
		if again, same := rules.Normalise(tidy); flaw == "" && same == "" && again != tidy {
			t.Fatalf("%q is %q, and tidied again %q", text, tidy, again)
		}
	})
}
