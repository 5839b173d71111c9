// Rfm times the way from ten million orders to score cells on the data of the
// peers' benchmark, prints a line for each task in the peers' form, and checks
// its answers against theirs. See the README beside this folder.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("data", defaultData(), "`DIR` of orders.csv and answers/rfm.json")
	threads := flag.String("threads", "1,2", "numbers of goroutines, with as many processors")
	runs := flag.Int("runs", 5, "timed runs of each task, after one to warm up")
	peers := flag.String("compare", "", "`FILE` of the lines that the peers printed, to end with a table of ratios")
	flag.Parse()
	orders, err := readOrders(filepath.Join(*dir, "orders.csv"))
	if err != nil {
		log.Fatal(err)
	}
	want, err := readAnswers(filepath.Join(*dir, "answers", "rfm.json"))
	if err != nil {
		log.Fatal(err)
	}
	for _, text := range strings.Split(*threads, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			log.Fatalf("-threads %s: want numbers from 1 with commas between", *threads)
		}
		runtime.GOMAXPROCS(n)
		if err := measure(orders, want, n, *runs); err != nil {
			log.Fatal(err)
		}
	}
	runtime.GOMAXPROCS(1)
	if err := measureAdd(orders, *runs); err != nil {
		log.Fatal(err)
	}
	if *peers != "" {
		if err := compare(os.Stdout, *peers, printed); err != nil {
			log.Fatal(err)
		}
	}
}

func defaultData() string {
	if dir := os.Getenv("REGULARS_PEERS_DATA"); dir != "" {
		return filepath.Join(dir, "scale-1")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "scale-1"
	}
	return filepath.Join(cache, "regulars-peers", "scale-1")
}

// line is a measurement, in the form that the peers' scripts print.
type line struct {
	Peer          string  `json:"peer"`
	Version       string  `json:"version"`
	Task          string  `json:"task"`
	Source        string  `json:"source"`
	Rows          int     `json:"rows"`
	Threads       int     `json:"threads"`
	Runs          int     `json:"runs,omitzero"`
	SecondsMin    float64 `json:"seconds_min,omitzero"`
	SecondsMedian float64 `json:"seconds_median,omitzero"`
	// BytesPerCustomer is for rfm_heap, which takes no time.
	BytesPerCustomer float64 `json:"bytes_per_customer,omitzero"`
}

// timed runs f once to warm up and then runs times, and prints the line.
func timed(l line, runs int, f func()) {
	seconds := make([]float64, 0, runs)
	for i := range runs + 1 {
		runtime.GC()
		start := time.Now()
		f()
		if i > 0 {
			seconds = append(seconds, time.Since(start).Seconds())
		}
	}
	slices.Sort(seconds)
	l.Runs = runs
	l.SecondsMin, l.SecondsMedian = round(seconds[0]), round(seconds[len(seconds)/2])
	l.print()
}

// printed are the lines so far.
var printed []line

func (l line) print() {
	l.Peer, l.Version = "regulars", runtime.Version()
	text, err := json.Marshal(l)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	printed = append(printed, l)
}

func round(s float64) float64 { return float64(int(s*1e4+0.5)) / 1e4 }

// readOrders reads customer, Unix seconds and an amount with two decimals.
func readOrders(path string) (*orders, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w; the peers' gen.mjs writes it", err)
	}
	defer file.Close()
	o := &orders{}
	lines := bufio.NewScanner(file)
	lines.Scan() // the header
	for lines.Scan() {
		id, rest, _ := strings.Cut(lines.Text(), ",")
		at, amount, _ := strings.Cut(rest, ",")
		whole, fraction, _ := strings.Cut(amount, ".")
		numbers := [3]int64{}
		for i, text := range []string{id, at, whole + (fraction + "00")[:2]} {
			if numbers[i], err = strconv.ParseInt(text, 10, 64); err != nil {
				return nil, fmt.Errorf("%s: %q: %w", path, lines.Text(), err)
			}
		}
		o.customer = append(o.customer, int32(numbers[0]))
		o.at = append(o.at, numbers[1])
		o.cents = append(o.cents, numbers[2])
	}
	return o, lines.Err()
}
