package strategy

// Starter returns a playbook to begin with: a newcomer's coupon and zone,
// member activity after the first order, an invitation for those who come
// again and again, gifts for those who stay away, a gift and a survey for old
// customers, and something for each segment, layer and quadrant. Deal-seekers
// get no coupon and no gift. Change it: names, objectives and channels are
// words, and the numbers in the objectives are guesses for a shop whose
// customers order once a month or so.
//
// It reads the labels of [StarterLabels]; a customer without any gets the
// fallback. None of its operations has dates, since those depend on the year.
func Starter() Playbook {
	return Playbook{
		Name:       "starter",
		Operations: append(byStage(), byValue()...),
		Fallback: &Operation{
			Name: "what is new", Objective: "stay in mind at no cost", Channel: "site",
		},
	}
}

// StarterLabels returns the labels that [Starter] knows what to do with, and
// those that go with them.
func StarterLabels() Vocabulary {
	return Vocabulary{
		"stage": {"follower", "new", "active", "silent", "churned", "returned"},
		"segment": {
			"champions", "loyal", "potential loyalist", "new", "promising", "need attention",
			"about to sleep", "can't lose", "at risk", "hibernating",
		},
		"layer":     {"core", "waist", "tail"},
		"quadrant":  {"important value", "important retain", "priority develop", "general value"},
		"promotion": {"unknown", "full-price", "mixed", "deal-seeker"},
	}
}

const dealSeeker = "promotion=deal-seeker"

// byStage returns what a moment in a customer's life calls for. It ranks above
// what is done for a kind of customer at any time.
func byStage() []Operation {
	return []Operation{
		{
			Name: "call to a core customer", Objective: "keep those who bring most: an order within 30 days of the call",
			Audience: Audience{
				AllOf: []string{"layer=core"},
				AnyOf: []string{"stage=silent", "stage=churned", "segment=can't lose", "segment=at risk"},
			},
			Channel: "call", Priority: 1000,
		},
		{
			Name: "win-back gift", Objective: "bring back those who stay away: an order within 30 days",
			Audience: Audience{
				AnyOf:  []string{"stage=silent", "stage=churned", "segment=can't lose", "segment=at risk"},
				NoneOf: []string{"segment=hibernating", dealSeeker},
			},
			Channel: "sms", Priority: 950,
		},
		{
			Name: "welcome back", Objective: "make a return last: one more order within 60 days",
			Audience: Audience{AllOf: []string{"stage=returned"}},
			Channel:  "push", Priority: 900,
		},
		{
			Name: "newcomer coupon", Objective: "first order within 14 days of the first visit",
			Audience: Audience{AllOf: []string{"stage=follower"}, NoneOf: []string{dealSeeker}},
			Channel:  "push", Priority: 850,
		},
		{
			Name: "member activity", Objective: "learn what members get: joined, or a second order, within 30 days of the first",
			Audience: Audience{AllOf: []string{"stage=new"}},
			Channel:  "push", Priority: 800,
		},
		{
			Name: "newcomer zone", Objective: "find something for a beginner: a first or second order within 30 days",
			Audience: Audience{AnyOf: []string{"stage=follower", "segment=new"}},
			Channel:  "site", Priority: 750,
		},
	}
}

// byValue returns what is done for a kind of customer at any time.
func byValue() []Operation {
	return []Operation{
		{
			Name: "full-price favourites", Objective: "turn deal-seekers into customers: an order at full price within 60 days",
			Audience: Audience{AllOf: []string{dealSeeker}},
			Channel:  "email", Priority: 700,
		},
		{
			Name: "invite friends", Objective: "new customers through those who come again and again: a friend's first order within 30 days",
			Audience: Audience{AllOf: []string{"segment=champions"}},
			Channel:  "push", Priority: 650,
		},
		{
			Name: "annual gift", Objective: "keep old customers: still ordering in 12 months",
			Audience: Audience{AllOf: []string{"layer=core"}, NoneOf: []string{dealSeeker}},
			Channel:  "post", Priority: 600,
		},
		{
			Name: "annual survey", Objective: "hear what regulars miss: one answer in five",
			Audience: Audience{AllOf: []string{"segment=loyal"}},
			Channel:  "email", Priority: 550,
		},
		{
			Name: "points for the next order", Objective: "make a habit of it: a further order within 30 days",
			Audience: Audience{AnyOf: []string{"segment=potential loyalist", "segment=promising"}},
			Channel:  "push", Priority: 500,
		},
		{
			Name: "picked for you", Objective: "stop the drift before it is a silence: an order within 21 days",
			Audience: Audience{AnyOf: []string{"segment=need attention", "segment=about to sleep"}},
			Channel:  "push", Priority: 450,
		},
		{
			Name: "last letter", Objective: "reach whoever can be reached at the least cost: an order within 90 days",
			Audience: Audience{AllOf: []string{"segment=hibernating"}},
			Channel:  "email", Priority: 400,
		},
		{
			Name: "first look", Objective: "keep visits and spend where they are: as many orders as in the quarter before",
			Audience: Audience{AllOf: []string{"quadrant=important value"}},
			Channel:  "push", Priority: 350,
		},
		{
			Name: "reasons to drop by", Objective: "more visits from those who spend much: a visit within 14 days",
			Audience: Audience{AllOf: []string{"quadrant=important retain"}},
			Channel:  "push", Priority: 300,
		},
		{
			Name: "basket coupon", Objective: "more spend from those who visit much: a higher average order value over 30 days",
			Audience: Audience{AllOf: []string{"quadrant=priority develop"}, NoneOf: []string{dealSeeker}},
			Channel:  "push", Priority: 250,
		},
		{
			Name: "one step up", Objective: "from the waist to the core: the spend that the core begins at, within 180 days",
			Audience: Audience{AllOf: []string{"layer=waist"}},
			Channel:  "push", Priority: 200,
		},
		{
			Name: "price cut", Objective: "find who can become more: a move to a better quadrant within 90 days",
			Audience: Audience{AnyOf: []string{"quadrant=general value", "layer=tail"}, NoneOf: []string{dealSeeker}},
			Channel:  "email", Priority: 150,
		},
	}
}
