package clv

// Expected returns how many purchases to expect of the customer within t after
// the end of observation (Fader, Hardie, Lee 2005, equation 10, and the like).
func (m Model) Expected(r Row, t float64) (float64, error) {
	if err := m.checkAt(r, t); err != nil {
		return 0, err
	}
	ifAlive, err := m.ifAlive(r, t)
	return m.alive(r) * ifAlive, err
}

// ExpectedNew returns how many repeat purchases to expect of a customer of
// whom nothing is known but the first purchase, within t after it.
func (m Model) ExpectedNew(t float64) (float64, error) {
	r := Row{Unit: m.Unit}
	return m.Expected(r, t)
}

// Cumulative returns how many repeat purchases to expect of all these
// customers together by the time t, without regard to what they did. Time
// counts from the first purchase of the eldest; the others join when their Age
// says. This is the curve to lay over the actual cumulative count.
func (m Model) Cumulative(rows []Row, t float64) (float64, error) {
	if err := m.Validate(); err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, ErrEmpty
	}
	eldest := 0.0
	for i, r := range rows {
		if err := r.check(i, m.Unit); err != nil {
			return 0, err
		}
		eldest = max(eldest, r.Age)
	}
	if err := checkTime(t); err != nil {
		return 0, err
	}
	total, age, expected := 0.0, -1.0, 0.0
	for _, g := range groupRows(rows) {
		if g.age != age {
			var err error
			age = g.age
			if expected, err = m.ExpectedNew(max(t-(eldest-g.age), 0)); err != nil {
				return 0, err
			}
		}
		total += float64(g.customers * expected)
	}
	return total, nil
}

// ifAlive returns the purchases to expect within t of a customer that passed
// the checks and is alive now. It depends on repeats and age only.
func (m Model) ifAlive(r Row, t float64) (float64, error) {
	if m.Family == ParetoNBD {
		k, alpha := m.Params[0]+float64(r.Repeats), m.Params[1]+r.Age
		s, beta := m.Params[2], m.Params[3]+r.Age
		return k / alpha * float64(beta*stayed(s, t/beta)), nil
	}
	purchases, _, err := m.ahead(r, t)
	return purchases, err
}

// ahead returns, for BG/NBD and MBG/NBD, the purchases within t and the chance
// to be still there after it, both of a customer who is alive now.
func (m Model) ahead(r Row, t float64) (purchases, stays float64, err error) {
	k, b := m.posterior(r)
	return beforeLeaving(k, m.Params[2], b, t/(m.Params[1]+r.Age))
}

// posterior returns the shape of the rate of buying and the second parameter
// of the chance to leave, given the history of a customer who is alive.
func (m Model) posterior(r Row) (k, b float64) {
	x := float64(r.Repeats)
	if m.Family == MBGNBD {
		return m.Params[0] + x, m.Params[3] + x + 1
	}
	return m.Params[0] + x, m.Params[3] + x
}

// stayed returns ∫ (1+u)^-s du from 0 to v, which is ln(1+v) at s = 1.
func stayed(s, v float64) float64 {
	y := log1p(v)
	e := -float64((s - 1) * y)
	if e == 0 {
		return y
	}
	return y * (expm1(e) / e)
}
