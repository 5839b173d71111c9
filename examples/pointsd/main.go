package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
	_ "time/tzdata" // -zone works where the system has no zones
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, time.Now)
	stop()
	os.Exit(code)
}

// run is main with its surroundings passed in. It returns the exit code: 2 if
// the command line makes no sense, 1 if anything else went wrong. It ends in
// good order when the context does.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, clock func() time.Time) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2
	}
	if err := o.work(ctx, stdout, stderr, clock); err != nil {
		fmt.Fprintln(stderr, "pointsd:", err)
		return 1
	}
	return 0
}

// work opens what the options name, and serves or proves it.
func (o *options) work(ctx context.Context, stdout, stderr io.Writer, clock func() time.Time) (err error) {
	p := parts{limits: o.limits, clock: clock, log: slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: o.logLevel}))}
	if p.programs, err = o.readPrograms(); err != nil {
		return err
	}
	if o.tokens != "" {
		if p.tokens, err = readTokens(o.tokens); err != nil {
			return err
		}
	}
	if o.prove {
		if err := stored(o.store); err != nil {
			return fmt.Errorf("-prove: %w", err)
		}
	}
	store, closeStore, err := openStore(ctx, o.store)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	p.store = store
	s, err := newService(p)
	if err != nil {
		return err
	}
	if o.prove {
		return s.prove(ctx, stdout)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return err
	}
	return s.run(ctx, listener, o)
}

// run serves until the context ends, and then lets requests that have begun
// come to their end. The sweeper stops before the store is closed.
func (s *service) run(ctx context.Context, listener net.Listener, o *options) error {
	server := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: s.limits.Request,
		ReadTimeout:       s.limits.Connection,
		WriteTimeout:      s.limits.Connection + s.limits.Request,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	sweeping, stopSweeping := context.WithCancel(context.WithoutCancel(ctx))
	var background sync.WaitGroup
	if o.sweepEvery > 0 {
		background.Go(func() { s.sweep(sweeping, o.sweepEvery) })
	}
	failed := make(chan error, 1)
	background.Go(func() { failed <- server.Serve(listener) })
	s.log.InfoContext(ctx, "listening", "address", listener.Addr().String(), "tokens", len(s.tokens), "program", s.program.Name, "version", s.program.Version)

	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		s.log.Info("stopping", "drain", o.drain.String())
		s.stopping.Store(true)
		time.Sleep(o.drain) // until those who send requests have noticed
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.Connection)
		err = server.Shutdown(last)
		cancel()
	}
	stopSweeping()
	background.Wait()
	s.log.Info("stopped")
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
