package clv

import "fmt"

// A customer's purchases in a time to come, if they never left, have a
// negative binomial distribution: its shape is k = r+x, and z = τ/(1+τ) with
// τ = t/(α+T). With p ~ Beta(a, B) the chance to leave at each of them,
//
//	E[(1-(1+pτ)^-k)/p] = Σ NB(n; k, z)·R_n   the purchases before leaving
//	E[(1+pτ)^-k]       = Σ NB(n; k, z)·c_n   the chance not to leave
//
// where c_n = (B)_n/(a+B)_n and R_n = c_0 + … + c_(n-1). All terms are positive,
// so that nothing cancels: the usual form by ₂F₁ has a pole at a = 1 and loses
// all digits, or overflows, for many ordinary customers.

// maxTerms bounds the work for one answer to about half a second. An ordinary
// horizon takes some hundred terms.
const maxTerms = 1 << 26

// beforeLeaving returns the two sums.
func beforeLeaving(k, a, b, tau float64) (purchases, stays float64, err error) {
	if tau == 0 {
		return 0, 1, nil
	}
	need := float64(40*(1+tau)) + float64(k*tau)
	if need > maxTerms {
		return 0, 0, fmt.Errorf("%w: it is %.3g times alpha + age, which takes %.2g terms", ErrHorizon, tau, need)
	}
	z := tau / (1 + tau)
	// pmf and the sums are in units of e^scale, so that a pmf that starts below
	// the smallest float still counts.
	scale := -float64(k * log1p(tau))
	const huge, logHuge = 1e200, 460.51701859880916
	pmf, c, reached := 1.0, 1.0, 0.0
	stays = 1
	mode := float64(k * tau)
	for n := 1.0; ; n++ {
		pmf = float64(pmf * ((k + n - 1) / n) * z)
		reached += c
		c = float64(c * ((b + n - 1) / (a + b + n - 1)))
		purchases += float64(pmf * reached)
		stays += float64(pmf * c)
		if pmf > huge {
			pmf /= huge
			purchases /= huge
			stays /= huge
			scale += logHuge
		}
		// Beyond the mode the pmf falls by at least the factor ratio, and
		// R_n grows by at most a factor (n+1)/n, at each step.
		if int64(n)&7 == 0 && n > mode {
			ratio := max(z, z*(k+n)/(n+1))
			left := ratio / (1 - ratio)
			if rest := pmf * reached * left * (1 + left/n); ratio < 1 && rest < 1e-17*purchases && pmf*c*left < 1e-17*stays {
				break
			}
		}
	}
	e := exp(scale)
	return float64(e * purchases), min(float64(e*stays), 1), nil
}

// discountedRate returns ∫ e^(-δτ)·k·E[(1+pτ)^-(k+1)] dτ from 0 to infinity for
// δ > 0: the purchases ever to come before leaving, discounted.
//
// The integral of e^(-δτ)·NB(n; k+1, τ/(1+τ)) is a multiple of J_n, which
// obeys (n+k)·J_(n-1) = (2n+1+k+δ)·J_n - (n+1)·J_(n+1) and falls towards zero
// (it is Tricomi's function of n). Backwards, with the differences J_(n-1)-J_n
// as state, all terms are positive; the sum over n is that of e^(-δτ): 1/δ.
func discountedRate(k, a, b, delta float64) (float64, error) {
	need := (200+float64(30*k))/delta + 50 // J_n falls by e^-28
	if need > maxTerms {
		return 0, fmt.Errorf("%w: for ever at so low a rate takes %.2g terms", ErrHorizon, need)
	}
	value, fall, total, weighted := 1.0, 1.0, 1.0, 1.0
	for n := float64(int(need)); n > 0; n-- {
		// Here value is J_n and fall is J_n - J_(n+1).
		fall = (float64((n+1)*fall) + float64(delta*value)) / (n + k)
		value += fall
		total += value
		weighted = value + float64(float64((b+n-1)/(a+b+n-1))*weighted)
		if value > 1e200 {
			value, fall, total, weighted = value/1e200, fall/1e200, total/1e200, weighted/1e200
		}
	}
	return k * weighted / (total * delta), nil
}
