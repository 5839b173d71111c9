// Package pagetest opens a program's pages in a headless Chromium, does what a
// person does there, and measures whether the pages can be read.
//
// With -screenshots FOLDER the tests that use it write pictures of what they saw.
package pagetest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "write screenshots of the pages to this `FOLDER`")

// within bounds a whole test, on a machine that has much else to do.
const within = 3 * time.Minute

// Tab is a page in a browser, and what it complained of.
type Tab struct {
	// T is told what fails. A test that hands the tab to another one sets it.
	T          *testing.T
	ctx        context.Context
	mu         sync.Mutex
	complaints []string
}

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

// New starts a browser that ends with the test.
func New(t *testing.T) *Tab {
	t.Helper()
	path := chromium(t)
	ctx, cancel := context.WithTimeout(t.Context(), within)
	t.Cleanup(cancel)
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()))
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {})) // of events that it does not know
	t.Cleanup(cancel)
	b := &Tab{T: t, ctx: ctx}
	b.Do("a browser") // starts it
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *Tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		b.complaints = append(b.complaints, e.Entry.Text+" "+e.Entry.URL)
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	}
}

// Complaints are what the browser has complained of so far.
func (b *Tab) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.complaints)
}

// Do does what a person does; what says it, for when it fails.
func (b *Tab) Do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.T.Fatalf("%s: %v", what, err)
	}
}

// Open goes to an address, and waits until the page is there.
func (b *Tab) Open(address string) {
	b.T.Helper()
	b.Do(address, chromedp.Navigate(address), chromedp.WaitReady(chromedp.CSS("main")))
}

// Press presses keys, and waits until the page that they lead to is there: sign
// is in no other page.
func (b *Tab) Press(what, keys, sign string) {
	b.T.Helper()
	b.Do(what, chromedp.KeyEvent(keys), chromedp.WaitReady(chromedp.CSS(sign)))
	for Eval[string](b, "document.readyState") != "complete" {
		b.Do(what, chromedp.Sleep(10*time.Millisecond))
	}
}

// Text is what a person reads in an element.
func (b *Tab) Text(selector string) string {
	b.T.Helper()
	return Eval[string](b, fmt.Sprintf("document.querySelector(%q).innerText", selector))
}

// Eval returns what a script comes to in the page.
func Eval[T any](b *Tab, script string) T {
	b.T.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		b.T.Fatalf("%.60s: %v", script, err)
	}
	return v
}

// Screen is what a page is seen on.
type Screen struct {
	Name          string
	Width, Height int64
	Scheme        string // of colours, that a person prefers: "light" or "dark"
}

// Screens are a phone and a desk, by day and by night.
func Screens() []Screen {
	return []Screen{
		{"phone-light", 360, 740, "light"},
		{"phone-dark", 360, 740, "dark"},
		{"desk-light", 1280, 900, "light"},
		{"desk-dark", 1280, 900, "dark"},
	}
}

// Show sets the screen. A page that is open follows.
func (b *Tab) Show(s Screen) {
	b.T.Helper()
	b.Do("screen", chromedp.EmulateViewport(s.Width, s.Height))
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.Scheme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		b.T.Fatal(err)
	}
}

// Shoot takes a picture of the whole page, if pictures are asked for.
func (b *Tab) Shoot(name string) {
	b.T.Helper()
	if *screenshots == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(*screenshots, name+".png"), picture, 0o600)
	}
	if err != nil {
		b.T.Fatal(err)
	}
}
