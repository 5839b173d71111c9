package strategy_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/strategy"
)

// TestValidateShared goes through what operations share.
func TestValidateShared(t *testing.T) {
	many := make([]string, strategy.MaxParts+1)
	for i := range many {
		many[i] = fmt.Sprint("tag ", i)
	}
	first := func(change func(*strategy.Operation)) func(*strategy.Playbook) {
		return func(p *strategy.Playbook) { change(&p.Operations[0]) }
	}
	firstCap := func(change func(*strategy.Cap)) func(*strategy.Playbook) {
		return func(p *strategy.Playbook) { change(&p.Caps[0]) }
	}
	tests := []struct {
		name   string
		change func(*strategy.Playbook)
		want   string
	}{
		{"as it is", func(*strategy.Playbook) {}, ""},
		{"unknown zone", func(p *strategy.Playbook) { p.Zone = "Mars/Olympus" }, `zone: "Mars/Olympus": want UTC, or a resolver of zones`},

		{"cap of 0", firstCap(func(k *strategy.Cap) { k.Limit = 0 }), "caps[0].limit: 0: want 1 to 10000; without the cap there is none"},
		{"cap below 0", firstCap(func(k *strategy.Cap) { k.Limit = -1 }), "caps[0].limit: -1: want 1 to 10000"},
		{"cap of too many", firstCap(func(k *strategy.Cap) { k.Limit = 10_001 }), "caps[0].limit: 10001: want 1 to 10000"},
		{"cap without a name", firstCap(func(k *strategy.Cap) { k.Name = "" }), "caps[0].name: missing"},
		{"cap without a window", firstCap(func(k *strategy.Cap) { k.Rolling = regulars.Span{} }), "caps[0].rolling: want either rolling or calendar"},
		{"cap with two", firstCap(func(k *strategy.Cap) { k.Calendar = strategy.Day }), "caps[0].rolling: want either rolling or calendar"},
		{"rolling days", firstCap(func(k *strategy.Cap) { k.Rolling = regulars.Days(7) }), `caps[0].rolling: 7d is of the calendar, where days differ: want h, m or s, such as "168h", or calendar`},
		{"calendar year", firstCap(func(k *strategy.Cap) { k.Rolling, k.Calendar = regulars.Span{}, "year" }), `caps[0].calendar: "year": want day, month or week`},
		{"scope", firstCap(func(k *strategy.Cap) { k.Scope = "label" }), `caps[0].scope: "label": want channel, objective, operation or tag`},
		{"on without a scope", firstCap(func(k *strategy.Cap) { k.On = "sms" }), `caps[0].on: "sms" without a scope`},
		{"unknown channel", firstCap(func(k *strategy.Cap) { k.Scope, k.On = strategy.PerChannel, "fax" }), `caps[0].on: "fax" is no channel of the playbook`},
		{"unknown tag", firstCap(func(k *strategy.Cap) { k.Scope, k.On = strategy.PerTag, "fax" }), `caps[0].on: "fax" is no tag of the playbook`},
		{"unknown operation", firstCap(func(k *strategy.Cap) { k.Scope, k.On = strategy.PerOperation, "fax" }), `caps[0].on: "fax" is no operation of the playbook`},
		{"unknown objective", firstCap(func(k *strategy.Cap) { k.Scope, k.On = strategy.PerObjective, "fax" }), `caps[0].on: "fax" is no objective of the playbook`},
		{"week start", firstCap(func(k *strategy.Cap) {
			k.Rolling, k.Calendar, k.WeekStart = regulars.Span{}, strategy.Week, "Monday"
		}), `caps[0].weekStart: "Monday": want fri, mon, sat, sun, thu, tue or wed`},
		{"week start of a day", firstCap(func(k *strategy.Cap) { k.Rolling, k.Calendar, k.WeekStart = regulars.Span{}, strategy.Day, "mon" }), `caps[0].weekStart: "mon" without weeks`},
		{"zone of a rolling window", firstCap(func(k *strategy.Cap) { k.Zone = strategy.OfBusiness }), `caps[0].zone: "business" without a calendar`},
		{"whose zone", firstCap(func(k *strategy.Cap) { k.Zone = "mine" }), `caps[0].zone: "mine": want business`},

		{"quiet never", func(p *strategy.Playbook) { p.QuietHours[0].End = p.QuietHours[0].Start }, "quietHours[0].end: 21:00 is start: hours that are always quiet, or never, are a mistake"},
		{"quiet on no channel", func(p *strategy.Playbook) { p.QuietHours[0].Channels = []string{"fax"} }, `quietHours[0].channels[0]: "fax" is no channel`},
		{"quiet all day", func(p *strategy.Playbook) {
			p.QuietHours = append(p.QuietHours, strategy.QuietHours{Start: strategy.NewClock(9, 0), End: strategy.NewClock(21, 0)})
		}, `operations[0].channel: "sms" is quiet all day`},
		{"quiet whose", func(p *strategy.Playbook) { p.QuietHours[0].Zone = "mine" }, `quietHours[0].zone: "mine": want business`},

		{"share of 0", func(p *strategy.Playbook) { p.Holdouts[0].Share = 0 }, "holdouts[0].share: 0: want more than 0 and less than 1"},
		{"share of 1", func(p *strategy.Playbook) { p.Holdouts[0].Share = strategy.One }, "holdouts[0].share: 1: want more than 0 and less than 1"},
		{"no salt", func(p *strategy.Playbook) { p.Holdouts[0].Salt = "" }, "holdouts[0].salt: missing"},
		{"one salt for two holdouts", func(p *strategy.Playbook) { p.Holdouts[1].Salt = "2027" }, `holdouts[1].salt: "2027" is that of holdouts[0]: the two would overlap and not be independent`},
		{"two holdouts of all", func(p *strategy.Playbook) { p.Holdouts[1].Operation = "" }, "holdouts[1]: overlaps holdouts[0]: both hold back all marketing"},
		{"two holdouts of one operation", func(p *strategy.Playbook) {
			p.Holdouts = append(p.Holdouts, strategy.Holdout{Name: "again", Salt: "x", Share: 1, Operation: "gift"})
		}, "holdouts[2]: overlaps holdouts[1]: both hold back gift"},
		{"holdout of nothing there", func(p *strategy.Playbook) { p.Holdouts[1].Operation = "fax" }, `holdouts[1].operation: "fax" is no operation`},
		{"holdout of no objective", func(p *strategy.Playbook) { p.Holdouts[1].Operation, p.Holdouts[1].Objective = "", "fax" }, `holdouts[1].objective: "fax" is no objective`},
		{"holdout of two kinds", func(p *strategy.Playbook) { p.Holdouts[1].Objective = "fax" }, `holdouts[1].operation: "gift" beside an objective`},

		{"channel twice", func(p *strategy.Playbook) { p.Channels[1].Name = "sms" }, `channels[1].name: "sms" is the name of channels[0] already`},
		{"negative cost of a channel", func(p *strategy.Playbook) { p.Channels[0].Costs["money"] = -1 }, "channels[0].costs.money: -0.000001: want 0 or more"},
		{"channel leads to itself", func(p *strategy.Playbook) { p.Channels[1].Or = []string{"push"} }, `channels[1].or: has "push" itself`},
		{"reach", func(p *strategy.Playbook) { p.Channels[1].Reach = "everybody" }, `channels[1].reach: "everybody": want key=value`},
		{"consent", func(p *strategy.Playbook) { p.Channels[1].Consent = "opt-out" }, `channels[1].consent: "opt-out": want opt-in or quota`},
		{"preferred hour in the night", func(p *strategy.Playbook) { p.Channels[1].PreferredHour = new(strategy.NewClock(22, 0)) }, "channels[1].preferredHour: 22:00 lies in quietHours[0], 21:00 to 09:00"},

		{"budget of 0", func(p *strategy.Playbook) { p.Budgets[0].Limit = 0 }, "budgets[0].limit: 0: want more than 0"},
		{"budget without a unit", func(p *strategy.Playbook) { p.Budgets[0].Unit = "" }, "budgets[0].unit: missing"},

		{"negative cost", first(func(o *strategy.Operation) { o.Costs = map[string]strategy.Micros{"money": -1} }), "operations[0].costs.money: -0.000001: want 0 or more"},
		{"unknown budget", first(func(o *strategy.Operation) { o.Costs = map[string]strategy.Micros{"time": 1} }), `operations[0].costs.time: "time" is no budget`},
		{"negative value", first(func(o *strategy.Operation) { o.Value = -1 }), "operations[0].value: -0.000001: want 0 or more"},
		{"propensity above 1", first(func(o *strategy.Operation) { o.Propensity = strategy.One + 1 }), "operations[0].propensity: 1.000001: want 0 to 1"},
		{"score out of range", first(func(o *strategy.Operation) { o.Value, o.Lever = math.MaxInt64, 2*strategy.One }), "operations[0].lever: 2 times value 9223372036854.775807 is out of range"},
		{"class", first(func(o *strategy.Operation) { o.Class = "spam" }), `operations[0].class: "spam": want mandatory or transactional`},
		{"mandatory without a cool-down", first(func(o *strategy.Operation) { o.Class = strategy.Mandatory }), "operations[0].coolDowns: want one after sending"},
		{"cool-down of no length", first(func(o *strategy.Operation) { o.CoolDowns = []strategy.CoolDown{{After: "ordered"}} }), "operations[0].coolDowns[0].for: missing"},
		{"cool-down of negative times", first(func(o *strategy.Operation) {
			o.CoolDowns = []strategy.CoolDown{{Times: -1, For: regulars.Days(1)}}
		}), "operations[0].coolDowns[0].times: -1: want 1 to 10000"},
		{"cool-down within, of one", first(func(o *strategy.Operation) {
			o.CoolDowns = []strategy.CoolDown{{Within: regulars.Days(1), For: regulars.Days(1)}}
		}), "operations[0].coolDowns[0].within: 1d beside a single one"},
		{"when capped", first(func(o *strategy.Operation) { o.WhenCapped = "wait" }), `operations[0].whenCapped: "wait": want defer or drop`},
		{"channel twice in turn", first(func(o *strategy.Operation) { o.Or = []string{"push", "push"} }), `operations[0].or[1]: "push" comes twice`},
		{"its own channel in turn", first(func(o *strategy.Operation) { o.Or = []string{"sms"} }), `operations[0].or: has "sms", which is channel`},
		{"too many tags", first(func(o *strategy.Operation) { o.Tags = many }), "operations[0].tags: has 101: want at most 100"},
		{"unknown label of suits", first(func(o *strategy.Operation) { o.Suits.AllOf = []string{"x"} }), `operations[0].suits.allOf[0]: "x": want key=value`},
		{"range without a bound", first(func(o *strategy.Operation) { o.Audience.Numbers = []strategy.Range{{Number: "orders"}} }), "operations[0].audience.numbers[0]: has no bound"},
		{"range that is empty", first(func(o *strategy.Operation) {
			o.Audience.Numbers = []strategy.Range{{Number: "orders", AtLeast: new(3.0), Below: new(3.0)}}
		}), "operations[0].audience.numbers[0].below: 3 is not above atLeast, 3"},
		{"range of NaN", first(func(o *strategy.Operation) {
			o.Audience.Numbers = []strategy.Range{{Number: "orders", Below: new(math.NaN())}}
		}), "operations[0].audience.numbers[0].below: is NaN: want a finite number"},
		{"number twice", first(func(o *strategy.Operation) {
			o.Audience.Numbers = []strategy.Range{{Number: "orders", Below: new(1.0)}, {Number: "orders", Below: new(2.0)}}
		}), `operations[0].audience.numbers[1].number: "orders" comes twice`},
		{"mandatory fallback", func(p *strategy.Playbook) {
			p.Fallback = &strategy.Operation{Name: "f", Objective: "o", Channel: "c", Class: strategy.Mandatory, CoolDowns: []strategy.CoolDown{{For: regulars.Days(1)}}}
		}, `fallback.class: "mandatory": want another`},

		{"exploring twice", func(p *strategy.Playbook) { p.Exploration.Temperature = 1 }, "exploration.epsilon: want either epsilon or temperature"},
		{"exploring above 1", func(p *strategy.Playbook) { p.Exploration.Epsilon = strategy.One + 1 }, "exploration.epsilon: 1.000001: want more than 0, and at most 1"},
		{"exploring without a salt", func(p *strategy.Playbook) { p.Exploration.Salt = "" }, "exploration.salt: missing"},

		{"effect of NaN", func(p *strategy.Playbook) { p.Effects.Rows[0].Estimate = math.NaN() }, "effects.rows[0].estimate: is NaN: want a finite number"},
		{"effect out of range", func(p *strategy.Playbook) {
			p.Operations[0].Value, p.Effects.Rows[0].Estimate, p.Effects.Rows[0].High = 1e15, 1e12, 1e12
		}, "effects.rows[0].estimate: 1e+12 times the value of"},
		{"effect outside its interval", func(p *strategy.Playbook) { p.Effects.Rows[0].Low = 0.2 }, "effects.rows[0].estimate: 0.1 is not from low, 0.2, to high, 0.3"},
		{"effect of nothing there", func(p *strategy.Playbook) { p.Effects.Rows[1].Operation = "zoo" }, `effects.rows[1].operation: "zoo" is no operation`},
		{"effects not sorted", func(p *strategy.Playbook) { p.Effects.Rows[1].Label = "" }, `effects.rows[1]: "gift", "" does not come after the row before`},
		{"effect of a label that is none", func(p *strategy.Playbook) { p.Effects.Rows[1].Label = "x" }, `effects.rows[1].label: "x": want key=value`},
		{"effect of fewer than nobody", func(p *strategy.Playbook) { p.Effects.Rows[1].Control = -1 }, "effects.rows[1].treated: 0 and -1: want counts"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := shared()
			test.change(&p)
			expect(t, p.Validate(), test.want)
		})
	}
}

