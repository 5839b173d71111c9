package main

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"path/filepath"
	"strings"
	"time"
)

//go:embed report/*.tmpl report/style.css
var reportFiles embed.FS

// reportSections are the parts of the page in their order. Each has a file
// report_NAME.go, which finds what it shows, and a template NAME in
// report/NAME.html.tmpl. One that has nothing to say returns the zero value.
var reportSections = []func(*analysis) (section, error){
	(*analysis).inputReport,
	(*analysis).identityReport,
	(*analysis).valueReport,
	(*analysis).layersReport,
	(*analysis).kindsReport,
	(*analysis).migrationReport,
	(*analysis).promotionReport,
	(*analysis).lifecycleReport,
	(*analysis).clvReport,
	(*analysis).funnelReport,
	(*analysis).personaReport,
	(*analysis).loyaltyReport,
	(*analysis).economicsReport,
	(*analysis).strategyReport,
	(*analysis).skippedReport,
}

// sections are those that the input has something for.
func (a *analysis) sections() []func(*analysis) (section, error) {
	if a.in.orders == nil {
		return []func(*analysis) (section, error){(*analysis).identityReport, (*analysis).personaReport, (*analysis).funnelReport, (*analysis).skippedReport}
	}
	return reportSections
}

// section is one part of the page.
type section struct {
	// ID is the anchor, and the name of the template.
	ID    string
	Title string
	// Findings are sentences for the top of the section. The first of them is for
	// the top of the page as well.
	Findings []string
	// Data is what the template shows.
	Data any

	Body template.HTML
}

// page is what report/page.html.tmpl shows.
type page struct {
	Input    inputSection
	Source   string // without the folder, which is nobody's business who gets the page
	AsOf     string
	Money    bool // whether there are orders
	Style    template.CSS
	Findings []string
	Sections []section
}

func (a *analysis) writeReport(w io.Writer) error {
	style, err := reportFiles.ReadFile("report/style.css")
	if err != nil {
		return err
	}
	templates, err := template.New("report").Funcs(template.FuncMap{"date": longDate, "breakable": breakable}).ParseFS(reportFiles, "report/*.tmpl")
	if err != nil {
		return err
	}
	p := page{Input: a.inputSection(), Source: filepath.Base(a.in.source), AsOf: a.in.asOf.Format(time.DateOnly), Money: a.in.orders != nil, Style: template.CSS(style)}
	for _, build := range a.sections() {
		s, err := build(a)
		if err != nil {
			return err
		}
		if s.ID == "" {
			continue
		}
		var body bytes.Buffer
		if err := templates.ExecuteTemplate(&body, s.ID, s.Data); err != nil {
			return fmt.Errorf("section %s: %w", s.ID, err)
		}
		s.Body = template.HTML(body.String())
		if len(s.Findings) > 0 {
			p.Findings = append(p.Findings, s.Findings[0])
		}
		p.Sections = append(p.Sections, s)
	}
	return templates.ExecuteTemplate(w, "page.html.tmpl", p)
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
	// Chinese are the rows' names in Chinese, and Notes stand below them; nil if
	// they have none.
	Chinese, Notes []string
	// Prose is set if the last column is text rather than numbers.
	Prose bool
}

// Label names the table where it has no caption, too.
func (g grid) Label() string { return cmp.Or(g.Caption, strings.Join(g.Head, ", ")) }

// InChinese returns the Chinese name of a row, "" if it has none.
func (g grid) InChinese(row int) string { return nth(g.Chinese, row) }

// Note returns what stands below the name of a row, "" if nothing does.
func (g grid) Note(row int) string { return nth(g.Notes, row) }

func nth(list []string, i int) string {
	if i >= len(list) {
		return ""
	}
	return list[i]
}

// fact is a number and its name.
type fact struct{ Name, Value, Note string }
