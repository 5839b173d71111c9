package load

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

// client does one thing after another. What it does is decided by the seed and
// its number, and by the answers.
type client struct {
	world  *world
	number int
	random *rand.Rand
	own    *member // only this client changes it
	shared []*member
	sent   map[string]*sent // commands that were answered, by key
	keys   []string         // of sent, in order
}

// member is what a client knows of a member. Of its own it knows all, of the
// others what it has done itself.
type member struct {
	name   string
	mine   bool
	opened bool
	wallet balance // of points, after the last answer
	growth int64
	orders []string
	earned map[string][2]int64 // by order: points that wait, and growth
	holds  map[string]int64
	spent  map[string]int64 // by redemption
}

// sent is a command, and what was answered.
type sent struct {
	member  string
	body    string
	seq     uint64
	receipt string // as JSON, but for its being a replay
	problem string // the type, if it was refused
	bound   bool   // the refusal is for ever
	issued  map[string]int64
}

func newMember(name string, mine bool) *member {
	return &member{name: name, mine: mine, earned: map[string][2]int64{}, holds: map[string]int64{}, spent: map[string]int64{}}
}

func newClient(w *world, number int) *client {
	c := &client{
		world: w, number: number, random: rand.New(rand.NewPCG(w.plan.Seed, uint64(number))),
		own: newMember(fmt.Sprintf("own-%03d", number), true), sent: map[string]*sent{},
	}
	for i := range w.plan.Shared {
		c.shared = append(c.shared, newMember(fmt.Sprintf("shared-%03d", i), false))
	}
	return c
}

// work goes on until enough was answered in all.
func (c *client) work(ctx context.Context) error {
	for !c.world.over() && ctx.Err() == nil {
		m := c.own
		if c.random.IntN(2) == 0 {
			m = c.shared[c.random.IntN(len(c.shared))]
		}
		var err error
		switch n := c.random.IntN(20); {
		case n == 0:
			err = c.look(ctx, m)
		case n <= 2:
			err = c.again(ctx)
		case n == 3:
			err = c.reuse(ctx)
		default:
			err = c.do(ctx, c.draw(m))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// order is a command to be sent, and what must come of it.
type order struct {
	member  *member
	payload string // as JSON, the instant left out
	late    time.Duration
	// refusals are the types of problems that are no surprise.
	refusals []string
	bound    bool
	// done is called with the receipt, refused with the problem.
	done    func(key string, r *receipt) error
	refused func(p *problem) error
}

// draw decides on a command. The first to a member opens the account.
func (c *client) draw(m *member) order {
	if !m.opened {
		m.opened = true
		return c.grant(m, 300+c.random.Int64N(700))
	}
	orders := []func(*member) order{
		c.earn, c.earn, c.earn, c.redeem, c.redeem, c.hold, c.deduct,
		func(m *member) order { return c.grant(m, 1+c.random.Int64N(200)) },
	}
	if len(m.orders) > 0 {
		orders = append(orders, c.giveBack)
	}
	if len(m.holds) > 0 {
		orders = append(orders, c.settle, c.settle)
	}
	if len(m.spent) > 0 {
		orders = append(orders, c.reverse)
	}
	if !m.mine {
		orders = append(orders, c.transfer, c.checkIn)
	}
	return orders[c.random.IntN(len(orders))](m)
}

// one draws a key of a map, of which the order is no chance.
func one[V any](c *client, m map[string]V) string {
	keys := slices.Sorted(maps.Keys(m))
	return keys[c.random.IntN(len(keys))]
}
