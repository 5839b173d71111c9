package loyalty

import (
	"errors"
	"testing"
)

// A journal that no release has written is refused, whatever it says.
func TestFoldRefuses(t *testing.T) {
	good := move{wallet: 1, from: PotIssued, to: PotAvailable, points: 10, expires: 99}
	with := func(change func(*move)) []move {
		m := good
		change(&m)
		return []move{good, m}
	}
	tests := []struct {
		name  string
		moves []move
		ok    bool
	}{
		{"as written", with(func(*move) {}), true},
		{"nothing moves", with(func(m *move) { m.points = 0 }), false},
		{"less than nothing moves", with(func(m *move) { m.points = -1 }), false},
		{"more than ever", with(func(m *move) { m.points = maxTotal + 1 }), false},
		{"as much as ever, twice", with(func(m *move) { m.points = maxTotal }), false},
		{"into a pot that is full", []move{{wallet: 1, from: PotReceived, to: PotAvailable, points: maxTotal, expires: 99}, good}, false},
		{"more issued than ever, though it was spent", []move{
			{wallet: 1, from: PotIssued, to: PotAvailable, points: maxTotal, expires: 99},
			{wallet: 1, from: PotAvailable, to: PotRedeemed, points: maxTotal, expires: 99},
			good,
		}, false},
		{"from no pot", with(func(m *move) { m.from = numPots }), false},
		{"to no pot", with(func(m *move) { m.to = numPots }), false},
		{"from a pot to itself", with(func(m *move) { m.from = PotAvailable }), false},
		{"back to where points come from", with(func(m *move) { m.from, m.to = PotAvailable, PotIssued }), false},
		{"all of a lot", with(func(m *move) { m.from, m.to = PotAvailable, PotRedeemed }), true},
		{"more than a pot has", with(func(m *move) { m.from, m.to, m.points = PotAvailable, PotRedeemed, 11 }), false},
		{"of a lot that is not there", with(func(m *move) { m.from, m.to, m.expires = PotAvailable, PotRedeemed, 98 }), false},
		{"of other terms", with(func(m *move) { m.from, m.to, m.terms = PotAvailable, PotRedeemed, TermLocked }), false},
		{"of another wallet", with(func(m *move) { m.from, m.to, m.wallet = PotAvailable, PotRedeemed, 2 }), false},
		{"pays no debt", with(func(m *move) { m.to = PotDebt }), false},
		{"from no hold", with(func(m *move) { m.from, m.to = PotHeld, PotRedeemed }), false},
	}
	for _, tt := range tests {
		var a Account
		body := []byte{bodyFormat}
		for i := range tt.moves {
			body = tt.moves[i].append(body)
		}
		err := a.Apply(&Entry{Seq: 1, Body: body})
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrOverflow) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil && rereadAccount(a.append(nil)) != nil {
			t.Errorf("%s: can't be read again", tt.name)
		}
	}
	var a Account
	if err := a.Apply(&Entry{Seq: 2, Body: []byte{bodyFormat}}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("an entry that does not follow: %v", err)
	}
	if err := a.Apply(&Entry{Seq: 1, Body: []byte{bodyFormat}, RecordedAt: instant(10)}); err != nil {
		t.Error(err)
	}
	if err := a.Apply(&Entry{Seq: 2, Body: []byte{bodyFormat}, RecordedAt: instant(9)}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("an entry that goes back in time: %v", err)
	}
}
