package main

import (
	"fmt"
	"html/template"
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// mostPlaces are the most decimals of an amount that a reader is shown: no
// currency has more. Exports of binary floats have, of which the rest is dirt.
const mostPlaces = 4

// readable is an amount without decimals that no currency has.
func readable(d decimal.Decimal) decimal.Decimal {
	if -d.Exponent() <= mostPlaces {
		return d
	}
	return d.Round(mostPlaces)
}

// readableAmount is [readable] for an amount of the document.
func readableAmount(text string) string {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return text
	}
	return money(readable(d))
}

func eachReadable(amounts []string) []string {
	list := make([]string, len(amounts))
	for i, text := range amounts {
		list[i] = readableAmount(text)
	}
	return list
}

// minus writes the sign of a number as the charts do.
func minus(number string) string { return strings.ReplaceAll(number, "-", "−") }

// probability writes how likely something is by chance.
func probability(p float64) string {
	if p < 0.001 {
		return "<0.001"
	}
	return fmt.Sprintf("%.3f", p)
}

var (
	quoted     = regexp.MustCompile(`"([^"]*)"`)
	isoDate    = regexp.MustCompile(`\d{4}-\d\d-\d\d`)
	bareNumber = regexp.MustCompile(`(\d)\s?%`)
)

// typeset writes a line of a package as the rest of the page is written.
func typeset(line string) string {
	line = quoted.ReplaceAllString(line, "“$1”")
	line = isoDate.ReplaceAllStringFunc(line, longDate)
	return bareNumber.ReplaceAllString(line, "$1\u00a0%")
}

// longDate writes a date such as 2026-06-30 as 30 June 2026.
func longDate(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return day.Format("2 January 2006")
}

// breakable lets a browser break labels and the names of events where words end
// in them.
func breakable(name string) template.HTML {
	return template.HTML(strings.NewReplacer("_", "_<wbr/>", "=", "=<wbr/>").Replace(template.HTMLEscapeString(name)))
}
