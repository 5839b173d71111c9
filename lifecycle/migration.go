package lifecycle

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Migration says how many customers went from which stage to which between two
// moments. [Log.Migrate] makes one.
type Migration struct {
	// Before and After are the two moments.
	Before, After time.Time

	counts [stageCount][stageCount]int
}

// Cell is how many customers went from a stage to another one, or stayed.
type Cell struct {
	// From is the zero Stage for those who were not yet known at Before. Nobody
	// is unknown later, so that To is never zero.
	From      Stage `json:"from,omitzero"`
	To        Stage `json:"to"`
	Customers int   `json:"customers"`
}

// Migrate compares the stages at two moments, of which before is not the later,
// under one policy and the labels of today.
func (l *Log[K]) Migrate(p Policy, before, after time.Time, labels Labels[K]) (Migration, error) {
	if err := errors.Join(checkNow(before), checkNow(after)); err != nil {
		return Migration{}, err
	}
	if after.Before(before) {
		return Migration{}, errors.New("lifecycle: migration to a moment before its first")
	}
	m := Migration{Before: before, After: after}
	var s summing
	for _, place := range l.roster.sorted() {
		page, own := &l.pages[place.page], labels.of(l.roster.id(place))
		later, ok := s.history(page, place.number, p, after, own)
		if !ok {
			continue
		}
		from := Stage(0)
		if earlier, ok := s.history(page, place.number, p, before, own); ok {
			from = p.At(earlier, before).Stage
		}
		m.counts[from][p.At(later, after).Stage]++
	}
	return m, nil
}

// Of returns how many customers went from one stage to another. From the zero
// Stage are those who were not yet known at Before.
func (m Migration) Of(from, to Stage) int {
	if int(from) >= stageCount || int(to) >= stageCount {
		return 0
	}
	return m.counts[from][to]
}

// Cells lists the moves that somebody made, by From and then To; customers who
// stayed where they were are among them.
func (m Migration) Cells() []Cell {
	cells := []Cell{}
	for from := range m.counts {
		for to, n := range m.counts[from] {
			if n > 0 {
				cells = append(cells, Cell{Stage(from), Stage(to), n})
			}
		}
	}
	return cells
}

// Odds is how often a move was observed: Moved of the Of customers who were in
// the stage before.
type Odds struct {
	Moved int `json:"moved"`
	Of    int `json:"of"`
}

// Odds returns how many of those in a stage at Before were in another, or the
// same one, at After. The zero Stage and an unknown one have none.
func (m Migration) Odds(from, to Stage) (o Odds) {
	if from == 0 || int(from) >= stageCount {
		return Odds{}
	}
	for _, n := range m.counts[from] {
		o.Of += n
	}
	o.Moved = m.Of(from, to)
	return o
}

// Rate returns the share that moved. ok is false if nobody was observed: that
// is not a rate of zero.
func (o Odds) Rate() (rate float64, ok bool) { return ratioOf(o.Moved, o.Of) }

// String returns the odds in words, such as "12 of 40"; "not observed" of
// nobody.
func (o Odds) String() string {
	if o.Of == 0 {
		return "not observed"
	}
	return fmt.Sprintf("%d of %d", o.Moved, o.Of)
}

// MarshalJSON writes the two moments and the cells: {"before": ..., "after":
// ..., "cells": [{"from": "new", "to": "active", "customers": 3}]}.
func (m Migration) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Before time.Time `json:"before"`
		After  time.Time `json:"after"`
		Cells  []Cell    `json:"cells"`
	}{m.Before, m.After, m.Cells()})
}
