// Lifecycle times the way from ten million orders to growth accounting by month
// and a triangle of retention on the data of the peers' benchmark, prints a
// line for each task in the peers' form, and checks its answers against those of
// duckdb.mjs. See the README beside this folder.
package main

import (
	"path/filepath"

	"github.com/regulars-go/regulars/examples/bench/internal/peers"
)

func main() { peers.Main("orders.csv and answers/lifecycle-duckdb.json", load) }

func load(dir string) (func(*peers.Sheet, int) error, error) {
	orders, err := peers.ReadOrders(filepath.Join(dir, "orders.csv"))
	if err != nil {
		return nil, err
	}
	want, err := readAnswers(filepath.Join(dir, "answers", "lifecycle-duckdb.json"))
	return func(sheet *peers.Sheet, n int) error { return measure(sheet, orders, want, n) }, err
}
