package loyalty

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/wire"
)

// The record of a key holds the canonical command and its answer: a receipt in
// numbers, or a rejection.
const keyFormat = 1

const (
	keyAccepted = 1 + iota
	keyRejected
)

// receiptNumbers is a receipt without names.
type receiptNumbers struct {
	receiptHead
	balances []Total
	rules    []outcome
}

type receiptHead struct {
	recorded                  int64
	version                   uint32
	seq                       uint64
	taken, waived, owed, lost int64
	level                     uint8
	next                      uint32
	missing                   int64
}

func (n *receiptNumbers) reset() {
	n.receiptHead, n.balances, n.rules = receiptHead{}, n.balances[:0], n.rules[:0]
}

func (n *receiptNumbers) append(dst []byte) []byte {
	from := len(dst)
	dst = extend(dst, 20)
	p := (*[20]byte)(dst[from:])
	le.PutUint64(p[:], uint64(n.recorded))
	le.PutUint32(p[8:], n.version)
	le.PutUint64(p[12:], n.seq)
	dst = appendTwo(dst, n.taken, n.waived)
	dst = appendTwo(dst, n.owed, n.lost)
	dst = wire.AppendInt(dst, n.missing)
	dst = append(le.AppendUint32(dst, n.next), n.level, byte(len(n.balances)))
	for i := range n.balances {
		b := &n.balances[i]
		dst = wire.AppendInt(append(dst, b.Wallet), b.Available)
		dst = wire.AppendInt(appendTwo(dst, b.Pending, b.Held), b.Debt)
	}
	dst = wire.AppendUint(dst, uint64(len(n.rules)))
	for i := range n.rules {
		dst = n.rules[i].appendAnswer(dst)
	}
	return dst
}

// appendTwo writes numbers of which both are mostly 0, as wire does.
func appendTwo(dst []byte, m, n int64) []byte {
	if m|n == 0 {
		return append(dst, 0, 0)
	}
	return wire.AppendInt(wire.AppendInt(dst, m), n)
}

// appendAnswer writes first which of the numbers are there, so that a rule that
// says no takes a few bytes.
func (o *outcome) appendAnswer(dst []byte) []byte {
	dst = append(wire.AppendUint(dst, uint64(o.rule)), o.wallet, byte(o.reason), byte(o.cap), byte(o.slot.terms), 0)
	if o.isPass() && o.slot.expires|o.slot.activates == 0 {
		return dst
	}
	flags := len(dst) - 1
	there := bit(o.referrer)
	if o.points != 0 {
		there, dst = there|2, wire.AppendInt(dst, o.points)
	}
	if o.wanted != 0 {
		there, dst = there|4, wire.AppendInt(dst, o.wanted)
	}
	if o.progress != 0 {
		there, dst = there|8, wire.AppendInt(dst, int64(o.progress))
	}
	if o.goal != 0 {
		there, dst = there|16, wire.AppendInt(dst, int64(o.goal))
	}
	if o.retry != 0 {
		there, dst = there|32, wire.AppendInt(dst, o.retry)
	}
	if o.slot.expires != 0 {
		there, dst = there|64, wire.AppendInt(dst, o.slot.expires)
	}
	if o.slot.activates != 0 {
		there, dst = there|128, wire.AppendInt(dst, o.slot.activates)
	}
	dst[flags] = there
	return dst
}

func readAnswer(r *wire.Reader) (o outcome) {
	rule := r.UintUpTo(math.MaxUint32)
	p := r.Bytes(5)
	if r.Err() != nil {
		return o
	}
	var numbers [7]int64
	for i := range numbers {
		if p[4]>>(i+1)&1 == 1 {
			if numbers[i] = r.Int(); numbers[i] == 0 {
				r.Fail("zero written as a number")
			}
		}
	}
	if int64(int32(numbers[2])) != numbers[2] || int64(int32(numbers[3])) != numbers[3] {
		r.Fail("progress %d of %d", numbers[2], numbers[3])
	}
	return outcome{
		rule: uint32(rule), wallet: p[0], reason: Reason(p[1]), cap: int8(p[2]), referrer: p[4]&1 == 1,
		points: numbers[0], wanted: numbers[1], progress: int32(numbers[2]), goal: int32(numbers[3]), retry: numbers[4],
		slot: slot{Terms(p[3]), numbers[5], numbers[6]},
	}
}

func (n *receiptNumbers) read(r *wire.Reader) {
	n.reset()
	if p := r.Bytes(20); r.Err() == nil {
		n.recorded, n.version, n.seq = int64(le.Uint64(p)), le.Uint32(p[8:]), le.Uint64(p[12:])
	}
	for _, x := range [...]*int64{&n.taken, &n.waived, &n.owed, &n.lost, &n.missing} {
		*x = r.Int()
	}
	balances := 0
	if p := r.Bytes(6); r.Err() == nil {
		n.next, n.level, balances = le.Uint32(p), p[4], int(p[5])
	}
	for range balances {
		if p := r.Bytes(1); r.Err() == nil {
			n.balances = append(n.balances, Total{p[0], r.Int(), r.Int(), r.Int(), r.Int()})
		}
	}
	for range r.Count() {
		n.rules = append(n.rules, readAnswer(r))
	}
}

// rejection is a typed error in one form.
type rejection struct {
	code   rejectionCode
	a, b   string
	m, n   int64
	at     int64
	reason Reason
}

type rejectionCode uint8

