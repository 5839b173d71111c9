package loyalty

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
)

func presets() map[string]Program {
	return map[string]Program{"bank card": BankCard(), "retailer": Retailer(), "appliance service": ApplianceService(), "vocational school": VocationalSchool()}
}

func TestPresetsSurviveJSON(t *testing.T) {
	for name, p := range presets() {
		t.Run(name, func(t *testing.T) {
			p.Zone = time.FixedZone("UTC", 0)
			data, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			again, err := ParseProgram(data, nil)
			if err != nil {
				t.Fatal(err)
			}
			compareTimes := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
			compareAmounts := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Cmp(b) == 0 })
			if diff := cmp.Diff(p, again, compareTimes, compareAmounts, cmp.Comparer(func(a, b regulars.Span) bool { return a == b })); diff != "" {
				t.Errorf("program (-written +read) %s", diff)
			}
		})
	}
}

// The seed practice asks of every program: something for nothing, something
// for what members do anyway, something that leads further; check-ins with
// streaks and paid make-up, a quiz, spending by category, channel and tier, a
// wealth product, a service opened, a friend brought, a first time, and staged
// tasks.
func TestPresetsServeTheSeedPractice(t *testing.T) {
	for name, p := range presets() {
		t.Run(name, func(t *testing.T) {
			have := map[string]bool{}
			for _, r := range p.Rules {
				have[string(r.Layer)] = true
				for _, kind := range r.On {
					have[kind] = true
				}
				have["make-up"] = have["make-up"] || r.Streak != nil && len(r.Streak.Goals) > 0 && r.Streak.MakeUp != nil && r.Streak.MakeUp.Points > 0
				have["referral"] = have["referral"] || r.Referral != nil
				have["staged task"] = have["staged task"] || r.Task != nil && len(r.Task.After) > 0
				have["by amount"] = have["by amount"] || r.PerAmount != nil
				for _, c := range r.Caps {
					have["first time"] = have["first time"] || c.Per == "life" && c.Times == 1 && r.Points > 0
					have["cap by attribute"] = have["cap by attribute"] || c.By == "device" || c.By == "card" || c.By == "address"
				}
			}
			for _, m := range p.Multipliers {
				have["category multiplier"] = have["category multiplier"] || len(m.Categories) > 0
				have["channel multiplier"] = have["channel multiplier"] || len(m.When.Attributes) > 0 && m.When.Attributes[0].Name == "channel"
				have["tier multiplier"] = have["tier multiplier"] || len(m.When.Tiers) > 0
			}
			for _, want := range []string{
				"zero-cost", "routine", "upgrade", "check-in", "make-up", "quiz", "by amount", "category multiplier", "channel multiplier",
				"tier multiplier", "buy-wealth-product", "open-service", "referral", "first time", "staged task", "cap by attribute",
			} {
				if !have[want] {
					t.Errorf("no %s", want)
				}
			}
		})
	}
}

// small is a valid program that the cases below spoil.
func small() Program {
	return Program{
		Name: "cafe", Version: 1,
		Wallets: []Wallet{{ID: 1, Name: "points"}, {ID: 2, Name: "growth", Qualifying: true}},
		Rules: []Rule{
			{ID: 1, Name: "spend", Layer: LayerRoutine, On: []string{"order"}, PerAmount: &PerAmount{Points: 1, Per: decimal.New(1, 0)}},
			{ID: 2, Name: "quiz", Layer: LayerZeroCost, On: []string{"quiz"}, Points: 10},
			{ID: 3, Name: "sign-in", Layer: LayerZeroCost, On: []string{"check-in"}, Streak: &Streak{Steps: []Step{{1, 5}}}},
			{ID: 4, Name: "thrice", Layer: LayerUpgrade, On: []string{"order"}, Task: &Task{Goal: 3, Points: 50}},
			{ID: 5, Name: "friend", Layer: LayerUpgrade, On: []string{"order"}, Referral: &Referral{Points: 100}},
		},
		Multipliers: []Multiplier{{ID: 1, Name: "double", Group: "tier", Factor: decimal.New(2, 0), Rules: []uint32{1}}},
		Rewards:     []Reward{{ID: 1, Name: "espresso", Cost: 100}},
		Tiers:       &Tiers{Wallet: "growth", Window: "year", Levels: []Level{{1, "silver", 100}, {2, "gold", 500}}},
	}
}

