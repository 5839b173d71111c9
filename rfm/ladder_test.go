package rfm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/rfm"
)

// bank has the lines of China Merchants Bank, in yuan of average balance in a
// month, and Bohai Bank's periods.
var bank = rfm.Ladder{Rungs: []rfm.Rung{
	{Name: "gold", AtLeast: decimal.NewFromInt(500_000)},
	{Name: "private", AtLeast: decimal.NewFromInt(10_000_000), Short: 6},
}}

func TestLadder(t *testing.T) {
	tests := []struct{ name, values, want string }{
		{"starts where the first value is", "600e3", "gold"},
		{"below the first rung", "499999.99", "-"},
		{"at the line", "500e3 10e6", "gold private"},
		{"kept while short, then down", "600e3 1 1 1", "gold gold+1 gold+2 -"},
		{"one good month starts anew", "600e3 1 1 600e3 1 1 1", "gold gold+1 gold+2 gold gold+1 gold+2 -"},
		{"private has six, and falls to the rung of the last", "10e6 1 1 1 1 1 600e3", "private private+1 private+2 private+3 private+4 private+5 gold"},
		{"down two rungs at once", "10e6 1 1 1 1 1 1", "private private+1 private+2 private+3 private+4 private+5 -"},
		{"up while flagged", "600e3 1 10e6", "gold gold+1 private"},
		{"a debt is below all", "-5 600e3 -5", "- gold gold+1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var s rfm.Standing
			var got []string
			for _, value := range amountsOf(test.values) {
				var err error
				if s, err = bank.Next(s, value); err != nil {
					t.Fatal(err)
				}
				text := bank.Name(s.Rung)
				if text == "" {
					text = "-"
				}
				if s.Short > 0 {
					text += fmt.Sprintf("+%d", s.Short)
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(strings.Fields(test.want), got); diff != "" {
				t.Errorf("standings (-want +got):\n%s", diff)
			}
		})
	}
}

// drawLadder draws one to four rungs at 10, 20, …
func drawLadder(t *rapid.T) rfm.Ladder {
	var l rfm.Ladder
	for i := range rapid.IntRange(1, 4).Draw(t, "rungs") {
		l.Rungs = append(l.Rungs, rfm.Rung{
			Name: fmt.Sprint(i + 1), AtLeast: decimal.NewFromInt(int64(10 * (i + 1))), Short: rapid.IntRange(1, 5).Draw(t, "short"),
		})
	}
	return l
}

// Property: a ladder changes no more often than the bare value does, never
// down before its periods are over, and to nothing but what the value says; a
// value that stays is reached within the periods of the rung above it.
func TestLadderDelaysOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLadder(t)
		values := rapid.SliceOf(rapid.Int64Range(0, 55)).Draw(t, "values")
		var s rfm.Standing
		raw, rawChanges, changes, held := 0, 0, 0, 0
		for i, value := range values {
			reached := min(int(value)/10, len(l.Rungs))
			next, err := l.Next(s, decimal.NewFromInt(value))
			if err != nil {
				t.Fatal(err)
			}
			if next.Rung != s.Rung && next.Rung != reached {
				t.Fatalf("period %d: from %d to %d, though the value says %d", i, s.Rung, next.Rung, reached)
			}
			if next.Rung < s.Rung && held+1 < l.Rungs[s.Rung-1].Short {
				t.Fatalf("period %d: down after %d periods short of %d", i, held+1, l.Rungs[s.Rung-1].Short)
			}
			if next.Rung < reached {
				t.Fatalf("period %d: on %d, though the value says %d", i, next.Rung, reached)
			}
			held++
			if reached >= next.Rung {
				held = 0
			}
			if next.Short != held {
				t.Fatalf("period %d: %d periods short, want %d", i, next.Short, held)
			}
			if i == 0 {
				raw, s = reached, next
				continue
			}
			if reached != raw {
				rawChanges++
			}
			if next.Rung != s.Rung {
				changes++
			}
			raw, s = reached, next
		}
		if changes > rawChanges {
			t.Fatalf("%d changes, %d of the bare value", changes, rawChanges)
		}
		constant := slices.Repeat([]decimal.Decimal{decimal.NewFromInt(int64(10*raw + 1))}, 5)
		end, err := l.Fold(s, slices.Values(constant))
		if err != nil || end != (rfm.Standing{Rung: raw}) {
			t.Fatalf("a value that says %d ends at %+v: %v", raw, end, err)
		}
	})
}

