package referral_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/funnel/referral"
)

// Property: the counts behind K are those of the plainest way to find them, and
// K is the product of its three rates.
func TestFactorAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn, p := facts().Draw(t, "facts"), policies(t)
		asOf := day(rapid.IntRange(5, 25).Draw(t, "asOf"))
		f := resolve(t, logOf(t, drawn...), p, asOf).Report().Factor
		mature, open, inviters, invites, brought := naiveOf(drawn, p, asOf).factor(p, asOf)
		if f.Mature != mature || f.Open != open {
			t.Fatalf("%d mature and %d open, want %d and %d", f.Mature, f.Open, mature, open)
		}
		if (f.K == nil) != (mature == 0) || (f.Conversion == nil) != (invites == 0) {
			t.Fatalf("K %v of %d, conversion %v of %d", f.K, mature, f.Conversion, invites)
		}
		if f.K == nil {
			return
		}
		if f.K.Of != brought || f.Inviters.Hits != inviters {
			t.Fatalf("%d brought by %d, want %d by %d", f.K.Of, f.Inviters.Hits, brought, inviters)
		}
		if f.Conversion == nil {
			return
		}
		if f.InvitesPerInviter.Of != invites || f.Conversion.Per != invites {
			t.Fatalf("%d invites, want %d", f.Conversion.Per, invites)
		}
		product := f.Inviters.Value * f.InvitesPerInviter.Value * f.Conversion.Value
		if math.Abs(product-f.K.Value) > 1e-12 {
			t.Fatalf("K %v is not the product %v", f.K.Value, product)
		}
		if (f.CycleTime == nil) != (brought == 0) || f.CycleTime != nil && f.CycleTime.Pairs != brought {
			t.Fatalf("cycle time %v of %d", f.CycleTime, brought)
		}
	})
}

// Property: rows by generation add up to the whole, and so does value: what
// referred customers paid is the direct value of all advocates.
func TestReportAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := resolve(t, logOf(t, facts().Draw(t, "facts")...), policies(t), day(20))
		r := f.Report()
		var customers, mature, of int64
		for _, g := range r.Generations {
			customers += g.Customers
			mature += g.Mature
			if g.K != nil {
				of += g.K.Of
			}
		}
		if customers != r.Customers || mature != r.Factor.Mature || r.Factor.K != nil && of != r.Factor.K.Of {
			t.Fatalf("generations %+v of %+v", r.Generations, r)
		}
		c := r.Claims
		if c.Claims != c.Accepted+c.Waiting+c.Refused() || c.Accepted != r.Concentration.Brought || int(c.Claims) != len(f.Claims()) {
			t.Fatalf("claims %+v", c)
		}
		direct, advocates := decimal.Zero, f.Advocates()
		for _, a := range advocates {
			direct = direct.Add(a.Direct)
		}
		if !direct.Equal(r.Value.Referred) || int64(len(advocates)) != r.Concentration.Advocates {
			t.Fatalf("direct value %v, want %v", direct, r.Value.Referred)
		}
	})
}

// branch simulates customers who each send five invites with a chance of a
// half, each of which brings somebody with a chance of a fifth: K is 0.5.
func branch(t fataler, seeds int) *referral.Log[int] {
	random := rand.New(rand.NewPCG(7, 11))
	l, next := &referral.Log[int]{}, seeds
	note := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	type customer struct {
		id int
		at time.Time
	}
	var queue []customer
	for i := range seeds {
		queue = append(queue, customer{i, day(1 + i%100)})
	}
	for ; len(queue) > 0; queue = queue[1:] {
		c := queue[0]
		note(l.Join(c.id, c.at))
		if random.IntN(2) == 0 {
			continue
		}
		for i := range 5 {
			sent := c.at.Add(time.Duration(i+1) * 24 * time.Hour)
			if random.IntN(5) > 0 {
				note(l.Invite(c.id, sent))
				continue
			}
			note(l.InviteTo(c.id, next, sent))
			queue = append(queue, customer{next, sent.Add(time.Duration(random.IntN(20*24)) * time.Hour)})
			next++
		}
	}
	return l
}

