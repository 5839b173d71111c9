package journey

import (
	"errors"
	"fmt"
	"math"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel"
)

// eachUser calls add with the events of each user in a log, in the order of the
// log; users come in the order in which they are first seen. What add is given
// is good until it returns.
func eachUser[E any, K regulars.ID](s funnel.Source[E, K], events []E, add func(K, []E) error) error {
	if s.User == nil {
		return errors.New("journey: source has no User")
	}
	if len(events) > math.MaxInt32 {
		return fmt.Errorf("journey: %d events at once: want at most %d", len(events), math.MaxInt32)
	}
	number := map[K]int32{}
	whose := make([]int32, len(events))
	var users []K
	var ends []int32 // of each user's events, once they are laid out user by user
	for i, event := range events {
		user := s.User(event)
		n, ok := number[user]
		if !ok {
			n = int32(len(users))
			number[user] = n
			users = append(users, user)
			ends = append(ends, 0)
		}
		whose[i] = n
		ends[n]++
	}
	next := make([]int32, len(users))
	for n := 1; n < len(users); n++ {
		next[n] = ends[n-1]
		ends[n] += ends[n-1]
	}
	byUser := make([]E, len(events))
	for i, n := range whose {
		byUser[next[n]] = events[i]
		next[n]++
	}
	for n, user := range users {
		from := int32(0)
		if n > 0 {
			from = ends[n-1]
		}
		if err := add(user, byUser[from:ends[n]]); err != nil {
			return fmt.Errorf("%w (of user %v)", err, user)
		}
	}
	return nil
}
