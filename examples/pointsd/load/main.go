// Command load drives pointsd with many clients, kills and restarts it
// meanwhile, checks every answer and audits all journals in the end:
//
//	go run -C examples ./pointsd/load -commands 100000 -clients 32 -kills 20
//	go run -C examples ./pointsd/load -store postgres://… -replicas 4
//
// The store must be empty. It exits with 1 at the first answer that is not what
// it must be.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/regulars-go/regulars/examples/pointsd/internal/load"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var p load.Plan
	flag.StringVar(&p.Store, "store", "", "the `STORE` as pointsd takes it (default a new SQLite file that is removed afterwards)")
	flag.IntVar(&p.Clients, "clients", 32, "this `NUMBER` of clients at once")
	flag.Int64Var(&p.Commands, "commands", 20000, "end after this `NUMBER` of commands")
	flag.IntVar(&p.Shared, "shared", 50, "this `NUMBER` of members that all clients work on")
	flag.IntVar(&p.Replicas, "replicas", 2, "this `NUMBER` of processes on the store")
	flag.IntVar(&p.Kills, "kills", 10, "end a process this `NUMBER` of times, by SIGKILL and SIGTERM in turn")
	flag.Uint64Var(&p.Seed, "seed", 1, "what the clients do")
	server := flag.String("server", "", "the `PROGRAM` to start (default pointsd, built from here)")
	flag.Parse()

	dir, err := os.MkdirTemp("", "pointsd-load-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // what stays is in the folder for such things
	if p.Store == "" {
		p.Store = filepath.Join(dir, "points.db")
	}
	if *server == "" {
		*server = filepath.Join(dir, "pointsd")
		build := exec.CommandContext(ctx, "go", "build", "-o", *server, "github.com/regulars-go/regulars/examples/pointsd")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("load: go build: %w", err)
		}
	}
	p.Command = func(ctx context.Context, flags ...string) *exec.Cmd {
		return exec.CommandContext(ctx, *server, flags...)
	}
	p.Say = func(format string, args ...any) { fmt.Printf(format+"\n", args...) }
	r, err := p.Run(ctx)
	fmt.Printf("%d done, %d refused, %d replayed, %d reads, %d retries; %d killed, %d stopped; %s: %.0f commands/s\n",
		r.Done, r.Rejected, r.Replayed, r.Reads, r.Retries, r.Killed, r.Stopped, r.Took.Round(time.Millisecond), float64(r.Done+r.Rejected)/r.Took.Seconds())
	if err == nil {
		fmt.Printf("%d accounts, %d entries, all proved; %v issued\n", r.Accounts, r.Entries, r.Points)
	}
	return err
}
