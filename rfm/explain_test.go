package rfm_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

func TestExplain(t *testing.T) {
	m := rfm.Model{
		AsOf:      epoch,
		Recency:   rfm.Cuts{At: []decimal.Decimal{dec("30"), dec("90.5")}, Equal: rfm.Below, Best: rfm.Below},
		Frequency: []rfm.Cuts{{At: []decimal.Decimal{dec("1"), dec("1"), dec("2"), dec("4")}, Equal: rfm.Below, Best: rfm.Above}},
		Monetary:  []rfm.Cuts{{At: []decimal.Decimal{dec("10"), dec("99.9")}, Equal: rfm.Above, Best: rfm.Above}},
	}
	tests := []struct {
		name   string
		days   int
		orders int
		net    string
		want   string
	}{
		{"the best of all", 0, 5, "1000", "score 353\n" +
			"recency 0 days: score 3, up to 30; the best\n" +
			"frequency 5 orders: score 5, beyond 4; the best\n" +
			"monetary 1000: score 3, beyond 99.9; the best"},
		{"the worst of all", 400, 1, "-5", "score 111\n" +
			"recency 400 days: score 1, beyond 90.5; 310 fewer for 2\n" +
			"frequency 1 order: score 1, up to 1; 1 more for 3\n" +
			"monetary -5: score 1, up to 10; 15 more for 2"},
		{"at the cuts", 30, 2, "10", "score 332\n" +
			"recency 30 days: score 3, up to 30; the best\n" +
			"frequency 2 orders: score 3, between 1 and 2; 1 more for 4\n" +
			"monetary 10: score 2, between 10 and 99.9; 89.9 more for 3"},
		{"a tick beyond", 31, 3, "99.89", "score 242\n" +
			"recency 31 days: score 2, between 30 and 90.5; 1 fewer for 3\n" +
			"frequency 3 orders: score 4, between 2 and 4; 2 more for 5\n" +
			"monetary 99.89: score 2, between 10 and 99.9; 0.01 more for 3"},
		{"last of its score", 90, 4, "99.9", "score 243\n" +
			"recency 90 days: score 2, between 30 and 90.5; 60 fewer for 3\n" +
			"frequency 4 orders: score 4, between 2 and 4; 1 more for 5\n" +
			"monetary 99.9: score 3, beyond 99.9; the best"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := rfm.Record{Last: epoch.AddDate(0, 0, -tt.days), Orders: tt.orders, Spend: dec(tt.net)}
			if diff := diff(tt.want, m.Explain(r).String()); diff != "" {
				t.Errorf("explanation (-want +got):\n%s", diff)
			}
		})
	}
}

// Equal values below a cut of money need more than the difference.
func TestExplainBeyond(t *testing.T) {
	cuts := rfm.Cuts{At: []decimal.Decimal{dec("10")}, Equal: rfm.Below, Best: rfm.Above}
	m := rfm.Model{AsOf: epoch, Recency: rfm.Cuts{At: []decimal.Decimal{dec("3")}, Equal: rfm.Below, Best: rfm.Below}, Frequency: []rfm.Cuts{cuts}, Monetary: []rfm.Cuts{cuts}}
	p := m.Explain(rfm.Record{Last: epoch, Orders: 1, Spend: dec("7.5")}).Monetary
	want := rfm.Place{Value: dec("7.5"), Score: 1, Upper: nullDec("10"), Equal: rfm.Below, Better: &rfm.Step{Score: 2, By: dec("2.5"), Beyond: true}}
	if diff := diff(want, p); diff != "" {
		t.Errorf("place (-want +got):\n%s", diff)
	}
	p = m.Explain(rfm.Record{Last: epoch, Orders: 1, Spend: dec("12")}).Monetary
	want = rfm.Place{Value: dec("12"), Score: 2, Lower: nullDec("10"), Equal: rfm.Below, Worse: &rfm.Step{Score: 1, By: dec("-2")}}
	if diff := diff(want, p); diff != "" {
		t.Errorf("place (-want +got):\n%s", diff)
	}
	e := m.Explain(rfm.Record{Last: epoch, Orders: 1, Spend: dec("10")})
	if want := "score 211\nrecency 0 days: score 2, up to 3; the best\nfrequency 1 order: score 1, up to 10; 10 more for 2\nmonetary 10: score 1, up to 10; any more for 2"; e.String() != want {
		t.Errorf("at the cut: %s", e)
	}
}

