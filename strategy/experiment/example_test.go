package experiment_test

import (
	"encoding/json"
	"fmt"

	"github.com/regulars-go/regulars/strategy"
	"github.com/regulars-go/regulars/strategy/experiment"
)

// check stops an example that went wrong.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

func ExampleCompareRates() {
	// Of 2,000 customers without a coupon 200 ordered, of 8,000 with one 960.
	e := experiment.CompareRates(experiment.Rate{Hits: 200, Of: 2000}, experiment.Rate{Hits: 960, Of: 8000}, 0.95)
	fmt.Println("more orders per customer:", e)
	fmt.Printf("that is %.0f %% more, %.0f to %.0f\n", 100*e.Lift.Value, 100*e.Lift.Low, 100*e.Lift.High)
	fmt.Println("proven:", e.Proven(), "; ten per cent more is possible:", e.Lift.Holds(0.1))

	// Nobody ordered: there is no test, and it doesn't say that all is equal.
	e = experiment.CompareRates(experiment.Rate{Of: 50}, experiment.Rate{Of: 50}, 0.95)
	fmt.Println(e)
	// Output:
	// more orders per customer: +0.02 (0.004442 to 0.03438), p 0.013, of 2000 and 8000
	// that is 20 % more, 3 to 37
	// proven: 1 ; ten per cent more is possible: true
	// +0 (-0.07135 to 0.07135), not tested: no variance, of 50 and 50
}

func ExamplePooledTest() {
	z, p, ok := experiment.PooledTest(experiment.Rate{Hits: 12, Of: 99}, experiment.Rate{Hits: 5, Of: 83})
	fmt.Printf("%.4f %.4f %v\n", z, p, ok)
	// Output: -1.4078 0.1592 true
}

func ExampleRate_Interval() {
	e, _ := experiment.Rate{Hits: 81, Of: 263}.Interval(0.95)
	fmt.Println(e)

	// Three orders of two visitors: visits were not counted as they should be.
	broken := experiment.Rate{Hits: 3, Of: 2}
	_, ok := broken.Interval(0.95)
	fmt.Println(broken.Valid(), ok)
	// Output:
	// 0.308 (0.2553 to 0.3662)
	// false false
}

func ExampleCompareMeans() {
	// As a database returns them: count, sum, sum of squares.
	control, _ := experiment.NewSample(3407, 1396.87, 52377.9767)
	treated, _ := experiment.NewSample(3461, 2422.7, 134698.29)
	e := experiment.CompareMeans(control, treated, 0.95)
	fmt.Println(e)
	fmt.Println("lift:", *e.Lift)
	// Output:
	// +0.29 (0.04538 to 0.5346), p 0.02, of 3407 and 3461
	// lift: 0.7073 (-0.03526 to 1.45)
}

func ExampleMoments() {
	var monday, tuesday experiment.Moments
	for _, spent := range []float64{10, 0, 25} {
		check(monday.Add(spent))
	}
	for _, spent := range []float64{0, 40} {
		check(tuesday.Add(spent))
	}
	monday.Merge(&tuesday)
	fmt.Println(monday.N(), "customers")
	fmt.Printf("%+v\n", monday.Sample())
	// Output:
	// 5 customers
	// {N:5 Mean:15 Variance:300}
}

func ExampleCUPED() {
	var control, treated experiment.Pairs
	for _, c := range [][2]float64{{12, 14}, {0, 1}, {5, 4}, {9, 12}, {3, 2}, {20, 25}, {7, 9}, {1, 0}} {
		check(control.Add(c[0], c[1])) // spent last month, and this
	}
	for _, c := range [][2]float64{{10, 15}, {2, 4}, {6, 7}, {8, 13}, {0, 1}, {18, 24}, {5, 8}, {3, 6}} {
		check(treated.Add(c[0], c[1]))
	}
	fmt.Println(experiment.CompareMeans(control.Sample(), treated.Sample(), 0.95))
	a := experiment.CUPED(&control, &treated, 0.95)
	fmt.Println(a.Effect)
	fmt.Printf("%.0f %% of the variance was known before\n", 100*a.Explained)

	var all experiment.Pairs // of two shops, say
	all.Merge(&control)
	all.Merge(&treated)
	fmt.Printf("%d customers spent %.2f on average\n", all.N(), all.Sample().Mean)
	// Output:
	// +1.375 (-7.151 to 9.901), p 0.73, of 8 and 8
	// +2.169 (0.9642 to 3.373), p 0.0018, of 8 and 8
	// 96 % of the variance was known before
	// 16 customers spent 9.06 on average
}

