package rfm

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/regulars-go/regulars/internal/wire"
)

// MarshalJSON writes the moments, the summary, the flows and the cells: a
// report, which is not read back.
func (m *Migration) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Before  time.Time `json:"before,omitzero"`
		After   time.Time `json:"after,omitzero"`
		Summary Summary   `json:"summary"`
		Flows   []Flow    `json:"flows"`
		Cells   []Cell    `json:"cells"`
	}{m.Before, m.After, m.Summary(), m.Flows(), m.Cells()})
}

const wireMigration = "rfm.migration.1"

// MarshalBinary returns the migration as bytes, for another machine to read.
// Equal migrations give equal bytes; moments are kept to the microsecond.
func (m *Migration) MarshalBinary() ([]byte, error) { return m.AppendBinary(nil) }

// AppendBinary appends what [Migration.MarshalBinary] returns.
func (m *Migration) AppendBinary(dst []byte) ([]byte, error) {
	dst = wire.AppendString(dst, wireMigration)
	dst = wire.AppendTime(dst, m.Before)
	dst = wire.AppendTime(dst, m.After)
	dst = wire.AppendUint(dst, uint64(len(m.paths)))
	for _, s := range slices.SortedFunc(maps.Keys(m.paths), steps.compare) {
		dst = wire.AppendString(dst, s.Before)
		dst = wire.AppendString(dst, s.After)
		if s.known {
			dst = append(dst, 1)
			dst = wire.AppendString(dst, s.Aged)
			dst = wire.AppendString(dst, s.Acted)
		} else {
			dst = append(dst, 0)
		}
		dst = wire.AppendUint(dst, uint64(m.paths[s]))
	}
	return dst, nil
}

// UnmarshalBinary replaces m by what [Migration.MarshalBinary] wrote. m stays
// as it was if there is an error.
func (m *Migration) UnmarshalBinary(data []byte) error {
	r := wire.NewReader(data)
	r.Form(wireMigration)
	read := Migration{Before: r.Time(), After: r.Time()}
	n := r.Count()
	var last steps
	for i := 0; i < n && r.Err() == nil; i++ {
		s := steps{Path: Path{Before: r.String(), After: r.String()}}
		if s.known = r.UintUpTo(1) == 1; s.known {
			s.Aged, s.Acted = r.String(), r.String()
		}
		count := int(r.UintUpTo(math.MaxInt32))
		if r.Err() == nil && (i > 0 && last.compare(s) >= 0 || count == 0 || s.Before == "" && s.After == "") {
			r.Fail("move from %q to %q out of order or of nobody", s.Before, s.After)
		}
		last = s
		read.add(s, count)
	}
	if err := r.Close(); err != nil {
		return fmt.Errorf("rfm: not a migration: %w", err)
	}
	*m = read
	return nil
}

func (s steps) compare(o steps) int {
	known := 0
	switch {
	case s.known && !o.known:
		known = 1
	case !s.known && o.known:
		known = -1
	}
	return cmp.Or(
		cmp.Compare(s.Before, o.Before), cmp.Compare(s.After, o.After), known,
		cmp.Compare(s.Aged, o.Aged), cmp.Compare(s.Acted, o.Acted),
	)
}
