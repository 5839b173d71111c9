package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"time"
)

//go:embed report/*.tmpl report/style.css
var reportFiles embed.FS

// reportSections are the parts of the page in their order. Each has a file
// report_NAME.go, which finds what it shows, and a template NAME in
// report/NAME.html.tmpl.
var reportSections = []func(*analysis) (section, error){
	(*analysis).inputReport,
	(*analysis).valueReport,
}

// section is one part of the page.
type section struct {
	// ID is the anchor, and the name of the template.
	ID    string
	Title string
	// Findings are sentences for the top of the page.
	Findings []string
	// Data is what the template shows.
	Data any

	Body template.HTML
}

// page is what report/page.html.tmpl shows.
type page struct {
	Input    inputSection
	AsOf     string
	Style    template.CSS
	Findings []string
	Sections []section
}

func (a *analysis) writeReport(w io.Writer) error {
	style, err := reportFiles.ReadFile("report/style.css")
	if err != nil {
		return err
	}
	templates, err := template.New("report").Funcs(template.FuncMap{"date": longDate}).ParseFS(reportFiles, "report/*.tmpl")
	if err != nil {
		return err
	}
	p := page{Input: a.inputSection(), AsOf: a.in.asOf.Format(time.DateOnly), Style: template.CSS(style)}
	for _, build := range reportSections {
		s, err := build(a)
		if err != nil {
			return err
		}
		var body bytes.Buffer
		if err := templates.ExecuteTemplate(&body, s.ID, s.Data); err != nil {
			return fmt.Errorf("section %s: %w", s.ID, err)
		}
		s.Body = template.HTML(body.String())
		p.Findings = append(p.Findings, s.Findings...)
		p.Sections = append(p.Sections, s)
	}
	return templates.ExecuteTemplate(w, "page.html.tmpl", p)
}

// longDate writes a date such as 2026-06-30 as 30 June 2026.
func longDate(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return day.Format("2 January 2006")
}

// figure is a chart with its caption. Numbers are the same for those who can't
// see it, or want them exactly.
type figure struct {
	Title   string
	Note    string // what to look at
	SVG     template.HTML
	Numbers grid
}

// grid is a table whose first column names the rows.
type grid struct {
	Caption string
	Head    []string
	Rows    [][]string
	// Prose is set if the last column is text rather than numbers.
	Prose bool
}

// fact is a number and its name.
type fact struct{ Name, Value, Note string }
