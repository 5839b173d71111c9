package funnel

// Spread says how unevenly units are spread over users, where one user can have
// several: sessions or attempts of one user are alike, so that a rate is less
// sure than as many units of different users would make it. With n_k the units
// of a user that made step k, the variance of the rate x/y of two sums follows
// from the sums of squares and products (the delta method).
type Spread struct {
	// Users is how many users have units that entered.
	Users int64
	// Squares are the sums over users of n_k², by the index of the step.
	Squares []int64
	// Next are the sums over users of n_k·n_{k+1}, by the index of step k.
	Next []int64
	// First are the sums over users of n_1·n_k, by the index of step k.
	First []int64
}

func newSpread(steps int) *Spread {
	return &Spread{Squares: make([]int64, steps), Next: make([]int64, steps-1), First: make([]int64, steps)}
}

func (s *Spread) addUser(n []int64) {
	s.Users++
	for k := range n {
		s.Squares[k] += n[k] * n[k]
		s.First[k] += n[0] * n[k]
		if k > 0 {
			s.Next[k-1] += n[k-1] * n[k]
		}
	}
}

func (s *Spread) add(other *Spread) {
	s.Users += other.Users
	for k := range other.Squares {
		s.Squares[k] += other.Squares[k]
		s.First[k] += other.First[k]
	}
	for k := range other.Next {
		s.Next[k] += other.Next[k]
	}
}

// spreadKey says of which units a spread is: those with one value of a
// breakdown, or all.
type spreadKey struct {
	place int // of the breakdown; -1 for all units
	value string
	known bool
	whole bool // only units whose window was over
}

// Spread returns how the units with a value of a breakdown are spread over
// users; an empty name is all units. It is kept for BySession and ByTotal, for
// Everybody and Mature; ok is false otherwise, and if there are no such units.
func (c *Counts) Spread(m Maturity, name, value string, known bool) (s Spread, ok bool) {
	key := spreadKey{place: -1, whole: m == Mature}
	if name != "" {
		key.place, key.value, key.known = c.place(name), value, known
		if key.place < 0 {
			return Spread{}, false
		}
	}
	found := c.spreads[key]
	if found == nil || m == Immature {
		return Spread{}, false
	}
	s = *newSpread(len(c.funnel.Steps))
	s.add(found)
	return s, true
}

// flush notes how the units of the user at hand are spread.
func (b *book[E]) flush() {
	if len(b.user) == 0 {
		return
	}
	steps := len(b.counts.funnel.Steps)
	per := map[spreadKey][]int64{}
	note := func(key spreadKey, level int) {
		n := per[key]
		if n == nil {
			n = make([]int64, steps)
			per[key] = n
		}
		for k := range level {
			n[k]++
		}
	}
	for _, e := range b.user {
		for place := -1; place < len(e.cell.labels); place++ {
			key := spreadKey{place: place}
			if place >= 0 {
				key.value, key.known = e.cell.labels[place].Value, e.cell.labels[place].Known
			}
			note(key, e.level)
			if !e.open {
				key.whole = true
				note(key, e.level)
			}
		}
	}
	for key, n := range per {
		b.counts.spread(key).addUser(n)
	}
	b.user = b.user[:0]
}

func (c *Counts) spread(key spreadKey) *Spread {
	s := c.spreads[key]
	if s == nil {
		s = newSpread(len(c.funnel.Steps))
		c.spreads[key] = s
	}
	return s
}
