package main

import (
	"encoding"
	"errors"
	"reflect"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
)

// Part is an accumulator on its way: alive where somebody works on it, bytes
// between workers. The library's accumulators are not told their zone or their
// funnel by bytes, so whoever receives a Part opens it with a fresh one that is
// configured already.
type Part struct {
	live  accumulator
	bytes []byte
}

// accumulator is what regulars' accumulators have in common.
type accumulator interface {
	encoding.BinaryMarshaler
	encoding.BinaryUnmarshaler
}

func init() { beam.RegisterCoder(reflect.TypeFor[Part](), encodePart, decodePart) }

func encodePart(p Part) ([]byte, error) {
	if p.live == nil {
		return p.bytes, nil
	}
	return p.live.MarshalBinary()
}

func decodePart(data []byte) (Part, error) {
	if len(data) == 0 {
		return Part{}, errors.New("a part without bytes")
	}
	return Part{bytes: slices.Clone(data)}, nil
}

// open returns the accumulator of a part; fresh makes an empty one.
func open[A accumulator](p Part, fresh func() A) (A, error) {
	if p.live != nil {
		return p.live.(A), nil
	}
	a := fresh()
	return a, a.UnmarshalBinary(p.bytes)
}

// mergeParts adds what b has to a.
func mergeParts[A interface {
	accumulator
	Merge(A) error
}](a, b Part, fresh func() A) (Part, error) {
	to, err := open(a, fresh)
	if err != nil {
		return Part{}, err
	}
	from, err := open(b, fresh)
	if err != nil {
		return Part{}, err
	}
	return Part{live: to}, to.Merge(from)
}
