package rfm

import (
	"errors"
	"fmt"
	"math/bits"

	"github.com/shopspring/decimal"
)

// Score scores one customer, who need not be one of those that the cuts were
// fitted on. There is no score, the zero [Score], for a record without orders,
// with one later than m.AsOf, or with numbers that make no sense, and by a model
// that [Model.Validate] refuses for its number of cuts; [Model.Explain] says
// which.
func (m Model) Score(r Record) Score {
	if r.Orders == 0 || r.check(m.AsOf) != nil || !m.whole() {
		return Score{}
	}
	days, _ := r.Recency(m.AsOf)
	return m.score(decimal.NewFromInt(int64(days)), decimal.NewFromInt(int64(r.Orders)), r.Net())
}

var errNotWhole = errors.New("rfm: model lacks cuts for some scores; see Model.Validate")

func (m *Model) score(recency, frequency, monetary decimal.Decimal) (s Score) {
	s.R = m.Recency.Score(recency)
	s.F = m.frequency(s.R).Score(frequency)
	s.M = m.monetary(s.R, s.F).Score(monetary)
	return s
}

// Scores scores all customers, row by row. A model as of another moment than
// the table's is an error; see [Model.At].
func (t *Table[K]) Scores(m Model) ([]Score, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	if !t.AsOf.Equal(m.AsOf) {
		return nil, fmt.Errorf("rfm: model as of %v: want %v, as the table is; see Model.At", m.AsOf, t.AsOf)
	}
	if !m.whole() {
		return nil, errNotWhole
	}
	scores := make([]Score, t.Len())
	r := newScorer(m.Recency, 0).lookup()
	for i, days := range t.Recency {
		scores[i].R = r.score(uint32(days))
	}
	f := make([]lookup, len(m.Frequency))
	for i, c := range m.Frequency {
		f[i] = newScorer(c, 0).lookup()
	}
	for i, orders := range t.Frequency {
		scores[i].F = f[m.frequencyIndex(scores[i].R)].score(orders)
	}
	if t.wide != nil {
		for i, v := range t.wide {
			scores[i].M = m.monetary(scores[i].R, scores[i].F).Score(v)
		}
		return scores, nil
	}
	money := scorers(m.Monetary, t.Places)
	for i, v := range t.Monetary {
		scores[i].M = money[m.monetaryIndex(scores[i].R, scores[i].F)].score(v)
	}
	return scores, nil
}

// scorer scores integers by the same cuts as [Cuts.Score].
type scorer struct {
	thresholds []uint64 // ordered as unsigned, see ordered
	scores     []uint8  // by the number of thresholds that a value exceeds
}

// lookup holds the scores of the counts from 0 on. All counts beyond it have
// the last score, or if it is long are compared with the thresholds.
type lookup struct {
	scores []uint8
	beyond scorer
	exact  bool // whether the last score is that of all counts beyond
}

// maxLookup keeps a lookup within a core's own cache: days of a century and
// more, and more orders than anyone places.
const maxLookup = 1 << 16

func (s scorer) lookup() lookup {
	n := maxLookup
	if last := s.thresholds[len(s.thresholds)-1]; last < ordered(maxLookup-2) {
		n = int(max(int64(last^1<<63), -1)) + 2
	}
	l := lookup{make([]uint8, n), s, n < maxLookup}
	for count := range l.scores {
		l.scores[count] = s.score(int64(count))
	}
	return l
}

func (l *lookup) score(count uint32) uint8 {
	switch {
	case count < uint32(len(l.scores)):
		return l.scores[count]
	case l.exact:
		return l.scores[len(l.scores)-1]
	}
	return l.beyond.score(int64(count))
}

func newScorer(c Cuts, places int) scorer {
	s := scorer{make([]uint64, len(c.At)), make([]uint8, c.Scores())}
	for i, limit := range c.thresholds(places) {
		s.thresholds[i] = ordered(limit)
	}
	for below := range s.scores {
		s.scores[below] = c.score(below)
	}
	return s
}

func scorers(cuts []Cuts, places int) []scorer {
	all := make([]scorer, len(cuts))
	for i, c := range cuts {
		all[i] = newScorer(c, places)
	}
	return all
}

// score compares v with every threshold and adds up the borrows: values fall
// anywhere, and a branch would be guessed wrong as often as not.
func (s *scorer) score(v int64) uint8 {
	u, below := ordered(v), uint64(0)
	for _, limit := range s.thresholds {
		_, exceeds := bits.Sub64(limit, u, 0)
		below += exceeds
	}
	return s.scores[below]
}

// ordered maps integers to unsigned ones in the same order.
func ordered(v int64) uint64 { return uint64(v) ^ 1<<63 }