func TestValidateNamesEveryFault(t *testing.T) {
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	amount := func(s string) decimal.Decimal { return decimal.RequireFromString(s) }
	cases := []struct {
		name  string
		spoil func(p *Program)
		want  string
	}{
		{"no name", func(p *Program) { p.Name = "" }, "name: is missing"},
		{"name too long", func(p *Program) { p.Name = strings.Repeat("x", 129) }, "name: \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\": want 1 to 128 bytes of valid UTF-8"},
		{"no version", func(p *Program) { p.Version = 0 }, "version: is missing: want 1 or more"},
		{"before it is published", func(p *Program) { p.Published, p.Effective = day.Add(time.Hour), day }, "effective: 2026-05-01T00:00:00Z is before 2026-05-01T01:00:00Z, when it is published"},
		{"second version without a date", func(p *Program) { p.Version = 2 }, "effective: is missing: only version 1 is in force since ever"},
		{"year 9999", func(p *Program) { p.Effective = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, "effective: want an instant from 1971 to 2499"},
		{"week", func(p *Program) { p.WeekStart = "Monday" }, `weekStart: "Monday": want "mon", "tue", …`},
		{"too late", func(p *Program) { p.MaxLate = regulars.Days(401) }, `maxLate: "401d": want at most 400 days`},
		{"too far ahead", func(p *Program) { p.MaxAhead = regulars.Hours(25) }, `maxAhead: "25h": want at most 1 day`},
		{"no wallets", func(p *Program) { p.Wallets = nil }, "wallets: has 0: want 1 to 8"},
		{"same wallet", func(p *Program) { p.Wallets[1].ID, p.Wallets[1].Name = 1, "points" }, "wallets[1].id: 1 is that of wallets[0] already\nwallets[1].name: \"points\" is that of wallets[0] already\ntiers.wallet: \"growth\": there is no such wallet"},
		{"wallet zero", func(p *Program) { p.Wallets[0].ID = 0 }, "wallets[0].id: is missing: want 1 or more"},
		{"debt without a limit", func(p *Program) { p.Wallets[0].Shortfall = ShortfallDebt }, "wallets[0].debtLimit: 0: want 1 to 1000000000000"},
		{"limit without debt", func(p *Program) { p.Wallets[0].DebtLimit = 5 }, `wallets[0].debtLimit: is for the shortfall "debt"`},
		{"unknown shortfall", func(p *Program) { p.Wallets[0].Shortfall = "forgive" }, `wallets[0].shortfall: "forgive": want "clamp", "debt" or "refuse"`},
		{"hours of expiry", func(p *Program) { p.Wallets[0].Expiry.After = regulars.Hours(48) }, `wallets[0].expiry.after: "48h": want days, weeks, months or years`},
		{"round up to a week", func(p *Program) { p.Wallets[0].Expiry.RoundUp = "week" }, `wallets[0].expiry.roundUp: "week": want "day", "month", "quarter", "half" or "year"`},
		{"31 June", func(p *Program) { p.Wallets[0].Expiry.Dates = []string{"06-31", "02-29", "02-29"} }, "wallets[0].expiry.dates[0]: \"06-31\": want a day of the year such as 12-31\nwallets[0].expiry.dates[2]: \"02-29\" is there twice"},
		{"dates and round up", func(p *Program) { p.Wallets[0].Expiry = Expiry{RoundUp: "year", Dates: []string{"12-31"}} }, "wallets[0].expiry.roundUp: and dates contradict each other: want one of them"},
		{"idle and after", func(p *Program) {
			p.Wallets[0].Expiry = Expiry{After: regulars.Days(1), Idle: regulars.Days(1)}
		}, "wallets[0].expiry.idle: goes with no other field"},
		{"restore without expiry", func(p *Program) { p.Wallets[0].Restore = regulars.Days(1) }, "wallets[0].restore: is for points that expire, and these don't"},
		{"within without until", func(p *Program) { p.Wallets[0].Pending.Within = regulars.Days(1) }, "wallets[0].pending.within: is for until"},
		{"negative value", func(p *Program) { p.Wallets[0].Value = amount("-1") }, "wallets[0].value: is negative"},
		{"hostile value", func(p *Program) { p.Wallets[0].Value = decimal.New(1, 1_000_000) }, "wallets[0].value: "},

		{"no layer", func(p *Program) { p.Rules[0].Layer = "" }, `rules[0].layer: "": want "zero-cost", "routine" or "upgrade"`},
		{"no kind", func(p *Program) { p.Rules[0].On = nil }, "rules[0].on: has 0: want 1 to 32"},
		{"unknown wallet", func(p *Program) { p.Rules[0].Wallet = "gold" }, `rules[0].wallet: "gold": there is no such wallet`},
		{"two ways", func(p *Program) { p.Rules[0].Points = 5 }, "rules[0]: has 2 of points, perAmount, streak, task and referral: want exactly one"},
		{"no way", func(p *Program) { p.Rules[1].Points = 0 }, "rules[1]: has 0 of points, perAmount, streak, task and referral: want exactly one"},
		{"negative points", func(p *Program) { p.Rules[1].Points = -1 }, "rules[1].points: -1: want 1 to 1000000000000"},
		{"per nothing", func(p *Program) { p.Rules[0].PerAmount.Per = decimal.Decimal{} }, "rules[0].perAmount.per: want an amount above zero with at most 4 places"},
		{"amount of a check-in", func(p *Program) { p.Rules[0].On = []string{"check-in"} }, "rules[0].on: a check-in has no amount to give points for"},
		{"check-in of an amount", func(p *Program) { p.Rules[2].When.MinAmount = amount("1") }, "rules[2].when.minAmount: a check-in has no amount, so the rule never fires"},
		{"streak of orders", func(p *Program) { p.Rules[2].On = []string{"order"} }, `rules[2].on: a streak is of check-ins: want only "check-in"`},
		{"empty streak", func(p *Program) { p.Rules[2].Streak.Steps = nil }, "rules[2].streak: has no steps and no goals"},
		{"steps", func(p *Program) { p.Rules[2].Streak.Steps = []Step{{0, 1}, {5, 1}, {5, 1}} }, "rules[2].streak.steps[0].day: 0: want 1 to 3660\nrules[2].streak.steps[2].day: 5 does not come after 5"},
		{"beyond the cycle", func(p *Program) { p.Rules[2].Streak.Cycle, p.Rules[2].Streak.Goals = 7, []Step{{8, 1}} }, "rules[2].streak.goals[0].day: 8 is never reached: the streak begins again after 7 days"},
		{"make-up days", func(p *Program) { p.Rules[2].Streak.MakeUp = &MakeUpPrice{Days: 32} }, "rules[2].streak.makeUp.days: 32: want 1 to 31"},
		{"make-up from growth", func(p *Program) {
			p.Rules[2].Wallet, p.Rules[2].Streak.MakeUp = "growth", &MakeUpPrice{Points: 1, Days: 1}
		}, `rules[2].streak.makeUp.points: can't be paid from wallet "growth", which can't be spent`},
		{"task without a goal", func(p *Program) { p.Rules[3].Task.Goal = 0 }, "rules[3].task.goal: 0: want 1 or more"},
		{"after no task", func(p *Program) { p.Rules[3].Task.After = []uint32{1} }, "rules[3].task.after[0]: 1: there is no such task"},
		{"after itself", func(p *Program) { p.Rules[3].Task.After = []uint32{4} }, "rules[3].task.after[0]: 4 waits for this task, so neither can begin"},
		{"tasks in a ring", func(p *Program) {
			p.Rules = append(p.Rules, Rule{ID: 6, Name: "six", Layer: LayerUpgrade, On: []string{"order"}, Task: &Task{Goal: 1, Points: 1, After: []uint32{4}}})
			p.Rules[3].Task.After = []uint32{6}
		}, "rules[3].task.after[0]: 6 waits for this task, so neither can begin\nrules[5].task.after[0]: 4 waits for this task, so neither can begin"},
		{"lines of a fixed number", func(p *Program) { p.Rules[1].Rounding = RoundLines }, "rules[1].rounding: shares points over lines: it is for perAmount"},
		{"best of tasks", func(p *Program) { p.Rules[3].Best = "a" }, "rules[3].best: is for points and perAmount: what goes on from event to event can't be outranked"},
		{"best of two wallets", func(p *Program) { p.Rules[0].Best, p.Rules[1].Best, p.Rules[1].Wallet = "a", "a", "growth" }, `rules[1].best: "a" has rules of several wallets, whose points don't compare`},
		{"until its own kind", func(p *Program) { p.Rules[0].Pending = &Pending{Until: "order"} }, `rules[0].pending.until: "order" is what earns the points: it comes only once for an order`},
		{"sign-in until delivery", func(p *Program) { p.Wallets[0].Pending.Until = "delivered" }, "rules[2].pending.until: a check-in has no order that \"delivered\" could come for\nrules[4].pending.until: the points of a referral are another member's: want for"},
		{"another idleness", func(p *Program) { p.Rules[0].Expiry = &Expiry{Idle: regulars.Days(9)} }, `rules[0].expiry.idle: a wallet is idle as a whole: want that of wallet "points"`},

		{"cap of nothing", func(p *Program) { p.Rules[1].Caps = []Cap{{Per: "day"}} }, "rules[1].caps[0]: want one of points and times"},
		{"cap per hour", func(p *Program) { p.Rules[1].Caps = []Cap{{Per: "hour", Times: 1}} }, `rules[1].caps[0].per: "hour": want "event", "day", "week", "month", "year" or "life"`},
		{"times an event", func(p *Program) { p.Rules[1].Caps = []Cap{{Per: "event", Times: 1}} }, "rules[1].caps[0].times: an event fires a rule once: want points"},
		{"program's event", func(p *Program) { p.Rules[1].Caps = []Cap{{Per: "event", Points: 9, By: "program"}} }, "rules[1].caps[0].by: an event is of one member: want none"},
		{"the same cap", func(p *Program) {
			p.Rules[1].Caps = []Cap{{Per: "day", Times: 1}, {Per: "day", Times: 2, By: "member"}}
		}, "rules[1].caps[1]: is a second cap of the same per and by: want the smaller alone"},
		{"never fits", func(p *Program) { p.Rules[1].Caps = []Cap{{Per: "day", Points: 9, Reject: true}} }, "rules[1].caps[0].points: 9: the rule gives 10 at least, so it never fires"},
		{"referred often", func(p *Program) { p.Rules[4].Caps = []Cap{{Per: "day", Times: 1}} }, `rules[4].caps[0].by: a member is referred once: want "program" or an attribute`},

		{"attribute twice", func(p *Program) {
			p.Rules[0].When.Attributes = []AttributeIn{{"a", []string{"1"}}, {"a", []string{"2"}}}
		}, `rules[0].when.attributes[1].name: "a" is there twice: list all values in one`},
		{"no label", func(p *Program) { p.Rules[0].When.AllOf = []string{"new"} }, `rules[0].when.allOf[0]: "new": want "key=value"`},
		{"label and not", func(p *Program) { p.Rules[0].When.AllOf, p.Rules[0].When.NoneOf = []string{"a=b"}, []string{"a=b"} }, "rules[0].when.noneOf: excludes what the other labels ask for, so it never holds"},
		{"one of what is excluded", func(p *Program) { p.Rules[0].When.AnyOf, p.Rules[0].When.NoneOf = []string{"a=b"}, []string{"a=b"} }, "rules[0].when.noneOf: excludes what the other labels ask for, so it never holds"},
		{"amounts that never are", func(p *Program) { p.Rules[0].When.MinAmount, p.Rules[0].When.MaxAmount = amount("10"), amount("9.99") }, "rules[0].when.maxAmount: is less than minAmount, so it never holds"},
		{"five places", func(p *Program) { p.Rules[0].When.MinAmount = amount("0.00001") }, "rules[0].when.minAmount: has 5 decimal places: want at most 4"},
		{"unknown tier", func(p *Program) { p.Rules[0].When.Tiers = []string{"bronze"} }, `rules[0].when.tiers[0]: "bronze": there is no such level`},
		{"no tiers at all", func(p *Program) { p.Tiers, p.Rules[0].When.Tiers = nil, []string{"gold"} }, "rules[0].when.tiers: the program has no tiers"},
		{"ends before it begins", func(p *Program) { p.Rules[0].When.From, p.Rules[0].When.To = day, day }, "rules[0].when.to: 2026-05-01T00:00:00Z is not after from, 2026-05-01T00:00:00Z"},
		{"weekday", func(p *Program) { p.Rules[0].When.Weekdays = []string{"Mon"} }, `rules[0].when.weekdays[0]: "Mon": want "mon", "tue", …`},

		{"factor", func(p *Program) { p.Multipliers[0].Factor = amount("100.0001") }, "multipliers[0].factor: want 0 to 100 with at most 4 places"},
		{"raises nothing", func(p *Program) { p.Multipliers[0].Rules = []uint32{9} }, "multipliers[0].rules[0]: 9: there is no such rule"},
		{"category of a quiz", func(p *Program) { p.Multipliers[0].Rules, p.Multipliers[0].Categories = []uint32{2}, []string{"tea"} }, "multipliers[0].rules[0]: 2 gives no points by amount, so no category limits it"},
		{"less for more", func(p *Program) { p.Multipliers[0].When.MaxAmount = amount("5") }, "multipliers[0].when.maxAmount: would give less for more spent"},
		{"less from there on", func(p *Program) {
			p.Multipliers[0].Factor, p.Multipliers[0].When.MinAmount = amount("0.5"), amount("5")
		}, "multipliers[0].when.minAmount: would give less for more spent: the factor is below 1"},
		{"group of none", func(p *Program) { p.Groups = []Group{{"teir", "best"}} }, `groups[0].name: "teir": no multiplier is of this group`},
		{"combine", func(p *Program) { p.Groups = []Group{{"tier", "most"}} }, `groups[0].combine: "most": want "add", "best" or "multiply"`},

		{"free reward", func(p *Program) { p.Rewards[0].Cost = 0 }, "rewards[0].cost: 0: want 1 to 1000000000000"},
		{"reward for growth", func(p *Program) { p.Rewards[0].Wallet = "growth" }, `rewards[0].wallet: "growth" can't be spent`},
		{"below the minimum", func(p *Program) { p.Rewards[0].PerMember, p.Limits.MinRedeem = 4, 500 }, "rewards[0].cost: 100: as many as a member may have cost less than limits.minRedeem, 500"},
		{"negative stock", func(p *Program) { p.Rewards[0].Stock = new(int64(-1)) }, "rewards[0].stock: -1: want 0 to 1000000000000"},
		{"per event", func(p *Program) { p.Rewards[0].PerMember, p.Rewards[0].Per = 1, "event" }, `rewards[0].per: "event": want "day", "week", "month", "year" or "life"`},
		{"per without a number", func(p *Program) { p.Rewards[0].Per = "day" }, "rewards[0].per: is for perMember"},

		{"window", func(p *Program) { p.Tiers.Window = "month" }, `tiers.window: "month": want "year", "anniversary" or "rolling"`},
		{"no months", func(p *Program) { p.Tiers.Window = "rolling" }, "tiers.months: 0: want 1 to 36"},
		{"months of a year", func(p *Program) { p.Tiers.Months = 12 }, `tiers.months: is for the window "rolling"`},
		{"no levels", func(p *Program) { p.Tiers.Levels = nil }, "tiers.levels: has 0: want 1 to 20"},
		{"levels", func(p *Program) { p.Tiers.Levels[1] = Level{1, "silver", 100} }, "tiers.levels[1].name: \"silver\" is there twice\ntiers.levels[1].id: 1 does not come after 1\ntiers.levels[1].min: 100 is not more than 100, that of the level below"},
		{"hours of grace", func(p *Program) { p.Tiers.Grace = regulars.Hours(1) }, `tiers.grace: "1h": want days, weeks, months or years`},
		{"nothing to send", func(p *Program) { p.Limits.Transfers = &Transfers{Min: 10, PerDay: 9} }, "limits.transfers.min: 10 is more than perDay, so nothing can be sent"},
		{"too many rewards", func(p *Program) { p.Rewards = make([]Reward, 1001) }, "rewards: has 1001: want 0 to 1000"},
	}
	if p := small(); p.Validate() != nil {
		t.Fatal(p.Validate())
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := small()
			c.spoil(&p)
			err := p.Validate()
			faults, ok := errors.AsType[regulars.Faults](err)
			if !ok {
				t.Fatalf("error %v: want Faults", err)
			}
			if got := faults.Error(); got != c.want && (!strings.HasSuffix(c.want, ": ") || !strings.HasPrefix(got, c.want)) {
				t.Errorf("faults (-want +got) %s", cmp.Diff(c.want, got))
			}
		})
	}
}

