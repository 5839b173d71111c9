package loyalty

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
)

var update = flag.Bool("update", false, "write the golden files of formats anew")

// formatProgram and formatCommands leave every kind of record and operation
// behind.
func formatProgram() Program {
	return Program{
		Name: "format", Version: 1,
		Wallets: []Wallet{
			{ID: 1, Name: "points", Expiry: Expiry{After: regulars.Days(30)}, Shortfall: ShortfallDebt, DebtLimit: 1000},
			{ID: 7, Name: "growth", Qualifying: true, Expiry: Expiry{Idle: regulars.Months(6)}},
		},
		Rules: []Rule{
			{ID: 1, Name: "spend", Layer: LayerRoutine, On: []string{"order"}, PerAmount: &PerAmount{Points: 1, Per: decimal.New(1, 0)}},
			{ID: 2, Name: "wait", Layer: LayerRoutine, On: []string{"order"}, Points: 10, Pending: &Pending{For: regulars.Days(7)}},
			{ID: 3, Name: "delivery", Layer: LayerRoutine, On: []string{"order"}, Points: 10, Locked: true, Pending: &Pending{Until: "delivered"}},
			{ID: 4, Name: "growth", Layer: LayerRoutine, On: []string{"order"}, Wallet: "growth", PerAmount: &PerAmount{Points: 1, Per: decimal.New(1, 0)}},
			{ID: 5, Name: "check-in", Layer: LayerZeroCost, On: []string{"check-in"}, Streak: &Streak{Steps: []Step{{1, 1}}, MakeUp: &MakeUpPrice{Points: 2, Days: 5}}},
			{ID: 6, Name: "three", Layer: LayerUpgrade, On: []string{"order"}, Task: &Task{Goal: 3, Points: 9}},
			{ID: 9, Name: "referral", Layer: LayerUpgrade, On: []string{"order"}, Referral: &Referral{Points: 50}, When: Condition{MinAmount: decimal.New(20, 0)}},
			{ID: 10, Name: "off", Layer: LayerUpgrade, On: []string{"order"}, Points: 1, Disabled: true},
		},
		Rewards: []Reward{{ID: 4, Name: "mug", Cost: 15, Stock: new(int64(5)), PerMember: 2, Per: "month"}},
		Tiers:   &Tiers{Wallet: "growth", Window: "year", Levels: []Level{{1, "silver", 50}}},
		Limits:  Limits{Transfers: &Transfers{}},
	}
}

func formatCommands() []Command {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	next := func(member, key string, c Command) Command {
		at = at.Add(time.Hour)
		c.Member, c.Key, c.OccurredAt = member, key, at
		return c
	}
	app := []Attribute{{"device", "d1"}, {"channel", "app"}}
	all := []Command{
		next("ada", "1", Command{Grant: &Grant{Points: 100, Reason: "welcome"}}),
		next("bo", "2", Command{Earn: &Earn{Kind: "order", Order: "o1", Referrer: "ada", Lines: []Line{{"a", "tea", decimal.New(1050, -2)}, {"b", "", decimal.New(50, 0)}}, Attributes: app, Labels: []string{"segment=new"}}}),
		next("bo", "3", Command{Earn: &Earn{Kind: "delivered", Order: "o1"}}),
		next("bo", "4", Command{CheckIn: &CheckIn{}}),
		next("bo", "5", Command{MakeUp: &MakeUp{Day: "2026-03-01"}}),
		next("bo", "6", Command{Redeem: &Redeem{Reward: "mug"}}),
		next("bo", "7", Command{Redeem: &Redeem{Points: 9999}}), // refused
		next("bo", "8", Command{Hold: &Hold{Points: 12}}),
		next("bo", "9", Command{Capture: &Capture{Hold: "8", Points: 5}}),
		next("bo", "9a", Command{Hold: &Hold{Points: 2}}),
		next("bo", "9b", Command{Release: &Release{Hold: "9a"}}),
		next("bo", "10", Command{Hold: &Hold{Points: 6}}),
		next("bo", "11", Command{Transfer: &Transfer{To: "ada", Points: 3}}),
		next("bo", "12", Command{Keep: &Keep{Order: "o1", Lines: []KeptLine{{"a", decimal.New(1050, -2)}}}}),
		next("bo", "13", Command{Reverse: &Reverse{Redemption: "6"}}),
		next("bo", "14", Command{Deduct: &Deduct{Points: 200, Reason: "mistake"}}),
		next("ada", "15", Command{Reminded: &Reminded{Reminder: "x", Points: 4, Expires: at}}),
		next("cy", "16", Command{Earn: &Earn{Kind: "order", Order: "o2", Amount: decimal.New(70, 0)}}),
		next("cy", "17", Command{Hold: &Hold{Points: 8}}),
		next("ada", "18", Command{Merge: &Merge{Into: "cy"}}),
		next("dee", "19", Command{Grant: &Grant{Points: 1, Wallet: "growth", Reason: "r"}}),
		next("dee", "20", Command{Close: &Close{Reason: "asked"}}),
	}
	at = at.AddDate(2, 0, 0)
	return append(all, next("cy", "21", Command{Release: &Release{Hold: "10"}}), next("bo", "22", Command{Release: &Release{Hold: "10"}}), next("cy", "23", Command{CheckIn: &CheckIn{}}))
}

