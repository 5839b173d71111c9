package clv

// departed is what speaks for a customer having left, as two terms whose sum
// is the log odds. Neither is NaN; leave is -Inf for who can't have left.
type departed struct {
	leave   float64 // from the occasions to leave: their chance, or their time
	silence float64 // from the purchases that did not come since: 0 or more
}

// departed returns it for a customer that passed the checks.
func (m Model) departed(r Row) departed {
	x, quiet := float64(r.Repeats), r.Age-r.Recency
	k, alpha := m.Params[0]+x, m.Params[1]+r.Recency
	silence := float64(k * log1p(quiet/alpha))
	switch m.Family {
	case ParetoNBD:
		if quiet == 0 {
			return departed{leave: log(0)}
		}
		s, beta := m.Params[2], m.Params[3]+r.Recency
		d := newDeparture(k, s, alpha, beta, quiet)
		// Had the purchases told nothing, the odds would be those of leaving
		// within the silence: (1+V/β)^s - 1.
		y := float64(s * d.endBeta)
		leave := y + log(-expm1(-y))
		return departed{leave, max(d.logOdds(d.moments().mass)-leave, 0)}
	case BGNBD:
		if r.Repeats == 0 {
			return departed{leave: log(0)}
		}
		x--
	}
	return departed{log(m.Params[2]) - log(m.Params[3]+x), silence}
}

// alive returns P(alive) of a customer that passed the checks.
func (m Model) alive(r Row) float64 {
	d := m.departed(r)
	_, chance := oddsToOne(-(d.leave + d.silence))
	return chance
}

// Alive returns P(alive): the chance that the customer has not left at the end
// of observation. It falls with silence and does not always rise with the
// number of purchases: a silence tells more of a frequent buyer.
func (m Model) Alive(r Row) (float64, error) {
	if err := m.check(r); err != nil {
		return 0, err
	}
	return m.alive(r), nil
}

// AliveIn returns the chance that the customer will not have left t after the
// end of observation, whatever they buy until then.
func (m Model) AliveIn(r Row, t float64) (float64, error) {
	if err := m.checkAt(r, t); err != nil {
		return 0, err
	}
	if m.Family == ParetoNBD {
		left := float64(m.Params[2] * log1p(t/(m.Params[3]+r.Age)))
		return m.alive(r) * exp(-left), nil
	}
	_, stays, err := m.ahead(r, t)
	return m.alive(r) * stays, err
}

// NoPurchase returns the chance that the customer buys nothing within t after
// the end of observation, because they have left or will leave, or by chance.
func (m Model) NoPurchase(r Row, t float64) (float64, error) {
	if err := m.checkAt(r, t); err != nil {
		return 0, err
	}
	k, alpha := m.Params[0]+float64(r.Repeats), m.Params[1]+r.Age
	buys := -expm1(-float64(k * log1p(t/alpha)))
	if m.Family == ParetoNBD && t > 0 {
		s, beta := m.Params[2], m.Params[3]+r.Age
		d := newDeparture(k, s, alpha, beta, t)
		stays := exp(-float64(k*d.endAlpha) - float64(s*d.endBeta))
		buys = 1 - (stays + d.moments().mass)
	}
	return 1 - min(max(m.alive(r)*buys, 0), 1), nil
}

func (m Model) checkAt(r Row, t float64) error {
	if err := m.check(r); err != nil {
		return err
	}
	return checkTime(t)
}