// Two cuts between neighbouring whole numbers are passed in one step.
func TestExplainStepsOverEmptyScores(t *testing.T) {
	table := money(1, 2)
	table.Frequency, table.Recency = []uint32{1, 2}, []int32{1, 2}
	m := mustFit(t, table, rfm.Quantiles(5)) // cuts 1.2, 1.4, 1.6, 1.8
	e := m.Explain(record(table, 0))
	if e.Frequency.Better == nil || e.Frequency.Better.Score != 5 || !e.Frequency.Better.By.Equal(dec("1")) {
		t.Errorf("one more order gives %+v, want score 5", e.Frequency.Better)
	}
	if e.Recency.Worse == nil || e.Recency.Worse.Score != 1 {
		t.Errorf("one more day gives %+v, want score 1", e.Recency.Worse)
	}
}

// There is no step to fewer than zero days, nor to no order at all.
func TestExplainStepsThatCannotBe(t *testing.T) {
	b := rfm.Medians()
	b.Recency = rfm.Scale{Method: rfm.MethodFixed, At: []decimal.Decimal{dec("0")}, Equal: rfm.Above}
	b.Frequency = rfm.FixedAt(dec("1"))
	table := money(1, 2)
	e := mustFit(t, table, b).Explain(record(table, 0))
	if e.Recency.Better != nil || e.Frequency.Worse != nil {
		t.Errorf("steps %+v and %+v, want none", e.Recency.Better, e.Frequency.Worse)
	}
}

func TestExplainUnscored(t *testing.T) {
	m := mustFit(t, money(1, 2), rfm.Medians())
	tests := []struct {
		name   string
		record rfm.Record
		want   string
	}{
		{"no order", rfm.Record{Spend: dec("10"), Refunded: dec("10")}, "no score: no order"},
		{"after as-of", rfm.Record{Last: epoch.AddDate(0, 0, 1), Orders: 1}, "no score: last order at 1970-01-02T00:00:00Z is after the as-of time 1970-01-01T00:00:00Z: tally with Until"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := m.Explain(tt.record)
			if got := e.String(); got != tt.want {
				t.Errorf("explained as %q, want %q", got, tt.want)
			}
			if !e.Score.IsZero() || !m.Score(tt.record).IsZero() {
				t.Errorf("scored %v", e.Score)
			}
		})
	}
}

// Property: an explanation gives the score that Score gives, its cuts enclose
// the value, its steps land on the score that they name, and a step that is
// one tick shorter does not leave the score.
func TestExplainAgainstScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, b := populations(t, 25), binnings(t)
		m := mustFit(t, table, b)
		r := record(table, rapid.IntRange(0, table.Len()-1).Draw(t, "row"))
		e := m.Explain(r)
		if e.Score != m.Score(r) {
			t.Fatalf("explained as %v, scored %v", e.Score, m.Score(r))
		}
		checkPlace(t, "recency", e.Recency, m.Recency, true)
		f := m.Frequency[0]
		money := m.Monetary[0]
		if b.Nested {
			f = m.Frequency[e.Score.R-1]
			money = m.Monetary[int(e.Score.R-1)*f.Scores()+int(e.Score.F)-1]
		}
		checkPlace(t, "frequency", e.Frequency, f, true)
		checkPlace(t, "monetary", e.Monetary, money, false)
	})
}

func checkPlace(t *rapid.T, name string, p rfm.Place, cuts rfm.Cuts, whole bool) {
	if p.Lower.Valid && p.Value.LessThan(p.Lower.Decimal) || p.Upper.Valid && p.Value.GreaterThan(p.Upper.Decimal) {
		t.Fatalf("%s %v is not between %v and %v", name, p.Value, p.Lower, p.Upper)
	}
	if p.Score != cuts.Score(p.Value) {
		t.Fatalf("%s %v placed at %d, scores %d", name, p.Value, p.Score, cuts.Score(p.Value))
	}
	for better, step := range map[bool]*rfm.Step{true: p.Better, false: p.Worse} {
		if step == nil {
			continue
		}
		to := p.Value.Add(step.By)
		tick := decimal.New(1, -20)
		if down := better == (cuts.Best == rfm.Below); down {
			tick = tick.Neg()
		}
		if step.Beyond {
			to = to.Add(tick)
		}
		if got := cuts.Score(to); got != step.Score || better != (got > p.Score) {
			t.Fatalf("%s %v: a step by %v (beyond %t) gives %d, want %d", name, p.Value, step.By, step.Beyond, got, step.Score)
		}
		short := to.Sub(tick)
		if whole {
			short = to.Sub(tick.Shift(20))
		}
		if got := cuts.Score(short); got != p.Score && !short.Equal(p.Value) {
			t.Fatalf("%s %v: short of a step by %v is %v, which scores %d already", name, p.Value, step.By, short, got)
		}
	}
}
