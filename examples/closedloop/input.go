package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/regulars-go/regulars/examples/internal/shop"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/rfm"
)

// input is what was read: order rows, and how to look at them.
type input struct {
	source string // the file's path, or what stands for it
	zone   *time.Location
	asOf   time.Time      // the end of a local day
	since  time.Time      // the end of an earlier one; zero if there is none
	orders []table.Order  // nil if unknown
	lines  bool           // whether rows of one order ID are its lines
	visits []shop.Visit   // nil if unknown
	events *eventLog      // nil if unknown
	funnel *funnel.Funnel // nil for that of the built-in shop
	// program is the loyalty program of programFile, nil for the preset, and seed
	// that of all chance.
	program     *loyalty.Program
	programFile string
	seed        uint64
	// profiles are what customers told, by customer; nil if unknown.
	profiles map[string]shop.Profile
	// sightings are what was seen of customers' names, nil if unknown, and who is
	// what they come to. The built-in shop, which knows who is who, has beside
	// instead.
	sightings *sightings
	who       *union
	beside    func(*input) (*union, error)
	people    *profileTable // nil if unknown
	growth    growthInput
	// malformed lines were set aside, if that was asked for.
	malformed table.SetAside
}

// read opens the built-in shop or a file.
func read(o options, p *progress) (*input, error) {
	in := &input{source: "built-in shop", zone: time.UTC, lines: o.lines, seed: o.seed}
	builtIn := o.orders == "" && o.events == "" && o.profiles == ""
	if builtIn {
		in.zone = shop.Shanghai()
	}
	if o.zone != "" {
		zone, err := time.LoadLocation(o.zone)
		if err != nil {
			return nil, fmt.Errorf("-zone: %w; want a name such as Asia/Shanghai", err)
		}
		in.zone = zone
	}
	if err := errors.Join(o.checkColumns(), in.readFunnel(o.funnel), in.readProgram(o.program), in.readIdentities(o, p)); err != nil {
		return nil, err
	}
	var err error
	if builtIn {
		err = in.simulate(o)
	} else {
		err = in.readFiles(o, p)
	}
	if err != nil {
		return nil, err
	}
	if in.asOf, err = in.endOfDay("-asof", o.asOf); err != nil {
		return in, err
	}
	if err = in.unite(); err != nil || o.since == "" {
		return in, err
	}
	if in.since, err = in.endOfDay("-since", o.since); err == nil && !in.since.Before(in.asOf) {
		err = fmt.Errorf("-since %s: want a date before %s, from which the analysis looks back", o.since, in.asOf.Format(time.DateOnly))
	}
	return in, err
}

func (in *input) simulate(o options) error {
	s, err := shop.Open(shop.Config{Seed: o.seed, Zone: in.zone})
	if err != nil {
		return err
	}
	for row := range s.Orders() {
		in.orders = append(in.orders, row)
	}
	for visit := range s.Visits() {
		in.visits = append(in.visits, visit)
	}
	in.simulateEvents(s)
	in.growth.simulate(s)
	return errors.Join(in.uniteAccounts(s), in.simulateProfiles(s, o))
}

// readFiles reads the files that were given, at least one.
func (in *input) readFiles(o options, p *progress) error {
	in.source = cmp.Or(o.orders, o.events, o.profiles)
	if o.orders != "" {
		if err := in.readOrders(o, p); err != nil {
			return err
		}
	}
	if o.events != "" {
		if err := in.readEvents(o, p); err != nil {
			return err
		}
	}
	return errors.Join(in.readProfiles(o, p), in.growth.read(o, in, p))
}

func (in *input) readOrders(o options, p *progress) (err error) {
	reader, err := table.Open(o.orders, table.Orders(), table.Options{
		Columns: o.columns.Of(""), Layout: o.layout, Zone: in.zone, Lenient: o.lenient, Progress: p.report,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	in.orders = []table.Order{}
	for reader.Next() {
		row := reader.Row()
		if err := in.checkCustomer(o.orders, reader.Line(), row.Customer); err != nil {
			return err
		}
		in.orders = append(in.orders, row)
	}
	p.done()
	in.malformed = reader.SetAside()
	return reader.Err()
}

// endOfDay returns the last microsecond of a local date, by default that of
// the last order, or without orders of the last event.
func (in *input) endOfDay(name, date string) (time.Time, error) {
	var last time.Time
	if date != "" {
		day, err := time.ParseInLocation(time.DateOnly, date, in.zone)
		if err != nil {
			return last, fmt.Errorf("%s %q: want a date such as 2026-06-30", name, date)
		}
		last = day
	} else {
		for _, o := range in.orders {
			if o.Amount.Sign() >= 0 && o.At.After(last) {
				last = o.At
			}
		}
		what := "orders"
		if in.orders == nil && in.events != nil {
			last, what = in.events.last(), "events"
		}
		if last.IsZero() {
			return last, fmt.Errorf("%s: no %s", in.source, what)
		}
	}
	year, month, day := last.In(in.zone).Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, in.zone).Add(-time.Microsecond), nil
}

// rowPolicy says how rows become orders, as of a moment.
func (in *input) rowPolicy(asOf time.Time) rfm.LinePolicy {
	return rfm.LinePolicy{Until: asOf, Zone: in.zone, Itemised: in.lines}
}

// rows returns the orders as package rfm takes them.
func (in *input) rows(yield func(rfm.Line[string]) bool) {
	for _, o := range in.orders {
		if !yield(rfm.Line[string]{Customer: o.Customer, Order: o.ID, At: o.At, Amount: o.Amount}) {
			return
		}
	}
}

// progress tells on stderr how far a long reading is.
type progress struct {
	out      io.Writer
	clock    func() time.Time
	started  time.Time
	told     time.Time
	reported bool
}

const (
	patience = 2 * time.Second // before the first word
	interval = time.Second     // between two
)

func newProgress(out io.Writer, clock func() time.Time) *progress {
	now := clock()
	return &progress{out: out, clock: clock, started: now, told: now}
}

func (p *progress) report(rows, bytes int64) {
	now := p.clock()
	if now.Sub(p.started) < patience || now.Sub(p.told) < interval {
		return
	}
	p.told, p.reported = now, true
	fmt.Fprintf(p.out, "\rread %s rows, %.0f MB …", grouped(fmt.Sprint(rows)), float64(bytes)/1e6)
}

// done ends the line of progress.
func (p *progress) done() {
	if p.reported {
		fmt.Fprintln(p.out)
	}
}