// shared returns a playbook with a part of each kind.
func shared() strategy.Playbook {
	gift := operation("gift", 2, strategy.Audience{})
	gift.Channel, gift.Tags, gift.Value = "sms", []string{"coupon"}, strategy.One
	return strategy.Playbook{
		Channels:    []strategy.Channel{{Name: "sms", Costs: map[string]strategy.Micros{"money": 1}}, {Name: "push"}},
		Budgets:     []strategy.Budget{{Name: "money", Unit: "money", Limit: strategy.One}},
		Caps:        []strategy.Cap{{Name: "a day", Limit: 1, Rolling: regulars.Hours(24)}},
		QuietHours:  []strategy.QuietHours{{Start: strategy.NewClock(21, 0), End: strategy.NewClock(9, 0)}},
		Holdouts:    []strategy.Holdout{{Name: "all", Salt: "2027", Share: 50_000}, {Name: "of gifts", Salt: "gifts", Share: 50_000, Operation: "gift"}},
		Exploration: &strategy.Exploration{Salt: "2027", Epsilon: 50_000},
		Effects: &strategy.Effects{Rows: []strategy.Effect{
			{Operation: "gift", Estimate: 0.1, Low: -0.1, High: 0.3}, {Operation: "gift", Label: "layer=core", NoSupport: true},
		}},
		Operations: []strategy.Operation{gift, operation("news", 1, strategy.Audience{})},
	}
}

