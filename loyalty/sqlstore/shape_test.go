package sqlstore

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
)

var parameters = regexp.MustCompile(`\$(\d+)`)

// numbered returns how many parameters a statement has, if it uses each.
func numbered(t *testing.T, text string) int {
	used, most := map[int]bool{}, 0
	for _, found := range parameters.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(found[1])
		used[n], most = true, max(most, n)
	}
	if len(used) != most {
		t.Fatalf("%d parameters up to number %d:\n%s", len(used), most, text)
	}
	return most
}

// Every statement of a commit has as many parameters as there are arguments,
// whichever of its parts are there, with few rows or many.
func TestShapes(t *testing.T) {
	sizes := []int{0, 1, few + 1}
	for n := 1; n < 3*3*3*3*3*3; n++ {
		next := func() int { last := n % 3; n /= 3; return sizes[last] }
		number := n
		s := commitShape{next(), next(), next(), next(), next(), next()}
		n = number
		d := draftOf(s)
		if got := d.shape(); got != s {
			t.Fatalf("the draft has shape %+v, want %+v", got, s)
		}
		check := func(what, text string, counted commitShape) {
			a := arguments{draft: d}
			a.rows(s)
			a.counts(counted)
			if s.counters > 0 {
				a.list = append(a.list, d.shard())
			}
			if got := numbered(t, text); got != len(a.list) {
				t.Errorf("%s of %+v: %d arguments for %d parameters", what, s, len(a.list), got)
			}
		}
		check("commit", aloneShape(s.few()).text(), commitShape{accounts: s.accounts, others: s.others, counters: s.counters})
		check("bound commit", boundShape(s.few()).text(), s)
		if s.entries, s.counters = 0, 0; s != (commitShape{}) {
			check("lock", lockShape(s.few()).text(), boundShape(s).existing())
		}
	}
}

// draftOf makes a draft of a shape.
func draftOf(s commitShape) *draft {
	b := &loyalty.Batch{Entries: make([]loyalty.Entry, s.entries)}
	add := func(kind loyalty.RecordKind, version uint64, count int) {
		for i := range count {
			b.Records = append(b.Records, loyalty.Record{ID: loyalty.RecordID{Program: "p", Kind: kind, Name: fmt.Sprint(version, i)}, Version: version})
		}
	}
	add(loyalty.KindAccount, 1, s.accounts)
	add(loyalty.KindAccount, 0, s.newAccounts)
	add(loyalty.KindKey, 1, s.others)
	add(loyalty.KindKey, 0, s.newOthers)
	for i := range s.counters {
		b.Counters = append(b.Counters, loyalty.Counter{ID: loyalty.CounterID{Number: uint32(i)}, Delta: 1, Max: 100})
	}
	return newDraft(b)
}
