package experiment_test

import (
	"bytes"
	"encoding"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/strategy/experiment"
)

func marshal(t interface{ Fatal(...any) }, m encoding.BinaryMarshaler) []byte {
	data, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func drawValues() *rapid.Generator[[]float64] {
	return rapid.SliceOf(rapid.OneOf(
		rapid.Float64Range(-1000, 1000),
		rapid.Float64Range(-experiment.MaxValue, experiment.MaxValue),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1e-200, 0.1, 1e12}),
	))
}

// P15. Property: merging moments in any order and any split gives the bytes of
// one pass, and what is read back is what was written.
func TestMomentsInAnyOrderAndSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := drawValues().Draw(t, "values")
		add := func(values []float64) (*experiment.Moments, *experiment.Pairs) {
			m, p := new(experiment.Moments), new(experiment.Pairs)
			for _, v := range values {
				if m.Add(v) != nil || p.Add(v/3, v) != nil {
					t.Fatal("refused")
				}
			}
			return m, p
		}
		whole, wholePairs := add(values)
		mixed := rapid.Permutation(values).Draw(t, "mixed")
		i := rapid.IntRange(0, len(values)).Draw(t, "i")
		j := rapid.IntRange(i, len(values)).Draw(t, "j")
		a, ap := add(mixed[:i])
		b, bp := add(mixed[i:j])
		c, cp := add(mixed[j:])
		b.Merge(c)
		bp.Merge(cp)
		a.Merge(b)
		ap.Merge(bp)
		if !bytes.Equal(marshal(t, a), marshal(t, whole)) || !bytes.Equal(marshal(t, ap), marshal(t, wholePairs)) {
			t.Fatal("parts differ from one pass")
		}
		var back experiment.Moments
		var backPairs experiment.Pairs
		if err := back.UnmarshalBinary(marshal(t, whole)); err != nil {
			t.Fatal(err)
		}
		if err := backPairs.UnmarshalBinary(marshal(t, wholePairs)); err != nil {
			t.Fatal(err)
		}
		if back.Sample() != whole.Sample() || back.N() != int64(len(values)) || !bytes.Equal(marshal(t, &backPairs), marshal(t, wholePairs)) {
			t.Fatalf("%+v is read back as %+v", whole.Sample(), back.Sample())
		}
	})
}

// Values around a million that differ in the sixth place: sums of squares in
// floating point say nothing of their variance.
func TestMomentsFarFromZero(t *testing.T) {
	s := moments(t, 1e9+0.25, 1e9+0.5, 1e9+0.75).Sample()
	if diff := cmp.Diff(experiment.Sample{N: 3, Mean: 1e9 + 0.5, Variance: 0.0625}, s); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestValuesThatAreRefused(t *testing.T) {
	m, p := moments(t, 1, 2), pairs(t, []float64{1}, []float64{2})
	before, beforePairs := marshal(t, m), marshal(t, p)
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e101, -1e101} {
		if m.Add(v) == nil || p.Add(v, 1) == nil || p.Add(1, v) == nil {
			t.Errorf("%v is taken", v)
		}
	}
	if !bytes.Equal(before, marshal(t, m)) || !bytes.Equal(beforePairs, marshal(t, p)) {
		t.Error("what was refused changed something")
	}
}

// The bytes of moments, spelled out: header, 2 values, sum 3·2^0, squares 5·2^0.
func TestBytesOfMoments(t *testing.T) {
	want := append([]byte("\x14experiment.moments.1"), 2, 0, 2, 3, 0, 2, 5)
	if diff := cmp.Diff(want, marshal(t, moments(t, 1, 2))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestBytesThatAreNoMoments(t *testing.T) {
	head := "\x14experiment.moments.1"
	m := moments(t, 7)
	before := marshal(t, m)
	for name, data := range map[string]string{
		"empty":              "",
		"other header":       "\x12experiment.pairs.1\x00",
		"cut short":          head + "\x02\x00\x02\x03\x00",
		"too long":           head + "\x00\x00",
		"even coefficient":   head + "\x02\x00\x02\x02\x00\x02\x05",
		"negative squares":   head + "\x02\x00\x02\x03\x00\x03\x05",
		"squares too few":    head + "\x02\x00\x02\x03\x00\x02\x03",
		"one without square": head + "\x01\x00\x02\x03\x00\x02\x03",
		"exponent":           head + "\x02\xff\xff\x7f\x02\x03\x00\x02\x05",
	} {
		if err := m.UnmarshalBinary([]byte(data)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	if !bytes.Equal(before, marshal(t, m)) {
		t.Error("an error changed the moments")
	}
}

// Where before does not vary there is nothing to take out.
func TestCUPEDWithoutVariance(t *testing.T) {
	control, treated := pairs(t, []float64{1, 1, 1}, []float64{1, 2, 3}), pairs(t, []float64{1, 1, 1}, []float64{2, 3, 5})
	got := experiment.CUPED(control, treated, 0.95)
	want := experiment.Adjusted{Effect: experiment.CompareMeans(control.Sample(), treated.Sample(), 0.95)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := experiment.CUPED(new(experiment.Pairs), treated, 0.95); got.Effect.Reason != experiment.NoSupport || got.Theta != 0 {
		t.Errorf("%+v", got)
	}
}

// What is read is written as the same bytes, and never makes a report fall over.
func FuzzDecoders(f *testing.F) {
	plan := experiment.Plan{Control: "control", Metric: experiment.Share, Phases: []experiment.Phase{phase("a", 1, 1)}}
	for which, seed := range []encoding.BinaryMarshaler{
		moments(f, 1, 2), pairs(f, []float64{1, 2}, []float64{3, 4}), trial(f, plan), judge(f, []experiment.Logged{{Reward: 1, Propensity: 0.5, Target: 0.5}}),
	} {
		f.Add(byte(which), marshal(f, seed))
	}
	f.Fuzz(func(t *testing.T, which byte, data []byte) {
		type decoder interface {
			encoding.BinaryMarshaler
			encoding.BinaryUnmarshaler
		}
		m, p, x, o := new(experiment.Moments), new(experiment.Pairs), trial(t, plan), new(experiment.OffPolicy)
		d := []decoder{m, p, x, o}[which%4]
		if d.UnmarshalBinary(data) != nil {
			return
		}
		if !bytes.Equal(marshal(t, d), data) {
			t.Error("bytes that are read are not those that are written")
		}
		m.Sample()
		experiment.CUPED(p, p, 0.95)
		x.Report(0.95)
		o.Report(0.95, experiment.Support{})
	})
}
