package loyaltytest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

func checkReadWrites(l *lab) {
	readers := []loyalty.Store{l.store}
	if again, ok := l.store.(Reopener); ok {
		readers = append(readers, again.Reopen(l.t), again.Reopen(l.t))
	} else {
		l.notes = append(l.notes, "on one connection only: the store is no loyaltytest.Reopener")
	}
	for version := range uint64(rounds) {
		writer := readers[version%uint64(len(readers))]
		b := batch(record(head("a"), version, fmt.Sprint("written ", version+1)))
		b.Entries = []loyalty.Entry{entry("a", version+1)}
		l.commitTo(writer, b)
		found := make([]string, writers)
		l.together(func(ctx context.Context, i int) {
			for n, s := range readers {
				records, _, err := s.Load(ctx, []loyalty.RecordID{head("a")}, nil)
				entries, err2 := s.Entries(ctx, accountOf("a"), 0, 1000)
				if err = cmp.Or(err, err2); err != nil {
					found[i] = fmt.Sprintf("connection %d: %v", n, err)
				} else if records[0].Version != version+1 || len(entries) != int(version)+1 {
					found[i] = fmt.Sprintf("connection %d: version %d and %d entries right after the commit of version %d", n, records[0].Version, len(entries), version+1)
				}
			}
		})
		for _, problem := range slices.Compact(found) {
			if problem != "" {
				l.problemf("%s", problem)
			}
		}
	}
}

func checkDue(l *lab) {
	due := map[string]time.Time{}
	put := func(member string, version uint64, at time.Time) {
		l.commit(batch(loyalty.Record{ID: head(member), Version: version, Body: []byte("x"), Due: at}))
		due[member] = at
	}
	upTo := day(20)
	for i := range 40 { // the order of members is not that of what is due
		put(fmt.Sprintf("m%02d", i), 0, day(1+(i*7)%13))
	}
	put("first", 0, day(1).Add(-time.Microsecond))
	put("just", 0, upTo)
	put("not", 0, upTo.Add(time.Microsecond))
	stays := map[string]bool{}
	for m := range due {
		stays[m] = m != "not"
	}
	q := loyalty.Scan{Program: program, UpTo: upTo, Limit: 7}
	got := map[string]bool{}
	for n := 0; ; n++ {
		page := l.scan(q)
		if len(page) == 0 {
			break
		}
		for _, d := range page {
			if q.After != nil && compareDue(*q.After, d) >= 0 {
				l.problemf("%v comes after %v", d, *q.After)
			}
			if !d.At.Equal(due[d.Member]) || d.At.After(upTo) {
				l.problemf("%v is on a page up to %v, but is due at %v", d, upTo, due[d.Member])
			}
			if got[d.Member] && stays[d.Member] {
				l.problemf("%v comes twice", d)
			}
			got[d.Member], q.After = true, &d
		}
		// One that was listed is done, as by a sweep; one that was not becomes due
		// before the cursor, one after it.
		done := page[len(page)-1].Member
		stays[done] = false
		put(done, l.load(head(done)).Version, day(25))
		if late := fmt.Sprintf("late-%d", n); n < 3 {
			put(fmt.Sprintf("early-%d", n), 0, day(1))
			put(late, 0, day(19))
			stays[late] = true
		}
		if n > 100 {
			l.fatalf("100 pages of 7 and no end")
		}
	}
	for m, stayed := range stays {
		if stayed && !got[m] {
			l.problemf("%s was due at %v all the time and is on no page", m, due[m])
		}
	}
	if got["not"] {
		l.problemf("an account that is due a microsecond later is listed")
	}
}

func compareDue(a, b loyalty.Due) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Member, b.Member))
}

func checkNotDue(l *lab) {
	var want []loyalty.Due
	for i := range 10 {
		d := loyalty.Due{Member: fmt.Sprintf("m%d", (i*7)%10)}
		if i%2 == 0 {
			d.At = day(10 - i)
		}
		l.commit(batch(loyalty.Record{ID: head(d.Member), Body: []byte("x"), Due: d.At}, record(keyOf(fmt.Sprint("k", i)), 0, "x")))
		want = append(want, d)
	}
	cleared := want[2].Member
	l.commit(batch(loyalty.Record{ID: head(cleared), Version: 1, Body: []byte("x")}))
	want[2].At = time.Time{}
	var dueWant []loyalty.Due
	for _, d := range want {
		if !d.At.IsZero() {
			dueWant = append(dueWant, d)
		}
	}
	slices.SortFunc(dueWant, compareDue)
	if got := l.scan(loyalty.Scan{Program: program, UpTo: day(300), Limit: 100}); !sameDue(got, dueWant) {
		l.problemf("up to a late instant: %v, want %v", got, dueWant)
	}
	slices.SortFunc(want, func(a, b loyalty.Due) int { return cmp.Compare(a.Member, b.Member) })
	var got []loyalty.Due
	for q := (loyalty.Scan{Program: program, Limit: 3}); len(got) <= len(want); {
		page := l.scan(q)
		if len(page) == 0 {
			break
		}
		got, q.After = append(got, page...), &page[len(page)-1]
	}
	if !sameDue(got, want) {
		l.problemf("all, in pages of 3: %v, want %v", got, want)
	}
}

