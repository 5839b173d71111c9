package funnel

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTimesOfPublishedData(t *testing.T) {
	// The remission times of 6-MP (Gehan 1965) as times to convert, in hours;
	// + is censored. R survival says: median 23; after 10 a share of 0.753 is
	// left, from 0.503 to 0.889 on the scale log-log.
	var converted, waiting []time.Duration
	for text := range strings.FieldsSeq("6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+") {
		var hours int
		_, _ = fmt.Sscan(strings.TrimSuffix(text, "+"), &hours)
		d := time.Duration(hours) * time.Hour
		if strings.HasSuffix(text, "+") {
			waiting = append(waiting, d)
		} else {
			converted = append(converted, d)
		}
	}
	times := newTimes(converted, waiting)
	if median, ok := times.OfAll(0.5); !ok || median != 23*time.Hour {
		t.Errorf("median of all %v, %v, want 23h", median, ok)
	}
	if median, ok := times.OfConverted(0.5); !ok || median != 10*time.Hour {
		t.Errorf("median of the converted %v, %v, want 10h", median, ok)
	}
	share, ok := times.Within(10 * time.Hour)
	if !ok || math.Abs(share.Value-(1-0.753)) > 0.0005 || math.Abs(share.Low-(1-0.889)) > 0.0005 || math.Abs(share.High-(1-0.503)) > 0.0005 {
		t.Errorf("within 10h: %+v, %v", share, ok)
	}
	// In the end 1 - 0.448 convert; half of these are below 1 - 0.276: the curve
	// gets to 0.753 at 10, 0.690 at 13.
	if median, ok := times.OfEventual(0.5); !ok || median != 13*time.Hour {
		t.Errorf("median of who ever converts %v, %v, want 13h", median, ok)
	}
	if _, ok := times.OfAll(0.6); ok {
		t.Error("60 % never convert")
	}
	if _, ok := times.Within(36 * time.Hour); ok {
		t.Error("nobody was watched for 36h")
	}
	if share, ok := times.Within(time.Hour); !ok || share != (Share{}) {
		t.Errorf("within an hour: %+v, %v", share, ok)
	}
}

func TestTimesOfNobody(t *testing.T) {
	times := newTimes(nil, nil)
	for _, share := range []float64{-1, 0, 0.5, 1, 2, math.NaN()} {
		if _, ok := times.OfConverted(share); ok {
			t.Errorf("OfConverted(%v)", share)
		}
		if _, ok := times.OfAll(share); ok {
			t.Errorf("OfAll(%v)", share)
		}
		if _, ok := times.OfEventual(share); ok {
			t.Errorf("OfEventual(%v)", share)
		}
	}
	if _, ok := times.Within(0); ok {
		t.Error("Within of nobody")
	}
	text, err := json.Marshal(times)
	if want := `{"converted":0,"waiting":0,"p25":null,"median":null,"p75":null,"p90":null,"medianOfAll":null}`; err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	for _, share := range []float64{-0.1, 1.1, math.NaN()} {
		if _, ok := newTimes([]time.Duration{1}, nil).OfConverted(share); ok {
			t.Errorf("OfConverted(%v) of one", share)
		}
	}
}

func TestTimesLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []time.Duration {
			values := rapid.SliceOfN(rapid.Int64Range(0, 50), 0, 30).Draw(t, name)
			var d []time.Duration
			for _, v := range values {
				d = append(d, time.Duration(v)*time.Second)
			}
			return d
		}
		converted, waiting := draw("converted"), draw("waiting")
		sortDurations(converted)
		times := newTimes(converted, waiting)
		// Property: quantiles rise with the share, between the least time and the
		// greatest, and the last converted is the quantile of all of them.
		before := time.Duration(0)
		for i := range 11 {
			d, ok := times.OfConverted(float64(i) / 10)
			if ok != (len(converted) > 0) || ok && (d < before || d < converted[0] || d > converted[len(converted)-1]) {
				t.Fatalf("quantile %d/10: %v, %v after %v", i, d, ok, before)
			}
			before = d
		}
		// Property: without anybody waiting, who ever converts is who did, and the
		// share within a time is the plain share.
		if len(waiting) == 0 && len(converted) > 0 {
			for _, d := range converted {
				share, ok := times.Within(d)
				n := 0
				for _, other := range converted {
					if other <= d {
						n++
					}
				}
				if want := float64(n) / float64(len(converted)); !ok || !(math.Abs(share.Value-want) <= 1e-12) {
					t.Fatalf("within %v: %v, %v, want %v", d, share, ok, want)
				}
			}
		}
		// Property: who waits longer only lowers the share that is estimated.
		if len(converted) > 0 {
			last := converted[len(converted)-1]
			more := newTimes(converted, append(waiting, last+time.Second))
			a, ok1 := times.Within(last)
			b, ok2 := more.Within(last)
			if !ok1 || !ok2 || !(b.Value <= a.Value+1e-12 && b.Low <= b.Value && b.Value <= b.High) {
				t.Fatalf("%v, %v, with one more waiting %v, %v", a, ok1, b, ok2)
			}
		}
	})
}

func sortDurations(d []time.Duration) {
	for i := range d {
		for j := i; j > 0 && d[j] < d[j-1]; j-- {
			d[j], d[j-1] = d[j-1], d[j]
		}
	}
}

func TestTimesOfSteps(t *testing.T) {
	report := reportOf(t, funnelOf("a", "b", "c", "by", "city"), crowd{"city=x", []int64{5, 3, 2}})
	if times := report.TimeToConvert(); times.Converted != 2 || times.Waiting != 3 {
		t.Errorf("%+v", times)
	}
	step, err := report.StepTime(1)
	if err != nil || step.Converted != 3 {
		t.Errorf("%+v, %v", step, err)
	}
	if median, ok := step.OfConverted(0.5); !ok || median != time.Minute {
		t.Errorf("median %v, %v", median, ok)
	}
	for _, step := range []int{-1, 0, 3, 4} {
		if _, err := report.StepTime(step); err == nil {
			t.Errorf("a step follows step %d", step)
		}
	}
	by, err := report.TimeToConvertBy("city")
	if err != nil || len(by) != 1 || by[0].Times.Converted != 2 {
		t.Errorf("%+v, %v", by, err)
	}
	if diff := cmp.Diff([]Label{{"city", "x", true}}, by[0].Labels); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if once := reportOf(t, funnelOf("a"), crowd{"", []int64{4}}).TimeToConvert(); once.Converted != 4 {
		t.Errorf("a funnel of one step: %+v", once)
	}
}
