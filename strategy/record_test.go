package strategy_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/strategy"
)

func recordJSON(t testing.TB, r strategy.Record) string {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A record that was stored and read back replays to its own bytes.
func TestRecordReplays(t *testing.T) {
	policy := compile(t, twoOffers())
	now := at("2026-11-22T12:00:00.1234567Z")
	c := strategy.Case{
		Now: now, Slot: "noon", Key: "k",
		Customer: strategy.Customer{
			ID: "u1", Labels: []string{"b=2", "a=1", "b=2"}, Numbers: map[string]float64{"orders": 3, "spend": 12.5}, Zone: "UTC",
			Consents:  []strategy.Consent{{Channel: "sms", Granted: false}, {Channel: "email", Granted: true}, {Channel: "sms", Granted: true}},
			Exposures: []strategy.Exposure{{Operation: "news", Channel: "email", At: now.Add(-1), Tags: []string{"y", "x"}}, {Operation: "coupon", Channel: "sms", At: now.AddDate(0, 0, -1)}},
		},
		Left: map[string]strategy.Micros{"coupons": 3, "messages": 4},
	}
	r, err := policy.Record(c)
	if err != nil {
		t.Fatal(err)
	}
	r.Phase = 7
	written := recordJSON(t, r)
	back, err := strategy.ParseRecord([]byte(written))
	if err != nil {
		t.Fatal(err)
	}
	again, err := policy.Replay(back)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(written, recordJSON(t, again)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if c.Customer.Labels[0] != "b=2" || c.Customer.Exposures[0].Tags[0] != "y" {
		t.Error("recording changed the case")
	}

	back.Engine = 1
	if _, err := policy.Replay(back); !errors.Is(err, strategy.ErrOtherEngine) {
		t.Errorf("replayed other rules: %v", err)
	}
}

// What can't be kept is refused at the edge.
func TestRecordRefuses(t *testing.T) {
	policy := compile(t, twoOffers())
	tests := []struct {
		name   string
		change func(*strategy.Case)
		want   string
	}{
		{"NaN", func(c *strategy.Case) { c.Customer.Numbers = map[string]float64{"spend": math.NaN()} }, "numbers.spend: is NaN: want a finite number"},
		{"infinite", func(c *strategy.Case) { c.Customer.Numbers = map[string]float64{"spend": math.Inf(-1)} }, "numbers.spend: is -Inf: want a finite number"},
		{"no ID", func(c *strategy.Case) { c.Customer.ID = "" }, "id: missing"},
		{"an exposure without a time", func(c *strategy.Case) {
			c.Customer.Exposures = []strategy.Exposure{{Operation: "a", Channel: "sms"}}
		}, "exposures[0].at: missing"},
		{"a state that is none", func(c *strategy.Case) {
			c.Customer.Exposures = []strategy.Exposure{{Operation: "a", Channel: "sms", At: epoch, State: "lost"}}
		}, `exposures[0].state: "lost": want reserved or failed`},
		{"a negative quota", func(c *strategy.Case) {
			c.Customer.Consents = []strategy.Consent{{Channel: "sms", Quota: -1}}
		}, "consents[0].quota: -1: want 0 or more"},
		{"the year 10000", func(c *strategy.Case) { c.Now = epoch.AddDate(8000, 0, 0) }, "strategy: case:"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := strategy.Case{Customer: strategy.Customer{ID: "u1"}, Now: epoch}
			test.change(&c)
			_, err := policy.Record(c)
			if err == nil {
				t.Fatal("no error")
			}
			expect(t, err, test.want)
		})
	}
}

// FuzzParseRecord: what is read can be written, is read back the same, and is
// replayed or refused.
func FuzzParseRecord(f *testing.F) {
	policy := compile(f, twoOffers())
	r, err := policy.Record(strategy.Case{Customer: strategy.Customer{ID: "u1", Exposures: []strategy.Exposure{{Operation: "coupon", Channel: "sms", At: epoch}}}, Now: epoch, Key: "k"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(recordJSON(f, r)))
	f.Add([]byte(`{"engine":2,"case":{"customer":{"id":"u","numbers":{"a":1e308}},"now":"9999-12-31T23:59:59Z"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := strategy.ParseRecord(data)
		if err != nil {
			return
		}
		written, err := json.Marshal(r)
		if err != nil {
			return // an instant that JSON can read and not write
		}
		again, err := strategy.ParseRecord(written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if diff := cmp.Diff(string(written), recordJSON(t, again)); diff != "" {
			t.Errorf("(-written +again)\n%s", diff)
		}
		replayed, err := policy.Replay(r)
		if err != nil {
			return
		}
		twice, err := policy.Replay(replayed)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(recordJSON(t, replayed), recordJSON(t, twice)); diff != "" {
			t.Errorf("(-once +twice)\n%s", diff)
		}
	})
}
