package loyalty_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

// coreOf is the core without an engine: what a host writes that loads and
// commits in its own way.
type coreOf struct {
	rules *loyalty.Rules
	store *loyalty.Memory
	view  loyalty.View
}

func (h *coreOf) decide(c *loyalty.Command, now time.Time) (*loyalty.Decision, error) {
	h.view.Reset()
	for {
		ids, counters, err := h.rules.Needs(&h.view, c)
		if err != nil {
			return nil, err
		}
		if len(ids)+len(counters) == 0 {
			return h.rules.Decide(&h.view, c, now)
		}
		records, values, err := h.store.Load(context.Background(), ids, counters)
		if err != nil {
			return nil, err
		}
		if err := h.view.Fill(records, counters, values); err != nil {
			return nil, err
		}
	}
}

// Property: what a decision leaves in an account has the bytes that its entries
// come to one by one, and that the decision writes; accounts that it does not
// write stay as they are.
func TestDecisionApply(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := loyaltytest.Programs(time.UTC).Draw(t, "program")
		rules, err := loyalty.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		h := &coreOf{rules: rules, store: loyalty.NewMemory()}
		accounts := make([]struct{ decided, folded, head loyalty.Account }, len(loyaltytest.Members))
		now := monday
		for range rapid.IntRange(1, 30).Draw(t, "commands") {
			now = now.Add(loyaltytest.Steps().Draw(t, "step"))
			c := loyaltytest.Commands(p, now).Draw(t, "command")
			d, err := h.decide(&c, now)
			if err != nil {
				continue
			}
			if rapid.Bool().Draw(t, "batch first") {
				d.Batch()
			}
			for i, name := range loyaltytest.Members {
				id := loyalty.AccountID{Program: p.Name, Member: name}
				applied(t, d, id, &accounts[i].decided, &accounts[i].folded, &accounts[i].head)
			}
			if len(d.Batch().Records) > 0 {
				if err := h.store.Commit(context.Background(), d.Batch()); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// applied applies a decision in three ways that must be one.
func applied(t *rapid.T, d *loyalty.Decision, id loyalty.AccountID, decided, folded, head *loyalty.Account) {
	if err := d.Apply(id, decided); err != nil {
		t.Fatal(err)
	}
	for i := range d.Entries {
		if d.Entries[i].Account == id {
			if err := folded.Apply(&d.Entries[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, r := range d.Batch().Records {
		if r.ID == id.Record() {
			if err := head.UnmarshalBinary(r.Body); err != nil {
				t.Fatal(err)
			}
		}
	}
	if a, b, c := bytesOf(t, decided), bytesOf(t, folded), bytesOf(t, head); !bytes.Equal(a, b) || !bytes.Equal(b, c) {
		t.Fatalf("%q:\ndecided %x\nfolded  %x\nwritten %x", id.Member, a, b, c)
	}
}

func bytesOf(t interface{ Fatal(args ...any) }, a *loyalty.Account) []byte {
	data, err := a.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// An account that is not as the view had it takes the entries one by one, if
// they follow; a rejection changes none.
func TestDecisionApplyToOthers(t *testing.T) {
	rules, err := loyalty.Compile(cafe())
	if err != nil {
		t.Fatal(err)
	}
	h := &coreOf{rules: rules, store: loyalty.NewMemory()}
	do := func(key string, c loyalty.Command) *loyalty.Decision {
		c.Key, c.Member, c.OccurredAt = key, "ada", monday
		d, err := h.decide(&c, monday)
		if err == nil && len(d.Batch().Records) > 0 {
			err = h.store.Commit(t.Context(), d.Batch())
		}
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	ada := loyalty.AccountID{Program: "cafe", Member: "ada"}
	var account, other loyalty.Account
	if err := do("1", grant(100)).Apply(ada, &account); err != nil {
		t.Fatal(err)
	}
	if err := do("2", grant(1)).Apply(ada, &other); !errors.Is(err, loyalty.ErrCorrupt) {
		t.Errorf("entry 2 of an account without entry 1: %v", err)
	}
	// The account lacks entry 2; its own next is not what was decided.
	d := do("3", redeem(30))
	if err := d.Apply(ada, &account); !errors.Is(err, loyalty.ErrCorrupt) {
		t.Errorf("entry 3 of an account without entry 2: %v", err)
	}
	if err := d.Apply(loyalty.AccountID{Program: "cafe", Member: "bo"}, &other); err != nil {
		t.Errorf("entries of another: %v", err)
	}
	before := fmt.Sprint(account)
	if err := do("4", redeem(1000)).Apply(ada, &account); err != nil || fmt.Sprint(account) != before {
		t.Errorf("a rejection changed an account: %v", err)
	}
	if err := do("3", redeem(30)).Apply(ada, &account); err != nil || fmt.Sprint(account) != before {
		t.Errorf("a decision made before changed an account: %v", err)
	}
}

func ExampleDecision_Apply() {
	rules, err := loyalty.Compile(cafe())
	if err != nil {
		fmt.Println(err)
		return
	}
	h := &coreOf{rules: rules, store: loyalty.NewMemory()}
	c := grant(100)
	c.Key, c.Member, c.OccurredAt = "welcome", "m42", monday
	decision, err := h.decide(&c, monday)
	if err != nil {
		fmt.Println(err)
		return
	}
	var account loyalty.Account // kept by the host beside its store
	err = decision.Apply(loyalty.AccountID{Program: "cafe", Member: "m42"}, &account)
	fmt.Println(rules.Statement(&account, "m42", monday).Balances[0].Available, err)
	// Output:
	// 100 <nil>
}

// A host that knows what a command needs fills it in unasked. The answer is the
// same, and an account that it lends is as one that is read.
func TestDecideUnasked(t *testing.T) {
	p := cafe()
	p.Rules[0].When.Weekdays = []string{"mon"}
	rules, err := loyalty.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	h := &coreOf{rules: rules, store: loyalty.NewMemory()}
	ada := loyalty.AccountID{Program: "cafe", Member: "ada"}
	var account loyalty.Account
	var view loyalty.View
	for day := range 3 { // on the last two the rule says no
		now := monday.AddDate(0, 0, day)
		c := order("", 10)
		c.Key, c.Member, c.OccurredAt = now.Weekday().String(), "ada", now
		asked, err := h.decide(&c, now)
		if err != nil {
			t.Fatal(err)
		}
		view.Reset()
		key := loyalty.Record{ID: loyalty.RecordID{Program: "cafe", Kind: loyalty.KindKey, Name: c.Key}}
		if err := view.Fill([]loyalty.Record{key}, nil, nil); err != nil {
			t.Fatal(err)
		}
		view.FillAccount(ada, uint64(day), &account)
		unasked, err := rules.Decide(&view, &c, now)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(asked.Batch(), unasked.Batch()); diff != "" {
			t.Errorf("day %d (-asked +unasked):\n%s", day, diff)
		}
		if err := h.store.Commit(t.Context(), asked.Batch()); err != nil {
			t.Fatal(err)
		}
		if err := unasked.Apply(ada, &account); err != nil {
			t.Fatal(err)
		}
	}
}

// An account that was lent is never written to, though the view is used again.
func TestFillAccountIsLent(t *testing.T) {
	rules, err := loyalty.Compile(cafe())
	if err != nil {
		t.Fatal(err)
	}
	h := &coreOf{rules: rules, store: loyalty.NewMemory()}
	c := order("", 10)
	c.Key, c.Member, c.OccurredAt = "1", "ada", monday
	d, err := h.decide(&c, monday)
	if err != nil {
		t.Fatal(err)
	}
	batch := d.Batch()
	var head loyalty.Record
	for _, r := range batch.Records {
		if r.ID.Kind == loyalty.KindAccount {
			head = loyalty.Record{ID: r.ID, Version: 1, Body: bytes.Clone(r.Body)}
		}
	}
	id := loyalty.AccountID{Program: "cafe", Member: "ada"}
	var lent loyalty.Account
	want := bytesOf(t, &lent)

	var view loyalty.View
	view.FillAccount(id, 1, &lent)
	if err := view.Fill([]loyalty.Record{head}, nil, nil); err != nil { // in its place
		t.Fatal(err)
	}
	view.FillAccount(id, 1, &lent)
	view.Reset()
	for range 2 { // takes what room the view has
		if err := view.Fill([]loyalty.Record{head}, nil, nil); err != nil {
			t.Fatal(err)
		}
		head.ID.Name += "x"
	}
	if got := bytesOf(t, &lent); !bytes.Equal(got, want) {
		t.Errorf("the account that was lent became %x", got)
	}
}
