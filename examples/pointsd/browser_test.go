package main

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var screenshots = flag.String("screenshots", "", "write screenshots of the pages to this `FOLDER`")

// browserWithin bounds the whole test, on a machine that has much else to do.
const browserWithin = 3 * time.Minute

// chromium finds the browser. Without it the test is skipped, or fails if
// REGULARS_REQUIRE_CHROMIUM is set.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("REGULARS_REQUIRE_CHROMIUM") != "" {
		t.Fatal("no Chromium in PATH")
	}
	t.Skip("skipped: no Chromium in PATH")
	return ""
}

// tab is a page in a browser, and what it complained of.
type tab struct {
	t          *testing.T
	ctx        context.Context
	mu         sync.Mutex
	complaints []string
}

func newTab(t *testing.T) *tab {
	t.Helper()
	path := chromium(t)
	ctx, cancel := context.WithTimeout(t.Context(), browserWithin)
	t.Cleanup(cancel)
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {})) // of events that it does not know
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	b.do("a browser") // starts it
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		b.complaints = append(b.complaints, e.Entry.Text+" "+e.Entry.URL)
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	}
}

// do does what a person does; what says it, for when it fails.
func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// open goes to an address, and waits until the page is there.
func (b *tab) open(address string) {
	b.t.Helper()
	b.do(address, chromedp.Navigate(address), chromedp.WaitReady(chromedp.CSS("main")))
}

// press presses keys, and waits until the page that they lead to is there: sign
// is in no other page.
func (b *tab) press(what, keys, sign string) {
	b.t.Helper()
	b.do(what, chromedp.KeyEvent(keys), chromedp.WaitReady(chromedp.CSS(sign)))
	for eval[string](b, "document.readyState") != "complete" {
		b.do(what, chromedp.Sleep(10*time.Millisecond))
	}
}

// text is what a person reads in an element.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return eval[string](b, fmt.Sprintf("document.querySelector(%q).innerText", selector))
}

func eval[T any](b *tab, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.t.Fatalf("%.60s: %v", script, err)
	}
	return v
}

func TestPages(t *testing.T) {
	s := newBench(t)
	story(s)
	server := httptest.NewServer(s.handler)
	defer server.Close()
	b := newTab(t)
	t.Run("keyboard", func(t *testing.T) { pagesByKeyboard(t, b, server.URL) })
	t.Run("screens", func(t *testing.T) { pagesOnScreens(t, b, server.URL) })
}

// A person with a keyboard and no mouse finds a member, reads why, and asks
// what an order would earn.
func pagesByKeyboard(t *testing.T, b *tab, site string) {
	b.t = t
	b.open(site)
	b.do("tab to the field: past the link to the content, and home", chromedp.KeyEvent(kb.Tab+kb.Tab+kb.Tab))
	b.press("a name", "m42"+kb.Enter, `#q[value="m42"]`)
	if got := b.text(".members"); !strings.Contains(got, "m42") || strings.Contains(got, "m5") {
		t.Errorf("found %q", got)
	}
	b.do("tab to the first result: past the head", chromedp.KeyEvent(strings.Repeat(kb.Tab, 5)))
	b.press("follow it", kb.Enter, "#journal")
	if got := b.text("h1"); got != "m42" {
		t.Fatalf("the page is of %q", got)
	}
	for selector, want := range map[string]string{
		"#balance": "reserved", "#ends": "end within 30 days", "#tier": "growth", "#journal": "The kettle came late: sorry",
	} {
		if got := b.text(selector); !strings.Contains(got, want) {
			t.Errorf("%s reads %q, want %q in it", selector, got, want)
		}
	}
	b.do("open the reasons", chromedp.Focus(chromedp.CSS("#journal summary")), chromedp.KeyEvent(kb.Enter))
	b.do("they are open", chromedp.WaitVisible(chromedp.CSS("#journal details[open] li")))

	b.do("the amount", chromedp.Focus(chromedp.CSS("#amount")), chromedp.KeyEvent("80"))
	b.press("ask for the preview", kb.Enter, "#preview .answer")
	if got := b.text(".answer"); !strings.Contains(got, "Nothing was written") || !strings.Contains(got, "order +") {
		t.Errorf("the preview reads %q", got)
	}
	if got := eval[string](b, "location.hash"); got != "#preview" {
		t.Errorf("the page is shown from %q on", got)
	}

	b.open(site + "/member?id=%3Cb%3Ebold%3C/b%3E")
	if got := b.text("h1"); got != "<b>bold</b>" {
		t.Errorf("the name is shown as %q", got)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.complaints) > 0 {
		t.Errorf("the browser complains: %q", b.complaints)
	}
}

// measure lists what is wrong with how a page is laid out and coloured: wider
// than the screen, too small to be touched, or text that stands out too little
// from what is behind it (WCAG 2.2: contrast of 4.5 to 1, targets of 24 pixels).
const measure = `(() => {
	document.querySelectorAll("details").forEach(d => d.open = true);
	const wrong = [];
	if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page is " + document.documentElement.scrollWidth + " wide");
	const rgb = c => (c.match(/[\d.]+/g) || []).map(Number);
	const light = c => { const [r, g, b] = rgb(c).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
	const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c; } return "rgb(255, 255, 255)"; };
	for (const e of document.querySelectorAll("body *")) {
		if (!e.checkVisibility() || e.matches(".skip, option")) continue;
		const box = e.getBoundingClientRect();
		if (e.matches("a, button, input:not([type=hidden]), select, summary") && (box.height < 24 || box.width < 24)) wrong.push("small: " + e.outerHTML.slice(0, 80) + " " + box.width + " x " + box.height);
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && !e.matches("input, select")) continue;
		const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
		if ((a + .05) / (b + .05) < 4.5) wrong.push("contrast " + ((a + .05) / (b + .05)).toFixed(2) + ": " + e.outerHTML.slice(0, 80));
	}
	return wrong;
})()`

// Property: on a phone and on a desk, by day and by night, every page fits the
// screen, can be read and can be touched.
func pagesOnScreens(t *testing.T, b *tab, site string) {
	b.t = t
	for _, page := range []struct{ name, path string }{
		{"search", "/?q=m4"},
		{"member", "/member?id=m42"},
		{"preview", "/member?id=m42&kind=order&amount=80&category=fresh&attributes=channel%3Dapp"},
		{"problem", "/member?id=none"},
	} {
		for _, screen := range []struct {
			name          string
			width, height int64
		}{{"phone", 360, 740}, {"desk", 1280, 900}} {
			for _, scheme := range []string{"light", "dark"} {
				name := fmt.Sprintf("%s-%s-%s", page.name, screen.name, scheme)
				b.show(screen.width, screen.height, scheme)
				b.open(site + page.path)
				for _, w := range eval[[]string](b, measure) {
					t.Errorf("%s: %s", name, w)
				}
				if *screenshots != "" {
					b.shoot(filepath.Join(*screenshots, name+".png"))
				}
			}
		}
	}
}

// show sets the screen and the colours that a person prefers.
func (b *tab) show(width, height int64, scheme string) {
	b.t.Helper()
	b.do("screen", chromedp.EmulateViewport(width, height))
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) shoot(file string) {
	b.t.Helper()
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(file, picture, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
