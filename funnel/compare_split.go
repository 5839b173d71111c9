package funnel

import "math"

// stepChange compares one step, by its index k, whose effect on the whole is
// known.
func stepChange(pairs []pair, whole pair, k int, name string, effect float64) StepChange {
	s := StepChange{
		Step: k + 1, Name: name,
		Before: NewRate(whole.before[k], whole.before[k-1]),
		After:  NewRate(whole.after[k], whole.after[k-1]),
		Effect: effect,
	}
	s.Change = s.After.Minus(s.Before)
	if s.Change == nil {
		return s
	}
	// The step's own change is split exactly, and then measured in terms of the
	// whole funnel. Where the step's rate stayed there is nothing to measure
	// by; the slope of the funnel's rate in it is what the ratio tends to.
	scale := 0.0
	if s.Change.Value != 0 {
		scale = effect / s.Change.Value
	} else if s.Before.Value > 0 {
		scale = logMean(overall(whole.after), overall(whole.before)) / s.Before.Value
	}
	s.Parts = split(pairs, k-1, k, scale)
	return s
}

func overall(reached []int64) float64 {
	return float64(reached[len(reached)-1]) / float64(reached[0])
}

// stepEffects splits the change of the whole funnel over its steps; the first
// has none.
func stepEffects(whole pair, change float64) []float64 {
	effects := make([]float64, len(whole.before))
	before, after := overall(whole.before), overall(whole.after)
	mean := logMean(after, before)
	for k := 1; k < len(effects); k++ {
		r0, ok0 := ratio(whole.before[k], whole.before[k-1])
		r1, ok1 := ratio(whole.after[k], whole.after[k-1])
		switch {
		case !ok0 || !ok1:
		case r0 == 0 || r1 == 0:
			// Nobody comes further, so that there is one such step a period,
			// and the later one of two is beyond the other's denominators.
			if r0 != r1 {
				effects[k] = change
			}
		case before > 0 && after > 0:
			effects[k] = mean * math.Log(r1/r0)
		}
	}
	return effects
}

func ratio(hits, of int64) (r float64, ok bool) {
	if of == 0 {
		return 0, false
	}
	return float64(hits) / float64(of), true
}

// logMean is the logarithmic mean of two positive numbers, 0 if either is 0,
// and the number itself where they meet.
func logMean(a, b float64) float64 {
	if a == 0 || b == 0 {
		return 0
	}
	x := (a - b) / b
	if math.Abs(x) < 1e-5 { // the logarithm's digits cancel: 1 + x/2 - x²/12
		return b * (1 + x/2 - x*x/12)
	}
	return (a - b) / math.Log1p(x)
}

// split splits the change of the rate from step index i to step index j into
// rates and mix, times scale. The rates of both periods are defined.
func split(pairs []pair, i, j int, scale float64) *Parts {
	sum := totals(pairs, j+1)
	before, after := float64(sum.before[j])/float64(sum.before[i]), float64(sum.after[j])/float64(sum.after[i])
	parts := &Parts{Segments: []SegmentChange{}}
	for _, p := range pairs {
		if p.before[i] == 0 && p.after[i] == 0 {
			continue
		}
		s := SegmentChange{
			Label:       p.label,
			Before:      NewRate(p.before[j], p.before[i]),
			After:       NewRate(p.after[j], p.after[i]),
			ShareBefore: float64(p.before[i]) / float64(sum.before[i]),
			ShareAfter:  float64(p.after[i]) / float64(sum.after[i]),
		}
		r0, r1 := before, after
		if s.Before != nil {
			r0 = s.Before.Value
		}
		if s.After != nil {
			r1 = s.After.Value
		}
		s.Rate = scale * ((s.ShareBefore + s.ShareAfter) / 2 * (r1 - r0))
		s.Mix = scale * (((r0+r1)/2 - (before+after)/2) * (s.ShareAfter - s.ShareBefore))
		parts.Rate += float64(s.Rate)
		parts.Mix += float64(s.Mix)
		parts.Segments = append(parts.Segments, s)
	}
	return parts
}
