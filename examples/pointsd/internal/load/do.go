package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// do sends a command under a new key until it is answered, and checks the
// answer.
func (c *client) do(ctx context.Context, o order) error {
	key := fmt.Sprintf("client-%03d/%d", c.number, len(c.keys))
	at := time.Now().Add(-o.late).UTC().Format(time.RFC3339Nano)
	s := &sent{member: o.member.name, body: fmt.Sprintf(`{"occurredAt": %q, %s}`, at, o.payload), bound: o.bound}
	a, err := c.ask(ctx, "POST", path(o.member.name, "commands"), key, []byte(s.body))
	if err != nil {
		return err
	}
	if err := c.took(o, key, s, &a); err != nil {
		return fmt.Errorf("key %q, %s: %w", key, s.body, err)
	}
	c.sent[key] = s
	c.keys = append(c.keys, key)
	c.world.count()
	return nil
}

// took checks the first answer to a command.
func (c *client) took(o order, key string, s *sent, a *answer) error {
	if a.status != http.StatusOK {
		p, err := a.refusal()
		if err != nil {
			return err
		}
		s.problem = p.Type
		if !slices.Contains(o.refusals, strings.TrimPrefix(p.Type, "/problems/")) {
			return fmt.Errorf("refused: %s", a.body)
		}
		if o.refused != nil {
			return o.refused(&p)
		}
		return nil
	}
	var r receipt
	if err := a.read(&r); err != nil {
		return err
	}
	switch {
	case r.Key != key || r.Member != s.member || r.Seq == 0:
		return fmt.Errorf("the receipt is another's: %s", a.body)
	case r.Replayed && a.attempts == 1:
		return fmt.Errorf("a replay of what was never asked for: %s", a.body)
	}
	s.seq = r.Seq
	s.issued = map[string]int64{}
	for _, rule := range r.Rules {
		if strings.Contains(o.payload, `"keep"`) {
			break // these say what the kept part earned, which is nothing new
		}
		s.issued[rule.Wallet] += rule.Points
	}
	s.receipt = original(a.body)
	var granted int64
	if n, _ := fmt.Sscanf(o.payload, `"grant": {"points": %d`, &granted); n == 1 {
		s.issued["points"] += granted
	}
	for _, b := range r.Balances {
		if b.Available < 0 || b.Pending < 0 || b.Held < 0 || b.Debt < 0 || b.Debt > 0 && b.Available > 0 {
			return fmt.Errorf("balances make no sense: %s", a.body)
		}
	}
	if o.done != nil {
		return o.done(key, &r)
	}
	return nil
}

// original is a receipt as JSON, as if it were no replay.
func original(body []byte) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return string(body)
	}
	delete(fields, "replayed")
	same, _ := json.Marshal(fields) // of what was read a line ago
	return string(same)
}

// again sends a command that was answered before: the answer must be the same.
func (c *client) again(ctx context.Context) error {
	key, s := c.old()
	if s == nil || s.problem != "" && !s.bound {
		return nil
	}
	a, err := c.ask(ctx, "POST", path(s.member, "commands"), key, []byte(s.body))
	if err != nil {
		return err
	}
	c.world.replayed.Add(1)
	if s.problem != "" {
		if p, err := a.refusal(); err != nil || p.Type != s.problem {
			return fmt.Errorf("key %q was refused by %s, and now: %s", key, s.problem, a.body)
		}
		return nil
	}
	var r receipt
	if err := a.read(&r); err != nil || !r.Replayed || original(a.body) != s.receipt {
		return fmt.Errorf("key %q was answered by\n%s\nand now by\n%s", key, s.receipt, a.body)
	}
	return nil
}

// reuse sends another command under an old key: it must be refused.
func (c *client) reuse(ctx context.Context) error {
	key, s := c.old()
	if s == nil || s.problem != "" {
		return nil
	}
	body := fmt.Sprintf(`{"occurredAt": %q, "grant": {"points": 77777, "reason": "another"}}`, time.Now().UTC().Format(time.RFC3339Nano))
	a, err := c.ask(ctx, "POST", path(s.member, "commands"), key, []byte(body))
	if err != nil {
		return err
	}
	if p, err := a.refusal(); err != nil || p.Type != "/problems/key-reused" || p.Field == "" {
		return fmt.Errorf("key %q was used again: %s", key, a.body)
	}
	return nil
}

func (c *client) old() (string, *sent) {
	if len(c.keys) == 0 {
		return "", nil
	}
	key := c.keys[c.random.IntN(len(c.keys))]
	return key, c.sent[key]
}

// look reads a member's balance.
func (c *client) look(ctx context.Context, m *member) error {
	if !m.opened {
		return nil
	}
	a, err := c.ask(ctx, "GET", path(m.name, ""), "", nil)
	if err != nil {
		return err
	}
	c.world.reads.Add(1)
	var st statement
	if err := a.read(&st); err != nil {
		return err
	}
	if st.Member != m.name || len(st.Balances) != 2 {
		return fmt.Errorf("%s: %s", m.name, a.body)
	}
	if m.mine && (st.Balances[0] != m.wallet || st.Balances[1].Available != m.growth) {
		return fmt.Errorf("%s has %+v: want %+v and %d of growth", m.name, st.Balances, m.wallet, m.growth)
	}
	return nil
}

func path(member, rest string) string {
	if rest == "" {
		return "/v1/members/" + member
	}
	return "/v1/members/" + member + "/" + rest
}
