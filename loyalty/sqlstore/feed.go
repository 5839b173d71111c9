package sqlstore

import (
	"context"
	"fmt"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/sqlstore/internal/link"
)

// feedPage is a page of a feed, and the cursor of its last entry.
type feedPage struct {
	entries []loyalty.Entry
	cursor  string
}

// Feed implements [loyalty.Feeder]. An entry is handed out once no transaction
// is under way that might still write one that comes before it. A host's
// transaction that has written anything and stays open holds the feed back.
func (s *Store) Feed(ctx context.Context, program, cursor string, limit int) ([]loyalty.Entry, string, error) {
	if limit < 1 {
		return nil, "", fmt.Errorf("sqlstore: limit %d: want at least 1", limit)
	}
	page, err := s.dialect.feed(ctx, s.reader(), program, cursor, limit)
	if err != nil {
		return nil, "", fmt.Errorf("sqlstore: feed: %w", err)
	}
	if len(page.entries) == 0 {
		return nil, cursor, nil
	}
	return page.entries, page.cursor, nil
}

func errCursor(cursor string) error { return fmt.Errorf("cursor %q is none of this store's", cursor) }

// takeFeed reads entries, with the cursor in the last column.
func takeFeed(rows link.Rows, program string) (*feedPage, error) {
	defer func() { _ = rows.Close() }()
	page := &feedPage{}
	for rows.Next() {
		e := loyalty.Entry{Account: loyalty.AccountID{Program: program}}
		if err := scanEntry(rows, &e, &e.Account.Member, &page.cursor); err != nil {
			return nil, err
		}
		page.entries = append(page.entries, e)
	}
	return page, rows.Err()
}
