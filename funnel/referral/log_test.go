package referral_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/funnel/referral"
)

func sameMoney(a, b decimal.Decimal) bool { return a.Equal(b) && a.Exponent() == b.Exponent() }

func bytesOf(t fataler, l *referral.Log[string]) []byte {
	data, err := l.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestLogRefuses(t *testing.T) {
	late := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		add  func(l *referral.Log[string]) error
		want string
	}{
		{"nobody joins", func(l *referral.Log[string]) error { return l.Join("", day(1)) }, "referral: join with an empty ID"},
		{"no time", func(l *referral.Log[string]) error { return l.Join("ann", time.Time{}) }, "referral: join of ann has no time"},
		{"milliseconds for seconds", func(l *referral.Log[string]) error { return l.Invite("ann", late) }, "want the years 1 to 9999"},
		{"nobody invites", func(l *referral.Log[string]) error { return l.InviteTo("", "bo", day(1)) }, "invite with an empty ID"},
		{"nobody is invited", func(l *referral.Log[string]) error { return l.InviteTo("ann", "", day(1)) }, "taker of an invite with an empty ID"},
		{"a hostile amount", func(l *referral.Log[string]) error { return l.Convert("ann", day(1), decimal.New(1, math.MaxInt32)) }, "conversion of ann: amount has exponent"},
		{"itself", func(l *referral.Log[string]) error { return l.Merge(l) }, "into itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := &referral.Log[string]{}
			err := tt.add(l)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if l.Len() != 0 || !bytes.Equal(bytesOf(t, l), bytesOf(t, &referral.Log[string]{})) {
				t.Error("something was added")
			}
		})
	}
}

func TestResolveRefuses(t *testing.T) {
	l := logOf(t, join("ann", 1))
	if _, err := l.Resolve(referral.Policy{}, time.Time{}); err == nil {
		t.Error("no error without a moment")
	}
	if _, err := l.Resolve(referral.Policy{Credit: 9}, day(1)); err == nil {
		t.Error("no error for a credit that does not exist")
	}
}

// An amount that an int64 can't hold is summed exactly all the same.
func TestWideAmounts(t *testing.T) {
	wide := "123456789012345678901234567890.123456"
	l := logOf(t, invite("ann", "bo", 1), pay("bo", wide, 2), pay("bo", "0.000001", 3))
	carried := &referral.Log[string]{}
	if err := carried.UnmarshalBinary(bytesOf(t, l)); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*referral.Log[string]{l, carried} {
		got := resolve(t, l, referral.Policy{}, day(9)).Advocates()[0].Direct
		if want := money("123456789012345678901234567890.123457"); !got.Equal(want) {
			t.Errorf("direct value %v, want %v", got, want)
		}
	}
}

// Amounts that are equal but for their zeros have an order too.
func TestEqualAmountsInAnyOrder(t *testing.T) {
	a := logOf(t, pay("bo", "1.5", 2), pay("bo", "1.50", 2))
	b := logOf(t, pay("bo", "1.50", 2), pay("bo", "1.5", 2))
	if !bytes.Equal(bytesOf(t, a), bytesOf(t, b)) {
		t.Error("the bytes differ")
	}
}

func TestPolicyJSON(t *testing.T) {
	kolkata := time.FixedZone("Asia/Kolkata", 19800)
	zones := func(string) (*time.Location, error) { return kolkata, nil }
	p, err := referral.ParsePolicy([]byte(`{"zone": "Asia/Kolkata", "credit": "last-invite", "goal": "converted", "cycle": "8w", "since": "2026-01-01T00:00:00Z"}`), zones)
	if err != nil {
		t.Fatal(err)
	}
	want := referral.Policy{Credit: referral.LastInvite, Goal: referral.Converted, Cycle: p.Cycle, Since: day(1), Zone: kolkata}
	if diff := cmp.Diff(want, p, cmp.AllowUnexported(p.Cycle), cmp.Comparer(func(a, b *time.Location) bool { return a == b })); diff != "" || p.Cycle.String() != "8w" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, bad := range []string{`{"credit": "best"}`, `{"Goal": "joined"}`, `{"cycle": "0d"}`, `{"since": "0000-01-01T00:00:00Z"}`, `{"zone": "Asia/Kolkata"}`, `{} {}`} {
		if _, err := referral.ParsePolicy([]byte(bad), nil); err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	good := bytesOf(t, logOf(t, join("ann", 1), invite("ann", "bo", 2), open("ann", 3), pay("bo", "9.90", 4)))
	for n := range good {
		l := logOf(t, join("was", 1))
		before := bytesOf(t, l)
		if err := l.UnmarshalBinary(good[:n]); err == nil {
			t.Fatalf("the first %d bytes of %d are read", n, len(good))
		}
		if !bytes.Equal(before, bytesOf(t, l)) {
			t.Fatalf("the first %d bytes changed the log", n)
		}
	}
	// A customer of whom nothing is noted, where ann is.
	idle := append([]byte("\x0ereferral.log.1\x01"), 3, 'a', 'n', 'n', 0, 0, 0)
	if err := new(referral.Log[string]).UnmarshalBinary(idle); err == nil || !strings.Contains(err.Error(), "customer ann did nothing") {
		t.Errorf("error %v", err)
	}
	var ints referral.Log[int]
	if err := ints.UnmarshalBinary(append([]byte(nil), good...)); err == nil {
		t.Error("IDs of another type are read")
	}
}

// FuzzLog: bytes are refused, or are those that the log gives back.
func FuzzLog(f *testing.F) {
	f.Add(bytesOf(f, logOf(f, join("ann", 1), invite("ann", "bo", 2), open("ann", 3), pay("bo", "9.90", 4), pay("bo", "-1e12", 4))))
	f.Add(bytesOf(f, logOf(f, invite("ann", "ann", 2), open("ann", 2), pay("bo", "1e18", 4), pay("bo", "1000000000000000000", 4))))
	f.Fuzz(func(t *testing.T, data []byte) {
		var l referral.Log[string]
		if err := l.UnmarshalBinary(data); err != nil {
			return
		}
		if again := bytesOf(t, &l); !bytes.Equal(data, again) {
			t.Fatalf("%x is read and written as %x", data, again)
		}
		if forest, err := l.Resolve(referral.Policy{}, day(31)); err == nil {
			forest.Report()
		}
	})
}