// What a screen can say where there is no number, in its own language.
func ExampleReasons() {
	chinese := map[experiment.Reason]string{experiment.NoSupport: "没有对照组", experiment.TooFew: "人数太少", experiment.NoVariance: "无差异可比"}
	for _, reason := range experiment.Reasons() {
		if chinese[reason] == "" {
			fmt.Print(reason, "; ")
		}
	}
	fmt.Println("still to be translated")
	e := experiment.CompareRates(experiment.Rate{}, experiment.Rate{Hits: 3, Of: 40}, 0.95)
	fmt.Println(e.Reason, chinese[e.Reason])
	// Output:
	// invalid; no baseline; negative baseline; not enough; mismatched; still to be translated
	// no support 没有对照组
}

func ExampleCheckSRM() {
	fmt.Println(experiment.CheckSRM(experiment.ArmSize{Arm: "control", N: 310, Weight: 0.75}, experiment.ArmSize{Arm: "new", N: 98, Weight: 0.25}))
	fmt.Println(experiment.CheckSRM(experiment.ArmSize{Arm: "control", N: 1000, Weight: 1}, experiment.ArmSize{Arm: "new", N: 1200, Weight: 1}))
	fmt.Println(experiment.CheckSRM(experiment.ArmSize{Arm: "control", N: 1000, Weight: 1}))
	// Output:
	// sizes as they should be, p 0.65
	// sizes are off, p 2e-05
	// sizes not tested: no support
}

func ExampleTrial() {
	weights := func(control, gift, coupon float64) []experiment.Weight {
		return []experiment.Weight{{Arm: "control", Weight: control}, {Arm: "gift", Weight: gift}, {Arm: "coupon", Weight: coupon}}
	}
	trial, err := experiment.NewTrial(experiment.Plan{Control: "control", Metric: experiment.Share, Phases: []experiment.Phase{
		{Name: "May", Arms: weights(1, 1, 1)},
		{Name: "June", Arms: weights(1, 3, 0)}, // the coupon is closed
	}})
	check(err)
	add := func(phase, arm string, ordered, of int) {
		for i := range of {
			value := 0.0
			if i < ordered {
				value = 1
			}
			check(trial.Add(phase, arm, value))
		}
	}
	add("May", "control", 40, 400)
	add("May", "gift", 60, 400)
	add("May", "coupon", 42, 400)
	add("June", "control", 45, 300)
	add("June", "gift", 190, 900)

	r := trial.Report(0.95)
	for _, p := range r.Phases {
		fmt.Println(p.Phase, p.SRM)
	}
	for _, a := range r.Arms {
		fmt.Printf("%s, in %v: %v; adjusted p %.2g\n", a.Arm, a.Phases, a.Effect, *a.Adjusted)
	}
	// Output:
	// May sizes as they should be, p 1
	// June sizes as they should be, p 1
	// gift, in [May June]: +0.05588 (0.02235 to 0.08942), p 0.0011, of 700 and 1300; adjusted p 0.0022
	// coupon, in [May]: +0.005 (-0.03749 to 0.04753), p 0.82, of 400 and 400; adjusted p 0.82
}

func ExamplePlan_Validate() {
	fmt.Println(experiment.Plan{Control: "nothing", Phases: []experiment.Phase{
		{Name: "May", Arms: []experiment.Weight{{Arm: "control", Weight: 1}, {Arm: "gift", Weight: -1}}},
	}}.Validate())
	// Output:
	// phases[0].arms[1].weight: -1: want 0 or more
	// control: "nothing" is an arm of no phase
}

// Each warehouse counts its own customers.
func ExampleTrial_Merge() {
	plan := experiment.Plan{Control: "control", Phases: []experiment.Phase{
		{Name: "May", Arms: []experiment.Weight{{Arm: "control", Weight: 1}, {Arm: "gift", Weight: 1}}},
	}}
	north, err := experiment.NewTrial(plan)
	check(err)
	south, err := experiment.NewTrial(plan)
	check(err)
	for _, spent := range []float64{0, 20, 35, 10} {
		check(north.Add("May", "control", spent))
		check(south.Add("May", "gift", spent+15))
	}
	check(north.Merge(south))
	fmt.Println(north.Report(0.95).Arms[0].Effect)
	// Output:
	// +15 (-10.83 to 40.83), p 0.21, of 4 and 4
}

