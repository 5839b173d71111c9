package rfm

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Model holds the cuts that were fitted on a population, and scores anyone by
// them. It is stable JSON: keep it, and next month's customers are scored by
// the same measure. One that neither [Fit] nor [ParseModel] made must pass
// [Model.Validate] before it scores.
type Model struct {
	// AsOf is the moment from which recency counts back; see [Model.At].
	AsOf time.Time `json:"asOf"`
	// Binning is how the cuts were found.
	Binning Binning `json:"binning"`
	// Recency is in days, Frequency in orders and Monetary in money. Frequency
	// and Monetary have one element, or if nested one for each score of recency
	// and one for each pair of scores, the pair (r, f) at (r-1) times the number
	// of f plus f-1.
	Recency   Cuts   `json:"recency"`
	Frequency []Cuts `json:"frequency"`
	Monetary  []Cuts `json:"monetary"`
	// Customers is how many the cuts were fitted on, Prospects how many were
	// left out since they have no order.
	Customers int `json:"customers"`
	Prospects int `json:"prospects,omitzero"`
}

// ErrNoCustomers is what fitting returns if nobody has an order.
var ErrNoCustomers = errors.New("rfm: no customer with an order")

// Fit cuts a population into scores as of a moment. The answer does not depend
// on the order of the customers. It is an error if one of them ordered later
// than asOf or if their numbers make no sense, and [ErrNoCustomers] if none has
// an order. A population smaller than the number of scores leaves some empty;
// where all are equal, or there is but one, all have the same score. Nothing is
// corrected for how long someone has been a customer: those who are new have
// ordered less often, so fit them apart, by [Record.First], if that matters.
func Fit[K regulars.ID](customers iter.Seq2[K, Record], asOf time.Time, b Binning) (Model, error) {
	table, err := NewTable(customers, asOf)
	if err != nil {
		return Model{}, err
	}
	return table.Fit(b)
}

// Fit is the function [Fit] for a population in columns, as of the table's
// moment.
func (t *Table[K]) Fit(b Binning) (Model, error) {
	if err := b.Validate(); err != nil {
		return Model{}, fmt.Errorf("rfm: binning: %w", err)
	}
	if err := t.check(); err != nil {
		return Model{}, err
	}
	if t.Len() == 0 {
		return Model{}, ErrNoCustomers
	}
	m := Model{AsOf: t.AsOf, Binning: b, Customers: t.Len(), Prospects: t.Prospects}
	recency, frequency, monetary := integers[int32]{t.Recency, 0}, integers[uint32]{t.Frequency, 0}, t.monetary()
	m.Recency = b.Recency.cut(recency, Below)
	if !b.Nested {
		m.Frequency = []Cuts{b.Frequency.cut(frequency, Above)}
		m.Monetary = []Cuts{b.Monetary.cut(monetary, Above)}
		return m, nil
	}
	for _, rows := range group(recency, m.Recency, nil) {
		inside := b.Frequency.cutWithin(frequency, rows)
		m.Frequency = append(m.Frequency, inside)
		for _, cell := range group(frequency, inside, rows) {
			m.Monetary = append(m.Monetary, b.Monetary.cutWithin(monetary, cell))
		}
	}
	return m, nil
}

// cutWithin cuts the values of some rows. A group without rows has nothing to
// cut: it takes the cuts of all values, so that a customer who comes to it
// later can be scored.
func (s Scale) cutWithin(values rowColumn, rows []int32) Cuts {
	if len(rows) == 0 {
		return s.cut(values, Above)
	}
	return s.cut(values.pick(rows), Above)
}

// group sorts rows by their score, the worst first; nil rows are all of them.
func group(values rowColumn, cuts Cuts, rows []int32) [][]int32 {
	groups := make([][]int32, cuts.Scores())
	put := func(row int32) {
		score := cuts.Score(values.value(int(row)))
		groups[score-1] = append(groups[score-1], row)
	}
	if rows == nil {
		for row := range int32(values.len()) {
			put(row)
		}
	}
	for _, row := range rows {
		put(row)
	}
	return groups
}

// At returns m with the same cuts as of another moment. Scores stay
// comparable; only the customers move.
func (m Model) At(asOf time.Time) Model {
	m.AsOf = asOf
	return m
}

// whole reports whether every score has cuts below it, as in a model that was
// fitted or passes [Model.Validate].
func (m *Model) whole() bool {
	if len(m.Frequency) == 1 && len(m.Monetary) == 1 {
		return true
	}
	for _, c := range m.Frequency {
		if c.Scores() != m.Frequency[0].Scores() {
			return false
		}
	}
	return len(m.Frequency) == m.Recency.Scores() && len(m.Monetary) == len(m.Frequency)*m.Frequency[0].Scores()
}

// frequency returns the cuts that hold within a recency score.
func (m *Model) frequency(r uint8) Cuts { return m.Frequency[m.frequencyIndex(r)] }

// monetary returns the cuts that hold within a pair of scores.
func (m *Model) monetary(r, f uint8) Cuts { return m.Monetary[m.monetaryIndex(r, f)] }

func (m *Model) frequencyIndex(r uint8) int {
	if len(m.Frequency) == 1 {
		return 0
	}
	return int(r) - 1
}

func (m *Model) monetaryIndex(r, f uint8) int {
	if len(m.Monetary) == 1 {
		return 0
	}
	return int(r-1)*m.Frequency[0].Scores() + int(f) - 1
}

// ParseModel reads a model from JSON, strictly: an unknown or repeated key, or
// cuts that don't fit together, are [regulars.Faults].
func ParseModel(data []byte) (Model, error) {
	var m Model
	if err := config.Decode(data, &m); err != nil {
		return Model{}, err
	}
	if err := m.Validate(); err != nil {
		return Model{}, err
	}
	return m, nil
}

// Validate returns all faults of m as [regulars.Faults].
func (m Model) Validate() error {
	var f regulars.Faults
	if m.AsOf.IsZero() {
		f.Add("asOf", "missing: want the time from which recency counts back")
	}
	if err, ok := errors.AsType[regulars.Faults](m.Binning.Validate()); ok {
		f.Under("binning", err)
	}
	f.Under("recency", m.Recency.faults())
	if m.Recency.Best != Below {
		f.Add("recency.best", `%q: want "below", since few days are good`, m.Recency.Best)
	}
	wantF, wantM := 1, 1
	if m.Binning.Nested {
		wantF = m.Recency.Scores()
		wantM = wantF
		if len(m.Frequency) > 0 {
			wantM = wantF * m.Frequency[0].Scores()
		}
	}
	listFaults(&f, "frequency", m.Frequency, wantF)
	listFaults(&f, "monetary", m.Monetary, wantM)
	return f.Err()
}

func listFaults(f *regulars.Faults, path string, list []Cuts, want int) {
	if len(list) != want {
		f.Add(path, "%d sets of cuts: want %d", len(list), want)
	}
	for i, c := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		f.Under(at, c.faults())
		if c.Best != Above {
			f.Add(at+".best", `%q: want "above", since more is better`, c.Best)
		}
		if c.Scores() != list[0].Scores() {
			f.Add(at+".at", "%d cuts: want %d, as in the first", len(c.At), len(list[0].At))
		}
	}
}
