package main

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/persona/identity"
	"github.com/regulars-go/regulars/rfm"
)

// shownValues is how many shared identifiers the document lists.
const shownValues = 20

// union is who is who: the names under which orders were made, and the people
// behind them.
type union struct {
	sightings *sightings
	people    *identity.People
	// applied says that the analysis is of people. It is not of those of the
	// built-in shop, which knows its customers: there the union shows what it
	// would be to know accounts only.
	applied bool
	// names are the people by what customers are called; who names nobody keeps
	// the name that the file has.
	names   map[string]string
	section *identitySection
}

// unite finds out who is who, and calls every customer by the person's name.
func (in *input) unite() error {
	if in.sightings == nil {
		return nil
	}
	u, err := newUnion(in.sightings, in.asOf, in.customers())
	if err != nil {
		return err
	}
	if err := u.count(in.orders, in.rowPolicy(in.asOf)); err != nil {
		return err
	}
	u.applied, u.section.Applied = true, true
	for i := range in.orders {
		in.orders[i].Customer = u.name(in.orders[i].Customer)
	}
	if in.events != nil {
		for i := range in.events.rows {
			in.events.rows[i].Customer = u.name(in.events.rows[i].Customer)
		}
	}
	in.who = u
	return nil
}

// uniteAccounts shows, for the built-in shop, what it is to know accounts only.
func (in *input) uniteAccounts(s *shop.Shop) error {
	var file bytes.Buffer
	if err := s.WriteSightings(&file); err != nil {
		return err
	}
	reader, err := table.New(&file, in.source, sightingSchema(), table.Options{Zone: in.zone})
	if err != nil {
		return err
	}
	seen := &sightings{source: in.source, rules: shopRules()}
	if err := seen.read(reader); err != nil {
		return err
	}
	if err := seen.readKey(""); err != nil {
		return err
	}
	orders := slices.Collect(s.OrdersByAccount())
	in.beside = func(in *input) (*union, error) {
		u, err := newUnion(seen, in.asOf, ordersBy(orders))
		if err != nil {
			return nil, err
		}
		return u, u.count(orders, in.rowPolicy(in.asOf))
	}
	return nil
}

// customers ranges over the names of customers and when each was seen by that.
func (in *input) customers() iter.Seq2[string, time.Time] {
	return func(yield func(string, time.Time) bool) {
		for name, at := range ordersBy(in.orders) {
			if !yield(name, at) {
				return
			}
		}
		if in.events != nil {
			for i := range in.events.rows {
				if e := &in.events.rows[i]; !yield(e.Customer, e.At) {
					return
				}
			}
		}
		if in.people == nil {
			return
		}
		for i := range in.people.rows {
			if !yield(in.people.rows[i].customer, in.asOf) {
				return
			}
		}
	}
}

func ordersBy(orders []table.Order) iter.Seq2[string, time.Time] {
	return func(yield func(string, time.Time) bool) {
		for i := range orders {
			if !yield(orders[i].Customer, orders[i].At) {
				return
			}
		}
	}
}

// newUnion resolves what was seen up to asOf. That a customer did something is
// a sighting too, of one name.
func newUnion(s *sightings, asOf time.Time, customers iter.Seq2[string, time.Time]) (*union, error) {
	first := map[string]time.Time{}
	for customer, at := range customers {
		if was, ok := first[customer]; !ok || at.Before(was) {
			first[customer] = at
		}
	}
	for _, customer := range slices.Sorted(maps.Keys(first)) {
		id, _ := s.id(customer)
		seen := identity.Observation{EventID: "customer " + customer, IDs: []identity.ID{id}, At: first[customer]}
		if err := s.evidence.Add(seen); err != nil {
			return nil, fmt.Errorf("customer %q: %w", customer, err)
		}
	}
	s.rules.AsOf = asOf
	people, err := identity.Resolve(&s.evidence, s.rules)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.source, err)
	}
	u := &union{sightings: s, people: people, names: map[string]string{}}
	u.section = u.newSection()
	for customer := range first {
		u.names[customer] = customer
		id, _ := s.id(customer)
		if name, ok := people.OneID(id); ok {
			u.names[customer] = string(name)
		} else if !first[customer].After(asOf) {
			u.section.Unnamed++
		}
	}
	return u, nil
}

