package funnel

import (
	"errors"
	"fmt"
	"math/bits"
	"time"
)

// kernel finds levels, and nothing else, of events that are codes.
type kernel struct {
	*matcher
	steps [256]uint64 // by code
	plain plain
	quick bool // plain will do
	valid int  // codes below are allowed
	track track
}

func (f Funnel) kernel(codes []uint64, tick time.Duration) (*kernel, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	switch {
	case len(f.Match.Exclusions) > 0 || len(f.Match.Hold) > 0:
		return nil, errors.New("funnel: codes can't say what is excluded or held")
	case f.By != ByUser:
		return nil, fmt.Errorf("funnel: levels are of users, not by %s", f.By)
	case tick < 0:
		return nil, fmt.Errorf("funnel: tick %s: want 0 or more", tick)
	case len(codes) > 256:
		return nil, fmt.Errorf("funnel: %d codes: want at most 256", len(codes))
	}
	if tick == 0 {
		tick = microsecond
	}
	k := &kernel{matcher: newMatcher(f.compile(tick), noAsOf), valid: len(codes)}
	if codes == nil {
		k.valid = len(f.Steps) + 1
		for step := range f.Steps {
			k.steps[step+1] = 1 << step
		}
	}
	copy(k.steps[:], codes)
	k.plain = newPlain(k.program)
	k.quick = codes == nil && k.isPlain() && k.grace <= 1
	for _, mask := range codes {
		if bits.Len64(mask) > len(f.Steps) {
			return nil, fmt.Errorf("funnel: code with step %d of %d", bits.Len64(mask), len(f.Steps))
		}
	}
	return k, nil
}

// level returns the level of one user.
func (k *kernel) level(at []int64, code []uint8) (uint8, error) {
	if len(at) == 0 {
		return 0, nil
	}
	if uint64(at[len(at)-1])-uint64(at[0]) >= spanLimit && at[len(at)-1] >= at[0] {
		return 0, errSpan
	}
	if k.quick {
		return k.quickLevel(at, code)
	}
	t := &k.track
	t.reset()
	for i, c := range code {
		if int(c) >= k.valid {
			return 0, errCode(c)
		}
		if i > 0 && at[i] < at[i-1] {
			return 0, errUnsorted
		}
		if k.steps[c] != 0 || k.order == Contiguous {
			t.at = append(t.at, k.round(at[i]))
			t.steps = append(t.steps, k.steps[c])
		}
	}
	best, _ := k.walk(t)
	return uint8(best.level), nil
}

// quickLevel is [plain.sight] for codes that are steps, and for the level alone.
func (k *kernel) quickLevel(at []int64, code []uint8) (uint8, error) {
	p := &k.plain
	p.reset(k.valid - 1)
	slots, window := &p.slots, p.window
	code = code[:len(at)]
	first, last := at[0], int64(-1)
	worst := uint8(0)
	var same tie
	for i, t := range at {
		t -= first
		c := code[i]
		worst = max(worst, c)
		if t <= last {
			if t < last {
				return 0, errUnsorted
			}
			if k.ties == TiesAnyOrder && int(worst) < k.valid {
				same.add(t, code[i-1], c)
				p.again(same.steps, c, t)
			}
		}
		last = t
		// As in plain.make, which the compiler does not inline so well.
		slots[1] = t
		start, made := slots[int(c)+1], slots[c]
		if t-made <= window {
			start = made
		}
		slots[int(c)+1] = start
	}
	if int(worst) >= k.valid {
		return 0, errCode(worst)
	}
	level := uint8(0)
	for _, start := range slots[2 : k.valid+1] {
		// A chain of some length is there only if all shorter ones are.
		level += uint8(uint64(unset-start) >> 63)
	}
	return level, nil
}

func errCode(c uint8) error { return fmt.Errorf("no such code: %d", c) }
