package persona_test

import (
	"encoding/csv"
	"strconv"
	"testing"
	"time"

	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/persona"
)

// The customers of the public set are the same whether they are counted by
// segments or row by row.
func TestOnlineFoods(t *testing.T) {
	rows, err := csv.NewReader(testdata.Open(t, "persona_onlinefoods.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := make(map[string]int)
	for i, name := range rows[0] {
		column[name] = i
	}
	rows = rows[1:]
	if len(rows) != 388 {
		t.Fatalf("%d customers, want 388", len(rows))
	}
	s, err := persona.ParseSchema([]byte(`{"attributes": [
		{"name": "Age", "kind": "int", "unit": "years", "min": 0, "max": 130},
		{"name": "Gender", "kind": "enum", "values": ["Female", "Male"]},
		{"name": "Occupation", "kind": "string"},
		{"name": "Family size", "kind": "int"}]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	census := persona.Census[int]{Schema: s}
	want := 0
	for i, row := range rows {
		age, err := strconv.ParseInt(row[column["Age"]], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		size, err := strconv.ParseInt(row[column["Family size"]], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		err = census.Observe(i, persona.Observation{At: time.Unix(1, 0), Values: map[string]persona.Value{
			"Age": persona.Int(age), "Family size": persona.Int(size),
			"Gender": persona.Text(row[column["Gender"]]), "Occupation": persona.Text(row[column["Occupation"]]),
		}})
		if err != nil {
			t.Fatal(err)
		}
		if age < 25 && row[column["Gender"]] == "Female" && (row[column["Occupation"]] == "Student" || size >= 5) {
			want++
		}
	}
	segment := compile(t, s, `{"all": [
		{"attr": "Age", "op": "lt", "value": 25}, {"attr": "Gender", "op": "eq", "value": "Female"},
		{"any": [{"attr": "Occupation", "op": "eq", "value": "Student"}, {"attr": "Family size", "op": "gte", "value": 5}]}]}`)
	counts := segment.Count(census.Profiles(), asOf)
	if counts.True != want || want == 0 || counts != (persona.Counts{True: want, False: 388 - want}) {
		t.Errorf("got %+v, want %d in", counts, want)
	}
}