func TestVersionsGoOnMeaningTheSame(t *testing.T) {
	next := func() Program {
		p := small()
		p.Version, p.Effective = 2, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		return p
	}
	cases := []struct {
		name   string
		change func(p *Program)
		want   string
	}{
		{"nothing changed", func(*Program) {}, ""},
		{"names may change, and rules go", func(p *Program) { p.Wallets[0].Name, p.Rules = "beans", p.Rules[1:] }, ""},
		{"fixed points become points by amount", func(p *Program) {
			p.Rules[1].Points, p.Rules[1].PerAmount = 0, &PerAmount{Points: 1, Per: decimal.New(1, 0)}
		}, ""},
		{"another name", func(p *Program) { p.Name = "bar" }, `name: "bar": the version before is of "cafe"`},
		{"the same version", func(p *Program) { p.Version = 1 }, "version: 1 does not come after 1"},
		{"no later", func(p *Program) { p.Effective = time.Time{} }, "effective: 0001-01-01T00:00:00Z is not after that of version 1, 0001-01-01T00:00:00Z"},
		{"a wallet is gone", func(p *Program) { p.Wallets = p.Wallets[:1] }, `wallets: 2, "growth", is gone: accounts may hold points in it`},
		{"growth can be spent", func(p *Program) { p.Wallets[1].Qualifying = false }, "wallets[1].qualifying: was true: want a new wallet"},
		{"a streak becomes a task", func(p *Program) { p.Rules[2].Streak, p.Rules[2].Task = nil, &Task{Goal: 1, Points: 1} }, "rules[2]: 3 was a rule of another kind: want a new ID"},
		{"a rule gives to another wallet", func(p *Program) { p.Rules[0].Wallet = "growth" }, "rules[0].wallet: 1 gave to another wallet: want a new ID"},
		{"a reward from another wallet", func(p *Program) { p.Rewards[0].Wallet = "growth" }, "rewards[0].wallet: 1 was paid from another wallet: want a new ID"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := next()
			c.change(&p)
			got := ""
			if err := p.Follows(small()); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("faults (-want +got) %s", cmp.Diff(c.want, got))
			}
		})
	}
}

