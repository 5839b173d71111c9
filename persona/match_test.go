package persona_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
)

// asOf is 12:00 in Shanghai.
var asOf = time.Date(2026, 3, 31, 4, 0, 0, 0, time.UTC)

func compile(t testing.TB, s *persona.Schema, text string) *persona.Segment {
	t.Helper()
	rule, err := persona.ParseRule([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	segment, err := s.Compile(rule)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return segment
}

func read(t testing.TB, s *persona.Schema, text string) persona.Profile {
	t.Helper()
	p, left, err := s.ReadProfile([]byte(text))
	if err != nil || len(left) > 0 {
		t.Fatal(text, left, err)
	}
	return p
}

const somebody = `{"age": 30, "income": 12345.67, "gender": "female", "city": "Beijing", "member": true,
	"born": "1996-02-29", "joined": "2026-03-01T12:00:00+08:00", "interests": ["tea", "Go"],
	"colours": ["red", "blue"], "scores": [3, -7], "phone": ""}`

func TestLeaves(t *testing.T) {
	const T, F, U = persona.True, persona.False, persona.Unknown
	tests := []struct {
		rule string
		want persona.Truth // of somebody; of nobody it is Unknown unless said
	}{
		{`{"attr": "age", "op": "eq", "value": 30}`, T},
		{`{"attr": "age", "op": "eq", "value": 30.0}`, T},
		{`{"attr": "age", "op": "ne", "value": 30}`, F},
		{`{"attr": "age", "op": "ne", "value": 31}`, T},
		{`{"attr": "age", "op": "lt", "value": 30}`, F},
		{`{"attr": "age", "op": "lte", "value": 30}`, T},
		{`{"attr": "age", "op": "gt", "value": 29.5}`, T},
		{`{"attr": "age", "op": "gte", "value": 29.5}`, T},
		{`{"attr": "age", "op": "gt", "value": 30.5}`, F},
		{`{"attr": "age", "op": "lt", "value": 30.5}`, T},
		{`{"attr": "age", "op": "lte", "value": 29.5}`, F},
		{`{"attr": "age", "op": "gt", "value": -0.5}`, T},
		{`{"attr": "age", "op": "between", "value": [30, 31]}`, T},
		{`{"attr": "age", "op": "between", "value": [29, 30]}`, T},
		{`{"attr": "age", "op": "between", "value": [29, 30], "bounds": "[)"}`, F},
		{`{"attr": "age", "op": "between", "value": [30, 31], "bounds": "(]"}`, F},
		{`{"attr": "age", "op": "between", "value": [29, 31], "bounds": "()"}`, T},
		{`{"attr": "age", "op": "in", "value": [1, 30, 30]}`, T},
		{`{"attr": "age", "op": "in", "value": [1, 2]}`, F},
		{`{"attr": "age", "op": "not_in", "value": [1, 2]}`, T},
		{`{"attr": "income", "op": "eq", "value": 12345.670}`, T},
		{`{"attr": "income", "op": "gt", "value": 12345.669}`, T},
		{`{"attr": "income", "op": "gte", "value": 12345.671}`, F},
		{`{"attr": "income", "op": "lt", "value": 12345.671}`, T},
		{`{"attr": "gender", "op": "eq", "value": "female"}`, T},
		{`{"attr": "gender", "op": "ne", "value": "female"}`, F},
		{`{"attr": "gender", "op": "eq", "value": "FEMALE", "fold": true}`, T},
		{`{"attr": "gender", "op": "in", "value": ["male", "female"]}`, T},
		{`{"attr": "gender", "op": "ends_with", "value": "male"}`, T},
		{`{"attr": "gender", "op": "starts_with", "value": "male"}`, F},
		{`{"attr": "city", "op": "eq", "value": " ＢＥＩＪＩＮＧ "}`, T}, // the attribute's normal form
		{`{"attr": "city", "op": "in", "value": ["shanghai", "beijing"]}`, T},
		{`{"attr": "city", "op": "not_in", "value": ["shanghai", "beijing"]}`, F},
		{`{"attr": "city", "op": "contains", "value": "JIN"}`, T},
		{`{"attr": "city", "op": "contains", "value": "JIN", "fold": true}`, T},
		{`{"attr": "city", "op": "starts_with", "value": "bei"}`, T},
		{`{"attr": "city", "op": "ends_with", "value": "bei"}`, F},
		{`{"attr": "city", "op": "ends_with", "value": "JING", "fold": true}`, T},
		{`{"attr": "city", "op": "matches", "value": "^b.*g$"}`, T},
		{`{"attr": "city", "op": "matches", "value": "^B.*G$"}`, F},
		{`{"attr": "city", "op": "matches", "value": "^B.*G$", "fold": true}`, T},
		{`{"attr": "city", "op": "gt", "value": "baoding"}`, T},
		{`{"attr": "city", "op": "between", "value": ["a", "beijing"]}`, T},
		{`{"attr": "city", "op": "between", "value": ["a", "beijing"], "bounds": "[)"}`, F},
		{`{"attr": "city", "as": "version", "op": "gt", "value": "1.0"}`, T},
		{`{"attr": "member", "op": "eq", "value": true}`, T},
		{`{"attr": "member", "op": "ne", "value": true}`, F},
		{`{"attr": "member", "op": "in", "value": [true]}`, T},
		{`{"attr": "born", "op": "eq", "value": "1996-02-29"}`, T},
		{`{"attr": "born", "op": "lt", "value": "1996-03-01"}`, T},
		{`{"attr": "born", "as": "age", "op": "eq", "value": 30}`, T},
		{`{"attr": "born", "as": "days", "op": "eq", "value": 10988}`, T},      // 30 years of 365, 8 leap days after 1996-02-29, 30 days from 28 February
		{`{"attr": "born", "as": "anniversary", "op": "eq", "value": 334}`, T}, // 28 February 2027
		{`{"attr": "born", "op": "within_last", "value": "31y"}`, T},
		{`{"attr": "born", "op": "within_last", "value": "30y"}`, F},
		{`{"attr": "born", "op": "within_next", "value": "1d"}`, F},
		{`{"attr": "joined", "op": "eq", "value": "2026-03-01T04:00:00Z"}`, T},
		{`{"attr": "joined", "op": "gt", "value": "2026-03-01T04:00:00Z"}`, F},
		{`{"attr": "joined", "as": "date", "op": "eq", "value": "2026-03-01"}`, T},
		{`{"attr": "joined", "as": "days", "op": "eq", "value": 30}`, T},
		{`{"attr": "joined", "op": "within_last", "value": "30d"}`, F}, // exactly 30 days ago
		{`{"attr": "joined", "op": "within_last", "value": "31d"}`, T},
		{`{"attr": "joined", "op": "within_last", "value": "720h"}`, F},
		{`{"attr": "joined", "op": "within_last", "value": "721h"}`, T},
		{`{"attr": "joined", "op": "within_last", "value": "30d", "wholeDays": true}`, F}, // from 2 March
		{`{"attr": "joined", "op": "within_last", "value": "31d", "wholeDays": true}`, T}, // from midnight of 1 March
		{`{"attr": "joined", "op": "within_next", "value": "1d"}`, F},
		{`{"attr": "interests", "op": "in", "value": ["tea", "wine"]}`, T},
		{`{"attr": "interests", "op": "in", "value": ["go"]}`, F},
		{`{"attr": "interests", "op": "in", "value": ["go"], "fold": true}`, T},
		{`{"attr": "interests", "op": "not_in", "value": ["wine"]}`, T},
		{`{"attr": "interests", "op": "not_in", "value": ["wine", "tea"]}`, F},
		{`{"attr": "interests", "op": "has_all", "value": ["Go", "tea"]}`, T},
		{`{"attr": "interests", "op": "has_all", "value": ["Go", "wine"]}`, F},
		{`{"attr": "interests", "op": "has_all", "value": ["GO"], "fold": true}`, T},
		{`{"attr": "interests", "op": "eq", "value": ["tea", "Go"]}`, T},
		{`{"attr": "interests", "op": "eq", "value": ["Go", "tea"]}`, F},
		{`{"attr": "interests", "op": "ne", "value": ["Go", "tea"]}`, T},
		{`{"attr": "interests", "as": "size", "op": "eq", "value": 2}`, T},
		{`{"attr": "interests", "as": "item", "op": "starts_with", "value": "t"}`, T},
		{`{"attr": "interests", "as": "item", "op": "ne", "value": "tea"}`, T}, // Go is not tea
		{`{"attr": "interests", "op": "eq", "value": ["tea"]}`, F},
		{`{"attr": "interests", "op": "eq", "value": ["tea", "Go", "chess"]}`, F},
		{`{"attr": "colours", "as": "item", "op": "ne", "value": "green"}`, T},
		{`{"attr": "scores", "as": "item", "op": "not_in", "value": [3, -7]}`, F},
		{`{"attr": "colours", "op": "in", "value": ["blue"]}`, T},
		{`{"attr": "colours", "op": "has_all", "value": ["blue", "green"]}`, F},
		{`{"attr": "colours", "op": "eq", "value": ["red", "blue"]}`, T},
		{`{"attr": "colours", "as": "item", "op": "contains", "value": "lu"}`, T},
		{`{"attr": "scores", "as": "item", "op": "lt", "value": -6.5}`, T},
		{`{"attr": "scores", "op": "in", "value": [7, -7]}`, T},
		{`{"attr": "scores", "op": "has_all", "value": [3, 4]}`, F},
		{`{"attr": "phone", "op": "eq", "value": ""}`, T},
	}
	s := shop(t)
	p, nobody := read(t, s, somebody), read(t, s, `{}`)
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			segment := compile(t, s, tt.rule)
			if got := segment.Match(p, asOf); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if at := segment.At(asOf); at.Match(p) != tt.want {
				t.Errorf("At got %v, want %v", at.Match(p), tt.want)
			}
			for _, p := range []persona.Profile{nobody, {}} {
				if got := segment.Match(p, asOf); got != U {
					t.Errorf("nobody is %v, want unknown", got)
				}
			}
			for _, missing := range []persona.Truth{T, F} {
				rule := segment.Rule()
				rule.Missing = missing
				overridden, err := s.Compile(rule)
				if err != nil {
					t.Fatal(err)
				}
				if got := overridden.Match(nobody, asOf); got != missing {
					t.Errorf("missing %v gave %v", missing, got)
				}
			}
		})
	}
}

