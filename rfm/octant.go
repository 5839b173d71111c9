package rfm

import (
	"fmt"
	"time"
)

// Octant is one of the eight kinds of customer of the Chinese 8-map: recency,
// frequency and monetary value, each split in two. "Important" says that the
// monetary value is high; the second word comes from the other two. It is not
// a [Quadrant]: some names are the same, and mean something else there. The
// zero value is no octant.
type Octant uint8

// The octants by recency, frequency and monetary value.
const (
	OctantImportantValue   Octant = 1 + iota // 重要价值: recent, frequent, high
	OctantImportantRetain                    // 重要保持: not recent, frequent, high
	OctantImportantDevelop                   // 重要发展: recent, not frequent, high
	OctantImportantWinBack                   // 重要挽留: not recent, not frequent, high
	OctantGeneralValue                       // 一般价值: recent, frequent, low
	OctantGeneralRetain                      // 一般保持: not recent, frequent, low
	OctantGeneralDevelop                     // 一般发展: recent, not frequent, low
	OctantGeneralWinBack                     // 一般挽留: not recent, not frequent, low
)

// Octants lists the octants, the important ones first.
func Octants() []Octant {
	return []Octant{
		OctantImportantValue, OctantImportantRetain, OctantImportantDevelop, OctantImportantWinBack,
		OctantGeneralValue, OctantGeneralRetain, OctantGeneralDevelop, OctantGeneralWinBack,
	}
}

var octantNames = [...][2]string{
	{"", ""},
	{"important value", "重要价值"},
	{"important retain", "重要保持"},
	{"important develop", "重要发展"},
	{"important win-back", "重要挽留"},
	{"general value", "一般价值"},
	{"general retain", "一般保持"},
	{"general develop", "一般发展"},
	{"general win-back", "一般挽留"},
}

// OctantFrom returns the octant of a customer who is or is not recent and
// frequent, and whose monetary value is or is not high.
func OctantFrom(recent, frequent, high bool) Octant {
	o := OctantImportantValue
	if !recent {
		o++
	}
	if !frequent {
		o += 2
	}
	if !high {
		o += 4
	}
	return o
}

// OctantOf returns the octant of a score from a model with two scores of each
// metric, such as one fitted by [Means] or [Medians], where 2 is the better. It
// is 0 if there is no score or one is above 2: then the model has more.
func OctantOf(s Score) Octant {
	if s.IsZero() || s.R > 2 || s.F > 2 || s.M > 2 {
		return 0
	}
	return OctantFrom(s.R == 2, s.F == 2, s.M == 2)
}

// Recent reports whether recency is on the better side; false for no octant.
func (o Octant) Recent() bool { return o.valid() && (o-1)&1 == 0 }

// Frequent reports whether frequency is high; false for no octant.
func (o Octant) Frequent() bool { return o.valid() && (o-1)&2 == 0 }

// High reports whether the monetary value is high; false for no octant.
func (o Octant) High() bool { return o.valid() && (o-1)&4 == 0 }

func (o Octant) valid() bool { return o >= 1 && int(o) < len(octantNames) }

// String returns the English name, such as "important value"; "" for the zero
// value.
func (o Octant) String() string {
	if int(o) >= len(octantNames) {
		return fmt.Sprintf("Octant(%d)", uint8(o))
	}
	return octantNames[o][0]
}

// Chinese returns the Chinese name, such as "重要价值"; "" for no octant.
func (o Octant) Chinese() string {
	if !o.valid() {
		return ""
	}
	return octantNames[o][1]
}

// Label returns o as other packages read it, such as "octant=important
// value"; "" for no octant.
func (o Octant) Label() string {
	if !o.valid() {
		return ""
	}
	return "octant=" + o.String()
}

// MarshalText writes o as [Octant.String] does.
func (o Octant) MarshalText() ([]byte, error) {
	if !o.valid() {
		return nil, fmt.Errorf("rfm: no such octant: %d", uint8(o))
	}
	return []byte(o.String()), nil
}

// UnmarshalText reads the English name of an octant.
func (o *Octant) UnmarshalText(text []byte) error {
	for _, octant := range Octants() {
		if octant.String() == string(text) {
			*o = octant
			return nil
		}
	}
	return fmt.Errorf("rfm: %q is not an octant: want one such as %q", text, OctantImportantValue)
}

// OctantLabels returns the labeller of octants by a model with two scores of
// each metric. See [Migrate].
func OctantLabels(m Model) Labeller {
	return func(r Record, asOf time.Time) string { return OctantOf(m.At(asOf).Score(r)).Label() }
}
