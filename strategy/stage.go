package strategy

import "github.com/regulars-go/regulars/internal/names"

// Stage is a step on the way to a decision. A verdict names the one that a
// candidate came to.
type Stage uint8

// The stages, in the order in which a candidate goes through them.
const (
	// StageHoldout withholds marketing from who is held out.
	StageHoldout Stage = 1 + iota
	// StageDates asks whether the operation runs.
	StageDates
	// StageEligibility asks who may get it.
	StageEligibility
	// StageRelevance asks for whom it makes sense now.
	StageRelevance
	// StageSuitability asks whom it is good for.
	StageSuitability
	// StageConsent asks for a channel that the customer can be reached by.
	StageConsent
	// StageCoolDown keeps the operation from coming again too soon.
	StageCoolDown
	// StageCaps keeps the customer from getting too much.
	StageCaps
	// StageQuiet keeps the night quiet.
	StageQuiet
	// StageBudget asks what is left.
	StageBudget
	// StageExploration draws one, where there is exploration.
	StageExploration
	// StageScore asks what it would bring.
	StageScore
	// StageRank leaves one.
	StageRank
	// StageFallback is for who gets nothing else.
	StageFallback
	// StageReserve comes after the decision, where a store may refuse it.
	StageReserve
)

var stageNames = names.Names{Package: "strategy", Type: "Stage", What: "stage", List: []string{
	"", "holdout", "dates", "eligibility", "relevance", "suitability", "consent", "cool-down", "caps", "quiet hours",
	"budget", "exploration", "score", "rank", "fallback", "reserve",
}}

// String returns the name of s, such as "quiet hours"; "" for the zero value.
func (s Stage) String() string { return stageNames.Of(uint8(s)) }

// MarshalText writes s as [Stage.String] does; a stage that does not exist is an
// error.
func (s Stage) MarshalText() ([]byte, error) { return stageNames.Marshal(uint8(s)) }

// UnmarshalText reads the name of a stage.
func (s *Stage) UnmarshalText(text []byte) error {
	i, err := stageNames.Unmarshal(text)
	if err == nil {
		*s = Stage(i)
	}
	return err
}
