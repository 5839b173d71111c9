package strategy_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars/internal/stats"
	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/strategy"
)

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	if err := json.NewDecoder(testdata.Open(t, name)).Decode(into); err != nil {
		t.Fatal(err)
	}
}

// into reads the parts of a case that is a JSON list.
func into(t *testing.T, parts []json.RawMessage, targets ...any) {
	t.Helper()
	if len(parts) != len(targets) {
		t.Fatalf("a case has %d parts, want %d", len(parts), len(targets))
	}
	for i, target := range targets {
		if err := json.Unmarshal(parts[i], target); err != nil {
			t.Fatal(err)
		}
	}
}

type pairs [][2]float64

func (p pairs) ranges() (ranges []strategy.GrowthBookRange) {
	for _, r := range p {
		ranges = append(ranges, strategy.GrowthBookRange{From: r[0], To: r[1]})
	}
	return ranges
}

// The cases of GrowthBook's SDK specification.
func TestGrowthBookCases(t *testing.T) {
	var cases struct {
		Hash            [][]json.RawMessage
		GetBucketRange  [][]json.RawMessage
		ChooseVariation [][]json.RawMessage
		InNamespace     [][]json.RawMessage
		GetEqualWeights [][]json.RawMessage
	}
	readJSON(t, "growthbook_cases.json", &cases)
	counts := []int{len(cases.Hash), len(cases.GetBucketRange), len(cases.ChooseVariation), len(cases.InNamespace), len(cases.GetEqualWeights)}
	if diff := cmp.Diff([]int{10, 8, 8, 14, 4}, counts); diff != "" {
		t.Fatalf("cases (-want +got)\n%s", diff)
	}
	for _, c := range cases.Hash {
		var seed, value string
		var version int
		var want *float64
		into(t, c, &seed, &value, &version, &want)
		got, ok := strategy.GrowthBookHash(seed, value, version)
		if ok != (want != nil) || ok && got != *want {
			t.Errorf("hash %s: got %v, %v", c, got, ok)
		}
	}
	for _, c := range cases.GetBucketRange {
		var name string
		var args []json.RawMessage
		var n int
		var coverage float64
		var weights []float64
		var want pairs
		into(t, c, &name, &args, &want)
		into(t, args, &n, &coverage, &weights)
		got := strategy.GrowthBookRanges(n, coverage, weights)
		if diff := cmp.Diff(want.ranges(), got, aboutEqual); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for _, c := range cases.ChooseVariation {
		var name string
		var place float64
		var ranges pairs
		var want int
		into(t, c, &name, &place, &ranges, &want)
		got, ok := strategy.GrowthBookChoose(place, ranges.ranges())
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%s: got %d, %v, want %d", name, got, ok, want)
		}
	}
	for _, c := range cases.InNamespace {
		var name, value, namespace string
		var parts []json.RawMessage
		var r strategy.GrowthBookRange
		var want bool
		into(t, c, &name, &value, &parts, &want)
		into(t, parts, &namespace, &r.From, &r.To)
		if got := strategy.GrowthBookNamespace(value, namespace, r); got != want {
			t.Errorf("%s: got %v", name, got)
		}
	}
	for _, c := range cases.GetEqualWeights {
		var n int
		var want []float64
		into(t, c, &n, &want)
		got := strategy.GrowthBookRanges(n, 1, nil)
		if len(got) != len(want) {
			t.Errorf("%d variations: %v", n, got)
		}
		for i, r := range got {
			if r.To-r.From != want[i] {
				t.Errorf("%d variations: range %d is %v", n, i, r)
			}
		}
	}
}

var aboutEqual = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })

