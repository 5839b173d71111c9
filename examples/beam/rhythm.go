package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/regulars-go/regulars/lifecycle"
)

func init() {
	register.Combiner2[Part, Order](&noteActivity{})
	register.Combiner1[Numbers](&addNumbers{})
	register.DoFn3x1[int, Part, func(string, Numbers), error](&growthOfShard{})
	register.DoFn3x1[int, Part, func(string, Numbers), error](&retentionOfShard{})
	register.DoFn2x2[string, Numbers, string, string](&numbersLine{})
	register.Emitter2[string, Numbers]()
	beam.RegisterType(beamType[Numbers]())
}

// rhythmPipeline accounts for growth and retention by month. A customer is in
// one shard, so the rows of all shards add up: what goes between workers, beside
// each order's activity to its shard, is a row a month and a row a cohort.
func rhythmPipeline(s beam.Scope, orders beam.PCollection, c Calendar, shards int) (documents beam.PCollection) {
	s = s.Scope("lifecycle")
	activity := beam.CombinePerKey(s, &noteActivity{c}, beam.ParDo(s, &orderShard{shards}, orders))
	growth := beam.CombinePerKey(s, &addNumbers{}, beam.ParDo(s, &growthOfShard{c}, activity))
	retention := beam.CombinePerKey(s, &addNumbers{}, beam.ParDo(s, &retentionOfShard{c}, activity))
	return tabled(s, beam.Flatten(s,
		beam.ParDo(s, &numbersLine{growthDocument}, growth),
		beam.ParDo(s, &numbersLine{retentionDocument}, retention)))
}

// noteActivity combines orders into the months in which customers were active.
type noteActivity struct{ Calendar }

func (f *noteActivity) fresh() *lifecycle.Activity[string] {
	return &lifecycle.Activity[string]{Zone: f.zone(), Until: f.asOf()}
}

// CreateAccumulator returns an empty activity.
func (f *noteActivity) CreateAccumulator() Part { return Part{live: f.fresh()} }

// AddInput notes an order.
func (f *noteActivity) AddInput(p Part, o Order) (Part, error) {
	activity, err := open(p, f.fresh)
	if err != nil {
		return Part{}, err
	}
	return Part{live: activity}, activity.Add(o.Customer, time.UnixMicro(o.At))
}

// MergeAccumulators merges two activities.
func (f *noteActivity) MergeAccumulators(a, b Part) (Part, error) { return mergeParts(a, b, f.fresh) }

// growthOfShard accounts for the growth of one shard.
type growthOfShard struct{ Calendar }

// ProcessElement emits a row for each month.
func (f *growthOfShard) ProcessElement(_ int, p Part, emit func(string, Numbers)) error {
	activity, err := open(p, (&noteActivity{f.Calendar}).fresh)
	if err != nil {
		return err
	}
	return growthRows(activity, f.after(), emit)
}

func growthRows(activity *lifecycle.Activity[string], now time.Time, emit func(string, Numbers)) error {
	rows, err := activity.Growth(now, lifecycle.GrowthOptions[string]{})
	for _, r := range rows {
		emit(r.Name, Numbers{[]int{r.Active, r.New, r.Retained, r.Resurrected, r.Churned}})
	}
	return err
}

// retentionOfShard counts the retention of one shard.
type retentionOfShard struct{ Calendar }

// ProcessElement emits a row for each cohort and month since its start.
func (f *retentionOfShard) ProcessElement(_ int, p Part, emit func(string, Numbers)) error {
	activity, err := open(p, (&noteActivity{f.Calendar}).fresh)
	if err != nil {
		return err
	}
	return retentionRows(activity, f.after(), emit)
}

func retentionRows(activity *lifecycle.Activity[string], now time.Time, emit func(string, Numbers)) error {
	triangle, err := activity.Retention(now, lifecycle.RetentionOptions[string]{})
	for _, cohort := range triangle.Cohorts {
		for i, cell := range cohort.Cells {
			emit(cohort.Name+","+strconv.Itoa(i), Numbers{[]int{cell.Of, cell.Active, cell.Open, cell.OpenActive}})
		}
	}
	return err
}

// Numbers are counts that add up one by one.
type Numbers struct{ Each []int }

func (n Numbers) plus(o Numbers) Numbers {
	if len(n.Each) == 0 {
		return o
	}
	sum := Numbers{make([]int, len(n.Each))}
	for i := range sum.Each {
		sum.Each[i] = n.Each[i] + o.Each[i]
	}
	return sum
}

// addNumbers combines counts into their sums.
type addNumbers struct{}

// MergeAccumulators adds two rows of counts.
func (*addNumbers) MergeAccumulators(a, b Numbers) Numbers { return a.plus(b) }

// numbersLine writes a row of counts as a line of a document.
type numbersLine struct{ Document string }

// ProcessElement returns the document and its line.
func (f *numbersLine) ProcessElement(key string, n Numbers) (string, string) {
	return f.Document, numbersText(key, n)
}

func numbersText(key string, n Numbers) string {
	fields := []string{key}
	for _, v := range n.Each {
		fields = append(fields, strconv.Itoa(v))
	}
	return strings.Join(fields, ",")
}
