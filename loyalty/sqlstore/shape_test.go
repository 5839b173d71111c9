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
// whichever of its parts are there, with few rows or many, new or not.
func TestShapes(t *testing.T) {
	rows := []rowsShape{{0, allOld}, {1, allOld}, {1, allNew}, {2, someNew}, {few + 1, allOld}, {few + 1, someNew}, {few + 1, allNew}}
	sizes := []int{0, 1, 2, few + 1}
	for _, accounts := range rows {
		for _, others := range rows {
			for _, entries := range sizes {
				for _, counters := range sizes {
					if s := (commitShape{accounts, others, entries, counters, false}); s != (commitShape{}) {
						checkShape(t, s)
						s.manyPrograms = accounts.rows+others.rows+entries+counters > 1
						checkShape(t, s)
					}
				}
			}
		}
	}
}

func checkShape(t *testing.T, s commitShape) {
	d := draftOf(s)
	if got := d.shape(); got != s {
		t.Fatalf("the draft has shape %+v, want %+v", got, s)
	}
	check := func(what, text string, args []any) {
		t.Helper()
		if got := numbered(t, text); got != len(args) {
			t.Errorf("%s of %+v: %d arguments for %d parameters", what, s, len(args), got)
		}
	}
	check("commit", aloneShape(s.few()).text(), d.arguments(s))
	if s.accounts.rows+s.others.rows == 0 {
		return
	}
	check("bound commit", boundShape(s.few()).text(), d.arguments(s))
	s.counters = 0
	check("rest", restShape(s.few()).text(), d.rows(s))
	s.entries = 0
	check("hold", holdShape(s.few()).text(), d.arguments(s))
}

// draftOf makes a draft of a shape.
func draftOf(s commitShape) *draft {
	b := &loyalty.Batch{}
	for range s.entries {
		b.Entries = append(b.Entries, loyalty.Entry{Account: loyalty.AccountID{Program: "p"}})
	}
	add := func(kind loyalty.RecordKind, rows rowsShape) {
		for i := range rows.rows {
			version := uint64(bit(rows.age == allOld || rows.age == someNew && i > 0))
			b.Records = append(b.Records, loyalty.Record{ID: loyalty.RecordID{Program: "p", Kind: kind, Name: fmt.Sprint(i)}, Version: version})
		}
	}
	add(loyalty.KindAccount, s.accounts)
	add(loyalty.KindKey, s.others)
	for i := range s.counters {
		b.Counters = append(b.Counters, loyalty.Counter{ID: loyalty.CounterID{Program: "p", Number: uint32(i)}, Delta: 1, Max: 100})
	}
	if s.manyPrograms { // the last row's is another one
		switch {
		case s.counters > 0:
			b.Counters[s.counters-1].ID.Program = "another"
		case s.entries > 0:
			b.Entries[s.entries-1].Account.Program = "another"
		default:
			b.Records[len(b.Records)-1].ID.Program = "another"
		}
	}
	return newDraft(b)
}
