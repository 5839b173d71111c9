package funnel

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestComparePublishedShop(t *testing.T) {
	// Sessions that buy anything, before the faults and while payment failed, by
	// the user's lifecycle: the change of -0.04033 is -0.04311 of rates and
	// 0.00278 of mix, since loyal users, who buy more, went from 0.4 % to 33 %.
	events := readShop(t)
	f := Funnel{
		Steps:      []Step{{Name: "visit", Where: "any"}, {Name: "purchase"}},
		Match:      Match{Order: Nested},
		By:         BySession,
		Breakdowns: []Breakdown{{Name: "user_lifecycle"}},
	}
	c, err := Compare(count(t, f, events, "period=base"), count(t, f, events, "period=pay"), "user_lifecycle")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "change", c.Change.Value, -0.04033, 5e-6)
	near(t, "rate", c.Parts.Rate, -0.04311, 5e-6)
	near(t, "mix", c.Parts.Mix, 0.00278, 5e-6)
	if loyal := c.Parts.Segments[0]; loyal.Label.String() != "user_lifecycle=loyal" || fmt.Sprintf("%.3f %.2f", loyal.ShareBefore, loyal.ShareAfter) != "0.004 0.33" {
		t.Errorf("%+v", loyal)
	}
	near(t, "the only step", c.Steps[0].Effect, c.Change.Value, 1e-15)
}

func TestCompareByHand(t *testing.T) {
	// Half app and half web, at 1/2 and 1/4; then a quarter app, still at 1/2,
	// and web at 1/6. The rate went from 3/8 to 1/4. At the mean mix, 3/8 app,
	// rates made 5/8 · (1/6 - 1/4) = -5/96; the rest, -7/96, is mix.
	f := funnelOf("see", "pay", "by", "platform")
	before := reportOf(t, f, crowd{"platform=app", []int64{24, 12}}, crowd{"platform=web", []int64{24, 6}})
	after := reportOf(t, f, crowd{"platform=app", []int64{12, 6}}, crowd{"platform=web", []int64{36, 6}})
	c, err := Compare(before, after, "platform")
	if err != nil {
		t.Fatal(err)
	}
	near(t, "change", c.Change.Value, -1./8, 1e-15)
	near(t, "rate", c.Parts.Rate, -5./96, 1e-15)
	near(t, "mix", c.Parts.Mix, -7./96, 1e-15)
	near(t, "rate of app", c.Parts.Segments[0].Rate, 0, 0)
	near(t, "mix of app", c.Parts.Segments[0].Mix, (1./2-5./16)*-1./4, 1e-15)
	if c.P == nil || *c.P < 0.2 || *c.P > 0.4 {
		t.Errorf("P = %v", c.P)
	}
}

func TestCompareWhereRatesAndMixCancel(t *testing.T) {
	// 18 of 48 both times, but from half app at 1/2 and web at 1/4 to two thirds
	// app and all at 3/8: rates make 7/12 · -1/8 + 5/12 · 1/8, mix the opposite.
	f := funnelOf("see", "pay", "by", "platform")
	before := reportOf(t, f, crowd{"platform=app", []int64{24, 12}}, crowd{"platform=web", []int64{24, 6}})
	after := reportOf(t, f, crowd{"platform=app", []int64{32, 12}}, crowd{"platform=web", []int64{16, 6}})
	c, err := Compare(before, after, "platform")
	if err != nil {
		t.Fatal(err)
	}
	for name, parts := range map[string]*Parts{"all": c.Parts, "the step": c.Steps[0].Parts} {
		near(t, "rate of "+name, parts.Rate, -1./48, 1e-15)
		near(t, "mix of "+name, parts.Mix, 1./48, 1e-15)
	}
}

func TestCompareOverSteps(t *testing.T) {
	// From 100, 50, 20 to 100, 25, 20: the first step halved and the second
	// doubled, so that nothing changed in all. Then to 100, 25, 10: the first
	// step alone did it.
	f := funnelOf("a", "b", "c")
	before := reportOf(t, f, crowd{"", []int64{100, 50, 20}})
	tests := []struct {
		after   []int64
		effects []float64
	}{
		{[]int64{100, 25, 20}, []float64{-0.2 * math.Ln2, 0.2 * math.Ln2}},
		{[]int64{100, 25, 10}, []float64{-0.1, 0}},
		{[]int64{100, 50, 0}, []float64{0, -0.2}},
		{[]int64{100, 0, 0}, []float64{-0.2, 0}},
		{[]int64{7, 7, 7}, []float64{0.8 * math.Log(2) / math.Log(5), 0.8 * math.Log(2.5) / math.Log(5)}},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test.after), func(t *testing.T) {
			c, err := Compare(before, reportOf(t, f, crowd{"", test.after}), "")
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range test.effects {
				near(t, c.Steps[i].Name, c.Steps[i].Effect, want, 1e-15)
			}
		})
	}
}

