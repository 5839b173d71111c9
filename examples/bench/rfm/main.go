// Rfm times the way from ten million orders to score cells on the data of the
// peers' benchmark, prints a line for each task in the peers' form, and checks
// its answers against theirs. See the README beside this folder.
package main

import (
	"path/filepath"

	"github.com/regulars-go/regulars/examples/bench/internal/peers"
)

func main() { peers.Main("orders.csv and answers/rfm.json", load) }

func load(dir string) (func(*peers.Sheet, int) error, error) {
	orders, err := peers.ReadOrders(filepath.Join(dir, "orders.csv"))
	if err != nil {
		return nil, err
	}
	want, err := readAnswers(filepath.Join(dir, "answers", "rfm.json"))
	return func(sheet *peers.Sheet, n int) error {
		if err := measure(sheet, orders, want, n); err != nil || n > 1 {
			return err
		}
		return measureAdd(sheet, orders)
	}, err
}
