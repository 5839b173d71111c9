package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/examples/bench/internal/peers"
	"github.com/regulars-go/regulars/rfm"
)

// measureAdd times the way in for single orders with decimal amounts, on one
// goroutine, for keys of three types.
func measureAdd(sheet *peers.Sheet, o *peers.Orders) error {
	amounts := make([]decimal.Decimal, len(o.Cents))
	for i, cents := range o.Cents {
		amounts[i] = decimal.New(cents, -2)
	}
	times := make([]time.Time, len(o.At))
	for i, at := range o.At {
		times[i] = time.Unix(at, 0)
	}
	if err := add(sheet, "int32", o.Customer, times, amounts); err != nil {
		return err
	}
	texts := mapped(o.Customer, func(id int32) string { return fmt.Sprintf("customer-%d", id) })
	if err := add(sheet, "string", texts, times, amounts); err != nil {
		return err
	}
	uuids := mapped(o.Customer, func(id int32) (u [16]byte) {
		binary.LittleEndian.PutUint64(u[:], uint64(id)*0x9e3779b97f4a7c15)
		binary.LittleEndian.PutUint64(u[8:], uint64(id)*0xe7037ed1a0b428db)
		return u
	})
	return add(sheet, "[16]byte", uuids, times, amounts)
}

func add[K regulars.ID](sheet *peers.Sheet, kind string, ids []K, times []time.Time, amounts []decimal.Decimal) (failed error) {
	err := sheet.Time(peers.Line{Task: "rfm_add", Source: "memory/time, keys " + kind, Rows: len(ids), Threads: 1}, func() {
		var tally rfm.Tally[K]
		for i, id := range ids {
			if err := tally.Add(id, rfm.Order{At: times[i], Amount: amounts[i]}); err != nil {
				failed = err
			}
		}
	})
	return errors.Join(failed, err)
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
