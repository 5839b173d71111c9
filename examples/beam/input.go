package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/textio"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
)

// Order is a row of the file of orders. Beam's own coder carries it, so its
// fields are plain: the instant in microseconds, the amount as its text.
type Order struct {
	Customer string
	At       int64
	Amount   string
}

// Event is a row of the file of events.
type Event struct {
	User string
	At   int64
	Name string
}

// The first lines of the files.
const (
	orderHeader = "customer,at,amount"
	eventHeader = "user,at,event"
)

func init() {
	beam.RegisterType(beamType[Order]())
	beam.RegisterType(beamType[Event]())
	register.DoFn3x1[context.Context, string, func(Order), error](&parseOrders{})
	register.DoFn3x1[context.Context, string, func(Event), error](&parseEvents{})
	register.DoFn1x2[Order, int, Order](&orderShard{})
	register.Emitter1[Order]()
	register.Emitter1[Event]()
}

// readOrders reads the files that match a pattern.
func readOrders(s beam.Scope, glob string) beam.PCollection {
	return beam.ParDo(s, &parseOrders{}, textio.Read(s, glob))
}

func readEvents(s beam.Scope, glob string) beam.PCollection {
	return beam.ParDo(s, &parseEvents{}, textio.Read(s, glob))
}

type parseOrders struct{}

// ProcessElement parses one line. A malformed one stops the pipeline: whoever
// skips it counts another shop.
func (*parseOrders) ProcessElement(_ context.Context, line string, emit func(Order)) error {
	if skip(line, orderHeader) {
		return nil
	}
	fields, at, err := parseLine(line, orderHeader)
	if err == nil {
		emit(Order{Customer: fields[0], At: at, Amount: fields[2]})
	}
	return err
}

type parseEvents struct{}

// ProcessElement parses one line.
func (*parseEvents) ProcessElement(_ context.Context, line string, emit func(Event)) error {
	if skip(line, eventHeader) {
		return nil
	}
	fields, at, err := parseLine(line, eventHeader)
	if err == nil {
		emit(Event{User: fields[0], At: at, Name: fields[2]})
	}
	return err
}

func skip(line, header string) bool {
	line = strings.TrimRight(line, "\r")
	return line == "" || line == header
}

// parseLine returns the fields of a line and its instant in microseconds.
func parseLine(line, header string) (fields []string, at int64, err error) {
	fields, err = csv.NewReader(strings.NewReader(line)).Read()
	if err != nil || len(fields) != 3 {
		return nil, 0, fmt.Errorf("line %.80q: want %s", line, header)
	}
	instant, err := time.Parse(time.RFC3339Nano, fields[1])
	if err != nil {
		return nil, 0, fmt.Errorf("line %.80q: want a time such as 2026-06-30T12:00:00+08:00", line)
	}
	return fields, instant.UnixMicro(), nil
}

// orderShard keys an order by the shard of its customer.
type orderShard struct{ Shards int }

// ProcessElement returns the shard and the order.
func (f *orderShard) ProcessElement(o Order) (int, Order) { return shardOf(o.Customer, f.Shards), o }

// shardOf deals customers to shards by their name alone, so that no worker has
// to know the others.
func shardOf(customer string, shards int) int {
	h := fnv.New64a()
	h.Write([]byte(customer))
	return int(h.Sum64() % uint64(shards))
}
