package main

import (
	"context"
	"strconv"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// memberView is all that the page of a member shows.
type memberView struct {
	frame
	loyalty.Statement
	// Ending are available points that end, the soonest first; Soon is how many
	// of those end within soon.
	Ending  []endingView
	Soon    []loyalty.Balance
	Endless []loyalty.Lot
	Ladder  *ladderView
	Journal []entryView
	// Older is where the entries before these end; 0 if there are none.
	Older   uint64
	Newer   bool // these are not the newest
	Preview previewView
}

// soon is how far ahead the page warns of points that end.
const soon = 30 * 24 * time.Hour

// endingView is a lot, and how long it still has.
type endingView struct {
	loyalty.Lot
	Days int64
	Soon bool
}

// ladderView is where the member stands between two levels.
type ladderView struct {
	loyalty.Standing
	// Wanted is what the next level takes in all; 0 at the top.
	Wanted int64
	Wallet string
}

const journalLength = 25

// memberPage shows a member: GET /member?id=m42, with before= for older
// entries, and the fields of the form for a preview.
func (s *service) memberPage(q *request) (reply, error) {
	member := q.URL.Query().Get("id")
	q.say("member", member)
	statement, err := s.engine.Balance(q.Context(), q.now, member)
	if err != nil {
		return reply{}, err
	}
	v := memberView{frame: s.frame(member, member), Statement: statement}
	v.lots(q.now)
	v.Ladder = s.ladder(statement.Tier)
	if err := s.journalOf(q.Context(), &v, q.URL.Query().Get("before")); err != nil {
		return reply{}, err
	}
	if v.Preview, err = s.previewOf(q, member); err != nil {
		return reply{}, err
	}
	return s.page("member.html.tmpl", v)
}

// lots tells points that end from those that don't.
func (v *memberView) lots(now time.Time) {
	soonest := map[string]int64{}
	for _, l := range v.Lots {
		if l.Expires.IsZero() {
			v.Endless = append(v.Endless, l)
			continue
		}
		left := l.Expires.Sub(now)
		if left <= soon {
			soonest[l.Wallet] += l.Points
		}
		v.Ending = append(v.Ending, endingView{l, int64(left / (24 * time.Hour)), left <= soon})
	}
	for _, b := range v.Balances {
		if n := soonest[b.Wallet]; n > 0 {
			v.Soon = append(v.Soon, loyalty.Balance{Wallet: b.Wallet, Available: n})
		}
	}
}

func (s *service) ladder(st *loyalty.Standing) *ladderView {
	if st == nil || s.program.Tiers == nil {
		return nil
	}
	v := &ladderView{Standing: *st, Wallet: s.program.Tiers.Wallet}
	if v.Wallet == "" {
		v.Wallet = s.program.Wallets[0].Name
	}
	if st.Next != "" {
		v.Wanted = st.Qualifying + st.Missing
	}
	return v
}

// journalOf reads the entries before one, the newest if none is given.
func (s *service) journalOf(ctx context.Context, v *memberView, before string) error {
	end := v.Seq + 1
	if before != "" {
		n, err := strconv.ParseUint(before, 10, 62)
		if err != nil || n < 1 {
			return fault("before", "want a whole number from 1")
		}
		v.Newer = n < end
		end = min(n, end)
	}
	after := uint64(0)
	if end > journalLength {
		after = end - 1 - journalLength
	}
	events, err := s.engine.History(ctx, v.Member, after, int(end-1-after))
	if err != nil {
		return err
	}
	for i := len(events) - 1; i >= 0; i-- { // the newest first
		v.Journal = append(v.Journal, newEntryView(&events[i]))
	}
	if after > 0 {
		v.Older = after + 1
	}
	return nil
}
