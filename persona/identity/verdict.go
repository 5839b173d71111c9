package identity

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/regulars-go/regulars/internal/calendar"
)

// Ruling is what a [Verdict] says.
type Ruling string

const (
	// MustLink says that A and B are one person. It goes before every observed
	// link, but limits hold for it too: one that would break a limit is
	// refused with its reason, like any other link.
	MustLink Ruling = "must-link"
	// CannotLink says that A and B are not one person, whatever links them.
	CannotLink Ruling = "cannot-link"
	// Retire says that A changed hands, as phone numbers do: what was seen until
	// ValidTo was of one holder, and what is seen after it is of the next.
	Retire Ruling = "retire"
)

// Verdict is what somebody decided about identifiers. It is part of the
// evidence, can be withdrawn, and then leaves no trace in what people resolve
// to.
type Verdict struct {
	// ID names the verdict, for [Evidence.Withdraw].
	ID     string `json:"id"`
	Ruling Ruling `json:"ruling"`
	A      ID     `json:"a"`
	// B is the other identifier, and empty if A is retired.
	B ID `json:"b,omitzero"`
	// ValidTo is the last instant of the earlier holder of a retired
	// identifier, and zero otherwise.
	ValidTo time.Time `json:"validTo,omitzero"`
	// At is when it was decided. Of an identifier that changed hands, a link is
	// about whoever held it then.
	At time.Time `json:"at"`
	// By and Reason are for whoever asks why. They may be empty.
	By     string `json:"by,omitzero"`
	Reason string `json:"reason,omitzero"`
}

func (v Verdict) check() error {
	if err := checkName("verdict", v.ID); err != nil {
		return err
	}
	if err := calendar.CheckInstant(v.At); err != nil {
		return err
	}
	for _, text := range []string{v.By, v.Reason} {
		if len(text) > MaxTextBytes || !utf8.ValidString(text) {
			return fmt.Errorf("text of %d bytes: want UTF-8 of at most %d", len(text), MaxTextBytes)
		}
	}
	switch v.Ruling {
	case MustLink, CannotLink:
		if !v.ValidTo.IsZero() {
			return fmt.Errorf("validTo of a %s: want none", v.Ruling)
		}
		return checkPair(v.A, v.B)
	case Retire:
		if v.B != (ID{}) {
			return fmt.Errorf("second identifier %q of a %s: want none", v.B, v.Ruling)
		}
		if err := calendar.CheckInstant(v.ValidTo); err != nil {
			return fmt.Errorf("validTo %w", err)
		}
		return checkID(v.A)
	}
	return fmt.Errorf("ruling %.80q: want %q, %q or %q", v.Ruling, MustLink, CannotLink, Retire)
}

// tidy makes verdicts that say the same equal: the pair in canonical order,
// times in UTC and whole microseconds.
func (v Verdict) tidy() Verdict {
	if v.Ruling != Retire && v.A.Compare(v.B) > 0 {
		v.A, v.B = v.B, v.A
	}
	v.At = instant(v.At.UnixMicro())
	if !v.ValidTo.IsZero() {
		v.ValidTo = instant(v.ValidTo.UnixMicro())
	}
	return v
}

// String says the verdict in a line, such as
// "v1: cannot-link phone:+861 email:a@b.cn by ann (twins)".
func (v Verdict) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s: %s %s", v.ID, v.Ruling, v.A)
	if v.Ruling == Retire {
		fmt.Fprintf(&s, " after %s", v.ValidTo.UTC().Format(time.RFC3339Nano))
	} else {
		fmt.Fprintf(&s, " %s", v.B)
	}
	if v.By != "" {
		fmt.Fprintf(&s, " by %s", v.By)
	}
	if v.Reason != "" {
		fmt.Fprintf(&s, " (%s)", v.Reason)
	}
	return s.String()
}

// ContradictionError says that two identifiers must be one person by some
// verdicts and can't be by another. Withdraw one of them.
type ContradictionError struct {
	// Cannot is the cannot-link verdict.
	Cannot Verdict
	// Must are must-link verdicts that lead from Cannot.A to Cannot.B, as few as
	// possible. There are none if A and B are two spellings of one identifier.
	Must []Verdict
}

// Error names all verdicts that take part.
func (e *ContradictionError) Error() string {
	if len(e.Must) == 0 {
		return fmt.Sprintf("identity: verdict %q parts two spellings of one identifier, %q and %q", e.Cannot.ID, e.Cannot.A, e.Cannot.B)
	}
	lines := make([]string, len(e.Must))
	for i, v := range e.Must {
		lines[i] = v.String()
	}
	return fmt.Sprintf("identity: verdicts contradict each other: [%s] against [%s]", e.Cannot, strings.Join(lines, "; "))
}
