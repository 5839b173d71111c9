package rfm_test

import (
	"bufio"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/rfm"
)

// readCDNOW reads the purchases of the CDNOW data set: customer, date, discs
// and dollars in columns of spaces, below a header.
func readCDNOW(t testing.TB) []rfm.Line[string] {
	file := testdata.Open(t, "CDNOW_master.txt")
	lines := bufio.NewScanner(file)
	lines.Scan()
	var rows []rfm.Line[string]
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		at, err := time.Parse("20060102", fields[1])
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, rfm.Line[string]{Customer: fields[0], At: at, Amount: decimal.RequireFromString(fields[3])})
	}
	return rows
}

// The counts that others published or computed of the whole CDNOW set: Fader
// and Hardie's 69,659 rows of 23,570 customers, the quintile edges of
// frequency that pandas refuses to cut at, and the share of the top fifth.
func TestCDNOW(t *testing.T) {
	rows := readCDNOW(t)
	orders, err := rfm.Consolidate(slices.Values(rows), rfm.LinePolicy{})
	if err != nil {
		t.Fatal(err)
	}
	want := rfm.Report{Lines: 69_659, Orders: 69_659}
	if diff := cmp.Diff(want, orders.Report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	tally, err := orders.Tally()
	if err != nil {
		t.Fatal(err)
	}
	asOf := time.Date(1998, 6, 30, 23, 59, 59, 0, time.UTC)
	table, err := tally.Table(asOf)
	if err != nil {
		t.Fatal(err)
	}
	if table.Len() != 23_570 {
		t.Errorf("%d customers, want 23570", table.Len())
	}
	model, err := table.Fit(rfm.Quantiles(5))
	if err != nil {
		t.Fatal(err)
	}
	for _, cuts := range []struct {
		name string
		got  rfm.Cuts
		want string
	}{
		{"frequency", model.Frequency[0], "1 1 2 4"},
		{"monetary", model.Monetary[0], "15.36 31.35 59.924 133.95"},
	} {
		var texts []string
		for _, cut := range cuts.got.At {
			texts = append(texts, cut.String())
		}
		if got := strings.Join(texts, " "); got != cuts.want {
			t.Errorf("%s cuts %s, want %s", cuts.name, got, cuts.want)
		}
	}
	scores, err := table.Scores(model)
	if err != nil {
		t.Fatal(err)
	}
	var frequency [6]int
	for _, s := range scores {
		frequency[s.F]++
	}
	if diff := cmp.Diff([6]int{0, 11_908, 0, 4_079, 3_658, 3_925}, frequency); diff != "" {
		t.Errorf("customers by frequency score (-want +got):\n%s", diff)
	}
	c, err := table.Concentrate()
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Total.String(); got != "2500315.63" {
		t.Errorf("total %s, want 2500315.63", got)
	}
	top20, _ := c.Top(0.2)
	top1, _ := c.Top(0.01)
	if got := decimal.NewFromFloat(100 * top20).StringFixed(2); got != "67.78" {
		t.Errorf("the top fifth has %s %%, want 67.78", got)
	}
	if got := decimal.NewFromFloat(100 * top1).StringFixed(2); got != "15.88" {
		t.Errorf("the top hundredth has %s %%, want 15.88", got)
	}
}
