package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/persona"
)

// profileKeys lead the keys of -columns that are of the profiles.
const profileKeys = "profiles"

// profileTable is what customers told, as a file has it.
type profileTable struct {
	source  string // the file's path, or what stands for it
	columns []string
	rows    []profileRow
	// numbered says that the file does not say who the customers are: the rows
	// are numbered from 1.
	numbered  bool
	malformed table.SetAside

	schema *persona.Schema // nil if it is to be found in the values
	tags   []persona.Tag   // nil if they are to be found in the schema
	group  string          // what -group says
}

// profileRow is what was known of a customer, at a time if the file has one.
type profileRow struct {
	customer string
	at       time.Time
	line     int
	values   []string // in the order of the columns; empty where unknown
}

// profileSchema is the schema of files of profiles. All columns but those of
// its keys are attributes.
func profileSchema() table.Schema[profileRow] {
	return table.Schema[profileRow]{
		Name: "profiles", Rest: func(r *profileRow) *[]string { return &r.values },
		Keys: []table.Key[profileRow]{
			table.Optional(table.Text("customer", func(r *profileRow) *string { return &r.customer },
				"customer_id cust_id user_id member_id client_id account_id 客户id 用户id 会员id",
				"customer user member client id 客户 用户 会员")),
			table.Optional(table.Time("at", func(r *profileRow) *time.Time { return &r.at },
				"updated_at observed_at 更新时间")),
		},
	}
}

// profileFlags reads who the customers are.
func (o *options) profileFlags(flags *flag.FlagSet) {
	flags.StringVar(&o.profiles, "profiles", "", "read what customers told from `FILE`: a column with the customer, if you like updated_at, and a column for each attribute")
	flags.StringVar(&o.schema, "schema", "", "read what the attributes of -profiles are from `FILE`, as JSON (default: found in the values)")
	flags.StringVar(&o.tags, "tags", "", "read the tags that customers get from `FILE`, as JSON (default: one for each attribute of few values)")
	flags.StringVar(&o.group, "group", "", "portray `WHOM`: a label such as segment=champions, an attribute such as city=Wuhan, or a rule as JSON or in a file of it (default layer=core)")
}

// checkProfiles finds flags that go with others which are not there.
func (o *options) checkProfiles() error {
	builtIn := o.orders == "" && o.events == "" && o.profiles == ""
	switch {
	case o.schema != "" && o.profiles == "":
		return errors.New("-schema says what the attributes of profiles are: want -profiles FILE too")
	case !builtIn && o.profiles == "" && (o.tags != "" || o.group != ""):
		return errors.New("-tags and -group are about what is known of customers: want -profiles FILE too")
	case o.profiles != "" && o.orders == "" && o.events == "" && o.asOf == "":
		return errors.New("profiles alone don't tell the day from which to look back: want -asof DATE too")
	}
	return nil
}

// readProfiles reads the profiles, if there are any.
func (in *input) readProfiles(o options, p *progress) error {
	if o.profiles == "" {
		return nil
	}
	reader, err := table.Open(o.profiles, profileSchema(), table.Options{
		Columns: o.columns.Of(profileKeys), Layout: o.layout, Zone: in.zone, Lenient: o.lenient, Progress: p.report,
	})
	if err != nil {
		return leading(err, profileKeys, "customer")
	}
	in.people = &profileTable{source: o.profiles}
	if err := errors.Join(in.people.read(reader, in), reader.Close()); err != nil {
		return err
	}
	p.done()
	return in.people.readSchema(o)
}

// simulateProfiles has what customers of the built-in shop told.
func (in *input) simulateProfiles(s *shop.Shop, o options) error {
	var file bytes.Buffer
	if err := s.WriteProfiles(&file); err != nil {
		return err
	}
	reader, err := table.New(&file, in.source, profileSchema(), table.Options{Zone: in.zone})
	if err != nil {
		return err
	}
	in.people = &profileTable{source: in.source}
	if err := in.people.read(reader, in); err != nil {
		return err
	}
	return in.people.readSchema(o)
}

func (t *profileTable) read(reader *table.Reader[profileRow], in *input) error {
	t.columns = reader.Rest()
	if len(t.columns) == 0 {
		return fmt.Errorf("%s: line 1: no column of attributes: expected a header, and a column for each", t.source)
	}
	t.numbered = true
	for _, c := range reader.Columns() {
		t.numbered = t.numbered && c.Key != "customer"
	}
	if t.numbered && (in.orders != nil || in.events != nil) {
		return fmt.Errorf("%s: line 1: can't tell the column of customers: name it with -columns %s.customer=…; the columns are %q", t.source, profileKeys, t.columns)
	}
	for reader.Next() {
		row := reader.Row()
		row.line = reader.Line()
		if t.numbered {
			row.customer = fmt.Sprint(len(t.rows) + 1)
		} else if row.customer == "" {
			return fmt.Errorf("%s: line %d: empty customer: expected a value", t.source, row.line)
		} else if err := in.checkCustomer(t.source, row.line, row.customer); err != nil {
			return err
		}
		t.rows = append(t.rows, row)
	}
	t.malformed = reader.SetAside()
	if err := reader.Err(); err != nil {
		return err
	}
	if len(t.rows) == 0 {
		return fmt.Errorf("%s: line 2: no rows: expected one for each customer", t.source)
	}
	return nil
}

// readSchema reads what the attributes are, the tags, and whom to portray, as
// far as it was said.
func (t *profileTable) readSchema(o options) error {
	t.group = o.group
	if o.schema != "" {
		text, err := os.ReadFile(o.schema)
		if err != nil {
			return err
		}
		if t.schema, err = persona.ParseSchema(text, time.LoadLocation); err != nil {
			return fmt.Errorf("%s: %w", o.schema, err)
		}
		for _, column := range t.columns {
			if _, ok := t.schema.Index(column); !ok {
				return fmt.Errorf("%s: line 1, column %q is no attribute of %s: expected %s", t.source, column, o.schema, enumerated(attributeNames(t.schema)))
			}
		}
	}
	if o.tags == "" {
		return nil
	}
	text, err := os.ReadFile(o.tags)
	if err != nil {
		return err
	}
	if t.tags, err = persona.ParseTags(text); err != nil {
		return fmt.Errorf("%s: %w", o.tags, err)
	}
	return nil
}

func attributeNames(s *persona.Schema) (names []string) {
	for i := range s.Len() {
		names = append(names, s.Attribute(i).Name)
	}
	return names
}
