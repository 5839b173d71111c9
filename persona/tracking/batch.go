package tracking

import (
	"bytes"
	"cmp"
	"slices"
)

// CheckAll judges a batch: each event by itself as [Validator.Check] does, and
// then against the others of its ID. Of those the one that was received first
// is the event, without a time of receipt before all that have one, and the
// least by content if two were received at once. The others are a violation
// each: [ConflictingID] if they say something else, or else [DuplicateID].
// Verdicts come in the order of the events.
//
// A delivery that is there twice, with the same time of receipt, is a duplicate
// here, where each row is an event of its own; a [Tally] takes it for the same
// row read again.
func (v *Validator) CheckAll(events []Event) []Verdict {
	verdicts := make([]Verdict, len(events))
	digests := make([]digest, len(events))
	order := make([]int, len(events))
	for i, e := range events {
		verdicts[i], digests[i], order[i] = v.Check(e), e.digest(), i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := digests[i], digests[j]
		return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(receipt(events[i]), receipt(events[j])),
			cmp.Compare(a.content, b.content), cmp.Compare(i, j))
	})
	for n := 1; n < len(order); n++ {
		first, again := order[n-1], order[n]
		if digests[first].id != digests[again].id {
			continue
		}
		verdicts[again].repeat(events[again], digests[first].content == digests[again].content)
		order[n] = first // so that the next is compared with the event itself
	}
	return verdicts
}

// repeat notes that the event is not the first of its ID.
func (v *Verdict) repeat(e Event, same bool) {
	code, got := ConflictingID, "another event of an ID that arrived before"
	if same {
		code, got = DuplicateID, "an event that arrived before"
	}
	v.Fate, v.Properties = SetAside, nil
	v.Violations = append([]Violation{{
		Code: code, Event: short(e.Name), Got: got, Want: "each event once, and an ID of its own",
	}}, v.Violations...)
}
