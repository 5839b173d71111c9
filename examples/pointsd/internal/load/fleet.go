package load

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// fleet is the processes that serve one store.
type fleet struct {
	plan     *Plan
	mu       sync.Mutex
	replicas []*process
}

// process is one of them.
type process struct {
	command *exec.Cmd
	url     string
	tail    tail
	read    sync.WaitGroup
}

// startWithin is how long a process may take until it listens, on a machine
// that has much else to do.
const startWithin = time.Minute

func startFleet(ctx context.Context, p *Plan) (*fleet, error) {
	f := &fleet{plan: p, replicas: make([]*process, p.Replicas)}
	failed := make([]error, p.Replicas)
	var all sync.WaitGroup
	for i := range f.replicas { // at once: one of them makes the tables
		all.Go(func() { failed[i] = f.start(ctx, i) })
	}
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		f.kill()
		return nil, err
	}
	return f, nil
}

// start starts a replica, and returns when it listens.
func (f *fleet) start(ctx context.Context, i int) error {
	p := &process{command: f.plan.Command(ctx, "-addr", "127.0.0.1:0", "-store", f.plan.Store, "-sweep", "50ms", "-inflight", "1000")}
	log, err := p.command.StderrPipe()
	if err != nil {
		return err
	}
	if err := p.command.Start(); err != nil {
		return err
	}
	address := make(chan string, 1)
	p.read.Go(func() { p.tail.follow(log, address) })
	select {
	case a := <-address:
		p.url = "http://" + a
	case <-time.After(startWithin):
	case <-ctx.Done():
	}
	if p.url == "" {
		err := errors.Join(p.command.Process.Kill(), p.wait(), ctx.Err())
		return fmt.Errorf("load: replica %d does not listen: %w\n%s", i, err, p.tail.text())
	}
	f.mu.Lock()
	f.replicas[i] = p
	f.mu.Unlock()
	return nil
}

// wait waits for the end of a process, its log read.
func (p *process) wait() error {
	p.read.Wait()
	return p.command.Wait()
}

// url is that of a replica; of another one if n is another.
func (f *fleet) url(n int) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.replicas[n%len(f.replicas)].url
}

// crash ends a replica in the middle of whatever it does, and starts it again.
func (f *fleet) crash(ctx context.Context, i int) error {
	p := f.replicas[i]
	if err := p.command.Process.Kill(); err != nil {
		return err
	}
	_ = p.wait() // it was killed, and says so
	return f.start(ctx, i)
}

// restart asks a replica to end, which it must do well, and starts it again.
func (f *fleet) restart(ctx context.Context, i int) error {
	if err := f.replicas[i].end(); err != nil {
		return fmt.Errorf("load: replica %d, asked to stop: %w", i, err)
	}
	return f.start(ctx, i)
}

func (p *process) end() error {
	err := p.command.Process.Signal(syscall.SIGTERM)
	if err == nil {
		err = p.wait()
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, p.tail.text())
	}
	return nil
}

// stop asks all to end.
func (f *fleet) stop() error {
	var failed []error
	for i, p := range f.replicas {
		failed = append(failed, p.end())
		f.replicas[i] = nil
	}
	return errors.Join(failed...)
}

// kill ends what still runs.
func (f *fleet) kill() {
	for _, p := range f.replicas {
		if p != nil {
			_ = p.command.Process.Kill()
			_ = p.wait()
		}
	}
}

// prove has pointsd replay all journals, and compares what it counts.
func (f *fleet) prove(ctx context.Context, a *audit) error {
	command := f.plan.Command(ctx, "-store", f.plan.Store, "-prove")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return fmt.Errorf("load: prove: %w\n%s", err, stderr.String())
	}
	var got struct{ Accounts, Entries, Keys int64 }
	if err := json.Unmarshal(out, &got); err != nil {
		return fmt.Errorf("load: prove: %w", err)
	}
	// Sweeps may have written more entries since, but no commands.
	if got.Accounts != a.accounts || got.Entries < a.entries || got.Keys != int64(len(a.keys)) {
		return fmt.Errorf("load: prove counts %+v, the journals had %d accounts, %d entries and %d keys", got, a.accounts, a.entries, len(a.keys))
	}
	return nil
}

// tail is the last lines of a log, to be shown when something goes wrong.
type tail struct {
	mu    sync.Mutex
	lines []string
}

// tailLines is how many there are.
const tailLines = 30

// follow reads a log to its end, and sends the address that it names.
func (t *tail) follow(log io.Reader, address chan<- string) {
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		t.mu.Lock()
		t.lines = append(t.lines, lines.Text())
		if len(t.lines) > tailLines {
			t.lines = t.lines[1:]
		}
		t.mu.Unlock()
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			address <- line.Address
		}
	}
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b bytes.Buffer
	for _, line := range t.lines {
		b.WriteString(line + "\n")
	}
	return b.String()
}
