package strategy_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// shelf is the plainest store of exposures: for one test at a time.
type shelf struct {
	held   map[string]strategy.Reservation
	others []strategy.Exposure // that the decision does not know of
	err    error
}

func (s *shelf) Reserve(_ context.Context, r strategy.Reservation) (*strategy.Bound, error) {
	if s.err != nil {
		return nil, s.err
	}
	if _, ok := s.held[r.Key]; ok {
		return nil, nil
	}
	for i, b := range r.Bounds {
		n := 1
		for j := range s.others {
			if b.Matches(&s.others[j]) {
				n++
			}
		}
		if n > b.Limit {
			return &r.Bounds[i], nil
		}
	}
	if s.held == nil {
		s.held = map[string]strategy.Reservation{}
	}
	s.held[r.Key] = r
	return nil, nil
}

func (s *shelf) Commit(_ context.Context, key string, _ time.Time) error {
	if _, ok := s.held[key]; !ok {
		return strategy.ErrNoReservation
	}
	return nil
}

func (s *shelf) Release(_ context.Context, key string) error {
	delete(s.held, key)
	return nil
}

func (s *shelf) Expire(context.Context, time.Time) (int, error) { return 0, nil }

// purse is the plainest store of budgets.
type purse struct {
	held map[string]strategy.Spending
	left map[string]strategy.Micros
}

func (p *purse) Reserve(_ context.Context, s strategy.Spending) (*strategy.Spend, error) {
	for i, x := range s.Spends {
		if x.Amount > p.left[x.Budget] {
			return &s.Spends[i], nil
		}
	}
	if p.held == nil {
		p.held = map[string]strategy.Spending{}
	}
	p.held[s.Key] = s
	return nil, nil
}

func (p *purse) Commit(_ context.Context, key string, _ time.Time) error {
	if _, ok := p.held[key]; !ok {
		return strategy.ErrNoReservation
	}
	return nil
}

func (p *purse) Release(_ context.Context, key string) error {
	delete(p.held, key)
	return nil
}

func (p *purse) Expire(context.Context, time.Time) (int, error) { return 0, nil }

// twoOffers has a coupon by sms, or else by push, and free news.
func twoOffers() strategy.Playbook {
	coupon := operation("coupon", 9, strategy.Audience{})
	coupon.Channel, coupon.Or, coupon.Tags = "sms", []string{"push"}, []string{"promotion"}
	coupon.Costs = map[string]strategy.Micros{"coupons": 5 * strategy.One}
	coupon.CoolDowns = []strategy.CoolDown{{For: regulars.Days(7)}}
	news := operation("news", 1, strategy.Audience{})
	news.Channel = "email"
	return strategy.Playbook{
		Operations: []strategy.Operation{coupon, news},
		Channels:   []strategy.Channel{{Name: "sms", Costs: map[string]strategy.Micros{"messages": 50_000}}},
		Budgets: []strategy.Budget{
			{Name: "coupons", Unit: "money", Limit: 100 * strategy.One}, {Name: "messages", Unit: "money", Limit: strategy.One},
		},
		Caps: []strategy.Cap{
			{Name: "sms a day", Limit: 1, Scope: strategy.PerChannel, On: "sms", Calendar: strategy.Day},
			{Name: "two an hour", Limit: 2, Rolling: regulars.Hours(1)},
		},
	}
}

