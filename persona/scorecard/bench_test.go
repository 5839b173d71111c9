package scorecard_test

import (
	"testing"

	"github.com/regulars-go/regulars/persona/scorecard"
)

func BenchmarkScore(b *testing.B) {
	c := fit(b, crowd(b, 0, 1000), scorecard.Policy{})
	p, _ := person(7)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Score(p, monday); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFit(b *testing.B) {
	s := crowd(b, 0, 1000)
	b.ReportAllocs()
	for b.Loop() {
		fit(b, s, scorecard.Policy{})
	}
}