func TestPresence(t *testing.T) {
	tests := []struct {
		attr              string
		exists, hasValue  persona.Truth
		existsOf, valueOf string
	}{
		{"age", persona.True, persona.True, "", ""},
		{"phone", persona.True, persona.False, "", ""},
		{"scores", persona.True, persona.False, "", ""},
		{"city", persona.False, persona.False, "", ""},
	}
	s := shop(t)
	p := read(t, s, `{"age": 0, "phone": "", "scores": [], "city": null}`)
	for _, tt := range tests {
		for op, want := range map[string]persona.Truth{"exists": tt.exists, "has_value": tt.hasValue} {
			rule := fmt.Sprintf(`{"attr": %q, "op": %q}`, tt.attr, op)
			if got := compile(t, s, rule).Match(p, asOf); got != want {
				t.Errorf("%s: got %v, want %v", rule, got, want)
			}
			if got := compile(t, s, rule).Match(persona.Profile{}, asOf); got != persona.False {
				t.Errorf("%s: nobody is %v, want false", rule, got)
			}
		}
	}
}

func TestEvents(t *testing.T) {
	s := shop(t)
	order := func(at, amount, category, channel string) persona.Event {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		e := persona.Event{Kind: "order", At: when, Amount: decimal.RequireFromString(amount), Fields: map[string]string{"category": category}}
		if channel != "" {
			e.Fields["channel"] = channel
		}
		return e
	}
	p, err := s.NewProfile(nil,
		order("2026-03-30T23:30:00+08:00", "20.50", "tea", "app"),
		order("2026-03-01T12:00:00+08:00", "100", "coffee", "shop"), // exactly 30 days ago
		order("2026-03-01T12:00:01+08:00", "-0.50", "tea", ""),
		order("2026-03-31T12:00:00+08:00", "1", "tea", "app"), // at asOf
		order("2026-03-31T12:00:00.000001+08:00", "1000", "tea", "app"),
		persona.Event{Kind: "view", At: asOf.AddDate(0, 0, -3)})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		rule string
		got  string
		want persona.Truth
	}{
		{`{"event": "order", "op": "eq", "value": 4}`, "4", persona.True},
		{`{"event": "order", "within": "30d", "op": "eq", "value": 3}`, "3", persona.True},
		{`{"event": "order", "within": "720h", "op": "eq", "value": 3}`, "3", persona.True},
		{`{"event": "order", "within": "30d", "wholeDays": true, "op": "gte", "value": 2}`, "2", persona.True},
		{`{"event": "order", "within": "1d", "wholeDays": true, "op": "eq", "value": 1}`, "1", persona.True},
		{`{"event": "order", "within": "2d", "wholeDays": true, "op": "eq", "value": 1}`, "2", persona.False},
		{`{"event": "order", "where": {"category": ["tea"]}, "op": "eq", "value": 3}`, "3", persona.True},
		{`{"event": "order", "where": {"category": ["tea"], "channel": ["app", "shop"]}, "op": "eq", "value": 2}`, "2", persona.True},
		{`{"event": "order", "where": {"hour": ["23"]}, "op": "eq", "value": 1}`, "1", persona.True},
		{`{"event": "order", "where": {"weekday": ["7"]}, "op": "eq", "value": 2}`, "2", persona.True}, // 1 March 2026 is a Sunday
		{`{"event": "order", "measure": "sum", "op": "eq", "value": 121}`, "121", persona.True},
		{`{"event": "order", "measure": "sum", "within": "30d", "op": "gt", "value": 20.999}`, "21", persona.True},
		{`{"event": "order", "measure": "sum", "where": {"category": ["milk"]}, "op": "eq", "value": 0}`, "0", persona.True},
		{`{"event": "order", "measure": "recency", "op": "eq", "value": 0}`, "0", persona.True},
		{`{"event": "order", "measure": "recency", "where": {"category": ["coffee"]}, "op": "gte", "value": 30}`, "30", persona.True},
		{`{"event": "view", "measure": "recency", "op": "lte", "value": 3}`, "3", persona.True},
		{`{"event": "view", "measure": "recency", "within": "2d", "op": "lte", "value": 3}`, "", persona.Unknown},
		{`{"event": "search", "op": "eq", "value": 0}`, "0", persona.True},
		{`{"event": "search", "measure": "recency", "op": "gt", "value": 5}`, "", persona.Unknown},
		{`{"event": "search", "measure": "recency", "op": "gt", "value": 5, "missing": "true"}`, "", persona.True},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			segment := compile(t, s, tt.rule)
			if got := segment.Match(p, asOf); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if got := segment.Explain(p, asOf).Reason.Got.String(); got != tt.got {
				t.Errorf("explained by %q, want %q", got, tt.got)
			}
		})
	}
}

