package lifecycle_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/regulars-go/regulars/lifecycle"
)

func TestIntervalOfAPeriod(t *testing.T) {
	newYork := zones(t)[1]
	tests := []struct {
		name     string
		period   lifecycle.Period
		at, now  string
		zone     *time.Location
		want     string
		complete bool
	}{
		{"month", lifecycle.Monthly(), "2024-02-29T23:59:59Z", "2024-03-01T00:00:00Z", nil, "2024-02 2024-02-01T00:00:00Z 2024-03-01T00:00:00Z", true},
		{"not over", lifecycle.Monthly(), "2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z", nil, "2024-02 2024-02-01T00:00:00Z 2024-03-01T00:00:00Z", false},
		{"local", lifecycle.Monthly(), "2024-03-01T04:59:59Z", "2024-03-01T05:00:00Z", newYork, "2024-02 2024-02-01T00:00:00-05:00 2024-03-01T00:00:00-05:00", true},
		{"a short day", lifecycle.Daily(), "2024-03-10T12:00:00Z", "2024-03-11T04:00:00Z", newYork, "2024-03-10 2024-03-10T00:00:00-05:00 2024-03-11T00:00:00-04:00", true},
		{"week", lifecycle.Weekly(time.Monday), "2024-03-10T12:00:00Z", "2024-03-11T00:00:00Z", nil, "2024-W10 2024-03-04T00:00:00Z 2024-03-11T00:00:00Z", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, tt.at)
			checkAdd(t, err)
			now, err := time.Parse(time.RFC3339, tt.now)
			checkAdd(t, err)
			i := tt.period.Interval(at, now, tt.zone)
			if got := fmt.Sprint(i.Name, " ", i.Start.Format(time.RFC3339), " ", i.End.Format(time.RFC3339)); got != tt.want || i.Complete != tt.complete {
				t.Errorf("%s, complete %t; want %s, %t", got, i.Complete, tt.want, tt.complete)
			}
		})
	}
}

func ExamplePeriod_Interval() {
	week := lifecycle.Weekly(time.Monday).Interval(on("2024-03-07"), on("2024-03-20"), time.UTC)
	fmt.Println(week.Name, week.Start.Format(time.DateOnly), week.Complete)
	// Output:
	// 2024-W10 2024-03-04 true
}
