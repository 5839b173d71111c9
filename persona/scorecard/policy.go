package scorecard

import (
	"fmt"
	"math"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// Policy sets how a card is fitted. The zero value is ready to use.
type Policy struct {
	// Name is the key of the labels that grades become, such as "lead" of
	// "lead=a". It defaults to "grade".
	Name string `json:"name,omitempty"`
	// MinShare is the least share of all cases that a bin should have, from 0 to
	// 0.5. Bands below it are joined with the neighbour that is more alike; values
	// of an enum below it become one bin, "other". What is not known stays a bin
	// of its own, however small. Zero means 0.05; a negative number joins nothing.
	MinShare float64 `json:"minShare,omitzero"`
	// MinIV is the least information value of a feature that the card uses. By
	// default it uses all; below 0.02 a feature says next to nothing (Siddiqi
	// 2006, Credit Risk Scorecards, section 6).
	MinIV float64 `json:"minIV,omitzero"`
	// Ridge is how strongly coefficients are drawn towards 0: half of it times
	// their squares is added to what is minimised. It keeps features that say the
	// same, or all, from running away. It is above 0 and at most 1e6. Zero means 1.
	Ridge float64 `json:"ridge,omitzero"`
	// Points, Odds and Double make the scale: a score of Points stands for Odds
	// good ones to a bad one, and Double points more for twice the odds. Zero
	// means 600 points at odds of 50, and 20 to double them (Siddiqi 2006); all
	// three are above 0.
	Points float64 `json:"points,omitzero"`
	Odds   float64 `json:"odds,omitzero"`
	Double float64 `json:"double,omitzero"`
	// Grades are the names of scores, the highest first. Without any, fitting
	// makes five: "a" for the best fifth of the cases, and so on to "e", fewer
	// where many have one score.
	Grades []Grade `json:"grades,omitempty"`
}

// Grade is a name for scores from Least on. That of the lowest grade is not
// looked at: it has all the rest.
type Grade struct {
	Name  string `json:"name"`
	Least int    `json:"least"`
}

// Limits of a [Policy].
const (
	MaxGrades    = 26
	MaxNameBytes = 50
	maxRidge     = 1e6
	maxScore     = 1e6
	maxDouble    = 1e4
)

// ParsePolicy reads a policy from JSON and validates it. The document is read
// strictly: an unknown or repeated key and trailing data are faults. The error
// is [regulars.Faults].
func ParsePolicy(data []byte) (Policy, error) {
	var p Policy
	if err := config.Decode(data, &p); err != nil {
		return Policy{}, err
	}
	if err := p.Validate(); err != nil {
		return Policy{}, err
	}
	return p, nil
}

// Validate returns all faults of p as [regulars.Faults]: a name that is no part
// of a label, a number out of range, grades that don't descend or share a name.
func (p Policy) Validate() error {
	var f regulars.Faults
	if p.Name != "" && !isKey(p.Name) {
		f.Add("name", `%q: want a to z, 0 to 9, ".", "_" or "-", a letter first, up to %d`, p.Name, MaxNameBytes)
	}
	if !(p.MinShare <= 0.5) || math.IsInf(p.MinShare, -1) {
		f.Add("minShare", "%v: want at most 0.5", p.MinShare)
	}
	if !(p.MinIV >= 0 && p.MinIV <= 10) {
		f.Add("minIV", "%v: want 0 to 10", p.MinIV)
	}
	positive := func(path string, x, limit float64) {
		if x != 0 && !(x > 0 && x <= limit) {
			f.Add(path, "%v: want more than 0 and at most %v, or 0 for the default", x, limit)
		}
	}
	positive("ridge", p.Ridge, maxRidge)
	positive("points", p.Points, maxScore)
	positive("odds", p.Odds, maxScore)
	positive("double", p.Double, maxDouble)
	f = append(f, gradeFaults(p.Grades)...)
	return f.Err()
}

func gradeFaults(grades []Grade) (f regulars.Faults) {
	if n := len(grades); n > MaxGrades {
		f.Add("grades", "%d grades: want at most %d", n, MaxGrades)
	}
	seen := map[string]bool{}
	for i, g := range grades {
		path := fmt.Sprintf("grades[%d]", i)
		if !isValue(g.Name) {
			f.Add(path+".name", "%q: want lower-case letters, digits, spaces or \"-\", up to %d", g.Name, MaxNameBytes)
		}
		if seen[g.Name] {
			f.Add(path+".name", "%q stands there twice", g.Name)
		}
		seen[g.Name] = true
		if i > 0 && i < len(grades)-1 && g.Least >= grades[i-1].Least {
			f.Add(path+".least", "%d is not below the grade before it", g.Least)
		}
	}
	return f
}

func isKey(text string) bool {
	for i := range len(text) {
		c := text[i]
		if letter := 'a' <= c && c <= 'z'; !letter && (i == 0 || c != '.' && c != '_' && c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return text != "" && len(text) <= MaxNameBytes
}

func isValue(text string) bool {
	for i := range len(text) {
		c := text[i]
		inner := c == ' ' && i > 0 && i < len(text)-1
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && !inner {
			return false
		}
	}
	return text != "" && len(text) <= MaxNameBytes
}

func (p Policy) completed() Policy {
	if p.Name == "" {
		p.Name = "grade"
	}
	if p.MinShare == 0 {
		p.MinShare = 0.05
	}
	if p.Ridge == 0 {
		p.Ridge = 1
	}
	if p.Points == 0 {
		p.Points = 600
	}
	if p.Odds == 0 {
		p.Odds = 50
	}
	if p.Double == 0 {
		p.Double = 20
	}
	return p
}