const (
	rejectUnknownAccount rejectionCode = 1 + iota
	rejectOverflow
	rejectInsufficient
	rejectLimit
	rejectStock
	rejectClosed
	rejectDisabled
	rejectState
)

// rejectionOf returns the form of an error; false if it is not one that is
// bound to a key.
func rejectionOf(err error) (rejection, bool) {
	if errors.Is(err, ErrUnknownAccount) {
		return rejection{code: rejectUnknownAccount}, true
	}
	if errors.Is(err, ErrOverflow) {
		return rejection{code: rejectOverflow}, true
	}
	if e, ok := errors.AsType[*InsufficientError](err); ok {
		return rejection{code: rejectInsufficient, a: e.Wallet, m: e.Available, n: e.Wanted}, true
	}
	if e, ok := errors.AsType[*LimitError](err); ok {
		return rejection{code: rejectLimit, a: e.Limit, m: e.Max, n: e.Used, at: micros(e.RetryAt)}, true
	}
	if e, ok := errors.AsType[*StockError](err); ok {
		return rejection{code: rejectStock, a: e.Reward, m: e.Left, n: e.Wanted}, true
	}
	if e, ok := errors.AsType[*ClosedError](err); ok {
		return rejection{code: rejectClosed, a: e.Member, b: e.Into}, true
	}
	if e, ok := errors.AsType[*DisabledError](err); ok {
		return rejection{code: rejectDisabled, a: e.What, at: micros(e.From), reason: e.Why}, true
	}
	if e, ok := errors.AsType[*StateError](err); ok {
		return rejection{code: rejectState, a: e.What, b: e.State}, true
	}
	return rejection{}, false
}

// err returns the error that rejectionOf took the form of; nil for a code that
// is none.
func (j *rejection) err() error {
	switch j.code {
	case rejectUnknownAccount:
		return ErrUnknownAccount
	case rejectOverflow:
		return ErrOverflow
	case rejectInsufficient:
		return &InsufficientError{j.a, j.m, j.n}
	case rejectLimit:
		return &LimitError{j.a, j.m, j.n, instant(j.at)}
	case rejectStock:
		return &StockError{j.a, j.m, j.n}
	case rejectClosed:
		return &ClosedError{j.a, j.b}
	case rejectDisabled:
		return &DisabledError{j.a, j.reason, instant(j.at)}
	case rejectState:
		return &StateError{j.a, j.b}
	}
	return nil
}

func (j *rejection) append(dst []byte) []byte {
	dst = append(dst, byte(j.code), byte(j.reason))
	dst = wire.AppendString(wire.AppendString(dst, j.a), j.b)
	return wire.AppendInt(wire.AppendInt(wire.AppendInt(dst, j.m), j.n), j.at)
}

func readRejection(r *wire.Reader) (j rejection) {
	if p := r.Bytes(2); r.Err() == nil {
		j.code, j.reason = rejectionCode(p[0]), Reason(p[1])
	}
	j.a, j.b = r.String(), r.String()
	j.m, j.n, j.at = r.Int(), r.Int(), r.Int()
	if r.Err() == nil && j.err() == nil {
		r.Fail("rejection %d", j.code)
	}
	return j
}

// appendKey writes the body of a key's record; rejected has code 0 if the command
// was accepted.
func (v *View) appendKey(dst, command []byte, rejected *rejection) []byte {
	answer := byte(keyAccepted)
	if rejected.code != 0 {
		answer = keyRejected
	}
	dst = append(dst, keyFormat, answer)
	dst = append(wire.AppendUint(dst, uint64(len(command))), command...)
	if rejected.code != 0 {
		return rejected.append(dst)
	}
	return v.answer().append(dst)
}

// keyAnswer is what a key's record holds.
type keyAnswer struct {
	command  []byte // empty if it was erased
	receipt  receiptNumbers
	rejected rejection // of code 0 if the command was accepted
}

func (k *keyAnswer) read(body []byte) error {
	if len(body) > 0 && body[0] > keyFormat {
		return fmt.Errorf("%w: key of format %d", ErrNewerState, body[0])
	}
	r := wire.NewReader(body)
	p := r.Bytes(2)
	if r.Err() == nil && (p[0] != keyFormat || p[1] != keyAccepted && p[1] != keyRejected) {
		r.Fail("format %d", p[0])
	}
	k.command, k.rejected = r.Bytes(r.Count()), rejection{}
	if r.Err() == nil && p[1] == keyRejected {
		k.rejected = readRejection(r)
	} else {
		k.receipt.read(r)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("%w: key: %w", ErrCorrupt, err)
	}
	return nil
}

// replay answers a command whose key was used before.
func (v *View) replay(r *Rules, key *loaded) error {
	var k keyAnswer
	if err := k.read(key.body); err != nil {
		return err
	}
	canonical := v.request.append(nil)
	if !bytes.Equal(k.command, canonical) {
		e := &KeyReusedError{Key: v.request.cmd.Key}
		e.Field, e.Was, e.Is = differ(k.command, canonical)
		return e
	}
	if err := k.rejected.err(); err != nil {
		v.decision.Rejection, v.decision.replayed = err, true
		return nil
	}
	c := r.version(k.receipt.version)
	if c == nil {
		return &BehindError{r.program, r.newest().version, k.receipt.version}
	}
	v.receipt, v.decision.rules, v.decision.replayed = k.receipt, c, true
	return nil
}
