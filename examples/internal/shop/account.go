package shop

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/regulars-go/regulars/examples/internal/table"
)

// Account is one of the names under which the shop knows a customer: every
// channel has its own.
type Account struct {
	ID       string // such as "openid:w1f03c55", unique in the shop
	Customer string // whose it is, which the shop doesn't know
}

// Sighting is an event in which the shop saw several names together. Empty
// fields were not seen.
type Sighting struct {
	ID      string // of the event
	At      time.Time
	Channel string
	Account string // of the app and the site
	OpenID  string // of the mini program
	Card    string // of the store
	Phone   string
	Device  string // of a phone, or a till in the store
}

// What happens to names, of 1,000.
const (
	givePhone    = 750 // in a channel
	familysPhone = 15  // leave the phone number of another customer
	tills        = 3   // in the store, in all
)

// accountOf names the account of a customer in a channel: the app and the site
// share theirs.
func (s *Shop) accountOf(number int, channel string) string {
	code := uint32(scramble(s.config.Seed^scramble(uint64(number))) >> 32)
	switch channel {
	case "mini program":
		return fmt.Sprintf("openid:w%08x", code)
	case "store":
		return fmt.Sprintf("card:%010d", code)
	}
	return fmt.Sprintf("account:a%08x", code^0x5bd1e995)
}

// OrdersByAccount returns the rows of the export with the account of its
// channel as the customer of each order, as a shop has them before it knows who
// is who.
func (s *Shop) OrdersByAccount() iter.Seq[table.Order] {
	return func(yield func(table.Order) bool) {
		numbers := make(map[string]int, len(s.truth.Customers))
		for i, c := range s.truth.Customers {
			numbers[c.ID] = i
		}
		for _, o := range s.rows {
			o.Customer = s.accountOf(numbers[o.Customer], o.Channel)
			if !yield(o) {
				return
			}
		}
	}
}

// Accounts returns all accounts that an order or a visit was made with, by
// customer.
func (s *Shop) Accounts() iter.Seq[Account] {
	return func(yield func(Account) bool) {
		for number, firsts := range s.firstVisits() {
			seen := map[string]bool{}
			for channel, v := range firsts {
				id := s.accountOf(number, channels[channel].value)
				if v.at == 0 || seen[id] {
					continue
				}
				seen[id] = true
				if !yield(Account{ID: id, Customer: s.truth.Customers[number].ID}) {
					return
				}
			}
		}
	}
}

// firstVisits returns the first visit of each customer by each channel; one
// that never was is at 0.
func (s *Shop) firstVisits() [][]look {
	firsts := make([][]look, s.config.Customers)
	for i := range firsts {
		firsts[i] = make([]look, len(channels))
	}
	for _, v := range s.visits {
		if first := &firsts[v.customer][v.channel]; first.at == 0 {
			*first = v
		}
	}
	return firsts
}

// Sightings returns what the shop learns of its customers' names: one event for
// each channel, when they first come by it, customer by customer. Three in four
// leave their phone number; some leave that of a relative who is a customer too.
// A till in the store is everybody's device.
func (s *Shop) Sightings() iter.Seq[Sighting] {
	return func(yield func(Sighting) bool) {
		for number, firsts := range s.firstVisits() {
			for _, v := range firsts {
				if v.at > 0 && !yield(s.sighting(number, v)) {
					return
				}
			}
		}
	}
}

func (s *Shop) sighting(number int, v look) Sighting {
	channel := channels[v.channel].value
	rng := stream(s.config.Seed, "sighting by "+channel, number)
	seen := Sighting{
		ID: fmt.Sprintf("s%05d-%d", number+1, v.channel), At: time.Unix(v.at, 0).In(s.config.Zone), Channel: channel,
		Device: fmt.Sprintf("d%08x", uint32(scramble(uint64(number)^s.config.Seed))),
	}
	account := s.accountOf(number, channel)
	switch channel {
	case "mini program":
		seen.OpenID = account[len("openid:"):]
	case "store":
		seen.Card, seen.Device = account[len("card:"):], fmt.Sprintf("till-%d", between(rng, 1, tills))
	default:
		seen.Account = account[len("account:"):]
	}
	owner := number
	if chance(rng, familysPhone) && number > 0 {
		owner = number - 1
	}
	if chance(rng, givePhone) {
		seen.Phone = fmt.Sprintf("138%08d", uint32(scramble(s.config.Seed^uint64(owner)))%1e8)
	}
	if channel == "mini program" || channel == "web" {
		seen.Device = "" // a browser keeps it to itself
	}
	return seen
}

// WriteSightings writes the sightings as CSV with a header, times as local
// time.
func (s *Shop) WriteSightings(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"event_id", "at", "channel", "account", "openid", "card", "phone", "device"})
	for v := range s.Sightings() {
		_ = out.Write([]string{v.ID, v.At.Format(time.DateTime), v.Channel, v.Account, v.OpenID, v.Card, v.Phone, v.Device})
	}
	out.Flush()
	return out.Error() // the first of all writes
}