func TestAgeOnBirthdays(t *testing.T) {
	s := shop(t)
	tests := []struct {
		name, born, asOf string
		want             int64
	}{
		{"the day before", "1996-06-15", "2026-06-14T23:59:59+08:00", 29},
		{"the day", "1996-06-15", "2026-06-15T00:00:00+08:00", 30},
		{"29 February, a common year", "1996-02-29", "2025-02-27T12:00:00+08:00", 28},
		{"29 February, on the 28th", "1996-02-29", "2025-02-28T00:00:00+08:00", 29},
		{"29 February, a leap year, on the 28th", "1996-02-29", "2024-02-28T12:00:00+08:00", 27},
		{"29 February, a leap year", "1996-02-29", "2024-02-29T12:00:00+08:00", 28},
		{"born today", "2026-01-01", "2026-01-01T12:00:00+08:00", 0},
		{"not yet born", "2027-01-01", "2026-12-31T12:00:00+08:00", -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now, err := time.Parse(time.RFC3339, tt.asOf)
			if err != nil {
				t.Fatal(err)
			}
			p := read(t, s, fmt.Sprintf(`{"born": %q}`, tt.born))
			segment := compile(t, s, fmt.Sprintf(`{"attr": "born", "as": "age", "op": "eq", "value": %d}`, tt.want))
			if got := segment.Explain(p, now); got.Verdict != persona.True {
				t.Errorf("want %d years, got %v", tt.want, got.Reason)
			}
		})
	}
}

