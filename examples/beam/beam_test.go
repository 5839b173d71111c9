package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/testing/ptest"
	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) {
	// The runner tells of each bundle; what fails is in the error.
	slog.SetDefault(slog.New(slog.DiscardHandler))
	ptest.MainWithDefault(m, "prism")
}

// deal puts rows into a pipeline in random order, split over some sources, and
// dealt to bundles anew.
func deal[T any](s beam.Scope, random *rand.Rand, rows []T, sources int) beam.PCollection {
	rows = append([]T(nil), rows...)
	random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	var parts []beam.PCollection
	for i := range sources {
		part := rows[i*len(rows)/sources : (i+1)*len(rows)/sources]
		parts = append(parts, beam.Reshuffle(s, beam.CreateList(s, part)))
	}
	return beam.Flatten(s, parts...)
}

// Property: whatever the order of the rows, the sources they come from, the
// bundles they are dealt to and the number of shards, the documents are the
// bytes that one process makes.
func TestSameBytesAsOneProcess(t *testing.T) {
	orders, events := builtIn(7, 300)
	for _, tt := range []struct {
		seed            uint64
		sources, shards int
		zone            string
	}{{1, 2, 1, "UTC"}, {2, 5, 3, "Asia/Shanghai"}, {3, 11, 16, "America/New_York"}, {4, 3, 500, "Pacific/Chatham"}} {
		t.Run(fmt.Sprintf("%d sources, %d shards", tt.sources, tt.shards), func(t *testing.T) {
			o := options{zone: tt.zone, asOf: "2026-05-15", shards: tt.shards, out: t.TempDir()}
			c := mustCalendar(t, o)
			random := rand.New(rand.NewPCG(tt.seed, 1))
			p, s := beam.NewPipelineWithRoot()
			pipelines(s, deal(s, random, orders, tt.sources), deal(s, random, events, tt.sources), c, o)
			if err := ptest.Run(p); err != nil {
				t.Fatal(err)
			}
			wantSame(t, o.out, orders, events, c, o.shards)
		})
	}
}

// Without events there is no funnel, and the rest is as it was.
func TestNoEvents(t *testing.T) {
	orders, _ := builtIn(9, 40)
	o := options{zone: "UTC", asOf: "2026-06-30", shards: 2, out: t.TempDir()}
	c := mustCalendar(t, o)
	p, s := beam.NewPipelineWithRoot()
	none := beam.ParDo(s, &parseEvents{}, beam.CreateList(s, []string{eventHeader}))
	pipelines(s, beam.CreateList(s, orders), none, c, o)
	if err := ptest.Run(p); err != nil {
		t.Fatal(err)
	}
	wantSame(t, o.out, orders, nil, c, o.shards)
}

// The 69,659 orders of CDNOW are scored as package rfm scores them: cut points
// 1 1 2 4 of the frequency, whatever the shards.
func TestCDNOW(t *testing.T) {
	orders := cdnow(t)
	o := options{zone: "UTC", asOf: "1998-06-30", shards: 4, out: t.TempDir()}
	c := mustCalendar(t, o)
	events := []Event{{"1", c.AsOf, "view"}}
	p, s := beam.NewPipelineWithRoot()
	pipelines(s, beam.Reshuffle(s, beam.CreateList(s, orders)), beam.CreateList(s, events), c, o)
	if err := ptest.Run(p); err != nil {
		t.Fatal(err)
	}
	wantSame(t, o.out, orders, events, c, o.shards)
	model, err := os.ReadFile(filepath.Join(o.out, modelDocument))
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(string(model)), "")
	if want := `"frequency":[{"at":["1","1","2","4"]`; !strings.Contains(flat, want) {
		t.Errorf("no %s in the model: %s", want, flat)
	}
}

// The program reads files, writes documents, and prints where they are.
func TestRunReadsFiles(t *testing.T) {
	orders, events := builtIn(3, 50)
	folder := t.TempDir()
	var rows, more, happened strings.Builder
	for i, o := range orders {
		to := &rows
		if i%2 == 1 {
			to = &more
		}
		fmt.Fprintf(to, "%s,%s,%s\n", o.Customer, stamp(o.At), o.Amount)
	}
	for _, e := range events {
		fmt.Fprintf(&happened, "%s,%s,%s\r\n", e.User, stamp(e.At), e.Name)
	}
	write(t, folder, "orders-1.csv", orderHeader+"\n"+rows.String())
	write(t, folder, "orders-2.csv", orderHeader+"\n"+more.String())
	write(t, folder, "events.csv", eventHeader+"\r\n"+happened.String())
	o := options{
		orders: filepath.Join(folder, "orders-*.csv"), events: filepath.Join(folder, "events.csv"),
		zone: "UTC", asOf: "2026-06-30", shards: 3, out: t.TempDir(),
	}
	var stdout bytes.Buffer
	if err := run(context.Background(), o, &stdout); err != nil {
		t.Fatal(err)
	}
	if want := "documents in " + o.out + "\n"; stdout.String() != want {
		t.Errorf("printed %q, want %q", stdout.String(), want)
	}
	wantSame(t, o.out, orders, events, mustCalendar(t, o), o.shards)
}

