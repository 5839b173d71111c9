package identity

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Attribution says whose an event is.
type Attribution struct {
	// Person is the name of the person; of one who is not known, an anonymous
	// name that stands for the device alone and is never that of a person. It
	// is empty for an event without an identifier that was seen.
	Person OneID `json:"person,omitzero"`
	// By is the identifier that decided, as it is resolved.
	By  ID         `json:"by,omitzero"`
	How Attributed `json:"how"`
}

// Attributed says how an event found its person.
type Attributed string

// The ways in which an event is attributed.
const (
	ByOwnID     Attributed = "own id"     // an identifier of the event is of that person alone
	ByNextLogin Attributed = "next login" // they logged in on the device soon after
	Anonymously Attributed = "anonymous"  // the device is of several people, and nobody can tell
	Nobody      Attributed = "nobody"     // no identifier that counts was ever seen
)

// Attribute says whose an event is, for events on devices that several people
// use. It needs the identifiers and the time of the event; the event need not be
// in the evidence.
//
//  1. The strongest identifier of the event that is of one person alone decides.
//     One is not if it is shared (see [Rules.SharedAbove]) or contested: a link
//     to it was refused, and it was the weaker end, or no stronger one.
//  2. Otherwise the strongest that was seen is asked who logged in next: who was
//     seen on it with an identifier of their own, at the time of the event or
//     up to [Rules.LookBack] later. That person has the event, unless two
//     people did so at that very instant, or another one was there less than
//     LookBack before the event.
//  3. Otherwise the event is anonymous. The last login is never a guess: the
//     next user of a tablet is a stranger.
//
// Of an identifier that changed hands, the holder at the time of the event
// counts.
func (p *People) Attribute(o Observation) Attribution {
	candidates := p.candidates(o)
	for _, i := range candidates {
		if !p.nodes.shared[i] && !p.nodes.contested[i] {
			return Attribution{p.oneID(p.nodes.person[i]), p.idOf(i), ByOwnID}
		}
	}
	if len(candidates) == 0 {
		return Attribution{How: Nobody}
	}
	device := candidates[0]
	if founder := p.nextLogin(device, o.At); founder >= 0 {
		return Attribution{p.oneID(founder), p.idOf(device), ByNextLogin}
	}
	return Attribution{OneID(digest(p.rules.Key, p.message("\x00anonymous\x00", device))), p.idOf(device), Anonymously}
}

// candidates returns the nodes of an event that are seen, the strongest first.
func (p *People) candidates(o Observation) []int32 {
	var list []int32
	for _, id := range o.IDs {
		if i := p.nodeOf(id, o.At.UnixMicro()); i >= 0 {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, p.stronger)
	return slices.Compact(list)
}

// nextLogin returns the founder of the person who logged in on a device next,
// or -1.
func (p *People) nextLogin(device int32, at time.Time) int32 {
	if p.rules.LookBack.IsZero() || calendar.CheckInstant(at) != nil {
		return -1
	}
	logins := p.logins.of(p, device)
	from := p.rules.LookBack.Before(at, p.rules.Zone).UnixMicro()
	to := p.rules.LookBack.After(at, p.rules.Zone).UnixMicro()
	next, _ := slices.BinarySearchFunc(logins, at.UnixMicro(), func(l login, at int64) int { return cmp.Compare(l.at, at) })
	if next == len(logins) || logins[next].at > to {
		return -1
	}
	who := logins[next]
	for _, l := range logins[next:] {
		if l.at == who.at && l.person != who.person {
			return -1
		}
		if l.at > who.at {
			break
		}
	}
	for k := next - 1; k >= 0 && logins[k].at > from; k-- {
		if logins[k].person != who.person {
			return -1
		}
	}
	return who.person
}

// logins are who was seen on devices of several people. They are looked up when
// they are first asked for, and forgotten when anything changes.
type logins struct {
	mu sync.Mutex
	by map[int32][]login // in the order of time
}

// login is a sighting of a person on a device.
type login struct {
	at     int64
	person int32 // the founder
}

func (l *logins) of(p *People, device int32) []login {
	l.mu.Lock()
	defer l.mu.Unlock()
	if list, ok := l.by[device]; ok {
		return list
	}
	var list []login
	p.each(device, func(o int32) bool {
		if who := p.loggedIn(o); who >= 0 {
			list = append(list, login{p.evidence.at[o], who})
		}
		return true
	})
	slices.SortFunc(list, func(a, b login) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.person, b.person)) })
	if l.by == nil {
		l.by = map[int32][]login{}
	}
	l.by[device] = list
	return list
}

func (l *logins) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.by = nil
}

// loggedIn returns the founder of the person who was seen in an observation with
// an identifier of their own, or -1.
func (p *People) loggedIn(o int32) int32 {
	own := int32(-1)
	if p.isMatch(o) {
		return -1
	}
	for _, i := range p.nodesOf(o) {
		if i >= 0 && !p.nodes.shared[i] && !p.nodes.contested[i] && (own < 0 || p.stronger(i, own) < 0) {
			own = i
		}
	}
	if own < 0 {
		return -1
	}
	return p.nodes.person[own]
}

// contest marks the ends of a refused link that can't be told to be of one
// person.
func (p *People) contest(a, b int32) {
	if p.priority(a) >= p.priority(b) {
		p.nodes.contested[a] = true
	}
	if p.priority(b) >= p.priority(a) {
		p.nodes.contested[b] = true
	}
}
