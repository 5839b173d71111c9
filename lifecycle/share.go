package lifecycle

import "github.com/regulars-go/regulars/internal/stats"

// Share is how many of some customers, or terms, something holds for.
type Share struct {
	Count int `json:"count"`
	Of    int `json:"of"`
}

// Rate returns Count / Of; ok is false of nobody.
func (s Share) Rate() (rate float64, ok bool) { return ratioOf(s.Count, s.Of) }

// Interval returns the bounds that hold the rate with a probability above 0 and
// below 1, such as 0.95 (the score interval of Wilson 1927): within 0 and 1,
// also where the share is nothing or all. Of nobody nothing is known, which is
// 0 to 1, and so it is for any other level.
func (s Share) Interval(level float64) (low, high float64) {
	if !(level > 0 && level < 1) {
		return 0, 1
	}
	return s.proportion().Wilson(stats.NormalZ(level))
}

func (s Share) proportion() stats.Proportion {
	return stats.Proportion{Hits: int64(s.Count), Of: int64(s.Of)}
}
