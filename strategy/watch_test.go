package strategy_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/stats"
	"github.com/regulars-go/regulars/strategy"
)

// watchStart is a Monday.
var watchStart = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// ordersFall is the watch of these tests, with a threshold of its own.
func ordersFall(threshold float64) strategy.Watch {
	return strategy.Watch{Name: "orders fall", Metric: "orders", Threshold: threshold}
}

// watchFataler is what a test and a property have in common.
type watchFataler interface {
	Helper()
	Fatal(args ...any)
}

// weekly is a series whose mean differs by weekday, with so many weeks of
// baseline before watchStart and so many days after it; off says how many
// standard deviations of 100 each day is off.
func weekly(t watchFataler, weeks, days int, off func(day int) float64) *strategy.Series {
	t.Helper()
	s := &strategy.Series{}
	for day := -7 * weeks; day < days; day++ {
		mean := 1000 + 200*float64(((day%7)+7)%7)
		value, ok := strategy.MicrosOf(mean + 100*off(day))
		if !ok {
			t.Fatal("out of range")
		}
		if err := s.Add(watchStart.AddDate(0, 0, day), value); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func readWatch(t watchFataler, w strategy.Watch, s *strategy.Series) strategy.Reading {
	t.Helper()
	r, err := w.Read(s, watchStart)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The run lengths of k = 0.5 are 335 and 930 days in control for h = 4 and 5,
// and 8.38 and 10.38 if the mean is off by one standard deviation: table 9.3 of
// Montgomery, Introduction to Statistical Quality Control, whose figures for two
// sides, 168 and 465, are half of them in control.
func TestRunLengthPublished(t *testing.T) {
	tests := []struct{ threshold, shift, want, by float64 }{
		{4, 0, 335, 0.5},
		{5, 0, 930, 1},
		{4, 1, 8.38, 0.005},
		{5, 1, 10.38, 0.005},
	}
	for _, tt := range tests {
		got, ok := ordersFall(tt.threshold).RunLength(tt.shift)
		if !ok || math.Abs(got-tt.want) > tt.by {
			t.Errorf("h = %v, shift %v: %v, %t, want %v", tt.threshold, tt.shift, got, ok, tt.want)
		}
	}
}

// markovRunLength approximates the run length by a chain of n states (Brook and
// Evans 1972, Biometrika 59:539), which come nearer as there are more.
func markovRunLength(h, k, shift float64, n int) float64 {
	width := 2 * h / float64(2*n-1)
	cdf := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	// The lengths solve (1 - chances)·lengths = 1.
	a, b := make([][]float64, n), make([]float64, n)
	for i := range a {
		a[i], b[i] = make([]float64, n), 1
		for j := range a[i] {
			to := float64(j-i)*width + k - shift
			a[i][j] = -cdf(to + width/2)
			if j > 0 {
				a[i][j] += cdf(to - width/2)
			}
		}
		a[i][i]++
	}
	lengths, ok := stats.Solve(a, b)
	if !ok {
		return math.NaN()
	}
	return lengths[0]
}

// The integral equation agrees with a Markov chain.
func TestRunLengthAgainstMarkovChain(t *testing.T) {
	for _, tt := range []struct{ h, k, shift float64 }{{2, 0.5, 0}, {3, 0.25, 0.5}, {4, 0.5, 0}, {4, 0.5, 1}, {2, 1, -0.5}} {
		got, ok := strategy.Watch{Name: "w", Metric: "m", Threshold: tt.h, Slack: tt.k}.RunLength(tt.shift)
		// Twice the states quarter the error: what both say together is without it.
		coarse, fine := markovRunLength(tt.h, tt.k, tt.shift, 40), markovRunLength(tt.h, tt.k, tt.shift, 80)
		want := fine + (fine-coarse)/3
		if !ok || math.Abs(got-want) > 2e-3*want {
			t.Errorf("h = %v, k = %v, shift %v: %v, %t, want %v", tt.h, tt.k, tt.shift, got, ok, want)
		}
	}
}

func TestRunLengthOfOddWatches(t *testing.T) {
	for _, shift := range []float64{math.NaN(), math.Inf(1), -9} { // the last never alarms
		if days, ok := ordersFall(5).RunLength(shift); ok {
			t.Errorf("shift %v: %v days", shift, days)
		}
	}
	if days, ok := ordersFall(5).RunLength(1e3); !ok || days != 1 {
		t.Errorf("a shift beyond all bounds: %v, %t, want the first day", days, ok)
	}
	if _, ok := (strategy.Watch{}).RunLength(0); ok {
		t.Error("a watch without a name has a run length")
	}
}

// The watch itself, on simulated days: how long until it signals, in control and
// one standard deviation below. A year or two of baseline leave little doubt of
// what is normal, so that run lengths come near those of a known mean.
func TestRunLengthBySimulation(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 7))
	const runs = 250
	sum := 0
	for range runs {
		s := weekly(t, 52, 60, func(day int) float64 {
			if day >= 0 {
				return random.NormFloat64() - 1
			}
			return random.NormFloat64()
		})
		w := ordersFall(4)
		w.Weeks = 52
		r := readWatch(t, w, s)
		if len(r.Signals) == 0 {
			t.Fatal("a shift of a standard deviation was not seen in 60 days")
		}
		for i, d := range r.Days {
			if d.Day == r.Signals[0].Day {
				sum += i + 1
			}
		}
	}
	// The standard deviation of a run is about 5, so that of the mean 0.3.
	if mean := float64(sum) / runs; math.Abs(mean-8.38) > 0.8 {
		t.Errorf("seen after %v days, want 8.38", mean)
	}
	signals, days := 0, 0
	for range 3 {
		w := ordersFall(4)
		w.Weeks = strategy.MaxWeeks
		r := readWatch(t, w, weekly(t, strategy.MaxWeeks, strategy.MaxWatchedDays, func(int) float64 { return random.NormFloat64() }))
		signals += len(r.Signals)
		days += len(r.Days)
	}
	// Some 33 alarms: their number has a standard deviation of about 6, and more
	// since means of weekdays are known to a tenth.
	if mean := float64(days) / float64(signals); mean < 210 || mean > 520 {
		t.Errorf("%d false alarms in %d days, one in %v, want one in 335", signals, days, mean)
	}
}

// Property: what is added up is what the plainest recursion gives, on deviations
// from the means of weekdays.
func TestWatchAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		off := rapid.SliceOfN(rapid.Float64Range(-3, 3), 21, 60).Draw(t, "days")
		w := ordersFall(rapid.Float64Range(0.5, 4).Draw(t, "threshold"))
		w.Side = rapid.SampledFrom([]strategy.Side{"", strategy.Falls, strategy.Rises, strategy.Either}).Draw(t, "side")
		w.Weeks = 3
		w.Slack = rapid.Float64Range(0.1, 1).Draw(t, "slack")
		s := weekly(t, 3, len(off)-21, func(day int) float64 { return off[day+21] })
		r, err := w.Read(s, watchStart)
		if flat := (*strategy.FlatError)(nil); errors.As(err, &flat) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		mean, squares := [7]float64{}, 0.0
		for i, x := range off[:21] {
			mean[i%7] += (1000 + 200*float64(i%7) + 100*x) / 3
		}
		for i, x := range off[:21] {
			d := 1000 + 200*float64(i%7) + 100*x - mean[i%7]
			squares += d * d
		}
		deviation := math.Sqrt(squares / 14)
		low, high, signals := 0.0, 0.0, 0
		for i, x := range off[21:] {
			z := (1000 + 200*float64(i%7) + 100*x - mean[i%7]) / (deviation * math.Sqrt(4.0/3))
			if w.Side != strategy.Rises {
				low = max(0, low-z-w.Slack)
			}
			if w.Side == strategy.Rises || w.Side == strategy.Either {
				high = max(0, high+z-w.Slack)
			}
			day := r.Days[i]
			if by := 1e-4 * (1 + math.Abs(z)); math.Abs(day.Deviation-z) > by || math.Abs(day.Low-low) > by*10 || math.Abs(day.High-high) > by*10 {
				if squares > 1 { // else micros matter
					t.Fatalf("day %d: %+v, want %v, %v, %v", i, day, z, low, high)
				}
				return
			}
			if day.Low > w.Threshold || day.High > w.Threshold {
				signals++
				if r.Signals[signals-1].Day != day.Day {
					t.Fatalf("signal %d on %s, want %s", signals, r.Signals[signals-1].Day, day.Day)
				}
				low, high = 0, 0
			}
		}
		if len(r.Signals) != signals {
			t.Fatalf("%d signals, want %d", len(r.Signals), signals)
		}
	})
}

