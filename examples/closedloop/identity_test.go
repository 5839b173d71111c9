package main

import (
	"encoding/csv"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/persona/identity"
)

// accountFiles writes what the built-in shop has before it knows who is who:
// orders by account, and the sightings.
func accountFiles(t *testing.T) (s *shop.Shop, orders, sightings string) {
	t.Helper()
	s, err := shop.Open(shop.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	out := csv.NewWriter(&b)
	_ = out.Write([]string{"order_id", "customer_id", "paid_at", "amount"})
	for o := range s.OrdersByAccount() {
		_ = out.Write([]string{o.ID, o.Customer, o.At.Format(time.DateTime), o.Amount.String()})
	}
	out.Flush()
	orders = file(t, "orders.csv", b.String())
	b.Reset()
	if err := s.WriteSightings(&b); err != nil {
		t.Fatal(err)
	}
	return s, orders, file(t, "sightings.csv", b.String())
}

// The built-in shop shows beside what accounts alone would tell; the same from
// files is what the analysis is of. What the shop knows stays as it is.
func TestIdentitiesBesideAndApplied(t *testing.T) {
	_, orders, sightings := accountFiles(t)
	_, beside := call(t)
	out, applied := call(t, "-orders", orders, "-identities", sightings, "-zone", "Asia/Shanghai")
	if beside.Identity.Applied || !applied.Identity.Applied {
		t.Errorf("applied to the shop %v and to the files %v, want false and true", beside.Identity.Applied, applied.Identity.Applied)
	}
	if beside.Input.Customers != 2882 || applied.Input.Customers != applied.Identity.Customers.After {
		t.Errorf("the analysis is of %d and %d customers", beside.Input.Customers, applied.Input.Customers)
	}
	want := *beside.Identity
	want.Source, want.Applied = sightings, true
	if diff := cmp.Diff(want, *applied.Identity); diff != "" {
		t.Errorf("identity (-built in +from files):\n%s", diff)
	}
	s := applied.Identity
	if s.Customers.Before != 3559 || s.Customers.After != 3133 || s.Vanished < 300 || s.OneTimers.Before-s.Vanished > s.OneTimers.After {
		t.Errorf("customers %+v, one-timers %+v, vanished %d", *s.Customers, *s.OneTimers, s.Vanished)
	}
	if len(s.Shared) != 1 || s.Shared[0].Count != 3 || s.Shared[0].Values[0] != "till-1" {
		t.Errorf("shared %+v, want the three tills", s.Shared)
	}
	if !strings.Contains(out, "Who is who: 3,559 names with orders are 3,133 people") {
		t.Errorf("summary:\n%s", out)
	}
}

// Of people whom the data show as one and who are not, nothing in the data says
// so: they share a phone number, and no name of which a person has one each.
func TestPeopleAgainstTheTruth(t *testing.T) {
	s, orders, file := accountFiles(t)
	in, err := read(options{orders: orders, identities: file, zone: "Asia/Shanghai"}, newProgress(os.Stderr, still))
	if err != nil {
		t.Fatal(err)
	}
	phones := map[string]map[string]bool{} // by account
	for v := range s.Sightings() {
		for _, account := range accountsOf(v) {
			if phones[account] == nil {
				phones[account] = map[string]bool{}
			}
			if v.Phone != "" {
				phones[account][v.Phone] = true
			}
		}
	}
	owners := map[identity.OneID]map[string][]string{} // accounts by customer
	people := map[string]map[identity.OneID]bool{}
	for account := range s.Accounts() {
		id, _ := in.sightings.id(account.ID)
		name, ok := in.who.people.OneID(id)
		if !ok {
			t.Fatalf("nobody has %s", account.ID)
		}
		if owners[name] == nil {
			owners[name] = map[string][]string{}
		}
		owners[name][account.Customer] = append(owners[name][account.Customer], account.ID)
		if people[account.Customer] == nil {
			people[account.Customer] = map[identity.OneID]bool{}
		}
		people[account.Customer][name] = true
	}
	wrong, parted := 0, 0
	for name, customers := range owners {
		if len(customers) == 1 {
			continue
		}
		wrong++
		kinds, numbers := map[string]bool{}, map[string]int{}
		for _, accounts := range customers {
			theirs := map[string]bool{}
			for _, account := range accounts {
				kind, _, _ := strings.Cut(account, ":")
				if kinds[kind] {
					t.Errorf("%s has two of %s: %v", name, kind, customers)
				}
				kinds[kind] = true
				for phone := range phones[account] {
					theirs[phone] = true
				}
			}
			for phone := range theirs {
				numbers[phone]++
			}
		}
		if !slices.ContainsFunc(slices.Collect(maps.Values(numbers)), func(n int) bool { return n > 1 }) {
			t.Errorf("%s is %v, who share no phone number", name, customers)
		}
	}
	for _, names := range people {
		if len(names) > 1 {
			parted++
		}
	}
	// All 36 left a relative's number where the relative has no account yet. The
	// 730 left no number, or with one account only.
	if len(people) != 3000 || wrong != 36 || parted != 730 {
		t.Errorf("of %d customers %d are several people, and %d people are several customers; want 3000, 730, 36", len(people), parted, wrong)
	}
}

func accountsOf(v shop.Sighting) (list []string) {
	for kind, value := range map[string]string{"account": v.Account, "openid": v.OpenID, "card": v.Card} {
		if value != "" {
			list = append(list, kind+":"+value)
		}
	}
	return list
}

// Whoever is asked for by one of their names is explained as a person.
func TestExplainAPerson(t *testing.T) {
	sightings := file(t, "sightings.csv", "at,account,card,phone\n2026-01-01,ann,7,13800138000\n2026-01-02,,8,139 0013 9000\n2026-01-03,bob,,+8613900139000\n")
	orders := file(t, "orders.csv", "customer,at,amount\ncard:8,2026-01-05,10\nbob,2026-01-07,20\naccount:ann,2026-01-08,5\nguest,2026-01-09,1\nguest,2026-01-09,2\n")
	args := []string{"-orders", orders, "-identities", sightings, "-identity-namespace", "account"}
	for _, name := range []string{"bob", "card:8", "phone:13900139000"} {
		out, _ := call(t, append(args, "-customer", name)...)
		if want := "seen as account:bob, card:8, phone:+8613900139000\n"; !strings.Contains(out, want) {
			t.Errorf("%s: want %q in\n%s", name, want, out)
		}
	}
	_, d := call(t, args...)
	want := identitySection{
		Source: sightings, Applied: true, Sightings: 3, SetAside: map[string]int{"account: no name": 1}, Unnamed: 1,
		Identifiers: 6, People: 2, Customers: &change{4, 3}, OneTimers: &change{3, 1}, Vanished: 2, Links: 4,
		Refused: []refusedSection{}, Shared: []sharedSection{},
	}
	if diff := cmp.Diff(want, *d.Identity); diff != "" {
		t.Errorf("identity (-want +got):\n%s", diff)
	}
}

// The key is a secret: with it names stay the same whatever else is seen.
func TestIdentityKey(t *testing.T) {
	rows := "at,account,phone\n2026-01-01,ann,13800138000\n"
	orders := file(t, "orders.csv", "customer,at,amount\nphone:13800138000,2026-01-05,10\n")
	key := file(t, "key", "sixteen bytes or more")
	name := func(sightings string, more ...string) string {
		out, _ := call(t, append(more, "-orders", orders, "-identities", file(t, "sightings.csv", sightings), "-customer", "account:ann")...)
		line, _, _ := strings.Cut(out, "\n")
		return line
	}
	other := rows + "2026-01-02,bob,13900139000\n"
	if a, b := name(rows), name(other); a == b || len(a) != len("customer ")+26 {
		t.Errorf("without a key %q and %q", a, b)
	}
	if a, b := name(rows, "-identity-key", key), name(other, "-identity-key", key); a != b || a == name(rows) {
		t.Errorf("with a key %q and %q", a, b)
	}
}

func TestIdentityMistakes(t *testing.T) {
	orders := file(t, "orders.csv", "customer,at,amount\nphone:1,2026-01-05,10\nann,2026-01-05,10\n")
	good := file(t, "sightings.csv", "at,account,phone\n2026-01-01,ann,13800138000\n")
	tests := []struct {
		name string
		code int
		args []string
		want []string
	}{
		{"no orders", 2, []string{"-identities", good}, []string{"-orders FILE"}},
		{"rules of nothing", 2, []string{"-orders", orders, "-identity-rules", good}, []string{"-identities FILE"}},
		{"a customer without a namespace", 1, []string{"-orders", orders, "-identities", good}, []string{orders + ": line 3", `"ann"`, "account, card", "-identity-namespace"}},
		{"no such namespace", 1, []string{"-orders", orders, "-identities", good, "-identity-namespace", "login"}, []string{"login", "account, card"}},
		{"a column that is no namespace", 1, []string{"-orders", orders, "-identities", file(t, "a.csv", "at,login\n2026-01-01,ann\n")}, []string{"a.csv: line 1", `"login"`, "account, card", "-identity-rules"}},
		{"no names", 1, []string{"-orders", orders, "-identities", file(t, "b.csv", "at,channel\n2026-01-01,app\n")}, []string{"b.csv: line 1", "no column of names"}},
		{"no time", 1, []string{"-orders", orders, "-identities", file(t, "c.csv", "account,phone\nann,1\n")}, []string{"c.csv", "time (at)", "identities.at"}},
		{"a time that is none", 1, []string{"-orders", orders, "-identities", file(t, "d.csv", "at,account\n2026-01-01,ann\nyesterday,bob\n")}, []string{"d.csv: line 3", "yesterday"}},
		{"rules that are none", 1, []string{"-orders", orders, "-identities", good, "-identity-rules", file(t, "rules.json", `{"namespaces":[{"name":"phone","prio":1}]}`)}, []string{"rules.json", "prio"}},
		{"a short key", 1, []string{"-orders", orders, "-identities", good, "-identity-key", file(t, "key", "short")}, []string{"5 bytes", "at least 16"}},
		{"columns of no file", 1, []string{"-orders", orders, "-columns", "identities.at=x"}, []string{"identities"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			message := fails(t, tt.code, tt.args...)
			for _, want := range tt.want {
				if !strings.Contains(message, want) {
					t.Errorf("want %q in %s", want, message)
				}
			}
		})
	}
}