// A day on which clocks change has 23 or 25 hours: 720 hours are not 30 days.
func TestWindowsAcrossClockChanges(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s, err := persona.NewSchema(persona.Definition{
		Zone:       berlin,
		Attributes: []persona.Attribute{{Name: "joined", Kind: persona.KindTime}},
	})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, berlin) // clocks went forward at 02:00
	tests := []struct {
		window  string
		hours   float64
		want    persona.Truth
		because string
	}{
		{"1d", 22.9, persona.True, "the same clock time a day ago is 23 hours ago"},
		{"1d", 23, persona.False, "the window excludes its start"},
		{"24h", 23.5, persona.True, "hours are elapsed"},
		{"24h", 24, persona.False, "the window excludes its start"},
	}
	for _, tt := range tests {
		joined := now.Add(-time.Duration(tt.hours * float64(time.Hour)))
		p, err := s.NewProfile(map[string]persona.Value{"joined": persona.Time(joined)})
		if err != nil {
			t.Fatal(err)
		}
		segment := compile(t, s, fmt.Sprintf(`{"attr": "joined", "op": "within_last", "value": %q}`, tt.window))
		if got := segment.Match(p, now); got != tt.want {
			t.Errorf("%s, %v hours: got %v: %s", tt.window, tt.hours, got, tt.because)
		}
	}
}

