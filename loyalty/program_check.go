package loyalty

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/exact"
)

// Validate returns [regulars.Faults] that list everything wrong, each with its
// path: what is missing, out of range or named twice, what refers to something
// that is not there, and what contradicts itself, such as an order that a rule
// could never pay for, a cap that no award fits under, or a reward from a
// wallet that can't be spent.
//
// It looks at one version alone. [Compile] looks at what versions say of each
// other.
func (p Program) Validate() error { return p.faults().Err() }

func (p *Program) faults() regulars.Faults {
	c := programCheck{p: p}
	c.head()
	if !c.sizes() {
		return c.faults
	}
	c.wallets()
	c.tiers()
	c.rules()
	c.multipliers()
	c.rewards()
	c.limits()
	return c.faults
}

// programCheck collects what is wrong with a program. What later parts refer to
// is gathered as it is read.
type programCheck struct {
	p      *Program
	faults regulars.Faults

	purses map[string]*Wallet // by name; "" is the first
	levels map[string]bool
	byID   map[uint32]*Rule
}

func (c *programCheck) add(path, format string, args ...any) { c.faults.Add(path, format, args...) }

func (c *programCheck) head() {
	p := c.p
	c.text("name", p.Name)
	if p.Version == 0 {
		c.add("version", "is missing: want 1 or more")
	}
	c.instant("published", p.Published)
	c.instant("effective", p.Effective)
	switch {
	case p.Effective.IsZero() && p.Version > 1:
		c.add("effective", "is missing: only version 1 is in force since ever")
	case !p.Effective.IsZero() && p.Effective.Before(p.Published):
		c.add("effective", "%s is before %s, when it is published", stamp(p.Effective), stamp(p.Published))
	}
	if _, ok := weekdays[p.WeekStart]; !ok && p.WeekStart != "" {
		c.add("weekStart", `%.40q: want "mon", "tue", …`, p.WeekStart)
	}
	c.spanUpTo("maxLate", p.MaxLate, regulars.Hours(400*24), "400 days")
	c.spanUpTo("maxAhead", p.MaxAhead, regulars.Hours(24), "1 day")
	c.spanUpTo("keepKeys", p.KeepKeys, regulars.Hours(3660*24), "3660 days")
}

// sizes checks how long lists are, so that no more is done for a document that
// is out of all bounds.
func (c *programCheck) sizes() bool {
	p := c.p
	before := len(c.faults)
	c.count("wallets", len(p.Wallets), 1, MaxWallets)
	c.count("rules", len(p.Rules), 0, MaxRules)
	c.count("multipliers", len(p.Multipliers), 0, MaxMultipliers)
	c.count("groups", len(p.Groups), 0, MaxMultipliers)
	c.count("rewards", len(p.Rewards), 0, MaxRewards)
	if p.Tiers != nil {
		c.count("tiers.levels", len(p.Tiers.Levels), 1, MaxLevels)
	}
	return len(c.faults) == before
}

func (c *programCheck) wallets() {
	ids, names := map[uint32]string{}, map[string]string{}
	c.purses = map[string]*Wallet{"": &c.p.Wallets[0]}
	for i := range c.p.Wallets {
		w := &c.p.Wallets[i]
		path := fmt.Sprintf("wallets[%d]", i)
		c.identity(path, uint32(w.ID), w.Name, ids, names)
		if _, there := c.purses[w.Name]; !there {
			c.purses[w.Name] = w
		}
		c.expiry(path+".expiry", &w.Expiry)
		c.pending(path+".pending", &w.Pending)
		c.shortfall(path, w)
		c.calendarSpan(path+".restore", w.Restore)
		if !w.Restore.IsZero() && w.Expiry.isZero() {
			c.add(path+".restore", "is for points that expire, and these don't")
		}
		c.reportAmount(path+".value", w.Value)
		c.reportAmount(path+".cost", w.Cost)
	}
}

func (c *programCheck) shortfall(path string, w *Wallet) {
	switch w.Shortfall {
	case "", ShortfallClamp, ShortfallRefuse:
		if w.DebtLimit != 0 {
			c.add(path+".debtLimit", `is for the shortfall "debt"`)
		}
	case ShortfallDebt:
		c.points(path+".debtLimit", w.DebtLimit, 1)
	default:
		c.add(path+".shortfall", `%.40q: want "clamp", "debt" or "refuse"`, w.Shortfall)
	}
}

func (e *Expiry) isZero() bool {
	return e.After.IsZero() && e.RoundUp == "" && len(e.Dates) == 0 && e.Idle.IsZero()
}

func (c *programCheck) expiry(path string, e *Expiry) {
	c.calendarSpan(path+".after", e.After)
	c.calendarSpan(path+".idle", e.Idle)
	if _, ok := roundMonths[e.RoundUp]; !ok {
		c.add(path+".roundUp", `%.40q: want "day", "month", "quarter", "half" or "year"`, e.RoundUp)
	}
	c.count(path+".dates", len(e.Dates), 0, maxDates)
	for i, date := range e.Dates[:min(len(e.Dates), maxDates)] {
		at := fmt.Sprintf("%s.dates[%d]", path, i)
		if _, err := time.Parse("2006-01-02", "2000-"+date); err != nil {
			c.add(at, "%.40q: want a day of the year such as 12-31", date)
		}
		if slices.Contains(e.Dates[:i], date) {
			c.add(at, "%q is there twice", date)
		}
	}
	switch {
	case !e.Idle.IsZero() && (!e.After.IsZero() || e.RoundUp != "" || len(e.Dates) > 0):
		c.add(path+".idle", "goes with no other field")
	case e.RoundUp != "" && len(e.Dates) > 0:
		c.add(path+".roundUp", "and dates contradict each other: want one of them")
	}
}

