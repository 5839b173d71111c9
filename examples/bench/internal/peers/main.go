package peers

import (
	"flag"
	"log"
	"os"
	"runtime"
)

// Main is the main function of a comparison. It reads the flags that all of
// them have, hands load the folder of the data, and has the function that load
// returns measure with each number of goroutines, on as many processors. what
// names the files that the folder must have.
func Main(what string, load func(dir string) (measure func(sheet *Sheet, threads int) error, err error)) {
	log.SetFlags(0)
	dir := flag.String("data", DefaultData(), "`DIR` of "+what)
	threads := flag.String("threads", "1,2", "numbers of goroutines, with as many processors")
	runs := flag.Int("runs", 5, "timed runs of each task, after one to warm up")
	other := flag.String("compare", "", "`FILE` of the lines that the peers printed, to end with a table of ratios")
	flag.Parse()
	sheet := &Sheet{Runs: *runs}
	if err := run(sheet, *dir, *threads, load); err != nil {
		log.Fatal(err)
	}
	if *other != "" {
		if err := sheet.Compare(os.Stdout, *other); err != nil {
			log.Fatal(err)
		}
	}
}

func run(sheet *Sheet, dir, threads string, load func(string) (func(*Sheet, int) error, error)) error {
	counts, err := Threads(threads)
	if err != nil {
		return err
	}
	measure, err := load(dir)
	if err != nil {
		return err
	}
	for _, n := range counts {
		runtime.GOMAXPROCS(n)
		if err := measure(sheet, n); err != nil {
			return err
		}
	}
	return nil
}