// name returns the name of the person that a customer is.
func (u *union) name(customer string) string {
	if name, ok := u.names[customer]; ok {
		return name
	}
	if id, ok := u.sightings.id(customer); ok {
		if name, ok := u.people.OneID(id); ok {
			return string(name)
		}
	}
	return customer
}

// count compares the customers before and after.
func (u *union) count(orders []table.Order, policy rfm.LinePolicy) error {
	if orders == nil {
		return nil
	}
	before, err := tallied(orders, policy, func(customer string) string { return customer })
	if err != nil {
		return err
	}
	after, err := tallied(orders, policy, u.name)
	if err != nil {
		return err
	}
	s := u.section
	s.Customers = &change{before.Len(), after.Len()}
	s.OneTimers = &change{}
	for customer, record := range before.All() {
		if record.Orders != 1 {
			continue
		}
		s.OneTimers.Before++
		if of, _ := after.Record(u.name(customer)); of.Orders != 1 {
			s.Vanished++
		}
	}
	for _, record := range after.All() {
		if record.Orders == 1 {
			s.OneTimers.After++
		}
	}
	return nil
}

// tallied sums the orders up by what a customer is called.
func tallied(orders []table.Order, policy rfm.LinePolicy, name func(string) string) (*rfm.Tally[string], error) {
	found, err := rfm.Consolidate(func(yield func(rfm.Line[string]) bool) {
		for i := range orders {
			o := &orders[i]
			if !yield(rfm.Line[string]{Customer: name(o.Customer), Order: o.ID, At: o.At, Amount: o.Amount}) {
				return
			}
		}
	}, policy)
	if err != nil {
		return nil, err
	}
	return found.Tally()
}

// identify notes who is who: the people that the analysis is of, or beside it
// what accounts alone would have told.
func (a *analysis) identify() (err error) {
	a.who = a.in.who
	if a.who == nil && a.in.beside != nil {
		a.who, err = a.in.beside(a.in)
	}
	return err
}

// person returns the customer who is meant by any of their names.
func (a *analysis) person(id string) string {
	if a.who == nil || !a.who.applied {
		return id
	}
	return a.who.name(id)
}

// explainNames says what else somebody is called.
func (a *analysis) explainNames(b *strings.Builder, id string) {
	if a.who == nil || !a.who.applied {
		return
	}
	if p, ok := a.who.people.Person(identity.OneID(id)); ok {
		names := make([]string, len(p.Members))
		for i, m := range p.Members {
			names[i] = m.ID.String()
		}
		fmt.Fprintf(b, "seen as %s\n", strings.Join(names, ", "))
	}
}

// identitySection says who is who: which names are one person's.
type identitySection struct {
	Source string `json:"source"`
	// Applied says that the rest of the document is of people. If not, it is of
	// the customers that the built-in shop knows, and this part shows beside it
	// what would be seen if it knew accounts only.
	Applied bool `json:"applied"`
	// Sightings came in, up to the as-of day or later; what was set aside is by
	// reason, rows and names alike.
	Sightings int            `json:"sightings"`
	SetAside  map[string]int `json:"setAside"`
	// Unnamed customers have a name that is nobody's, such as "guest". Each stays
	// as the orders have it.
	Unnamed     int `json:"unnamed"`
	Identifiers int `json:"identifiers"`
	People      int `json:"people"`
	// Customers and OneTimers are null without orders. Before counts names, After
	// people. Vanished are names with one order of people with more.
	Customers *change `json:"customers"`
	OneTimers *change `json:"oneTimers"`
	Vanished  int     `json:"vanished"`
	// Links say that two names are one person's; Refused would have broken a rule.
	Links   int              `json:"links"`
	Refused []refusedSection `json:"refused"`
	// Shared are names of everybody, which link nobody.
	Shared []sharedSection `json:"shared"`
}

