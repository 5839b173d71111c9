package main

import (
	"testing"

	"github.com/regulars-go/regulars/examples/internal/pagetest"
)

// Property: on a phone and on a desk, by day and by night, the page fits the
// screen and can be read, and no chart lacks its title, its unit or a text in
// its place.
func TestReportOnScreens(t *testing.T) {
	b := pagetest.New(t)
	b.Open("file://" + file(t, "report.html", report(t, shopSince(t))))
	screens := pagetest.Screens()
	for _, screen := range []pagetest.Screen{screens[0], screens[len(screens)-1]} { // the layout knows no colours
		b.Show(screen)
		for _, w := range b.Measure() {
			t.Errorf("on %s: %s", screen.Name, w)
		}
		b.Shoot("report-" + screen.Name)
	}
	if list := b.Complaints(); len(list) > 0 {
		t.Errorf("the browser complains: %q", list)
	}
}