// A branching process with K = 0.5 has 1/(1-K) = 2 customers to a seed, itself
// included (Galton and Watson; Harris 1963, The Theory of Branching Processes,
// section I.6). With these seeds the standard error of the mean is 0.02.
func TestBranchingProcess(t *testing.T) {
	const seeds = 20_000
	f, err := branch(t, seeds).Resolve(referral.Policy{Cycle: regulars.Days(30)}, day(2000))
	if err != nil {
		t.Fatal(err)
	}
	r := f.Report()
	if r.Trees.Roots != seeds || r.Claims.Refused() != 0 || r.Factor.Open != 0 {
		t.Fatalf("%+v, %+v", r.Trees, r.Claims)
	}
	if got := *r.Trees.Progeny; math.Abs(got-2) > 0.06 {
		t.Errorf("mean progeny %v, want 2.0", got)
	}
	if got := *r.Factor.Progeny; math.Abs(got-2) > 0.06 {
		t.Errorf("progeny by K %v, want 2.0", got)
	}
	k := r.Factor.K
	if k.Interval.Low > 0.5 || k.Interval.High < 0.5 || k.Interval.High-k.Interval.Low > 0.03 {
		t.Errorf("K %v in %v, want 0.5", k.Value, k.Interval)
	}
	// K does not change from generation to generation, and each is half of the
	// one before.
	for _, g := range r.Generations[:4] {
		if g.K.Interval.Low-0.02 > 0.5 || g.K.Interval.High+0.02 < 0.5 {
			t.Errorf("K of generation %d is %v in %v", g.Generation, g.K.Value, g.K.Interval)
		}
	}
	if got := r.Referred.Value; math.Abs(got-0.5) > 0.02 {
		t.Errorf("referred share %v, want 0.5", got)
	}
}

// The invites of one inviter are alike: who invites much decides much, and the
// interval of K says so.
func TestIntervalIsByInviter(t *testing.T) {
	var even, uneven []fact
	for i := range 40 {
		who := string(rune('A' + i))
		even, uneven = append(even, join(who, 1)), append(uneven, join(who, 1))
		if i < 20 {
			taker := who + "'s friend"
			even = append(even, invite(who, taker, 2), join(taker, 3))
			uneven = append(uneven, invite("A", taker, 2), join(taker, 3))
		}
	}
	width := func(facts []fact) float64 {
		k := resolve(t, logOf(t, facts...), referral.Policy{Cycle: regulars.Days(9)}, day(31)).Report().Factor.K
		if math.Abs(k.Value-20.0/60) > 1e-12 {
			t.Fatalf("K is %v, want a third", k.Value)
		}
		return k.Interval.High - k.Interval.Low
	}
	if e, u := width(even), width(uneven); u < 2*e {
		t.Errorf("one advocate of all has an interval of %v, beside %v of twenty", u, e)
	}
}