func TestReserve(t *testing.T) {
	now := at("2026-11-22T12:00:00Z")
	full := map[string]strategy.Micros{"coupons": 100 * strategy.One, "messages": strategy.One}
	sent := func(operation, channel string) strategy.Exposure {
		return strategy.Exposure{Operation: operation, Channel: channel, At: now}
	}
	tests := []struct {
		name    string
		others  []strategy.Exposure
		left    map[string]strategy.Micros
		want    string
		refused []strategy.Refusal
	}{
		{"nobody in the way", nil, full, "coupon by sms", nil},
		{"a cap on the channel: the next channel", []strategy.Exposure{sent("other", "sms")}, full, "coupon by push", []strategy.Refusal{{"coupon", "sms", "sms a day"}}},
		{"sent meanwhile: the next operation", []strategy.Exposure{sent("coupon", "push")}, full, "news by email", []strategy.Refusal{
			{"coupon", "sms", "7d after sending"}, {"coupon", "push", "7d after sending"},
		}},
		{"no money for messages: the next channel", nil, map[string]strategy.Micros{"coupons": 5 * strategy.One}, "coupon by push", []strategy.Refusal{{"coupon", "sms", "messages"}}},
		{"no money for coupons: the next operation", nil, map[string]strategy.Micros{"messages": strategy.One}, "news by email", []strategy.Refusal{
			{"coupon", "sms", "coupons"}, {"coupon", "push", "coupons"},
		}},
		{"nothing left to do", []strategy.Exposure{sent("other", "email"), sent("other", "email")}, full, " by ", []strategy.Refusal{
			{"coupon", "sms", "two an hour"}, {"coupon", "push", "two an hour"}, {"news", "email", "two an hour"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policy := compile(t, twoOffers())
			exposures, budgets := shelf{others: test.others}, purse{left: test.left}
			c := strategy.Case{Customer: strategy.Customer{ID: "u1"}, Now: now, Key: "u1/today"}
			r, err := policy.Reserve(t.Context(), strategy.Stores{Exposures: &exposures, Budgets: &budgets}, c, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Decision.Chosen + " by " + r.Decision.Channel; got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			if diff := gocmp.Diff(test.refused, r.Case.Refused); diff != "" {
				t.Errorf("refused (-want +got)\n%s", diff)
			}
			for _, v := range r.Decision.Verdicts {
				if v.Code == strategy.Refused && v.Stage != strategy.StageReserve {
					t.Errorf("%+v", v)
				}
			}
			if held := exposures.held["u1/today"]; held.Exposure.Operation != r.Decision.Chosen || r.Decision.Chosen != "" && !held.Expires.Equal(now.Add(time.Hour)) {
				t.Errorf("held %+v", held)
			}
			if r.Decision.Chosen != "coupon" && len(budgets.held) > 0 {
				t.Errorf("%v are held", budgets.held)
			}
			again, err := policy.Replay(r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(recordJSON(t, r), recordJSON(t, again)); diff != "" {
				t.Errorf("replayed (-want +got)\n%s", diff)
			}
		})
	}
}

// A call that is made again, after its own reservation was loaded, is not in its
// own way.
func TestReserveAgain(t *testing.T) {
	policy := compile(t, twoOffers())
	var exposures shelf
	stores := strategy.Stores{Exposures: &exposures}
	c := strategy.Case{Customer: strategy.Customer{ID: "u1"}, Now: at("2026-11-22T12:00:00Z"), Key: "k"}
	first, err := policy.Reserve(t.Context(), stores, c, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	c.Customer.Exposures = []strategy.Exposure{exposures.held["k"].Exposure}
	again, err := policy.Reserve(t.Context(), stores, c, time.Hour)
	if err != nil || again.Decision.Chosen != first.Decision.Chosen || again.Decision.Channel != first.Decision.Channel {
		t.Errorf("%v, %v", again.Decision, err)
	}
	c.Key = "another"
	if other, err := policy.Reserve(t.Context(), stores, c, time.Hour); err != nil || other.Decision.Chosen != "news" {
		t.Errorf("%v, %v", other.Decision, err)
	}
	if err := stores.Commit(t.Context(), "k", c.Now); err != nil {
		t.Error(err)
	}
	if err := stores.Release(t.Context(), "k"); err != nil || len(exposures.held) != 1 {
		t.Errorf("%v, %v", exposures.held, err)
	}
	if err := stores.Commit(t.Context(), "k", c.Now); !errors.Is(err, strategy.ErrNoReservation) {
		t.Errorf("committed: %v", err)
	}
	if _, err := stores.Expire(t.Context(), c.Now); err != nil {
		t.Error(err)
	}
}

// A first call that moved on to the next operation, and whose answer was lost,
// gets the same one again; a key that holds what is nobody's candidate does not.
func TestReserveAgainAfterARefusal(t *testing.T) {
	policy, now := compile(t, twoOffers()), at("2026-11-22T12:00:00Z")
	exposures, budgets := new(strategy.MemoryExposures), new(strategy.MemoryBudgets)
	stores := strategy.Stores{Exposures: exposures, Budgets: budgets}
	all := strategy.Spending{Key: "others", Spends: []strategy.Spend{{Budget: "coupons", Amount: 100 * strategy.One, Limit: 100 * strategy.One}}, Expires: now.Add(time.Hour)}
	if refused, err := budgets.Reserve(t.Context(), all); refused != nil || err != nil {
		t.Fatal(refused, err)
	}
	c := strategy.Case{Customer: strategy.Customer{ID: "u1"}, Now: now, Key: "k"}
	for _, by := range []string{"coupons", "key", "key"} {
		r, err := policy.Reserve(t.Context(), stores, c, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		want := []strategy.Refusal{{"coupon", "sms", by}, {"coupon", "push", by}}
		if diff := gocmp.Diff(want, r.Case.Refused); diff != "" || r.Decision.Chosen != "news" || r.Decision.Channel != "email" {
			t.Errorf("%s, refused (-want +got)\n%s", r.Decision.Chosen, diff)
		}
		if err := budgets.Release(t.Context(), "others"); err != nil { // what was too dear stays out for this key
			t.Fatal(err)
		}
	}
	if had, err := exposures.Load(t.Context(), "u1", now.Add(-time.Hour)); err != nil || len(had) != 1 || had[0].Operation != "news" {
		t.Errorf("%+v, %v", had, err)
	}
	if held, spent, err := budgets.Balance(t.Context(), "coupons"); held != 0 || spent != 0 || err != nil {
		t.Errorf("%v held and %v spent for the coupon that nobody got, %v", held, spent, err)
	}

	c.Customer.ID = "u2"
	if r, err := policy.Reserve(t.Context(), stores, c, time.Hour); !errors.Is(err, strategy.ErrKeyReused) {
		t.Errorf("a key of another customer: %v, %v", r.Decision, err)
	}
}

// Budgets alone know what was never reserved, has expired or costs nothing.
func TestCommitWithBudgetsAlone(t *testing.T) {
	policy, now := compile(t, twoOffers()), at("2026-11-22T12:00:00Z")
	stores := strategy.Stores{Budgets: new(strategy.MemoryBudgets)}
	c := strategy.Case{Customer: strategy.Customer{ID: "u1"}, Now: now, Key: "k"}
	if r, err := policy.Reserve(t.Context(), stores, c, time.Hour); err != nil || r.Decision.Chosen != "coupon" {
		t.Fatal(r.Decision, err)
	}
	if err := stores.Commit(t.Context(), "nobody", now); !errors.Is(err, strategy.ErrNoReservation) {
		t.Errorf("committed what never was: %v", err)
	}
	if released, err := stores.Expire(t.Context(), now.Add(time.Hour)); released != 1 || err != nil {
		t.Fatal(released, err)
	}
	if err := stores.Commit(t.Context(), "k", now); !errors.Is(err, strategy.ErrNoReservation) {
		t.Errorf("committed what has expired: %v", err)
	}
}

// Many that decide at once, each knowing nothing of the others, keep to caps,
// cool-downs and budgets all the same.
func TestReserveTogether(t *testing.T) {
	policy := compile(t, twoOffers())
	exposures, budgets := new(strategy.MemoryExposures), new(strategy.MemoryBudgets)
	stores := strategy.Stores{Exposures: exposures, Budgets: budgets}
	now := at("2026-11-22T12:00:00Z")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 60 {
				id := fmt.Sprint("u", j%30)
				c := strategy.Case{Customer: strategy.Customer{ID: id}, Now: now, Key: fmt.Sprint(id, "/", i, "/", j)}
				r, err := policy.Reserve(t.Context(), stores, c, time.Hour)
				if err != nil {
					t.Error(err)
					return
				}
				if r.Decision.Chosen != "" && j%3 > 0 {
					if err := stores.Commit(t.Context(), c.Key, now); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	coupons, messages := 0, 0
	for i := range 30 {
		had, err := exposures.Load(t.Context(), fmt.Sprint("u", i), now.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for _, e := range had {
			count[e.Operation]++
			count[e.Channel]++
		}
		if len(had) != 2 || count["coupon"] > 1 || count["sms"] > 1 {
			t.Errorf("u%d had %+v, want two: a cap allows no more, and nobody stopped before", i, had)
		}
		coupons += count["coupon"]
		messages += count["sms"]
	}
	for _, budget := range []struct {
		name        string
		each, limit strategy.Micros
		sent        int
	}{{"coupons", 5 * strategy.One, 100 * strategy.One, coupons}, {"messages", 50_000, strategy.One, messages}} {
		held, spent, err := budgets.Balance(t.Context(), budget.name)
		if err != nil || held+spent > budget.limit || held+spent != budget.each*strategy.Micros(budget.sent) {
			t.Errorf("%s: %v held and %v spent for %d, %v", budget.name, held, spent, budget.sent, err)
		}
	}
	if coupons != 20 || messages != 20 {
		t.Errorf("%d coupons and %d messages, want what the budgets pay for: 20 and 20", coupons, messages)
	}
}

// What a store may not know is what a decision allowed: the bounds say the same
// as the caps.
func TestReservationBounds(t *testing.T) {
	p := twoOffers()
	p.Channels[0].Consent = strategy.Quota
	policy := compile(t, p)
	var exposures shelf
	now := at("2026-11-22T12:00:00Z")
	granted := now.AddDate(0, 0, -3)
	c := strategy.Case{Now: now, Key: "k", Customer: strategy.Customer{
		ID: "u1", Consents: []strategy.Consent{{Channel: "sms", Granted: true, Quota: 2, Since: granted}},
		Exposures: []strategy.Exposure{{Operation: "coupon", Channel: "push", At: now.AddDate(0, 0, -7)}},
	}}
	if _, err := policy.Reserve(t.Context(), strategy.Stores{Exposures: &exposures}, c, time.Hour); err != nil {
		t.Fatal(err)
	}
	want := []strategy.Bound{
		{Name: "sms a day", Limit: 1, After: at("2026-11-21T23:59:59.999999Z"), Channel: "sms"},
		{Name: "two an hour", Limit: 2, After: now.Add(-time.Hour)},
		{Name: "7d after sending", Limit: 1, After: now.AddDate(0, 0, -7), Operation: "coupon", All: true},
		{Name: "quota of sms", Limit: 2, After: granted, Channel: "sms", All: true},
	}
	if diff := gocmp.Diff(want, exposures.held["k"].Bounds); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	wantExposure := strategy.Exposure{
		Key: "k", Operation: "coupon", Channel: "sms", Objective: "an order", Tags: []string{"promotion"}, At: now, State: strategy.Reserved,
	}
	if diff := gocmp.Diff(wantExposure, exposures.held["k"].Exposure); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestReserveErrors(t *testing.T) {
	policy := compile(t, twoOffers())
	down := errors.New("down")
	c := strategy.Case{Customer: strategy.Customer{ID: "u1"}, Now: at("2026-11-22T12:00:00Z")}
	if _, err := policy.Reserve(t.Context(), strategy.Stores{}, c, time.Hour); err == nil {
		t.Error("no error without a key")
	}
	c.Key = "k"
	if _, err := policy.Reserve(t.Context(), strategy.Stores{}, c, 0); err == nil {
		t.Error("no error without a time to hold")
	}
	_, err := policy.Reserve(t.Context(), strategy.Stores{Exposures: &shelf{err: down}}, c, time.Hour)
	if want := `strategy: reserving "coupon" for "u1": down`; !errors.Is(err, down) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	c.Customer.ID = ""
	if _, err := policy.Reserve(t.Context(), strategy.Stores{}, c, time.Hour); err == nil {
		t.Error("no error without a customer")
	}
}

// Two costs of one budget add up.
func TestCosts(t *testing.T) {
	p := twoOffers()
	p.Operations[0].Costs["messages"] = 10_000
	policy := compile(t, p)
	want := []strategy.Spend{
		{Budget: "coupons", Amount: 5 * strategy.One, Limit: 100 * strategy.One}, {Budget: "messages", Amount: 60_000, Limit: strategy.One},
	}
	if diff := gocmp.Diff(want, policy.Costs("coupon", "sms")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, none := range [][2]string{{"news", "email"}, {"coupon", "email"}, {"gift", "sms"}} {
		if got := policy.Costs(none[0], none[1]); got != nil {
			t.Errorf("%v costs %v", none, got)
		}
	}
	if cmp.Compare(len(policy.Costs("coupon", "push")), 2) != 0 {
		t.Errorf("by push: %v", policy.Costs("coupon", "push"))
	}
}