func TestWholeDaysBeginAtMidnight(t *testing.T) {
	s := shop(t)
	tests := []struct {
		joined, op string
		want       persona.Truth
	}{
		{"2026-03-31T00:00:00+08:00", "within_last", persona.True},
		{"2026-03-30T23:59:59.999999+08:00", "within_last", persona.False},
		{"2026-03-31T12:00:00+08:00", "within_last", persona.True},
		{"2026-03-31T12:00:00.000001+08:00", "within_last", persona.False},
		{"2026-03-31T12:00:00+08:00", "within_next", persona.False},
		{"2026-03-31T12:00:00.000001+08:00", "within_next", persona.True},
		{"2026-04-01T23:59:59.999999+08:00", "within_next", persona.True},
		{"2026-04-02T00:00:00+08:00", "within_next", persona.False},
	}
	for _, tt := range tests {
		segment := compile(t, s, fmt.Sprintf(`{"attr": "joined", "op": %q, "value": "1d", "wholeDays": true}`, tt.op))
		if got := segment.Match(read(t, s, fmt.Sprintf(`{"joined": %q}`, tt.joined)), asOf); got != tt.want {
			t.Errorf("%s %s: got %v, want %v", tt.joined, tt.op, got, tt.want)
		}
	}
}

func TestAnniversary(t *testing.T) {
	s := shop(t)
	for born, want := range map[string]int{
		"1996-03-31": 0, "1996-04-01": 1, "1996-03-30": 364, "2026-03-31": 0, "1996-02-29": 334,
	} {
		segment := compile(t, s, fmt.Sprintf(`{"attr": "born", "as": "anniversary", "op": "eq", "value": %d}`, want))
		if e := segment.Explain(read(t, s, fmt.Sprintf(`{"born": %q}`, born)), asOf); e.Verdict != persona.True {
			t.Errorf("%s: want %d: %v", born, want, e.Reason)
		}
	}
}

// Amounts of 64 bits may come to more than 64 bits.
func TestSumsBeyond64Bits(t *testing.T) {
	s := shop(t)
	tests := []struct {
		amount, rule string
		want         persona.Truth
	}{
		{"90000000000000000", `{"event": "order", "measure": "sum", "op": "gt", "value": 90000000000000000}`, persona.True},
		{"90000000000000000", `{"event": "order", "measure": "sum", "op": "lt", "value": 0}`, persona.False},
		{"-90000000000000000", `{"event": "order", "measure": "sum", "op": "lt", "value": -90000000000000000}`, persona.True},
		{"-90000000000000000", `{"event": "order", "measure": "sum", "op": "gte", "value": 0}`, persona.False},
	}
	for _, tt := range tests {
		e := persona.Event{Kind: "order", At: asOf, Amount: decimal.RequireFromString(tt.amount)}
		p, err := s.NewProfile(nil, e, e, e)
		if err != nil {
			t.Fatal(err)
		}
		if got := compile(t, s, tt.rule).Match(p, asOf); got != tt.want {
			t.Errorf("3 of %s, %s: got %v, want %v", tt.amount, tt.rule, got, tt.want)
		}
	}
}