func ExampleSequential_Look() {
	e := experiment.CompareRates(experiment.Rate{Hits: 2500, Of: 25000}, experiment.Rate{Hits: 2763, Of: 25000}, 0.95)
	now, p, ok := experiment.Sequential{}.Look(e.Difference.Value, e.Difference.SE, 50_000)
	fmt.Println("looked at once:        ", e)
	fmt.Printf("looked at all the time: %v, p %.2g %v\n", now, p, ok)
	// Output:
	// looked at once:         +0.01052 (0.005141 to 0.0159), p 0.00013, of 25000 and 25000
	// looked at all the time: 0.01052 (0.001623 to 0.01942), p 0.0063 true
}

func ExampleSequential_Validate() {
	fmt.Println(experiment.Sequential{Level: 95}.Validate())
	fmt.Println(experiment.Sequential{Tuned: 5000, Tau: 0.02}.Validate())
	// Output:
	// experiment: level 95: want a number between 0 and 1
	// experiment: tuned 5000 and tau 0.02: want one of them
}

func ExampleSequential_Effect() {
	e := experiment.CompareRates(experiment.Rate{Hits: 1000, Of: 10_000}, experiment.Rate{Hits: 1110, Of: 10_000}, 0.95)
	fmt.Println(e)
	fmt.Println(experiment.Sequential{}.Effect(e))
	// Output:
	// +0.011 (0.002485 to 0.01952), p 0.011, of 10000 and 10000
	// +0.011 (-0.002583 to 0.02458), p 0.26, of 10000 and 10000
}

func ExampleSequential_AtLeast() {
	low, p, _ := experiment.Sequential{}.AtLeast(0.02, 0.005, 20_000)
	fmt.Printf("at least %.4f, p %.2g\n", low, p)
	// Output:
	// at least 0.0057, p 0.0012
}

func ExampleLooks() {
	var l experiment.Looks
	for day, hits := range []int64{40, 95, 190, 260} {
		n := int64(400 * (day + 1))
		proven := l.Look(experiment.CompareRates(experiment.Rate{Hits: n / 10, Of: n}, experiment.Rate{Hits: hits, Of: n}, 0.95))
		fmt.Printf("day %d: p %.2g, proven %v\n", day+1, *l.P, proven)
	}
	kept, err := json.Marshal(l)
	check(err)
	var tomorrow experiment.Looks
	check(json.Unmarshal(kept, &tomorrow))
	fmt.Println("as kept until tomorrow:", tomorrow.Count, "looks, proven", tomorrow.Proven())
	// Output:
	// day 1: p 1, proven false
	// day 2: p 1, proven false
	// day 3: p 0.0016, proven true
	// day 4: p 2.4e-05, proven true
	// as kept until tomorrow: 4 looks, proven true
}

func ExampleMany_Adjust() {
	effect := func(hits int64) experiment.Effect {
		return experiment.CompareRates(experiment.Rate{Hits: 100, Of: 1000}, experiment.Rate{Hits: hits, Of: 1000}, 0.95)
	}
	effects := []experiment.Effect{effect(145), effect(130), effect(105)}
	holm, bh := experiment.Holm.Adjust(effects), experiment.BenjaminiHochberg.Adjust(effects)
	for i := range effects {
		fmt.Printf("%.4f %.4f %.4f\n", *effects[i].P, *holm[i], *bh[i])
	}
	// Output:
	// 0.0022 0.0067 0.0067
	// 0.0358 0.0716 0.0537
	// 0.7124 0.7124 0.7124
}

func ExampleContest() {
	contenders, _ := experiment.Contest([]string{"control", "gift", "coupon"}, []experiment.Rate{{Hits: 10, Of: 100}, {Hits: 15, Of: 100}, {Hits: 12, Of: 100}})
	for _, c := range contenders {
		fmt.Printf("%s: the best with %.1f %%, a loss of %.4f\n", c.Arm, 100*c.Best, c.Loss)
	}
	// Output:
	// control: the best with 9.7 %, a loss of 0.0592
	// gift: the best with 66.5 %, a loss of 0.0102
	// coupon: the best with 23.8 %, a loss of 0.0396
}

