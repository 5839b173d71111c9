package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/strategy"
)

// presetSource stands for a file where there is none.
const presetSource = "preset"

// ledger is what the orders come to under a loyalty program.
type ledger struct {
	program loyalty.Program
	source  string // the program's file, or what stands for it
	asOf    time.Time
	engine  *loyalty.Engine
	members []string // in order, with an account each
	levels  map[string]string
	gone    map[string]int64 // how many of each reward
	rules   map[uint32]*ruleCount
	section *loyaltySection
}

// readProgram reads a loyalty program, if a file of one was given.
func (in *input) readProgram(path string) error {
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	program, err := loyalty.ParseProgram(text, time.LoadLocation)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	in.program, in.programFile = &program, path
	return nil
}

// newLedger opens the books of the program that was given, or of the preset of
// a retailer in the shop's zone.
func newLedger(in *input) (*ledger, error) {
	l := &ledger{
		source: presetSource, program: loyalty.Retailer(), asOf: in.asOf,
		levels: map[string]string{}, gone: map[string]int64{}, rules: map[uint32]*ruleCount{},
		section: &loyaltySection{Refused: map[string]int{}},
	}
	l.program.Zone = in.zone
	if in.program != nil {
		l.program, l.source = *in.program, in.programFile
	}
	var err error
	l.engine, err = loyalty.NewEngine(loyalty.NewMemory(), l.program)
	return l, err
}

// earn has a loyalty program judge all orders and refunds, each at its own
// moment, and looks at what became of the points.
func (a *analysis) earn() error {
	l, err := newLedger(a.in)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := l.play(ctx, deeds(a.in)); err != nil {
		return fmt.Errorf("program %q: %w", l.program.Name, err)
	}
	a.ledger = l
	return l.write(ctx, a.in.seed)
}

// write finds all that the document says.
func (l *ledger) write(ctx context.Context, seed uint64) error {
	s := l.section
	s.Program, s.Version, s.Source = l.program.Name, l.program.Version, l.source
	s.Assumed, s.Events = l.assumption(), []string{orderKind}
	s.Members = len(l.members)
	if s.Members == 0 {
		s.Reason = "no order could be taken into account"
		return nil
	}
	// Before the sweep it shows what was due and not written yet.
	owed, err := l.engine.Liability(ctx, l.asOf)
	if err != nil {
		return err
	}
	for more := true; more; {
		swept, err := l.engine.Sweep(ctx, l.asOf, len(l.members))
		if err != nil {
			return err
		}
		more = swept.More
	}
	if err := l.hold(ctx, owed); err != nil {
		return err
	}
	s.Rules = l.ruleSections()
	return l.check(ctx, rand.New(rand.NewPCG(seed, checkupStream)))
}

// checkupStream keeps the chance of the check-up apart from the shop's.
const checkupStream = 0x6c6f79616c7479 // "loyalty"

// know adds to a vocabulary the labels that say who has which tier.
func (l *ledger) know(vocabulary strategy.Vocabulary) {
	if l == nil || l.program.Tiers == nil {
		return
	}
	for _, level := range l.program.Tiers.Levels {
		if label := tierLabel(level.Name); label != "" {
			vocabulary["tier"] = append(vocabulary["tier"], strings.TrimPrefix(label, "tier="))
		}
	}
}

// label returns the tier of a customer as a label, "" if there is none.
func (l *ledger) label(id string) string {
	if l == nil {
		return ""
	}
	return tierLabel(l.levels[id])
}

// tierLabel returns the label of a level; "" if such a name can't be in one.
func tierLabel(level string) string {
	label := "tier=" + strings.ToLower(level)
	if level == "" || strategy.Vocabulary(nil).Check(label) != nil {
		return ""
	}
	return label
}

// has reports whether a customer has an account.
func (l *ledger) has(id string) bool {
	if l == nil {
		return false
	}
	_, ok := slices.BinarySearch(l.members, id)
	return ok
}
