package loyaltytest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/regulars-go/regulars/loyalty"
)

// worker is another process, seen from this one.
type worker struct {
	l     *lab
	p     *Process
	lines *bufio.Scanner
	done  int // how many commits it has reported
}

func (l *lab) spawn(s Spawner) *worker {
	p := s.Spawn(l.t)
	return &worker{l: l, p: p, lines: bufio.NewScanner(p.Out)}
}

func (w *worker) start(j job) {
	line, err := json.Marshal(j)
	if err == nil {
		_, err = w.p.In.Write(append(line, '\n'))
	}
	if err != nil {
		w.l.fatalf("the other process takes no job: %v", err)
	}
}

// read reads a line; false if the process has ended its job.
func (w *worker) read() bool {
	if !w.lines.Scan() {
		w.l.fatalf("the other process ended too early: %v", w.lines.Err())
	}
	line := w.lines.Text()
	if end, is := strings.CutPrefix(line, "end "); is {
		if end != "<nil>" {
			w.l.problemf("the other process: %s", end)
		}
		return false
	}
	w.done++
	return true
}

// drain counts what was reported before the process was killed.
func (w *worker) drain() {
	for w.lines.Scan() {
		if strings.HasPrefix(w.lines.Text(), "done ") {
			w.done++
		}
	}
}

func checkKilled(l *lab) {
	s, ok := l.store.(Spawner)
	if !ok {
		l.skip("the store is no loyaltytest.Spawner")
	}
	for round := range rounds {
		j := job{Member: fmt.Sprint("m", round), Counter: uint32(round), Prefix: fmt.Sprintf("k%d-", round), Keys: 100_000}
		w := l.spawn(s)
		w.start(j)
		for range 1 + round*3 {
			w.read()
		}
		w.p.Kill()
		w.drain()
		whole := l.whole(j, []*worker{w})
		// The next one finds no lock left behind, and goes on.
		ctx, cancel := context.WithTimeout(l.ctx, l.patience)
		j.Keys = whole + 1
		if err := j.run(ctx, l.store, &strings.Builder{}); err != nil {
			l.problemf("after the kill: %v", err)
		}
		cancel()
		l.whole(j, nil)
	}
}

// whole checks that the commits of a job are there with all their parts, and
// returns how many. Those that were reported are among them.
func (l *lab) whole(j job, by []*worker) int {
	version := int(l.load(head(j.Member)).Version)
	keys := 0
	for l.load(keyOf(fmt.Sprint(j.Prefix, keys+1))).Version > 0 {
		keys++
	}
	entries := l.entries(accountOf(j.Member))
	count := l.count(counterOf(j.Counter))
	if keys != version || len(entries) != 2*version || count != int64(version) {
		l.fatalf("%d commits of the account, %d keys, %d entries for 2 each, counter %d", version, keys, len(entries), count)
	}
	for i, e := range entries {
		l.sameEntries("in the journal", []loyalty.Entry{e}, []loyalty.Entry{entry(j.Member, uint64(i)+1)})
	}
	reported := 0
	for _, w := range by {
		reported += w.done
	}
	if reported > version {
		l.problemf("%d commits were reported, %d are there", reported, version)
	}
	return version
}

func checkProcesses(l *lab) {
	s, ok := l.store.(Spawner)
	if !ok {
		l.skip("the store is no loyaltytest.Spawner")
	}
	// Both want all the same keys for the same member: each is taken once.
	j := job{Member: "hub", Counter: 1, Prefix: "k", Keys: 100}
	both := []*worker{l.spawn(s), l.spawn(s)}
	for _, w := range both {
		w.start(j)
	}
	for _, w := range both {
		for w.read() {
		}
	}
	if got := l.whole(j, both); got != j.Keys || both[0].done+both[1].done != j.Keys {
		l.problemf("%d and %d commits were reported for %d keys, %d are there", both[0].done, both[1].done, j.Keys, got)
	}
	for _, w := range both {
		w.p.Kill()
	}
}
