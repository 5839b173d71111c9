package funnel

import (
	"errors"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/wire"
)

// MarshalBinary returns t as bytes: the same events under the same watermark,
// none of them late, give the same bytes, in whatever order they came (under
// TiesGiven, in that order).
func (t *Tracker[E, K]) MarshalBinary() ([]byte, error) { return t.AppendBinary(nil) }

// AppendBinary appends what [Tracker.MarshalBinary] returns.
func (t *Tracker[E, K]) AppendBinary(dst []byte) ([]byte, error) {
	dst, err := appendHeader(dst, wireTracker, t.funnel)
	if err != nil {
		return nil, err
	}
	dst = wire.AppendInt(dst, t.watermark)
	dst = wire.AppendUint(dst, uint64(t.Late))
	dst = wire.AppendUint(dst, uint64(len(t.users)))
	for _, id := range t.sorted() {
		dst = wire.AppendID(dst, id)
		dst = t.appendUser(dst, t.users[id])
	}
	return dst, nil
}

// UnmarshalBinary reads what [Tracker.MarshalBinary] wrote, in the place of what
// t has. t must be of the same funnel, such as a new tracker. Bytes that were
// not written so are an error, and leave t as it was.
func (t *Tracker[E, K]) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	readHeader(r, wireTracker, t.funnel)
	watermark := readMicros(r)
	late := readCount(r)
	users := map[K]*tracked{}
	var before K
	for i := range r.Count() {
		id := wire.ReadID[K](r)
		if r.Err() == nil && i > 0 && regulars.Compare(before, id) >= 0 {
			r.Fail("user %v is out of order", id)
		}
		before = id
		u := t.readUser(r, watermark)
		if r.Err() != nil {
			break
		}
		users[id] = u
	}
	if err := r.Close(); err != nil {
		return wireError(err)
	}
	t.watermark, t.Late, t.users = watermark, late, users
	return nil
}

// State returns what t knows of one user as bytes, for a store of the host's
// own; ok is false if it knows nothing. It is good for trackers of the same
// funnel whose watermark is not earlier than that of t, if no event of the user
// came in between that the other one has not seen.
func (t *Tracker[E, K]) State(user K) (data []byte, ok bool) {
	u := t.users[user]
	if u == nil {
		return nil, false
	}
	return t.appendUser(wire.AppendInt(nil, t.watermark), u), true
}

// SetState sets what t knows of one user to what [Tracker.State] returned.
// Bytes that were not written so, or under a later watermark, are an error, and
// change nothing.
func (t *Tracker[E, K]) SetState(user K, data []byte) error {
	r := wire.NewReader(data)
	watermark := readMicros(r)
	u := t.readUser(r, watermark)
	if err := r.Close(); err != nil {
		return wireError(err)
	}
	if watermark > t.watermark {
		return errors.New("funnel: state under a later watermark")
	}
	t.users[user] = u
	return nil
}

func (t *Tracker[E, K]) appendUser(dst []byte, u *tracked) []byte {
	t.fold(u)
	// The state is written for the watermark of now, whenever it was folded.
	dst = t.load(u).append(dst, t.watermark)
	w := u.waiting
	if t.matcher.ties != TiesGiven {
		w = w.canonical()
	}
	dst = wire.AppendUint(dst, uint64(len(w.at)))
	for i, at := range w.at {
		dst = wire.AppendInt(dst, at)
		dst = wire.AppendUint(dst, w.steps[i])
		if len(t.matcher.exclusions) > 0 {
			dst = wire.AppendUint(dst, w.exclusions[i])
		}
	}
	return dst
}

func (t *Tracker[E, K]) readUser(r *wire.Reader, watermark int64) *tracked {
	s := &state{matcher: t.matcher}
	s.chains.reset()
	s.read(r)
	u := &tracked{}
	if s.played && r.Err() == nil {
		if s.last >= watermark {
			r.Fail("folded beyond the watermark")
		}
		u.state = s.append(nil, watermark)
	}
	all := ^uint64(0)
	for range r.Count() {
		at := readMicros(r)
		if r.Err() == nil && at < watermark {
			r.Fail("waits for a watermark that has passed")
		}
		u.waiting.at = append(u.waiting.at, at)
		u.waiting.steps = append(u.waiting.steps, r.UintUpTo(all>>(64-t.matcher.steps)))
		if n := len(t.matcher.exclusions); n > 0 {
			u.waiting.exclusions = append(u.waiting.exclusions, r.UintUpTo(all>>(64-n)))
		}
		if r.Err() != nil {
			break
		}
	}
	return u
}
