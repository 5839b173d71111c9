package loyaltytest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

func ExampleTestStore() {
	// In the tests of the host's store:
	_ = func(t *testing.T) {
		loyaltytest.TestStore(t, func(t testing.TB) loyalty.Store {
			return loyalty.NewMemory() // the host's store, empty
		})
	}
	// Output:
}

func ExampleTestEngine() {
	_ = func(t *testing.T) {
		loyaltytest.TestEngine(t, func(t testing.TB) loyalty.Store {
			return loyalty.NewMemory() // the host's store, empty
		})
	}
	// Output:
}

func ExampleRunSpecs() {
	_ = func(t *testing.T) {
		loyaltytest.RunSpecs(t, os.DirFS("testdata/specs"), "*.json", time.LoadLocation)
	}
	// Output:
}

func ExampleFaulty() {
	engineOf := func(store loyalty.Store) *loyalty.Engine {
		engine, err := loyalty.NewEngine(store, loyalty.Retailer())
		if err != nil {
			panic(err)
		}
		return engine
	}
	ctx, now := context.Background(), time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	memory := loyalty.NewMemory()
	store := loyaltytest.Faulty(memory, 7)
	grant := loyalty.Command{Key: "sorry-1", Member: "ada", OccurredAt: now, Grant: &loyalty.Grant{Points: 100, Reason: "late parcel"}}
	for {
		_, err := engineOf(store).Do(ctx, now, grant)
		if err == nil {
			break
		}
		if store.Crashed() {
			store.Restart()
		}
	}
	fmt.Println("written after", store.Calls(), "calls")
	balance, err := engineOf(memory).Balance(ctx, now, "ada")
	fmt.Println(balance.Balances[0].Available, "points, whatever went wrong;", err)
	// Output:
	// written after 3 calls
	// 100 points, whatever went wrong; <nil>
}

func ExampleFaultyAt() {
	memory := loyalty.NewMemory()
	store := loyaltytest.FaultyAt(memory, 1, loyaltytest.FaultLoseReply)
	id := loyalty.AccountID{Program: "cafe", Member: "ada"}.Record()
	ctx := context.Background()
	err := store.Commit(ctx, &loyalty.Batch{Records: []loyalty.Record{{ID: id, Body: []byte("x")}}})
	fmt.Println(errors.Is(err, loyaltytest.ErrInjected), err)
	records, _, err := store.Load(ctx, []loyalty.RecordID{id}, nil)
	fmt.Println("but it is at version", records[0].Version, err)
	// Output:
	// true loyaltytest: injected fault
	// but it is at version 1 <nil>
}

func ExampleWork() {
	// The process that a Spawner starts: the test's own binary, for example, if
	// an environment variable says so. Here the jobs come from a text.
	jobs := strings.NewReader(`{"member": "ada", "counter": 1, "prefix": "k", "keys": 2}` + "\n")
	err := loyaltytest.Work(context.Background(), loyalty.NewMemory(), jobs, os.Stdout)
	fmt.Println(err)
	// Output:
	// done 1
	// done 2
	// end <nil>
	// <nil>
}

func ExamplePrograms() {
	p := loyaltytest.Programs().Example(1)
	fmt.Println(p.Name, p.Version, p.Validate())
	// Output: drawn 1 <nil>
}

// A host carries commands as JSON through a queue of its own: does each come out
// as it went in?
func ExampleCommands() {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	commands := loyaltytest.Commands(loyalty.Retailer(), now)
	same := 0
	for seed := range 200 {
		sent := commands.Example(seed)
		message, err := json.Marshal(sent)
		if err != nil {
			fmt.Println(err)
		}
		taken, err := loyalty.ParseCommand(message)
		if err != nil {
			fmt.Println(err)
		}
		before, _ := sent.MarshalBinary()
		after, _ := taken.MarshalBinary()
		if bytes.Equal(before, after) {
			same++
		}
	}
	fmt.Println(same, "of 200 the same")
	// Output:
	// 200 of 200 the same
}

// A property of a host's own is run by rapid.Check; here it is drawn once.
func ExampleStory() {
	proved := func(t *rapid.T) (members int) {
		zones, err := loyaltytest.Zones(time.LoadLocation)
		if err != nil {
			t.Fatal(err)
		}
		story := loyaltytest.Story{Program: loyaltytest.Programs(zones...).Draw(t, "program")}
		engine, err := loyalty.NewEngine(loyalty.NewMemory(), story.Program)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
		for range 20 {
			now = now.Add(loyaltytest.Steps().Draw(t, "step"))
			c := story.Next(t, now)
			if receipt, err := engine.Do(context.Background(), now, c); err == nil {
				story.Took(c, receipt)
			}
		}
		for _, member := range loyaltytest.Members {
			if err := engine.Verify(context.Background(), member); err != nil {
				t.Fatal(err)
			}
			members++
		}
		return members
	}
	fmt.Println(rapid.Custom(proved).Example(1), "of", len(loyaltytest.Members), "members proved")
	// Output:
	// 4 of 4 members proved
}

// Property: whatever a story took, its next command makes sense.
func TestStory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		story := loyaltytest.Story{Program: loyaltytest.Programs().Draw(t, "program")}
		now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
		for range 5 {
			c := story.Next(t, now)
			if _, err := c.MarshalBinary(); err != nil {
				t.Fatalf("%v\n%+v", err, c)
			}
			story.Took(c, loyalty.Receipt{Taken: 1, Balances: []loyalty.Balance{{Wallet: story.Program.Wallets[0].Name, Available: 7}}})
		}
	})
}

func TestWorkRefuses(t *testing.T) {
	if err := loyaltytest.Work(t.Context(), loyalty.NewMemory(), strings.NewReader("not a job\n"), io.Discard); err == nil {
		t.Error("no error for what is not a job")
	}
}
