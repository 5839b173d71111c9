package bench

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/regulars-go/regulars/persona"
)

const schemaText = `{"attributes": [
	{"name": "age", "kind": "int"}, {"name": "city", "kind": "string"},
	{"name": "gender", "kind": "enum", "values": ["female", "male"]}, {"name": "income", "kind": "decimal", "places": 2},
	{"name": "interests", "kind": "list"}, {"name": "member", "kind": "bool"}]}`

const ruleText = `{"all": [
	{"attr": "age", "op": "between", "value": [18, 40], "bounds": "[)"},
	{"attr": "city", "op": "in", "value": ["beijing", "shanghai", "fuzhou", "xiamen", "shenzhen"]},
	{"attr": "gender", "op": "eq", "value": "female"},
	{"attr": "income", "op": "gte", "value": 5000},
	{"attr": "interests", "op": "in", "value": ["tea", "coffee"]},
	{"attr": "member", "op": "eq", "value": true}]}`

// exprText is the same; expr makes a map of the constant list of cities.
const exprText = `age >= 18 && age < 40 && city in ["beijing", "shanghai", "fuzhou", "xiamen", "shenzhen"] && gender == "female" && ` +
	`income >= 5000 && ("tea" in interests || "coffee" in interests) && member`

var asOf = time.Date(2026, 3, 31, 4, 0, 0, 0, time.UTC)

type person struct {
	Age       int      `expr:"age"`
	City      string   `expr:"city"`
	Gender    string   `expr:"gender"`
	Income    float64  `expr:"income"`
	Interests []string `expr:"interests"`
	Member    bool     `expr:"member"`
}

func (p person) asMap() map[string]any {
	return map[string]any{
		"age": p.Age, "city": p.City, "gender": p.Gender, "income": p.Income, "interests": p.Interests, "member": p.Member,
	}
}

// people draws persons; the first is one for whom no clause is false, so that
// none is skipped.
func people(n int) []person {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	all := make([]person, n)
	for i := range all {
		all[i] = person{
			Age: r.IntN(60), City: pick("beijing", "shanghai", "fuzhou", "xiamen", "shenzhen", "harbin"), Gender: pick("female", "male"),
			Income: float64(r.IntN(20_000)), Interests: []string{pick("tea", "wine"), pick("go", "coffee")}, Member: r.IntN(3) > 0,
		}
	}
	all[0] = person{30, "xiamen", "female", 12_000, []string{"go", "tea"}, true}
	return all
}

type engines struct {
	segment  *persona.Segment
	profiles []persona.Profile
	overMap  *vm.Program
	maps     []map[string]any
	overType *vm.Program
	persons  []person
}

func setUp(t testing.TB, n int) engines {
	t.Helper()
	schema, err := persona.ParseSchema([]byte(schemaText), nil)
	try(t, err)
	rule, err := persona.ParseRule([]byte(ruleText))
	try(t, err)
	segment, err := schema.Compile(rule)
	try(t, err)
	persons := people(n)
	overMap, err := expr.Compile(exprText, expr.Env(persons[0].asMap()), expr.AsBool())
	try(t, err)
	overType, err := expr.Compile(exprText, expr.Env(person{}), expr.AsBool())
	try(t, err)
	e := engines{segment: segment, overMap: overMap, overType: overType, persons: persons}
	for _, p := range persons {
		e.maps = append(e.maps, p.asMap())
		profile, err := schema.NewProfile(map[string]persona.Value{
			"age": persona.Int(int64(p.Age)), "city": persona.Text(p.City), "gender": persona.Text(p.Gender),
			"income": persona.Float(p.Income), "interests": persona.Texts(p.Interests...), "member": persona.Bool(p.Member),
		})
		try(t, err)
		e.profiles = append(e.profiles, profile)
	}
	return e
}

func try(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEnginesAgree(t *testing.T) {
	e := setUp(t, 2000)
	members := 0
	for i := range e.persons {
		want := e.segment.Match(e.profiles[i], asOf) == persona.True
		if want {
			members++
		}
		for name, run := range map[string]func() (any, error){
			"map":    func() (any, error) { return expr.Run(e.overMap, e.maps[i]) },
			"struct": func() (any, error) { return expr.Run(e.overType, e.persons[i]) },
		} {
			got, err := run()
			try(t, err)
			if got != want {
				t.Errorf("expr over a %s says %v of %+v, persona %v", name, got, e.persons[i], want)
			}
		}
	}
	if members < 20 || members > 500 {
		t.Errorf("%d of %d are in the segment: the rule decides too little", members, len(e.persons))
	}
}

func BenchmarkSixClauses(b *testing.B) {
	e := setUp(b, 1024)
	for _, population := range []int{1, 1024} {
		name := fmt.Sprintf("of %d", population)
		if population == 1 {
			name = "a member, so that no clause is skipped"
		}
		mask := population - 1
		bench := func(engine string, match func(i int) bool) {
			b.Run(name+"/"+engine, func(b *testing.B) {
				b.ReportAllocs()
				n := 0
				for b.Loop() {
					match(n & mask)
					n++
				}
			})
		}
		bench("persona", func(i int) bool { return e.segment.Match(e.profiles[i], asOf) == persona.True })
		at := e.segment.At(asOf)
		bench("persona, as of one instant", func(i int) bool { return at.Match(e.profiles[i]) == persona.True })
		bench("expr over a map", func(i int) bool { got, _ := expr.Run(e.overMap, e.maps[i]); return got == true })
		bench("expr over a struct", func(i int) bool { got, _ := expr.Run(e.overType, e.persons[i]); return got == true })
		machine := vm.VM{}
		bench("expr over a map, machine reused", func(i int) bool { got, _ := machine.Run(e.overMap, e.maps[i]); return got == true })
		bench("expr over a struct by pointer, machine reused", func(i int) bool {
			got, _ := machine.Run(e.overType, &e.persons[i])
			return got == true
		})
	}
}