const maxDates = 20

func (c *programCheck) pending(path string, p *Pending) {
	c.calendarSpan(path+".for", p.For)
	c.calendarSpan(path+".within", p.Within)
	switch {
	case p.Until == "":
		if !p.Within.IsZero() {
			c.add(path+".within", "is for until")
		}
		return
	case !p.For.IsZero():
		c.add(path+".for", "and until contradict each other: want one of them")
	}
	c.text(path+".until", p.Until)
	if p.Until == checkInKind {
		c.add(path+".until", "a check-in is never of an order")
	}
}

// The checks below are of single values.

// identity checks a number and a name, of which no two may be the same.
func (c *programCheck) identity(path string, id uint32, name string, ids map[uint32]string, names map[string]string) {
	if id == 0 {
		c.add(path+".id", "is missing: want 1 or more")
	} else if first := ids[id]; first != "" {
		c.add(path+".id", "%d is that of %s already", id, first)
	} else {
		ids[id] = path
	}
	if !c.text(path+".name", name) {
		return
	}
	if first := names[name]; first != "" {
		c.add(path+".name", "%q is that of %s already", name, first)
	} else {
		names[name] = path
	}
}

func (c *programCheck) text(path, s string) bool {
	if s == "" {
		c.add(path, "is missing")
		return false
	}
	if !isText(s) {
		c.add(path, "%.40q: want 1 to %d bytes of valid UTF-8", s, MaxNameBytes)
		return false
	}
	return true
}

func (c *programCheck) count(path string, n, least, most int) bool {
	if n < least || n > most {
		c.add(path, "has %d: want %d to %d", n, least, most)
		return false
	}
	return true
}

func (c *programCheck) points(path string, n, least int64) {
	if n < least || n > MaxPoints {
		c.add(path, "%d: want %d to %d", n, least, int64(MaxPoints))
	}
}

func (c *programCheck) instant(path string, t time.Time) {
	if !t.IsZero() && !inRange(t) {
		c.add(path, "want an instant from 1971 to 2499")
	}
}

func (c *programCheck) between(path string, from, to time.Time) {
	c.instant(path+".from", from)
	c.instant(path+".to", to)
	if !from.IsZero() && !to.IsZero() && !to.After(from) {
		c.add(path+".to", "%s is not after from, %s", stamp(to), stamp(from))
	}
}

// money checks an amount and returns it; 0 if there is something wrong.
func (c *programCheck) money(path string, d decimal.Decimal) money {
	m, problem := toMoney(d)
	if problem != "" {
		c.add(path, "%s", problem)
	}
	return m
}

// calendarSpan wants a span that steps the calendar, since points end and
// begin with local days.
func (c *programCheck) calendarSpan(path string, s regulars.Span) {
	if text := s.String(); strings.HasSuffix(text, "h") || strings.HasSuffix(text, "m") || strings.HasSuffix(text, "s") {
		c.add(path, "%q: want days, weeks, months or years", text)
	}
}

func (c *programCheck) spanUpTo(path string, s, most regulars.Span, said string) {
	if !s.IsZero() && length(s, s) > length(most, most) {
		c.add(path, "%q: want at most %s", s, said)
	}
}

// names checks a list of texts that are all different.
func (c *programCheck) names(path string, list []string, least, most int) bool {
	if !c.count(path, len(list), least, most) {
		return false
	}
	seen := make(map[string]bool, len(list))
	for i, s := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if !c.text(at, s) {
			continue
		}
		if seen[s] {
			c.add(at, "%q is there twice", s)
		}
		seen[s] = true
	}
	return true
}

// wallet returns the wallet of a name; nil, and a fault, if there is none.
func (c *programCheck) wallet(path, name string) *Wallet {
	w := c.purses[name]
	if w == nil {
		c.add(path, "%.40q: there is no such wallet", name)
	}
	return w
}

func (c *programCheck) tierNames(path string, list []string) {
	if len(list) > 0 && c.p.Tiers == nil {
		c.add(path, "the program has no tiers")
		return
	}
	if !c.names(path, list, 0, MaxLevels) {
		return
	}
	for i, name := range list {
		if !c.levels[name] {
			c.add(fmt.Sprintf("%s[%d]", path, i), "%.40q: there is no such level", name)
		}
	}
}

func stamp(t time.Time) string { return t.Format(time.RFC3339) }

// reportAmount checks an amount that only reports read: it may have more
// places than what is paid.
func (c *programCheck) reportAmount(path string, d decimal.Decimal) {
	if err := exact.Check(d); err != nil {
		c.add(path, "%v", err)
	} else if d.IsNegative() {
		c.add(path, "is negative")
	}
}
