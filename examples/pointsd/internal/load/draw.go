package load

import (
	"fmt"
	"slices"
	"time"
)

// Each of these draws one kind of command. done and refused say what a client
// knows of the answer if the member is its own.

func (c *client) grant(m *member, points int64) order {
	return order{
		member: m, payload: fmt.Sprintf(`"grant": {"points": %d, "reason": "a load test"}`, points),
		done: func(_ string, r *receipt) error { return m.changed(r, balance{Available: points}, 0) },
	}
}

// checkIn is for members that others check in too: a second one on one day is
// done, and gives nothing.
func (c *client) checkIn(m *member) order { return order{member: m, payload: `"checkIn": {}`} }

func (c *client) deduct(m *member) order {
	points := 1 + c.random.Int64N(20)
	if m.mine {
		points = min(points, m.wallet.Available)
	}
	if points == 0 {
		return c.grant(m, 100)
	}
	return order{
		member: m, payload: fmt.Sprintf(`"deduct": {"points": %d, "reason": "a load test"}`, points),
		done: func(_ string, r *receipt) error { return m.changed(r, balance{Available: -points}, 0) },
	}
}

// earn is an order. Its points wait for a week; some of those of shared members
// happened almost a week ago, so that sweeps have something to do.
func (c *client) earn(m *member) order {
	name := fmt.Sprintf("order-%d-%d", c.number, len(c.keys))
	o := order{member: m, payload: fmt.Sprintf(`"earn": {"kind": "order", "order": %q, "amount": "%d.%02d"}`, name, 1+c.random.IntN(120), c.random.IntN(100))}
	if !m.mine && c.random.IntN(2) == 0 {
		o.late = 9 * 24 * time.Hour // and so is due at once
	}
	o.done = func(_ string, r *receipt) error {
		var waiting, growth int64
		for _, rule := range r.Rules {
			switch {
			case rule.Points > rule.Wanted || rule.Reason == "fired" && rule.Points != rule.Wanted:
				return fmt.Errorf("rule %q: %+v", rule.Name, rule)
			case rule.Wallet == "points":
				waiting += rule.Points
			default:
				growth += rule.Points
			}
		}
		m.orders = append(m.orders, name)
		m.earned[name] = [2]int64{waiting, growth}
		return m.changed(r, balance{Pending: waiting}, growth)
	}
	return o
}

// giveBack keeps nothing of an order: exactly what it had earned goes.
func (c *client) giveBack(m *member) order {
	i := c.random.IntN(len(m.orders))
	name := m.orders[i]
	return order{
		member: m, payload: fmt.Sprintf(`"keep": {"order": %q}`, name),
		done: func(_ string, r *receipt) error {
			m.orders = slices.Delete(m.orders, i, i+1)
			earned := m.earned[name]
			return m.changed(r, balance{Pending: -earned[0]}, -earned[1])
		},
	}
}

// wanted draws how many points to spend, now and then too many.
func (c *client) wanted(m *member) int64 { return 50 + c.random.Int64N(max(100, m.wallet.Available)) }

func (c *client) redeem(m *member) order {
	points := c.wanted(m)
	return order{
		member: m, payload: fmt.Sprintf(`"redeem": {"points": %d}`, points), refusals: []string{"insufficient"}, bound: true,
		done: func(key string, r *receipt) error {
			m.spent[key] = points
			return m.changed(r, balance{Available: -points}, 0)
		},
		refused: m.lacks(points),
	}
}

func (c *client) hold(m *member) order {
	points := c.wanted(m)
	if len(m.holds) > 10 {
		return c.settle(m)
	}
	return order{
		// A shared member may have as many holds as there may be, of all clients.
		member: m, payload: fmt.Sprintf(`"hold": {"points": %d}`, points), refusals: []string{"insufficient", "limit"}, bound: true,
		done: func(key string, r *receipt) error {
			m.holds[key] = points
			return m.changed(r, balance{Available: -points, Held: points}, 0)
		},
		refused: m.lacks(points),
	}
}

// settle captures a part of a hold, or releases it.
func (c *client) settle(m *member) order {
	hold := one(c, m.holds)
	held := m.holds[hold]
	taken := c.random.Int64N(held + 1)
	o := order{member: m, payload: fmt.Sprintf(`"capture": {"hold": %q, "points": %d}`, hold, taken)}
	if taken == 0 {
		o.payload = fmt.Sprintf(`"release": {"hold": %q}`, hold)
	}
	o.done = func(_ string, r *receipt) error {
		delete(m.holds, hold)
		return m.changed(r, balance{Available: held - taken, Held: -held}, 0)
	}
	return o
}

func (c *client) reverse(m *member) order {
	key := one(c, m.spent)
	points := m.spent[key]
	return order{
		member: m, payload: fmt.Sprintf(`"reverse": {"redemption": %q}`, key),
		done: func(_ string, r *receipt) error {
			delete(m.spent, key)
			return m.changed(r, balance{Available: points}, 0)
		},
	}
}

func (c *client) transfer(m *member) order {
	to := c.shared[c.random.IntN(len(c.shared))]
	if to == m || !to.opened {
		return c.checkIn(m)
	}
	return order{
		member: m, payload: fmt.Sprintf(`"transfer": {"to": %q, "points": %d}`, to.name, 10+c.random.IntN(40)),
		refusals: []string{"insufficient", "limit"},
	}
}

// changed holds the balances of a receipt against those of before.
func (m *member) changed(r *receipt, by balance, growth int64) error {
	if !m.mine {
		return nil
	}
	want := m.wallet
	want.Wallet = "points"
	want.Available += by.Available
	want.Pending += by.Pending
	want.Held += by.Held
	m.growth += growth
	if len(r.Balances) != 2 || r.Balances[0] != want || r.Balances[1] != (balance{Wallet: "growth", Available: m.growth}) {
		return fmt.Errorf("balances %+v: want %+v and %d of growth", r.Balances, want, m.growth)
	}
	m.wallet = want
	return nil
}

// lacks holds the numbers of a refusal against what is known.
func (m *member) lacks(wanted int64) func(p *problem) error {
	return func(p *problem) error {
		if p.Type != "/problems/insufficient" {
			return nil
		}
		if p.Wanted != wanted || p.Missing != wanted-p.Available || p.Missing <= 0 || m.mine && p.Available != m.wallet.Available {
			return fmt.Errorf("%+v: wanted %d, have %+v", *p, wanted, m.wallet)
		}
		return nil
	}
}