func TestReportOfAStory(t *testing.T) {
	f := resolve(t, logOf(t,
		join("ann", 1), pay("ann", "100", 1), invite("ann", "bo", 2), invite("ann", "cy", 2), open("ann", 5), invite("ann", "dee", 20),
		join("bo", 4), pay("bo", "50.50", 6), pay("bo", "-0.50", 7), join("cy", 12), // cy: the day on which ann's cycle is over
		invite("bo", "eve", 6), invite("old", "fay", 3), join("eve", 14), pay("eve", "25", 20), join("fay", 15),
		join("dee", 21), join("gus", 25),
	), referral.Policy{Cycle: regulars.Days(10), Since: day(12)}, day(31))
	r := f.Report()
	if r.Customers != 7 || r.Undated != 1 {
		t.Errorf("%d customers and %d undated, want 7 and 1", r.Customers, r.Undated)
	}
	// Since the 12th cy, eve, fay, dee and gus joined; nobody brought gus.
	if r.Referred.Hits != 4 || r.Referred.Of != 5 {
		t.Errorf("referred %v, want 4 of 5", r.Referred)
	}
	// Ann's cycle is 1 to 11 January: bo came by it, cy a day too late, and dee
	// was invited later. Bo's is 4 to 14: eve came at its last instant. Gus's
	// and dee's are 10 days from the 25th and the 21st: over on the 31st for dee.
	if r.Factor.Mature != 6 || r.Factor.Open != 1 || r.Factor.K.Of != 2 || r.Factor.Conversion.Per != 4 {
		t.Errorf("factor %+v", r.Factor)
	}
	want := referral.CycleTime{Pairs: 2, Lower: 114 * time.Hour, Median: 156 * time.Hour, Upper: 198 * time.Hour} // of 3 and 10 days
	if diff := cmp.Diff(&want, r.Factor.CycleTime); diff != "" {
		t.Errorf("cycle time (-want +got):\n%s", diff)
	}
	// Ann, old and gus are roots; ann's tree has bo, cy, dee and eve.
	if r.Trees.Roots != 3 || r.Trees.Bearing != 2 || r.Trees.Largest != 5 || r.Trees.Deepest != 2 || *r.Trees.Progeny != 8.0/3 {
		t.Errorf("trees %+v", r.Trees)
	}
	if r.Value.Total.String() != "175" || r.Value.Referred.String() != "75" || math.Abs(*r.Value.Share-75.0/175) > 1e-15 {
		t.Errorf("value %+v", r.Value)
	}
	ann := f.Advocates()[0]
	if ann.ID != "ann" || ann.Direct.String() != "50" || ann.Downstream.String() != "75" || ann.Descendants != 4 || ann.Invites != 4 || ann.Converted != 1 {
		t.Errorf("ann %+v", ann)
	}
}

func TestEmptyReport(t *testing.T) {
	r := resolve(t, &referral.Log[string]{}, referral.Policy{}, day(1)).Report()
	if r.Referred != nil || r.Factor.K != nil || r.Factor.Progeny != nil || r.Trees.Progeny != nil || r.Value.Share != nil || r.Concentration.Gini != nil || len(r.Generations) != 0 {
		t.Errorf("of nothing: %+v", r)
	}
}

// One of three brought 4, the others one each. The Gini coefficient of 1, 1, 4
// is a third: the mean difference between two is 2, half of it relative to the
// mean of 2 is 1/2, times (n-1)/n.
func TestConcentration(t *testing.T) {
	var all []fact
	for i, from := range []string{"x", "x", "y", "x", "z", "x"} {
		to := string(rune('a' + i))
		all = append(all, invite(from, to, 1), join(to, 2))
	}
	c := resolve(t, logOf(t, all...), referral.Policy{}, day(9)).Concentration()
	if c.Advocates != 3 || c.Brought != 6 || c.Half != 1 || *c.TopTenth != 4.0/6 || *c.TopFifth != 4.0/6 || math.Abs(*c.Gini-1.0/3) > 1e-15 {
		t.Errorf("%+v, tenth %v, Gini %v", c, *c.TopTenth, *c.Gini)
	}
}

