package businesses

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/regulars-go/regulars/funnel"
	"github.com/regulars-go/regulars/funnel/journey"
	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/persona/tracking"
	"github.com/regulars-go/regulars/strategy"
)

// Files has a folder for each business of [Names].
//
//go:embed */*.json
var Files embed.FS

// Names lists the businesses.
func Names() []string {
	return []string{"appliance-service", "bank-card", "retailer", "vocational-school"}
}

// Set is the documents of one business.
type Set struct {
	Tracking   tracking.Plan
	Vocabulary Vocabulary
	Funnel     funnel.Funnel
	Journey    journey.Map
	Program    loyalty.Program
	Playbook   strategy.Playbook
	Plan       strategy.Plan
}

// Vocabulary is what can be known of a customer.
type Vocabulary struct {
	Labels  strategy.Vocabulary `json:"labels"`
	Numbers []string            `json:"numbers"`
}

// Read reads the set in a folder. zones finds a time zone by its name, such as
// [time.LoadLocation]. The error joins those of all documents, each with its
// file.
func Read(files fs.FS, folder string, zones func(string) (*time.Location, error)) (Set, error) {
	var s Set
	var problems []error
	read := func(name string, parse func(data []byte) error) {
		data, err := fs.ReadFile(files, path.Join(folder, name))
		if err == nil {
			err = parse(data)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s/%s: %w", folder, name, err))
		}
	}
	read("tracking.json", func(data []byte) (err error) { s.Tracking, err = tracking.ParsePlan(data); return err })
	read("vocabulary.json", func(data []byte) error { return strict(data, &s.Vocabulary) })
	read("funnel.json", func(data []byte) (err error) { s.Funnel, err = funnel.Parse(data); return err })
	read("journey.json", func(data []byte) (err error) { s.Journey, err = journey.ParseMap(data); return err })
	read("program.json", func(data []byte) (err error) { s.Program, err = loyalty.ParseProgram(data, zones); return err })
	host := strategy.Host{Zones: zones, Labels: s.Vocabulary.Labels, Numbers: s.Vocabulary.Numbers}
	read("playbook.json", func(data []byte) (err error) { s.Playbook, err = host.ParsePlaybook(data); return err })
	if len(problems) == 0 { // else it would lack what a faulty playbook has
		read("contingency.json", func(data []byte) (err error) { s.Plan, err = strategy.ParsePlan(data, s.Playbook); return err })
	}
	return s, errors.Join(problems...)
}

// strict reads a document without unknown keys and trailing data.
func strict(data []byte, into any) error {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("not as it should be: %w", err)
	}
	if d.More() {
		return errors.New("something follows the document")
	}
	return nil
}
