package funnel

import "testing"

func TestGuardsAgainstMix(t *testing.T) {
	// Published cases of Simpson's paradox: 270 of 900 against 35 of 100 on
	// desktop and 5 of 100 against 90 of 900 on mobile; 200 of 2000 against 90 of
	// 1000 and 300 of 1000 against 570 of 2000. In parts the new page does better
	// (or next to as well), and all together worse.
	tests := []struct {
		name    string
		crowds  []crowd
		leaks   string // by the crude rates
		finding Finding
		verdict Verdict
	}{
		{"devices", []crowd{
			{"page=new device=desktop", []int64{100, 35}},
			{"page=new device=mobile", []int64{900, 90}},
			{"page=old device=desktop", []int64{900, 270}},
			{"page=old device=mobile", []int64{100, 5}},
		}, "page=new", MixDriven, Explained},
		{"devices, four times as many", []crowd{
			{"page=new device=desktop", []int64{400, 140}},
			{"page=new device=mobile", []int64{3600, 360}},
			{"page=old device=desktop", []int64{3600, 1080}},
			{"page=old device=mobile", []int64{400, 20}},
		}, "page=new", Reversed, Explained},
		{"channels", []crowd{
			{"page=new device=a", []int64{2000, 200}},
			{"page=new device=b", []int64{1000, 300}},
			{"page=old device=a", []int64{1000, 90}},
			{"page=old device=b", []int64{2000, 570}},
		}, "page=new", MixDriven, Explained},
		{"worse on each device", []crowd{
			{"page=new device=desktop", []int64{500, 100}},
			{"page=new device=mobile", []int64{500, 50}},
			{"page=old device=desktop", []int64{500, 200}},
			{"page=old device=mobile", []int64{500, 100}},
			{"page=old device=watch", []int64{50, 10}},
			{"page=new device=tv", []int64{50, 10}},
		}, "page=new", Upheld, Leak},
		{"nothing in common", []crowd{
			{"page=new device=desktop", []int64{500, 100}},
			{"page=old device=mobile", []int64{500, 200}},
		}, "page=new", Silent, Leak},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := reportOf(t, funnelOf("see", "pay", "by", "page", "device"), test.crowds...)
			cell, _ := find(t, LeakSearch{}, report, "page", test.leaks, 2)
			if len(cell.Guards) != 1 || cell.Guards[0].Finding != test.finding || cell.Verdict != test.verdict {
				t.Errorf("%v, since %s; guards %+v", cell, cell.Because, cell.Guards)
			}
			if guard := cell.Guards[0]; guard.Finding != Silent && guard.Values != 2 {
				t.Errorf("%d devices have both pages, want 2", guard.Values)
			}
			unguarded, found := find(t, LeakSearch{Guards: []string{}}, report, "page", test.leaks, 2)
			if unguarded.Verdict != Leak || len(found.Anomalous) != 1 {
				t.Errorf("without a guard: %v", unguarded)
			}
		})
	}
}

func TestGuardsAreAsOfEntry(t *testing.T) {
	// What is known of a unit only since it made a step can't guard that step.
	f := funnelOf("see", "pay", "by", "page", "device")
	f.Breakdowns[1].By, f.Breakdowns[1].Step = AtStep, 2
	report := reportOf(t, f, crowd{"page=new device=x", []int64{100, 20}}, crowd{"page=old device=x", []int64{100, 50}})
	cell, _ := find(t, LeakSearch{}, report, "page", "page=new", 2)
	if len(cell.Guards) != 0 || cell.Verdict != Leak {
		t.Errorf("%v, guards %+v", cell, cell.Guards)
	}
	asked, _ := find(t, LeakSearch{Guards: []string{"device"}}, report, "page", "page=new", 2)
	if len(asked.Guards) != 1 || asked.Guards[0].Finding != Silent {
		t.Errorf("%+v", asked.Guards)
	}
	found, err := Leaks(report, "device")
	if err != nil || len(found.Cells) != 0 {
		t.Errorf("%v, %v: tested the step that gives the label", found.Cells, err)
	}
}
