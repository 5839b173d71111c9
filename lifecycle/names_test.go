package lifecycle_test

import (
	"encoding"
	"fmt"
	"testing"

	"github.com/regulars-go/regulars/lifecycle"
)

func TestNamesOfOptions(t *testing.T) {
	type text interface {
		encoding.TextUnmarshaler
		encoding.TextMarshaler
		fmt.Stringer
	}
	var kind lifecycle.RetentionKind
	var rule lifecycle.NewRule
	var interval lifecycle.IntervalKind
	tests := []struct {
		name    string
		value   text // what the texts are read into
		texts   []string
		values  []any
		unknown text
		shown   string
		refused string
		want    string
	}{
		{
			"kind", &kind,
			[]string{"on", "on-or-after", "on-or-before", "streak", "bracket"},
			[]any{lifecycle.On, lifecycle.OnOrAfter, lifecycle.OnOrBefore, lifecycle.Streak, lifecycle.Bracket},
			new(lifecycle.Bracket + 1), "RetentionKind(5)", "lifecycle: no such kind of retention: 5",
			`lifecycle: no such kind of retention: %q: want on, on-or-after, on-or-before, streak, bracket`,
		},
		{
			"rule", &rule,
			[]string{"first-ever", "first-in-range", "given-date"},
			[]any{lifecycle.FirstEver, lifecycle.FirstInRange, lifecycle.GivenDate},
			new(lifecycle.GivenDate + 1), "NewRule(3)", "lifecycle: no such rule for new customers: 3",
			`lifecycle: no such rule for new customers: %q: want first-ever, first-in-range, given-date`,
		},
		{
			"interval", &interval,
			[]string{"log-log", "plain"},
			[]any{lifecycle.LogLog, lifecycle.Plain},
			new(lifecycle.Plain + 1), "IntervalKind(2)", "lifecycle: no such kind of interval: 2",
			`lifecycle: no such kind of interval: %q: want log-log, plain`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			last := test.texts[len(test.texts)-1]
			for i, name := range test.texts {
				checkAdd(t, test.value.UnmarshalText([]byte(name)))
				text, err := test.value.MarshalText()
				checkAdd(t, err)
				if string(text) != name || test.value.String() != name || fmt.Sprint(test.values[i]) != name {
					t.Errorf("%q came back as %q, is %s, want %s", name, text, test.value, test.values[i])
				}
			}
			for _, bad := range []string{"", "On", "Plain", " " + last, last + "\n", "0"} {
				if err := test.value.UnmarshalText([]byte(bad)); errorText(err) != fmt.Sprintf(test.want, bad) {
					t.Errorf("UnmarshalText(%q) = %v", bad, err)
				}
				if test.value.String() != last {
					t.Errorf("%q left %s, want %s", bad, test.value, last)
				}
			}
			if _, err := test.unknown.MarshalText(); errorText(err) != test.refused || test.unknown.String() != test.shown {
				t.Errorf("%s: MarshalText = %v, want %q", test.unknown, err, test.refused)
			}
		})
	}
}
