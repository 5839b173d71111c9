package funnel

// Report is what a funnel says: the counts, and what follows from them.
type Report struct {
	// Counts are what the report was made from.
	Counts *Counts
}

// Report returns the report of c.
func (c *Counts) Report() *Report { return &Report{c} }
