package term

import "github.com/regulars-go/regulars/internal/names"

// Label is what became of a term at its end.
type Label uint8

const (
	// Open is not renewed yet, and may still be: the last day of Late is not
	// over.
	Open Label = iota
	// Early is renewed by a term of the same product that was sold before it
	// could be on time.
	Early
	// OnTime is renewed by one that was sold around the due date.
	OnTime
	// Late is renewed by one that was sold later, but in time.
	Late
	// Upgraded is renewed by a product that stands higher on the same ladder.
	Upgraded
	// Downgraded is renewed by one that stands lower.
	Downgraded
	// OtherProduct is followed by a term of a product on no common ladder: the
	// customer stayed, the term did not.
	OtherProduct
	// Lapsed is renewed by none in time.
	Lapsed
)

const labelCount = int(Lapsed) + 1

var labelNames = names.Names{
	Package: "term", Type: "Label", What: "renewal",
	List: []string{"open", "early", "on time", "late", "upgraded", "downgraded", "other product", "lapsed"},
}

// String returns "open", "early", "on time", "late", "upgraded", "downgraded",
// "other product" or "lapsed".
func (l Label) String() string { return labelNames.Of(uint8(l)) }

// Label returns l as other packages read it, such as "renewal=on time".
func (l Label) Label() string { return "renewal=" + l.String() }

// MarshalText writes l as [Label.String] does; an unknown label is an error.
func (l Label) MarshalText() ([]byte, error) { return labelNames.Marshal(uint8(l)) }

// UnmarshalText reads what [Label.String] writes; any other text is an error,
// and leaves l as it was.
func (l *Label) UnmarshalText(text []byte) error {
	n, err := labelNames.Unmarshal(text)
	if err == nil {
		*l = Label(n)
	}
	return err
}

// Labels returns all labels in their order.
func Labels() []Label {
	labels := make([]Label, labelCount)
	for i := range labels {
		labels[i] = Label(i)
	}
	return labels
}

// Renewed reports whether the same product, or one on its ladder, goes on.
func (l Label) Renewed() bool { return l >= Early && l <= Downgraded }

// Kept reports whether the customer stayed, with whatever product.
func (l Label) Kept() bool { return l >= Early && l <= OtherProduct }
