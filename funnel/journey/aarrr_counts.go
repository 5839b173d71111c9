package journey

import (
	"errors"

	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/internal/wire"
)

// AARRRCounts are the counts of one definition. They are an accumulator:
// counts of different users merge in any order, and give the same bytes. A
// user's events must all be counted in one of them.
type AARRRCounts struct {
	// Users is how many users had an event, and Acquired how many of these were
	// acquired.
	Users, Acquired int64
	// AfterAsOf is how many events were set aside, since they came after
	// Source.AsOf.
	AfterAsOf int64

	aarrr  AARRR
	config string
	asOf   int64
	goals  []goalCell
}

// goalCell counts acquired users at one goal.
type goalCell struct {
	over, did int64 // whose window is over, and who of these did it
	openDid   int64 // whose window is open and who did it already
	// before are those who did the goal before, with both windows over, and both
	// who of these did this one.
	before, both int64
}

func newAARRRCounts(a AARRR, asOf int64) (*AARRRCounts, error) {
	zone := "UTC"
	if a.Zone != nil {
		zone = a.Zone.String()
	}
	config, err := configText(struct {
		AARRR
		Zone string `json:"zone"`
	}{a, zone})
	if err != nil {
		return nil, err
	}
	return &AARRRCounts{aarrr: a, config: config, asOf: asOf, goals: make([]goalCell, len(a.Goals))}, nil
}

// add counts one acquired user: bit i of did says whether they did goal i, and
// of over whether its window is over.
func (c *AARRRCounts) add(did, over uint64) {
	c.Acquired++
	for i := range c.goals {
		g := &c.goals[i]
		hit, done := int64(did>>i&1), int64(over>>i&1)
		g.over += done
		g.did += hit * done
		g.openDid += hit * (1 - done)
		if i > 0 {
			before := int64(did>>(i-1)&1) * int64(over>>(i-1)&1) * done
			g.before += before
			g.both += before * hit
		}
	}
}

// AARRRReport says which share of the acquired users did what.
type AARRRReport struct {
	// Users is how many users had an event, and Acquired how many of these were
	// acquired.
	Users    int64 `json:"users"`
	Acquired int64 `json:"acquired"`
	// AfterAsOf is how many events were set aside, since they came later.
	AfterAsOf int64        `json:"afterAsOf,omitzero"`
	Goals     []GoalReport `json:"goals"`
}

// GoalReport is one goal. Its rates are of mature users alone: those whose
// window is over, whether they did it or not. To count who did it early and not
// who still may would flatter, and the other way round.
type GoalReport struct {
	Goal
	// OfAcquired is the share of the acquired users whose window is over. Nil
	// if there are none.
	OfAcquired *funnel.Rate `json:"ofAcquired"`
	// OfPrevious is the share of those who did the goal before (for the first
	// goal, of the acquired), with both windows over. The two may have come in
	// any order. Nil if there are none.
	OfPrevious *funnel.Rate `json:"ofPrevious"`
	// Open is how many acquired users have their window open and are in neither
	// rate, and OpenDid how many of these did it already.
	Open    int64 `json:"open"`
	OpenDid int64 `json:"openDid"`
}

// Report returns the rates.
func (c *AARRRCounts) Report() AARRRReport {
	r := AARRRReport{Users: c.Users, Acquired: c.Acquired, AfterAsOf: c.AfterAsOf}
	for i, g := range c.goals {
		goal := GoalReport{
			Goal: c.aarrr.Goals[i], OfAcquired: funnel.NewRate(g.did, g.over), OfPrevious: funnel.NewRate(g.both, g.before),
			Open: c.Acquired - g.over, OpenDid: g.openDid,
		}
		if i == 0 {
			goal.OfPrevious = funnel.NewRate(g.did, g.over)
		}
		r.Goals = append(r.Goals, goal)
	}
	return r
}

// Merge adds the counts of other users. It is an error, and changes nothing, if
// the definition, its zone or AsOf is another one. other stays as it is.
func (c *AARRRCounts) Merge(other *AARRRCounts) error {
	switch {
	case c == other:
		return errors.New("journey: merge of counts with themselves")
	case c.config != other.config:
		return errors.New("journey: merge of counts of another AARRR")
	case c.asOf != other.asOf:
		return errors.New("journey: merge of counts as of another moment")
	}
	c.Users += other.Users
	c.Acquired += other.Acquired
	c.AfterAsOf += other.AfterAsOf
	for i, g := range other.goals {
		ours := c.goals[i].fields()
		for n, field := range g.fields() {
			*ours[n] += *field
		}
	}
	return nil
}

func (g *goalCell) fields() []*int64 {
	return []*int64{&g.over, &g.did, &g.openDid, &g.before, &g.both}
}

// AARRR returns what was counted. It must not be changed.
func (c *AARRRCounts) AARRR() AARRR { return c.aarrr }

// MarshalBinary returns c as bytes: the same users give the same bytes, however
// they were counted and merged.
func (c *AARRRCounts) MarshalBinary() ([]byte, error) { return c.AppendBinary(nil) }

// AppendBinary appends what [AARRRCounts.MarshalBinary] returns.
func (c *AARRRCounts) AppendBinary(dst []byte) ([]byte, error) {
	dst = appendHeader(dst, wireAARRR, c.config, c.asOf)
	dst = appendCounts(dst, c.Users, c.Acquired, c.AfterAsOf)
	for i := range c.goals {
		for _, field := range c.goals[i].fields() {
			dst = appendCounts(dst, *field)
		}
	}
	return dst, nil
}

// UnmarshalBinary reads what [AARRRCounts.MarshalBinary] wrote, in the place of
// what c has. c must be of the same definition and AsOf, such as the counts of a
// new [AARRRCounter]; bytes of others are an error, as are bytes that were not
// written so, and leave c as it was.
func (c *AARRRCounts) UnmarshalBinary(data []byte) error {
	read := &AARRRCounts{aarrr: c.aarrr, config: c.config, asOf: c.asOf, goals: make([]goalCell, len(c.goals))}
	r := wire.NewReader(data)
	readHeader(r, wireAARRR, c.config, c.asOf)
	readCounts(r, &read.Users, &read.Acquired, &read.AfterAsOf)
	if read.Acquired > read.Users {
		r.Fail("%d acquired of %d users", read.Acquired, read.Users)
	}
	for i := range read.goals {
		g := &read.goals[i]
		readCounts(r, g.fields()...)
		if g.over > read.Acquired || g.did > g.over || g.openDid > read.Acquired-g.over || g.before > g.over || g.both > g.before {
			r.Fail("goal %d: the counts contradict each other", i)
		}
	}
	if err := r.Close(); err != nil {
		return wireError(err)
	}
	*c = *read
	return nil
}
