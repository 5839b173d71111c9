package loyalty

import (
	"errors"
	"testing"
	"time"
)

// An account that an engine wrote is not checked when it is next read, and one
// that anybody else put in its place is: damage is found, whatever was there
// before.
func TestMemoryChecksWhatNoEngineWrote(t *testing.T) {
	m, now := NewMemory(), time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	e, err := NewEngine(m, tenRules(t))
	if err != nil {
		t.Fatal(err)
	}
	account := AccountID{"bench", "ada"}
	grant := func(key string) error {
		_, err := e.Do(t.Context(), now, Command{Key: key, Member: "ada", OccurredAt: now, Grant: &Grant{Points: 10, Reason: "test"}})
		return err
	}
	put := func(change func(body []byte)) {
		records, _, err := m.Load(t.Context(), []RecordID{account.Record()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		change(records[0].Body)
		if err := m.Commit(t.Context(), &Batch{Records: records}); err != nil {
			t.Fatal(err)
		}
	}
	isSound := func() bool { return m.ofAccount(account).ledger(account.Program).member(account.Member).sound }

	for _, key := range []string{"enrolls", "as an engine wrote it"} {
		if err := grant(key); err != nil || !isSound() {
			t.Errorf("%s: %v, sound %v", key, err, isSound())
		}
	}
	put(func([]byte) {})
	if isSound() {
		t.Error("sound although no engine wrote it")
	}
	if err := grant("as anybody wrote it"); err != nil || !isSound() {
		t.Errorf("undamaged: %v, sound %v", err, isSound())
	}
	put(func([]byte) {})
	for _, r := range e.DoBatch(t.Context(), now, []Command{{Key: "in a batch", Member: "ada", OccurredAt: now, Grant: &Grant{Points: 10, Reason: "test"}}}) {
		if r.Err != nil || !isSound() {
			t.Errorf("batch: %v, sound %v", r.Err, isSound())
		}
	}
	put(func(body []byte) { body[accountWidth+1+1+8+8*int(PotIssued)]++ })
	if err := grant("damaged"); !errors.Is(err, ErrCorrupt) {
		t.Errorf("damaged: %v", err)
	}
	if err := grant("damaged still"); !errors.Is(err, ErrCorrupt) {
		t.Errorf("damaged, and looked at again: %v", err)
	}
}

// A commit that is not of a decision may put anything where a sound account was
// loaded from.
func TestMemoryTrustsDecisionsOnly(t *testing.T) {
	m, id := NewMemory(), AccountID{"p", "ada"}.Record()
	var v View
	for i, decided := range []bool{true, false} {
		v.Reset()
		if err := m.fill(t.Context(), &v, []RecordID{id}, nil); err != nil {
			t.Fatal(err)
		}
		body := new(Account).append(nil)
		b := Batch{Records: []Record{{ID: id, Version: uint64(i), Body: body}}}
		if err := m.commit(t.Context(), &b, &v.room.places, decided); err != nil {
			t.Fatal(err)
		}
		if got := m.ofAccount(AccountID{"p", "ada"}).ledger("p").member("ada").sound; got != decided {
			t.Errorf("decided %v: sound %v", decided, got)
		}
	}
}

// Places are of records of their own programs only, and a commit that was
// refused leaves nothing in them.
func TestMemoryPlacesAreTheirOwn(t *testing.T) {
	m, here, there := NewMemory(), AccountID{"p", "ada"}, AccountID{"q", "ada"}
	var v View
	if err := m.fill(t.Context(), &v, []RecordID{here.Record()}, nil); err != nil {
		t.Fatal(err)
	}
	commit := func(account AccountID, seq uint64) error {
		b := Batch{Records: []Record{{ID: account.Record()}}, Entries: []Entry{{Account: account, Seq: 1}, {Account: account, Seq: seq}}}
		return m.commit(t.Context(), &b, &v.room.places, false)
	}
	if err := commit(here, 3); err == nil {
		t.Error("entries 1 and 3 are taken")
	}
	for _, account := range []AccountID{here, there} {
		if err := commit(account, 2); err != nil {
			t.Error(err)
		}
		if entries, err := m.Entries(t.Context(), account, 0, 9); err != nil || len(entries) != 2 {
			t.Errorf("%v has %d entries, %v", account, len(entries), err)
		}
	}
}