// An asOf beyond the years that dates have counts as the nearest within.
func TestAsOfOutOfRange(t *testing.T) {
	s := shop(t)
	p := read(t, s, somebody)
	segment := compile(t, s, `{"attr": "joined", "op": "within_last", "value": "250y"}`)
	for _, at := range []time.Time{{}, time.Unix(1<<60, 0), time.Unix(-1<<60, 0), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)} {
		if got := segment.Match(p, at); got != persona.False {
			t.Errorf("as of %v: %v", at, got)
		}
	}
	if got := compile(t, s, `{"attr": "born", "as": "age", "op": "eq", "value": 8003}`).Explain(p, time.Unix(1<<60, 0)); got.Verdict != persona.True {
		t.Error(got.Reason)
	}
}

func TestTrees(t *testing.T) {
	known := map[string]string{
		"T": `{"attr": "age", "op": "eq", "value": 30}`,
		"F": `{"attr": "age", "op": "eq", "value": 31}`,
		"U": `{"attr": "city", "op": "eq", "value": "x"}`,
	}
	tests := []struct{ rule, want string }{
		{`{"all": []}`, "true"},
		{`{"any": [], "allowEmpty": true}`, "false"},
		{`{"all": [T, T]}`, "true"},
		{`{"all": [T, U]}`, "unknown"},
		{`{"all": [U, F]}`, "false"},
		{`{"all": [F, T]}`, "false"},
		{`{"any": [F, F]}`, "false"},
		{`{"any": [F, U]}`, "unknown"},
		{`{"any": [U, T]}`, "true"},
		{`{"any": [T, F]}`, "true"},
		{`{"not": T}`, "false"},
		{`{"not": F}`, "true"},
		{`{"not": U}`, "unknown"},
		{`{"all": [{"any": [F, T]}, {"not": {"all": [T, F]}}]}`, "true"},
	}
	s := shop(t)
	p := read(t, s, `{"age": 30}`)
	for _, tt := range tests {
		rule := tt.rule
		for name, leaf := range known {
			rule = strings.NewReplacer("["+name, "["+leaf, " "+name, " "+leaf).Replace(rule)
		}
		if got := compile(t, s, rule).Match(p, asOf).String(); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.rule, got, tt.want)
		}
	}
}

func TestExplain(t *testing.T) {
	s := shop(t)
	segment := compile(t, s, `{"all": [
		{"attr": "age", "op": "between", "value": [18, 30], "bounds": "[)"},
		{"attr": "gender", "op": "eq", "value": "female"},
		{"any": [{"attr": "income", "op": "gte", "value": 20000}, {"event": "order", "op": "gte", "value": 1}]},
		{"not": {"any": [{"attr": "member", "op": "eq", "value": true}, {"attr": "city", "op": "eq", "value": "beijing"}]}},
		{"attr": "scores", "as": "size", "op": "gt", "value": 0}]}`)
	p := read(t, s, `{"age": 30, "income": 12345.67, "gender": "female", "member": true}`)
	e := segment.Explain(p, asOf)
	var got []string
	for _, reason := range e.WhyNot {
		got = append(got, fmt.Sprintf("%s: %v: want %v", reason.Path, reason, reason.Wanted))
	}
	want := []string{
		"all[0]: age between [18,30]: got 30: false: want true",
		"all[2].any[0]: income gte 20000: got 12345.67: false: want true",
		"all[2].any[1]: count of order gte 1: got 0: false: want true",
		"all[3].not.any[0]: member eq true: got true: true: want false",
		"all[3].not.any[1]: city eq beijing: not known: unknown: want false",
		"all[4]: size of scores gt 0: not known: unknown: want true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if e.Verdict != segment.Match(p, asOf) {
		t.Errorf("explained %v, matched %v", e.Verdict, segment.Match(p, asOf))
	}
}

// A segment may be shared: matching changes nothing of it.
func TestConcurrentMatches(t *testing.T) {
	s := shop(t)
	segment := compile(t, s, withTime)
	at := segment.At(asOf)
	profiles := population(t, s, 50)
	want := segment.Count(slices.Values(profiles), asOf)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			var got, shared persona.Counts
			for _, p := range profiles {
				got.Add(segment.Match(p, asOf))
				shared.Add(at.Match(p))
			}
			if got != want || shared != want {
				t.Errorf("got %+v and %+v, want %+v", got, shared, want)
			}
		})
	}
	group.Wait()
}