func sameDue(a, b []loyalty.Due) bool {
	return slices.EqualFunc(a, b, func(a, b loyalty.Due) bool { return compareDue(a, b) == 0 })
}

func checkEntries(l *lab) {
	want := map[string][]loyalty.Entry{}
	for version := range uint64(6) {
		b := &loyalty.Batch{}
		for n, m := range []string{"a", "b"} {
			b.Records = append(b.Records, record(head(m), version, "x"))
			for range 1 + (int(version)+n)%3 {
				e := entry(m, uint64(len(want[m]))+1)
				e.Kind = loyalty.EntryKind(len(want[m]))
				if e.RecordedAt = day(int(version) + 1); len(want[m])%2 == 0 {
					e.OccurredAt = day(30 - int(version)) // a later one may have occurred earlier
				}
				b.Entries, want[m] = append(b.Entries, e), append(want[m], e)
			}
		}
		l.commit(b)
		for m := range want {
			l.sameEntries(fmt.Sprintf("all of %s after %d commits", m, version+1), l.entries(accountOf(m)), want[m])
		}
	}
	for m, all := range want {
		for after := range len(all) + 2 {
			for _, limit := range []int{1, 2, len(all), len(all) + 1} {
				got, err := l.store.Entries(l.ctx, accountOf(m), uint64(after), limit)
				if err != nil {
					l.fatalf("Entries: %v", err)
				}
				from := min(after, len(all))
				l.sameEntries(fmt.Sprintf("after %d up to %d of %d", after, limit, len(all)), got, all[from:min(from+limit, len(all))])
			}
		}
	}
	if got := l.entries(accountOf("nobody")); len(got) != 0 {
		l.problemf("an account that is not there has entries %v", got)
	}
}

func (l *lab) sameEntries(what string, got, want []loyalty.Entry) {
	if len(got) != len(want) {
		l.problemf("%s: %d entries, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		g, w := &got[i], &want[i]
		if g.Account != w.Account || g.Seq != w.Seq || g.Kind != w.Kind || !g.OccurredAt.Equal(w.OccurredAt) || !g.RecordedAt.Equal(w.RecordedAt) ||
			!bytes.Equal(g.Body, w.Body) || !bytes.Equal(g.Command, w.Command) {
			l.problemf("%s: entry %d is %+v, want %+v", what, i, *g, *w)
			return
		}
	}
}

func checkBytes(l *lab) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for i, body := range [][]byte{
		all,
		{0},
		{0, 0, 'a', 0},
		[]byte("ends in zeros\x00\x00"), []byte("  spaces  "), []byte("line\r\nend\n"),
		[]byte(`{ "b":1,  "a":1.0, "a":2 }`), []byte(`"text"`), []byte("null"), []byte("1e2"),
		[]byte("\xff\xfe not UTF-8 \xc3"), []byte(`\x41 \u0041 %41 &amp; ''"`), []byte("é and e\u0301"),
		bytes.Repeat(all, 4<<10), // a megabyte
	} {
		member := fmt.Sprint("m", i)
		b := batch(loyalty.Record{ID: head(member), Body: body}, loyalty.Record{ID: keyOf(member), Body: body})
		e := entry(member, 1)
		e.Body, e.Command = body, slices.Clone(body)
		b.Entries = []loyalty.Entry{e}
		l.commit(b)
		what := fmt.Sprintf("%d bytes, %q", len(body), shortened(body))
		for _, id := range []loyalty.RecordID{head(member), keyOf(member)} {
			if got := l.load(id).Body; !bytes.Equal(got, body) {
				l.problemf("%s: the body of %v came back as %q", what, id, shortened(got))
			}
		}
		got := l.entries(accountOf(member))
		if len(got) != 1 || !bytes.Equal(got[0].Body, body) || !bytes.Equal(got[0].Command, body) {
			l.problemf("%s: the entry came back otherwise", what)
		}
	}
	e := entry("none", 1)
	e.Body, e.Command = nil, nil
	l.commit(&loyalty.Batch{Records: []loyalty.Record{record(head("none"), 0, "")}, Entries: []loyalty.Entry{e}})
	if r := l.load(head("none")); r.Version != 1 || len(r.Body) != 0 {
		l.problemf("an empty body came back as version %d with %q", r.Version, r.Body)
	}
	if got := l.entries(accountOf("none")); len(got) != 1 || len(got[0].Body) != 0 || got[0].Command != nil {
		l.problemf("an entry with no body and a nil command came back as %+v", got)
	}
}

func shortened(b []byte) []byte { return b[:min(len(b), 40)] }

