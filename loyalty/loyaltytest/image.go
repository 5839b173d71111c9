package loyaltytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/loyalty"
)

// image is all that a store has of a program, in one text: accounts, journals,
// and what was asked and answered under keys. It leaves out versions, since a
// sweep or two may have come between.
func (r *rig) image(keys []string, counters ...loyalty.CounterID) string {
	r.t.Helper()
	var b strings.Builder
	for _, member := range r.members() {
		id := loyalty.AccountID{Program: r.program.Name, Member: member}
		head := r.load(id.Record())
		fmt.Fprintf(&b, "%s due %v: %x\n", member, head.Due, head.Body)
		for _, e := range r.journal(member) {
			fmt.Fprintf(&b, "%s %d, kind %d, %v, %v: %x by %x\n", member, e.Seq, e.Kind, e.OccurredAt, e.RecordedAt, e.Body, e.Command)
		}
		if err := r.engine.Verify(r.ctx, member); err != nil {
			r.t.Errorf("Verify: %v", err)
		}
	}
	for _, key := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		record := r.load(loyalty.RecordID{Program: r.program.Name, Kind: loyalty.KindKey, Name: key})
		fmt.Fprintf(&b, "key %s: %x\n", key, record.Body)
	}
	for _, id := range counters {
		id.Program = r.program.Name
		_, values, err := r.store.Load(r.ctx, nil, []loyalty.CounterID{id})
		if err != nil {
			r.t.Fatal(err)
		}
		fmt.Fprintf(&b, "counter %d of %d: %d\n", id.Kind, id.Number, values[0])
	}
	return b.String()
}

func (r *rig) load(id loyalty.RecordID) loyalty.Record {
	r.t.Helper()
	records, _, err := r.store.Load(r.ctx, []loyalty.RecordID{id}, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return records[0]
}

func (r *rig) journal(member string) []loyalty.Entry {
	r.t.Helper()
	entries, err := r.store.Entries(r.ctx, loyalty.AccountID{Program: r.program.Name, Member: member}, 0, 100_000)
	if err != nil {
		r.t.Fatal(err)
	}
	return entries
}

// members are all that have an account.
func (r *rig) members() (members []string) {
	r.t.Helper()
	page, err := r.store.Scan(r.ctx, loyalty.Scan{Program: r.program.Name, Limit: 100_000})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, d := range page {
		members = append(members, d.Member)
	}
	return members
}

// firstDifference is the first line in which two images differ.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return fmt.Sprintf("line %d is missing: %s", i+1, b[i])
		case i >= len(b):
			return fmt.Sprintf("line %d is too many: %s", i+1, a[i])
		case a[i] != b[i]:
			return fmt.Sprintf("line %d is\n\t%s\n\twant\n\t%s", i+1, a[i], b[i])
		}
	}
	return "none"
}

// books adds up journals without the engine: for each wallet what every pot has.
func (r *rig) books(member string) map[uint8]map[loyalty.Pot]int64 {
	r.t.Helper()
	events, err := r.engine.History(r.ctx, member, 0, 100_000)
	if err != nil {
		r.t.Fatal(err)
	}
	pots := map[uint8]map[loyalty.Pot]int64{}
	for _, e := range events {
		for _, m := range e.Moves {
			if pots[m.Wallet] == nil {
				pots[m.Wallet] = map[loyalty.Pot]int64{}
			}
			pots[m.Wallet][m.From] -= m.Points
			pots[m.Wallet][m.To] += m.Points
		}
	}
	return pots
}

// conserves checks that no point was lost or made: what a member holds is what
// the journal's moves come to, what was sent was received, and what was issued
// is what is said.
func (r *rig) conserves(issued int64) {
	r.t.Helper()
	got, sent, received := int64(0), int64(0), int64(0)
	for _, member := range r.members() {
		if err := r.engine.Verify(r.ctx, member); err != nil {
			r.t.Errorf("Verify: %v", err)
		}
		st, err := r.engine.Balance(r.ctx, r.now, member)
		if err != nil {
			r.t.Fatal(err)
		}
		books := r.books(member)
		for i, w := range r.program.Wallets {
			pots := books[w.ID]
			want := loyalty.Balance{Wallet: w.Name, Available: pots[loyalty.PotAvailable], Pending: pots[loyalty.PotPending], Held: pots[loyalty.PotHeld], Debt: -pots[loyalty.PotDebt]}
			if st.Balances[i] != want {
				r.t.Errorf("%s holds %+v, the journal comes to %+v", member, st.Balances[i], want)
			}
			got -= pots[loyalty.PotIssued]
			sent += pots[loyalty.PotSent]
			received -= pots[loyalty.PotReceived]
		}
	}
	if got != issued {
		r.t.Errorf("%d points were issued, the receipts say %d", got, issued)
	}
	if sent != received {
		r.t.Errorf("%d points were sent, %d received", sent, received)
	}
}

// once checks that each of the keys is in the journals once, and nothing else is.
func (r *rig) once(keys []string) {
	r.t.Helper()
	found := map[string]int{}
	for _, member := range r.members() {
		for _, e := range r.journal(member) {
			if len(e.Command) == 0 {
				continue
			}
			var c loyalty.Command
			if err := c.UnmarshalBinary(e.Command); err != nil {
				r.t.Fatal(err)
			}
			found[c.Key]++
		}
	}
	for _, key := range keys {
		if found[key] != 1 {
			r.t.Errorf("the command of key %q was done %d times", key, found[key])
		}
		delete(found, key)
	}
	for key, n := range found {
		r.t.Errorf("the command of key %q was done %d times, and was said to be refused", key, n)
	}
}