func TestCompareOfNothing(t *testing.T) {
	f := funnelOf("a", "b", "c", "by", "city")
	none, some := reportOf(t, f), reportOf(t, f, crowd{"city=x", []int64{4, 0, 0}})
	c, err := Compare(none, some, "city")
	if err != nil || c.Before != nil || c.Change != nil || c.P != nil || c.Parts != nil || len(c.Steps) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	text, err := json.Marshal(c)
	if !strings.Contains(string(text), `"before":null`) || !strings.Contains(string(text), `"change":null,"p":null,"parts":null,"steps":[]`) || err != nil {
		t.Errorf("%s, %v", text, err)
	}
	// Nobody converted in either: there is no difference to test.
	c, err = Compare(some, some, "city")
	if err != nil || c.Change.Value != 0 || c.P != nil || c.Steps[1].Change != nil || c.Steps[1].Parts != nil || c.Steps[1].Effect != 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestCompareRefuses(t *testing.T) {
	one := reportOf(t, funnelOf("a", "b", "by", "city"), crowd{"city=x", []int64{1, 1}})
	other := reportOf(t, funnelOf("a", "c", "by", "city"), crowd{"city=x", []int64{1, 1}})
	bare := reportOf(t, funnelOf("a", "b"), crowd{"", []int64{1, 1}})
	session := funnelOf("a", "b", "by", "city")
	session.By = BySession
	sessions := reportOf(t, session, crowd{"city=x", []int64{1, 1}})
	mature := *one
	mature.Maturity = Mature
	tests := []struct {
		name          string
		before, after *Report
		by            string
	}{
		{"other steps", one, other, ""},
		{"another unit", one, sessions, ""},
		{"another maturity", one, &mature, ""},
		{"no such breakdown", one, one, "country"},
		{"no such breakdown before", bare, one, "city"},
		{"no such breakdown after", one, bare, "city"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if c, err := Compare(test.before, test.after, test.by); err == nil {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestCompareLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := funnelOf("a", "b", "c", "d", "by", "city", "platform")
		before, after := reportOf(t, f, drawCrowds(t, "before", 4)...), reportOf(t, f, drawCrowds(t, "after", 4)...)
		c, err := Compare(before, after, "city")
		if err != nil {
			t.Fatal(err)
		}
		if c.Change == nil {
			return
		}
		// Property: rates and mix sum to the change, and so do the effects of the
		// steps, each of which is the sum of its parts, to 1e-12.
		if !(math.Abs(c.Parts.Rate+c.Parts.Mix-c.Change.Value) <= 1e-12) {
			t.Fatalf("rate %v and mix %v, change %v", c.Parts.Rate, c.Parts.Mix, c.Change.Value)
		}
		sum := 0.0
		for _, s := range c.Steps {
			sum += s.Effect
			if s.Parts == nil {
				continue
			}
			// Where a rate stayed, its effect is 0 and rates and mix cancel.
			if !(math.Abs(s.Parts.Rate+s.Parts.Mix-s.Effect) <= 1e-12) {
				t.Fatalf("step %d: rate %v and mix %v, effect %v", s.Step, s.Parts.Rate, s.Parts.Mix, s.Effect)
			}
			segments := 0.0
			for _, segment := range s.Parts.Segments {
				segments += segment.Rate + segment.Mix
			}
			if !(math.Abs(segments-s.Effect) <= 1e-12) {
				t.Fatalf("step %d: segments %v, effect %v", s.Step, segments, s.Effect)
			}
		}
		if !(math.Abs(sum-c.Change.Value) <= 1e-12) {
			t.Fatalf("effects of steps %v, change %v", sum, c.Change.Value)
		}
		// Property: swapping the periods turns every sign.
		back, err := Compare(after, before, "city")
		if err != nil {
			t.Fatal(err)
		}
		if back.Change.Value != -c.Change.Value || !(math.Abs(back.Parts.Mix+c.Parts.Mix) <= 1e-12) {
			t.Fatalf("%+v, back %+v", c, back)
		}
		for i := range c.Steps {
			if !(math.Abs(c.Steps[i].Effect+back.Steps[i].Effect) <= 1e-12) {
				t.Fatalf("step %d: %v, back %v", i+2, c.Steps[i].Effect, back.Steps[i].Effect)
			}
		}
		// Property: a report compared with itself has not changed.
		same, err := Compare(before, before, "city")
		if err != nil || same.Change.Value != 0 || same.Parts.Rate != 0 || same.Parts.Mix != 0 {
			t.Fatalf("%+v, %v", same, err)
		}
	})
}
