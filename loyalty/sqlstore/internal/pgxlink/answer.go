package pgxlink

import (
	"bytes"
	"context"
	"database/sql"
	encoding "encoding/binary"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

var bigEndian = encoding.BigEndian

// answer is what the server says to a prepared statement.
type answer struct {
	*connection
	statement *pgconn.StatementDescription
	reader    *pgconn.ResultReader // the connection's: of no use once it is closed
	closed    bool
	tag       pgconn.CommandTag
	err       error
}

// close reads what is left.
func (a *answer) close(ctx context.Context) error {
	if a.closed {
		return a.err
	}
	a.closed = true
	if a.tag, a.err = a.reader.Close(); a.err != nil {
		a.leave(ctx, a.err)
	}
	return a.err
}

// scan reads the columns of a row.
func (a *answer) scan(dest []any) error {
	row, fields := a.reader.Values(), a.statement.Fields
	if len(row) != len(dest) || len(row) != len(fields) {
		return fmt.Errorf("%d columns for %d values", len(row), len(dest))
	}
	for i, value := range row {
		if oid := fields[i].DataTypeOID; !read(oid, value, dest[i]) {
			if err := a.conn.TypeMap().Scan(oid, pgx.BinaryFormatCode, value, dest[i]); err != nil {
				return fmt.Errorf("column %d: %w", i+1, err)
			}
		}
	}
	return nil
}

// read reads what most columns of commands are; false if it is something else.
func read(oid uint32, value []byte, dest any) bool {
	switch dest := dest.(type) {
	case *[]byte:
		*dest = bytes.Clone(value) // nil stays nil, and empty stays empty
		return oid == pgtype.ByteaOID
	case *int64:
		if oid == pgtype.Int8OID && value != nil {
			*dest = int64(bigEndian.Uint64(value))
			return true
		}
	case *sql.NullInt64:
		if oid == pgtype.Int8OID && value != nil {
			*dest = sql.NullInt64{Int64: int64(bigEndian.Uint64(value)), Valid: true}
			return true
		}
		*dest = sql.NullInt64{}
		return value == nil
	}
	return false
}

// pooledRows are the rows of an answer, and the connection that it came by.
type pooledRows struct {
	*answer
	ctx  context.Context // of the query, as pgx's own rows have it
	held *pgxpool.Conn
}

func (r *pooledRows) Next() bool {
	if r.closed {
		return false
	}
	if r.reader.NextRow() {
		return true
	}
	_ = r.Close() // the error stays
	return false
}

func (r *pooledRows) Scan(dest ...any) error { return r.scan(dest) }

func (r *pooledRows) Err() error { return r.err }

func (r *pooledRows) Close() error {
	err := r.close(r.ctx)
	r.held.Release() // the second time it does nothing
	return err
}
