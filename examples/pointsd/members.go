package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// Pages of lists.
const (
	pageDefault = 50
	pageMost    = 500
)

// member answers what the member holds now.
func (s *service) member(q *request) (reply, error) {
	statement, err := s.engine.Balance(q.Context(), q.now, q.member())
	if err != nil {
		return reply{}, err
	}
	return asJSON(statement)
}

// journalPage is a part of a member's journal. Next is where the one after it
// begins; 0 if this was the last for now.
type journalPage struct {
	Entries []loyalty.Event `json:"entries"`
	Next    uint64          `json:"next,omitempty"`
}

// entries answers a page of the member's journal, oldest first.
func (s *service) entries(q *request) (reply, error) {
	u := q.query()
	after := u.number("after", 0, 1<<62, 0)
	limit := int(u.number("limit", 1, pageMost, pageDefault))
	if err := u.end(); err != nil {
		return reply{}, err
	}
	member := q.member()
	page, err := s.journal(q.Context(), q.now, member, after, limit)
	if err != nil {
		return reply{}, err
	}
	return asJSON(page)
}

func (s *service) journal(ctx context.Context, now time.Time, member string, after uint64, limit int) (journalPage, error) {
	events, err := s.engine.History(ctx, member, after, limit)
	if err != nil {
		return journalPage{}, err
	}
	if len(events) == 0 { // a journal at its end, or none
		if _, err := s.engine.Balance(ctx, now, member); err != nil {
			return journalPage{}, err
		}
	}
	page := journalPage{Entries: events}
	if len(events) == limit {
		page.Next = events[len(events)-1].Seq
	}
	return page, nil
}

// entry answers one entry of the member's journal, with its reasons.
func (s *service) entry(q *request) (reply, error) {
	seq, err := strconv.ParseUint(q.PathValue("seq"), 10, 62)
	if err != nil {
		return reply{}, fault("seq", fmt.Sprintf("%.40q: want a whole number", q.PathValue("seq")))
	}
	event, err := s.engine.Explain(q.Context(), q.member(), seq)
	if err != nil {
		return reply{}, err
	}
	return asJSON(event)
}

// memberList is a part of the list of members. Next is where the one after it
// begins; empty if this was the last.
type memberList struct {
	Members []memberDue `json:"members"`
	Next    string      `json:"next,omitempty"`
}

// memberDue is a member, and when something of theirs is due.
type memberDue struct {
	Member string    `json:"member"`
	Due    time.Time `json:"due,omitzero"`
}

// members answers a page of the members whose names begin with a text.
func (s *service) members(q *request) (reply, error) {
	u := q.query()
	prefix, after := u.text("prefix"), u.text("after")
	limit := int(u.number("limit", 1, pageMost, pageDefault))
	if err := u.end(); err != nil {
		return reply{}, err
	}
	if err := checkName("prefix", prefix); err != nil {
		return reply{}, err
	}
	if err := checkName("after", after); err != nil {
		return reply{}, err
	}
	list, err := s.list(q.Context(), prefix, after, limit)
	if err != nil {
		return reply{}, err
	}
	return asJSON(list)
}

// checkName refuses what can't be a part of a member's name, and what a
// database would not take.
func checkName(path, text string) error {
	if len(text) > loyalty.MaxNameBytes || strings.ToValidUTF8(text, "") != text || strings.ContainsRune(text, 0) {
		return fault(path, fmt.Sprintf("want at most %d bytes of UTF-8 without NUL", loyalty.MaxNameBytes))
	}
	return nil
}

// list lists members whose names begin with a prefix and come after another,
// by their bytes.
func (s *service) list(ctx context.Context, prefix, after string, limit int) (memberList, error) {
	list := memberList{Members: []memberDue{}}
	if after < prefix { // a scan finds what comes after a name, and not the name
		account := loyalty.AccountID{Program: s.program.Name, Member: prefix}
		records, _, err := s.store.Load(ctx, []loyalty.RecordID{account.Record()}, nil)
		if err != nil {
			return list, err
		}
		if records[0].Version > 0 {
			list.Members = append(list.Members, memberDue{prefix, records[0].Due})
		}
		after = prefix
	}
	scan := loyalty.Scan{Program: s.program.Name, Limit: limit}
	if after != "" {
		scan.After = &loyalty.Due{Member: after}
	}
	page, err := s.store.Scan(ctx, scan)
	if err != nil {
		return list, err
	}
	for _, d := range page {
		if !strings.HasPrefix(d.Member, prefix) {
			return list, nil
		}
		if len(list.Members) < limit {
			list.Members = append(list.Members, memberDue{d.Member, d.At})
		}
	}
	if len(list.Members) == limit {
		list.Next = list.Members[limit-1].Member
	}
	return list, nil
}
