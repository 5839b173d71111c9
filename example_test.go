package regulars_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
)

func ExampleCompare() {
	type Member [16]byte // as most UUID types are
	members := []Member{{0x9b}, {0x01}, {0x55}}
	slices.SortFunc(members, regulars.Compare)
	for _, m := range members {
		fmt.Printf("%x\n", m[:2])
	}
	// Output:
	// 0100
	// 5500
	// 9b00
}

func ExampleSpan() {
	var policy struct {
		SilentAfter regulars.Span `json:"silentAfter,omitzero"`
	}
	if err := json.Unmarshal([]byte(`{"silentAfter": "60d"}`), &policy); err != nil {
		fmt.Println(err)
	}
	fmt.Println(policy.SilentAfter == regulars.Days(60))
	// Output: true
}

func ExampleSpan_After() {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		fmt.Println(err)
		return
	}
	// The clocks go forward in the night to 8 March.
	noon := time.Date(2026, 3, 7, 12, 0, 0, 0, zone)
	fmt.Println(regulars.Days(1).After(noon, zone))
	fmt.Println(regulars.Hours(24).After(noon, zone))
	fmt.Println(regulars.Months(1).After(time.Date(2026, 1, 31, 12, 0, 0, 0, zone), zone))
	// Output:
	// 2026-03-08 12:00:00 -0400 EDT
	// 2026-03-08 13:00:00 -0400 EDT
	// 2026-02-28 12:00:00 -0500 EST
}

func ExampleSpan_Before() {
	asOf := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	fmt.Println(regulars.Weeks(2).Before(asOf, nil))
	fmt.Println(regulars.Years(1).Before(asOf, nil))
	fmt.Println(regulars.Months(1).Before(asOf, nil))
	// Output:
	// 2026-03-17 12:00:00 +0000 UTC
	// 2025-03-31 12:00:00 +0000 UTC
	// 2026-02-28 12:00:00 +0000 UTC
}

func ExampleSpan_String() {
	fmt.Println(regulars.Seconds(30), regulars.Minutes(5), regulars.Months(6))
	// Output: 30s 5m 6mo
}

func ExampleParseSpan() {
	span, err := regulars.ParseSpan("6mo")
	fmt.Println(span, err)
	_, err = regulars.ParseSpan("half a year")
	fmt.Println(err)
	// Output:
	// 6mo <nil>
	// regulars: "half a year" is not a span: want a number and s, m, h, d, w, mo or y, such as "90d"
}

func ExampleFaults() {
	type caps struct{ day, week int }
	validate := func(c caps) error {
		var faults regulars.Faults
		if c.day < 1 {
			faults.Add("day", "want 1 or more, not %d", c.day)
		}
		if c.week < c.day {
			faults.Add("week", "want at least the %d of a day, not %d", c.day, c.week)
		}
		return faults.Err()
	}
	err := validate(caps{day: 3, week: 2})
	faults, _ := errors.AsType[regulars.Faults](err)
	fmt.Println(len(faults), "fault:", err)
	// Output: 1 fault: week: want at least the 3 of a day, not 2
}

func ExampleFaults_Under() {
	rule := regulars.Faults{{Path: "caps.day", Problem: "want 1 or more, not 0"}}
	var faults regulars.Faults
	faults.Under("rules[2]", rule)
	fmt.Println(faults.Err())
	// Output: rules[2].caps.day: want 1 or more, not 0
}
