package lifecycle

// pattern is a word that n customers have, and nothing else.
type pattern struct {
	word uint64
	key  int32
	n    int
}

// As many patterns are kept at once as fit a core's own cache. Twelve months
// have half as many.
const (
	patternBits  = 13
	patternCount = 1 << patternBits
)

// patternSlot spreads words over the patterns.
func patternSlot(word uint64) uint64 { return word * 0x9e3779b97f4a7c15 >> (64 - patternBits) }

// eachAlike does what each does where nothing depends on who a customer is: it
// calls f for several customers with the same periods at once, of whom there
// are n. It may do so more than once for the same periods.
func (a *Activity[K]) eachAlike(last int32, f func(periods []int32, n int)) {
	var periods []int32
	alike := make([]pattern, patternCount)
	count := func(p pattern) {
		periods = appendPeriods(periods[:0], p.key, p.word, last)
		f(periods, p.n)
	}
	var words []cell[uint64]
	for page := range a.chains.cells {
		for number, c := range a.chains.cells[page].first {
			if c.next == 0 {
				p := &alike[patternSlot(c.value)]
				if p.n > 0 && (p.word != c.value || p.key != c.key) {
					count(*p)
					p.n = 0
				}
				p.word, p.key, p.n = c.value, c.key, p.n+1
				continue
			}
			words = a.chains.list(words[:0], place{page, uint32(number)})
			periods = periods[:0]
			for _, w := range words {
				periods = appendPeriods(periods, w.key, w.value, last)
			}
			f(periods, 1)
		}
	}
	for _, p := range alike {
		if p.n > 0 {
			count(p)
		}
	}
}
