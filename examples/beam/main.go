package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // workers may run where the system has no zones

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
)

// options are the flags, beside those of Beam.
type options struct {
	orders, events string
	zone, asOf     string
	out            string
	shards         int
	compare        bool
}

func (o *options) flags(set *flag.FlagSet) {
	set.StringVar(&o.orders, "orders", "", "read orders from the files that match `PATTERN`: "+orderHeader+"; without it a built-in shop is used")
	set.StringVar(&o.events, "events", "", "read events from the files that match `PATTERN`: "+eventHeader)
	set.StringVar(&o.zone, "tz", "UTC", "the shop's time `ZONE` (-zone is one of Dataflow's flags)")
	set.StringVar(&o.asOf, "asof", "2026-06-30", "look back from the end of this `DATE`")
	set.StringVar(&o.out, "out", "", "write the documents to this `FOLDER` (needed with -orders; default a new temporary one)")
	set.IntVar(&o.shards, "shards", 8, "how many shards customers are dealt to: some two or three for each worker")
	set.BoolVar(&o.compare, "compare", false, "make the built-in shop's documents in one process too, and compare the bytes")
}

func main() {
	var o options
	o.flags(flag.CommandLine)
	flag.Parse()
	beam.Init() // workers of a cluster stay here
	if err := run(context.Background(), o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "beam:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options, stdout io.Writer) error {
	c, err := o.calendar()
	if err != nil {
		return err
	}
	if o.out == "" {
		if o.out, err = os.MkdirTemp("", "regulars-beam-"); err != nil {
			return err
		}
	}
	orders, events := builtIn(1, 2000)
	p, s := beam.NewPipelineWithRoot()
	if o.orders != "" {
		pipelines(s, readOrders(s, o.orders), readEvents(s, o.events), c, o)
	} else {
		pipelines(s, beam.CreateList(s, orders), beam.CreateList(s, events), c, o)
	}
	if err := beamx.Run(ctx, p); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "documents in", o.out)
	if !o.compare {
		return nil
	}
	want, err := oneProcess(orders, events, c, o.shards)
	if err != nil {
		return err
	}
	return compare(stdout, o.out, want)
}

// pipelines is all that is run.
func pipelines(s beam.Scope, orders, events beam.PCollection, c Calendar, o options) {
	documents := beam.Flatten(s,
		scorePipeline(s, orders, c, o.shards),
		rhythmPipeline(s, orders, c, o.shards),
		funnelPipeline(s, events, c))
	beam.ParDo0(s, &writeDocument{o.out}, documents)
}

// calendar checks the flags.
func (o *options) calendar() (Calendar, error) {
	zone, err := time.LoadLocation(o.zone)
	if err != nil {
		return Calendar{}, fmt.Errorf("-tz %q: want a zone such as Asia/Shanghai", o.zone)
	}
	day, err := time.ParseInLocation(time.DateOnly, o.asOf, zone)
	switch {
	case err != nil:
		return Calendar{}, fmt.Errorf("-asof %q: want a date such as 2026-06-30", o.asOf)
	case o.shards < 1:
		return Calendar{}, fmt.Errorf("-shards %d: want 1 or more", o.shards)
	case (o.orders == "") != (o.events == ""):
		return Calendar{}, errors.New("-orders and -events go together: want both or neither")
	case o.orders != "" && o.out == "":
		return Calendar{}, errors.New("-out: want the folder to write to")
	case o.orders != "" && o.compare:
		return Calendar{}, errors.New("-compare is for the built-in shop: leave out -orders")
	}
	return Calendar{Zone: o.zone, AsOf: day.AddDate(0, 0, 1).UnixMicro() - 1}, nil
}

// compare reads the documents of a local folder.
func compare(stdout io.Writer, folder string, want map[string]string) error {
	got, err := readFolder(folder)
	if err != nil {
		return err
	}
	for name, text := range want {
		if got[name] != text {
			return fmt.Errorf("%s differs from what one process makes", name)
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d documents, and one process makes %d", len(got), len(want))
	}
	fmt.Fprintf(stdout, "%d documents, the same bytes as from one process\n", len(got))
	return nil
}

func readFolder(folder string) (map[string]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	documents := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(folder + "/" + e.Name())
		if err != nil {
			return nil, err
		}
		documents[e.Name()] = string(data)
	}
	return documents, nil
}
