package table_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/examples/internal/table"
)

// readEvents returns all rows of a text, and the names of their labels.
func readEvents(t *testing.T, text string, columns string) ([]table.Event, []string, error) {
	t.Helper()
	var options table.Options
	if columns != "" {
		var err error
		if options.Columns, err = table.ParseColumns(columns); err != nil {
			t.Fatal(err)
		}
	}
	r, err := table.New(strings.NewReader(text), "events.csv", table.Events(), options)
	if err != nil {
		return nil, nil, err
	}
	var events []table.Event
	for r.Next() {
		events = append(events, r.Row())
	}
	return events, r.Rest(), r.Err()
}

func TestEvents(t *testing.T) {
	noon := time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name, text, columns string
		want                []table.Event
		labels              []string
	}{
		{
			"labels are the other columns", "platform,user_id,event,timestamp,city,session_id\nweb,ann,search,2026-01-05 12:00:00, Wuhan ,s1\n,bob,pay,2026-01-05 12:00:00,,\n", "",
			[]table.Event{
				{Customer: "ann", At: noon, Name: "search", Session: "s1", Labels: []string{"web", "Wuhan"}},
				{Customer: "bob", At: noon, Name: "pay", Labels: []string{"", ""}},
			},
			[]string{"platform", "city"},
		},
		{
			"a column without a name is none", "user,event,at,,city\nann,search,2026-01-05 12:00:00,x,Wuhan\n", "",
			[]table.Event{{Customer: "ann", At: noon, Name: "search", Labels: []string{"Wuhan"}}},
			[]string{"city"},
		},
		{
			"named", "who,what,wann\nann,search,2026-01-05 12:00:00\n", "customer=who,event=what,at=wann",
			[]table.Event{{Customer: "ann", At: noon, Name: "search"}},
			[]string{},
		},
		{
			"without a header there are no names", "ann,search,2026-01-05 12:00:00,web\n", "customer=1,event=2,at=3",
			[]table.Event{{Customer: "ann", At: noon, Name: "search"}},
			[]string{},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events, labels, err := readEvents(t, tt.text, tt.columns)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, events); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.labels, labels); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMalformedLabels(t *testing.T) {
	_, _, err := readEvents(t, "user,event,at,city\nann,search,2026-01-05,\xff\n", "")
	if err == nil || !strings.Contains(err.Error(), `"city"`) || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("%v: want the column and what is wrong with it", err)
	}
	if _, _, err := readEvents(t, "user,at\nann,2026-01-05\n", ""); err == nil || !strings.Contains(err.Error(), "event") {
		t.Errorf("%v: want the key that is missing", err)
	}
}

// The published shop's events, as its users, sessions and rows are counted.
func TestPublicEvents(t *testing.T) {
	r, err := table.Open(dataPath(t, "retentioneering_ecom.csv.gz"), table.Events(), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	users, sessions, mobile := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for r.Next() {
		e := r.Row()
		users[e.Customer], sessions[e.Session] = true, true
		if e.Labels[0] == "mobile" {
			mobile[e.Session] = true
		}
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	if r.Rows() != 31_106 || len(users) != 600 || len(sessions) != 3605 || len(mobile) != 1295 {
		t.Errorf("%d rows, %d users, %d sessions, %d of them mobile", r.Rows(), len(users), len(sessions), len(mobile))
	}
	if diff := cmp.Diff([]string{"platform", "acquisition_channel", "user_cohort", "user_lifecycle"}, r.Rest()); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}
