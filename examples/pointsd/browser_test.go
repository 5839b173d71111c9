package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/regulars-go/regulars/examples/internal/pagetest"
)

func TestPages(t *testing.T) {
	s := newBench(t)
	story(s)
	server := httptest.NewServer(s.handler)
	defer server.Close()
	b := pagetest.New(t)
	t.Run("keyboard", func(t *testing.T) { pagesByKeyboard(t, b, server.URL) })
	t.Run("screens", func(t *testing.T) { pagesOnScreens(t, b, server.URL) })
}

// A person with a keyboard and no mouse finds a member, reads why, and asks
// what an order would earn.
func pagesByKeyboard(t *testing.T, b *pagetest.Tab, site string) {
	b.T = t
	b.Open(site)
	b.Do("tab to the field: past the link to the content, and home", chromedp.KeyEvent(kb.Tab+kb.Tab+kb.Tab))
	b.Press("a name", "m42"+kb.Enter, `#q[value="m42"]`)
	if got := b.Text(".members"); !strings.Contains(got, "m42") || strings.Contains(got, "m5") {
		t.Errorf("found %q", got)
	}
	b.Do("tab to the first result: past the head", chromedp.KeyEvent(strings.Repeat(kb.Tab, 5)))
	b.Press("follow it", kb.Enter, "#journal")
	if got := b.Text("h1"); got != "m42" {
		t.Fatalf("the page is of %q", got)
	}
	for selector, want := range map[string]string{
		"#balance": "reserved", "#ends": "end within 30 days", "#tier": "growth", "#journal": "The kettle came late: sorry",
	} {
		if got := b.Text(selector); !strings.Contains(got, want) {
			t.Errorf("%s reads %q, want %q in it", selector, got, want)
		}
	}
	b.Do("open the reasons", chromedp.Focus(chromedp.CSS("#journal summary")), chromedp.KeyEvent(kb.Enter))
	b.Do("they are open", chromedp.WaitVisible(chromedp.CSS("#journal details[open] li")))

	b.Do("the amount", chromedp.Focus(chromedp.CSS("#amount")), chromedp.KeyEvent("80"))
	b.Press("ask for the preview", kb.Enter, "#preview .answer")
	if got := b.Text(".answer"); !strings.Contains(got, "Nothing was written") || !strings.Contains(got, "order +") {
		t.Errorf("the preview reads %q", got)
	}
	if got := pagetest.Eval[string](b, "location.hash"); got != "#preview" {
		t.Errorf("the page is shown from %q on", got)
	}

	b.Open(site + "/member?id=%3Cb%3Ebold%3C/b%3E")
	if got := b.Text("h1"); got != "<b>bold</b>" {
		t.Errorf("the name is shown as %q", got)
	}
	if list := b.Complaints(); len(list) > 0 {
		t.Errorf("the browser complains: %q", list)
	}
}

// Property: on a phone and on a desk, by day and by night, every page fits the
// screen, can be read and can be touched.
func pagesOnScreens(t *testing.T, b *pagetest.Tab, site string) {
	b.T = t
	for _, page := range []struct{ name, path string }{
		{"search", "/?q=m4"},
		{"member", "/member?id=m42"},
		{"preview", "/member?id=m42&kind=order&amount=80&category=fresh&attributes=channel%3Dapp"},
		{"problem", "/member?id=none"},
	} {
		b.Open(site + page.path)
		for _, screen := range pagetest.Screens() {
			b.Show(screen)
			for _, w := range b.Measure() {
				t.Errorf("%s on %s: %s", page.name, screen.Name, w)
			}
			b.Shoot(page.name + "-" + screen.Name)
		}
	}
}
