package identity

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regulars-go/regulars/internal/wire"
)

// evidenceVersion is the first byte of marshalled evidence.
const evidenceVersion = 1

// MarshalBinary returns the evidence as bytes, for another machine to read.
// Evidence of the same facts gives the same bytes, however they came in. Of
// what was retracted or withdrawn only the names are left.
func (e *Evidence) MarshalBinary() ([]byte, error) {
	d := e.dictionary()
	data := []byte{evidenceVersion}
	data = appendTexts(data, d.spaces)
	data = appendTexts(data, d.sources)
	data = wire.AppendUint(data, uint64(len(d.ids)))
	for _, number := range d.ids {
		space, value := e.parts(number)
		data = wire.AppendUint(data, uint64(d.space[space]))
		data = wire.AppendString(data, string(value))
	}
	order := e.ordered(d)
	data = wire.AppendUint(data, uint64(len(order)))
	for _, o := range order {
		data = wire.AppendString(data, string(e.events.at(o)))
		data = wire.AppendInt(data, e.at[o])
		data = wire.AppendUint(data, uint64(d.source[e.source[o]]))
		data = wire.AppendUint(data, math.Float64bits(e.score(o)))
		ids := d.ranked(e.idsOf(o))
		data = wire.AppendUint(data, uint64(len(ids)))
		for _, rank := range ids {
			data = wire.AppendUint(data, uint64(rank))
		}
	}
	data = appendTexts(data, slices.Sorted(maps.Keys(e.retracted)))
	data = appendVerdicts(data, e.Verdicts())
	return appendTexts(data, slices.Sorted(maps.Keys(e.withdrawn))), nil
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

// UnmarshalBinary replaces what e knows by what [Evidence.MarshalBinary] wrote.
// e stays as it was if there is an error. People that were resolved from e must
// be resolved anew.
func (e *Evidence) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	if version := r.Bytes(1); len(version) == 1 && version[0] != evidenceVersion {
		return fmt.Errorf("identity: evidence of version %d: want %d", version[0], evidenceVersion)
	}
	d := decoder{Reader: r}
	d.dictionary()
	for n := r.Count(); n > 0 && r.Err() == nil; n-- {
		d.observation()
	}
	d.leftOver()
	for _, event := range d.texts("retracted event") {
		d.retracted(event)
	}
	d.verdicts()
	if err := r.Close(); err != nil {
		return fmt.Errorf("identity: not evidence: %w", err)
	}
	*e = d.evidence
	return nil
}

// decoder reads evidence, and refuses whatever MarshalBinary would not write.
type decoder struct {
	*wire.Reader
	evidence        Evidence
	spaces, sources []string
	usedSpaces      []bool
	usedSources     []bool
	usedIDs         []bool

	last struct { // the observation before
		event   string
		at      int64
		source  int
		score   float64
		ids     []int32
		isThere bool
	}
}

// texts reads a list of texts in ascending order.
func (d *decoder) texts(what string) []string {
	var list []string
	for n := d.Count(); n > 0 && d.Err() == nil; n-- {
		text := d.String()
		if len(list) > 0 && text <= list[len(list)-1] {
			d.Fail("%s %.80q out of order", what, text)
		}
		if len(text) > MaxTextBytes || !utf8.ValidString(text) {
			d.Fail("%s of %d bytes: want UTF-8 of at most %d", what, len(text), MaxTextBytes)
		}
		list = append(list, text)
	}
	return list
}

func (d *decoder) dictionary() {
	d.spaces = d.texts("namespace")
	d.sources = d.texts("source")
	if len(d.spaces) > maxNames || len(d.sources) > maxNames {
		d.Fail("%d namespaces and %d sources: want at most %d of each", len(d.spaces), len(d.sources), maxNames)
		return
	}
	d.usedSpaces, d.usedSources = make([]bool, len(d.spaces)), make([]bool, len(d.sources))
	for _, source := range d.sources {
		d.evidence.sources.intern(source)
	}
	n := d.Count()
	last := ID{}
	for i := 0; i < n && d.Err() == nil; i++ {
		space := d.UintUpTo(uint64(max(0, len(d.spaces)-1)))
		id := ID{Value: d.String()}
		if d.Err() != nil || len(d.spaces) == 0 {
			d.Fail("identifier without a namespace")
			return
		}
		id.Namespace = Namespace(d.spaces[space])
		d.usedSpaces[space] = true
		if err := checkID(id); err != nil {
			d.Fail("%v", err)
		} else if i > 0 && id.Compare(last) <= 0 {
			d.Fail("identifier %.80q out of order", id)
		} else if !d.evidence.ids.room(len(id.Value) + 2) {
			d.Fail("%v", errFull)
		} else {
			d.evidence.number(id)
		}
		last = id
	}
	d.usedIDs = make([]bool, d.evidence.ids.len())
}

