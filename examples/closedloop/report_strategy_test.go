package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOperationsAgreeWithTheDocument(t *testing.T) {
	a := shopSince(t)
	doc := a.strategySection()
	f, err := operationsFigure(doc)
	if err != nil {
		t.Fatal(err)
	}
	var want [][]string
	total := doc.Unserved
	for _, o := range doc.Decisions {
		total += o.Customers
		if o.Customers > 0 {
			want = append(want, []string{count(int(o.Customers))})
		}
	}
	if doc.Unserved > 0 {
		want = append(want, []string{count(int(doc.Unserved))})
	}
	if diff := cmp.Diff(want, drawn(t, f, atBars)); diff != "" || total != doc.Customers {
		t.Errorf("bars of %d customers in all, want %d (-document +drawing):\n%s", total, doc.Customers, diff)
	}
	verdicts := 0
	for _, n := range column(t, verdictsTable(doc), 1) {
		verdicts += n
	}
	if verdicts != int(doc.Customers)*len(doc.Decisions) {
		t.Errorf("%d verdicts: want one a customer and operation, %d", verdicts, int(doc.Customers)*len(doc.Decisions))
	}
	outranked := int64(0)
	for i, n := range column(t, a.plan(doc), 2) {
		outranked += int64(n)
		if a.plan(doc).Rows[i][0] != doc.Decisions[i].Operation {
			t.Errorf("row %d is %s: want %s", i, a.plan(doc).Rows[i][0], doc.Decisions[i].Operation)
		}
	}
	if outranked != doc.Verdicts["outranked"] {
		t.Errorf("%d outranked: want %d", outranked, doc.Verdicts["outranked"])
	}
}

func TestUnserved(t *testing.T) {
	few := strategySection{Customers: 1200, Unserved: 1, Decisions: []operationSection{{Operation: "gift", Customers: 1199}}}
	none := strategySection{Customers: 5, Unserved: 5, Decisions: []operationSection{{Operation: "gift"}}}
	for _, tc := range []struct {
		name       string
		doc        strategySection
		want, bars string
	}{
		{"one", few, "The plan is for 1,200 customers. 1 of them, 0.1\u00a0%, gets no operation, since none is meant for them.", "1,199 1"},
		{"all", none, "The plan is for 5 customers. 5 of them, 100.0\u00a0%, get no operation, since none is meant for them.", "5"},
		{
			"held out",
			strategySection{Customers: 10, Unserved: 2, Holdout: holdoutSection{Customers: 1}, Decisions: few.Decisions},
			"The plan is for 10 customers. 2 of them, 20.0\u00a0%, get no operation: 1 is held out, to compare with.", "1,199 2",
		},
		{"nobody", strategySection{Customers: 1}, "The plan is for 1 customer. None is left without an operation.", "0"},
	} {
		if got := unservedInWords(tc.doc); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
		f, err := operationsFigure(tc.doc)
		if err != nil {
			t.Fatal(err)
		}
		var bars []string
		for _, line := range drawn(t, f, atBars) {
			bars = append(bars, line...)
		}
		if got := strings.Join(bars, " "); got != tc.bars {
			t.Errorf("%s: bars %s, want %s", tc.name, got, tc.bars)
		}
	}
	if got := strategyFindings(none); len(got) != 1 || got[0] != "No operation fits any customer." {
		t.Errorf("findings %q", got)
	}
}
