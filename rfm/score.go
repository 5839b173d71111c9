package rfm

import (
	"fmt"
	"strconv"
	"strings"
)

// Score is the scores of one customer in recency, frequency and monetary value,
// each from 1 to the number of bins, where the highest is the best. The zero
// value is no score: that of a customer without orders.
type Score struct{ R, F, M uint8 }

// IsZero reports whether s is no score.
func (s Score) IsZero() bool { return s == Score{} }

// String returns the code, such as "543"; "10-4-3" if a score has two digits,
// and "" if s is no score.
func (s Score) String() string {
	switch {
	case s.IsZero():
		return ""
	case s.R > 9 || s.F > 9 || s.M > 9:
		return fmt.Sprintf("%d-%d-%d", s.R, s.F, s.M)
	}
	return string([]byte{'0' + s.R, '0' + s.F, '0' + s.M})
}

// ParseScore reads a code as [Score.String] writes it.
func ParseScore(code string) (Score, error) {
	parts := strings.Split(code, "-")
	if len(code) == 3 {
		parts = strings.Split(code, "")
	}
	if len(parts) == 3 {
		var s Score
		for i, to := range []*uint8{&s.R, &s.F, &s.M} {
			n, err := strconv.ParseUint(parts[i], 10, 8)
			if err != nil || n < 1 || n > MaxScores {
				break
			}
			*to = uint8(n)
		}
		if s.R > 0 && s.F > 0 && s.M > 0 && s.String() == code {
			return s, nil
		}
	}
	return Score{}, fmt.Errorf("rfm: %q is not a score: want three numbers from 1 to %d, such as 543 or 10-4-3", code, MaxScores)
}

// MarshalText writes s as [Score.String] does.
func (s Score) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads s as [ParseScore] does; the empty text is no score.
func (s *Score) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = Score{}
		return nil
	}
	parsed, err := ParseScore(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
