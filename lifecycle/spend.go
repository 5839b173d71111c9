package lifecycle

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/calendar"
	"github.com/regulars-go/regulars/internal/exact"
	"github.com/regulars-go/regulars/internal/wire"
)

// Unattributed names the row of customers whose channel is not known, and of
// spend that is for no channel. Either may also be "".
const Unattributed = "unattributed"

// MaxChannels is the most channels of a spend: a report has a row for each. A
// number for each campaign or ad is not a channel.
const MaxChannels = 10_000

// Spend adds up what was spent to win customers, by channel and period,
// exactly. [Revenue.Acquisition] holds it against what they paid. The zero value
// is ready to use: months in UTC. What it answers depends neither on the order
// of amounts nor on how they are split over spends that are merged later. The
// same amount twice counts twice.
//
// All amounts are of one currency, that of the revenue.
//
// A Spend must not be copied once it is in use, and is not safe for concurrent
// use: give each goroutine its own and [Spend.Merge] them.
type Spend struct {
	// Each is the period by which amounts are added up. The zero value is
	// [Monthly].
	Each Period
	// Zone is the calendar of the periods. Nil means UTC.
	Zone *time.Location
	// Until is the last instant that counts: amounts after it are counted and
	// set aside. The zero time sets none aside. Set the three fields before the
	// first amount.
	Until time.Time

	channels   map[string]map[int32]exact.Sum
	used       setup
	afterUntil int
}

// Add adds an amount that was spent on a channel at an instant; a channel of ""
// is [Unattributed]. A correction is negative. An error says what is wrong and
// means that the amount was not added: a time that is zero or outside the years
// 1 to 9999, an amount of more than 36 digits or 18 decimal places, or a
// channel beyond [MaxChannels].
func (s *Spend) Add(channel string, at time.Time, amount decimal.Decimal) error {
	if err := calendar.CheckInstant(at); err != nil {
		return fmt.Errorf("lifecycle: spend on channel %q %w", channel, err)
	}
	if err := exact.Check(amount); err != nil {
		return fmt.Errorf("lifecycle: spend on channel %q: %w", channel, err)
	}
	if err := s.used.fix(s.frame(), s.Until); err != nil {
		return err
	}
	if !s.Until.IsZero() && at.After(s.Until) {
		s.afterUntil++
		return nil
	}
	channel = channelOf(channel)
	if s.channels[channel] == nil && len(s.channels) == MaxChannels {
		return tooManyChannels(channel)
	}
	var sum exact.Sum
	sum.Add(amount)
	s.merge(channel, s.frame().of(at), sum)
	return nil
}

func channelOf(name string) string {
	if name == "" {
		return Unattributed
	}
	return name
}

func tooManyChannels(channel string) error {
	return fmt.Errorf("lifecycle: channel %q is one more than %d", channel, MaxChannels)
}

func (s *Spend) merge(channel string, period int32, amount exact.Sum) {
	periods := s.channels[channel]
	if periods == nil {
		if s.channels == nil {
			s.channels = map[string]map[int32]exact.Sum{}
		}
		periods = map[int32]exact.Sum{}
		s.channels[channel] = periods
	}
	sum := periods[period]
	sum.Merge(amount)
	periods[period] = sum
}

// Merge adds all that was added to other, which stays as it is. Spends of
// another Each, Zone or Until don't merge, nor those of more than
// [MaxChannels] together; s stays as it was if there is an error.
func (s *Spend) Merge(other *Spend) error {
	if s == other {
		return errors.New("lifecycle: a spend can't be merged into itself")
	}
	if err := alike(s.frame(), other.frame(), s.Until, other.Until); err != nil {
		return err
	}
	if err := s.used.fix(s.frame(), s.Until); err != nil {
		return err
	}
	all := len(s.channels)
	for channel := range other.channels {
		if s.channels[channel] == nil {
			all++
		}
		if all > MaxChannels {
			return fmt.Errorf("lifecycle: merging makes more than %d channels", MaxChannels)
		}
	}
	for channel, periods := range other.channels {
		for period, amount := range periods {
			s.merge(channel, period, amount)
		}
	}
	s.afterUntil += other.afterUntil
	return nil
}

// Channels returns the channels for which there is an amount, by name.
func (s *Spend) Channels() []string { return slices.Sorted(maps.Keys(s.channels)) }

// AfterUntil returns how many amounts were set aside because they are later
// than Until.
func (s *Spend) AfterUntil() int { return s.afterUntil }

func (s *Spend) frame() frame { return frame{s.Each, calendar.OrUTC(s.Zone)} }

// firstPeriod returns the first period for which there is an amount.
func (s *Spend) firstPeriod() (first int32, ok bool) {
	for _, periods := range s.channels {
		for period := range periods {
			if !ok || period < first {
				first, ok = period, true
			}
		}
	}
	return first, ok
}

// MarshalBinary returns s as bytes: the same amounts give the same bytes, in
// whatever order they came.
func (s *Spend) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// AppendBinary appends what [Spend.MarshalBinary] returns.
func (s *Spend) AppendBinary(dst []byte) ([]byte, error) {
	dst = appendHeader(dst, wireSpend, s.frame(), s.Until, s.afterUntil)
	dst = wire.AppendUint(dst, uint64(len(s.channels)))
	for _, channel := range s.Channels() {
		periods := slices.Sorted(maps.Keys(s.channels[channel]))
		dst = wire.AppendString(dst, channel)
		dst = wire.AppendUint(dst, uint64(len(periods)))
		for i, period := range periods {
			dst = appendKey(dst, i, periods[max(i-1, 0)], period)
			dst = wire.AppendSum(dst, s.channels[channel][period])
		}
	}
	return dst, nil
}

// UnmarshalBinary replaces what s holds by what [Spend.MarshalBinary] wrote.
// Each, Zone and Until must be set as they were there. s stays as it was if
// there is an error.
func (s *Spend) UnmarshalBinary(data []byte) error {
	read := Spend{Each: s.Each, Zone: s.Zone, Until: s.Until}
	in := wire.NewReader(data)
	read.afterUntil = readHeader(in, wireSpend, s.frame(), s.Until)
	first, last := s.frame().bounds()
	before := ""
	for range in.Count() {
		channel := in.String()
		if in.Err() == nil && (channel <= before || len(read.channels) == MaxChannels) {
			in.Fail("channel %q is out of order or one too many", channel)
		}
		before = channel
		periods := readKeys(in, first, last, func(_ int, period int32) {
			if sum := in.Sum(); in.Err() == nil {
				read.merge(channel, period, sum)
			}
		})
		if in.Err() == nil && periods == 0 {
			in.Fail("channel %q has no amount", channel)
		}
		if in.Err() != nil {
			break
		}
	}
	if err := in.Close(); err != nil {
		return wireError(err)
	}
	read.used = setup{s.frame(), s.Until, true}
	s.channels, s.used, s.afterUntil = read.channels, read.used, read.afterUntil
	return nil
}
