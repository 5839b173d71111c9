package identity

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/wire"
)

// UnmarshalBinary replaces what e knows by what [Evidence.MarshalBinary] wrote.
// e stays as it was if there is an error. People that were resolved from e must
// be resolved anew.
func (e *Evidence) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	r.Form(wireEvidence)
	d := decoder{Reader: r}
	d.dictionary()
	for n := r.Count(); n > 0 && r.Err() == nil; n-- {
		d.observation()
	}
	d.leftOver()
	d.retracted()
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
	case at < calendar.MinMicro || at > calendar.MaxMicro:
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

func (d *decoder) retracted() {
	if err := d.evidence.Retract(d.texts("retracted event")...); err != nil {
		d.Fail("%v", err)
	} else if n := len(d.evidence.deaths); n > 0 {
		d.Fail("%d observations of events that were retracted", n)
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