func TestParseProgramIsStrict(t *testing.T) {
	cases := []struct{ name, document, want string }{
		{"unknown key", `{"name":"p","version":1,"wallet":[]}`, `unknown key "wallet"`},
		{"key twice", `{"name":"p","name":"q"}`, `duplicate key "name"`},
		{"case", `{"Name":"p"}`, `unknown key "Name"`},
		{"trailing data", `{} {}`, ""},
		{"unknown zone", `{"name":"p","version":1,"zone":"Mars/Olympus","wallets":[{"id":1,"name":"points"}]}`, `zone: "Mars/Olympus": unknown time zone Mars/Olympus`},
		{"bad span", `{"name":"p","version":1,"maxLate":"1 day","wallets":[{"id":1,"name":"points"}]}`, "maxLate: "},
		{"huge exponent", `{"name":"p","version":1,"wallets":[{"id":1,"name":"points","value":1e999999999}]}`, "wallets[0].value: "},
		{"wallet of 256", `{"name":"p","version":1,"wallets":[{"id":256,"name":"points"}]}`, "wallets[0].id: "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseProgram([]byte(c.document), time.LoadLocation)
			faults, ok := errors.AsType[regulars.Faults](err)
			if !ok || !strings.HasPrefix(faults.Error(), c.want) {
				t.Errorf("error %v: want one of %q", err, c.want)
			}
		})
	}
}

