package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// page is a measurement of a page of due accounts.
type page struct {
	Peer     string  `json:"peer"`
	Task     string  `json:"task"`
	Store    string  `json:"store"`
	Lots     int     `json:"lots"`
	Accounts int     `json:"accounts"`
	Due      int     `json:"due"` // of all accounts
	Page     int     `json:"page"`
	MinMs    float64 `json:"ms_min"`
	MedianMs float64 `json:"ms_median"`
	MaxMs    float64 `json:"ms_max"`
}

// lots is how many each account has.
const lots = 5

// mixed gives lots with as many expiries for one event.
func mixed() loyalty.Program {
	p := program()
	p.Rules = nil
	for i := range lots {
		expiry := loyalty.Expiry{After: regulars.Days(30 * (i + 1))}
		p.Rules = append(p.Rules, loyalty.Rule{
			ID: uint32(i) + 1, Name: "lot " + strconv.Itoa(i), Layer: loyalty.LayerRoutine, On: []string{"order"}, Points: 10, Expiry: &expiry,
		})
	}
	return p
}

// pages times pages of 1,000 due accounts, first of a hundredth of the
// accounts, then of all: what is due at first stays the same, and all that
// comes to it is not due. Then it prints the plan.
func (s *sitting) pages(ctx context.Context) error {
	l, err := openPostgreSQL(ctx)
	if err != nil {
		return err
	}
	if err := l.store.Migrate(ctx); err != nil {
		return err
	}
	if l.engine, err = loyalty.NewEngine(l.store, mixed()); err != nil {
		return err
	}
	made := 0
	for _, accounts := range []int{s.dueAccounts / 100, s.dueAccounts} {
		// Those of the first step had their orders earlier, so that their first
		// lots end earlier.
		at := paid.AddDate(0, 0, bit(made > 0)*20)
		if err := l.fill(ctx, at, made, accounts); err != nil {
			return err
		}
		if _, err := l.db.ExecContext(ctx, "VACUUM ANALYZE"); err != nil {
			return err
		}
		made = accounts
		if err := l.page(ctx, accounts, s.dueAccounts/100); err != nil {
			return err
		}
	}
	return explain(ctx, l.db, os.Stdout)
}

func bit(is bool) int {
	if is {
		return 1
	}
	return 0
}

// fill gives accounts an order each.
func (l *ledger) fill(ctx context.Context, at time.Time, from, to int) error {
	for ; from < to; from += 500 {
		commands := make([]loyalty.Command, min(500, to-from))
		for i := range commands {
			commands[i] = award(from+i, "open-"+strconv.Itoa(from+i))
			commands[i].OccurredAt = at
		}
		for i, r := range l.engine.DoBatch(ctx, at, commands) {
			if r.Err != nil {
				return fmt.Errorf("command %q: %w", commands[i].Key, r.Err)
			}
		}
	}
	return nil
}

// upTo is when the first lot of the first accounts has ended, and no other.
var upTo = paid.AddDate(0, 0, 32)

const pageSize = 1000

func (l *ledger) page(ctx context.Context, accounts, due int) error {
	const runs = 21
	took := make([]float64, 0, runs)
	scan := loyalty.Scan{Program: "bench", UpTo: upTo, Limit: pageSize}
	for range runs {
		start := time.Now()
		got, err := l.store.Scan(ctx, scan)
		if err != nil {
			return err
		}
		took = append(took, float64(time.Since(start).Microseconds())/1000)
		if len(got) != min(pageSize, due) {
			return fmt.Errorf("%d accounts are due, want %d", len(got), min(pageSize, due))
		}
	}
	slices.Sort(took)
	text, err := json.Marshal(page{
		Peer: "regulars", Task: "ledger_due", Store: l.name, Lots: accounts * lots, Accounts: accounts, Due: due, Page: pageSize,
		MinMs: took[0], MedianMs: took[runs/2], MaxMs: took[runs-1],
	})
	fmt.Println(string(text))
	return err
}

// explain prints the plan of a page.
func explain(ctx context.Context, db *sql.DB, w *os.File) error {
	rows, err := db.QueryContext(ctx, `EXPLAIN (ANALYZE, BUFFERS) SELECT member, due FROM loyalty_account
WHERE program = 'bench' AND due <= `+strconv.FormatInt(upTo.UnixMicro(), 10)+` AND (due, member) > (0, '') ORDER BY due, member LIMIT `+strconv.Itoa(pageSize))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		line := ""
		if err := rows.Scan(&line); err != nil {
			return err
		}
		fmt.Fprintln(w, line)
	}
	return rows.Err()
}
