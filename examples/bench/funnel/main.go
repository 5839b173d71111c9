// Funnel times the levels of a funnel of four steps within 24 hours over twenty
// million events on the data of the peers' benchmark, prints a line for each
// task in the peers' form, and checks its answers against theirs. See the
// README beside this folder.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
	"runtime"

	"github.com/regulars-go/regulars/examples/bench/internal/peers"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("data", peers.DefaultData(), "`DIR` of events.csv and answers/funnel.json")
	threads := flag.String("threads", "1,2", "numbers of goroutines, with as many processors")
	runs := flag.Int("runs", 5, "timed runs of each task, after one to warm up")
	other := flag.String("compare", "", "`FILE` of the lines that the peers printed, to end with a table of ratios")
	flag.Parse()
	sheet := &peers.Sheet{Runs: *runs}
	if err := run(sheet, *dir, *threads); err != nil {
		log.Fatal(err)
	}
	if *other != "" {
		if err := sheet.Compare(os.Stdout, *other); err != nil {
			log.Fatal(err)
		}
	}
}

func run(sheet *peers.Sheet, dir, threads string) error {
	counts, err := peers.Threads(threads)
	if err != nil {
		return err
	}
	events, err := readEvents(filepath.Join(dir, "events.csv"))
	if err != nil {
		return err
	}
	want, err := readAnswers(filepath.Join(dir, "answers", "funnel.json"))
	if err != nil {
		return err
	}
	for _, n := range counts {
		runtime.GOMAXPROCS(n)
		if err := measure(sheet, events, want, n); err != nil {
			return err
		}
	}
	return nil
}
