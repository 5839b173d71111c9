package rfm_test

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/rfm"
)

// Seven customers in three groups are 3, 2 and 2, as NTILE(3) makes them; the
// four who ordered once are parted by ID.
func TestRankPartsEquals(t *testing.T) {
	table := &rfm.Table[string]{
		AsOf:      march(31),
		Customer:  []string{"g", "f", "e", "d", "c", "b", "a"},
		Recency:   []int32{0, 0, 0, 0, 0, 0, 9},
		Frequency: []uint32{1, 1, 1, 1, 5, 4, 3},
		Monetary:  []int64{-7, 10, 20, 30, 40, 50, 60},
	}
	scores, err := table.Rank(3, 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i, s := range scores {
		got[table.Customer[i]] = s.String()
	}
	want := map[string]string{
		"g": "321", "f": "311", "e": "211", "d": "212",
		"c": "132", "b": "133", "a": "123",
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("ranks (-want +got):\n%s", diff)
	}
}

func TestRankOfFewOrNone(t *testing.T) {
	table, err := rfm.NewTable(shopOf(3, 5), march(31))
	if err != nil {
		t.Fatal(err)
	}
	scores, err := table.Rank(5, 5, 5)
	if want := []rfm.Score{{R: 1, F: 1, M: 1}, {R: 2, F: 2, M: 2}}; err != nil || !slices.Equal(scores, want) {
		t.Errorf("two customers in five groups: %v, %v: want %v", scores, err, want)
	}
	if table, err = rfm.NewTable(shopOf(), march(31)); err != nil {
		t.Fatal(err)
	}
	if scores, err = table.Rank(5, 5, 5); err != nil || len(scores) != 0 {
		t.Errorf("nobody: %v, %v", scores, err)
	}
	for _, n := range []int{0, -1, 101} {
		if _, err := table.Rank(5, n, 5); err == nil {
			t.Errorf("no error for %d groups", n)
		}
	}
	table.Recency = append(table.Recency, 1)
	if _, err := table.Rank(5, 5, 5); err == nil || !strings.Contains(err.Error(), "want as many of each") {
		t.Errorf("table of unlike columns: error %v", err)
	}
}

// Property: ranks fill every group evenly, the worse first, and never put a
// better value into a worse group, whatever the order of the rows.
func TestRankIsEvenAndMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, err := rfm.NewTable(drawShop(t), march(31))
		if err != nil {
			t.Fatal(err)
		}
		n := rapid.IntRange(1, 7).Draw(t, "groups")
		scores, err := table.Rank(n, n, n)
		if err != nil {
			t.Fatal(err)
		}
		sizes := make([]int, n+1)
		for i, a := range scores {
			sizes[a.F]++
			for j, b := range scores {
				if table.Frequency[i] > table.Frequency[j] && a.F < b.F ||
					table.Recency[i] < table.Recency[j] && a.R < b.R ||
					table.Monetary[i] > table.Monetary[j] && a.M < b.M {
					t.Fatalf("row %d at %v is better than row %d at %v", i, a, j, b)
				}
			}
		}
		for score := 1; score <= n; score++ {
			want := table.Len() / n
			if score <= table.Len()%n {
				want++
			}
			if sizes[score] != want {
				t.Fatalf("sizes %v of %d customers in %d groups", sizes[1:], table.Len(), n)
			}
		}
		turned := &rfm.Table[int]{AsOf: table.AsOf, Places: table.Places}
		for i := table.Len() - 1; i >= 0; i-- {
			turned.Customer = append(turned.Customer, table.Customer[i])
			turned.Recency = append(turned.Recency, table.Recency[i])
			turned.Frequency = append(turned.Frequency, table.Frequency[i])
			turned.Monetary = append(turned.Monetary, table.Monetary[i])
		}
		again, err := turned.Rank(n, n, n)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(again)
		if diff := gocmp.Diff(scores, again); diff != "" {
			t.Fatalf("rows turned round (-want +got):\n%s", diff)
		}
	})
}

func TestComposite(t *testing.T) {
	s := rfm.Score{R: 5, F: 4, M: 3}
	tests := []struct {
		name string
		w    rfm.Weights
		s    rfm.Score
		want float64
		ok   bool
	}{
		{"defaults of SPSS Modeler", rfm.Weights{}, s, 543, true},
		{"own weights", rfm.Weights{R: 0.5, F: 2, M: 0}, s, 10.5, true},
		{"no score", rfm.Weights{}, rfm.Score{}, 0, false},
		{"negative", rfm.Weights{R: -1, F: 2, M: 3}, s, 0, false},
		{"no number", rfm.Weights{R: 1, F: math.NaN(), M: 3}, s, 0, false},
		{"infinite", rfm.Weights{R: 1, F: 1, M: math.Inf(1)}, s, 0, false},
		{"the largest", rfm.Weights{R: rfm.MaxWeight}, s, 5e9, true},
	}
	for _, test := range tests {
		if got, ok := test.w.Composite(test.s); got != test.want || ok != test.ok {
			t.Errorf("%s: %v, %v: want %v, %v", test.name, got, ok, test.want, test.ok)
		}
	}
}

func TestParseWeightsRefuses(t *testing.T) {
	_, err := rfm.ParseWeights([]byte(`{"r":-1,"f":2e9,"m":1}`))
	if _, ok := errors.AsType[regulars.Faults](err); !ok || err.Error() != "r: -1: want 0 to 1e+09\nf: 2e+09: want 0 to 1e+09" {
		t.Errorf("error %v", err)
	}
	if _, err := rfm.ParseWeights([]byte(`{"R":1}`)); err == nil {
		t.Error("no error for a key in capitals")
	}
	if w, err := rfm.ParseWeights([]byte(`{"r":1,"f":0,"m":2.5}`)); err != nil || w != (rfm.Weights{R: 1, M: 2.5}) {
		t.Errorf("%v, %v", w, err)
	}
}

func ExampleTable_Rank() {
	table, err := rfm.NewTable(shopOf(1, 1, 1, 1, 9), march(31))
	if err != nil {
		fmt.Println(err)
		return
	}
	scores, err := table.Rank(5, 5, 5)
	fmt.Println(scores, err) // four equals, four scores
	// Output:
	// [111 222 333 444 555] <nil>
}

func ExampleWeights_Composite() {
	list := []rfm.Score{{R: 1, F: 5, M: 5}, {R: 5, F: 1, M: 1}, {R: 3, F: 3, M: 3}}
	spend := rfm.Weights{R: 1, F: 2, M: 4}
	slices.SortFunc(list, func(a, b rfm.Score) int {
		x, _ := spend.Composite(a)
		y, _ := spend.Composite(b)
		return cmp.Compare(y, x)
	})
	fmt.Println(list)
	// Output:
	// [155 333 511]
}

func ExampleParseWeights() {
	w, err := rfm.ParseWeights([]byte(`{"r": 1, "f": 2, "m": 4}`))
	fmt.Println(w, err)
	// Output:
	// {1 2 4} <nil>
}
