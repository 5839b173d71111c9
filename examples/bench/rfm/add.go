package main

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/rfm"
)

// measureAdd times the way in for single orders with decimal amounts, on one
// goroutine, for keys of three types.
func measureAdd(o *orders, runs int) error {
	amounts := make([]decimal.Decimal, len(o.cents))
	for i, cents := range o.cents {
		amounts[i] = decimal.New(cents, -2)
	}
	times := make([]time.Time, len(o.at))
	for i, at := range o.at {
		times[i] = time.Unix(at, 0)
	}
	if err := add("int32", o.customer, times, amounts, runs); err != nil {
		return err
	}
	texts := mapped(o.customer, func(id int32) string { return fmt.Sprintf("customer-%d", id) })
	if err := add("string", texts, times, amounts, runs); err != nil {
		return err
	}
	uuids := mapped(o.customer, func(id int32) (u [16]byte) {
		binary.LittleEndian.PutUint64(u[:], uint64(id)*0x9e3779b97f4a7c15)
		binary.LittleEndian.PutUint64(u[8:], uint64(id)*0xe7037ed1a0b428db)
		return u
	})
	return add("[16]byte", uuids, times, amounts, runs)
}

func add[K regulars.ID](kind string, ids []K, times []time.Time, amounts []decimal.Decimal, runs int) (failed error) {
	timed(line{Task: "rfm_add", Source: "memory/time, keys " + kind, Rows: len(ids), Threads: 1}, runs, func() {
		var tally rfm.Tally[K]
		for i, id := range ids {
			if err := tally.Add(id, rfm.Order{At: times[i], Amount: amounts[i]}); err != nil {
				failed = err
			}
		}
	})
	return failed
}

// mapped gives every order the key of its customer, each made once.
func mapped[K regulars.ID](customers []int32, key func(int32) K) []K {
	known := map[int32]K{}
	ids := make([]K, len(customers))
	for i, c := range customers {
		id, ok := known[c]
		if !ok {
			id = key(c)
			known[c] = id
		}
		ids[i] = id
	}
	return ids
}

// liveHeap is what the garbage collector would leave.
func liveHeap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
