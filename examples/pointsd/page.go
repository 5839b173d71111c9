package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// parsePages reads the templates; dates are shown in a zone.
func parsePages(zone *time.Location) (*template.Template, error) {
	return template.New("pages").Funcs(template.FuncMap{
		"points": grouped,
		"signed": signed,
		"zone":   zone.String,
		"day":    func(at time.Time) string { return at.In(zone).Format("2 Jan 2006") },
		"minute": func(at time.Time) string { return at.In(zone).Format("2 Jan 2006, 15:04") },
		"until":  func(at time.Time) string { return lastOf(at.In(zone)) },
		"stamp":  func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
	}).ParseFS(pageFiles, "page/*.html.tmpl")
}

// page fills a template.
func (s *service) page(name string, view any) (reply, error) {
	var body bytes.Buffer
	if err := s.pages.ExecuteTemplate(&body, name, view); err != nil {
		return reply{}, fmt.Errorf("page %s: %w", name, err)
	}
	return reply{media: "text/html; charset=utf-8", body: body.Bytes()}, nil
}

// frame is what every page has around it.
type frame struct {
	Title   string
	Program string
	// Asked is what was last searched for.
	Asked string
}

func (s *service) frame(title, asked string) frame {
	return frame{title, s.program.Name, asked}
}

// grouped writes a number in groups of three digits.
func grouped(n int64) string {
	digits := strings.TrimPrefix(strconv.FormatInt(n, 10), "-")
	var b strings.Builder
	if n < 0 {
		b.WriteString("−")
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

func signed(n int64) string {
	if n > 0 {
		return "+" + grouped(n)
	}
	return grouped(n)
}

// lastOf writes an end that is not included: of a day if it is midnight.
func lastOf(at time.Time) string {
	before := at.Add(-time.Microsecond)
	if before.YearDay() != at.YearDay() && at.Hour() == 0 && at.Minute() == 0 {
		return before.Format("2 Jan 2006")
	}
	return at.Format("2 Jan 2006, 15:04")
}

// problemView is a problem as a page.
type problemView struct {
	frame
	Detail, About, Request string
}

func (p *problem) view(request string) problemView {
	return problemView{frame{Title: p.kind.title}, p.detail, p.kind.about, request}
}
