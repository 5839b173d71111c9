package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/examples/internal/chart"
	"github.com/regulars-go/regulars/funnel"
)

// leakView is the call-out of one leak.
type leakView struct {
	Title  string
	What   string
	Facts  []fact
	Sure   string
	Guards string
	Peers  *figure // nil if all customers are meant
}

// mostPeers is how many segments are drawn beside a leak.
const mostPeers = 8

func (c *conversion) leakViews() ([]leakView, error) {
	var views []leakView
	for _, l := range c.hunt.leaks {
		doc := l.section()
		v := leakView{
			Title: doc.Step + ": " + segmentName(doc.Segment, doc.Without),
			What:  leakInWords(c.section.Leaks, doc),
			Facts: leakFacts(c.section.Leaks, doc),
			Sure:  sureInWords(c.section.Leaks, doc), Guards: guardsInWords(doc),
		}
		if l.segment != (trait{}) {
			f, err := c.peersFigure(l)
			if err != nil {
				return nil, err
			}
			v.Peers = &f
		}
		views = append(views, v)
	}
	return views, nil
}

// leakInWords says what happens, and to whom.
func leakInWords(doc leaksSection, l leakSection) string {
	where := ""
	if l.Segment != "" {
		where = "With " + l.Segment + ", "
	} else if len(l.Without) > 0 {
		where = "Without " + strings.Join(l.Without, " and ") + ", "
	}
	text := fmt.Sprintf("%sonly %s of the %s that come to “%s” have come to “%s” since %s; before that it was %s.",
		where, unbroken(&l.Since.Value), doc.Counted, l.From, l.Step, longDate(doc.Since), unbroken(&l.Before.Value))
	return capital(text)
}

func leakFacts(doc leaksSection, l leakSection) []fact {
	facts := []fact{
		{Name: "Before", Value: unbroken(&l.Before.Value), Note: hitsOf(l.Before)},
		{Name: "Since", Value: unbroken(&l.Since.Value), Note: hitsOf(l.Since)},
		{Name: "Lost here", Value: count(int(l.Lost)), Note: doc.Counted + " at least"},
	}
	if l.LostConversions != nil {
		facts = append(facts, fact{Name: "Completed ones lost", Value: count(int(*l.LostConversions)), Note: "at least, had they gone on as others do"})
	}
	return facts
}

func hitsOf(r funnel.Rate) string { return count(int(r.Hits)) + " of " + count(int(r.Of)) }

// sureInWords says how strong the proof is.
func sureInWords(doc leaksSection, l leakSection) string {
	return fmt.Sprintf("How sure: the drop is %.1f points, and between %.1f and %.1f with a probability of 95\u00a0%%. In view of the other comparisons, chance alone makes such a difference %s.",
		100*l.Drop.Value, 100*l.Drop.Low, 100*l.Drop.High, oddsInWords(l.Adjusted))
}

// oddsInWords writes a small probability.
func oddsInWords(p float64) string {
	if p < 1e-6 {
		return "less than once in a million times"
	}
	size := 1 // two digits tell enough
	for 1/p/float64(size) >= 100 {
		size *= 10
	}
	return fmt.Sprintf("once in about %s times", count(int(1/p/float64(size)+0.5)*size))
}

// guardsInWords says within which other splits the drop shows too.
func guardsInWords(l leakSection) string {
	var upheld []string
	for _, g := range l.Guards {
		if g.Finding == funnel.Upheld {
			upheld = append(upheld, g.Name)
		}
	}
	if upheld == nil {
		return ""
	}
	return "The drop is about as large among customers of the same " + oneOf(upheld) + ", so the reason is not who comes."
}

// oneOf joins words with commas and an “or”.
func oneOf(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// noLeakInWords says why no leak is named; "" if one is.
func noLeakInWords(doc leaksSection) string {
	switch {
	case doc.Since == "":
		return "The events span too few days to compare the last of them with those before."
	case doc.Tests == 0:
		return fmt.Sprintf("There is nothing to compare before and since %s: too few %s, or all of them made each step.", longDate(doc.Since), doc.Counted)
	case len(doc.Proven) > 0:
		return ""
	}
	text := fmt.Sprintf("None proven: in %s, no segment does worse since %s than before beyond what chance makes.", counted(doc.Tests, "comparison"), longDate(doc.Since))
	if doc.Smallest == nil {
		return text + " There are too few to have seen even the largest drop."
	}
	return text + fmt.Sprintf(" In the largest of them a drop of %.1f points would have been seen, in others only a larger one.", 100**doc.Smallest)
}

// peersFigure sets the segment beside the others of its kind.
func (c *conversion) peersFigure(l leak) (figure, error) {
	then, since := chart.BarSeries{Name: "before"}, chart.BarSeries{Name: "since " + longDate(c.section.Leaks.Since)}
	bars := chart.Bars{Horizontal: true, Value: chart.Axis{Label: "Come to “" + l.cell.Name + "”", Max: 1, Format: chart.Percent}}
	numbers := grid{
		Caption: fmt.Sprintf("Share of %s that come from “%s” to “%s”, by %s", units(c.attempts.By), l.cell.From, l.cell.Name, l.segment.split),
		Head:    []string{capital(l.segment.split), "Before", "Of", "Since", "Of"},
	}
	peers := slices.Clone(l.peers)
	slices.SortStableFunc(peers, func(x, y funnel.Cell) int { return cmp.Compare(came(y.Rate), came(x.Rate)) })
	var words []string
	for i, p := range peers {
		name := traitOf(p, l.segment.split).value
		if traitOf(p, l.segment.split) == l.segment {
			name += " (leak)"
		}
		a, b := rateOf(p.Reference), rateOf(p.Rate)
		numbers.Rows = append(numbers.Rows, []string{name, dash(a), count(int(came(p.Reference))), dash(b), count(int(came(p.Rate)))})
		if i >= mostPeers && traitOf(p, l.segment.split) != l.segment {
			continue
		}
		bars.Categories = append(bars.Categories, name)
		then.Values, since.Values = append(then.Values, orNaN(a)), append(since.Values, orNaN(b))
		words = append(words, fmt.Sprintf("%s %s before, %s since", name, dash(a), dash(b)))
	}
	bars.Series = []chart.BarSeries{then, since}
	bars.Alt = fmt.Sprintf("Bars of the share that comes to “%s”, by %s: %s.", l.cell.Name, l.segment.split, strings.Join(words, "; "))
	svg, err := bars.SVG()
	return figure{
		Title:   fmt.Sprintf("From “%s” to “%s”, by %s", l.cell.From, l.cell.Name, l.segment.split),
		Note:    "The leak is where the bars differ; the others show what is usual.",
		SVG:     svg,
		Numbers: numbers,
	}, err
}

// came is how many a rate is of.
func came(r *funnel.Rate) int64 {
	if r == nil {
		return 0
	}
	return r.Of
}

func rateOf(r *funnel.Rate) *float64 {
	if r == nil {
		return nil
	}
	return &r.Value
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
