package loyalty

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// The body of an entry is a format byte and a list of operations, each a code
// and a payload of fixed width. Most change the account; those from opOutcome
// on only explain, and the fold passes over them.
const bodyFormat = 1

type opCode uint8

const (
	opMove     opCode = 1 + iota
	opHold            // names the hold that moves from and to PotHeld are of
	opWindow          // adds to a window
	opStreak          // sets
	opTask            // sets
	opMonth           // adds to a month
	opTier            // sets
	opIdle            // sets when TermIdle points of a wallet end
	opStatus          // sets
	opEnrolled        // sets
	opVersion         // sets
	opReferred        // sets
	endOfOps
)

const (
	opOutcome opCode = 64 + iota // what a rule gave, and why
	opReward                     // which reward, and how many
	opAside                      // waived, owed and lost points
	opNotice                     // what a reminder told
	opPass                       // an outcome that is nothing but a reason
	endOfNotes
)

// opWidth is the width of each payload.
var opWidth = [endOfNotes]int{
	opMove: moveWidth, opHold: 24, opWindow: windowWidth, opStreak: streakWidth, opTask: taskWidth, opMonth: monthWidth,
	opTier: tierWidth, opIdle: 9, opStatus: 1,
	opEnrolled: 8, opVersion: 4, opReferred: 1,
	opOutcome: outcomeWidth, opReward: 12, opAside: 24, opNotice: 16, opPass: 7,
}

const (
	moveWidth    = 32
	outcomeWidth = 40
	tierWidth    = 18
)

// extend makes dst longer by n bytes, which are to be written.
func extend(dst []byte, n int) []byte {
	if n > cap(dst)-len(dst) {
		dst = grown(dst, n)
	}
	return dst[:len(dst)+n]
}

//go:noinline
func grown(dst []byte, n int) []byte { return slices.Grow(dst, n) }

// appendOp appends an operation, and returns where its payload goes.
func appendOp(dst []byte, code opCode) (longer, payload []byte) {
	longer = extend(dst, 1+opWidth[code])
	longer[len(dst)] = byte(code)
	return longer, longer[len(dst)+1:]
}

// move is [Move] with its instants in microseconds.
type move struct {
	wallet             uint8
	from, to           Pot
	terms              Terms
	rule               uint32
	points             int64
	expires, activates int64
}

var le = binary.LittleEndian

func (m *move) append(dst []byte) []byte {
	from := len(dst)
	dst = extend(dst, 1+moveWidth)
	p := (*[1 + moveWidth]byte)(dst[from:])
	p[0], p[1], p[2], p[3], p[4] = byte(opMove), m.wallet, byte(m.from), byte(m.to), byte(m.terms)
	le.PutUint32(p[5:], m.rule)
	le.PutUint64(p[9:], uint64(m.points))
	le.PutUint64(p[17:], uint64(m.expires))
	le.PutUint64(p[25:], uint64(m.activates))
	return dst
}

func readMove(p []byte) move {
	row := (*[moveWidth]byte)(p)
	return move{
		wallet: row[0], from: Pot(row[1]), to: Pot(row[2]), terms: Terms(row[3]), rule: le.Uint32(row[4:]),
		points: int64(le.Uint64(row[8:])), expires: int64(le.Uint64(row[16:])), activates: int64(le.Uint64(row[24:])),
	}
}

func (h *hold) appendOp(dst []byte) []byte {
	dst, p := appendOp(dst, opHold)
	copy(p, h.id[:])
	le.PutUint64(p[16:], uint64(h.until))
	return dst
}

func readHoldOp(p []byte) hold {
	return hold{id: [16]byte(p), until: int64(le.Uint64(p[16:]))}
}

func (w *window) put(p []byte) {
	row := (*[windowWidth]byte)(p)
	row[0] = byte(w.key.kind)
	le.PutUint32(row[1:], w.key.id)
	le.PutUint32(row[5:], uint32(w.number))
	le.PutUint64(row[9:], uint64(w.used))
	le.PutUint64(row[17:], uint64(w.gone))
}

func readWindow(p []byte) window {
	row := (*[windowWidth]byte)(p)
	return window{
		key:    windowKey{windowKind(row[0]), le.Uint32(row[1:])},
		number: int32(le.Uint32(row[5:])), used: int64(le.Uint64(row[9:])), gone: int64(le.Uint64(row[17:])),
	}
}

func (s *streak) put(p []byte) {
	row := (*[streakWidth]byte)(p)
	le.PutUint32(row[:], s.rule)
	le.PutUint32(row[4:], uint32(s.last))
	le.PutUint64(row[8:], s.days)
	le.PutUint32(row[16:], uint32(s.older))
}

