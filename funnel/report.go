package funnel

// Report is what a funnel says: the counts, and the rates and times that follow
// from them.
type Report struct {
	// Counts are what the report was made from.
	Counts *Counts
	// Maturity says which units the rates and times are of. Everybody has those
	// whose window is still open: they count as not converted yet. Mature leaves
	// them out, which is the fair comparison between periods. Defaults to
	// Everybody.
	Maturity Maturity
}

// Report returns the report of c, for Everybody.
func (c *Counts) Report() *Report { return &Report{Counts: c} }

// StepRates says how many units made a step, and what share that is.
type StepRates struct {
	// Step is the number of the step, from 1.
	Step int    `json:"step"`
	Name string `json:"name"`
	// Reached is how many units made it.
	Reached int64 `json:"reached"`
	// Rate is their share of the units that made the step before. Nil for the
	// first step, and if nobody made the one before.
	Rate *Rate `json:"rate"`
	// Overall is their share of the units that entered. Nil if nobody did.
	Overall *Rate `json:"overall"`
	// Left is how many units made this step and not the next, by how that
	// ended. Those that made the last step completed.
	Left Endings `json:"left"`
}

// Endings counts units by how they ended.
type Endings struct {
	Completed int64 `json:"completed,omitzero"`
	StillOpen int64 `json:"stillOpen,omitzero"`
	TimedOut  int64 `json:"timedOut,omitzero"`
	Broken    int64 `json:"broken,omitzero"`
	NoEvent   int64 `json:"noEvent,omitzero"`
}

// Segment is the part of a report that has some labels.
type Segment struct {
	// Labels are in the order in which they were asked for.
	Labels []Label     `json:"labels"`
	Steps  []StepRates `json:"steps"`
}

// Steps returns the steps of all units together.
func (r *Report) Steps() []StepRates {
	total := r.Counts.Total(r.Maturity)
	return r.steps(&total)
}

// By returns the steps of the units with each value of a breakdown, or of
// several: then there is a segment for each combination. Segments come in the
// order of their values, the unknown first, and their counts sum to those of
// [Report.Steps]. A name that the funnel does not break down by is an error.
func (r *Report) By(names ...string) ([]Segment, error) {
	rows, err := r.Counts.By(r.Maturity, names...)
	if err != nil {
		return nil, err
	}
	segments := make([]Segment, len(rows))
	for i := range rows {
		segments[i] = Segment{rows[i].Labels, r.steps(&rows[i].Tally)}
	}
	return segments, nil
}

func (r *Report) steps(t *Tally) []StepRates {
	steps := make([]StepRates, len(t.Reached))
	for i, step := range r.Counts.Funnel().Steps {
		steps[i] = StepRates{
			Step: i + 1, Name: step.Name, Reached: t.Reached[i],
			Overall: NewRate(t.Reached[i], t.Reached[0]),
			Left:    endingsOf(t.Ended[i]),
		}
		if i > 0 {
			steps[i].Rate = NewRate(t.Reached[i], t.Reached[i-1])
		}
	}
	return steps
}

func endingsOf(n [endingCount]int64) Endings {
	return Endings{n[Completed], n[StillOpen], n[TimedOut], n[Broken], n[NoEvent]}
}

// Open returns how many of the units that entered have a window that is still
// open at Source.AsOf: what they will do is not known yet.
func (r *Report) Open() int64 { return r.Counts.Total(Immature).Reached[0] }
