package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/transforms/stats"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

func init() {
	register.Combiner2[Part, Order](&tallyOrders{})
	register.Combiner1[Part](&mergeMarginals{})
	register.DoFn2x2[int, Part, Part, error](&marginalsOfShard{})
	register.DoFn1x2[Part, string, error](&fitModel{})
	register.DoFn4x1[int, Part, func(*string) bool, func(string, string), error](&scoreShard{})
	register.DoFn4x1[int, Part, func(*string) bool, func(string, int), error](&countSegments{})
	register.DoFn2x2[string, int, string, string](&segmentLine{})
	register.Emitter2[string, int]()
	register.Emitter2[string, string]()
	register.Iter1[string]()
}

// scorePipeline tallies orders by shard of customers, fits cuts on all, and
// scores each shard by them. Between workers go: an order's tally to its shard,
// the marginals of each shard to the one worker that fits (distinct values, not
// customers), and the model to all.
func scorePipeline(s beam.Scope, orders beam.PCollection, c Calendar, shards int) (documents beam.PCollection) {
	s = s.Scope("rfm")
	tallies := beam.CombinePerKey(s, &tallyOrders{c}, beam.ParDo(s, &orderShard{shards}, orders))
	marginals := beam.Combine(s, &mergeMarginals{c}, beam.ParDo(s, &marginalsOfShard{c}, tallies))
	model := beam.ParDo(s, &fitModel{c}, marginals)
	scored := beam.ParDo(s, &scoreShard{c, shards}, tallies, beam.SideInput{Input: model})
	segments := stats.SumPerKey(s, beam.ParDo(s, &countSegments{c}, tallies, beam.SideInput{Input: model}))
	lines := beam.ParDo(s, &segmentLine{}, segments)
	return beam.Flatten(s, named(s, modelDocument, model), scored, tabled(s, lines))
}

// tallyOrders combines orders into a tally.
type tallyOrders struct{ Calendar }

func (f *tallyOrders) fresh() *rfm.Tally[string] {
	return &rfm.Tally[string]{Zone: f.zone(), Until: f.asOf()}
}

// CreateAccumulator returns an empty tally.
func (f *tallyOrders) CreateAccumulator() Part { return Part{live: f.fresh()} }

// AddInput adds an order.
func (f *tallyOrders) AddInput(p Part, o Order) (Part, error) {
	tally, err := open(p, f.fresh)
	if err != nil {
		return Part{}, err
	}
	return Part{live: tally}, addOrder(tally, o)
}

func addOrder(tally *rfm.Tally[string], o Order) error {
	amount, err := decimal.NewFromString(o.Amount)
	if err != nil {
		return fmt.Errorf("order of customer %q: amount %.40q: want a number", o.Customer, o.Amount)
	}
	return tally.Add(o.Customer, rfm.Order{At: time.UnixMicro(o.At), Amount: amount})
}

// MergeAccumulators merges two tallies.
func (f *tallyOrders) MergeAccumulators(a, b Part) (Part, error) { return mergeParts(a, b, f.fresh) }

// marginalsOfShard takes the distinct values out of a shard's tally.
type marginalsOfShard struct{ Calendar }

// ProcessElement returns the marginals of a shard.
func (f *marginalsOfShard) ProcessElement(_ int, p Part) (Part, error) {
	tally, err := open(p, (&tallyOrders{f.Calendar}).fresh)
	if err != nil {
		return Part{}, err
	}
	marginals := &rfm.Marginals{AsOf: f.asOf()}
	return Part{live: marginals}, addRecords(marginals, tally)
}

func addRecords(marginals *rfm.Marginals, tally *rfm.Tally[string]) error {
	for _, record := range tally.All() {
		if err := marginals.Add(record); err != nil {
			return err
		}
	}
	return nil
}

// mergeMarginals combines the marginals of all shards.
type mergeMarginals struct{ Calendar }

func (f *mergeMarginals) fresh() *rfm.Marginals { return &rfm.Marginals{AsOf: f.asOf()} }

// MergeAccumulators merges two marginals.
func (f *mergeMarginals) MergeAccumulators(a, b Part) (Part, error) { return mergeParts(a, b, f.fresh) }

// fitModel fits the cuts of all customers.
type fitModel struct{ Calendar }

// ProcessElement returns the model as JSON.
func (f *fitModel) ProcessElement(p Part) (string, error) {
	marginals, err := open(p, (&mergeMarginals{f.Calendar}).fresh)
	if err != nil {
		return "", err
	}
	model, err := marginals.Fit(binning)
	if err != nil {
		return "", err
	}
	return modelText(model)
}

// scoreShard scores the customers of a shard.
type scoreShard struct {
	Calendar
	Shards int
}

// ProcessElement emits the shard's document.
func (f *scoreShard) ProcessElement(shard int, p Part, model func(*string) bool, emit func(string, string)) error {
	rows, err := scored(p, f.Calendar, model)
	if err != nil {
		return err
	}
	if len(rows) > 0 { // else all of the shard came after the end
		emit(scoresDocument(shard, f.Shards), scoresText(rows))
	}
	return nil
}

// countSegments counts the customers of a shard by segment.
type countSegments struct{ Calendar }

// ProcessElement emits each segment with the number of its customers.
func (f *countSegments) ProcessElement(_ int, p Part, model func(*string) bool, emit func(string, int)) error {
	rows, err := scored(p, f.Calendar, model)
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, row := range rows {
		count[row.segment]++
	}
	for segment, customers := range count { // a sum has no order
		emit(segment, customers)
	}
	return nil
}

// scored scores a shard by the one model that the side input has.
func scored(p Part, c Calendar, model func(*string) bool) ([]scoredRow, error) {
	var text string
	if !model(&text) {
		return nil, errors.New("no model")
	}
	m, err := rfm.ParseModel([]byte(text))
	if err != nil {
		return nil, err
	}
	tally, err := open(p, (&tallyOrders{c}).fresh)
	if err != nil {
		return nil, err
	}
	return scoreTally(tally, m)
}

// segmentLine writes one segment's count.
type segmentLine struct{}

// ProcessElement returns the document and its line.
func (*segmentLine) ProcessElement(segment string, customers int) (string, string) {
	return segmentsDocument, segmentText(segment, customers)
}
