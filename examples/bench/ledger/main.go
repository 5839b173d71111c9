// Ledger measures points kept in a database: awards one by one and in batches
// through the engine and its store, beside the hand-written ledger of
// peers/pg. See the README beside this folder.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/regulars-go/regulars/examples/bench/internal/peers"
)

// line is a measurement, in the form that the peer's script prints.
type line struct {
	Peer      string    `json:"peer"`
	Version   string    `json:"version"`
	Task      string    `json:"task"`
	Store     string    `json:"store"`
	Clients   int       `json:"clients"`
	Seconds   float64   `json:"seconds"`
	Runs      int       `json:"runs"`
	TPSMin    int       `json:"tps_min"`
	TPSMedian int       `json:"tps_median"`
	TPSMax    int       `json:"tps_max"`
	Awards    int       `json:"awards_per_second_median"`
	tps       []float64 // by round
}

// sitting is what one run of the program was asked for.
type sitting struct {
	clients  []int
	accounts int
	seconds  time.Duration
	rounds   int
	// dueAccounts is how many accounts pages of due ones are timed among.
	dueAccounts int
	beside      string // the folder of the peer's scripts
	lines       []line
}

func main() {
	log.SetFlags(0)
	clients := flag.String("clients", "1,8,32", "numbers of goroutines")
	accounts := flag.Int("accounts", 100_000, "accounts that there are before")
	seconds := flag.Duration("time", 4*time.Second, "of each run")
	rounds := flag.Int("rounds", 9, "runs of each task and number of clients")
	sqlite := flag.String("sqlite", "", "`DIR` for a database of SQLite; none is measured without it")
	postgres := flag.Bool("postgres", true, "measure the server that PGHOST and its kin name; what its public schema has of the ledger is dropped")
	standard := flag.Bool("database-sql", false, "reach PostgreSQL by database/sql, not by pgx itself")
	due := flag.Int("due", 0, "time pages of due accounts in PostgreSQL, of `N` accounts with 5 lots each, and nothing else")
	beside := flag.String("beside", "", "`DIR` of the peer's scripts: it runs by turns with ours, on the same server")
	flag.Parse()
	s := &sitting{accounts: *accounts, dueAccounts: *due, seconds: *seconds, rounds: *rounds, beside: *beside}
	if err := s.run(*clients, *sqlite, *postgres, *standard); err != nil {
		log.Fatal(err)
	}
	s.compare(os.Stdout)
}

func (s *sitting) run(clients, sqlite string, postgres, standard bool) (err error) {
	if s.clients, err = peers.Threads(clients); err != nil {
		return err
	}
	ctx := context.Background()
	if s.dueAccounts > 0 {
		return s.pages(ctx)
	}
	if postgres {
		open := openPostgreSQL
		if standard {
			open = openDatabaseSQL
		}
		if err := s.awards(ctx, open); err != nil {
			return err
		}
	}
	if sqlite != "" {
		return s.awards(ctx, inFolder(sqlite))
	}
	return nil
}

// tasks are awards one by one, and by the hundred. Each is a script of the
// peer's.
var tasks = []struct {
	name, script string
	size         int
}{{"ledger_award", "award.sql", 1}, {"ledger_award_batch100", "batch.sql", 100}}

// awards measures both tasks on a store.
func (s *sitting) awards(ctx context.Context, open opener) error {
	for _, task := range tasks {
		l, err := newLedger(ctx, open, s.accounts)
		if err != nil {
			return err
		}
		ours := func(clients int, d time.Duration) (float64, error) { return l.run(ctx, clients, task.size, d) }
		runs := []run{{"regulars", runtime.Version(), l.name, ours}}
		if s.beside != "" && l.name != "sqlite" {
			peer := &pgbench{dir: s.beside, accounts: s.accounts}
			if err := peer.prepare(ctx); err != nil {
				return err
			}
			runs = append(runs, run{"pgbench", "", l.name, func(clients int, d time.Duration) (float64, error) { return peer.run(ctx, task.script, clients, d) }})
		}
		if err := s.task(task.name, task.size, runs); err != nil {
			return err
		}
		if err := l.end(); err != nil {
			return err
		}
	}
	return nil
}

// run is one side of a comparison: it returns transactions a second.
type run struct {
	peer, version, store string
	do                   func(clients int, d time.Duration) (float64, error)
}

// task measures one task: a run to warm up, then all numbers of clients in
// turn, in each round, each side after the other.
func (s *sitting) task(name string, size int, runs []run) error {
	for _, side := range runs {
		if _, err := side.do(8, min(s.seconds, 5*time.Second)); err != nil {
			return err
		}
	}
	results := make([][][]float64, len(runs))
	for i := range results {
		results[i] = make([][]float64, len(s.clients))
	}
	for range s.rounds {
		for c, clients := range s.clients {
			for i, side := range runs {
				tps, err := side.do(clients, s.seconds)
				if err != nil {
					return err
				}
				results[i][c] = append(results[i][c], tps)
			}
		}
	}
	for c, clients := range s.clients {
		for i, side := range runs {
			s.print(side, line{Task: name, Clients: clients, Awards: size}, results[i][c])
		}
	}
	return nil
}

// print prints a line, and keeps it.
func (s *sitting) print(side run, l line, tps []float64) {
	l.Peer, l.Version, l.Store = side.peer, side.version, side.store
	l.Seconds, l.Runs, l.tps = s.seconds.Seconds(), s.rounds, slices.Clone(tps)
	slices.Sort(tps)
	l.TPSMin, l.TPSMedian, l.TPSMax = int(tps[0]), int(tps[len(tps)/2]), int(tps[len(tps)-1])
	l.Awards *= l.TPSMedian
	text, err := json.Marshal(l)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	s.lines = append(s.lines, l)
}

// compare prints our transactions a second in times of the peer's: the median
// of the ratios of rounds, and the least and the greatest.
func (s *sitting) compare(w io.Writer) {
	if s.beside == "" {
		return
	}
	fmt.Fprintf(w, "\n%-24s %8s %10s %10s %8s %8s %8s\n", "task", "clients", "peer tps", "ours tps", "ratio", "least", "greatest")
	for _, ours := range s.lines {
		for _, peer := range s.lines {
			if ours.Peer != "regulars" || peer.Peer == "regulars" || ours.Store != peer.Store || ours.Task != peer.Task || ours.Clients != peer.Clients {
				continue
			}
			var ratios []float64
			for i := range ours.tps {
				ratios = append(ratios, ours.tps[i]/peer.tps[i])
			}
			slices.Sort(ratios)
			fmt.Fprintf(w, "%-24s %8d %10d %10d %8.2f %8.2f %8.2f\n", ours.Task, ours.Clients, peer.TPSMedian, ours.TPSMedian,
				ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1])
		}
	}
}