// formatBytes are all records and entries that the commands leave, by name.
func formatBytes(t testing.TB) map[string]string {
	t.Helper()
	ctx, store := context.Background(), NewMemory()
	e, err := NewEngine(store, formatProgram())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	show := func(name string, r []byte) { all[name] = hex.EncodeToString(r) }
	ids := map[RecordID]bool{}
	for _, c := range formatCommands() {
		_, _ = e.Do(ctx, c.OccurredAt, c) // some are refused on purpose
		for _, kind := range []RecordKind{KindAccount, KindReferral, KindMerge} {
			ids[RecordID{"format", kind, c.Member}] = true
		}
		ids[RecordID{"format", KindKey, c.Key}], ids[RecordID{"format", KindRedemption, c.Key}] = true, true
	}
	for _, o := range []string{"o1", "o2"} {
		ids[RecordID{"format", KindOrder, o}] = true
	}
	for id := range ids {
		records, _, err := store.Load(ctx, []RecordID{id}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if records[0].Version > 0 {
			show(fmt.Sprintf("record %d %s", id.Kind, id.Name), records[0].Body)
		}
	}
	for _, m := range []string{"ada", "bo", "cy", "dee"} {
		entries, err := store.Entries(ctx, AccountID{"format", m}, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			show(fmt.Sprintf("entry %s %02d kind %d", m, entry.Seq, entry.Kind), entry.Body)
			if entry.Command != nil {
				show(fmt.Sprintf("command %s %02d", m, entry.Seq), entry.Command)
			}
		}
	}
	return all
}

// The first format stays readable for ever, and this release writes it. A
// later one keeps this file, reads it, and adds its own.
func TestFirstFormat(t *testing.T) {
	const file = "testdata/format1.json"
	got := formatBytes(t)
	if *update {
		data, err := json.MarshalIndent(got, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(data, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]string
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-golden +written):\n%s", diff)
	}
	for name, text := range want {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := reread(name, b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// reread decodes bytes by what their name says, and reports whether they are
// written back alike.
func reread(name string, b []byte) error {
	var kind RecordKind
	var rest string
	if n, _ := fmt.Sscanf(name, "record %d %s", &kind, &rest); n == 0 {
		if name[0] == 'c' {
			return rereadCommand(b)
		}
		return rereadBody(b)
	}
	switch kind {
	case KindAccount:
		return rereadAccount(b)
	case KindKey:
		return rereadKey(b)
	case KindOrder:
		return rereadOrder(b)
	case KindRedemption:
		return rereadRedemption(b)
	}
	if again := appendText(nil, textOf(b)); !bytes.Equal(again, b) {
		return fmt.Errorf("written back as %x", again)
	}
	return nil
}

func rereadAccount(b []byte) error {
	var a Account
	if err := a.UnmarshalBinary(b); err != nil {
		return err
	}
	return alike(b, a.append(nil))
}

func rereadCommand(b []byte) error {
	var c Command
	if err := c.UnmarshalBinary(b); err != nil {
		return err
	}
	again, err := c.MarshalBinary()
	if err != nil {
		return err
	}
	return alike(b, again)
}

func rereadOrder(b []byte) error {
	var o order
	if err := o.read(b); err != nil {
		return err
	}
	return alike(b, o.append(nil))
}

func rereadRedemption(b []byte) error {
	var d redemption
	if err := d.read(b); err != nil {
		return err
	}
	return alike(b, d.append(nil))
}

func rereadKey(b []byte) error {
	var k keyAnswer
	if err := k.read(b); err != nil {
		return err
	}
	v := View{receipt: k.receipt}
	return alike(b, v.appendKey(nil, k.command, &k.rejected))
}

// rereadBody reads each operation of an entry and writes it again.
func rereadBody(b []byte) error {
	r := newOpReader(b)
	again := []byte{bodyFormat}
	for r.next() {
		p := r.payload
		switch r.code {
		case opMove:
			m := readMove(p)
			again = m.append(again)
		case opHold:
			h := readHoldOp(p)
			again = h.appendOp(again)
		case opWindow:
			w := readWindow(p)
			again, p = appendOp(again, opWindow)
			w.put(p)
		case opStreak:
			s := readStreak(p)
			again, p = appendOp(again, opStreak)
			s.put(p)
		case opTask:
			t := readTask(p)
			again, p = appendOp(again, opTask)
			t.put(p)
		case opMonth:
			m := readMonth(p)
			again, p = appendOp(again, opMonth)
			m.put(p)
		case opTier:
			t := readTier(p)
			again, p = appendOp(again, opTier)
			t.put(p)
		case opOutcome:
			o := readOutcome(p)
			again = o.append(again)
		case opPass:
			o := readPass(p)
			again = o.append(again)
		default:
			again = append(append(again, byte(r.code)), p...)
		}
	}
	if r.err != nil {
		return r.err
	}
	return alike(b, again)
}

var errUnlike = errors.New("is written back otherwise")

func alike(b, again []byte) error {
	if !bytes.Equal(b, again) {
		return fmt.Errorf("%w: %x as %x", errUnlike, b, again)
	}
	return nil
}

// Property: what a decoder takes is written back as the same bytes; the rest is
// refused with an error that says so.
func FuzzDecoders(f *testing.F) {
	for name, text := range formatBytes(f) {
		b, err := hex.DecodeString(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name[0] == 'e', b)
	}
	f.Fuzz(func(t *testing.T, _ bool, b []byte) {
		for name, reread := range map[string]func([]byte) error{
			"account": rereadAccount, "command": rereadCommand, "order": rereadOrder, "redemption": rereadRedemption, "key": rereadKey,
		} {
			err := reread(b)
			if errors.Is(err, errUnlike) || err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNewerState) {
				t.Errorf("%s: %v", name, err)
			}
		}
		var a Account
		if err := a.Apply(&Entry{Seq: 1, Body: b}); err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNewerState) && !errors.Is(err, ErrOverflow) {
			if _, ok := errors.AsType[*LimitError](err); !ok {
				t.Errorf("entry: %v", err)
			}
		}
	})
}

// Every decoder refuses what a newer release wrote, and says so.
func TestNewerFormats(t *testing.T) {
	var a Account
	var c Command
	for name, err := range map[string]error{
		"account":    a.UnmarshalBinary([]byte{2, 0, 0}),
		"entry":      a.Apply(&Entry{Seq: 1, Body: []byte{2, 0}}),
		"command":    c.UnmarshalBinary([]byte{2, 1}),
		"order":      new(order).read([]byte{2}),
		"redemption": new(redemption).read([]byte{2}),
		"key":        new(keyAnswer).read([]byte{2}),
	} {
		if !errors.Is(err, ErrNewerState) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Property: a text is taken if and only if it is valid UTF-8 without NUL,
// wherever in it something else stands.
func TestIsSound(t *testing.T) {
	for length := range 25 {
		plain := strings.Repeat("m", length)
		if !isSound(plain) {
			t.Errorf("%q is refused", plain)
		}
		for at := range length {
			for _, c := range []struct {
				with string
				want bool
			}{{"\x00", false}, {"\x01", true}, {"\x7f", true}, {"\x80", false}, {"\xff", false}, {"é", true}, {"员", true}} {
				if text := plain[:at] + c.with + plain[at+1:]; isSound(text) != c.want {
					t.Errorf("%q: %t, want %t", text, !c.want, c.want)
				}
			}
		}
	}
}

// An account that breaks off is not taken, wherever it does.
func TestAccountBreaksOff(t *testing.T) {
	var a Account
	for _, m := range []move{
		{wallet: 1, from: PotIssued, to: PotAvailable, points: 100, expires: 1000},
		{wallet: 1, from: PotIssued, to: PotPending, points: 50, activates: 500, expires: 1000},
	} {
		if err := a.move(&m, &hold{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.qualify(month{number: 700, points: 1}); err != nil {
		t.Fatal(err)
	}
	data := a.append(nil)
	for n := range data {
		if err := new(Account).UnmarshalBinary(data[:n:n]); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%d of %d bytes: %v", n, len(data), err)
		}
	}
	if err := new(Account).UnmarshalBinary(append(data, 0)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a byte too many: %v", err)
	}
}

// An account whose parts do not agree is not taken, whichever the part.
func TestDamagedAccount(t *testing.T) {
	whole := func() *Account {
		var a Account
		h := hold{id: [16]byte{7}, until: 900}
		for _, m := range []move{
			{wallet: 1, from: PotIssued, to: PotAvailable, points: 100, expires: 1000},
			{wallet: 1, from: PotIssued, to: PotAvailable, points: 10, expires: 2000},
			{wallet: 1, from: PotIssued, to: PotPending, points: 50, activates: 500, expires: 1000},
			{wallet: 1, from: PotAvailable, to: PotHeld, points: 30, expires: 1000},
			{wallet: 2, from: PotIssued, to: PotAvailable, points: 5},
		} {
			if err := a.move(&m, &h); err != nil {
				t.Fatal(err)
			}
		}
		return &a
	}
	tests := []struct {
		name   string
		damage func(a *Account)
	}{
		{"nothing", func(*Account) {}},
		{"a pot of more than its lots", func(a *Account) {
			w := a.walletAt(1)
			w.setPot(PotIssued, w.pot(PotIssued)+1)
			w.setPot(PotAvailable, w.pot(PotAvailable)+1)
		}},
		{"more pending than waits", func(a *Account) {
			w := a.walletAt(1)
			w.setPot(PotIssued, w.pot(PotIssued)+1)
			w.setPot(PotPending, w.pot(PotPending)+1)
		}},
		{"more held than holds have", func(a *Account) {
			w := a.walletAt(1)
			w.setPot(PotIssued, w.pot(PotIssued)+1)
			w.setPot(PotHeld, w.pot(PotHeld)+1)
		}},
		{"more issued than there is", func(a *Account) { a.walletAt(2).setPot(PotIssued, 6) }},
		{"a pot below zero", func(a *Account) {
			a.walletAt(2).setPot(PotIssued, 4)
			a.walletAt(2).setPot(PotExpired, -1)
		}},
		{"debt beside points", func(a *Account) {
			a.walletAt(2).setPot(PotRedeemed, 1)
			a.walletAt(2).setPot(PotDebt, 1)
		}},
		{"a lot without points", func(a *Account) {
			lots := a.rows(listLots)
			asLot(lots).setPoints(asLot(lots).points() + 10)
			asLot(lots[lotWidth:]).setPoints(0)
		}},
		{"a lot below zero", func(a *Account) {
			lots := a.rows(listLots)
			asLot(lots).setPoints(asLot(lots).points() + 11)
			asLot(lots[lotWidth:]).setPoints(-1)
		}},
		{"a lot of no wallet", func(a *Account) {
			(&lot{wallet: 3, points: 1}).put(a.insert(listLots, len(a.rows(listLots))))
		}},
		{"lots out of order", func(a *Account) {
			lots := a.rows(listLots)
			first := bytes.Clone(lots[:lotWidth])
			copy(lots, lots[lotWidth:2*lotWidth])
			copy(lots[lotWidth:], first)
		}},
		{"a hold without points", func(a *Account) {
			(&hold{id: [16]byte{8}, wallet: 1, until: 901}).put(a.insert(listHolds, len(a.rows(listHolds))))
		}},
		{"held points below zero", func(a *Account) {
			first := readLeg(a.rows(listLegs))
			first.points++
			first.put(a.rows(listLegs))
			(&leg{hold: first.hold, expires: 2000, points: -1}).put(a.insert(listLegs, len(a.rows(listLegs))))
		}},
		{"held points of no hold", func(a *Account) { a.rows(listLegs)[0]++ }},
		{"a number of rows too many", func(a *Account) { a.lists[0]++ }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, want := whole(), error(nil)
			if tt.damage(a); tt.name != "nothing" {
				want = ErrCorrupt
			}
			if err := new(Account).read(a.append(nil)); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		})
	}
}