func TestLadderRefuses(t *testing.T) {
	tests := []struct {
		name     string
		standing rfm.Standing
		value    decimal.Decimal
		want     string
	}{
		{"a rung too many", rfm.Standing{Rung: 3}, cash("1"), "rfm: standing on rung 3: want 0 to 2"},
		{"no such rung", rfm.Standing{Rung: -1}, cash("1"), "rfm: standing on rung -1: want 0 to 2"},
		{"short of nothing", rfm.Standing{Short: 1}, cash("1"), "rfm: standing on rung 0 with 1 periods short: nobody falls short of less than nothing"},
		{"hostile value", rfm.Standing{Rung: 1}, cash("1e1000"), "rfm: ladder: sum has exponent 1000: want -18 to 18"},
	}
	for _, test := range tests {
		s, err := bank.Next(test.standing, test.value)
		if err == nil || err.Error() != test.want || s != test.standing {
			t.Errorf("%s: %v, %v: want it unchanged and %s", test.name, s, err, test.want)
		}
	}
	if s, err := bank.Fold(rfm.Standing{}, slices.Values(amountsOf("600e3 1 1e1000 1"))); err == nil || s != (rfm.Standing{Rung: 1, Short: 1}) {
		t.Errorf("fold: %v, %v: want to stop before the hostile value", s, err)
	}
	// A shortened grace holds at once: who is past it goes down.
	if s, err := bank.Next(rfm.Standing{Rung: 1, Short: 9}, cash("1")); err != nil || s != (rfm.Standing{}) {
		t.Errorf("past a shortened grace: %v, %v", s, err)
	}
}

func TestParseLadder(t *testing.T) {
	data, err := json.Marshal(bank)
	want := `{"rungs":[{"name":"gold","atLeast":"500000"},{"name":"private","atLeast":"10000000","short":6}]}`
	if err != nil || string(data) != want {
		t.Fatalf("JSON %s, %v: want %s", data, err, want)
	}
	got, err := rfm.ParseLadder(data)
	if again, _ := json.Marshal(got); err != nil || string(again) != want {
		t.Errorf("%s becomes %s, %v", want, again, err)
	}
	_, err = rfm.ParseLadder([]byte(`{"rungs":[{"name":"a","atLeast":"5","short":-1},{"name":"a","atLeast":"5"},{"name":" ","atLeast":"1e1000","short":121}]}`))
	faults, ok := errors.AsType[regulars.Faults](err)
	if !ok {
		t.Fatalf("error %v, want faults", err)
	}
	wantFaults := strings.Join([]string{
		`rungs[0].short: -1: want 1 to 120`,
		`rungs[1].name: "a" is there already`,
		`rungs[1].atLeast: 5: want more than the 5 of the rung before`,
		`rungs[2].name: missing`,
		`rungs[2].atLeast: sum has exponent 1000: want -18 to 18`,
	}, "\n")
	if diff := cmp.Diff(wantFaults, faults.Error()); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if _, err := rfm.ParseLadder([]byte(`{"rungs":[]}`)); err == nil || err.Error() != "rungs: 0 rungs: want 1 to 100" {
		t.Errorf("no rungs: %v", err)
	}
}

func FuzzParseLadder(f *testing.F) {
	f.Add([]byte(`{"rungs":[{"name":"gold","atLeast":"500000"},{"name":"private","atLeast":"10000000","short":6}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := rfm.ParseLadder(data)
		if err != nil {
			return
		}
		first, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		if l, err = rfm.ParseLadder(first); err != nil {
			t.Fatalf("%v in %s", err, first)
		}
		if second, _ := json.Marshal(l); string(second) != string(first) {
			t.Fatalf("%s becomes %s", first, second)
		}
		if _, err := l.Next(rfm.Standing{Rung: 1}, cash("-1")); err != nil {
			t.Fatal(err)
		}
	})
}

func ExampleLadder_Step() {
	var s rfm.Standing
	for _, balance := range amountsOf("620e3 480e3 300e3 510e3 100e3 100e3 100e3") {
		step, err := bank.Step(s, balance)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(bank.Describe(step))
		s = step.After
	}
	// Output:
	// up to gold from no rung
	// gold, short for 1 period: 2 more end it
	// gold, short for 2 periods: 1 more ends it
	// gold
	// gold, short for 1 period: 2 more end it
	// gold, short for 2 periods: 1 more ends it
	// down to no rung from gold after 3 periods short
}

func ExampleLadder_Fold() {
	s, err := bank.Fold(rfm.Standing{}, slices.Values(amountsOf("11e6 9e6 9e6")))
	fmt.Println(bank.Label(s), s.Short, err)
	// Output:
	// rung=private 2 <nil>
}

func ExampleLadder_Next() {
	s, err := bank.Next(rfm.Standing{Rung: 1, Short: 2}, cash("10000000"))
	fmt.Println(bank.Name(s.Rung), s.Short, err)
	// Output:
	// private 0 <nil>
}

func ExampleParseLadder() {
	l, err := rfm.ParseLadder([]byte(`{"rungs": [{"name": "affluent", "atLeast": "100000"}, {"name": "affluent", "atLeast": "1000000"}]}`))
	fmt.Println(len(l.Rungs), err)
	// Output:
	// 0 rungs[1].name: "affluent" is there already
}
