package tracking

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
)

func TestCollected(t *testing.T) {
	v := shop(t)
	tally := &Tally{Validator: v}
	add := func(e Event) {
		t.Helper()
		if _, err := tally.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	late := func(id string, seconds int, properties map[string]any) Event {
		return Event{ID: id, Name: "order", At: noon, Received: noon.Add(time.Duration(seconds) * time.Second), Properties: properties}
	}
	for i := 1; i <= 20; i++ {
		add(late(fmt.Sprint(i), i, map[string]any{"amount": i}))
	}
	add(late("1", 500, map[string]any{"amount": 1}))                                    // again
	add(late("2", 500, map[string]any{"amount": 3}))                                    // another one
	add(late("21", -10, map[string]any{"amount": "5", "x": 1}))                         // early, mended
	add(late("22", 20, map[string]any{"channel": "shop"}))                              // no amount
	add(Event{ID: "23", Name: "order", At: noon.AddDate(-1, 0, 0), Received: noon})     // long ago
	add(Event{ID: "24", Name: "share", At: noon, Properties: map[string]any{"x": "y"}}) // no receipt

	got := reportOf(t, tally).Collected
	got.Volumes = nil
	want := Collected{
		Deliveries: 26, Events: 24, Accepted: 20, Mended: 1, SetAside: 3,
		Duplicates: Share{1, 26}, Conflicts: Share{1, 26}, OutsideWindow: Share{1, 24},
		Codes: []CodeCount{
			{UnplannedEvent, Share{1, 24}},
			{OutsideWindow, Share{1, 24}},
			{DuplicateID, Share{1, 26}},
			{ConflictingID, Share{1, 26}},
			{MissingRequired, Share{2, 24}},
			{CastType, Share{1, 24}},
			{DictionaryMiss, Share{1, 24}},
			{UnplannedProperty, Share{1, 24}},
		},
		Violations: []ViolationCount{
			{UnplannedEvent, "share", "", 1},
			{OutsideWindow, "order", "", 1},
			{DuplicateID, "order", "", 1},
			{ConflictingID, "order", "", 1},
			{MissingRequired, "order", "amount", 2},
			{CastType, "order", "amount", 1},
			{DictionaryMiss, "order", "channel", 1},
			{UnplannedProperty, "order", "x", 1},
		},
		// 23 values: -10, 1 to 20, 20 again, a year. The 12th of them is 11; at
		// 22*0.95 = 20.9 from 0 lies what is 0.9 of the way from 20 to 20.
		Lateness: &Lateness{Events: 23, P50: 11, P95: 20, Early: Share{1, 23}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("collected (-want +got):\n%s", diff)
	}
}

func TestProperties(t *testing.T) {
	tally := collect(t,
		order("1", map[string]any{"amount": 1, "channel": "app"}),
		order("2", map[string]any{"amount": "2", "channel": "APP"}),
		order("3", map[string]any{"amount": true}),
		order("4", map[string]any{"channel": " "}),
		order("5", map[string]any{"amount": -1}),
		Event{ID: "6", Name: "login", At: noon},
	)
	var got []PropertyQuality
	for _, p := range reportOf(t, tally).Cleaned.Properties {
		if p.Property == "amount" || p.Property == "channel" || p.Property == "page" {
			got = append(got, p)
		}
	}
	want := []PropertyQuality{
		{
			Event: "order", Property: "amount", Present: Share{4, 5}, Missing: Share{1, 5}, Valid: Share{2, 4},
			Cast: 1, CastFailures: 1, OutOfRange: 1,
		},
		{Event: "order", Property: "channel", Present: Share{2, 5}, Missing: Share{3, 5}, Valid: Share{1, 2}, Misses: 1},
		{Event: "view", Property: "page"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
}

func TestVolume(t *testing.T) {
	day := func(n int) string { return noon.AddDate(0, 0, n).Format(time.DateOnly) }
	history := func(counts ...int64) (out []DayFigures) {
		for i, n := range counts {
			out = append(out, DayFigures{"login", day(i - len(counts)), n})
		}
		return out
	}
	tests := []struct {
		name    string
		history []DayFigures
		want    Volume
	}{
		{"no history", nil, Volume{Count: 3, Level: Unjudged}},
		{"six days", history(3, 3, 3, 3, 3, 3), Volume{Count: 3, Level: Unjudged, Days: 6, Median: 3}},
		{"seven days", history(3, 3, 3, 3, 3, 3, 3), Volume{Count: 3, Level: Usual, Days: 7, Median: 3}},
		// (3-100)/√100; the deviation is 0.
		{"low", history(100, 100, 100, 100, 100, 100, 100), Volume{Count: 3, Level: Low, Days: 7, Median: 100, Score: -9.7}},
		{"from none to three", history(0, 0, 0, 0, 0, 0, 0, 0), Volume{Count: 3, Level: Usual, Days: 8, Score: 3}},
		// Deviations from 40 are 30, 20, 10, 0, 10, 20, 30: their median 20
		// outweighs √40, and -37/(1.4826*20) is usual.
		{"spread", history(10, 20, 30, 40, 50, 60, 70), Volume{Count: 3, Level: Usual, Days: 7, Median: 40, Score: -1.2478079050317012}},
		{"high", append(history(0, 0, 0, 0, 0, 0, 0), DayFigures{"login", day(0), 1}), Volume{Count: 4, Level: High, Days: 7, Score: 4}},
		{"days before the last 28", history(append([]int64{9, 9}, make([]int64, 28)...)...), Volume{Count: 3, Level: Usual, Days: 28, Score: 3}},
		{"the day itself", append(history(3, 3, 3, 3, 3, 3, 3), DayFigures{"login", day(0), 4}), Volume{Count: 7, Level: Usual, Days: 7, Median: 3, Score: 4 / 1.7320508075688772}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tally := collect(t, Event{ID: "1", Name: "login", At: noon}, Event{ID: "2", Name: "login", At: noon},
				Event{ID: "3", Name: "login", Received: noon}, Event{ID: "4", Name: "share", At: noon})
			r, err := tally.Report(noon.Add(12*time.Hour), Figures{History: tt.history}) // midnight: noon's day is over
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Event, tt.want.Day = "login", day(0)
			if diff := cmp.Diff(tt.want, r.Collected.Volumes[2]); diff != "" {
				t.Errorf("volume (-want +got):\n%s", diff)
			}
		})
	}
}

// An event that says that it happened a year ago counts where it was received.
func TestVolumeOutsideTheWindow(t *testing.T) {
	r := reportOf(t, collect(t, Event{ID: "1", Name: "login", At: noon.AddDate(-1, 0, 0), Received: noon.AddDate(0, 0, 4)}))
	if got := r.Collected.Volumes[2].Count; got != 1 {
		t.Errorf("%d events, want 1", got)
	}
}

// Of properties beyond the plan a report knows the first; those of the plan it
// knows all.
func TestMaxNoted(t *testing.T) {
	e := Event{ID: "1", Name: "view", At: noon, Properties: map[string]any{"page": true}}
	for i := range MaxNoted + 10 {
		e.Properties[fmt.Sprint("a", i)] = i
	}
	c := reportOf(t, collect(t, e)).Collected
	if len(c.Violations) != MaxNoted+1 || c.Of(CastType) != 1 || c.Of(UnplannedProperty) != 1 {
		t.Errorf("%d violations, want %d", len(c.Violations), MaxNoted+1)
	}
}

func TestVolumeByTheZone(t *testing.T) {
	v, err := NewValidator(mustPlan(t, shopPlan), time.FixedZone("CST", 8*60*60))
	if err != nil {
		t.Fatal(err)
	}
	tally := &Tally{Validator: v}
	if _, err := tally.Add(Event{ID: "1", Name: "login", At: noon.Add(5 * time.Hour)}); err != nil { // 01:00 on the 21st
		t.Fatal(err)
	}
	r, err := tally.Report(noon.Add(36*time.Hour), Figures{}) // 08:00 on the 22nd
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Collected.Volumes[2]; got.Day != "2026-11-21" || got.Count != 1 {
		t.Errorf("volume: %+v", got)
	}
}

func figures() Figures {
	return Figures{
		Events: 100, Matched: 80, Links: 50, RefusedLinks: 5,
		Attributes: []AttributeFigures{
			{Name: "gender", Profiles: 10, Known: 0},
			{Name: "city", Profiles: 10, Known: 8, Conflicting: 2, Observed: 20, Misses: 1, CastFailures: 3},
		},
		Tags:     []TagFigures{{"vip", 10, 1}, {"night owl", 10, 4}, {"new", 0, 0}},
		Segments: []SegmentFigures{{"at risk", 2, 5, 3}},
		Sources:  []SourceFigures{{"orders", noon.Add(-time.Hour)}, {"ads", noon.Add(time.Minute)}},
		Rules:    []RuleFigures{{"win-back", []string{"vip", "new"}}, {"none", nil}},
	}
}

func TestCleanedAndUsed(t *testing.T) {
	r, err := collect(t).Report(noon, figures())
	if err != nil {
		t.Fatal(err)
	}
	wantCleaned := Cleaned{
		Matched: Share{80, 100}, Refused: Share{5, 50}, Properties: r.Cleaned.Properties,
		Attributes: []AttributeQuality{{"city", Share{2, 8}, Share{1, 20}, Share{3, 20}}, {"gender", Share{}, Share{}, Share{}}},
	}
	wantUsed := Used{
		Attributes: []FillRate{{"city", Share{8, 10}}, {"gender", Share{0, 10}}},
		Tags:       []FillRate{{"new", Share{}}, {"night owl", Share{4, 10}}, {"vip", Share{1, 10}}},
		Segments:   []SegmentUncertain{{"at risk", Share{3, 10}}},
		Freshness:  []Freshness{{"ads", noon.Add(time.Minute), -60}, {"orders", noon.Add(-time.Hour), 3600}},
		UnusedTags: []string{"night owl"},
	}
	if diff := cmp.Diff(wantCleaned, r.Cleaned); diff != "" {
		t.Errorf("cleaned (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantUsed, r.Used); diff != "" {
		t.Errorf("used (-want +got):\n%s", diff)
	}
}

func TestReportAsJSON(t *testing.T) {
	r, err := collect(t).Report(noon, Figures{Events: 3, Matched: 1})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(r.Cleaned.Matched)
	if want := `{"part":1,"of":3,"rate":0.3333333333333333}`; err != nil || string(data) != want {
		t.Errorf("%s %v, want %s", data, err, want)
	}
	data, err = json.Marshal(r.Cleaned.Refused)
	if want := `{"part":0,"of":0}`; err != nil || string(data) != want {
		t.Errorf("%s %v, want %s", data, err, want)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
	if r.Collected.Lateness != nil {
		t.Errorf("nothing has a lateness, not %v", r.Collected.Lateness)
	}
}

func TestFigureFaults(t *testing.T) {
	f := Figures{
		Events: 1, Matched: 2, Links: -1,
		Attributes: []AttributeFigures{{Name: "a", Profiles: 1, Known: 2}, {Name: "a"}, {}},
		Tags:       []TagFigures{{"t", maxCount + 1, 0}},
		Segments:   []SegmentFigures{{"s", 0, -1, 0}},
		Sources:    []SourceFigures{{Name: "s"}},
		History:    []DayFigures{{"e", "2026-02-30", 1}, {"e", "2026-01-01", -1}},
	}
	want := []string{
		"matched: 2 is more than the whole, 1",
		"refusedLinks: -1: want 0 to 9007199254740992",
		"refusedLinks: 0 is more than the whole, -1",
		"attributes[0].known: 2 is more than the whole, 1",
		`attributes[1]: "a" is item 0 already`,
		"attributes[2].name: missing",
		"tags[0].tagged: 9007199254740993: want 0 to 9007199254740992",
		"segments[0].false: -1: want 0 to 9007199254740992",
		"sources[0].newest: missing, or outside the years 1 to 9999",
		`history[0].day: "2026-02-30": want a date such as 2026-11-22`,
		"history[1].count: -1: want 0 to 9007199254740992",
	}
	faults, _ := f.Validate().(regulars.Faults) //nolint:errorlint // it is documented to be just that
	var got []string
	for _, fault := range faults {
		got = append(got, fault.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	if _, err := collect(t).Report(noon, f); err == nil {
		t.Error("reported with faults")
	}
	if _, err := collect(t).Report(time.Time{}, Figures{}); err == nil {
		t.Error("reported as of no moment")
	}
}

// Property: figures merge in any order and bracketing to the same.
func TestMergeFigures(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) Figures {
		n := rapid.Int64Range(0, 3)
		name := rapid.SampledFrom([]string{"a", "b", "c"})
		return Figures{
			Events: n.Draw(t, "events"),
			Tags: rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) TagFigures {
				return TagFigures{name.Draw(t, "name"), n.Draw(t, "profiles"), 0}
			}), 0, 3, func(f TagFigures) string { return f.Name }).Draw(t, "tags"),
			Rules:   []RuleFigures{{"r", rapid.SliceOf(name).Draw(t, "looks at")}},
			Sources: []SourceFigures{{"s", noon.Add(time.Duration(n.Draw(t, "newest")))}},
			History: []DayFigures{{"e", "2026-01-0" + fmt.Sprint(1+n.Draw(t, "day")), 1}},
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := draw.Draw(t, "a"), draw.Draw(t, "b"), draw.Draw(t, "c")
		if diff := cmp.Diff(a.Merge(b).Merge(c), c.Merge(b.Merge(a))); diff != "" {
			t.Fatalf("two ways:\n%s", diff)
		}
	})
	doubled := figures().Merge(figures())
	if doubled.Attributes[0] != (AttributeFigures{"city", 20, 16, 4, 40, 2, 6}) || doubled.Segments[0] != (SegmentFigures{"at risk", 4, 10, 6}) {
		t.Errorf("doubled: %+v", doubled)
	}
}

func TestTextsOfTypes(t *testing.T) {
	for c := UnplannedEvent; c <= ReservedProperty; c++ {
		text, err := c.MarshalText()
		var back Code
		if err != nil || back.UnmarshalText(text) != nil || back != c {
			t.Errorf("%v came back as %v: %v", c, back, err)
		}
	}
	for f := Accepted; f <= SetAside; f++ {
		text, err := f.MarshalText()
		var back Fate
		if err != nil || back.UnmarshalText(text) != nil || back != f {
			t.Errorf("%v came back as %v: %v", f, back, err)
		}
	}
	for l := Unjudged; l <= High; l++ {
		text, err := l.MarshalText()
		var back Level
		if err != nil || back.UnmarshalText(text) != nil || back != l {
			t.Errorf("%v came back as %v: %v", l, back, err)
		}
	}
	if _, err := Code(0).MarshalText(); err == nil || Code(99).String() != "Code(99)" {
		t.Error("codes that do not exist have a text")
	}
	var f Fate
	if f.UnmarshalText([]byte("lost")) == nil || f != 0 {
		t.Error("a fate that does not exist was read")
	}
}
