package loyalty

import "github.com/regulars-go/regulars/internal/calendar"

// Account is the state of one member: the fold of the journal. It holds no
// text, and what it holds does not grow with the length of the history: lots
// with the same wallet, expiry and terms are one, and counters go when their
// window is over. The zero value is an account without entries.
//
// Instants in it are microseconds since 1970; 0 stands for none.
type Account struct {
	seq      uint64 // of the last entry
	time     int64  // RecordedAt of the last entry
	version  uint32 // the newest of the program that was applied
	status   status
	referred bool  // has a referrer: see KindReferral
	enrolled int64 // OccurredAt of the first entry

	tier tier
	// lists are the rows of all lists as they are written, each list after the
	// number of its rows: a decision copies and writes an account in one piece.
	// It is empty if there are none.
	lists []byte
	parts [numLists]struct{ from, to uint32 } // where the rows of each list are in lists
}

type status uint8

const (
	statusOpen status = iota
	statusClosed
	statusMerged // closed into another account: see KindMerge
)

// lot is points with one expiry and one set of terms.
type lot struct {
	wallet    uint8
	terms     Terms
	expires   int64 // 0: never
	activates int64 // 0 if they don't wait
	points    int64 // at least 1
}

// hold reserves points until they are captured, released or time is up.
type hold struct {
	id     [16]byte // of the command's key
	wallet uint8
	until  int64
}

// leg is the part of a lot that a hold reserves.
type leg struct {
	hold    [16]byte
	terms   Terms
	expires int64
	points  int64
}

// window is how much of a limit is used in one period.
type window struct {
	key    windowKey
	number int32 // of the period; 0 if for life
	used   int64
	gone   int64 // when it may be dropped: after its end and MaxLate; 0: never
}

// windowKey says of which limit a window is: it stays the same when a version
// changes the amount.
type windowKey struct {
	kind windowKind
	id   uint32 // of the rule or the reward
}

// windowKind is the period of a limit and what it counts.
type windowKind uint8

// A windowKind of a cap is one of these plus a period: see [period].
const (
	windowPoints    windowKind = 16 * (1 + iota) // points of a rule
	windowTimes                                  // how often a rule fired
	windowReward                                 // how many of a reward
	windowMakeUps                                // days made up
	windowTransfers                              // points sent
	windowPaid                                   // a referral
)

// period is the length of a limit's window.
type period uint8

const (
	perEvent period = iota
	perDay
	perWeek
	perMonth
	perYear
	perLife
)

// streak is a run of check-ins. Bit i of days is the day i before last. older
// is the length of the run that ends just before the oldest of those 64 days.
type streak struct {
	rule  uint32
	last  calendar.Day
	days  uint64
	older int32
}

// task is how far a member has come with a task.
type task struct {
	rule     uint32
	progress int32 // less than the goal
	done     int32 // how often it was done
}

// month is what qualifies for a tier in one local month, less what was taken
// back.
type month struct {
	number int32 // of calendar.Periods
	points int64
}

// tier is a level and when it is looked at again.
type tier struct {
	level  uint8 // 0: none
	grace  bool  // the review failed, and the grace is running
	since  int64
	review int64 // 0: never
}
