package main

import (
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/persona/identity"
)

// identityKeys lead the keys of -columns that are of the sightings.
const identityKeys = "identities"

// identityFlags reads who is who.
func (o *options) identityFlags(flags *flag.FlagSet) {
	flags.StringVar(&o.identities, "identities", "", "read from `FILE` which names of customers were seen together, and resolve them before all else: at, if you like event_id and channel, and a column for each kind of name, such as phone. "+
		"Customers of other files are then written as NAMESPACE:NAME, such as phone:13800138000")
	flags.StringVar(&o.identityRules, "identity-rules", "", "read the rules of -identities from `FILE`, as JSON (default: those of a shop)")
	flags.StringVar(&o.identityKey, "identity-key", "", "make people's names with the secret in `FILE`, so that they stay the same (default: with one made of the sightings)")
	flags.StringVar(&o.namespace, "identity-namespace", "", "what kind of `NAME` customers are that are written without one, such as member")
}

// checkIdentities finds flags that go with others which are not there.
func (o *options) checkIdentities() error {
	switch {
	case o.identities == "" && (o.identityRules != "" || o.identityKey != "" || o.namespace != ""):
		return errors.New("-identity-rules, -identity-key and -identity-namespace say how to resolve names: want -identities FILE too")
	case o.identities != "" && o.orders == "" && o.events == "":
		return errors.New("-identities says who the customers of a file are: want -orders FILE or -events FILE too")
	}
	return nil
}

// sightings are what was seen of people's names, and how to judge it.
type sightings struct {
	source   string // the file's path, or what stands for it
	rules    identity.Rules
	evidence identity.Evidence
	// namespace is that of customers who are written without one; empty if that
	// was not said.
	namespace identity.Namespace
	// rows were observed; nameless ones have a time and not one name.
	rows      int
	nameless  int
	malformed table.SetAside
}

// sighting is a row: the names that were seen together.
type sighting struct {
	event   string
	at      time.Time
	channel string
	values  []string // by namespace, in the order of the columns
}

// sightingSchema is the schema of files of sightings. The key at is required,
// event and channel are optional, and all other columns are namespaces.
func sightingSchema() table.Schema[sighting] {
	return table.Schema[sighting]{
		Name: "sightings", Rest: func(s *sighting) *[]string { return &s.values },
		Keys: []table.Key[sighting]{
			table.Optional(table.Text("event", func(s *sighting) *string { return &s.event },
				"event_id sighting_id 事件id", "event id")),
			table.Time("at", func(s *sighting) *time.Time { return &s.at },
				"event_time seen_at event_at 事件时间",
				"at date time datetime timestamp ts created_at 日期 时间"),
			table.Optional(table.Text("channel", func(s *sighting) *string { return &s.channel },
				"channel source 渠道", "store shop 门店")),
		},
	}
}

// shopRules are the rules of sightings that come without any: those of a shop,
// with an account and a card of which a person has one each, and one openid,
// since a column holds those of one mini-program.
func shopRules() identity.Rules {
	rules := identity.Shop()
	one := []identity.Limit{{Max: 1}}
	for i := range rules.Namespaces {
		if rules.Namespaces[i].Name == "openid" {
			rules.Namespaces[i].Limits = one
		}
	}
	rules.Namespaces = append(
		rules.Namespaces,
		identity.NamespaceRule{Name: "account", Priority: 1, Limits: one},
		identity.NamespaceRule{Name: "card", Priority: 1, Limits: one},
	)
	return rules
}

// readIdentities reads the sightings and their rules, if there are any.
func (in *input) readIdentities(o options, p *progress) error {
	if o.identities == "" {
		return nil
	}
	s := &sightings{source: o.identities, namespace: identity.Namespace(o.namespace), rules: shopRules()}
	if err := s.readRules(o); err != nil {
		return err
	}
	if s.namespace != "" && !s.declares(s.namespace) {
		return fmt.Errorf("-identity-namespace %s: the rules have no such namespace; there are %s", s.namespace, s.namespaces())
	}
	reader, err := table.Open(o.identities, sightingSchema(), table.Options{
		Columns: o.columns.Of(identityKeys), Layout: o.layout, Zone: in.zone, Lenient: o.lenient, Progress: p.report,
	})
	if err != nil {
		return leading(err, identityKeys, "at")
	}
	if err := errors.Join(s.read(reader), reader.Close()); err != nil {
		return err
	}
	p.done()
	in.sightings = s
	return s.readKey(o.identityKey)
}

