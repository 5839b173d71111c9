package strategy

import (
	"encoding/json"
	"fmt"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// summaryFile is a summary in JSON.
type summaryFile struct {
	Policy     string         `json:"policy"`
	Customers  int64          `json:"customers"`
	Unserved   int64          `json:"unserved"`
	Operations []operationRow `json:"operations"`
}

type operationRow struct {
	Operation string `json:"operation"`
	// Verdicts has the codes that were given, by their names.
	Verdicts map[string]int64 `json:"verdicts"`
}

// MarshalJSON writes the counts, the operations as they rank. Equal summaries
// give equal bytes.
func (s Summary) MarshalJSON() ([]byte, error) {
	file := summaryFile{s.policy, s.customers, s.none, make([]operationRow, len(s.rows))}
	for i, r := range s.rows {
		verdicts := map[string]int64{}
		for _, code := range Codes() {
			if n := r.counts[code]; n != 0 {
				verdicts[code.String()] = n
			}
		}
		file.Operations[i] = operationRow{r.operation, verdicts}
	}
	return json.Marshal(file)
}

// UnmarshalJSON replaces s by what [Summary.MarshalJSON] wrote. It is an error,
// and s stays as it was, if the counts do not add up: each operation has as
// many verdicts as there are customers, and who is served got one operation.
func (s *Summary) UnmarshalJSON(data []byte) error {
	var file summaryFile
	if err := config.Decode(data, &file); err != nil {
		return err
	}
	if err := file.faults().Err(); err != nil {
		return err
	}
	read := Summary{policy: file.Policy, customers: file.Customers, none: file.Unserved}
	for _, o := range file.Operations {
		read.rows = append(read.rows, row{o.Operation, o.counts()})
	}
	*s = read
	return nil
}

func (o operationRow) counts() (counts [codeCount]int64) {
	for _, code := range Codes() {
		counts[code] = o.Verdicts[code.String()]
	}
	return counts
}

func (file summaryFile) faults() (f regulars.Faults) {
	if file.Customers < 0 || file.Customers > MaxCustomers {
		f.Add("customers", "%d: want 0 to %d", file.Customers, int64(MaxCustomers))
		return f
	}
	if (file.Policy == "") != (len(file.Operations) == 0) {
		f.Add("policy", "%q with %d operations: want both or neither", file.Policy, len(file.Operations))
	}
	if n := len(file.Operations); n > MaxOperations+1 {
		f.Add("operations", "%d operations: want at most %d and a fallback", n, MaxOperations)
		return f
	}
	served := int64(0)
	seen := map[string]bool{}
	for i, o := range file.Operations {
		path := fmt.Sprintf("operations[%d]", i)
		nameFaults(&f, path+".operation", o.Operation)
		if seen[o.Operation] {
			f.Add(path+".operation", "%q comes twice", o.Operation)
		}
		seen[o.Operation] = true
		for _, name := range sortedKeys(o.Verdicts) {
			if new(Code).UnmarshalText([]byte(name)) != nil {
				f.Add(path+".verdicts", "unknown code %q", name)
			}
		}
		left := file.Customers
		for _, n := range o.counts() {
			if n < 0 || n > left {
				left = -1
				break
			}
			left -= n
		}
		if left != 0 {
			f.Add(path, "has not one verdict for each of %d customers", file.Customers)
			continue
		}
		served += o.counts()[Chosen] // each at most 2^53, and 501 of them
	}
	if len(f) == 0 && (file.Unserved < 0 || file.Unserved != file.Customers-served) {
		f.Add("unserved", "%d: want %d, as many as were chosen nothing for", file.Unserved, file.Customers-served)
	}
	return f
}
