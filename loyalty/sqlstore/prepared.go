package sqlstore

import (
	"context"
	"database/sql"
	"sync"
)

// prepared is the statements that every command runs, prepared once: SQLite
// takes as long to parse them as to run them. They live as long as the database
// of the host does.
type prepared struct {
	mu sync.RWMutex
	by map[string]*sql.Stmt
}

// ready prepares what is not yet. It must come before a transaction begins: the
// host may have allowed one connection only.
func (p *prepared) ready(ctx context.Context, db *sql.DB) error {
	p.mu.RLock()
	done := p.by != nil
	p.mu.RUnlock()
	if done {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by != nil {
		return nil
	}
	by := map[string]*sql.Stmt{}
	for _, query := range sqliteFrequent {
		stmt, err := db.PrepareContext(ctx, query)
		if err != nil {
			for _, stmt := range by {
				_ = stmt.Close()
			}
			return err
		}
		by[query] = stmt
	}
	p.by = by
	return nil
}

func (p *prepared) get(query string) *sql.Stmt {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.by[query]
}

// preparedDB runs prepared statements outside transactions.
type preparedDB struct {
	*prepared
	*sql.DB
}

func (p preparedDB) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := p.get(query); stmt != nil {
		return stmt.QueryContext(ctx, args...)
	}
	return p.DB.QueryContext(ctx, query, args...)
}

// preparedTx runs them in a transaction of the store's own.
type preparedTx struct {
	*prepared
	*sql.Tx
}

func (p preparedTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := p.get(query); stmt != nil {
		return p.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	}
	return p.Tx.ExecContext(ctx, query, args...)
}

func (p preparedTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt := p.get(query); stmt != nil {
		return p.StmtContext(ctx, stmt).QueryContext(ctx, args...)
	}
	return p.Tx.QueryContext(ctx, query, args...)
}
