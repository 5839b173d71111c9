package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// What the service answers, as far as it is looked at.
type (
	receipt struct {
		Key, Member string
		Seq         uint64
		Replayed    bool
		Rules       []rule
		Balances    []balance
		Taken       int64
	}
	rule struct {
		Name, Wallet, Reason string
		Points, Wanted       int64
		Pending              bool
	}
	balance struct {
		Wallet                         string
		Available, Pending, Held, Debt int64
	}
	statement struct {
		Member   string
		Seq      uint64
		Balances []balance
	}
	entry struct {
		Seq        uint64
		Kind       string
		RecordedAt time.Time
		Moves      []move
		Command    *struct{ Key, Member string }
	}
	move struct {
		WalletName, From, To string
		Points               int64
	}
	problem struct {
		Type, Detail, Field string
		Status              int
		Available, Wanted   int64
		Missing             int64
	}
)

// answer is a response that was read to its end.
type answer struct {
	status int
	media  string
	body   []byte
	// attempts is how many requests it took.
	attempts int
}

// giveUp is how often a request is tried; each try waits a little longer, so
// that a process has minutes to come back.
const giveUp = 400

// ask sends a request until there is an answer to it. "Not now" is none.
func (c *client) ask(ctx context.Context, method, path, key string, body []byte) (answer, error) {
	var last error
	for attempt := range giveUp {
		a, err := c.try(ctx, c.world.fleet.url(c.number+attempt)+path, method, key, body)
		if err == nil && a.status != http.StatusServiceUnavailable {
			a.attempts = attempt + 1
			return a, nil
		}
		if err == nil {
			err = fmt.Errorf("not now: %s", a.body)
		}
		last = err
		c.world.retries.Add(1)
		select {
		case <-time.After(time.Duration(min(attempt+1, 50)) * 10 * time.Millisecond):
		case <-ctx.Done():
			return answer{}, ctx.Err()
		}
	}
	return answer{}, fmt.Errorf("%s %s: no answer: %w", method, path, last)
}

func (c *client) try(ctx context.Context, url, method, key string, body []byte) (answer, error) {
	// A reader that net/http can't rewind: it would repeat the request unseen.
	r, err := http.NewRequestWithContext(ctx, method, url, io.NopCloser(bytes.NewReader(body)))
	if err != nil {
		return answer{}, err
	}
	r.ContentLength = int64(len(body))
	if len(body) == 0 {
		r.Body = nil
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	response, err := c.world.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }() // it is read to its end
	data, err := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, media: response.Header.Get("Content-Type"), body: data}, err
}

// read takes the answer as a value, which must have the status 200.
func (a *answer) read(v any) error {
	if a.status != http.StatusOK || a.media != "application/json" {
		return fmt.Errorf("status %d, %s: %s", a.status, a.media, a.body)
	}
	return json.Unmarshal(a.body, v)
}

// refusal takes the answer as a problem, which must say what the status does.
func (a *answer) refusal() (problem, error) {
	var p problem
	if err := json.Unmarshal(a.body, &p); err != nil || a.media != "application/problem+json" || p.Status != a.status || p.Type == "" || p.Detail == "" {
		return p, fmt.Errorf("status %d, %s: no problem document: %s", a.status, a.media, a.body)
	}
	return p, nil
}
