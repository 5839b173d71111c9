package persona

import "fmt"

// Truth is the answer to a condition: True, False or Unknown. Unknown is the
// zero value, so that what was never asked counts as not known.
//
// Not Unknown is Unknown. All is the least and any the greatest of its parts,
// where False < Unknown < True.
type Truth int8

// The three truth values, in Kleene's logic. Somebody is in a segment if and
// only if its rule is True of them.
const (
	False   Truth = -1
	Unknown Truth = 0
	True    Truth = 1
)

// Not returns the opposite of t; that of Unknown is Unknown.
func (t Truth) Not() Truth { return -t }

// String returns "true", "false" or "unknown".
func (t Truth) String() string {
	switch t {
	case True:
		return "true"
	case False:
		return "false"
	case Unknown:
		return "unknown"
	}
	return fmt.Sprintf("Truth(%d)", int8(t))
}

// MarshalText writes t as [Truth.String] does.
func (t Truth) MarshalText() ([]byte, error) {
	if t < False || t > True {
		return nil, fmt.Errorf("persona: no such truth value: %d", int8(t))
	}
	return []byte(t.String()), nil
}

// UnmarshalText reads what [Truth.MarshalText] writes.
func (t *Truth) UnmarshalText(text []byte) error {
	for _, truth := range []Truth{True, False, Unknown} {
		if truth.String() == string(text) {
			*t = truth
			return nil
		}
	}
	return fmt.Errorf("persona: %q is no truth value: want true, false or unknown", text)
}

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}
