// Funnel times the levels of a funnel of four steps within 24 hours over twenty
// million events on the data of the peers' benchmark, prints a line for each
// task in the peers' form, and checks its answers against theirs. See the
// README beside this folder.
package main

import (
	"path/filepath"

	"github.com/regulars-go/regulars/examples/bench/internal/peers"
)

func main() { peers.Main("events.csv and answers/funnel.json", load) }

func load(dir string) (func(*peers.Sheet, int) error, error) {
	events, err := readEvents(filepath.Join(dir, "events.csv"))
	if err != nil {
		return nil, err
	}
	want, err := readAnswers(filepath.Join(dir, "answers", "funnel.json"))
	return func(sheet *peers.Sheet, n int) error { return measure(sheet, events, want, n) }, err
}