func (d *decoder) observation() {
	event, at := d.String(), d.Int()
	source := int(d.UintUpTo(uint64(max(0, len(d.sources)-1))))
	score := math.Float64frombits(d.Uint())
	n := d.UintUpTo(MaxObservationIDs)
	ids := make([]int32, 0, n)
	for range n {
		id := int32(d.UintUpTo(uint64(max(0, len(d.usedIDs)-1))))
		if len(ids) > 0 && id <= ids[len(ids)-1] {
			d.Fail("identifiers of event %.80q out of order", event)
		}
		ids = append(ids, id)
	}
	switch {
	case d.Err() != nil:
		return
	case len(d.sources) == 0 || len(d.usedIDs) == 0 || n == 0:
		d.Fail("event %.80q without a source or an identifier", event)
		return
	case math.Float64bits(score) != 0 && (!(score > 0 && score <= 1) || n != 2):
		d.Fail("match %.80q of %d identifiers with score %v", event, n, score)
		return
	case at < earliest || at > latest:
		d.Fail("event %.80q beyond the years 1 to 9999", event)
		return
	case !d.follows(event, at, source, score, ids):
		d.Fail("event %.80q out of order", event)
		return
	case len(d.evidence.at) == maxObservations || len(d.evidence.slots) > maxSlots-len(ids) || !d.evidence.events.room(len(event)):
		d.Fail("%v", errFull)
		return
	}
	if err := checkName("event", event); err != nil {
		d.Fail("%v", err)
		return
	}
	d.usedSources[source] = true
	for _, id := range ids {
		d.usedIDs[id] = true
	}
	if err := d.evidence.recordNumbers([]byte(event), d.sources[source], at, score, ids); err != nil {
		d.Fail("%v", err)
	}
}

// follows reports whether an observation comes after the one before it.
func (d *decoder) follows(event string, at int64, source int, score float64, ids []int32) bool {
	l := &d.last
	after := !l.isThere || cmp.Or(strings.Compare(event, l.event), cmp.Compare(at, l.at), cmp.Compare(source, l.source),
		cmp.Compare(score, l.score), slices.Compare(ids, l.ids)) > 0
	l.event, l.at, l.source, l.score, l.ids, l.isThere = event, at, source, score, slices.Clone(ids), true
	return after
}

// leftOver refuses a dictionary with more than the observations mention.
func (d *decoder) leftOver() {
	for _, used := range [][]bool{d.usedSpaces, d.usedSources, d.usedIDs} {
		if slices.Contains(used, false) {
			d.Fail("dictionary with a text that nothing mentions")
		}
	}
}

func (d *decoder) retracted(event string) {
	if d.evidence.events.find([]byte(event)) >= 0 {
		d.Fail("event %.80q was retracted", event)
	} else if err := d.evidence.Retract(event); err != nil {
		d.Fail("%v", err)
	}
}

func (d *decoder) verdicts() {
	var list []Verdict
	for n := d.Count(); n > 0 && d.Err() == nil; n-- {
		var texts [8]string
		for i := range texts {
			texts[i] = d.String()
		}
		v := Verdict{
			ID: texts[0], Ruling: Ruling(texts[1]),
			A: ID{Namespace(texts[2]), texts[3]}, B: ID{Namespace(texts[4]), texts[5]}, By: texts[6], Reason: texts[7],
			ValidTo: d.Time(), At: d.Time(),
		}
		if d.Err() != nil {
			return
		}
		if err := v.check(); err != nil {
			d.Fail("verdict %.80q: %v", v.ID, err)
		} else if v != v.tidy() || len(list) > 0 && compareVerdicts(list[len(list)-1], v) >= 0 {
			d.Fail("verdict %.80q out of order", v.ID)
		}
		list = append(list, v)
		d.evidence.decide(v)
	}
	for _, id := range d.texts("withdrawn verdict") {
		if len(d.evidence.byID[id]) > 0 {
			d.Fail("verdict %.80q was withdrawn", id)
		} else if err := d.evidence.Withdraw(id); err != nil {
			d.Fail("%v", err)
		}
	}
}
