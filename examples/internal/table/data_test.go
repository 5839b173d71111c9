package table_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/shopspring/decimal"
)

// dataPath finds a public data set, as the root module's tests do, whose helper
// a module of its own can't import.
func dataPath(t testing.TB, name string) string {
	t.Helper()
	root := filepath.Join("..", "..", "..")
	folder := os.Getenv("REGULARS_DATA")
	if folder == "" {
		folder = filepath.Join("..", "shared", "data")
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(root, folder)
	}
	path := filepath.Join(folder, name)
	_, err := os.Stat(path)
	switch {
	case err == nil:
		return path
	case !errors.Is(err, fs.ErrNotExist):
		t.Fatal(err)
	case os.Getenv("REGULARS_REQUIRE_DATA") == "1":
		t.Fatalf("needs the public data set %s (set REGULARS_DATA to its folder): %v", name, err)
	default:
		t.Skipf("needs the public data set %s (set REGULARS_DATA to its folder): %v", name, err)
	}
	return ""
}

// Public files are read as they are. The figures of CDNOW and of the R orders
// are the published ones (Fader & Hardie; R package rfm); the rest is counted.
func TestPublicFiles(t *testing.T) {
	type facts struct {
		Rows                int64
		Customers           int
		Total, From, To     string
		Columns, Layout     string
		SetAside, ZeroValue int64
	}
	tests := []struct {
		name, file, columns string
		want                facts
	}{
		{"space-aligned, no flags", "CDNOW_master.txt", "", facts{
			Rows: 69_659, Customers: 23_570, Total: "2500315.63", From: "1997-01-01", To: "1998-06-30",
			Columns: "customer=customer_id,at=date,amount=dollar_value", Layout: "20060102", ZeroValue: 80,
		}},
		{"space-aligned, named", "CDNOW_master.txt", "customer=customer_id,at=date,amount=dollar_value", facts{
			Rows: 69_659, Customers: 23_570, Total: "2500315.63", From: "1997-01-01", To: "1998-06-30",
			Columns: "customer=customer_id,at=date,amount=dollar_value", Layout: "20060102", ZeroValue: 80,
		}},
		{"positions with a header", "CDNOW_master.txt", "customer=1,at=2,amount=4", facts{
			Rows: 69_659, Customers: 23_570, Total: "2500315.63", From: "1997-01-01", To: "1998-06-30",
			Columns: "customer=customer_id,at=date,amount=dollar_value", Layout: "20060102", ZeroValue: 80,
		}},
		{"positions without a header", "CDNOW_sample.txt", "customer=1,at=3,amount=5", facts{
			Rows: 6_919, Customers: 2_357, Total: "244091.94", From: "1997-01-01", To: "1998-06-30",
			Columns: "customer=1,at=3,amount=5", Layout: "20060102", ZeroValue: 8,
		}},
		{"names with spaces and apostrophes", "rfm_data_orders_slim.csv", "", facts{
			Rows: 4_906, Customers: 995, Total: "464158", From: "2001-10-29", To: "2006-12-30",
			Columns: "customer=customer_id,at=order_date,amount=revenue", Layout: "2006-1-2",
		}},
		// 134 amounts are a spreadsheet's 5.0000000000000001E-3, of 19 places.
		{"other columns beside, lenient", "persona_tgi_orders.csv", "", facts{
			Rows: 28_698, Customers: 25_913, Total: "1564906.0349999999847969", From: "2019-01-01", To: "2019-06-30",
			Columns: "customer=user_id,at=paid_at,amount=amount", Layout: "2006-01-02T15:04:05", SetAside: 134,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			columns, err := table.ParseColumns(tt.columns)
			if tt.columns != "" && err != nil {
				t.Fatal(err)
			}
			orders, err := table.Open(dataPath(t, tt.file), table.Orders(), table.Options{Columns: columns, Lenient: tt.want.SetAside > 0})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = orders.Close() }()
			var got facts
			customers, total := map[string]bool{}, decimal.Zero
			for orders.Next() {
				o := orders.Row()
				customers[o.Customer] = true
				total = total.Add(o.Amount)
				if o.Amount.IsZero() {
					got.ZeroValue++
				}
				day := o.At.Format("2006-01-02")
				if got.From == "" || day < got.From {
					got.From = day
				}
				got.To = max(got.To, day)
			}
			if err := orders.Err(); err != nil {
				t.Fatal(err)
			}
			using := orders.Columns()
			got.Rows, got.Customers, got.Total = orders.Rows(), len(customers), total.String()
			got.Columns, got.Layout, got.SetAside = using.String(), orders.Layout(), orders.SetAside().Rows
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFileThatIsNotThere(t *testing.T) {
	_, err := table.Open(filepath.Join(t.TempDir(), "none.csv"), table.Orders(), table.Options{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that the file does not exist", err)
	}
}
