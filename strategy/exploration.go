package strategy

import (
	"math"

	"github.com/regulars-go/regulars"
)

func (e Exploration) faults() (f regulars.Faults) {
	nameFaults(&f, "salt", e.Salt)
	switch {
	case (e.Epsilon == 0) == (e.Temperature == 0):
		f.Add("epsilon", "want either epsilon or temperature")
	case e.Epsilon < 0 || e.Epsilon > One:
		f.Add("epsilon", "%v: want more than 0, and at most 1", e.Epsilon)
	case e.Temperature < 0:
		f.Add("temperature", "%v: want more than 0", e.Temperature)
	}
	return f
}

// option is a candidate that exploration may draw.
type option struct {
	gate   int32
	weight uint64 // of whole
}

// explorer draws one of several options, for a customer and a slot.
type explorer struct {
	rule Exploration
	draw Bucketer
}

func newExplorer(e *Exploration) *explorer {
	if e == nil {
		return nil
	}
	return &explorer{*e, NewBucketer("explore", e.Salt)}
}

// wholeWeight is the weight of certainty; of 2^40 even the share of one in 500
// options is precise to a millionth of it.
const wholeWeight = 1 << 40

// weigh sets the weights of options by their scores, of which best is the place
// of the highest, and returns their sum.
func (x *explorer) weigh(options []option, scores []Micros, best int) (whole uint64) {
	if x.rule.Epsilon > 0 {
		each := uint64(x.rule.Epsilon) * (wholeWeight / uint64(One)) / uint64(len(options))
		for i := range options {
			options[i].weight = each
		}
		options[best].weight += (wholeWeight/uint64(One))*uint64(One) - each*uint64(len(options))
	} else {
		for i := range options {
			below := float64(scores[best]) - float64(scores[i])
			options[i].weight = uint64(math.Round(expNegative(below/float64(x.rule.Temperature)) * wholeWeight))
		}
	}
	for _, o := range options {
		whole += o.weight
	}
	return whole
}

// pick returns the option that is drawn for a customer and a slot.
func (x *explorer) pick(options []option, whole uint64, customer, slot string) int {
	b := Bucketer{hashText(x.draw.state, customer)}.Bucket(slot)
	passed := uint64(0)
	for i, o := range options {
		passed += o.weight
		if b.In(passed, whole) {
			return i
		}
	}
	return len(options) - 1
}

// expNegative returns e^-x for x >= 0, by the same operations on every machine,
// where [math.Exp] is free to differ in the last bit: e^-x = 2^-n · e^-r, with
// a series for r < ln 2.
func expNegative(x float64) float64 {
	if !(x < 700) { // where it comes near the least float64
		return 0
	}
	n := math.Floor(x / math.Ln2)
	r := x - float64(n*math.Ln2)
	sum := 1.0
	for k := 18.0; k >= 1; k-- { // r^19/19! is below 2^-64
		sum = 1 - float64(r*sum)/k
	}
	return math.Ldexp(sum, -int(n))
}
