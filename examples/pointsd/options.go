package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// options are the flags.
type options struct {
	addr       string
	store      string
	programs   string
	zone       string
	tokens     string
	sweepEvery time.Duration
	drain      time.Duration
	limits     limits
	logLevel   slog.Level
	prove      bool
}

// parse reads the flags; it has printed what is wrong if it fails.
func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{limits: defaultLimits}
	flags := flag.NewFlagSet("pointsd", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.addr, "addr", "127.0.0.1:8080", "listen on this `ADDRESS`; without -tokens it must be this machine's own")
	flags.StringVar(&o.store, "store", "points.db", "keep points in this SQLite `FILE`, or in PostgreSQL at postgres://…, or in memory: until the process ends")
	flags.StringVar(&o.programs, "program", "", "read the versions of the program from these `FILES`, as JSON, with commas between (default the preset of a retailer)")
	flags.StringVar(&o.zone, "zone", "", "the time `ZONE` of the preset, such as Asia/Shanghai (default UTC)")
	flags.StringVar(&o.tokens, "tokens", "", "read the tokens that are taken from `FILE`, as JSON; without it only this machine is answered")
	flags.DurationVar(&o.sweepEvery, "sweep", time.Minute, "write what is due about once in this `TIME`; 0 leaves it to other replicas")
	flags.DurationVar(&o.drain, "drain", 0, "when told to stop, answer for this `TIME` more and say on /healthz/ready that it is the last")
	flags.IntVar(&o.limits.InFlight, "inflight", o.limits.InFlight, "work on at most this `NUMBER` of requests at once")
	flags.DurationVar(&o.limits.Request, "timeout", o.limits.Request, "give up on a request after this `TIME`")
	flags.TextVar(&o.logLevel, "log", slog.LevelInfo, "log from this `LEVEL` on: debug, info, warn or error")
	flags.BoolVar(&o.prove, "prove", false, "prove every account by its journal, print what they come to, and stop")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	err := o.check()
	if flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(stderr, "pointsd:", err)
	}
	return o, err
}

func (o *options) check() error {
	switch {
	case o.tokens == "" && !isLoopback(o.addr):
		return fmt.Errorf("-addr %s can be reached from elsewhere: want -tokens FILE too, or an address such as 127.0.0.1:8080", o.addr)
	case o.programs != "" && o.zone != "":
		return errors.New("-zone is of the preset: a program in a file says its own")
	case o.store == "":
		return errors.New("-store is empty: want a file, postgres://…, or memory: to try")
	case o.limits.InFlight < 1 || o.limits.Request <= 0 || o.sweepEvery < 0 || o.drain < 0:
		return errors.New("want -inflight from 1, -timeout above 0, and -sweep and -drain from 0")
	}
	return nil
}

// readPrograms returns the versions of the program: the retailer's, or those in
// files.
func (o *options) readPrograms() ([]loyalty.Program, error) {
	if o.programs == "" {
		zone, err := time.LoadLocation(o.zone)
		if err != nil {
			return nil, fmt.Errorf("-zone: %w; want a name such as Asia/Shanghai", err)
		}
		p := loyalty.Retailer()
		p.Zone = zone
		return []loyalty.Program{p}, nil
	}
	var versions []loyalty.Program
	for name := range strings.SplitSeq(o.programs, ",") {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		p, err := loyalty.ParseProgram(data, time.LoadLocation)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		versions = append(versions, p)
	}
	return versions, nil
}
