package identity

import (
	"bytes"
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/regulars-go/regulars/internal/wire"
)

const wireEvidence = "identity.evidence.1"

// MarshalBinary returns the evidence as bytes, for another machine to read.
// Evidence of the same facts gives the same bytes, however they came in. Of
// what was retracted or withdrawn only the names are left.
func (e *Evidence) MarshalBinary() ([]byte, error) { return e.AppendBinary(nil) }

// AppendBinary appends what [Evidence.MarshalBinary] returns.
func (e *Evidence) AppendBinary(dst []byte) ([]byte, error) {
	d := e.dictionary()
	dst = wire.AppendString(dst, wireEvidence)
	dst = appendTexts(dst, d.spaces)
	dst = appendTexts(dst, d.sources)
	dst = wire.AppendUint(dst, uint64(len(d.ids)))
	for _, number := range d.ids {
		space, value := e.parts(number)
		dst = wire.AppendUint(dst, uint64(d.space[space]))
		dst = wire.AppendString(dst, string(value))
	}
	order := e.ordered(d)
	dst = wire.AppendUint(dst, uint64(len(order)))
	for _, o := range order {
		dst = wire.AppendString(dst, string(e.events.at(o)))
		dst = wire.AppendInt(dst, e.at[o])
		dst = wire.AppendUint(dst, uint64(d.source[e.source[o]]))
		dst = wire.AppendUint(dst, math.Float64bits(e.score(o)))
		ids := d.ranked(e.idsOf(o))
		dst = wire.AppendUint(dst, uint64(len(ids)))
		for _, rank := range ids {
			dst = wire.AppendUint(dst, uint64(rank))
		}
	}
	dst = appendTexts(dst, slices.Sorted(maps.Keys(e.retracted)))
	dst = appendVerdicts(dst, e.Verdicts())
	return appendTexts(dst, slices.Sorted(maps.Keys(e.withdrawn))), nil
}

// dictionary has what the observations that count mention, in canonical order.
type dictionary struct {
	spaces, sources []string
	ids             []int32         // numbers in the evidence
	space, source   map[int32]int32 // from the evidence's numbers to places here
	rank            []int32         // of identifiers, by number
}

func (e *Evidence) dictionary() *dictionary {
	d := &dictionary{space: map[int32]int32{}, source: map[int32]int32{}, rank: make([]int32, e.ids.len())}
	for o, gone := range e.gone {
		if gone {
			continue
		}
		d.source[e.source[o]] = 0
		for _, number := range e.idsOf(int32(o)) {
			if d.rank[number] == 0 {
				d.rank[number] = 1
				d.ids = append(d.ids, number)
				space, _ := e.parts(number)
				d.space[space] = 0
			}
		}
	}
	d.spaces = sortNames(e.spaces.list, d.space)
	d.sources = sortNames(e.sources.list, d.source)
	slices.SortFunc(d.ids, func(a, b int32) int {
		spaceA, valueA := e.parts(a)
		spaceB, valueB := e.parts(b)
		return cmp.Or(cmp.Compare(d.space[spaceA], d.space[spaceB]), bytes.Compare(valueA, valueB))
	})
	for place, number := range d.ids {
		d.rank[number] = int32(place)
	}
	return d
}

// sortNames returns the names with the numbers of used in order, and gives each
// number its place.
func sortNames(list []string, used map[int32]int32) []string {
	numbers := slices.SortedFunc(maps.Keys(used), func(a, b int32) int { return strings.Compare(list[a], list[b]) })
	sorted := make([]string, len(numbers))
	for place, number := range numbers {
		sorted[place], used[number] = list[number], int32(place)
	}
	return sorted
}

// ranked returns the ranks of identifiers, ascending.
func (d *dictionary) ranked(numbers []int32) []int32 {
	ranks := make([]int32, len(numbers))
	for i, number := range numbers {
		ranks[i] = d.rank[number]
	}
	slices.Sort(ranks)
	return ranks
}

// ordered returns the observations that count in canonical order.
func (e *Evidence) ordered(d *dictionary) []int32 {
	order := make([]int32, 0, e.Len())
	for o, gone := range e.gone {
		if !gone {
			order = append(order, int32(o))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		if c := bytes.Compare(e.events.at(a), e.events.at(b)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(e.at[a], e.at[b]), cmp.Compare(d.source[e.source[a]], d.source[e.source[b]]),
			cmp.Compare(e.score(a), e.score(b)), slices.Compare(d.ranked(e.idsOf(a)), d.ranked(e.idsOf(b))))
	})
	return order
}

func appendTexts(data []byte, texts []string) []byte {
	data = wire.AppendUint(data, uint64(len(texts)))
	for _, text := range texts {
		data = wire.AppendString(data, text)
	}
	return data
}

func appendVerdicts(data []byte, verdicts []Verdict) []byte {
	data = wire.AppendUint(data, uint64(len(verdicts)))
	for _, v := range verdicts {
		for _, text := range []string{v.ID, string(v.Ruling), string(v.A.Namespace), v.A.Value, string(v.B.Namespace), v.B.Value, v.By, v.Reason} {
			data = wire.AppendString(data, text)
		}
		data = wire.AppendTime(wire.AppendTime(data, v.ValidTo), v.At)
	}
	return data
}
