package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

func TestZone(t *testing.T) {
	kolkata := time.FixedZone("Asia/Kolkata", 19800)
	known := func(name string) (*time.Location, error) {
		switch name {
		case "Asia/Kolkata":
			return kolkata, nil
		case "nowhere":
			return nil, nil
		}
		return nil, errors.New("no such file")
	}
	tests := []struct {
		name, zone string
		zones      func(string) (*time.Location, error)
		want       *time.Location
		fault      string
	}{
		{"none", "", nil, time.UTC, ""},
		{"UTC", "UTC", nil, time.UTC, ""},
		{"UTC is not asked for", "UTC", known, time.UTC, ""},
		{"known", "Asia/Kolkata", known, kolkata, ""},
		{"no resolver", "Asia/Kolkata", nil, nil, `zone: "Asia/Kolkata": want UTC, or a resolver of zones`},
		{"not found", "Atlantis", known, nil, `zone: "Atlantis": no such file`},
		{"neither zone nor error", "nowhere", known, nil, `zone: "nowhere": unknown zone`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var faults regulars.Faults
			if got := config.Zone(tt.zone, tt.zones, &faults); got != tt.want {
				t.Errorf("Zone = %v, want %v", got, tt.want)
			}
			got := ""
			if err := faults.Err(); err != nil {
				got = err.Error()
			}
			if got != tt.fault {
				t.Errorf("faults %q, want %q", got, tt.fault)
			}
		})
	}
	var faults regulars.Faults
	config.Zone(strings.Repeat("x", 1<<20), nil, &faults)
	if n := len(faults.Err().Error()); n > 1000 {
		t.Errorf("a fault of %d bytes", n)
	}
}