// leading says how keys of -columns are led that are not of the orders.
func leading(err error, keys, example string) error {
	if !strings.Contains(err.Error(), "-columns") {
		return err
	}
	return fmt.Errorf("%w; keys of this file are led by %s., such as %s.%s", err, keys, keys, example)
}

func (s *sightings) readRules(o options) error {
	if o.identityRules == "" {
		return nil
	}
	text, err := os.ReadFile(o.identityRules)
	if err != nil {
		return err
	}
	if s.rules, err = identity.ParseRules(text, time.LoadLocation); err != nil {
		return fmt.Errorf("%s: %w", o.identityRules, err)
	}
	return nil
}

// readKey reads the secret that people's names are made with. Without one it is
// made of all that was seen: whoever knows less can't find out who is behind a
// name, but more sightings give other names.
func (s *sightings) readKey(path string) error {
	if path == "" {
		text, err := s.evidence.MarshalBinary()
		if err != nil {
			return err
		}
		sum := sha256.Sum256(text)
		s.rules.Key = sum[:]
		return nil
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if len(key) < identity.MinKeyBytes {
		return fmt.Errorf("%s: a key of %d bytes: want at least %d, drawn at random and kept secret", path, len(key), identity.MinKeyBytes)
	}
	s.rules.Key = key
	return nil
}

// read takes every row as an observation.
func (s *sightings) read(reader *table.Reader[sighting]) error {
	names := make([]identity.Namespace, 0, len(reader.Rest()))
	for _, column := range reader.Rest() {
		name := identity.Namespace(strings.ToLower(column))
		if !s.declares(name) {
			return fmt.Errorf("%s: line 1, column %q is no namespace of the rules: expected %s; say with -identity-rules FILE which there are",
				s.source, column, s.namespaces())
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return fmt.Errorf("%s: line 1: no column of names: expected a header, and columns such as %s", s.source, s.namespaces())
	}
	for reader.Next() {
		row := reader.Row()
		seen := identity.Observation{EventID: row.event, At: row.at, Source: row.channel}
		if seen.EventID == "" {
			seen.EventID = fmt.Sprintf("line %d", reader.Line())
		}
		for i, value := range row.values {
			if value != "" {
				seen.IDs = append(seen.IDs, names[i].ID(value))
			}
		}
		if len(seen.IDs) == 0 {
			s.nameless++
			continue
		}
		if err := s.evidence.Add(seen); err != nil {
			return fmt.Errorf("%s: line %d: %w", s.source, reader.Line(), err)
		}
		s.rows++
	}
	s.malformed = reader.SetAside()
	return reader.Err()
}

func (s *sightings) declares(name identity.Namespace) bool {
	return slices.ContainsFunc(s.rules.Namespaces, func(n identity.NamespaceRule) bool { return n.Name == name })
}

// namespaces lists those of the rules.
func (s *sightings) namespaces() string {
	var names []string
	for _, n := range s.rules.Namespaces {
		names = append(names, string(n.Name))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// id returns the identifier that a customer is written as, such as
// "openid:w1f03c55", or without a namespace that which was said to be meant.
func (s *sightings) id(customer string) (id identity.ID, ok bool) {
	name, value, led := strings.Cut(customer, ":")
	if led && s.declares(identity.Namespace(name)) {
		return identity.Namespace(name).ID(value), true
	}
	return s.namespace.ID(customer), s.namespace != ""
}

// checkCustomer finds a customer of a file of whom it isn't known what kind of
// name that is.
func (in *input) checkCustomer(file string, line int, customer string) error {
	if in.sightings == nil {
		return nil
	}
	if _, ok := in.sightings.id(customer); !ok {
		return fmt.Errorf("%s: line %d: customer %q: expected NAMESPACE:NAME with a namespace of %s; or say with -identity-namespace what customers without one are",
			file, line, customer, in.sightings.namespaces())
	}
	return nil
}
