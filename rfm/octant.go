package rfm

import (
	"time"

	"github.com/regulars-go/regulars/internal/names"
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

var octantNames = names.Names{
	Package: "rfm", Type: "Octant", What: "octant",
	List: []string{
		"", "important value", "important retain", "important develop", "important win-back",
		"general value", "general retain", "general develop", "general win-back",
	},
}

var octantChinese = [...]string{"", "重要价值", "重要保持", "重要发展", "重要挽留", "一般价值", "一般保持", "一般发展", "一般挽留"}

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

func (o Octant) valid() bool { return octantNames.Has(uint8(o)) }

// String returns the English name, such as "important value"; "" for the zero value.
func (o Octant) String() string { return octantNames.Of(uint8(o)) }

// Chinese returns the Chinese name, such as "重要价值"; "" for no octant.
func (o Octant) Chinese() string {
	if !o.valid() {
		return ""
	}
	return octantChinese[o]
}

// Label returns o as other packages read it, such as "octant=important value"; "" for no
// octant.
func (o Octant) Label() string { return octantNames.Label("octant", uint8(o)) }

// MarshalText writes o as [Octant.String] does; no octant is an error.
func (o Octant) MarshalText() ([]byte, error) { return octantNames.Marshal(uint8(o)) }

// UnmarshalText reads what [Octant.MarshalText] writes; any other text is an error,
// and leaves o as it was.
func (o *Octant) UnmarshalText(text []byte) error {
	n, err := octantNames.Unmarshal(text)
	if err == nil {
		*o = Octant(n)
	}
	return err
}

// OctantLabels returns the labeller of octants by a model with two scores of
// each metric. See [Migrate].
func OctantLabels(m Model) Labeller {
	return func(r Record, asOf time.Time) string { return OctantOf(m.At(asOf).Score(r)).Label() }
}
