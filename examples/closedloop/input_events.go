package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/funnel"
)

// eventLog are the events that were read.
type eventLog struct {
	source string // the file's path, or what stands for it
	rows   []table.Event
	labels []string // the names of the events' labels
	// malformed lines were set aside, if that was asked for.
	malformed table.SetAside
}

// eventKeys lead the keys of -columns that are of the events.
const eventKeys = "events"

// checkColumns finds columns of a file that was not given.
func (o *options) checkColumns() error {
	for _, file := range o.columns.Files() {
		if given := map[string]string{eventKeys: o.events, identityKeys: o.identities, profileKeys: o.profiles, spendKeys: o.growth.spend, termKeys: o.growth.terms, inviteKeys: o.growth.invites}; file != "" && given[file] == "" {
			return fmt.Errorf("-columns %s: there is no file of %s: want plain keys such as customer, and keys such as events.customer for those of -events FILE", &o.columns, file)
		}
	}
	return nil
}

// simulateEvents has the built-in shop's events and what it knows of its
// customers.
func (in *input) simulateEvents(s *shop.Shop) {
	in.events = &eventLog{source: in.source, labels: []string{"channel"}}
	for e := range s.Events() {
		in.events.rows = append(in.events.rows, table.Event{Customer: e.Customer, At: e.At, Name: e.Name, Labels: []string{e.Channel}})
	}
	in.profiles = map[string]shop.Profile{}
	for p := range s.Profiles() {
		in.profiles[p.Customer] = p
	}
}

// readEvents reads a file of events. Where there is no file of orders plain
// keys are of the events too.
func (in *input) readEvents(o options, p *progress) (err error) {
	columns := o.columns.Of(eventKeys)
	if o.orders == "" {
		columns = append(columns, o.columns.Of("")...)
	}
	reader, err := table.Open(o.events, table.Events(), table.Options{
		Columns: columns, Layout: o.layout, Zone: in.zone, Lenient: o.lenient, Progress: p.report,
	})
	if err != nil && o.orders != "" && strings.Contains(err.Error(), "-columns") {
		return fmt.Errorf("%w; keys of the events are led by %s., such as %s.customer", err, eventKeys, eventKeys)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	log := &eventLog{source: o.events, labels: reader.Rest()}
	for reader.Next() {
		row := reader.Row()
		if err := in.checkCustomer(o.events, reader.Line(), row.Customer); err != nil {
			return err
		}
		log.rows = append(log.rows, row)
	}
	p.done()
	log.malformed = reader.SetAside()
	in.events = log
	return reader.Err()
}

// last returns when the last event happened; zero without events.
func (l *eventLog) last() (last time.Time) {
	for i := range l.rows {
		if l.rows[i].At.After(last) {
			last = l.rows[i].At
		}
	}
	return last
}

// readFunnel reads the steps of the funnel, if a file of them was given.
func (in *input) readFunnel(path string) error {
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	f, err := funnel.Parse(text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	in.funnel = &f
	return nil
}
