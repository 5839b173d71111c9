// Package checkpoint is how a consumer takes a page of the feed, and keeps how
// far it came.
package checkpoint

import (
	"context"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// Texts are the statements in the words of a database.
type Texts struct {
	// Open makes the row of a program and a consumer, unless it is there.
	Open string
	// Get asks for its cursor, and keeps others away.
	Get string
	// Put sets it.
	Put string
}

// Statements with the placeholders of PostgreSQL.
const (
	Open = `INSERT INTO loyalty_checkpoint (program, consumer, cursor) VALUES ($1, $2, '') ON CONFLICT DO NOTHING`
	Get  = `SELECT cursor FROM loyalty_checkpoint WHERE program = $1 AND consumer = $2`
	Put  = `UPDATE loyalty_checkpoint SET cursor = $3 WHERE program = $1 AND consumer = $2`
	Lock = Get + ` FOR UPDATE`
)

// PostgreSQL has the statements for PostgreSQL.
func PostgreSQL() Texts { return Texts{Open, Lock, Put} }

// Next hands a page of a feed to f, in the transaction that tx and feed are in,
// and moves the checkpoint on.
func Next(ctx context.Context, tx link.Queryer, feed loyalty.Feeder, texts Texts, program, consumer string, limit int, f func([]loyalty.Entry) error) (int, error) {
	if _, err := tx.Exec(ctx, texts.Open, program, consumer); err != nil {
		return 0, err
	}
	cursor := ""
	if err := link.One(ctx, tx, texts.Get, []any{program, consumer}, &cursor); err != nil {
		return 0, err
	}
	entries, next, err := feed.Feed(ctx, program, cursor, limit)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	if err := f(entries); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, texts.Put, program, consumer, next)
	return len(entries), err
}