func FuzzParseProgram(f *testing.F) {
	f.Add(bankCard)
	f.Add(retailer)
	f.Add([]byte(`{"name":"p","version":1,"wallets":[{"id":1,"name":"points"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParseProgram(data, nil)
		if err != nil {
			return
		}
		written, err := json.Marshal(p)
		if err != nil {
			t.Fatalf("what was read can't be written: %v", err)
		}
		again, err := ParseProgram(written, nil)
		if err != nil {
			t.Fatalf("what was written can't be read: %v\n%s", err, written)
		}
		if twice, _ := json.Marshal(again); string(twice) != string(written) {
			t.Fatalf("written twice (-first +second) %s", cmp.Diff(string(written), string(twice)))
		}
		compile(&p) // a valid program never panics
	})
}

func ExampleParseProgram() {
	_, err := ParseProgram([]byte(`{"name": "cafe", "version": 1,
		"wallets": [{"id": 1, "name": "points"}],
		"rules": [{"id": 1, "name": "quiz", "layer": "zero-cost", "on": ["quiz"], "points": 10, "caps": [{"per": "day", "points": 5, "reject": true}]}],
		"rewards": [{"id": 1, "name": "espresso", "wallet": "stars", "cost": 500}]}`), time.LoadLocation)
	fmt.Println(err)
	// Output:
	// rules[0].caps[0].points: 5: the rule gives 10 at least, so it never fires
	// rewards[0].wallet: "stars": there is no such wallet
}
