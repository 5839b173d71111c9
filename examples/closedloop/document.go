package main

import (
	"encoding/json"
	"io"
)

// document is what -json writes. Money is an exact decimal as text; dates are
// local.
type document struct {
	Input inputSection `json:"input"`
	RFM   rfmSection   `json:"rfm"`
}

// inputSection says what came in. Every row is an order, a refund, a further
// line of an order, or set aside.
type inputSection struct {
	Source    string `json:"source"`
	Zone      string `json:"zone"`
	Rows      int    `json:"rows"`
	Orders    int    `json:"orders"`
	Refunds   int    `json:"refunds"`
	Customers int    `json:"customers"`
	From      string `json:"from"`
	To        string `json:"to"`
	// Total is what was paid less what was given back.
	Total    string         `json:"total"`
	SetAside map[string]int `json:"setAside"`
}

// rfmSection says what the customers are worth.
type rfmSection struct {
	AsOf          string               `json:"asOf"`
	Method        string               `json:"method"`
	Cuts          cutsSection          `json:"cuts"`
	Scores        map[string]int       `json:"scores"`
	Segments      []segmentSection     `json:"segments"`
	Concentration concentrationSection `json:"concentration"`
	// Prospects have no order that counts, and so no score.
	Prospects int `json:"prospects"`
}

// cutsSection holds the cuts between scores, in days, orders and money.
type cutsSection struct {
	Recency   []string `json:"recency"`
	Frequency []string `json:"frequency"`
	Monetary  []string `json:"monetary"`
}

type segmentSection struct {
	Name      string `json:"name"`
	Customers int    `json:"customers"`
	Orders    int    `json:"orders"`
	Revenue   string `json:"revenue"`
	// Share is that of the revenue; null if there is none.
	Share *float64 `json:"share"`
}

// concentrationSection is null where nobody has spent anything.
type concentrationSection struct {
	Top20 *float64 `json:"top20"`
	Gini  *float64 `json:"gini"`
}

func (a *analysis) writeJSON(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(a.document())
}
