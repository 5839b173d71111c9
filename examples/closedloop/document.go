package main

import (
	"encoding/json"
	"io"

	"github.com/regulars-go/regulars/lifecycle"
	"github.com/regulars-go/regulars/rfm"
)

// document is what -json writes. Money is an exact decimal as text; dates are
// local. Without orders all is null but Input, Identity, Funnel and Persona.
type document struct {
	Input inputSection `json:"input"`
	// Identity is null without sightings.
	Identity *identitySection `json:"identity"`
	RFM      *rfmSection      `json:"rfm"`
	// Layers is null if nobody has spent anything.
	Layers *layersSection `json:"layers"`
	// Migration is null unless -since says from when.
	Migration *migrationSection `json:"migration"`
	Lifecycle *lifecycleSection `json:"lifecycle"`
	CLV       *clvSection       `json:"clv"`
	// Funnel is null without events.
	Funnel *funnelSection `json:"funnel"`
	// Persona is null without profiles.
	Persona  *personaSection  `json:"persona"`
	Loyalty  *loyaltySection  `json:"loyalty"`
	Strategy *strategySection `json:"strategy"`
	// Economics is what customers cost and bring.
	Economics *economicsSection `json:"economics"`
	// Skipped is what was not looked at, and the column that would unlock it.
	Skipped []skippedSection `json:"skipped"`
}

// inputSection says what came in. Every row is an order, a refund, a further
// line of an order, or set aside. Without orders From and To are of the events,
// and Rows to Total say nothing.
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
	// Events is null if there were none.
	Events *eventsInput `json:"events"`
}

// eventsInput says which events came in. Every row is an event or set aside.
type eventsInput struct {
	Source    string         `json:"source"`
	Rows      int            `json:"rows"`
	Events    int            `json:"events"`
	Customers int            `json:"customers"`
	Labels    []string       `json:"labels"`
	SetAside  map[string]int `json:"setAside"`
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
	Prospects int              `json:"prospects"`
	Octants   []groupSection   `json:"octants"`
	Quadrants quadrantsSection `json:"quadrants"`
	// Promotion is null if the orders don't say what was taken off.
	Promotion *promotionSection `json:"promotion"`
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

// groupSection is one group of customers. Share is that of the revenue; null if
// there is none.
type groupSection struct {
	Name      string   `json:"name"`
	Chinese   string   `json:"chinese"`
	Customers int      `json:"customers"`
	Revenue   string   `json:"revenue"`
	Share     *float64 `json:"share"`
}

// quadrantsSection sorts by visits and spend, each split at the mean.
type quadrantsSection struct {
	// Visits says what counts as one: "visits", or "orders" where no more is
	// known.
	Visits    string         `json:"visits"`
	VisitsCut string         `json:"visitsCut"`
	SpendCut  string         `json:"spendCut"`
	Groups    []groupSection `json:"groups"`
}

// promotionSection counts orders that had a price by whether it was cut.
type promotionSection struct {
	FullPrice  int    `json:"fullPrice"`
	Discounted int    `json:"discounted"`
	Free       int    `json:"free"`
	Subsidy    string `json:"subsidy"`
	// Depth is the subsidy as a share of what discounted orders would have cost;
	// null if there is none.
	Depth   *float64       `json:"depth"`
	Classes []classSection `json:"classes"`
}

type classSection struct {
	Name      string   `json:"name"`
	Customers int      `json:"customers"`
	Subsidy   string   `json:"subsidy"`
	Share     *float64 `json:"share"` // of the subsidy
}

// layersSection says how large the layers are meant to be, from what value on a
// customer is in them, and who is.
type layersSection struct {
	By           string         `json:"by"`
	Core         string         `json:"core"`
	Waist        string         `json:"waist"`
	CoreAtLeast  string         `json:"coreAtLeast"`
	WaistAtLeast string         `json:"waistAtLeast"`
	Groups       []groupSection `json:"groups"`
}

// migrationSection says who moved between segments, and why.
type migrationSection struct {
	From    string      `json:"from"`
	To      string      `json:"to"`
	Summary rfm.Summary `json:"summary"`
	Flows   []rfm.Flow  `json:"flows"`
	Cells   []rfm.Cell  `json:"cells"`
}

// lifecycleSection says where the customers are in their life with the shop.
type lifecycleSection struct {
	Stages    map[string]int      `json:"stages"`
	Growth    []lifecycle.Growth  `json:"growth"`
	Retention lifecycle.Retention `json:"retention"`
	// Boundaries are those that the gaps between orders suggest, in days.
	Boundaries lifecycle.Fitted `json:"boundaries"`
}

// clvSection says what customers will still buy and be worth.
type clvSection struct {
	// Reason says why nothing could be estimated; the rest is then empty.
	Reason         string              `json:"reason,omitzero"`
	Model          string              `json:"model"`
	Unit           string              `json:"unit"` // of time
	Verdict        string              `json:"verdict"`
	Params         map[string]float64  `json:"params"`
	LogLikelihood  float64             `json:"logLikelihood"`
	StandardErrors map[string]*float64 `json:"standardErrors"` // null where the data don't tell
	// HoldOut is null if the orders span too short a time.
	HoldOut         *holdOutSection `json:"holdout"`
	DiscountPerYear float64         `json:"discountPerYear"`
	// Residual is null if nobody came back with an amount, or the means don't
	// exist.
	Residual []residualSection `json:"residual"`
}

// holdOutSection compares purchases after Until with what a model of the time
// before expected of them.
type holdOutSection struct {
	Until     string  `json:"until"`
	Actual    float64 `json:"actual"`
	Predicted float64 `json:"predicted"`
	MAE       float64 `json:"mae"`
}

// residualSection is the discounted value to come of a segment, an estimate.
type residualSection struct {
	Name        string   `json:"name"`
	Customers   int      `json:"customers"`
	Value       float64  `json:"value"`
	PerCustomer *float64 `json:"perCustomer"` // null if there are none
}

func (a *analysis) writeJSON(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(a.document())
}
