package main

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/rfm"
)

// kindsView is what report/kinds.html.tmpl shows.
type kindsView struct {
	Quadrants, Octants figure
	Kinds              grid
	VisitsKnown        bool
}

// kindsReport shows the four quadrants and the eight octants.
func (a *analysis) kindsReport() (section, error) {
	quadrants, octants := a.quadrantsSection(), a.octantsSection()
	data := kindsView{Kinds: a.octantsTable(octants), VisitsKnown: quadrants.Visits == "visits"}
	var err error
	if data.Quadrants, err = a.quadrantsFigure(quadrants); err != nil {
		return section{}, err
	}
	data.Octants, err = a.groupsFigure("The eight octants", "Each of recency, frequency and spend is split at its mean. “Important” are those who spend more than the mean.", octants)
	return section{
		ID:       "kinds",
		Title:    "Kinds of customer",
		Findings: kindsFindings(quadrants, octants),
		Data:     data,
	}, err
}

func kindsFindings(quadrants quadrantsSection, octants []groupSection) []string {
	all := headCount(quadrants.Groups)
	develop := quadrantOf(quadrants, true, false)
	come := "visit"
	if quadrants.Visits != "visits" {
		come = "order"
	}
	findings := []string{fmt.Sprintf("%s of the customers (%s) %s more often than the mean and spend less (“%s”): with them a larger basket counts.",
		unbroken(part(develop.Customers, all)), count(develop.Customers), come, develop.Name)}
	best := octants[0]
	for _, o := range octants {
		if o.Share != nil && (best.Share == nil || *o.Share > *best.Share) {
			best = o
		}
	}
	if best.Share != nil {
		findings = append(findings, fmt.Sprintf("Of the eight octants “%s” brings the most: %s of the customers and %s of the revenue.",
			best.Name, unbroken(part(best.Customers, headCount(octants))), unbroken(best.Share)))
	}
	return findings
}

// quadrantOf finds a quadrant of the document by what it stands for.
func quadrantOf(doc quadrantsSection, often, high bool) groupSection {
	name := rfm.QuadrantFrom(often, high).String()
	for _, g := range doc.Groups {
		if g.Name == name {
			return g
		}
	}
	return groupSection{Name: name}
}

// quadrantsFigure shows how many customers there are of each kind: those who
// spend much on top, those who come often at the right.
func (a *analysis) quadrantsFigure(doc quadrantsSection) (figure, error) {
	few, many := bothSides(doc.VisitsCut, 0)
	low, high := bothSides(doc.SpendCut, a.places)
	few = "up to " + few
	if many == "0" { // nobody came
		few = "none"
	}
	h := chart.HeatMap{
		X: "Number of " + doc.Visits, Y: "Spend, in the currency of the input",
		Columns: []string{few + "\nseldom", many + " or more\noften"},
		Rows:    []string{"much\n" + high + " or more", "little\nup to " + low},
	}
	all := headCount(doc.Groups)
	numbers := grid{Caption: "Customers by quadrant", Head: []string{"Quadrant", "Customers", "Share", "Revenue", "Share"}}
	for _, spendsMuch := range []bool{true, false} {
		var values []float64
		var names []string
		for _, often := range []bool{false, true} {
			g := quadrantOf(doc, often, spendsMuch)
			values = append(values, float64(g.Customers))
			names = append(names, g.Name+" "+g.Chinese)
		}
		h.Values, h.Groups = append(h.Values, values), append(h.Groups, names)
	}
	for _, g := range doc.Groups {
		numbers.Rows = append(numbers.Rows, []string{g.Name, count(g.Customers), unbroken(part(g.Customers, all)), a.amount(g.Revenue), unbroken(g.Share)})
		numbers.Chinese = append(numbers.Chinese, g.Chinese)
	}
	h.Alt = "Heat map of customers by " + doc.Visits + " and spend: " + sharesInWords(doc.Groups) + "."
	svg, err := h.SVG()
	return figure{
		Title:   "The four quadrants",
		Note:    "Each cell counts customers. Both sides are split at the mean.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// bothSides returns the largest number below a cut and the smallest one from it,
// both with so many places.
func bothSides(cut string, places int32) (below, from string) {
	d, err := decimal.NewFromString(cut)
	if err != nil {
		return cut, cut
	}
	d = d.RoundCeil(places)
	return grouped(d.Sub(decimal.New(1, -places)).StringFixed(places)), grouped(d.StringFixed(places))
}

// octantsTable says who is meant by each octant.
func (a *analysis) octantsTable(octants []groupSection) grid {
	t := grid{Head: []string{"Octant", "Customers", "Revenue"}}
	for i, o := range rfm.Octants() {
		t.Rows = append(t.Rows, []string{octants[i].Name, count(octants[i].Customers), a.amount(octants[i].Revenue)})
		t.Chinese = append(t.Chinese, octants[i].Chinese)
		t.Notes = append(t.Notes, octantInWords(o))
	}
	return t
}

func octantInWords(o rfm.Octant) string {
	word := func(yes bool, is, not string) string {
		if yes {
			return is
		}
		return not
	}
	return word(o.Recent(), "lately", "not lately") + ", " + word(o.Frequent(), "often", "seldom") + ", " + word(o.High(), "much spent", "little spent")
}
