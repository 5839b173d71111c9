package pagetest

import _ "embed"

//go:embed measure.js
var measure string

// Measure lists what is wrong with a page as it is shown. It opens all details,
// and looks at
//
//   - the layout: nothing is wider than the screen, and what can be touched has
//     24 pixels each way (WCAG 2.2, 2.5.8),
//   - the colours: text has a contrast of 4.5 to 1 with what is behind it, also
//     in charts (1.4.3),
//   - the structure: no level of headings is left out, no id is there twice, and
//     heads of tables say of what (1.3.1),
//   - charts: each has a title, a text in its place, a table of its numbers and a
//     unit (1.1.1).
func (b *Tab) Measure() []string {
	b.T.Helper()
	return Eval[[]string](b, measure)
}
