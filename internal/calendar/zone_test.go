package calendar_test

import (
	"testing"
	"time"

	"github.com/regulars-go/regulars/internal/calendar"
)

func TestSameZone(t *testing.T) {
	york := zone(t, "America/New_York")
	tests := []struct {
		name string
		a, b *time.Location
		want bool
	}{
		{"none is UTC", nil, time.UTC, true},
		{"one and the same", york, york, true},
		{"read twice", york, zone(t, "America/New_York"), true},
		{"another", york, time.UTC, false},
		{"its name on a fixed zone", york, time.FixedZone("America/New_York", -5*3600), false},
		{"fixed alike", time.FixedZone("x", 3600), time.FixedZone("x", 3600), true},
		{"fixed otherwise", time.FixedZone("x", 3600), time.FixedZone("x", 7200), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := calendar.SameZone(tt.a, tt.b); got != tt.want || calendar.SameZone(tt.b, tt.a) != got {
				t.Errorf("SameZone = %t, want %t", got, tt.want)
			}
		})
	}
}