type change struct {
	Before int `json:"before"`
	After  int `json:"after"`
}

// refusedSection counts links that one rule refused. Namespace and Max are of a
// limit.
type refusedSection struct {
	Constraint string `json:"constraint"`
	Namespace  string `json:"namespace,omitzero"`
	Max        int    `json:"max"`
	Links      int    `json:"links"`
}

// sharedSection counts shared names; Values are the first of them.
type sharedSection struct {
	Namespace string   `json:"namespace"`
	Count     int      `json:"count"`
	Values    []string `json:"values"`
}

func (u *union) newSection() *identitySection {
	r := u.people.Report()
	s := &identitySection{
		Source: u.sightings.source, Sightings: u.sightings.rows, SetAside: map[string]int{}, Identifiers: r.Identifiers, People: r.People, Links: r.Links,
		Refused: []refusedSection{}, Shared: []sharedSection{},
	}
	if u.sightings.nameless > 0 {
		s.SetAside["row without a name"] = u.sightings.nameless
	}
	for _, m := range u.sightings.malformed.Reasons {
		s.SetAside[string(m.Reason)] = int(m.Rows)
	}
	for _, b := range r.SetAside {
		s.SetAside[fmt.Sprintf("%s: %s", b.Namespace, b.Flaw)] = b.Count
	}
	for _, refused := range r.Refused {
		s.Refused = append(s.Refused, refusedSection{
			Constraint: string(refused.Constraint), Namespace: string(refused.Namespace), Max: u.most(refused), Links: refused.Count,
		})
	}
	for id := range u.people.Shared() {
		last := len(s.Shared) - 1
		if last < 0 || s.Shared[last].Namespace != string(id.Namespace) {
			s.Shared = append(s.Shared, sharedSection{Namespace: string(id.Namespace)})
			last++
		}
		if s.Shared[last].Count++; len(s.Shared[last].Values) < shownValues {
			s.Shared[last].Values = append(s.Shared[last].Values, id.Value)
		}
	}
	return s
}

// most returns the number that a refused link would have gone beyond; 0 for a
// verdict.
func (u *union) most(r identity.RefusedBy) int {
	if r.Constraint == identity.ConstraintSize {
		return cmp.Or(u.sightings.rules.MaxIDs, 500) // the default of the rules
	}
	for _, n := range u.sightings.rules.Namespaces {
		if n.Name == r.Namespace && r.Limit < len(n.Limits) {
			return n.Limits[r.Limit].Max
		}
	}
	return 0
}

// identitySection returns who is who; nil if there are no sightings.
func (a *analysis) identitySection() *identitySection {
	if a.who == nil {
		return nil
	}
	return a.who.section
}

// summarise says what it is to know who is who.
func (u *union) summarise(b *strings.Builder) {
	s := u.section
	if s.Customers == nil {
		fmt.Fprintf(b, "Who is who: %s are %s.\n", counted(s.Identifiers, "name"), peopleInWords(s.People))
		return
	}
	what := ""
	if !s.Applied {
		what = " (by accounts alone, beside the above)"
	}
	fmt.Fprintf(b, "Who is who%s: %s with orders are %s; %s of %s are none after all.\n", what,
		counted(s.Customers.Before, "name"), peopleInWords(s.Customers.After), count(s.Vanished), counted(s.OneTimers.Before, "one-timer"))
	refused := 0
	for _, r := range s.Refused {
		refused += r.Links
	}
	shared := 0
	for _, v := range s.Shared {
		shared += v.Count
	}
	fmt.Fprintf(b, "%s of %s refused; %s of everybody.\n", count(refused), counted(s.Links, "link"), counted(shared, "name"))
}

func peopleInWords(n int) string {
	if n == 1 {
		return "1 person"
	}
	return count(n) + " people"
}
