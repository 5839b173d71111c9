package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/rfm"
)

// The documents, beside one of scores for each shard.
const (
	modelDocument     = "model.json"
	segmentsDocument  = "segments.csv"
	growthDocument    = "growth.csv"
	retentionDocument = "retention.csv"
	funnelDocument    = "funnel.json"
)

// headers are the first lines of tables. The other lines are sorted.
var headers = map[string]string{
	segmentsDocument:  "segment,customers",
	growthDocument:    "month,active,new,retained,resurrected,churned",
	retentionDocument: "cohort,month,of,active,open,openActive",
}

// What is counted, and how.
var (
	binning  = rfm.Quantiles(5)
	segments = rfm.Grid()
	checkout = funnel.Funnel{
		Name: "checkout",
		Steps: []funnel.Step{
			{Name: "view", Events: []string{"view"}},
			{Name: "cart", Events: []string{"cart"}},
			{Name: "pay", Events: []string{"pay"}},
		},
		Match: funnel.Match{Window: funnel.Within(7 * 24 * time.Hour)},
	}
)

// Calendar is the moment of the reports and the zone of their days, as every
// worker is told.
type Calendar struct {
	Zone string
	AsOf int64 // the last microsecond that counts
}

func (c Calendar) asOf() time.Time { return time.UnixMicro(c.AsOf).UTC() }

// after is the first instant that doesn't count, up to which flows are
// complete.
func (c Calendar) after() time.Time { return time.UnixMicro(c.AsOf + 1).UTC() }

func (c Calendar) zone() *time.Location {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		panic(err) // checked before the pipeline was made; this worker has no zones
	}
	return zone
}

// tableText puts the lines of a table in their order, behind its header.
func tableText(document string, lines []string) string {
	slices.Sort(lines)
	return headers[document] + "\n" + strings.Join(lines, "\n") + "\n"
}

func modelText(m rfm.Model) (string, error) { return indented(m) }

func segmentText(segment string, customers int) string {
	return fmt.Sprintf("%s,%d", segment, customers)
}

// scoredRow is what scores say of one customer.
type scoredRow struct {
	customer string
	score    rfm.Score
	segment  string
}

// scoreTally scores the customers of a tally, in the order of their names.
func scoreTally(tally *rfm.Tally[string], m rfm.Model) ([]scoredRow, error) {
	table, err := tally.Table(m.AsOf)
	if err != nil {
		return nil, err
	}
	scores, err := table.Scores(m)
	if err != nil {
		return nil, err
	}
	rows := make([]scoredRow, len(scores))
	for i, score := range scores {
		rows[i] = scoredRow{table.Customer[i], score, segments.Segment(score)}
	}
	return rows, nil
}

func scoresDocument(shard, shards int) string {
	return fmt.Sprintf("scores-%05d-of-%05d.csv", shard, shards)
}

func scoresText(rows []scoredRow) string {
	var text strings.Builder
	text.WriteString("customer,score,segment\n")
	for _, r := range rows {
		fmt.Fprintf(&text, "%q,%s,%s\n", r.customer, r.score, r.segment)
	}
	return text.String()
}

func reportText(r *funnel.Report) (string, error) {
	return indented(struct {
		Users, Entered, Open int64
		Steps                []funnel.StepRates
		TimeToConvert        funnel.Times
	}{r.Counts.Users, r.Counts.Units - r.Counts.NotEntered, r.Open(), r.Steps(), r.TimeToConvert()})
}

func indented(v any) (string, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	return string(data) + "\n", err
}
