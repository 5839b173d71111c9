package journey

import (
	"bytes"
	"encoding"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/funnel"
)

// row is an event of a test.
type row struct {
	user, session, name string
	at                  time.Time
	labels              map[string]string
}

var rows = funnel.Source[row, string]{
	User: func(r row) string { return r.user },
	Name: func(r row) string { return r.name },
	At:   func(r row) time.Time { return r.at },
	Label: func(r row, name string) (string, bool) {
		value, ok := r.labels[name]
		return value, ok
	},
	Where: map[string]func(row) bool{"even": func(r row) bool { return r.at.Minute()%2 == 0 }},
}

// inSessions is rows with sessions that the host gives.
func inSessions() funnel.Source[row, string] {
	s := rows
	s.Session = func(r row) string { return r.session }
	return s
}

// minute returns a moment so many minutes into a day.
func minute(n int) time.Time { return time.Date(2026, 3, 1, 8, n, 0, 0, time.UTC) }

// day returns the events of a user, one a minute.
func day(user string, names ...string) []row {
	var events []row
	for i, name := range names {
		events = append(events, row{user: user, name: name, at: minute(i)})
	}
	return events
}

var anyRow = rapid.Custom(func(t *rapid.T) row {
	return row{
		user:    rapid.SampledFrom([]string{"ann", "bob", "cyd"}).Draw(t, "user"),
		session: rapid.SampledFrom([]string{"s", "t", ""}).Draw(t, "session"),
		name:    rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "name"),
		at:      minute(rapid.IntRange(0, 8).Draw(t, "minute")),
		labels:  map[string]string{"city": rapid.SampledFrom([]string{"rome", "oslo"}).Draw(t, "city")},
	}
})

func shuffled(events []row, seed uint64) []row {
	out := append([]row(nil), events...)
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// shards parts events by user.
func shards(events []row) [][]row {
	var parts [3][]row
	for _, e := range events {
		i := int(e.user[0]) % 3
		parts[i] = append(parts[i], e)
	}
	return parts[:]
}

func bytesOf(t interface {
	Helper()
	Fatal(...any)
}, m encoding.BinaryMarshaler,
) []byte {
	t.Helper()
	data, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type accumulator[C any] interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
	Merge(C) error
}

// checkAccumulator says that order and shards leave no trace in the bytes, and
// that they are read back in the place of what was there.
func checkAccumulator[C accumulator[C]](t *rapid.T, count func([]row) C, events []row) {
	whole := bytesOf(t, count(events))
	if !bytes.Equal(whole, bytesOf(t, count(shuffled(events, rapid.Uint64().Draw(t, "seed"))))) {
		t.Fatal("another order, other bytes")
	}
	parts := shards(events)
	left, right := count(parts[0]), count(parts[2])
	must(t, right.Merge(count(parts[1])))
	must(t, left.Merge(right))
	if !bytes.Equal(whole, bytesOf(t, left)) {
		t.Fatal("other shards, other bytes")
	}
	read := count(parts[1])
	must(t, read.UnmarshalBinary(whole))
	if !bytes.Equal(whole, bytesOf(t, read)) {
		t.Fatal("read and written, other bytes")
	}
	for cut := range whole {
		if read.UnmarshalBinary(whole[:cut]) == nil {
			t.Fatalf("%d of %d bytes were read", cut, len(whole))
		}
	}
	if !bytes.Equal(whole, bytesOf(t, read)) {
		t.Fatal("bytes that were refused changed the counts")
	}
	if read.Merge(read) == nil {
		t.Fatal("merged with itself")
	}
}

func must(t interface {
	Helper()
	Fatal(...any)
}, err error,
) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// hasFault checks that an error says something.
func hasFault(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !bytes.Contains([]byte(err.Error()), []byte(want)) {
		t.Errorf("error %v, want %q in it", err, want)
	}
}

// fuzzCounts checks that bytes which are read at all are written as they were,
// and that counts can be asked then.
func fuzzCounts[C interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}](f *testing.F, counts C, ask func(C) error) {
	f.Add(bytesOf(f, counts))
	f.Fuzz(func(t *testing.T, data []byte) {
		if counts.UnmarshalBinary(data) != nil {
			return
		}
		if got := bytesOf(t, counts); !bytes.Equal(data, got) {
			t.Fatalf("%x is written as %x", data, got)
		}
		if err := ask(counts); err != nil {
			t.Fatal(err)
		}
	})
}
