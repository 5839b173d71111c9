package pagetest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sound has nothing that is wrong.
const sound = `<!DOCTYPE html><html lang="en"><head><title>Sound</title>
<style>body { color: #222; background: #fff; } a { display: inline-block; padding: 8px; }</style></head><body><main>
<h1>Orders</h1><h2 id="a">By day</h2><p><a href="#a">By day</a></p>
<figure><figcaption><strong>Orders by day</strong> <span>Of two days.</span></figcaption>
<svg role="img" aria-label="Bars: three on the first day, five on the second." viewBox="0 0 100 50" width="200">
<rect x="0" y="0" width="50" height="50" fill="#000"/><text x="5" y="25" fill="#fff" font-size="6">3 orders</text>
<text x="60" y="25" fill="#ddd" stroke="#222" font-size="6" style="paint-order: stroke">5 orders</text></svg>
<details><summary style="padding: 8px">Numbers</summary><div style="overflow-x: auto; width: 60px" tabindex="0" aria-label="Numbers">
<table><thead><tr><th scope="col">Day</th><th scope="col">Orders</th></tr></thead>
<tbody><tr><th scope="row">first</th><td>3</td></tr></tbody></table></div></details></figure>
</main></body></html>`

// Each thing that Measure looks at is found where it is missing, and nothing is
// where it is not.
func TestMeasureFindsFaults(t *testing.T) {
	b := New(t)
	b.Show(Screens()[0])
	for _, tc := range []struct{ name, old, new, want string }{
		{"sound", "", "", ""},
		{"too wide", "<h1>", `<h1 style="width: 400px">`, "the page is"},
		{"faint text", "color: #222", "color: #999", "contrast 2.85"},
		{"faint text on a shape", `fill="#fff"`, `fill="#666"`, "contrast 3.66"},
		{"faint text on its rim", `fill="#ddd"`, `fill="#666"`, "contrast 2.77"},
		{"a small link", "padding: 8px; }", "padding: 0; }", "small, "},
		{"a level left out", "<h2", "<h3", "level 3 after 1"},
		{"an id twice", "<p>", `<p id="a">`, "a second #a"},
		{"a head of nothing", ` scope="col"`, "", "no scope"},
		{"scrolled by mouse alone", ` tabindex="0"`, "", "keys can't scroll it"},
		{"a chart without a role", ` role="img"`, "", "no text in its place"},
		{"a chart that says nothing", "Bars: three on the first day, five on the second.", "Bars", "no text in its place"},
		{"a chart without a title", "<strong>Orders by day</strong>", "", "no title"},
		{"a chart without numbers", "<table>", "<table hidden><!--", "no table of its numbers"},
		{"a chart without a unit", "days.", "it.", "no unit"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b.T = t
			page := sound
			if tc.old != "" {
				page = strings.ReplaceAll(sound, tc.old, tc.new)
			}
			if tc.want == "no unit" {
				page = strings.ReplaceAll(page, " orders<", "<")
			}
			path := filepath.Join(t.TempDir(), "page.html")
			if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
				t.Fatal(err)
			}
			b.Open("file://" + path)
			wrong := b.Measure()
			if tc.want == "" && len(wrong) > 0 || tc.want != "" && !strings.Contains(strings.Join(wrong, "\n"), tc.want) {
				t.Errorf("found %q, want %q", wrong, tc.want)
			}
		})
	}
}