// A drop of two standard deviations from the fourth day on.
func TestSignal(t *testing.T) {
	alternate := func(day int) float64 { return float64(1 - 2*(((day/7)%2+2)%2)) } // 1 and -1 by week
	s := weekly(t, 8, 14, func(day int) float64 {
		switch {
		case day < 0:
			return alternate(day)
		case day < 3:
			return 0
		}
		return -2 * math.Sqrt(56.0/49*9/8) // the deviation is √(56/49), and a new day has 9/8 of its variance
	})
	r := readWatch(t, ordersFall(0), s)
	if len(r.Signals) == 0 {
		t.Fatal("no signal")
	}
	// Each day adds 2 - 0.5; the fourth comes to 6, over 5.
	want := strategy.Signal{Watch: "orders fall", Metric: "orders", Day: "2026-03-08", Since: "2026-03-05", Side: strategy.Falls, Sum: 6, Mean: -2}
	if diff := cmp.Diff(want, r.Signals[0], cmpopts.EquateApprox(0, 1e-6)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := r.Signals[0].String(); got != "orders fall: orders fell since 2026-03-05, by 2.0 standard deviations a day; seen on 2026-03-08" {
		t.Errorf("%q", got)
	}
	// It begins again after the signal, and is seen again four days later.
	if len(r.Signals) != 2 || r.Signals[1].Day != "2026-03-12" || r.Signals[1].Since != "2026-03-09" {
		t.Errorf("signals %v", r.Signals)
	}
	w := ordersFall(0)
	w.Side = strategy.Rises
	if got := readWatch(t, w, s).Signals; len(got) != 0 {
		t.Errorf("a watch for a rise signals %v", got)
	}
}

// A sum that is the threshold is no signal yet.
func TestSignalAtTheThreshold(t *testing.T) {
	s := weekly(t, 4, 2, func(day int) float64 {
		if day < 0 {
			return float64(1 - 2*(((day/7)%2+2)%2))
		}
		return -4
	})
	r := readWatch(t, strategy.Watch{Name: "w", Metric: "m", Weeks: 4}, s)
	sum := r.Days[0].Low
	for _, tt := range []struct {
		threshold float64
		want      string
	}{{math.Nextafter(sum, 0), r.Days[0].Day}, {sum, r.Days[1].Day}} {
		r := readWatch(t, strategy.Watch{Name: "w", Metric: "m", Weeks: 4, Threshold: tt.threshold}, s)
		if r.Signals[0].Day != tt.want {
			t.Errorf("threshold %v of %v: seen on %s, want %s", tt.threshold, sum, r.Signals[0].Day, tt.want)
		}
	}
}

// Property: neither the order of amounts, nor how they are split over series,
// nor carrying those as bytes changes a byte, or what a watch reads.
func TestSeriesInAnyOrderAndSplit(t *testing.T) {
	type amount struct {
		at         time.Time
		value, per strategy.Micros
	}
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Bool().Draw(t, "rate")
		zone := rapid.SampledFrom([]*time.Location{nil, time.FixedZone("east", 8*3600)}).Draw(t, "zone")
		put := func(s *strategy.Series, a amount) {
			err := s.Add(a.at, a.value)
			if rate {
				err = s.AddRate(a.at, a.value, a.per)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		amounts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) amount {
			return amount{
				watchStart.Add(time.Duration(rapid.IntRange(-21*24, 10*24).Draw(t, "hour")) * time.Hour),
				strategy.Micros(rapid.Int64().Draw(t, "value")), strategy.Micros(rapid.Int64Range(0, math.MaxInt64).Draw(t, "per")),
			}
		}), 0, 60).Draw(t, "amounts")
		whole := &strategy.Series{Zone: zone, Rate: rate}
		for _, a := range amounts {
			put(whole, a)
		}
		shards := [2]*strategy.Series{{Zone: zone, Rate: rate}, {Zone: zone, Rate: rate}}
		for _, a := range rapid.Permutation(amounts).Draw(t, "shuffled") {
			put(shards[rapid.IntRange(0, 1).Draw(t, "shard")], a)
		}
		carried := &strategy.Series{Zone: zone, Rate: rate}
		if err := carried.UnmarshalBinary(seriesBytes(t, shards[1])); err != nil {
			t.Fatal(err)
		}
		if err := carried.Merge(shards[0]); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(seriesBytes(t, whole), seriesBytes(t, carried)) {
			t.Fatal("the bytes differ")
		}
		w := strategy.Watch{Name: "w", Metric: "m", Weeks: 3, Side: strategy.Either, Threshold: 1}
		a, err1 := w.Read(whole, watchStart)
		b, err2 := w.Read(carried, watchStart)
		if (err1 == nil) != (err2 == nil) {
			t.Fatal(err1, err2)
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("(-whole +split):\n%s", diff)
		}
	})
}

