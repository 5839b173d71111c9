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
	for n := range 3 * 3 * 3 * 3 * 3 * 3 * 2 {
		next := func(of int) int { last := n % of; n /= of; return last }
		s := commitShape{
			sizes[next(3)], sizes[next(3)], sizes[next(3)], sizes[next(3)], sizes[next(3)], sizes[next(3)], next(2) == 1,
		}
		d := draftOf(s)
		if got := d.shape(s.bound); got != s {
			t.Fatalf("the draft has shape %+v, want %+v", got, s)
		}
		a := arguments{draft: d}
		a.of(s)
		if got := numbered(t, s.few().text()); got != len(a.list) {
			t.Errorf("%+v: %d arguments for %d parameters", s, len(a.list), got)
		}
		s.entries, s.counters = 0, 0
		a = arguments{draft: d}
		a.rows(s)
		a.counts(s.existing())
		if got := numbered(t, lockShape(s.few()).text()); got != len(a.list) {
			t.Errorf("lock of %+v: %d arguments for %d parameters", s, len(a.list), got)
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
