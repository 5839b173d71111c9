package table_test

import (
	"flag"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars/examples/internal/table"
	"pgregory.net/rapid"
)

func TestParseColumns(t *testing.T) {
	tests := []struct {
		text string
		want table.Columns
	}{
		{"customer=customer_id,at=2", table.Columns{{Key: "customer", Name: "customer_id"}, {Key: "at", Name: "2"}}},
		{" customer = a b , at=x=y", table.Columns{{Key: "customer", Name: "a b"}, {Key: "at", Name: "x=y"}}},
		{"events.user=uid,amount=net.total", table.Columns{{File: "events", Key: "user", Name: "uid"}, {Key: "amount", Name: "net.total"}}},
		{`"amount=price, ""net""",at=d`, table.Columns{{Key: "amount", Name: `price, "net"`}, {Key: "at", Name: "d"}}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, err := table.ParseColumns(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, text := range []string{"", "customer", "customer=", "=a", "customer=a,,at=b", `"customer=a`, "events.=a"} {
		t.Run("refused "+text, func(t *testing.T) {
			if got, err := table.ParseColumns(text); err == nil {
				t.Errorf("%q is read as %v", text, got)
			}
		})
	}
}

// Property: columns are read back as they were written.
func TestColumnsRoundTrip(t *testing.T) {
	word := rapid.StringMatching(`[a-z]{1,5}`)
	name := rapid.StringMatching(`[a-z1-9"=.]([a-z ",=.]{0,6}[a-z1-9",=.])?`)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) table.Column {
			return table.Column{
				File: rapid.OneOf(rapid.Just(""), word).Draw(t, "file"),
				Key:  word.Draw(t, "key"), Name: name.Draw(t, "name"),
			}
		}), 1, 5).Draw(t, "columns")
		columns := table.Columns(want)
		got, err := table.ParseColumns(columns.String())
		if err != nil {
			t.Fatalf("%s: %v", columns.String(), err)
		}
		if diff := cmp.Diff(columns, got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", columns.String(), diff)
		}
	})
}

func TestColumnsAsFlag(t *testing.T) {
	var columns table.Columns
	flags := flag.NewFlagSet("closedloop", flag.ContinueOnError)
	flags.Var(&columns, "columns", "which column is what")
	if err := flags.Parse([]string{"-columns", "customer=1,events.user=uid", "-columns", "at=2"}); err != nil {
		t.Fatal(err)
	}
	orders := columns.Of("")
	if got, want := orders.String(), "customer=1,at=2"; got != want {
		t.Errorf("orders: got %s, want %s", got, want)
	}
	if diff := cmp.Diff(table.Columns{{Key: "user", Name: "uid"}}, columns.Of("events")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"", "events"}, columns.Files()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}
