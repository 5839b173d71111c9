package sqlstore

import (
	"context"
	"strings"

	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/checkpoint"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// dialect is what differs from one database to the other.
type dialect interface {
	// pool runs single statements outside transactions.
	pool() link.Queryer
	// text returns a statement that is the same in all dialects but for its
	// placeholders, which are written as $1, $2, ….
	text(query string) string
	// begin begins a transaction of the store's own, as a writer.
	begin(ctx context.Context) (*transaction, error)

	load(ctx context.Context, tx link.Queryer, l *loading) error
	// commit writes a draft in the host's transaction or, if that is nil, in
	// one of its own.
	commit(ctx context.Context, host link.Queryer, d *draft) error
	totals() string
	feed(ctx context.Context, tx link.Queryer, program, cursor string, limit int) (*feedPage, error)
	checkpoint() checkpoint.Texts
	prune(ctx context.Context, tx link.Queryer, now int64, limit int) (int, error)

	migrations() migrations
	// beginMigration begins a transaction that others of its kind wait for.
	beginMigration(ctx context.Context) (*transaction, error)
}

// transaction is one of the store's own.
type transaction struct {
	link.Tx
	done func() // called when it has ended
}

// end commits if err is nil, and rolls back if not.
func (t *transaction) end(ctx context.Context, err error) error {
	defer t.done()
	if err != nil {
		_ = t.Rollback(ctx) // the first error says more
		return err
	}
	return t.Commit(ctx)
}

// questionMarks turns $1 into ?1.
func questionMarks(query string) string { return strings.ReplaceAll(query, "$", "?") }