// A host says which zones, labels and numbers there are.
func TestHostValidate(t *testing.T) {
	p := shared()
	p.Zone = "Asia/Shanghai"
	p.Operations[0].PropensityFrom = "p.gift"
	p.Operations[1].Audience = strategy.Audience{AllOf: []string{"layer=crust"}, Numbers: []strategy.Range{{Number: "orders", AtLeast: new(1.0)}}}
	h := strategy.Host{
		Zones: func(name string) (*time.Location, error) {
			if name == "Asia/Shanghai" {
				return time.FixedZone("CST", 8*3600), nil
			}
			return nil, errors.New("no such zone")
		},
		Labels: strategy.StarterLabels(), Numbers: []string{"spend"},
	}
	expect(t, h.Validate(p), `operations[0].propensityFrom: unknown number "p.gift": want spend`)
	expect(t, h.Validate(p), `operations[1].audience.allOf[0]: "layer=crust": unknown value "crust" of layer: want core, tail or waist`)
	expect(t, h.Validate(p), `operations[1].audience.numbers[0].number: unknown number "orders": want spend`)

	h.Labels, h.Numbers = nil, []string{"orders", "p.gift"}
	expect(t, h.Validate(p), "")
	p.Zone = "Mars/Olympus"
	expect(t, h.Validate(p), `zone: "Mars/Olympus": no such zone`)
	h.Zones = func(string) (*time.Location, error) { return nil, nil }
	expect(t, h.Validate(p), `zone: "Mars/Olympus": unknown zone`)
	p.Zone = strings.Repeat("x", 101)
	expect(t, h.Validate(p), "unknown zone")
}
