package rfm_test

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/rfm"
)

// The package keeps nothing: a tally and a model are bytes in whatever storage
// the application has.
func Example_storage() {
	storage := map[string][]byte{} // yours: a table, a bucket, a file

	var tally rfm.Tally[int64]
	tally.Add(7, rfm.Order{At: time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC), Amount: decimal.New(1999, -2)})
	model, _ := rfm.Fit(tally.All(), time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC), rfm.Quantiles(5))
	storage["tally"], _ = tally.MarshalBinary()
	storage["model"], _ = json.Marshal(model)

	var tonight rfm.Tally[int64]
	tonight.UnmarshalBinary(storage["tally"])
	frozen, _ := rfm.ParseModel(storage["model"])
	tonight.Add(7, rfm.Order{At: time.Date(2026, 7, 2, 9, 0, 0, 0, time.UTC), Amount: decimal.New(500, -2)})
	record, _ := tonight.Record(7)
	fmt.Println(frozen.At(time.Date(2026, 7, 3, 0, 0, 0, 0, time.UTC)).Score(record))
	// Output: 555
}
