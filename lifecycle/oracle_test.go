package lifecycle_test

import (
	"bufio"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/lifecycle"
)

// retentionOracle is retention_oracle.json: a toy checked by hand, and the
// 1/10 sample of CDNOW computed twice.
type retentionOracle struct {
	Toy struct {
		Events []struct {
			User, Date string
			Amount     decimal.Decimal
		}
		oracleTables
		Revenue []oracleRevenue `json:"revenue_growth"`
	}
	CDNOW oracleTables `json:"cdnow_monthly"`
	Cases []struct {
		Name     string
		Events   []time.Time
		Zone     string `json:"calendar_tz"`
		Calendar *int   `json:"calendar_day_index"`
		Rolling  *int   `json:"rolling24h_index"`
		Monday   *int   `json:"week_index_monday_start"`
		Sunday   *int   `json:"week_index_sunday_start"`
	} `json:"time_bucketing"`
}

type oracleTables struct {
	Growth    []oracleGrowth
	Retention []oracleCohort
}

type oracleGrowth struct {
	Period                                      string
	Active, New, Retained, Resurrected, Churned int
	QuickRatio                                  *float64 `json:"quick_ratio"`
	RetentionRate                               *float64 `json:"retention_rate"`
	ChurnRate                                   *float64 `json:"churn_rate"`
}

type oracleRevenue struct {
	Period                                                               string
	Revenue, New, Resurrected, Expansion, Retained, Contraction, Churned decimal.Decimal
	QuickRatio                                                           *float64 `json:"quick_ratio"`
	Gross                                                                *float64 `json:"gross_retention"`
	Net                                                                  *float64 `json:"net_retention"`
}

type oracleCohort struct {
	Cohort    string
	Size      int
	On        []int `json:"n_period"`
	OnOrAfter []int `json:"unbounded_on_or_after"`
	Streak    []int `json:"continuous_every_period"`
}

func readRetentionOracle(t testing.TB) (o retentionOracle) {
	t.Helper()
	if err := json.NewDecoder(testdata.Open(t, "retention_oracle.json")).Decode(&o); err != nil {
		t.Fatal(err)
	}
	return o
}

// purchase is a row of a CDNOW file.
type purchase struct {
	customer string
	at       time.Time
	amount   decimal.Decimal
}

// readSample reads the 1/10 sample of CDNOW: master ID, sample ID, date, discs
// and dollars.
func readSample(t testing.TB) []purchase {
	t.Helper()
	var rows []purchase
	scanner := bufio.NewScanner(testdata.Open(t, "CDNOW_sample.txt"))
	for scanner.Scan() {
		fields := strings.Fields(scanner.Text())
		at, err := time.Parse("20060102", fields[2])
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, purchase{fields[1], at, decimal.RequireFromString(fields[4])})
	}
	return rows
}