func readStreak(p []byte) streak {
	row := (*[streakWidth]byte)(p)
	return streak{rule: le.Uint32(row[:]), last: dayOf32(row[4:]), days: le.Uint64(row[8:]), older: int32(le.Uint32(row[16:]))}
}

func (t *task) put(p []byte) {
	row := (*[taskWidth]byte)(p)
	le.PutUint32(row[:], t.rule)
	le.PutUint32(row[4:], uint32(t.progress))
	le.PutUint32(row[8:], uint32(t.done))
}

func readTask(p []byte) task {
	row := (*[taskWidth]byte)(p)
	return task{rule: le.Uint32(row[:]), progress: int32(le.Uint32(row[4:])), done: int32(le.Uint32(row[8:]))}
}

func (m *month) put(p []byte) {
	row := (*[monthWidth]byte)(p)
	le.PutUint32(row[:], uint32(m.number))
	le.PutUint64(row[4:], uint64(m.points))
}

func readMonth(p []byte) month {
	row := (*[monthWidth]byte)(p)
	return month{number: int32(le.Uint32(row[:])), points: int64(le.Uint64(row[4:]))}
}

func (t *tier) put(p []byte) {
	row := (*[tierWidth]byte)(p)
	row[0], row[1] = t.level, bit(t.grace)
	le.PutUint64(row[2:], uint64(t.since))
	le.PutUint64(row[10:], uint64(t.review))
}

func readTier(p []byte) tier {
	row := (*[tierWidth]byte)(p)
	return tier{level: row[0], grace: row[1] == 1, since: int64(le.Uint64(row[2:])), review: int64(le.Uint64(row[10:]))}
}

// isPass reports whether an outcome is nothing but a reason.
func (o *outcome) isPass() bool {
	return o.points|o.wanted|o.retry == 0 && o.progress|o.goal == 0 && !o.referrer
}

// append writes an outcome; cap -1 is written as 255. Most rules of a kind say
// no, and that is short.
func (o *outcome) append(dst []byte) []byte {
	if o.isPass() {
		return le.AppendUint64(dst, o.pass())
	}
	from := len(dst)
	dst = extend(dst, 1+outcomeWidth)
	p := (*[1 + outcomeWidth]byte)(dst[from:])
	p[0] = byte(opOutcome)
	le.PutUint32(p[1:], o.rule)
	p[5], p[6], p[7], p[8] = o.wallet, byte(o.reason), byte(o.cap), bit(o.referrer)
	le.PutUint64(p[9:], uint64(o.points))
	le.PutUint64(p[17:], uint64(o.wanted))
	le.PutUint32(p[25:], uint32(o.progress))
	le.PutUint32(p[29:], uint32(o.goal))
	le.PutUint64(p[33:], uint64(o.retry))
	return dst
}

// pass is the operation that writes an outcome which is nothing but a reason.
func (o *outcome) pass() uint64 {
	return uint64(opPass) | uint64(o.rule)<<8 | uint64(o.wallet)<<40 | uint64(o.reason)<<48 | uint64(byte(o.cap))<<56
}

func readPass(p []byte) outcome {
	return outcome{rule: le.Uint32(p), wallet: p[4], reason: Reason(p[5]), cap: int8(p[6])}
}

func readOutcome(p []byte) outcome {
	row := (*[outcomeWidth]byte)(p)
	return outcome{
		rule: le.Uint32(row[:]), wallet: row[4], reason: Reason(row[5]), cap: int8(row[6]), referrer: row[7] == 1,
		points: int64(le.Uint64(row[8:])), wanted: int64(le.Uint64(row[16:])),
		progress: int32(le.Uint32(row[24:])), goal: int32(le.Uint32(row[28:])), retry: int64(le.Uint64(row[32:])),
	}
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// opReader takes operations out of a body.
type opReader struct {
	rest    []byte
	code    opCode
	payload []byte
	err     error
}

func newOpReader(body []byte) opReader {
	if len(body) == 0 || body[0] == 0 {
		return opReader{err: fmt.Errorf("%w: entry without a format", ErrCorrupt)}
	}
	if body[0] > bodyFormat {
		return opReader{err: fmt.Errorf("%w: entry of format %d", ErrNewerState, body[0])}
	}
	return opReader{rest: body[1:]}
}

// next moves on to the next operation; false at the end or on an error.
func (r *opReader) next() bool {
	if r.err != nil || len(r.rest) == 0 {
		return false
	}
	r.code = opCode(r.rest[0])
	width := 0
	if r.code < endOfNotes {
		width = opWidth[r.code]
	}
	if width == 0 || len(r.rest) < 1+width {
		r.err = fmt.Errorf("%w: operation %d of an entry", ErrCorrupt, r.code)
		return false
	}
	r.payload, r.rest = r.rest[1:1+width], r.rest[1+width:]
	return true
}
