package rfm

// Grid returns the map of recency and frequency in quintiles: ten segments
// that share out the 25 cells without gap or overlap, whatever the monetary
// score. It is the layout that many tools draw; the cells are those of the
// pattern list that circulates with RFM tutorials in Python.
func Grid() Map {
	return Map{
		Name:   "grid",
		Scores: [3]int{5, 5, 5},
		Rules: []Rule{
			{Segment: "champions", R: Range{5, 5}, F: Range{4, 5}},
			{Segment: "loyal", R: Range{3, 4}, F: Range{4, 5}},
			{Segment: "potential loyalist", R: Range{4, 5}, F: Range{2, 3}},
			{Segment: "new", R: Range{5, 5}, F: Range{1, 1}},
			{Segment: "promising", R: Range{4, 4}, F: Range{1, 1}},
			{Segment: "need attention", R: Range{3, 3}, F: Range{3, 3}},
			{Segment: "about to sleep", R: Range{3, 3}, F: Range{1, 2}},
			{Segment: "can't lose", R: Range{1, 2}, F: Range{5, 5}},
			{Segment: "at risk", R: Range{1, 2}, F: Range{3, 4}},
			{Segment: "hibernating", R: Range{1, 2}, F: Range{1, 2}},
		},
	}
}
