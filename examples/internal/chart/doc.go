// Package chart draws the charts of a report as SVG that takes its colours and
// its font from the page around it.
//
// [HeatMap], [Lines], [Bars], [Histogram] and [Flow] are plain structs; the
// method SVG of each returns an element to put into an HTML page as it is.
// gonum's plot library lays everything out and draws it. Colours are [Ink]s,
// which come out as CSS variables, so that one drawing serves a light page, a
// dark one and paper. Nothing is told apart by colour alone: cells carry
// numbers, curves have names and dashes, bars have patterns.
//
// An SVG has a viewBox and no size of its own: the page says how wide it is.
// The same chart gives the same bytes.
package chart
