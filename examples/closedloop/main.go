package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // -zone works where the system has no zones

	"github.com/regulars-go/regulars/examples/internal/table"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, time.Now))
}

// options are the flags.
type options struct {
	orders  string
	events  string
	funnel  string
	program string
	columns table.Columns

	identities    string
	identityRules string
	identityKey   string
	namespace     string

	profiles string
	schema   string
	tags     string
	group    string

	growth growthOptions

	layout   string
	zone     string
	asOf     string
	since    string
	lenient  bool
	lines    bool
	seed     uint64
	customer string
	json     string
	report   string
}

// parse reads the flags; it has printed what is wrong if it fails.
func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("closedloop", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.orders, "orders", "", "read orders from `FILE`; without it a built-in shop is used")
	flags.StringVar(&o.events, "events", "", "read what customers did from `FILE`, with or without orders; all its columns that have no key become labels to break the funnel down by")
	flags.StringVar(&o.funnel, "funnel", "", "read the steps of the funnel from `FILE`, as JSON (default: banner_click or search, view_product, submit_order and pay_order, within 24 hours)")
	flags.StringVar(&o.program, "program", "", "read the loyalty program that the orders are held against from `FILE`, as JSON (default the preset of a retailer)")
	flags.Var(&o.columns, "columns", "`KEY=COLUMN,…`: which column holds customer, at, amount, and if there are any order, discount, category, channel; by header or by position from 1. "+
		"Of the events it is events.customer, events.at, events.event and, if there is one, events.session; without -orders you can leave out \"events.\"")
	o.identityFlags(flags)
	o.profileFlags(flags)
	o.growth.flags(flags)
	flags.StringVar(&o.layout, "layout", "", "how times are written, as a Go time `LAYOUT` such as 02.01.2006, or unix or unixmilli")
	flags.StringVar(&o.zone, "zone", "", "the shop's time `ZONE` such as Asia/Shanghai (default UTC; the built-in shop is in UTC+8)")
	flags.StringVar(&o.asOf, "asof", "", "look back from the end of this `DATE`, such as 2026-06-30 (default the date of the last order)")
	flags.StringVar(&o.since, "since", "", "say who changed segment since the end of this `DATE`, and why")
	flags.BoolVar(&o.lenient, "lenient", false, "set malformed lines aside and count them, instead of stopping at the first")
	flags.BoolVar(&o.lines, "lines", false, "take rows that share an order ID as the lines of one order and add them up, instead of as duplicates")
	flags.Uint64Var(&o.seed, "seed", 1, "which built-in shop to simulate")
	flags.StringVar(&o.customer, "customer", "", "explain the customer with this `ID` instead of printing the summary")
	flags.StringVar(&o.json, "json", "", "write everything to `FILE` as JSON")
	flags.StringVar(&o.report, "report", "", "write a page to read and print to `FILE`, as HTML")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("unexpected argument %q: a file of orders is given with -orders", flags.Arg(0))
		fmt.Fprintln(stderr, "closedloop:", err)
		return o, err
	}
	if err := o.check(); err != nil {
		fmt.Fprintln(stderr, "closedloop:", err)
		return o, err
	}
	return o, nil
}

// check finds flags that go with others which are not there.
func (o *options) check() error {
	switch {
	case o.orders == "" && o.events == "" && o.profiles == "" && (len(o.columns) > 0 || o.layout != "" || o.lenient):
		return errors.New("-columns, -layout and -lenient say how to read a file: want -orders FILE, -events FILE or -profiles FILE too")
	case o.json != "" && o.json == o.report:
		return fmt.Errorf("-json and -report name one file, %s: want two", o.json)
	case o.orders == "" && o.lines:
		return errors.New("-lines says how to read orders: want -orders FILE too")
	case o.orders == "" && o.events != "" && o.program != "":
		return errors.New("-program says what orders earn: want -orders FILE too")
	case o.orders != "" && o.events == "" && o.funnel != "":
		return errors.New("-funnel says which events to count: want -events FILE too")
	}
	return errors.Join(o.checkIdentities(), o.checkProfiles(), o.growth.check(o))
}

// run is main with its surroundings passed in. It returns the exit code: 2 if
// the command line makes no sense, 1 if anything else went wrong.
func run(args []string, stdout, stderr io.Writer, clock func() time.Time) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2
	}
	if err := loop(o, stdout, stderr, clock); err != nil {
		fmt.Fprintln(stderr, "closedloop:", err)
		return 1
	}
	return 0
}

// loop reads, analyses and writes.
func loop(o options, stdout, stderr io.Writer, clock func() time.Time) error {
	in, err := read(o, newProgress(stderr, clock))
	if err != nil {
		return err
	}
	a, err := analyse(in)
	if err != nil {
		return err
	}
	if o.json != "" {
		if err := writeFile(o.json, a.writeJSON); err != nil {
			return err
		}
	}
	if o.report != "" {
		if err := writeFile(o.report, a.writeReport); err != nil {
			return err
		}
	}
	if o.customer != "" {
		return a.explain(stdout, o.customer)
	}
	return errors.Join(a.summarise(stdout), a.summariseSkipped(stdout))
}

// writeFile creates the file at path, and leaves none behind if it fails.
func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(path))
	}
	return nil
}
