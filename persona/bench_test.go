package persona_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/persona"
)

// sixClauses is the rule of the comparison with other rule engines.
const sixClauses = `{"all": [
	{"attr": "age", "op": "between", "value": [18, 40], "bounds": "[)"},
	{"attr": "city", "op": "in", "value": ["beijing", "shanghai", "fuzhou", "xiamen", "shenzhen"]},
	{"attr": "gender", "op": "eq", "value": "female"},
	{"attr": "income", "op": "gte", "value": 5000},
	{"attr": "interests", "op": "in", "value": ["tea", "coffee"]},
	{"attr": "member", "op": "eq", "value": true}]}`

// withTime is as long, and asks for dates and for behaviour.
const withTime = `{"all": [
	{"attr": "born", "as": "age", "op": "between", "value": [18, 40], "bounds": "[)"},
	{"attr": "joined", "op": "within_last", "value": "2y"},
	{"attr": "gender", "op": "eq", "value": "female"},
	{"event": "order", "within": "90d", "op": "gte", "value": 2},
	{"event": "order", "measure": "sum", "where": {"category": ["tea"]}, "op": "gte", "value": 100},
	{"event": "order", "measure": "recency", "op": "lte", "value": 30}]}`

// population draws profiles, of which about one in four is not known in each
// attribute. The first is somebody who is in both segments.
func population(t testing.TB, s *persona.Schema, n int) []persona.Profile {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	d := s.Draft()
	profiles := make([]persona.Profile, n)
	set := func(name string, v persona.Value) {
		if err := d.Set(index(t, s, name), v); err != nil {
			t.Fatal(err)
		}
	}
	pick := func(texts ...string) persona.Value { return persona.Text(texts[r.IntN(len(texts))]) }
	for i := range profiles {
		isKnown := func() bool { return i == 0 || r.IntN(4) > 0 }
		if isKnown() {
			set("age", persona.Int(int64(r.IntN(80))))
			set("born", persona.Date(1940+r.IntN(70), time.Month(1+r.IntN(12)), 1+r.IntN(28)))
		}
		if isKnown() {
			set("city", pick("beijing", "shanghai", "fuzhou", "xiamen", "shenzhen", "harbin", "lhasa"))
		}
		if isKnown() {
			set("gender", pick("female", "male"))
			set("member", persona.Bool(r.IntN(2) == 0))
		}
		if isKnown() {
			set("income", persona.Decimal(decimal.New(int64(r.IntN(2_000_000)), -2)))
			set("joined", persona.Time(asOf.Add(-time.Duration(r.IntN(30_000))*time.Hour)))
		}
		set("interests", persona.List(pick("tea", "coffee", "wine"), pick("go", "chess", "coffee")))
		for range r.IntN(8) {
			e := persona.Event{
				Kind: "order", At: asOf.Add(-time.Duration(r.IntN(4000)) * time.Hour), Amount: decimal.New(int64(r.IntN(20_000)), -2),
				Fields: map[string]string{"category": []string{"tea", "coffee"}[r.IntN(2)], "channel": "app"},
			}
			if err := d.Add(e); err != nil {
				t.Fatal(err)
			}
		}
		if i == 0 {
			set("age", persona.Int(30))
			set("born", persona.Date(1996, 2, 29))
			set("city", persona.Text("xiamen"))
			set("gender", persona.Text("female"))
			set("member", persona.Bool(true))
			set("income", persona.Int(12_000))
			set("interests", persona.Texts("go", "tea"))
			set("joined", persona.Time(asOf.AddDate(-1, 0, 0)))
			for day := range 3 {
				e := persona.Event{Kind: "order", At: asOf.AddDate(0, 0, -day), Amount: decimal.New(80, 0), Fields: map[string]string{"category": "tea"}}
				if err := d.Add(e); err != nil {
					t.Fatal(err)
				}
			}
		}
		profiles[i] = d.Profile()
	}
	return profiles
}