func TestGrowthBookRangesOfBadInput(t *testing.T) {
	nan, halves := math.NaN(), []strategy.GrowthBookRange{{From: 0, To: 0.5}, {From: 0.5, To: 1}}
	for _, test := range []struct {
		name       string
		variations int
		coverage   float64
		weights    []float64
		want       []strategy.GrowthBookRange
	}{
		{"no variations", 0, 1, nil, nil},
		{"fewer than none", -1, 1, nil, nil},
		{"coverage is not a number", 2, nan, nil, []strategy.GrowthBookRange{{From: 0, To: 0}, {From: 0.5, To: 0.5}}},
		{"coverage below 0", 2, -1, nil, []strategy.GrowthBookRange{{From: 0, To: 0}, {From: 0.5, To: 0.5}}},
		{"a weight is not a number", 2, 1, []float64{nan, 0.5}, halves},
		{"infinite weight", 2, 1, []float64{math.Inf(1), 0.5}, halves},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := strategy.GrowthBookRanges(test.variations, test.coverage, test.weights)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Of an ID that is not ASCII, SDKs in browsers hash UTF-16 units and put it
// elsewhere; here it is UTF-8, as in GrowthBook's SDKs for servers.
func TestGrowthBookHashesUTF8(t *testing.T) {
	var cases struct {
		Divergence struct {
			Vectors []struct {
				Seed, Value string
				UTF8        float64 `json:"v2_utf8_bytes(Go SDK)"`
				UTF16       float64 `json:"v2_utf16_units(JS SDK)"`
			}
		} `json:"non_ascii_divergence"`
	}
	readJSON(t, "bucketing_vectors.json", &cases)
	apart := 0
	for _, c := range cases.Divergence.Vectors {
		got, _ := strategy.GrowthBookHash(c.Seed, c.Value, 2)
		if got != c.UTF8 {
			t.Errorf("%q: got %v, want %v", c.Value, got, c.UTF8)
		}
		if units := hashUTF16(c.Seed, c.Value); units != c.UTF16 {
			t.Errorf("%q in UTF-16: got %v, want %v", c.Value, units, c.UTF16)
		}
		if c.UTF8 != c.UTF16 {
			apart++
		}
	}
	if apart == 0 {
		t.Error("no case tells the two apart")
	}
}

// hashUTF16 is GrowthBook's version 2 as JavaScript computes it.
func hashUTF16(seed, value string) float64 {
	fnv := func(s string) (h uint32) {
		h = 2166136261
		for _, unit := range utf16.Encode([]rune(s)) {
			h = (h ^ uint32(unit)) * 16777619
		}
		return h
	}
	digits, _ := json.Marshal(fnv(seed + value))
	return float64(fnv(string(digits))%10000) / 10000
}

// The cases of Unleash's client specification, and of its Go client.
func TestUnleashCases(t *testing.T) {
	var cases struct {
		Unleash struct {
			Helpers  [][]json.RawMessage `json:"helpers_test"`
			Variants []struct {
				Group, ID  string
				Weights    [][]json.RawMessage
				Normalised uint32 `json:"normalised(1..total)"`
				Expected   string
			} `json:"variant_spec"`
			Rollouts []struct {
				Group, ID  string
				Percentage int
				Normalised uint32 `json:"normalised(1..100)"`
				Enabled    bool
			} `json:"rollout_spec"`
		}
	}
	readJSON(t, "bucketing_vectors.json", &cases)
	for _, c := range cases.Unleash.Helpers {
		var id, group string
		var whole, seed, want uint32
		into(t, c, &id, &group, &whole, &seed, &want)
		if got := strategy.UnleashBucket(group, id, whole, seed); got != want {
			t.Errorf("%s: got %d", c, got)
		}
	}
	for _, c := range cases.Unleash.Variants {
		var names []string
		var weights []uint32
		total := uint32(0)
		for _, parts := range c.Weights {
			var name string
			var weight uint32
			into(t, parts, &name, &weight)
			names, weights, total = append(names, name), append(weights, weight), total+weight
		}
		if got := strategy.UnleashBucket(c.Group, c.ID, total, strategy.UnleashVariantSeed); got != c.Normalised {
			t.Errorf("%s of %s: at %d, want %d", c.ID, c.Group, got, c.Normalised)
		}
		if got, ok := strategy.UnleashVariant(c.Group, c.ID, weights); !ok || names[got] != c.Expected {
			t.Errorf("%s of %s: got %s, want %s", c.ID, c.Group, names[got], c.Expected)
		}
	}
	for _, c := range cases.Unleash.Rollouts {
		if got := strategy.UnleashBucket(c.Group, c.ID, 100, strategy.UnleashRolloutSeed); got != c.Normalised {
			t.Errorf("%s of %s: at %d, want %d", c.ID, c.Group, got, c.Normalised)
		}
		if got := strategy.UnleashEnabled(c.Group, c.ID, c.Percentage); got != c.Enabled {
			t.Errorf("%s of %s at %d%%: got %v", c.ID, c.Group, c.Percentage, got)
		}
	}
	if len(cases.Unleash.Helpers)*len(cases.Unleash.Variants)*len(cases.Unleash.Rollouts) == 0 {
		t.Error("no cases")
	}
}

// The sums of MurmurHash3 with its seeds, whose lowest bits a whole of 2^32-1
// shows: a bucket is the sum modulo that, plus 1.
func TestUnleashHashIsMurmur3(t *testing.T) {
	var cases struct {
		Raw [][]json.RawMessage `json:"murmur3_x86_32_raw_derived"`
	}
	readJSON(t, "bucketing_vectors.json", &cases)
	seen := 0
	for _, c := range cases.Raw {
		var text string
		var seed, sum uint32
		into(t, c, &text, &seed, &sum)
		group, id, ok := strings.Cut(text, ":")
		if !ok {
			continue // Unleash always hashes a colon
		}
		seen++
		if got := strategy.UnleashBucket(group, id, math.MaxUint32, seed); got != sum+1 {
			t.Errorf("%q: got %d, want %d", text, got, sum+1)
		}
	}
	if seen == 0 {
		t.Error("no case has a colon")
	}
}

func TestUnleashOfBadInput(t *testing.T) {
	if got := strategy.UnleashBucket("g", "u", 0, 0); got != 0 {
		t.Errorf("of 0: %d", got)
	}
	for _, weights := range [][]uint32{nil, {0, 0}, {math.MaxUint32, 1}} {
		if got, ok := strategy.UnleashVariant("g", "u", weights); ok {
			t.Errorf("weights %v: %d", weights, got)
		}
	}
	if strategy.UnleashEnabled("g", "u", -5) || !strategy.UnleashEnabled("g", "u", 100) || !strategy.UnleashEnabled("g", "u", 200) {
		t.Error("percentages beyond 0 to 100 are not nobody and all")
	}
}

// Two namespaces of GrowthBook hang together, as its documentation does not say;
// two draws do not.
func TestNamespacesAreNotIndependent(t *testing.T) {
	half := strategy.GrowthBookRange{From: 0, To: 0.5}
	p := func(one, other func(id string) bool) float64 {
		counts := make([]int64, 4)
		for i := range 200_000 {
			id, cell := strconv.Itoa(i), 0
			if one(id) {
				cell++
			}
			if other(id) {
				cell += 2
			}
			counts[cell]++
		}
		test, _ := stats.GoodnessOfFit(counts, []float64{1, 1, 1, 1})
		return test.P
	}
	in := func(namespace string) func(string) bool {
		return func(id string) bool { return strategy.GrowthBookNamespace(id, namespace, half) }
	}
	drawn := func(salt string) func(string) bool {
		draw := strategy.NewBucketer("namespace", salt)
		return func(id string) bool { return draw.Bucket(id).In(1, 2) }
	}
	if got := p(in("checkout"), in("homepage")); got > 1e-6 {
		t.Errorf("namespaces: p = %v", got)
	}
	if got := p(drawn("checkout"), drawn("homepage")); got < 1e-3 {
		t.Errorf("draws: p = %v", got)
	}
}
