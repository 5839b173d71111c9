package regulars

import (
	"fmt"
	"strings"
)

// Fault is one thing wrong with a configuration: where, and what was expected.
type Fault struct {
	// Path leads to the field as JSON names it, such as "rules[2].caps.day";
	// it is empty if the fault is of the document as a whole.
	Path string
	// Problem says what is there and what was expected.
	Problem string
}

// String returns "path: problem", or the problem alone if there is no path.
func (f Fault) String() string {
	if f.Path == "" {
		return f.Problem
	}
	return f.Path + ": " + f.Problem
}

// Faults lists everything wrong with a configuration, in the order of its
// fields, so that one run shows all there is to mend. It is an error; take it
// out of one with [errors.AsType].
type Faults []Fault

// Add appends a fault; format and args make its problem.
func (f *Faults) Add(path, format string, args ...any) {
	*f = append(*f, Fault{path, fmt.Sprintf(format, args...)})
}

// Under appends the faults of a part, each path led by where the part stands:
// "caps" under "rules[2]" is "rules[2].caps".
func (f *Faults) Under(path string, part Faults) {
	for _, fault := range part {
		switch {
		case fault.Path == "":
			fault.Path = path
		case path != "" && fault.Path[0] == '[':
			fault.Path = path + fault.Path
		case path != "":
			fault.Path = path + "." + fault.Path
		}
		*f = append(*f, fault)
	}
}

// Err returns f as an error, or nil if there are no faults. Return it, and not
// f itself: an empty Faults is not a nil error.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Error lists the faults, a line each.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}
