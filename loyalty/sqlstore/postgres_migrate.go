package sqlstore

import (
	"context"
	"fmt"

	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

func (p *postgres) migrations() migrations {
	return migrations{folder: "postgresql", begin: []string{
		// The number is of this package; the lock goes with the transaction.
		`SELECT pg_advisory_xact_lock(7310868735)`,
		`CREATE TABLE IF NOT EXISTS loyalty_migration (version integer PRIMARY KEY)`,
	}, end: p.settle}
}

// settle checks that the database is one that the store works on, and moves
// positions on if need be.
func (p *postgres) settle(ctx context.Context, tx link.Queryer) error {
	encoding, isolation := "", ""
	err := link.One(ctx, tx, `SELECT current_setting('server_encoding'), current_setting('default_transaction_isolation')`, nil, &encoding, &isolation)
	if err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("the database has encoding %s, want UTF8", encoding)
	}
	if isolation != "read committed" {
		return fmt.Errorf("connections begin transactions at %s, want read committed: set default_transaction_isolation for them", isolation)
	}
	return p.rebase(ctx, tx)
}

func (p *postgres) beginMigration(ctx context.Context) (*transaction, error) { return p.begin(ctx) }

// postgresAhead is how far the newest entry lies ahead of all transactions that this
// cluster has begun; below 0 it lies behind, as it should. It jumps from program to
// program by the index.
const postgresAhead = `
WITH RECURSIVE p AS (
	(SELECT program FROM loyalty_entry ORDER BY program LIMIT 1)
	UNION ALL
	SELECT (SELECT e.program FROM loyalty_entry e WHERE e.program > p.program ORDER BY e.program LIMIT 1) FROM p WHERE p.program IS NOT NULL
)
SELECT coalesce(max((SELECT max(e.position) FROM loyalty_entry e WHERE e.program = p.program)), 0)
	- loyalty_position(txid_snapshot_xmax(txid_current_snapshot())), loyalty_position(0)
FROM p`

// rebase moves positions on if the database has come from a cluster that had
// counted further: positions must not begin anew, or consumers that have passed
// them would miss what comes.
func (p *postgres) rebase(ctx context.Context, tx link.Queryer) error {
	var ahead, base int64
	if err := link.One(ctx, tx, postgresAhead, nil, &ahead, &base); err != nil || ahead < 0 {
		return err
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(
		`CREATE OR REPLACE FUNCTION loyalty_position(id bigint) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT id + %d'`, base+ahead+1))
	return err
}