func ExampleEstimate_Odds() {
	o, _ := experiment.Estimate{Value: 0.04, SE: 0.02}.Odds()
	fmt.Printf("better with %.1f %%; treating all loses %.5f on average, treating none %.5f\n", 100*o.Better, o.LossOfTreating, o.LossOfLeaving)
	// Output: better with 97.7 %; treating all loses 0.00017 on average, treating none 0.04017
}

func ExampleDesign_Size() {
	// From 5 % to 5.5 %, with a tenth held out.
	size, err := experiment.Design{Baseline: 0.05, Effect: 0.005, Control: 0.1, Unpooled: true}.Size()
	fmt.Println(size, size.Total(), err)
	// Output: {16726 150534} 167260 <nil>
}

func ExampleDesign_Chance() {
	p, err := experiment.Design{Effect: 1, Deviation: 1}.Chance(experiment.Size{Control: 20, Treated: 20})
	fmt.Printf("%.4f %v\n", p, err)
	// Output: 0.8690 <nil>
}

func ExampleDesign_Customers() {
	n, err := experiment.Design{Baseline: 0.5, Effect: 0.25, Power: 0.9}.Customers()
	fmt.Printf("%.1f in each group %v\n", n/2, err)
	// Output: 76.7 in each group <nil>
}

func ExampleDesign_Detectable() {
	// A control group of a thousand shows no less than this.
	least, err := experiment.Design{Baseline: 0.05}.Detectable(experiment.Size{Control: 1000, Treated: 1_000_000})
	fmt.Printf("%.1f %% more %v\n", 100*least/0.05, err)
	// Output: 38.6 % more <nil>
}

// A form in which percentages were typed as they are said.
func ExampleDesign_Validate() {
	fmt.Println(experiment.Design{Baseline: 5, Effect: 0.5}.Validate())
	fmt.Println(experiment.Design{Baseline: 0.05}.Validate())
	fmt.Println(experiment.Design{Baseline: 0.05, Effect: 0.005, Control: 0.1}.Validate())
	// Output:
	// experiment: a rate from 5 to 5.5: want both from 0 to 1
	// experiment: effect 0 on a baseline of 0.05: want an effect that is not 0
	// <nil>
}

func ExampleOffPolicy() {
	// A log of Vowpal Wabbit's wiki: action, reward, probability. The candidate
	// takes action 3 always.
	var o experiment.OffPolicy
	for _, row := range [][3]float64{{1, 2, 0.4}, {3, 0.5, 0.2}, {4, 1.2, 0.5}, {2, 1, 0.3}, {3, 1.5, 0.7}} {
		l := experiment.Logged{Reward: row[1], Propensity: row[2]}
		if row[0] == 3 {
			l.Target = 1
		}
		check(o.Add(l))
	}
	r := o.Report(0.95, experiment.Support{})
	fmt.Printf("IPS %.4f, SNIPS %.4f, of %.2f effective decisions\n", r.IPS.Value, r.SNIPS.Value, r.Effective)

	// A policy that never explored can't speak for another.
	var sure experiment.OffPolicy
	check(sure.Add(experiment.Logged{Reward: 1, Propensity: 1, Target: 0}))
	fmt.Println(sure.Report(0.95, experiment.Support{}).Reason)
	// Output:
	// IPS 0.9286, SNIPS 0.7222, of 1.53 effective decisions
	// no support
}

// Two services log their decisions apart.
func ExampleOffPolicy_Merge() {
	app, shop := experiment.OffPolicy{Clip: 10}, experiment.OffPolicy{Clip: 10}
	for range 300 {
		check(app.Add(experiment.Logged{Reward: 1, Propensity: 0.5, Target: 1}))
		check(shop.Add(experiment.Logged{Reward: 0, Propensity: 0.5, Target: 0}))
	}
	check(app.Merge(&shop))
	r := app.Report(0.95, experiment.Support{})
	fmt.Println(r.N, "decisions:", r.IPS)
	fmt.Println(app.Merge(&experiment.OffPolicy{}))
	// Output:
	// 600 decisions: 1 (0.9199 to 1.08)
	// experiment: weights clipped at 10 and at 0 don't merge
}

func ExampleMetricOf() {
	p := strategy.Playbook{
		Metrics:    []strategy.Metric{{Name: "second order", Rate: true}},
		Objectives: []strategy.Objective{{Name: "come again", Metric: "second order"}},
	}
	fmt.Println(experiment.MetricOf(p, "come again") == experiment.Share)
	// Output: true
}
