package strategy

import (
	"errors"
	"fmt"
	"slices"
)

// Summary counts decisions of one policy: how many customers got which operation,
// and why the others did not get it. The zero value is ready to use, and takes
// the policy of the first decision. Neither the order of the decisions nor how
// they are split over merged summaries makes a difference. Once in use it must
// not be copied, as the copy would share counts with it.
type Summary struct {
	policy    string
	customers int64
	none      int64 // of those, how many got nothing
	rows      []row // as the operations rank
}

// row counts the verdicts on one operation, which add up to the customers.
type row struct {
	operation string
	counts    [codeCount]int64
}

// ErrOtherPolicy is returned where decisions of different policies were to be
// counted together: their counts would add up to nothing that anyone decided.
var ErrOtherPolicy = errors.New("strategy: decisions of another policy")

// ErrTooMany is returned where more customers were to be counted than
// [MaxCustomers].
var ErrTooMany = errors.New("strategy: too many customers to count")

// MaxCustomers is how many customers a summary can count: up to there every
// reader of JSON holds the numbers exactly.
const MaxCustomers = 1 << 53

// Add counts one decision. One of another policy is [ErrOtherPolicy]; one that
// no policy makes, such as without a verdict on what was chosen, is an error
// too. Both change nothing.
func (s *Summary) Add(d Decision) error {
	if err := sound(d); err != nil {
		return err
	}
	fresh := s.rows == nil
	if !fresh && !s.fits(d) {
		return fmt.Errorf("%w: %q, not %q", ErrOtherPolicy, d.Policy, s.policy)
	}
	if s.customers == MaxCustomers {
		return ErrTooMany
	}
	if fresh {
		rows, err := rowsOf(d)
		if err != nil {
			return err
		}
		s.policy, s.rows = d.Policy, rows
	}
	s.count(d)
	return nil
}

// rowsOf returns an empty row for each operation of a decision.
func rowsOf(d Decision) ([]row, error) {
	rows := make([]row, len(d.Verdicts))
	seen := make(map[string]bool, len(d.Verdicts))
	for i, v := range d.Verdicts {
		if v.Operation == "" || seen[v.Operation] {
			return nil, fmt.Errorf("strategy: operation %q has no name or two verdicts", v.Operation)
		}
		seen[v.Operation] = true
		rows[i].operation = v.Operation
	}
	return rows, nil
}

// fits reports whether a decision is of the policy that s counts.
func (s *Summary) fits(d Decision) bool {
	if d.Policy != s.policy || len(d.Verdicts) != len(s.rows) {
		return false
	}
	for i, v := range d.Verdicts {
		if v.Operation != s.rows[i].operation {
			return false
		}
	}
	return true
}

// sound returns an error for a decision that no policy makes.
func sound(d Decision) error {
	if d.Policy == "" || len(d.Verdicts) == 0 {
		return errors.New("strategy: a decision without policy or verdicts")
	}
	chosen := 0
	for _, v := range d.Verdicts {
		if v.Code == 0 || int(v.Code) >= codeCount {
			return fmt.Errorf("strategy: operation %q has no code", v.Operation)
		}
		if (v.Code == Chosen) != (d.Chosen != "" && v.Operation == d.Chosen) {
			return fmt.Errorf("strategy: operation %q is %v, where %q was chosen", v.Operation, v.Code, d.Chosen)
		}
		if v.Code == Chosen {
			chosen++
		}
	}
	if chosen > 1 || chosen == 0 && d.Chosen != "" {
		return fmt.Errorf("strategy: %q has %d verdicts", d.Chosen, chosen)
	}
	return nil
}

// count adds a decision that fits.
func (s *Summary) count(d Decision) {
	s.customers++
	if d.Chosen == "" {
		s.none++
	}
	for i := range d.Verdicts {
		s.rows[i].counts[d.Verdicts[i].Code]++
	}
}

// summary returns an empty one of the policy.
func (p *Policy) summary() Summary {
	s := Summary{policy: p.id, rows: make([]row, len(p.gates))}
	for i := range p.gates {
		s.rows[i].operation = p.gates[i].operation
	}
	return s
}

// Merge adds the counts of other, which stays as it is. A summary of another
// policy is [ErrOtherPolicy], and changes nothing; an empty zero value fits
// any.
func (s *Summary) Merge(other *Summary) error {
	switch {
	case other.rows == nil:
		return nil
	case s.rows == nil:
		*s = Summary{other.policy, other.customers, other.none, slices.Clone(other.rows)}
		return nil
	case s.policy != other.policy || !slices.EqualFunc(s.rows, other.rows, sameOperation):
		return fmt.Errorf("%w: %q, not %q", ErrOtherPolicy, other.policy, s.policy)
	case other.customers > MaxCustomers-s.customers:
		return ErrTooMany
	}
	s.customers += other.customers
	s.none += other.none
	for i := range s.rows {
		for code, n := range other.rows[i].counts {
			s.rows[i].counts[code] += n
		}
	}
	return nil
}

func sameOperation(a, b row) bool { return a.operation == b.operation }

// Policy returns the ID of the policy, "" for the zero value.
func (s *Summary) Policy() string { return s.policy }

// Customers returns how many decisions were counted.
func (s *Summary) Customers() int64 { return s.customers }

// Unserved returns how many of the customers get nothing.
func (s *Summary) Unserved() int64 { return s.none }

// Operations returns the names of the operations as they rank, those that
// nobody gets included.
func (s *Summary) Operations() []string {
	names := make([]string, len(s.rows))
	for i, r := range s.rows {
		names[i] = r.operation
	}
	return names
}

// Of returns for how many customers an operation got a code. An operation that
// the policy lacks, and a code that does not exist, have none.
func (s *Summary) Of(operation string, code Code) int64 {
	if int(code) < codeCount {
		for i := range s.rows {
			if s.rows[i].operation == operation {
				return s.rows[i].counts[code]
			}
		}
	}
	return 0
}

// Verdicts returns how often a code was given, over all operations.
func (s *Summary) Verdicts(code Code) (n int64) {
	if int(code) < codeCount {
		for i := range s.rows {
			n += s.rows[i].counts[code]
		}
	}
	return n
}