func BenchmarkMatch(b *testing.B) {
	s := shop(b)
	profiles := population(b, s, 1024)
	for _, bench := range []struct{ name, rule string }{{"six clauses", sixClauses}, {"six clauses of time and events", withTime}} {
		segment := compile(b, s, bench.rule)
		member := profiles[0]
		if segment.Match(member, asOf) != persona.True {
			b.Fatal("the first is not in the segment")
		}
		b.Run(bench.name+"/member", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				segment.Match(member, asOf)
			}
		})
		b.Run(bench.name+"/member, as of one instant", func(b *testing.B) {
			b.ReportAllocs()
			at := segment.At(asOf)
			for b.Loop() {
				at.Match(member)
			}
		})
		b.Run(fmt.Sprintf("%s/population of %d, as of one instant", bench.name, len(profiles)), func(b *testing.B) {
			b.ReportAllocs()
			at := segment.At(asOf)
			i := 0
			for b.Loop() {
				at.Match(profiles[i&1023])
				i++
			}
		})
	}
}

// allocations returns the lower quartile over single calls: package regexp keeps
// what it works with in a sync.Pool, which under the race detector forgets one
// time in four.
func allocations(call func()) float64 {
	runs := make([]float64, 101)
	for i := range runs {
		runs[i] = testing.AllocsPerRun(1, call)
	}
	slices.Sort(runs)
	return runs[len(runs)/4]
}

func TestMatchAllocatesNothing(t *testing.T) {
	s := shop(t)
	p := population(t, s, 1)[0]
	rules := []string{
		sixClauses, withTime,
		`{"attr": "city", "op": "matches", "value": "^x.*n$"}`,
		`{"attr": "city", "op": "contains", "value": "AME", "fold": true}`,
		`{"attr": "city", "op": "in", "value": ["XIAMEN", "beijing"], "fold": true}`,
		`{"attr": "city", "as": "version", "op": "gt", "value": "1.2.3"}`,
		`{"attr": "joined", "as": "date", "op": "gte", "value": "2020-01-01"}`,
		`{"attr": "joined", "op": "within_last", "value": "900d", "wholeDays": true}`,
		`{"attr": "born", "as": "anniversary", "op": "lt", "value": 366}`,
		`{"attr": "interests", "op": "has_all", "value": ["go", "TEA"], "fold": true}`,
		`{"event": "order", "where": {"hour": ["12"], "weekday": ["1", "2", "7"]}, "op": "gte", "value": 1}`,
	}
	for _, rule := range rules {
		segment := compile(t, s, rule)
		if got := segment.Match(p, asOf); got != persona.True {
			t.Errorf("%s is %v", rule, got)
		}
		if n := allocations(func() { segment.Match(p, asOf) }); n > 0 {
			t.Errorf("%s: %v allocations", rule, n)
		}
		at := segment.At(asOf)
		if n := allocations(func() { at.Match(p) }); n > 0 {
			t.Errorf("%s, as of one instant: %v allocations", rule, n)
		}
	}
}

func BenchmarkCensus(b *testing.B) {
	s := shop(b)
	values := map[string]persona.Value{
		"age": persona.Int(30), "city": persona.Text("xiamen"), "gender": persona.Text("female"),
		"income": persona.Int(12_000), "interests": persona.Texts("go", "tea"), "member": persona.Bool(true),
	}
	e := persona.Event{Kind: "order", At: asOf, Amount: decimal.New(80, 0), Fields: map[string]string{"category": "tea"}}
	const people = 10_000
	b.Run("Observe, six attributes", func(b *testing.B) {
		b.ReportAllocs()
		c := persona.Census[int]{Schema: s}
		i := 0
		for b.Loop() {
			if err := c.Observe(i%people, persona.Observation{Source: "crm", At: asOf, Values: values}); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
	b.Run("AddEvent", func(b *testing.B) {
		b.ReportAllocs()
		c := persona.Census[int]{Schema: s}
		i := 0
		for b.Loop() {
			if err := c.AddEvent(i%people, e); err != nil {
				b.Fatal(err)
			}
			i++
		}
	})
	b.Run(fmt.Sprintf("All, %d people", people), func(b *testing.B) {
		b.ReportAllocs()
		c := persona.Census[int]{Schema: s}
		for i := range people {
			if err := c.Observe(i, persona.Observation{Source: "crm", At: asOf, Values: values}); err != nil {
				b.Fatal(err)
			}
		}
		for b.Loop() {
			for range c.Profiles() {
			}
		}
		b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "people/s")
	})
}
