package funnel

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/internal/testdata"
)

// shopEvent is a row of retentioneering's shop, which is simulated, with faults that
// its authors planted.
type shopEvent struct {
	user, session, name string
	at                  time.Time
	labels              map[string]string
}

var shopLog = Source[shopEvent, string]{
	User:    func(c shopEvent) string { return c.user },
	Session: func(c shopEvent) string { return c.session },
	Name:    func(c shopEvent) string { return c.name },
	At:      func(c shopEvent) time.Time { return c.at },
	Label: func(c shopEvent, name string) (string, bool) {
		value, ok := c.labels[name]
		return value, ok
	},
	Where: map[string]func(shopEvent) bool{"any": func(shopEvent) bool { return true }},
}

func readShop(t *testing.T) []shopEvent {
	t.Helper()
	unzipped, err := gzip.NewReader(testdata.Open(t, "retentioneering_ecom.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head, events := rows[0], make([]shopEvent, 0, len(rows)-1)
	for _, row := range rows[1:] {
		at, err := time.Parse(time.DateTime, row[3])
		if err != nil {
			t.Fatal(err)
		}
		c := shopEvent{row[0], row[1], row[2], at, map[string]string{}}
		for i := 4; i < len(row); i++ {
			c.labels[head[i]] = row[i]
		}
		events = append(events, c)
	}
	return inPeriods(events)
}

// inPeriods labels the events of a session by when its first event was: before
// the first planted fault, in it, or in the second. Others have no label.
func inPeriods(events []shopEvent) []shopEvent {
	starts := map[string]time.Time{}
	for _, e := range events {
		if at, ok := starts[e.session]; !ok || e.at.Before(at) {
			starts[e.session] = e.at
		}
	}
	for _, e := range events {
		switch day := starts[e.session].Format(time.DateOnly); {
		case day < "2024-04-09":
			e.labels["period"] = "base"
		case day <= "2024-05-10":
			e.labels["period"] = "bug"
		case day >= "2024-05-19" && day <= "2024-06-08":
			e.labels["period"] = "pay"
		}
	}
	return events
}

// stepsOf reads "search/promo>purchase": steps by > and their events by /.
func stepsOf(text string) []Step {
	events := map[string]string{"promo": "promo_page", "shipping": "shipping_details"}
	if strings.HasPrefix(text, "checkout") {
		text = "add_to_cart>cart>shipping_details>payment_details>purchase"
	}
	var steps []Step
	for name := range strings.SplitSeq(text, ">") {
		step := Step{Name: name}
		for event := range strings.SplitSeq(name, "/") {
			if full := events[event]; full != "" {
				event = full
			}
			step.Events = append(step.Events, event)
		}
		steps = append(steps, step)
	}
	return steps
}

// count counts the events with a label, all if it is "".
func count(t *testing.T, f Funnel, events []shopEvent, label string) *Report {
	t.Helper()
	if name, value, ok := strings.Cut(label, "="); ok {
		var with []shopEvent
		for _, e := range events {
			if value == "all" || e.labels[name] == value {
				with = append(with, e)
			}
		}
		events = with
	}
	report, err := Count(f, shopLog, events)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestReportOfPublishedShop(t *testing.T) {
	var golden struct {
		Funnels map[string]struct {
			Paths  int64
			Counts []int64
			Median *float64   `json:"median_time_to_convert_s"`
			Steps  []*float64 `json:"median_step_s"`
		}
	}
	if err := json.NewDecoder(testdata.Open(t, "ecom_golden.json")).Decode(&golden); err != nil {
		t.Fatal(err)
	}
	events := readShop(t)
	periods := map[string]string{"baseline (before day 99)": "base", "bug period": "bug", "payment incident": "pay"}
	for name, want := range golden.Funnels {
		t.Run(name, func(t *testing.T) {
			// Unit, steps, window or period, and perhaps a label.
			parts := append(strings.Split(name, "|"), "")
			f := Funnel{Steps: stepsOf(parts[1]), Match: Match{Ties: TiesGiven}}
			if parts[0] == "session" {
				f.By = BySession
			}
			chosen := events
			if period := periods[parts[2]]; period != "" {
				chosen = nil
				for _, e := range events {
					if e.labels["period"] == period {
						chosen = append(chosen, e)
					}
				}
			} else if parts[2] != "none" && parts[2] != "no window" {
				w, err := ParseWindow(parts[2])
				if err != nil {
					t.Fatal(err)
				}
				f.Match.Window = w
			}
			report := count(t, f, chosen, parts[3])
			var reached []int64
			for _, s := range report.Steps() {
				reached = append(reached, s.Reached)
			}
			if diff := cmp.Diff(want.Counts, reached); diff != "" || report.Counts.Units != want.Paths {
				t.Errorf("%d of %d units (-want +got):\n%s", report.Counts.Units, want.Paths, diff)
			}
			median, ok := report.TimeToConvert().OfConverted(0.5)
			if ok != (want.Median != nil) || ok && median.Seconds() != *want.Median {
				t.Errorf("median time to convert %v, %v, want %v", median, ok, valueOf(want.Median))
			}
			for i, want := range want.Steps {
				times, err := report.StepTime(i + 1)
				if err != nil {
					t.Fatal(err)
				}
				median, ok := times.OfConverted(0.5)
				if ok != (want != nil) || ok && median.Seconds() != *want {
					t.Errorf("median time of step %d: %v, %v, want %v", i+1, median, ok, valueOf(want))
				}
			}
		})
	}
}

// shopFunnel counts steps whatever their order: the shop's clock scrambles it.
func shopFunnel(breakdowns ...string) Funnel {
	f := Funnel{Name: "checkout", Steps: stepsOf("checkout"), Match: Match{Order: Nested}, By: BySession}
	for _, name := range breakdowns {
		f.Breakdowns = append(f.Breakdowns, Breakdown{Name: name})
	}
	return f
}

func TestPlantedFaults(t *testing.T) {
	report := count(t, shopFunnel("platform", "period", "acquisition_channel", "user_cohort", "user_lifecycle"), readShop(t), "")
	search := LeakSearch{Against: "period=base"}
	found, err := search.Find(report, "platform", "period")
	if err != nil {
		t.Fatal(err)
	}
	// Three platforms, two incidents, four steps; what was planted is that a bug
	// keeps mobile sessions from payment, and later payment itself fails.
	if found.Tests != 24 || len(found.Cells) != 24 {
		t.Errorf("%d tests in %d cells, want 24", found.Tests, len(found.Cells))
	}
	var named []string
	for _, c := range found.Anomalous {
		named = append(named, fmt.Sprintf("%s %s>%s %s against %s adjusted %.1e", strings.Join(c.Labels, " "), c.From, c.Name, short(c.Rate), short(c.Reference), *c.Adjusted))
	}
	want := []string{
		"platform=desktop period=pay payment_details>purchase 34 of 81 (42.0 %) against 73 of 91 (80.2 %) adjusted 3.8e-06",
		"platform=mobile period=pay payment_details>purchase 10 of 42 (23.8 %) against 37 of 43 (86.0 %) adjusted 1.3e-07",
		"platform=mobile period=bug shipping_details>payment_details 22 of 61 (36.1 %) against 43 of 52 (82.7 %) adjusted 4.1e-06",
	}
	if diff := cmp.Diff(want, named); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHealthyCellsAreNotBlamed(t *testing.T) {
	// Before the first fault, and between and after the two, nothing was planted,
	// whatever sessions are told apart by.
	events := readShop(t)
	for i, e := range events {
		if _, known := e.labels["period"]; !known {
			events[i].labels["period"] = "other"
		}
	}
	breakdowns := []string{"platform", "acquisition_channel", "user_lifecycle", "user_cohort"}
	for _, period := range []string{"base", "other"} {
		report := count(t, shopFunnel(breakdowns...), events, "period="+period)
		for _, name := range breakdowns {
			found, err := Leaks(report, name)
			if err != nil {
				t.Fatal(err)
			}
			if found.Tests == 0 || len(found.Anomalous) > 0 {
				t.Errorf("%s by %s: %d tests, %v", period, name, found.Tests, found)
			}
		}
	}
	// Nor do the healthy sessions of before and after differ.
	var healthy []shopEvent
	for _, e := range events {
		if p := e.labels["period"]; p == "base" || p == "other" {
			healthy = append(healthy, e)
		}
	}
	found, err := LeakSearch{Against: "period=base"}.Find(count(t, shopFunnel("platform", "period"), healthy, ""), "platform")
	if err != nil || found.Tests != 12 || len(found.Anomalous) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}
