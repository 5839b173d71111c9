package tracking

import (
	"encoding/json"
	"fmt"
)

// Share is a part of a whole, both counted.
type Share struct {
	Part int64
	Of   int64
}

// Rate returns the part divided by the whole; it is not ok if the whole is
// nothing.
func (s Share) Rate() (rate float64, ok bool) {
	if s.Of == 0 {
		return 0, false
	}
	return float64(s.Part) / float64(s.Of), true
}

// String returns the share as counted, such as "3 of 4".
func (s Share) String() string { return fmt.Sprintf("%d of %d", s.Part, s.Of) }

// MarshalJSON writes part and of and, if it is defined, rate.
func (s Share) MarshalJSON() ([]byte, error) {
	form := struct {
		Part int64    `json:"part"`
		Of   int64    `json:"of"`
		Rate *float64 `json:"rate,omitempty"`
	}{Part: s.Part, Of: s.Of}
	if rate, ok := s.Rate(); ok {
		form.Rate = &rate
	}
	return json.Marshal(form)
}