func checkInstants(l *lab) {
	east, west := time.FixedZone("east", 14*3600), time.FixedZone("west", -11*3600)
	for i, at := range []time.Time{
		{},
		time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 29, 1, 30, 0, 123_456_000, time.UTC),
		time.Date(2026, 3, 29, 1, 30, 0, 123_457_000, east),
		time.Date(2026, 10, 25, 2, 30, 0, 999_999_000, west),
		time.Date(1999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2499, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2749, 12, 31, 23, 59, 59, 1000, time.UTC), // expiry 250 years on
	} {
		member := fmt.Sprint("m", i)
		e := entry(member, 1)
		if !at.IsZero() {
			e.OccurredAt, e.RecordedAt = at, at.Add(time.Microsecond)
		}
		l.commit(&loyalty.Batch{
			Records: []loyalty.Record{{ID: head(member), Body: []byte("x"), Due: at}, {ID: keyOf(member), Body: []byte("x"), Until: at}},
			Entries: []loyalty.Entry{e},
		})
		l.sameInstant("Due of Load", l.load(head(member)).Due, at)
		l.sameInstant("Until of Load", l.load(keyOf(member)).Until, at)
		got := l.entries(accountOf(member))
		if len(got) != 1 {
			l.fatalf("%d entries, want 1", len(got))
		}
		l.sameInstant("OccurredAt", got[0].OccurredAt, e.OccurredAt)
		l.sameInstant("RecordedAt", got[0].RecordedAt, e.RecordedAt)
		var before *loyalty.Due
		if i > 0 {
			before = &loyalty.Due{Member: fmt.Sprint("m", i-1)}
		}
		page := l.scan(loyalty.Scan{Program: program, After: before, Limit: 1})
		if len(page) != 1 || page[0].Member != member {
			l.fatalf("page %v, want %s", page, member)
		}
		l.sameInstant("At of Scan", page[0].At, at)
	}
}

func (l *lab) sameInstant(what string, got, want time.Time) {
	if want.IsZero() != got.IsZero() || !got.Equal(want) {
		l.problemf("%s: %v, want %v", what, got, want)
	} else if name, offset := got.Zone(); name != "UTC" || offset != 0 {
		l.problemf("%s: %v is not in UTC", what, got)
	}
}

func checkNames(l *lab) {
	long := strings.Repeat("x", loyalty.MaxKeyBytes-1)
	names := []string{
		"A", "a", "a ", " a", "a\t", "ａ", "é", "e\u0301", "É", "ß", "ss", "İ", "i", "I", "ı",
		"中文会员", "中文會員", "👩‍👩‍👧", "Ünïcode", "%", "_", "a%", "a_", "a'b", `a"b`, `a\b`, "a;--", "$1", "?", ":a", "NULL", "null", "0", "00", "0.0", "1e1", "10",
		"a/b", "a:b", "a\x01b", "\u200b", "\ufeff", "a\nb", long + "y", long + "z",
	}
	var want []string
	for i, name := range names {
		id := keyOf(name)
		if len(name) <= loyalty.MaxNameBytes {
			id = head(name)
			want = append(want, name)
		}
		b := batch(loyalty.Record{ID: id, Body: fmt.Append(nil, "record ", i), Due: day(1)})
		b.Counters = []loyalty.Counter{{ID: loyalty.CounterID{Program: program, Kind: 16, Value: "name=" + name}, Delta: int64(i) + 1, Max: 1 << 40}}
		if id.Kind == loyalty.KindAccount {
			e := entry(name, 1)
			b.Entries = []loyalty.Entry{e}
		} else {
			b.Records[0].Due = time.Time{}
		}
		if err := l.store.Commit(l.ctx, b); err != nil {
			l.problemf("new record %q: %v", name, err)
		}
	}
	for i, name := range names {
		id := keyOf(name)
		if len(name) <= loyalty.MaxNameBytes {
			id = head(name)
			got := l.entries(accountOf(name))
			l.sameEntries(fmt.Sprintf("entries of %q", name), got, []loyalty.Entry{entry(name, 1)})
		}
		l.holds(fmt.Sprintf("record %q", name), id, 1, fmt.Sprint("record ", i))
		if got := l.count(loyalty.CounterID{Program: program, Kind: 16, Value: "name=" + name}); got != int64(i)+1 {
			l.problemf("counter of value %q: %d, want %d", name, got, i+1)
		}
	}
	slices.Sort(want)
	for _, upTo := range []time.Time{{}, day(2)} {
		var got []string
		for q := (loyalty.Scan{Program: program, UpTo: upTo, Limit: 5}); len(got) <= len(want); {
			page := l.scan(q)
			if len(page) == 0 {
				break
			}
			for _, d := range page {
				got = append(got, d.Member)
			}
			q.After = &page[len(page)-1]
		}
		if !slices.Equal(got, want) {
			l.problemf("members in pages of 5 up to %v: %q, want %q", upTo, got, want)
		}
	}
}
