package journey

import (
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
)

// Place is where a user is on a map, and how they got there.
type Place[K regulars.ID] struct {
	User K `json:"user"`
	// Visits are the stages that the user entered, in their order; none if the
	// user entered no stage.
	Visits []Visit `json:"visits"`
	// Open says that the user's window is open: more may follow.
	Open bool `json:"open,omitzero"`
}

// Visit is a stage that a user entered.
type Visit struct {
	// Stage is its name.
	Stage string `json:"stage"`
	// Entered is when, in UTC and cut to microseconds.
	Entered time.Time `json:"entered"`
	// Completed says that the user completed the stage, and At when: that of
	// Entered for a last stage without exit. Zero if not.
	Completed bool      `json:"completed"`
	At        time.Time `json:"at,omitzero"`
}

// Stage returns the last stage that the user entered; ok is false if none.
func (p Place[K]) Stage() (stage Visit, ok bool) {
	if len(p.Visits) == 0 {
		return Visit{}, false
	}
	return p.Visits[len(p.Visits)-1], true
}

// Label returns where the user is as other packages read it, such as
// "journey=consider"; "" if the user entered no stage.
func (p Place[K]) Label() string {
	stage, ok := p.Stage()
	if !ok {
		return ""
	}
	return "journey=" + stage.Stage
}

// Places returns where each user of a log is, by ascending user, whatever
// Map.By says. Events may be in any order. The errors are those of [CountMap].
func Places[E any, K regulars.ID](m Map, s funnel.Source[E, K], events []E) ([]Place[K], error) {
	c, err := NewMapCounter(m, s)
	if err != nil {
		return nil, err
	}
	var places []Place[K]
	err = eachUser(s, events, func(user K, of []E) error {
		results, err := c.one.Results(of)
		if err != nil {
			return err
		}
		for _, r := range results {
			c.visits = appendVisits(c.visits[:0], c.steps, r)
			places = append(places, placeOf(m, user, r, c.visits))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(places, func(a, b Place[K]) int { return regulars.Compare(a.User, b.User) })
	return places, nil
}

func placeOf[K regulars.ID](m Map, user K, r funnel.Result, visits []visit) Place[K] {
	p := Place[K]{User: user, Visits: []Visit{}, Open: r.Open}
	for _, v := range visits {
		visit := Visit{Stage: m.Stages[v.stage].Name, Entered: time.UnixMicro(v.entered).UTC(), Completed: v.completed}
		if v.completed {
			visit.At = time.UnixMicro(v.leaves).UTC()
		}
		p.Visits = append(p.Visits, visit)
	}
	return p
}
