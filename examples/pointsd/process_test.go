//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/regulars-go/regulars/examples/pointsd/internal/load"
	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/sqlstoretest"
)

// asServer says in the environment that the test's program is to be pointsd.
const asServer = "POINTSD_TEST_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) == "" {
		os.Exit(sqlstoretest.Main(m))
	}
	go func() { // the test has ended, however it did
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	main()
}

// pointsd is the command line of a process of its own.
func pointsd(ctx context.Context, flags ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], flags...)
	c.Env = append(os.Environ(), asServer+"=1")
	if _, err := c.StdinPipe(); err != nil {
		panic(err)
	}
	return c
}

// loadPlan is enough to see kills in the middle of commits, and little enough
// for every run of the tests.
func loadPlan(t *testing.T, store string) load.Plan {
	return load.Plan{Clients: 16, Commands: 600, Shared: 10, Replicas: 2, Kills: 4, Seed: 1, Store: store, Command: pointsd, Say: t.Logf}
}

// Property: many clients, on two processes that are killed and restarted in the
// middle, get the answers that one client of one process would get, and the
// journals hold exactly what was acknowledged.
func TestLoad(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { runLoad(t, filepath.Join(t.TempDir(), "points.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { runLoad(t, sqlstoretest.PostgreSQL(t)) })
}

func runLoad(t *testing.T, store string) {
	r, err := loadPlan(t, store).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Done+r.Rejected < 600 || r.Killed != 2 || r.Stopped != 2 || r.Replayed == 0 || r.Entries < r.Done {
		t.Errorf("the run was not what was planned: %+v", r)
	}
	t.Logf("%+v", r)
}

// A store that forgets what it has acknowledged is found out.
func TestLoadNotices(t *testing.T) {
	p := loadPlan(t, memoryStore)
	p.Clients, p.Commands, p.Replicas, p.Kills = 2, 100, 1, 1
	if r, err := p.Run(t.Context()); err == nil {
		t.Errorf("a kill lost all points, and nobody saw it: %+v", r)
	}
}

// Property: a request that has begun when the service is told to stop is
// answered, and the service then ends well.
func TestGracefulStop(t *testing.T) {
	store := &slowStore{Store: loyalty.NewMemory(), entered: make(chan struct{}), release: make(chan struct{})}
	b := newBench(t, func(p *parts) { p.store, p.limits.Request, p.limits.Connection = store, time.Hour, time.Hour })
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- b.service.run(ctx, listener, &options{}) }()

	answered := make(chan int)
	go func() {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+listener.Addr().String()+"/v1/members/m42", http.NoBody)
		if err != nil {
			t.Error(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Error(err)
			close(answered)
			return
		}
		_ = response.Body.Close()
		answered <- response.StatusCode
	}()
	<-store.entered
	stop()
	select {
	case err := <-ended:
		t.Fatalf("it ended before the answer: %v", err)
	default:
	}
	close(store.release)
	if status := <-answered; status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// Points are still there after a stop and a start, and -prove counts them.
func TestFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a folder with #?% in it", "points.db")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		store, closeStore, err := openStore(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		b := newBench(t, func(p *parts) { p.store = store })
		got := b.do(fmt.Sprintf("key-%d", i), "m42", `"grant": {"points": 5, "reason": "a test"}`).must(t)
		if want := fmt.Sprintf(`"available":%d`, 5*(i+1)); !strings.Contains(string(got.body), want) {
			t.Errorf("start %d: %s: want %s", i, got.body, want)
		}
		b.do("key-0", "m42", `"grant": {"points": 6, "reason": "another"}`)
		if err := closeStore(); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the file is elsewhere: %v", err)
	}
	var stdout, stderr strings.Builder
	if code := run(t.Context(), []string{"-store", file, "-prove"}, &stdout, &stderr, time.Now); code != 0 || !strings.Contains(stdout.String(), `"keys": 2`) {
		t.Errorf("code %d: %s%s", code, stdout.String(), stderr.String())
	}
}
