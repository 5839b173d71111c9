package loyaltytest_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

func zones(t testing.TB) []*time.Location {
	t.Helper()
	zones, err := loyaltytest.Zones(time.LoadLocation)
	if err != nil {
		t.Fatal(err)
	}
	return zones
}

// Property: drawn programs are valid, and commands make sense.
func TestDrawn(t *testing.T) {
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		p := loyaltytest.Programs(zones...).Draw(t, "program")
		if err := p.Validate(); err != nil {
			t.Fatalf("%v\n%+v", err, p)
		}
		now := time.Date(2026, 3, 8, 9, 0, 0, 0, time.UTC).Add(loyaltytest.Steps().Draw(t, "step"))
		c := loyaltytest.Commands(p, now).Draw(t, "command")
		if _, err := c.MarshalBinary(); err != nil {
			t.Fatalf("%v\n%+v", err, c)
		}
	})
}

func TestZonesUnknown(t *testing.T) {
	_, err := loyaltytest.Zones(func(string) (*time.Location, error) { return nil, loyalty.ErrCorrupt })
	if err == nil {
		t.Error("no error for a zone that is not known")
	}
}
