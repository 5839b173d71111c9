package shop

import (
	"encoding/csv"
	"io"
	"iter"
	"math/rand/v2"
	"strconv"
	"time"
)

// Profile is what a customer told the shop, or the shop could see: much of it
// is missing.
type Profile struct {
	Customer   string
	Gender     string // "female", "male" or empty
	BirthYear  int    // 0 if unknown
	City       string
	Occupation string // empty if unknown
	Phone      string // the system of their phone: "android", "ios"
	Channel    string // where they joined
	Joined     time.Time
	// Member is when they became a member; zero if they never did.
	Member time.Time
}

// What is missing, and who becomes a member, of 1,000.
const (
	noGender       = 80
	noBirthYear    = 120
	noOccupation   = 250
	becomeMember   = 550
	mostMemberDays = 30 // after joining
)

// person is a kind of people: deal-seekers are students more often than
// others, and those who spend much have a position.
type person struct {
	occupation    string
	young, oldest int // age in the first year of the period
}

var (
	anyone      = []weighted[person]{{person{"office", 24, 45}, 45}, {person{"homemaker", 28, 50}, 20}, {person{"student", 18, 24}, 15}, {person{"manager", 30, 55}, 8}, {person{"retired", 55, 75}, 12}}
	dealSeeking = []weighted[person]{{person{"student", 18, 24}, 55}, {person{"homemaker", 28, 50}, 25}, {person{"office", 24, 45}, 20}}
	spending    = []weighted[person]{{person{"manager", 30, 55}, 50}, {person{"office", 24, 45}, 40}, {person{"retired", 55, 75}, 10}}
	bigCities   = []weighted[string]{{"Shanghai", 40}, {"Beijing", 35}, {"Shenzhen", 25}}
	cities      = []weighted[string]{{"Shanghai", 15}, {"Beijing", 14}, {"Shenzhen", 11}, {"Chengdu", 18}, {"Wuhan", 14}, {"Changsha", 12}, {"Luoyang", 9}, {"Ganzhou", 7}}
	females     = map[string]int{"beauty": 850, "bedding": 600, "appliances": 380}
)

// Profiles returns the profile of each customer, in the order of their IDs.
func (s *Shop) Profiles() iter.Seq[Profile] {
	return func(yield func(Profile) bool) {
		for i := range s.config.Customers {
			if !yield(s.profile(s.join(i))) {
				return
			}
		}
	}
}

// WriteProfiles writes the profiles as CSV with a header. What is unknown is an
// empty field.
func (s *Shop) WriteProfiles(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"customer_id", "gender", "birth_year", "city", "occupation", "phone", "channel", "joined", "member_since"})
	for p := range s.Profiles() {
		year, member := "", ""
		if p.BirthYear > 0 {
			year = strconv.Itoa(p.BirthYear)
		}
		if !p.Member.IsZero() {
			member = p.Member.Format(time.DateOnly)
		}
		_ = out.Write([]string{p.Customer, p.Gender, year, p.City, p.Occupation, p.Phone, p.Channel, p.Joined.Format(time.DateOnly), member})
	}
	out.Flush()
	return out.Error() // the first of all writes
}

func (s *Shop) profile(c customer) Profile {
	rng := stream(s.config.Seed, "profile", c.number)
	who, city := pick(rng, s.kind(c)), pick(rng, s.cities(c))
	p := Profile{
		Customer: c.id(), Gender: gender(rng, c), City: city, Occupation: who.occupation,
		BirthYear: s.first.Year() - between(rng, who.young, who.oldest),
		Phone:     "android", Channel: c.channel, Joined: s.clock(c.joined, 0),
	}
	if chance(rng, 300+c.level) { // the more they spend
		p.Phone = "ios"
	}
	if chance(rng, noBirthYear) {
		p.BirthYear = 0
	}
	if chance(rng, noOccupation) {
		p.Occupation = ""
	}
	if day := c.joined + between(rng, 0, mostMemberDays); chance(rng, becomeMember) && day < s.days {
		p.Member = s.clock(day, 0)
	}
	return p
}

func gender(rng *rand.Rand, c customer) string {
	odds, ok := females[c.favourite.name]
	if !ok {
		odds = 520
	}
	female := chance(rng, odds)
	switch {
	case chance(rng, noGender):
		return ""
	case female:
		return "female"
	}
	return "male"
}

// kind returns which kinds of people a customer may be one of.
func (s *Shop) kind(c customer) []weighted[person] {
	switch {
	case c.dealSeeker:
		return dealSeeking
	case c.level >= highLevel:
		return spending
	}
	return anyone
}

func (s *Shop) cities(c customer) []weighted[string] {
	if c.level >= highLevel {
		return bigCities
	}
	return cities
}

// highLevel is from where on customers are used to spending much, in percent.
const highLevel = 200