func seriesBytes(t watchFataler, s *strategy.Series) []byte {
	t.Helper()
	data, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Property: later days change nothing about earlier ones.
func TestWatchForesees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		off := rapid.SliceOfN(rapid.Float64Range(-3, 3), 31, 60).Draw(t, "days")
		cut := rapid.IntRange(1, len(off)-21).Draw(t, "cut")
		w := ordersFall(1)
		w.Weeks, w.Side = 3, strategy.Either
		at := func(day int) float64 { return off[day+21] }
		all, err := w.Read(weekly(t, 3, len(off)-21, at), watchStart)
		if err != nil {
			return // flat
		}
		early := readWatch(t, w, weekly(t, 3, cut, at))
		if diff := cmp.Diff(early.Days, all.Days[:cut]); diff != "" || len(early.Signals) > len(all.Signals) || cmp.Diff(early.Signals, all.Signals[:len(early.Signals)], cmpopts.EquateEmpty()) != "" {
			t.Fatalf("(-early +all):\n%s", diff)
		}
	})
}

func TestMissingDays(t *testing.T) {
	full := weekly(t, 4, 10, func(day int) float64 { return math.Sin(float64(day)) - float64(min(max(day, 0), 1)) })
	holes := &strategy.Series{}
	for day := -28; day < 10; day++ {
		if day == 4 || day == 7 || day == -3 {
			continue
		}
		value, _ := strategy.MicrosOf(1000 + 200*float64(((day%7)+7)%7) + 100*(math.Sin(float64(day))-float64(min(max(day, 0), 1))))
		if err := holes.Add(watchStart.AddDate(0, 0, day), value); err != nil {
			t.Fatal(err)
		}
	}
	w := strategy.Watch{Name: "w", Metric: "m", Weeks: 4}
	r := readWatch(t, w, holes)
	if r.Missing != 2 || r.Days[4].Value != nil || r.Days[4].Low != r.Days[3].Low || len(r.Days) != 10 {
		t.Errorf("%d missing, %+v after %+v", r.Missing, r.Days[4], r.Days[3])
	}
	if fri := r.Weekdays[4]; fri.Weekday != "fri" || fri.Days != 3 {
		t.Errorf("%+v, want a Friday less", fri)
	}
	if r := readWatch(t, w, full); r.Missing != 0 || r.Weekdays[4].Days != 4 {
		t.Errorf("%d missing of none", r.Missing)
	}
}

