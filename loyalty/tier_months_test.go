package loyalty

import (
	"testing"

	"pgregory.net/rapid"
)

// Property: the month in which a rolling window no longer has enough is the one
// that is found by adding up the window month by month.
func TestKeepsIsNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &ladder{window: byRolling, months: rapid.Int32Range(1, 24).Draw(t, "months")}
		now := int32(700)
		var a Account
		for range rapid.IntRange(0, 6).Draw(t, "rows") {
			row := month{rapid.Int32Range(now-l.months-2, now+2).Draw(t, "month"), rapid.Int64Range(-5, 20).Draw(t, "points")}
			if err := a.qualify(row); err != nil {
				t.Fatal(err)
			}
		}
		least := rapid.Int64Range(1, 30).Draw(t, "least")
		to := now + l.months
		want := to
		for m := now + 1; m < to; m++ {
			if a.earned(m-l.months+1, m+1) < least {
				want = m
				break
			}
		}
		if got := l.keeps(&a, least, now, to); got != want {
			t.Fatalf("%d, want %d", got, want)
		}
	})
}