// A chain letter of more generations than there are rows ends in one row.
func TestGenerationsAreBounded(t *testing.T) {
	l := &referral.Log[int]{}
	for i := range 150 {
		if err := l.Join(i, day(i+1)); err != nil {
			t.Fatal(err)
		}
		if err := l.InviteTo(i, i+1, day(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := l.Resolve(referral.Policy{}, day(400))
	if err != nil {
		t.Fatal(err)
	}
	rows := f.Report().Generations
	last := rows[len(rows)-1]
	if len(rows) != referral.MaxGenerations || !last.OrLater || last.Customers != 51 || rows[98].OrLater {
		t.Errorf("%d rows, the last %+v", len(rows), last)
	}
}

func TestConcentrationOfFive(t *testing.T) {
	var all []fact
	for i, from := range []string{"v", "v", "v", "w", "w", "x", "y", "z", "z"} {
		to := string(rune('a' + i))
		all = append(all, invite(from, to, 1), join(to, 2))
	}
	c := resolve(t, logOf(t, all...), referral.Policy{}, day(9)).Concentration()
	// A fifth of five is one, who brought 3 of 9; 3 and 2 are half of nine.
	if *c.TopTenth != 3.0/9 || *c.TopFifth != 3.0/9 || c.Half != 2 {
		t.Errorf("%+v, tenth %v, fifth %v", c, *c.TopTenth, *c.TopFifth)
	}
}

// One more than a half of seven is four: the first two brought three.
func TestConcentrationHalf(t *testing.T) {
	var all []fact
	for i, from := range []string{"v", "v", "w", "x", "y", "z", "u"} {
		to := string(rune('a' + i))
		all = append(all, invite(from, to, 1), join(to, 2))
	}
	if c := resolve(t, logOf(t, all...), referral.Policy{}, day(9)).Concentration(); c.Half != 3 {
		t.Errorf("half by %d advocates, want 3", c.Half)
	}
	// Of the first four, v brought just half.
	if c := resolve(t, logOf(t, all[:8]...), referral.Policy{}, day(9)).Concentration(); c.Half != 1 {
		t.Errorf("half of four by %d advocates, want 1", c.Half)
	}
}

// Of 1, 1 and 2 invites one each was taken: 3/4, with a standard error of
// √(3/2·(1/16+1/16+1/4))/4 = 0.1875, so that the bound would be 1.117.
func TestConversionEndsAtOne(t *testing.T) {
	l := logOf(t, join("x", 1), join("y", 1), join("z", 1),
		invite("x", "a", 2), join("a", 3), invite("y", "b", 2), join("b", 3), invite("z", "c", 2), join("c", 3), open("z", 4))
	f := resolve(t, l, referral.Policy{Cycle: regulars.Days(5)}, day(9)).Report().Factor
	if c := f.Conversion; c.Value != 0.75 || c.Interval.High != 1 || math.Abs(c.Interval.Low-(0.75-1.959963984540054*0.1875)) > 1e-12 {
		t.Errorf("%+v, %+v", c, c.Interval)
	}
}

// Referred customers who paid nothing have a share of 0; what is refunded beyond
// what was paid has none, and neither has a share of nothing.
func TestShareOfValue(t *testing.T) {
	tests := []struct {
		name          string
		direct, other string
		want          *float64
	}{
		{"nothing", "0", "9", new(0.0)},
		{"all", "9", "0", new(1.0)},
		{"more than all", "9", "-1", new(9.0 / 8)},
		{"less than nothing", "-1", "9", nil},
		{"of nothing", "1", "-1", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := logOf(t, invite("ann", "bo", 1), join("bo", 2), pay("bo", tt.direct, 3), pay("cy", tt.other, 3))
			if diff := cmp.Diff(tt.want, resolve(t, l, referral.Policy{}, day(9)).Report().Value.Share); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestInvitesOfTheCycle(t *testing.T) {
	tests := []struct {
		name                 string
		facts                []fact
		inviters, sent, came int64
	}{
		{"sent before joining", []fact{invite("ann", "bo", 1), join("ann", 2), join("bo", 3)}, 0, 0, 0},
		{"sent when joining", []fact{invite("ann", "bo", 2), join("ann", 2), join("bo", 3)}, 1, 1, 1},
		{"without a taker", []fact{join("ann", 2), open("ann", 3)}, 1, 1, 0},
		{"noted again with its taker", []fact{join("ann", 2), open("ann", 3), invite("ann", "bo", 3), open("ann", 3)}, 1, 1, 0},
		{"a link taken by two", []fact{join("ann", 2), open("ann", 3), invite("ann", "bo", 3), invite("ann", "cy", 3), join("bo", 4)}, 1, 2, 1},
		{"to oneself", []fact{join("ann", 2), open("ann", 3), invite("ann", "ann", 3)}, 0, 0, 0},
		{"sent after the cycle", []fact{join("ann", 2), open("ann", 13)}, 0, 0, 0},
		{"refused, but sent", []fact{join("ann", 2), join("bo", 2), invite("ann", "bo", 3)}, 1, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := resolve(t, logOf(t, tt.facts...), referral.Policy{Cycle: regulars.Days(10)}, day(31)).Report().Factor
			var sent int64
			if f.Conversion != nil {
				sent = f.Conversion.Per
			}
			if f.Inviters.Hits != tt.inviters || sent != tt.sent || f.K.Of != tt.came {
				t.Errorf("%d inviters, %d invites, %d came, want %d, %d, %d", f.Inviters.Hits, sent, f.K.Of, tt.inviters, tt.sent, tt.came)
			}
		})
	}
}
