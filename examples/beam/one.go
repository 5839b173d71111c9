package main

import (
	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/rfm"
)

// oneProcess returns the documents, by name, that one process makes of the same
// rows without Beam. Only the scores are dealt to documents by shard. What has no
// rows has no document.
func oneProcess(orders []Order, events []Event, c Calendar, shards int) (map[string]string, error) {
	documents := map[string]string{}
	if err := oneRhythm(documents, orders, c); err != nil {
		return nil, err
	}
	if err := oneScores(documents, orders, c, shards); err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return documents, nil
	}
	report, err := funnel.Count(checkout, source(c), events)
	if err != nil {
		return nil, err
	}
	documents[funnelDocument], err = reportText(report)
	return documents, err
}

func oneScores(documents map[string]string, orders []Order, c Calendar, shards int) error {
	tally := (&tallyOrders{c}).fresh()
	for _, o := range orders {
		if err := addOrder(tally, o); err != nil {
			return err
		}
	}
	model, err := rfm.Fit(tally.All(), c.asOf(), binning)
	if err != nil {
		return err
	}
	rows, err := scoreTally(tally, model)
	if err != nil {
		return err
	}
	count, byShard := map[string]int{}, make([][]scoredRow, shards)
	for _, row := range rows {
		count[row.segment]++
		shard := shardOf(row.customer, shards)
		byShard[shard] = append(byShard[shard], row)
	}
	var lines []string
	for segment, customers := range count {
		lines = append(lines, segmentText(segment, customers))
	}
	documents[segmentsDocument] = tableText(segmentsDocument, lines)
	for shard, rows := range byShard {
		if len(rows) > 0 {
			documents[scoresDocument(shard, shards)] = scoresText(rows)
		}
	}
	documents[modelDocument], err = modelText(model)
	return err
}

func oneRhythm(documents map[string]string, orders []Order, c Calendar) error {
	activity := (&noteActivity{c}).fresh()
	for _, o := range orders {
		if _, err := (&noteActivity{c}).AddInput(Part{live: activity}, o); err != nil {
			return err
		}
	}
	for document, rows := range map[string]func(*lifecycle.Activity[string], func(string, Numbers)) error{
		growthDocument: func(a *lifecycle.Activity[string], emit func(string, Numbers)) error {
			return growthRows(a, c.after(), emit)
		},
		retentionDocument: func(a *lifecycle.Activity[string], emit func(string, Numbers)) error {
			return retentionRows(a, c.after(), emit)
		},
	} {
		var lines []string
		if err := rows(activity, func(key string, n Numbers) { lines = append(lines, numbersText(key, n)) }); err != nil {
			return err
		}
		documents[document] = tableText(document, lines)
	}
	return nil
}
