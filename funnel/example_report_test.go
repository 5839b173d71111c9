package funnel_test

import (
	"fmt"
	"time"

	"github.com/regulars-go/regulars/funnel"
)

func ExampleReport_Steps() {
	report, err := funnel.Count(order, acts, inMay())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range report.Steps() {
		fmt.Printf("%-16s %3d", s.Name, s.Reached)
		if s.Rate != nil { // the first step is a share of nothing
			fmt.Printf("  %v", s.Rate)
		}
		fmt.Println()
	}
	// Output:
	// banner or search 580
	// product          440  440 of 580 (75.9 %, 72.2 to 79.2)
	// submit           260  260 of 440 (59.1 %, 54.4 to 63.6)
	// pay              158  158 of 260 (60.8 %, 54.7 to 66.5)
}

func ExampleReport_By() {
	report, err := funnel.Count(order, acts, inMay())
	if err != nil {
		fmt.Println(err)
		return
	}
	segments, err := report.By("city")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range segments {
		fmt.Println(s.Labels[0], s.Steps[3].Overall)
	}
	// Output:
	// city=hangzhou 72 of 200 (36.0 %, 29.7 to 42.9)
	// city=ningbo 55 of 160 (34.4 %, 27.5 to 42.0)
	// city=suzhou 31 of 220 (14.1 %, 10.1 to 19.3)
}

func ExampleReport_TimeToConvert() {
	report, err := funnel.Count(order, acts, inMay())
	if err != nil {
		fmt.Println(err)
		return
	}
	times := report.TimeToConvert()
	median, _ := times.OfConverted(0.5)
	slow, _ := times.OfConverted(0.9)
	fmt.Println("who paid took", median, "and one in ten", slow, "or longer")
	if _, ok := times.OfAll(0.5); !ok {
		fmt.Println("fewer than half of all pay")
	}
	hour, _ := times.Within(time.Hour)
	fmt.Printf("%.1f %% pay within an hour (%.1f to %.1f)\n", 100*hour.Value, 100*hour.Low, 100*hour.High)
	// Output:
	// who paid took 1h48m0s and one in ten 3h15m54s or longer
	// fewer than half of all pay
	// 5.7 % pay within an hour (4.1 to 7.9)
}

func ExampleReport_TimeToConvertBy() {
	report, err := funnel.Count(order, acts, inMay())
	if err != nil {
		fmt.Println(err)
		return
	}
	cities, err := report.TimeToConvertBy("city")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range cities {
		median, _ := c.Times.OfConverted(0.5)
		fmt.Println(c.Labels[0], c.Times.Converted, "paid, half of them in", median)
	}
	// Output:
	// city=hangzhou 72 paid, half of them in 2h16m30s
	// city=ningbo 55 paid, half of them in 1h51m0s
	// city=suzhou 31 paid, half of them in 1h15m0s
}

func ExampleReport_StepTime() {
	report, err := funnel.Count(order, acts, inMay())
	if err != nil {
		fmt.Println(err)
		return
	}
	for step := 1; step < 4; step++ {
		times, err := report.StepTime(step)
		if err != nil {
			fmt.Println(err)
			return
		}
		median, _ := times.OfConverted(0.5)
		fmt.Println(step, median)
	}
	// Output:
	// 1 1h23m0s
	// 2 53m0s
	// 3 36m0s
}

func ExampleReport_Open() {
	source := acts
	source.AsOf = time.Date(2026, time.May, 2, 0, 0, 0, 0, time.UTC)
	report, err := funnel.Count(order, source, inMay())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Open(), "may still pay")
	report.Maturity = funnel.Mature
	fmt.Println(report.Steps()[0].Reached, "have had their 24 hours")
	// Output:
	// 580 may still pay
	// 0 have had their 24 hours
}

func ExampleNewRate() {
	web, app := funnel.NewRate(48, 80), funnel.NewRate(56, 70)
	fmt.Println("web", web)
	fmt.Println("app", app)
	d := app.Minus(web)
	fmt.Printf("app less web: %.2f (%.2f to %.2f)\n", d.Value, d.Low, d.High)
	fmt.Println("of nobody:", funnel.NewRate(0, 0) == nil)
	// Output:
	// web 48 of 80 (60.0 %, 49.0 to 70.0)
	// app 56 of 70 (80.0 %, 69.2 to 87.7)
	// app less web: 0.20 (0.05 to 0.33)
	// of nobody: true
}

func ExampleRate_Interval() {
	rate := funnel.Rate{Hits: 81, Of: 263}
	low, high, err := rate.Interval(0.99)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f to %.3f\n", low, high)
	// Output:
	// 0.240 to 0.385
}

func ExampleReport_DesignEffects() {
	// Ten users come ten times each, and always pay, or never.
	bySession := funnel.Funnel{Steps: []funnel.Step{{Name: "product"}, {Name: "pay"}}, By: funnel.BySession}
	var events []act
	for user := range 10 {
		for visit := range 10 {
			at := time.Date(2026, time.May, 1+visit, 8, 0, 0, 0, time.UTC)
			events = append(events, act{user: fmt.Sprint(user), name: "product", at: at})
			if user%2 == 0 {
				events = append(events, act{user: fmt.Sprint(user), name: "pay", at: at.Add(time.Minute)})
			}
		}
	}
	report, err := funnel.Count(bySession, acts, events)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Steps()[1].Rate)
	fmt.Printf("worth %.0f sessions of different users\n", 100 / *report.DesignEffects()[0])
	// Output:
	// 50 of 100 (50.0 %, 40.4 to 59.6)
	// worth 9 sessions of different users
}

func ExampleCompare() {
	// Suzhou, where payment broke, also grew.
	april, err := funnel.Count(order, acts, append(month(time.April, "hangzhou", 200, 150, 90, 72), month(time.April, "suzhou", 100, 75, 45, 36)...))
	if err != nil {
		fmt.Println(err)
		return
	}
	may, err := funnel.Count(order, acts, inMay())
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := funnel.Compare(april, may, "city")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%+.1f points: %+.1f by rates, %+.1f by mix\n", 100*c.Change.Value, 100*c.Parts.Rate, 100*c.Parts.Mix)
	for _, s := range c.Steps {
		fmt.Printf("%-8s %+.1f\n", s.Name, 100*s.Effect)
	}
	for _, s := range c.Steps[2].Parts.Segments {
		fmt.Printf("  pay, %-14s %+.1f by rate, %+.1f by mix\n", s.Label, 100*s.Rate, 100*s.Mix)
	}
	// Output:
	// -8.8 points: -8.0 by rates, -0.7 by mix
	// product  +0.4
	// submit   -0.5
	// pay      -8.6
	//   pay, city=hangzhou  +0.0 by rate, -1.4 by mix
	//   pay, city=ningbo    -0.1 by rate, +1.1 by mix
	//   pay, city=suzhou    -7.9 by rate, -0.3 by mix
}
