// Package peers reads the orders of the peers' benchmark, prints measurements
// in the form of its scripts, and sets the two side by side.
package peers

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Orders are the log in memory, in the order of the file: that of time.
type Orders struct {
	Customer []int32
	At       []int64 // Unix seconds
	Cents    []int64
}

// ReadOrders reads customer, Unix seconds and an amount with two decimals.
func ReadOrders(path string) (o *Orders, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w; the peers' gen.mjs writes it", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	o = &Orders{}
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
		o.Customer = append(o.Customer, int32(numbers[0]))
		o.At = append(o.At, numbers[1])
		o.Cents = append(o.Cents, numbers[2])
	}
	return o, lines.Err()
}

// DefaultData returns the folder in which the peers keep the data of scale 1.
func DefaultData() string {
	if dir := os.Getenv("REGULARS_PEERS_DATA"); dir != "" {
		return filepath.Join(dir, "scale-1")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "scale-1"
	}
	return filepath.Join(cache, "regulars-peers", "scale-1")
}

// Threads reads numbers from 1 with commas between.
func Threads(text string) ([]int, error) {
	var threads []int
	for number := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("threads %q: want numbers from 1 with commas between", text)
		}
		threads = append(threads, n)
	}
	return threads, nil
}
