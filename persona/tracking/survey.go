package tracking

import (
	"cmp"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/stats"
)

// survey counts the rows of a tally once.
type survey struct {
	validator  *Validator
	outcomes   []outcome
	firsts     []int64 // events by outcome
	duplicates []int64 // further deliveries by outcome
	conflicts  []int64
	lateness   []int64 // microseconds of events with both times
	early      int64
	days       dayCounts
}

func (t *Tally) survey() *survey {
	s := &survey{validator: t.Validator, outcomes: t.outcomes, days: dayCounts{}}
	s.firsts, s.duplicates, s.conflicts = make([]int64, len(t.outcomes)), make([]int64, len(t.outcomes)), make([]int64, len(t.outcomes))
	days := calendar.DaysIn(t.Validator.zone)
	var first row
	for i, r := range t.rows {
		switch {
		case i == 0 || first.id != r.id:
			first = r
			s.event(r, &days)
		case first.content == r.content:
			s.duplicates[r.outcome]++
		default:
			s.conflicts[r.outcome]++
		}
	}
	return s
}

func (s *survey) event(r row, days *calendar.Days) {
	s.firsts[r.outcome]++
	if r.at != noTime && r.received != noTime {
		s.lateness = append(s.lateness, r.received-r.at)
		if r.received < r.at {
			s.early++
		}
	}
	o := s.outcomes[r.outcome]
	if s.validator.events[o.event] == nil {
		return
	}
	moment := r.at
	if moment == noTime || o.has(OutsideWindow) {
		moment = r.received
	}
	if moment != noTime {
		s.days.add(o.event, days.Of(floorDiv(moment, microsPerSecond)), 1)
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// place is where a violation is counted.
type place struct {
	code            Code
	event, property string
}

func (s *survey) collected() Collected {
	var c Collected
	codes := make([]int64, len(codeNames.List))
	places := map[place]int64{}
	var duplicates, conflicts int64
	for i, o := range s.outcomes {
		n := s.firsts[i]
		c.Events += n
		*c.of(o.fate) += n
		seen := make(map[Code]bool, len(o.noted))
		for _, noted := range o.noted {
			places[place{noted.code, o.event, noted.property}] += n
			if !seen[noted.code] {
				codes[noted.code] += n
			}
			seen[noted.code] = true
		}
		places[place{DuplicateID, o.event, ""}] += s.duplicates[i]
		places[place{ConflictingID, o.event, ""}] += s.conflicts[i]
		duplicates += s.duplicates[i]
		conflicts += s.conflicts[i]
	}
	codes[DuplicateID], codes[ConflictingID] = duplicates, conflicts
	c.Deliveries = c.Events + duplicates + conflicts
	c.Duplicates, c.Conflicts = Share{duplicates, c.Deliveries}, Share{conflicts, c.Deliveries}
	c.OutsideWindow = Share{codes[OutsideWindow], c.Events}
	c.Codes, c.Violations = codeCounts(codes, c), placeCounts(places)
	c.Lateness = s.late()
	return c
}

func (c *Collected) of(f Fate) *int64 {
	switch f {
	case Accepted:
		return &c.Accepted
	case Mended:
		return &c.Mended
	}
	return &c.SetAside
}

func codeCounts(codes []int64, c Collected) (counts []CodeCount) {
	for code, n := range codes {
		of := c.Events
		if Code(code) == DuplicateID || Code(code) == ConflictingID {
			of = c.Deliveries
		}
		if n > 0 {
			counts = append(counts, CodeCount{Code(code), Share{n, of}})
		}
	}
	return counts
}

func placeCounts(places map[place]int64) (counts []ViolationCount) {
	for p, n := range places {
		if n > 0 {
			counts = append(counts, ViolationCount{p.code, p.event, p.property, n})
		}
	}
	slices.SortFunc(counts, func(a, b ViolationCount) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Event, b.Event), cmp.Compare(a.Property, b.Property))
	})
	return counts
}

func (s *survey) late() *Lateness {
	n := len(s.lateness)
	if n == 0 {
		return nil
	}
	return &Lateness{
		Events: int64(n), P50: quantile(s.lateness, 1, 2), P95: quantile(s.lateness, 19, 20),
		Early: Share{s.early, int64(n)},
	}
}

// quantile returns the quantile k/n of microseconds, in seconds.
func quantile(values []int64, k, n int) float64 {
	i, rem := stats.Index7(len(values), k, n)
	found := stats.OrderStatistics(values, []int{i, min(i+1, len(values)-1)})
	low, high := float64(found[0]), float64(found[1])
	return (low + float64((high-low)*float64(rem))/float64(n)) / microsPerSecond
}

func (s *survey) volumes(asOf time.Time, history []DayFigures) []Volume {
	for _, d := range history {
		s.days.add(d.Event, d.dayOf(), d.Count)
	}
	first := s.days.first()
	day := calendar.DayOf(asOf, s.validator.zone) - 1
	volumes := make([]Volume, len(s.validator.order))
	for i, event := range s.validator.order {
		volumes[i] = s.days.judge(event, day, first)
	}
	return volumes
}

// properties returns the quality of every planned property.
func (s *survey) properties() (list []PropertyQuality) {
	at := map[place]int{} // of an event's property in list
	for _, event := range s.validator.order {
		for _, p := range s.validator.events[event].properties {
			at[place{0, event, p.Name}] = len(list)
			list = append(list, PropertyQuality{Event: event, Property: p.Name})
		}
	}
	for i, o := range s.outcomes {
		n := s.firsts[i]
		if o.present == "" || n == 0 {
			continue
		}
		base := at[place{0, o.event, s.validator.events[o.event].properties[0].Name}]
		for j := range len(o.present) {
			q := &list[base+j]
			q.Present.Of += n
			q.Present.Part += n * int64(o.present[j])
		}
		for _, noted := range o.noted {
			if j, ok := at[place{0, o.event, noted.property}]; ok {
				list[j].note(noted.code, n)
			}
		}
	}
	for i := range list {
		q := &list[i]
		q.Missing = Share{q.Present.Of - q.Present.Part, q.Present.Of}
		q.Valid = Share{q.Present.Part - q.CastFailures - q.Misses - q.OutOfRange, q.Present.Part}
	}
	return list
}

func (q *PropertyQuality) note(code Code, n int64) {
	switch code {
	case CastType:
		q.Cast += n
	case WrongType:
		q.CastFailures += n
	case DictionaryMiss:
		q.Misses += n
	case OutOfRange:
		q.OutOfRange += n
	}
}
