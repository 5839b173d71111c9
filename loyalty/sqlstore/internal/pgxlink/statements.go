package pgxlink

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// most is how many statements are prepared on a connection. A program's
// commands take a few dozen; each costs the server some tens of kilobytes.
const most = 100

// connection is one of a pool, with the statements that are prepared on it. It
// has one user at a time.
type connection struct {
	conn     *pgx.Conn
	plain    bool // as its configuration would have it
	prepared map[string]*pgconn.StatementDescription
	values   values
}

// custom is where a connection keeps what is ours.
const custom = "github.com/regulars-go/regulars/loyalty/sqlstore"

// connected returns what a connection has been given when it was first used.
func connected(conn *pgx.Conn) *connection {
	kept := conn.PgConn().CustomData()
	if c, ok := kept[custom].(*connection); ok {
		return c
	}
	config := conn.Config()
	c := &connection{
		conn: conn, prepared: map[string]*pgconn.StatementDescription{},
		plain: config.Tracer == nil && config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement,
	}
	kept[custom] = c
	return c
}

// ask runs a statement; nil if it should go by pgx's own Query.
func (c *connection) ask(ctx context.Context, query string, args []any) (*answer, error) {
	statement := c.prepared[query]
	if statement == nil {
		if !c.plain || len(c.prepared) >= most || len(args) == 0 {
			return nil, nil
		}
		var err error
		if statement, err = c.conn.Prepare(ctx, query, query); err != nil {
			return nil, err
		}
		if len(statement.Fields) == 0 {
			own := *statement
			own.Fields = unread
			statement = &own
		}
		c.prepared[query] = statement
	}
	if err := c.values.encode(c.conn.TypeMap(), statement.ParamOIDs, args); err != nil {
		return nil, err
	}
	reader := c.conn.PgConn().ExecStatement(ctx, statement, c.values.list, c.values.formats, binary)
	c.values.forget()
	return &answer{connection: c, statement: statement, reader: reader}, nil
}

// unread stands for the columns of a statement that has none: ExecStatement
// would ask the server each time whether it has some by now.
var unread = make([]pgconn.FieldDescription, 1)

// binary asks for all columns as binary ones.
var binary = []int16{pgx.BinaryFormatCode}

// leave closes a connection whose server has lost prepared statements, or has
// planned them for tables that were changed since. The pool opens another.
func (c *connection) leave(ctx context.Context, err error) {
	failed, ok := errors.AsType[*pgconn.PgError](err)
	if ok && (failed.Code == "26000" || failed.Code == "0A000") {
		_ = c.conn.Close(ctx) // whatever becomes of it
	}
}