// A rate is one sum over another; a day per nothing is not known.
func TestRates(t *testing.T) {
	s := &strategy.Series{Rate: true}
	for day := -21; day < 3; day++ {
		at := watchStart.AddDate(0, 0, day)
		visits := 100 + 10*strategy.Micros(((day%3)+3)%3)
		if day == 1 {
			visits = 0
		}
		for _, part := range []strategy.Micros{visits / 2, visits - visits/2} {
			if err := s.AddRate(at, part*strategy.One/10+strategy.Micros(((day%4)+4)%4)*10_000, part*strategy.One); err != nil {
				t.Fatal(err)
			}
		}
	}
	r := readWatch(t, strategy.Watch{Name: "w", Metric: "m", Weeks: 3}, s)
	if r.Missing != 1 || r.Days[1].Value != nil || math.Abs(*r.Days[0].Value-0.1) > 1e-12 {
		t.Errorf("%d missing, the first %v", r.Missing, *r.Days[0].Value)
	}
	if want := 0.1 + 2*0.02/120; math.Abs(*r.Days[2].Value-want) > 1e-12 {
		t.Errorf("the third %v, want %v", *r.Days[2].Value, want)
	}
}

func TestWatchRefuses(t *testing.T) {
	enough := weekly(t, 8, 1, func(day int) float64 { return float64(((day/7)%3 + 3) % 3) })
	flat := weekly(t, 8, 1, func(int) float64 { return 0 })
	tests := []struct {
		name   string
		watch  strategy.Watch
		series *strategy.Series
		from   time.Time
		want   string
	}{
		{"no name", strategy.Watch{Metric: "m"}, enough, watchStart, "name: missing"},
		{"no metric", strategy.Watch{Name: "w"}, enough, watchStart, "metric: missing"},
		{"no such side", strategy.Watch{Name: "w", Metric: "m", Side: "up"}, enough, watchStart, "side"},
		{"too few weeks", strategy.Watch{Name: "w", Metric: "m", Weeks: 2}, enough, watchStart, "weeks: 2"},
		{"slack that is no number", strategy.Watch{Name: "w", Metric: "m", Slack: math.NaN()}, enough, watchStart, "slack"},
		{"threshold without end", strategy.Watch{Name: "w", Metric: "m", Threshold: math.Inf(1)}, enough, watchStart, "threshold"},
		{"no beginning", ordersFall(5), enough, time.Time{}, "the years 1 to 9999"},
		{"no baseline", ordersFall(5), &strategy.Series{}, watchStart, "the baseline has 0 days that are a Monday: want 3"},
		{"two Mondays", strategy.Watch{Name: "w", Metric: "m", Weeks: 3}, enough, watchStart.AddDate(0, 0, 14), "has 2 days that are a Monday: want 3"},
		{"flat", ordersFall(5), flat, watchStart, "does not vary"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.watch.Read(tt.series, tt.from)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
	long := weekly(t, 8, 1, func(day int) float64 { return float64(((day/7)%3 + 3) % 3) })
	if err := long.Add(watchStart.AddDate(0, 0, strategy.MaxWatchedDays), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := ordersFall(5).Read(long, watchStart); err == nil {
		t.Error("a reading without end is given")
	}
}

func TestSeriesRefuses(t *testing.T) {
	totals, rates := &strategy.Series{}, &strategy.Series{Rate: true}
	for name, err := range map[string]error{
		"a rate of totals":    totals.AddRate(watchStart, 1, 1),
		"a total of rates":    rates.Add(watchStart, 1),
		"a negative per":      rates.AddRate(watchStart, 1, -1),
		"no time":             totals.Add(time.Time{}, 1),
		"a time beyond all":   totals.Add(time.Date(10000, 1, 2, 0, 0, 0, 0, time.UTC), 1),
		"itself":              totals.Merge(totals),
		"another kind":        totals.Merge(rates),
		"another zone":        totals.Merge(&strategy.Series{Zone: time.FixedZone("east", 3600)}),
		"another zone's name": totals.Merge(&strategy.Series{Zone: time.FixedZone("UTC", 3600)}),
		"bytes of another":    totals.UnmarshalBinary(seriesBytes(t, rates)),
		"bytes of no series":  totals.UnmarshalBinary([]byte("no")),
	} {
		if err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if totals.Len() != 0 || rates.Len() != 0 {
		t.Error("something was added")
	}
}

// A day that stands twice in the bytes of a series is not its one form.
func TestUnmarshalSeriesTwice(t *testing.T) {
	s := &strategy.Series{}
	if err := s.Add(time.Unix(0, 0), 1); err != nil {
		t.Fatal(err)
	}
	one := seriesBytes(t, s)
	day := one[len(one)-4:] // the day, the length and the byte of the value, the length of per
	twice := append(append(bytes.Clone(one[:len(one)-5]), 2), append(bytes.Clone(day), day...)...)
	if err := s.UnmarshalBinary(twice); err == nil || !strings.Contains(err.Error(), "out of order") {
		t.Errorf("error %v", err)
	}
}

// FuzzSeries: bytes are refused, or are those that the series gives back.
func FuzzSeries(f *testing.F) {
	f.Add(seriesBytes(f, weekly(f, 3, 3, func(day int) float64 { return float64(day) })), false)
	rates := &strategy.Series{Rate: true}
	if err := rates.AddRate(watchStart, -5, 7); err != nil {
		f.Fatal(err)
	}
	f.Add(seriesBytes(f, rates), true)
	f.Fuzz(func(t *testing.T, data []byte, rate bool) {
		s := &strategy.Series{Rate: rate}
		if s.UnmarshalBinary(data) != nil {
			return
		}
		if again := seriesBytes(t, s); !bytes.Equal(data, again) {
			t.Fatalf("%x is read and written as %x", data, again)
		}
	})
}
