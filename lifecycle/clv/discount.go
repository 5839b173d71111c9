package clv

import "fmt"

// Discounted returns the purchases to expect of the customer within t after
// the end of observation, each discounted to that end:
// ∫ e^(-δu)·rate(u) du from 0 to t. It is never more than [Model.Expected].
func (m Model) Discounted(r Row, t float64, rate Rate) (float64, error) {
	if err := m.checkAt(r, t); err != nil {
		return 0, err
	}
	force, err := rate.In(m.Unit)
	if err != nil {
		return 0, err
	}
	ifAlive, err := m.discounted(r, t, force)
	return m.alive(r) * ifAlive, err
}

// Residual returns the purchases to expect of the customer for all time to
// come, each discounted to the end of observation: DERT, the discounted
// expected residual transactions (Fader, Hardie, Lee 2005, Journal of
// Marketing Research 42:415). Without discount it is finite only if s or a is
// above 1; otherwise that is an [ErrRate].
func (m Model) Residual(r Row, rate Rate) (float64, error) {
	if err := m.check(r); err != nil {
		return 0, err
	}
	force, err := rate.In(m.Unit)
	if err != nil {
		return 0, err
	}
	ifAlive, err := m.residual(r, force)
	return m.alive(r) * ifAlive, err
}

// discounted is Discounted of a customer who passed the checks and is alive.
func (m Model) discounted(r Row, t, force float64) (float64, error) {
	if force == 0 || t == 0 {
		return m.ifAlive(r, t)
	}
	alpha := m.Params[1] + r.Age
	if m.Family == ParetoNBD {
		k, s, beta := m.Params[0]+float64(r.Repeats), m.Params[2], m.Params[3]+r.Age
		return k * (beta / alpha) * fading(s, force*beta, t/beta), nil
	}
	k, b := m.posterior(r)
	var failed error
	integral := fade(k+1, force*alpha, t/alpha, func(tau float64) float64 {
		_, stays, err := beforeLeaving(k+1, m.Params[2], b, tau)
		if err != nil {
			failed = err
		}
		return stays
	})
	if failed != nil {
		return 0, failed
	}
	return k * integral, nil
}

// residual is Residual of a customer who passed the checks and is alive.
func (m Model) residual(r Row, force float64) (float64, error) {
	alpha, leave := m.Params[1]+r.Age, m.Params[2]
	if force == 0 && !(leave > 1) {
		return 0, fmt.Errorf("%w: without discount the purchases to come are infinitely many", ErrRate)
	}
	if m.Family == ParetoNBD {
		k, beta := m.Params[0]+float64(r.Repeats), m.Params[3]+r.Age
		if force == 0 {
			return k * (beta / alpha) / (leave - 1), nil
		}
		return k * (beta / alpha) * fading(leave, force*beta, forever/(force*beta)), nil
	}
	k, b := m.posterior(r)
	if force == 0 {
		return (leave + b - 1) / (leave - 1), nil // E[1/p]
	}
	return discountedRate(k, leave, b, force*alpha)
}

// forever is δt beyond which nothing counts: e^-45 is 3e-20.
const forever = 45

// fading returns ∫ e^(-δu)·(1+u)^-s du from 0 to end.
func fading(s, delta, end float64) float64 {
	return fade(s, delta, end, func(u float64) float64 { return exp(-float64(s * log1p(u))) })
}

// fade returns ∫ e^(-δu)·f(u) du from 0 to end, for an f that falls from 1 no
// faster than (1+u)^-fall. Panels lie in w = ln(1+u), on whose scale both are
// smooth, and widen: by then the integrand has fallen so far that a wider one
// loses nothing.
func fade(fall, delta, end float64, f func(u float64) float64) (integral float64) {
	const rise, widest = 4.0, 0.7
	low, width := 0.0, min(rise/(fall+delta), widest)
	for last := log1p(min(end, forever/delta)); low < last; {
		high := min(low+width, last)
		nodes(low, high, func(w, weight float64) {
			u := expm1(w)
			integral += float64(float64(weight*(1+u)) * float64(exp(-float64(delta*u))*f(u)))
		})
		low = high
		width = min(2*width, widest)
	}
	return integral
}
