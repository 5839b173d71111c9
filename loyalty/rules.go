package loyalty

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// MaxVersions bounds the versions of a program: one a week for ten years.
const MaxVersions = 520

// Compile makes the versions of one program ready, in any order. All versions
// that may have been in force in the past MaxLate, or under which orders may
// still be returned, must be there. Each must be valid, of the same name, with
// its own number, and a later number must not take effect earlier.
func Compile(versions ...Program) (*Rules, error) {
	if len(versions) == 0 || len(versions) > MaxVersions {
		return nil, fmt.Errorf("loyalty: %d versions of a program: want 1 to %d", len(versions), MaxVersions)
	}
	sorted := slices.Clone(versions)
	slices.SortStableFunc(sorted, func(a, b Program) int { return cmp.Compare(a.Version, b.Version) })
	r := &Rules{program: sorted[0].Name}
	for i := range sorted {
		p := &sorted[i]
		if err := p.Validate(); err != nil {
			return nil, fmt.Errorf("loyalty: program %q, version %d: %w", p.Name, p.Version, err)
		}
		if err := follows(sorted, i); err != nil {
			return nil, fmt.Errorf("loyalty: program %q, version %d: %w", p.Name, p.Version, err)
		}
		r.versions = append(r.versions, compile(p))
	}
	return r, nil
}

// follows checks a version against the one before.
func follows(sorted []Program, i int) error {
	if i == 0 {
		return nil
	}
	before, p := &sorted[i-1], &sorted[i]
	switch {
	case p.Name != before.Name:
		return fmt.Errorf("another version is of program %q", before.Name)
	case p.Version == before.Version:
		return errors.New("is there twice")
	case !p.Effective.After(before.Effective):
		return fmt.Errorf("takes effect no later than version %d", before.Version)
	}
	return nil
}
