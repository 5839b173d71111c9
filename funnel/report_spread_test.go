package funnel

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// sessionsOf makes sessions of a user that see, of which some pay.
func sessionsOf(user string, sessions, paid int, labels map[string]string) []shopEvent {
	var events []shopEvent
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for n := range sessions {
		at = at.Add(2 * time.Hour)
		session := fmt.Sprint(n)
		events = append(events, shopEvent{user, session, "see", at, labels})
		if n < paid {
			events = append(events, shopEvent{user, session, "pay", at.Add(time.Minute), labels})
		}
	}
	return events
}

func TestDesignEffects(t *testing.T) {
	bySession := funnelOf("see", "pay")
	bySession.By = BySession
	tests := []struct {
		name  string
		users [][2]int // sessions, and how many of them pay
		want  float64  // NaN for none
	}{
		// Ten users with ten sessions each, which all pay or none does: a rate of
		// 1/2 of which ten things are known. 10/9 · 10·25 / (100/4) = 100/9.
		{"all or nothing", [][2]int{{10, 10}, {10, 0}, {10, 10}, {10, 0}, {10, 10}, {10, 0}, {10, 10}, {10, 0}, {10, 10}, {10, 0}}, 100. / 9},
		{"each pays half", [][2]int{{10, 5}, {10, 5}}, 0},
		// One each, as good as by user, and m/(m-1) of the variance.
		{"one session each", [][2]int{{1, 1}, {1, 0}, {1, 1}, {1, 0}}, 4. / 3},
		{"all pay", [][2]int{{2, 2}, {3, 3}}, math.NaN()},
		{"one user", [][2]int{{10, 5}}, math.NaN()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var events []shopEvent
			for i, u := range test.users {
				events = append(events, sessionsOf(fmt.Sprint("u", i), u[0], u[1], nil)...)
			}
			effects := count(t, bySession, events, "").DesignEffects()
			if len(effects) != 1 || (effects[0] == nil) != math.IsNaN(test.want) {
				t.Fatalf("%v", effects)
			}
			if effects[0] != nil {
				near(t, "effect", *effects[0], test.want, 1e-12)
			}
			byUser := count(t, funnelOf("see", "pay"), events, "").DesignEffects()
			if len(byUser) != 1 || byUser[0] != nil {
				t.Errorf("by user: %v", byUser)
			}
		})
	}
}

func TestOneUserWithManySessionsIsNoLeak(t *testing.T) {
	// A robot looks 200 times from one city and never pays.
	var events []shopEvent
	for n := range 100 {
		city := map[string]string{"city": []string{"a", "b"}[n%2]}
		events = append(events, sessionsOf(fmt.Sprint("u", n), 2, n/2%2*2, city)...)
	}
	events = append(events, sessionsOf("robot", 200, 0, map[string]string{"city": "a"})...)
	f := funnelOf("see", "pay", "by", "city")
	f.By = BySession
	report := count(t, f, events, "")
	cell, _ := find(t, LeakSearch{}, report, "city", "city=a", 2)
	if cell.Verdict != Leak || cell.DesignEffect != 1 {
		t.Errorf("%v, design effect %v", cell, cell.DesignEffect)
	}
	cell, _ = find(t, LeakSearch{Clustered: true}, report, "city", "city=a", 2)
	if cell.Verdict == Leak || cell.DesignEffect < 2 || cell.Rate.Of != 300 {
		t.Errorf("%v, design effect %v", cell, cell.DesignEffect)
	}
}

func TestUnlikeSessionsCountAsTheyAre(t *testing.T) {
	// Each user pays in exactly half of their sessions: less varies than by
	// chance, but counts are never taken as more than they are.
	var events []shopEvent
	for n := range 20 {
		city := map[string]string{"city": []string{"a", "b"}[n%2]}
		events = append(events, sessionsOf(fmt.Sprint("u", n), 4, 2, city)...)
	}
	f := funnelOf("see", "pay", "by", "city")
	f.By = BySession
	cell, _ := find(t, LeakSearch{Clustered: true}, count(t, f, events, ""), "city", "city=a", 2)
	if cell.DesignEffect != 1 {
		t.Errorf("design effect %v", cell.DesignEffect)
	}
}

func TestDesignEffectsAgainstUsers(t *testing.T) {
	// Property: the effect is the variance over users by its definition, over
	// that of independent units.
	rapid.Check(t, func(t *rapid.T) {
		var events []shopEvent
		var users [][2]float64
		for i := range rapid.IntRange(0, 12).Draw(t, "users") {
			n := rapid.IntRange(1, 6).Draw(t, "sessions")
			paid := rapid.IntRange(0, n).Draw(t, "paid")
			events = append(events, sessionsOf(fmt.Sprint("u", i), n, paid, nil)...)
			users = append(users, [2]float64{float64(n), float64(paid)})
		}
		var x, y, squares float64
		for _, u := range users {
			x, y = x+u[0], y+u[1]
		}
		for _, u := range users {
			squares += (u[1] - y/x*u[0]) * (u[1] - y/x*u[0])
		}
		m, r := float64(len(users)), y/x
		f := funnelOf("see", "pay")
		f.By = BySession
		report, err := Count(f, shopLog, events)
		if err != nil {
			t.Fatal(err)
		}
		effects := report.DesignEffects()
		if y == 0 || y == x || m < 2 {
			if effects[0] != nil {
				t.Fatalf("effect %v of nothing", *effects[0])
			}
			return
		}
		if want := m / (m - 1) * squares / x / (r * (1 - r)); !(math.Abs(*effects[0]-want) <= 1e-9*(1+want)) {
			t.Fatalf("effect %v, want %v", *effects[0], want)
		}
	})
}
