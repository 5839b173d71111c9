package shop

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/regulars-go/regulars/examples/internal/table"
	"github.com/shopspring/decimal"
)

// Limits of a [Config]; beyond them a simulation takes longer than its use.
const (
	MaxCustomers = 1_000_000
	MaxMonths    = 120
)

// Config says which shop to simulate. The zero value is ready to use.
type Config struct {
	// Seed picks one of the possible shops. Zero is a seed as any other.
	Seed uint64
	// Customers is how many join in all, up to [MaxCustomers]. Zero means 3,000.
	Customers int
	// Start is the first day of the period: its date in Zone. Zero means 1 July
	// 2024, so that by default the last day is 31 December 2025.
	Start time.Time
	// Months is how long the period is, as [time.Time.AddDate] counts them, up to
	// [MaxMonths]. Zero means 18.
	Months int
	// Zone is where the shop is open. Nil means Asia/Shanghai as a fixed zone of
	// UTC+8, which needs no time zone database.
	Zone *time.Location
}

// Shanghai is the zone of a shop that has none in its [Config].
func Shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// Shop is a simulated shop. It doesn't change.
type Shop struct {
	config Config
	first  time.Time // the period's first date, as a time in UTC
	days   int       // of the period
	rows   []table.Order
	visits []look
	truth  Truth
}

// Open simulates a shop. It is an error if the config has a negative number or
// one above its limit.
func Open(config Config) (*Shop, error) {
	if config.Customers < 0 || config.Customers > MaxCustomers {
		return nil, fmt.Errorf("shop: %d customers: want up to %d", config.Customers, MaxCustomers)
	}
	if config.Months < 0 || config.Months > MaxMonths {
		return nil, fmt.Errorf("shop: %d months: want up to %d", config.Months, MaxMonths)
	}
	config.Customers = cmp.Or(config.Customers, 3000)
	config.Months = cmp.Or(config.Months, 18)
	if config.Zone == nil {
		config.Zone = Shanghai()
	}
	if config.Start.IsZero() {
		config.Start = time.Date(2024, time.July, 1, 0, 0, 0, 0, config.Zone)
	}
	y, m, d := config.Start.In(config.Zone).Date()
	first := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	days := int(first.AddDate(0, config.Months, 0).Sub(first) / (24 * time.Hour))
	s := &Shop{config: config, first: first, days: days}
	s.run()
	return s, nil
}

// Orders returns the rows of the shop's export, by time; rows of the same
// second by order, a sale before its copy and its refunds.
func (s *Shop) Orders() iter.Seq[table.Order] { return slices.Values(s.rows) }

// Truth returns what is known of the shop because it is made up. It is the
// caller's to change.
func (s *Shop) Truth() Truth {
	truth := s.truth
	truth.Customers = slices.Clone(truth.Customers)
	return truth
}

// WriteOrders writes the rows as CSV with a header, times as local time, which
// package table reads back without further options but the zone.
func (s *Shop) WriteOrders(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"order_id", "customer_id", "paid_at", "amount", "discount", "category", "channel"})
	for _, o := range s.rows {
		discount := ""
		if o.Discount.Valid {
			discount = o.Discount.Decimal.StringFixed(2)
		}
		_ = out.Write([]string{
			o.ID, o.Customer, o.At.Format(time.DateTime), o.Amount.StringFixed(2), discount, o.Category, o.Channel,
		})
	}
	out.Flush()
	return out.Error() // the first of all writes
}

// run simulates customer by customer, and then numbers the orders of all by
// time, as a shop does.
func (s *Shop) run() {
	var all []sale
	for i := range s.config.Customers {
		c := s.join(i)
		sales := s.purchases(c)
		looks := s.looks(c, sales)
		s.truth.Customers = append(s.truth.Customers, c.truth(s, sales, looks))
		all = append(all, sales...)
		s.visits = append(s.visits, looks...)
	}
	slices.SortFunc(all, func(a, b sale) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.customer, b.customer), cmp.Compare(a.sequence, b.sequence))
	})
	for i, sale := range all {
		s.rows = append(s.rows, sale.rows(fmt.Sprintf("o%06d", i+1))...)
	}
	// Stable: rows of the same second stay in the order of their numbers, a sale
	// before its copy.
	slices.SortStableFunc(s.rows, func(a, b table.Order) int { return a.At.Compare(b.At) })
	slices.SortFunc(s.visits, look.compare)
	s.truth.total(s, all)
}

// date returns a day of the period, counted from 0.
func (s *Shop) date(day int) (int, time.Month, int) { return s.first.AddDate(0, 0, day).Date() }

// clock returns the instant on a day when the local clock shows so many
// seconds since midnight.
func (s *Shop) clock(day, seconds int) time.Time {
	y, m, d := s.date(day)
	return time.Date(y, m, d, 0, 0, seconds, 0, s.config.Zone)
}

// hours weighs the hours in which people order; none of them is skipped or
// repeated when clocks change.
var hours = []weighted[int]{
	{9, 2},
	{10, 4},
	{11, 5},
	{12, 6},
	{13, 5},
	{14, 4},
	{15, 4},
	{16, 4},
	{17, 4},
	{18, 5},
	{19, 7},
	{20, 9},
	{21, 8},
	{22, 4},
}

func money(cents int64) decimal.Decimal { return decimal.New(cents, -2) }
