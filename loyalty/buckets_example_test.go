package loyalty_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"log"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/loyalty"
)

// Members are dealt to stores, such as databases, by their names: a bucket each,
// and nothing that spans two.
func ExampleNewEngine_buckets() {
	var engines [16]*loyalty.Engine // one for each store; in earnest 1,024 of them
	for i := range engines {
		engine, err := loyalty.NewEngine(loyalty.NewMemory(), exampleProgram)
		if err != nil {
			log.Fatal(err)
		}
		engines[i] = engine
	}
	do := func(ctx context.Context, now time.Time, command loyalty.Command) (bucket int, receipt loyalty.Receipt, err error) {
		hash := fnv.New64a()
		hash.Write([]byte(command.Member))
		bucket = int(hash.Sum64() % uint64(len(engines)))
		receipt, err = engines[bucket].Do(ctx, now, command)
		return bucket, receipt, err
	}
	for _, member := range []string{"ada", "bo", "cai", "ada"} {
		bucket, receipt, err := do(context.Background(), exampleNow, loyalty.Command{
			Key: member + "/order-1", Member: member, OccurredAt: exampleNow, Earn: &loyalty.Earn{Kind: "order", Amount: decimal.New(20, 0)},
		})
		fmt.Println(member, "in bucket", bucket, "has", receipt.Balances[0].Available, "again:", receipt.Replayed, err)
	}
	// Output:
	// ada in bucket 11 has 20 again: false <nil>
	// bo in bucket 14 has 20 again: false <nil>
	// cai in bucket 0 has 20 again: false <nil>
	// ada in bucket 11 has 20 again: true <nil>
}
