package tracking

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func order(id string, properties map[string]any) Event {
	return Event{ID: id, Name: "order", At: noon, Received: noon.Add(time.Second), Properties: properties}
}

func lines(violations []Violation) (out []string) {
	for _, v := range violations {
		out = append(out, v.String())
	}
	return out
}

func TestCheck(t *testing.T) {
	with := func(key string, value any) Event { return order("1", map[string]any{"amount": 7, key: value}) }
	at := func(at time.Time) Event { return Event{ID: "1", Name: "login", At: at, Received: noon} }
	tests := []struct {
		name  string
		event Event
		fate  Fate
		want  []string
	}{
		{"as planned", with("channel", "web"), Accepted, nil},
		{"no properties planned, none sent", at(noon), Accepted, nil},
		{"unplanned event", Event{ID: "1", Name: "share", At: noon}, SetAside, []string{`share: unplanned event: got "share", want an event of the plan`}},
		{"no name", Event{ID: "1", At: noon}, SetAside, []string{`: unplanned event: got "", want an event of the plan`}},
		{"event by case", Event{ID: "1", Name: "Order", At: noon}, SetAside, []string{`Order: event case differs: got "Order", want "order"`}},
		{"reserved event", Event{ID: "1", Name: "$appStart", At: noon}, SetAside, []string{`$appStart: reserved event: got "$appStart", want a name that is not reserved`}},
		{"reserved by the plan", Event{ID: "1", Name: "Distinct_ID", At: noon}, SetAside, []string{`Distinct_ID: reserved event: got "Distinct_ID", want a name that is not reserved`}},
		{"no ID", Event{Name: "login", At: noon}, Accepted, []string{"login: missing id: got none, want an ID that every delivery of the event has"}},
		{"no time", Event{ID: "1", Name: "login", Received: noon}, SetAside, []string{"login: missing time: got none, want when it happened"}},
		{"seven days late", at(noon.AddDate(0, 0, -7)), Accepted, nil},
		{
			"a tick more", at(noon.AddDate(0, 0, -7).Add(-time.Microsecond)), SetAside,
			[]string{"login: outside window: got 168h0m0.000001s before its receipt, want at most 7d before its receipt and 1h after it"},
		},
		{"an hour ahead", at(noon.Add(time.Hour)), Accepted, nil},
		{
			"a tick further ahead", at(noon.Add(time.Hour + time.Microsecond)), SetAside,
			[]string{"login: outside window: got 1h0m0.000001s after its receipt, want at most 7d before its receipt and 1h after it"},
		},
		{
			"year 20000", at(time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)), SetAside,
			[]string{"login: outside window: got the year 20000, want at most 7d before its receipt and 1h after it"},
		},
		{"missing required", order("1", nil), SetAside, []string{"order.amount: missing required: got none, want a number of at most 36 digits, 18 of them after the point"}},
		{"required but null", order("1", map[string]any{"amount": nil}), SetAside, []string{"order.amount: empty value: got null, want a number of at most 36 digits, 18 of them after the point"}},
		{"required but wrong", order("1", map[string]any{"amount": "ten"}), SetAside, []string{`order.amount: wrong type: got the text "ten", want a number of at most 36 digits, 18 of them after the point`}},
		{"empty text", with("channel", " \t"), Mended, []string{`order.channel: empty value: got the text " \t", want one of "app", "web", "store"`}},
		{"empty list", with("coupons", []any{}), Mended, []string{"order.coupons: empty value: got a list of 0 texts, want a list of texts"}},
		{"dictionary miss", with("channel", "App"), Mended, []string{`order.channel: dictionary miss: got the text "App", want one of "app", "web", "store"`}},
		{"out of range", with("items", 0), Mended, []string{"order.items: out of range: got 0, want at least 1"}},
		{"required out of range", order("1", map[string]any{"amount": -1}), SetAside, []string{"order.amount: out of range: got -1, want 0 to 100000"}},
		{"cast", with("items", "3"), Mended, []string{`order.items: cast type: got the text "3", want a whole number of 64 bits`}},
		{"cast but out of range", with("items", "0"), Mended, []string{`order.items: out of range: got the text "0", want at least 1`}},
		{"wrong type of PII", with("phone", []string{"13800138000"}), Mended, []string{"order.phone: wrong type: got a list of 1 texts, want a text"}},
		{"cast of PII", with("phone", int64(13800138000)), Mended, []string{"order.phone: cast type: got a number, want a text"}},
		{"unplanned property", with("note", "13800138000"), Mended, []string{"order.note: unplanned property: got a text of 11 bytes, want a property of the plan"}},
		{"property by case", with("Channel", "web"), Mended, []string{`order.Channel: property case differs: got "Channel", want "channel"`}},
		{"reserved property", with("__id", 1), Mended, []string{"order.__id: reserved property: got a number, want a name that is not reserved"}},
		{"NaN", with("items", math.NaN()), Mended, []string{"order.items: wrong type: got the number NaN, want a whole number of 64 bits"}},
		{"infinite", with("items", math.Inf(-1)), Mended, []string{"order.items: wrong type: got the number -Inf, want a whole number of 64 bits"}},
		{"huge exponent", with("items", json.Number("1e1000000000")), Mended, []string{"order.items: wrong type: got a number out of bounds, want a whole number of 64 bits"}},
		{"object", with("items", map[string]any{"a": 1}), Mended, []string{"order.items: wrong type: got an object of 1 members, want a whole number of 64 bits"}},
		{"mixed list", with("coupons", []any{"a", 1}), Mended, []string{"order.coupons: wrong type: got a list whose item 1 is not a text, want a list of texts"}},
		{"not UTF-8", with("channel", "\xff"), Mended, []string{`order.channel: wrong type: got a text that is not UTF-8, want one of "app", "web", "store"`}},
		{
			"several, planned first", order("", map[string]any{"b": 1, "a": 2}), SetAside,
			[]string{
				"order: missing id: got none, want an ID that every delivery of the event has",
				"order.amount: missing required: got none, want a number of at most 36 digits, 18 of them after the point",
				"order.a: unplanned property: got a number, want a property of the plan",
				"order.b: unplanned property: got a number, want a property of the plan",
			},
		},
	}
	v := shop(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := v.Check(tt.event)
			if got.Fate != tt.fate || (got.Properties == nil) != (tt.fate == SetAside) && len(tt.event.Properties) > 0 {
				t.Errorf("%v with %v, want %v", got.Fate, got.Properties, tt.fate)
			}
			if diff := cmp.Diff(tt.want, lines(got.Violations)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTooManyProperties(t *testing.T) {
	e := order("1", map[string]any{"amount": 1})
	for i := range MaxProperties {
		e.Properties["p"+strconv.Itoa(i)] = i
	}
	got := shop(t).Check(e)
	if len(got.Violations) != 1 || got.Violations[0].Code != TooManyProperties || got.Fate != SetAside {
		t.Errorf("an event of %d properties: %v", len(e.Properties), got)
	}
}

func TestLongNamesAreCut(t *testing.T) {
	long := strings.Repeat("会", 100)
	for _, name := range []string{long, "\xff" + long} {
		got := shop(t).Check(Event{ID: "1", Name: name, At: noon})
		if n := len(got.Violations[0].Event); n > MaxNameBytes || n < MaxNameBytes-3 {
			t.Errorf("a name of %d bytes was cut to %d", len(name), n)
		}
	}
}

func TestCast(t *testing.T) {
	ten := decimal.NewFromInt(10)
	tests := []struct {
		kind Kind
		in   any
		want any
		code Code
	}{
		{KindBool, true, true, 0},
		{KindBool, "false", false, CastType},
		{KindBool, 1.0, true, CastType},
		{KindBool, 2, nil, WrongType},
		{KindBool, "TRUE", nil, WrongType},
		{KindInt, 30, int64(30), 0},
		{KindInt, 30.0, int64(30), 0},
		{KindInt, json.Number("3e1"), int64(30), 0},
		{KindInt, uint64(math.MaxUint64), nil, WrongType},
		{KindInt, int64(math.MinInt64), int64(math.MinInt64), 0},
		{KindInt, json.Number("9007199254740993"), int64(9007199254740993), 0},
		{KindInt, 30.5, nil, WrongType},
		{KindInt, math.Copysign(0, -1), int64(0), 0},
		{KindInt, "30", int64(30), CastType},
		{KindInt, "３０", nil, WrongType},
		{KindInt, " 30", nil, WrongType},
		{KindInt, "1,000", nil, WrongType},
		{KindInt, "-", nil, WrongType},
		{KindInt, "30.5", nil, WrongType},
		{KindInt, true, nil, WrongType},
		{KindDecimal, 10, ten, 0},
		{KindDecimal, decimal.New(1000, -2), ten, 0},
		{KindDecimal, "10", ten, CastType},
		{KindDecimal, 1e308, nil, WrongType},
		{KindString, "a", "a", 0},
		{KindString, 1.50, "1.5", CastType},
		{KindString, true, "true", CastType},
		{KindString, []string{"a"}, nil, WrongType},
		{KindDate, "2024-02-29", "2024-02-29", 0},
		{KindDate, "2023-02-29", nil, WrongType},
		{KindDate, noon, nil, WrongType},
		{KindTime, noon, noon, 0},
		{KindTime, "2026-11-20T20:00:00+08:00", noon, 0},
		{KindTime, 1_790_000_000, nil, WrongType},
		{KindTime, "2026-11-20", nil, WrongType},
		{KindList, []any{"a", "b"}, []string{"a", "b"}, 0},
		{KindList, "a", []string{"a"}, CastType},
		{KindList, 1, nil, WrongType},
	}
	for _, tt := range tests {
		got, code := valueOf(tt.in).cast(tt.kind)
		if at, ok := got.(time.Time); ok {
			got = at.UTC()
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || code != tt.code {
			t.Errorf("%v as %s: %v (-want +got):\n%s", tt.in, tt.kind, code, diff)
		}
	}
}

func TestCheckAll(t *testing.T) {
	first := order("1", map[string]any{"amount": 1})
	again, other, unreceived := first, first, first
	again.Received = first.Received.Add(time.Minute)
	other.Received, other.Properties = first.Received.Add(2*time.Minute), map[string]any{"amount": 2}
	unreceived.Received = time.Time{}
	tests := []struct {
		name   string
		events []Event
		want   []Code
	}{
		{"different IDs", []Event{first, order("2", first.Properties)}, []Code{0, 0}},
		{"again", []Event{first, again}, []Code{0, DuplicateID}},
		{"again, in another order", []Event{again, first}, []Code{DuplicateID, 0}},
		{"the same row", []Event{first, first}, []Code{0, DuplicateID}},
		{"without a receipt first", []Event{first, unreceived}, []Code{DuplicateID, 0}},
		{"another event", []Event{other, again, first}, []Code{ConflictingID, DuplicateID, 0}},
		{"no ID but the same", []Event{{Name: "login", At: noon}, {Name: "login", At: noon}}, []Code{MissingID, DuplicateID}},
		{"the first again after another", []Event{first, {ID: "1", Name: "login", At: noon, Received: noon.Add(2 * time.Second)}, again}, []Code{0, ConflictingID, DuplicateID}},
		{"no ID, received twice", []Event{{Name: "login", At: noon, Received: noon}, {Name: "login", At: noon, Received: noon.Add(1)}, {Name: "login", At: noon, Received: noon.Add(1e9)}}, []Code{MissingID, DuplicateID, MissingID}},
		{"no ID", []Event{{Name: "login", At: noon}, {Name: "login", At: noon.Add(1e9)}}, []Code{MissingID, MissingID}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []Code
			for _, v := range shop(t).CheckAll(tt.events) {
				code := Code(0)
				if len(v.Violations) > 0 {
					code = v.Violations[0].Code
				}
				got = append(got, code)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("codes (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever arrives as JSON is judged: what is left has the types of the plan,
// and is right the second time.
func FuzzCheck(f *testing.F) {
	v := shop(f)
	f.Add([]byte(`{"id": "1", "name": "order", "at": "2026-11-20T12:00:00Z", "properties": {"amount": "12.5", "items": 3.0, "channel": "web", "x": [null, {}]}}`))
	f.Add([]byte(`{"name": "Order", "properties": {"amount": 1e999, "items": [1], "gift": "true"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var e Event
		if json.Unmarshal(data, &e) != nil {
			return
		}
		verdict := v.Check(e)
		if verdict.Fate < Accepted || verdict.Fate > SetAside || (verdict.Fate == SetAside) != (verdict.Properties == nil) {
			t.Fatalf("%s: %+v", data, verdict)
		}
		if verdict.Fate == SetAside {
			return
		}
		e.Properties = verdict.Properties
		if again := v.Check(e); again.Fate != Accepted || !cmp.Equal(verdict.Properties, again.Properties) {
			t.Fatalf("%s: mended to %v, and then %+v", data, verdict.Properties, again)
		}
	})
}