// A malformed row stops the pipeline, and the error shows it.
func TestRunRefusesMalformedRows(t *testing.T) {
	for _, tt := range []struct{ name, row, want string }{
		{"amount", "ann,2026-01-02T03:04:05Z,ten", `amount "ten": want a number`},
		{"time", "ann,2.1.2026,10", `line "ann,2.1.2026,10": want a time such as`},
		{"fields", "ann,2026-01-02T03:04:05Z", `line "ann,2026-01-02T03:04:05Z": want ` + orderHeader},
	} {
		folder := t.TempDir()
		write(t, folder, "orders.csv", orderHeader+"\n"+tt.row+"\n")
		write(t, folder, "events.csv", eventHeader+"\n")
		o := options{
			orders: filepath.Join(folder, "orders.csv"), events: filepath.Join(folder, "events.csv"),
			zone: "UTC", asOf: "2026-06-30", shards: 2, out: t.TempDir(),
		}
		if err := run(context.Background(), o, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one that says %s", tt.name, err, tt.want)
		}
	}
}

func TestRunRefusesFlags(t *testing.T) {
	good := options{zone: "UTC", asOf: "2026-06-30", shards: 1}
	for want, change := range map[string]func(*options){
		"-tz":     func(o *options) { o.zone = "Mars" },
		"-asof":   func(o *options) { o.asOf = "yesterday" },
		"-shards": func(o *options) { o.shards = 0 },
		"-orders": func(o *options) { o.orders = "orders.csv" },
		"-out":    func(o *options) { o.orders, o.events = "orders.csv", "events.csv" },
	} {
		o := good
		change(&o)
		if err := run(context.Background(), o, &bytes.Buffer{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: error %v", want, err)
		}
	}
}

// The comparison that -compare makes finds a byte that differs, and a document
// that is missing.
func TestCompareFindsDifferences(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "a.csv", "1\n")
	if err := compare(&bytes.Buffer{}, folder, map[string]string{"a.csv": "1\n"}); err != nil {
		t.Error(err)
	}
	for _, want := range []map[string]string{{"a.csv": "2\n"}, {"b.csv": "1\n"}, {}} {
		if err := compare(&bytes.Buffer{}, folder, want); err == nil {
			t.Errorf("%v: no difference", want)
		}
	}
}

func wantSame(t *testing.T, folder string, orders []Order, events []Event, c Calendar, shards int) {
	t.Helper()
	want, err := oneProcess(orders, events, c, shards)
	if err != nil {
		t.Fatal(err)
	}
	got, err := readFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("documents (-one process +pipeline):\n%.2000s", d)
	}
}

func mustCalendar(t *testing.T, o options) Calendar {
	t.Helper()
	c, err := o.calendar()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func stamp(micros int64) string { return time.UnixMicro(micros).UTC().Format(time.RFC3339Nano) }

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// cdnow reads CDNOW_master.txt from the folder of public data.
func cdnow(t *testing.T) (orders []Order) {
	t.Helper()
	folder := os.Getenv("REGULARS_DATA")
	switch {
	case folder == "":
		folder = filepath.Join("..", "..", "..", "shared", "data")
	case !filepath.IsAbs(folder):
		folder = filepath.Join("..", "..", folder) // from the checkout on
	}
	data, err := os.ReadFile(filepath.Join(folder, "CDNOW_master.txt"))
	if os.IsNotExist(err) && os.Getenv("REGULARS_REQUIRE_DATA") != "1" {
		t.Skip("no CDNOW_master.txt: set REGULARS_DATA to the folder that has it")
	}
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		day, err := time.Parse("20060102", fields[1])
		if err != nil {
			continue // the header
		}
		orders = append(orders, Order{fields[0], day.UnixMicro(), fields[3]})
	}
	return orders
}