func date(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func checkAdd(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func toyActivity(t testing.TB, o retentionOracle) (activity *lifecycle.Activity[string], now time.Time) {
	activity = new(lifecycle.Activity[string])
	for _, e := range o.Toy.Events {
		if e.Amount.Sign() > 0 {
			checkAdd(t, activity.Add(e.User, date(t, e.Date)))
		}
	}
	return activity, date(t, "2024-07-01")
}

func sampleActivity(t testing.TB) (activity *lifecycle.Activity[string], now time.Time) {
	activity = new(lifecycle.Activity[string])
	for _, p := range readSample(t) {
		checkAdd(t, activity.Add(p.customer, p.at))
	}
	return activity, date(t, "1998-07-01")
}

func TestGrowthOracle(t *testing.T) {
	o := readRetentionOracle(t)
	toy, toyNow := toyActivity(t, o)
	sample, sampleNow := sampleActivity(t)
	tests := []struct {
		name     string
		activity *lifecycle.Activity[string]
		now      time.Time
		want     []oracleGrowth
	}{
		{"toy", toy, toyNow, o.Toy.Growth},
		{"CDNOW", sample, sampleNow, o.CDNOW.Growth},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rows, err := test.activity.Growth(test.now, lifecycle.GrowthOptions[string]{})
			if err != nil {
				t.Fatal(err)
			}
			var got []oracleGrowth
			for _, g := range rows {
				if !g.Complete {
					t.Errorf("%s is not complete", g.Name)
				}
				got = append(got, oracleGrowth{
					g.Name, g.Active, g.New, g.Retained, g.Resurrected, g.Churned,
					known(g.QuickRatio()), known(g.RetentionRate()), known(g.ChurnRate()),
				})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// known returns a value as the oracle has it: null where there is none.
func known(v float64, ok bool) *float64 {
	if !ok {
		return nil
	}
	return &v
}

func TestRetentionOracle(t *testing.T) {
	o := readRetentionOracle(t)
	toy, toyNow := toyActivity(t, o)
	sample, sampleNow := sampleActivity(t)
	tests := []struct {
		name     string
		activity *lifecycle.Activity[string]
		now      time.Time
		want     []oracleCohort
	}{
		{"toy", toy, toyNow, o.Toy.Retention},
		{"CDNOW", sample, sampleNow, o.CDNOW.Retention},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var triangles [3]lifecycle.Retention
			for i, kind := range []lifecycle.RetentionKind{lifecycle.On, lifecycle.OnOrAfter, lifecycle.Streak} {
				var err error
				triangles[i], err = test.activity.Retention(test.now, lifecycle.RetentionOptions[string]{Kind: kind})
				checkAdd(t, err)
			}
			var got []oracleCohort
			for i, c := range triangles[0].Cohorts {
				got = append(got, oracleCohort{
					c.Name, c.Size, active(t, c),
					active(t, triangles[1].Cohorts[i]), active(t, triangles[2].Cohorts[i]),
				})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func active(t *testing.T, c lifecycle.Cohort) (counts []int) {
	t.Helper()
	for k, cell := range c.Cells {
		if cell.Of != c.Size || !cell.Complete() {
			t.Errorf("cohort %s, column %d: %+v, want all %d complete", c.Name, k, cell, c.Size)
		}
		counts = append(counts, cell.Active)
	}
	return counts
}

func TestRevenueGrowthOracle(t *testing.T) {
	o := readRetentionOracle(t)
	var revenue lifecycle.Revenue[string]
	for _, e := range o.Toy.Events {
		checkAdd(t, revenue.Add(e.User, date(t, e.Date), e.Amount))
	}
	rows, err := revenue.Growth(date(t, "2024-07-01"), lifecycle.GrowthOptions[string]{})
	checkAdd(t, err)
	var got []oracleRevenue
	for _, g := range rows {
		got = append(got, oracleRevenue{
			g.Name, g.Revenue, g.New, g.Resurrected, g.Expansion, g.Retained, g.Contraction, g.Churned,
			known(g.QuickRatio()), known(g.GrossRetention()), known(g.NetRetention()),
		})
	}
	if diff := cmp.Diff(o.Toy.Revenue, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The same instants fall into other periods by another clock: these cases are
// complaints about products that did not say which clock they had.
func TestTimeBucketingOracle(t *testing.T) {
	for _, c := range readRetentionOracle(t).Cases {
		t.Run(c.Name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.Zone)
			checkAdd(t, err)
			for _, test := range []struct {
				clock lifecycle.Period
				want  *int
			}{{lifecycle.Daily(), c.Calendar}, {lifecycle.Weekly(time.Monday), c.Monday}, {lifecycle.Weekly(time.Sunday), c.Sunday}} {
				if test.want == nil {
					continue
				}
				activity := lifecycle.Activity[int]{Each: test.clock, Zone: zone}
				for _, at := range c.Events {
					checkAdd(t, activity.Add(1, at))
				}
				triangle, err := activity.Retention(c.Events[1].AddDate(0, 0, 1), lifecycle.RetentionOptions[int]{Kind: lifecycle.OnOrAfter})
				checkAdd(t, err)
				if got := lastRetained(triangle); got != *test.want {
					t.Errorf("by %s: came back in interval %d, want %d", test.clock, got, *test.want)
				}
			}
		})
	}
}

// lastRetained returns the last interval in which anybody was active.
func lastRetained(r lifecycle.Retention) (last int) {
	for k, c := range r.All.Cells {
		if c.Active+c.OpenActive > 0 {
			last = k
		}
	}
	return last
}

func TestValueOfPublishedData(t *testing.T) {
	// The cohorts are those of the oracle, and with refunds and zero rows in,
	// what all have paid by the end is the sum of the file.
	o := readRetentionOracle(t)
	var revenue lifecycle.Revenue[string]
	var sum decimal.Decimal
	for _, p := range readSample(t) {
		checkAdd(t, revenue.Add(p.customer, p.at, p.amount))
		sum = sum.Add(p.amount)
	}
	value, err := revenue.Value(date(t, "1998-07-01"), lifecycle.CohortOptions[string]{})
	checkAdd(t, err)
	var total decimal.Decimal
	for i, c := range value.Cohorts {
		want := o.CDNOW.Retention[i]
		if c.Name != want.Cohort || c.Size != want.Size || len(c.Cells) != len(want.On) {
			t.Errorf("cohort %s of %d, %d columns; want %s of %d, %d", c.Name, c.Size, len(c.Cells), want.Cohort, want.Size, len(want.On))
		}
		total = total.Add(c.Cells[len(c.Cells)-1].Total)
	}
	if !total.Equal(sum) {
		t.Errorf("total %s, want %s", total, sum)
	}
}
