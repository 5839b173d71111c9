package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"
)

// serve is what every request goes through: it is let in, answered, written,
// and recorded.
func (s *service) serve(at *route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := s.newRequest(r)
		answer, err := s.answer(at, w, q)
		var p *problem
		if err != nil {
			p = q.problemOf(err)
			answer = s.refusal(at, q, p)
		}
		header := w.Header()
		if p != nil {
			maps.Copy(header, p.header)
		}
		header.Set("X-Request-Id", q.id)
		header.Set("Content-Type", answer.media)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cache-Control", "no-store")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		answer.status = cmp.Or(answer.status, http.StatusOK)
		if answer.status == http.StatusServiceUnavailable {
			header.Set("Retry-After", "1")
		}
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.body) // a client that has gone is no concern of ours
		s.record(at, q, answer.status, p, err)
	})
}

// answer lets a request in and has it handled. A panic is an internal error.
func (s *service) answer(at *route, w http.ResponseWriter, q *request) (answer reply, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	if err := s.admit(at, q); err != nil {
		return reply{}, err
	}
	if at.access != accessAll {
		select {
		case s.inFlight <- struct{}{}:
			defer func() { <-s.inFlight }()
		default:
			return reply{}, problemBusy.with("Too many requests are being worked on.", map[string]any{"limit": cap(s.inFlight)})
		}
	}
	if at.body > 0 {
		if err := q.read(w, at.body); err != nil {
			return reply{}, err
		}
	}
	ctx, cancel := context.WithTimeout(q.Context(), s.limits.Request)
	defer cancel()
	q.Request = q.WithContext(ctx)
	answer, err = at.handle(s, q)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", ctx.Err(), err) // a driver has its own words for it
	}
	return answer, err
}

// read takes the body, which must be JSON of at most limit bytes.
func (q *request) read(w http.ResponseWriter, limit int64) error {
	media, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return problemMediaType.with(fmt.Sprintf("Content-Type is %.100q: want application/json.", q.Header.Get("Content-Type")), nil)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, limit))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return problemTooLarge.with(fmt.Sprintf("The body has more than %d bytes.", limit), map[string]any{"limit": limit})
	}
	if err != nil {
		return fault("", "the body could not be read to its end")
	}
	q.body = body
	return nil
}

// refusal writes a problem: as a page to those who asked for one.
func (s *service) refusal(at *route, q *request, p *problem) reply {
	if at.access == accessPage || at.path == nowhere && strings.Contains(q.Header.Get("Accept"), "text/html") {
		page, err := s.page("problem.html.tmpl", p.view(q.id))
		if err == nil {
			page.status = p.kind.status
			return page
		}
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"type": "/problems/internal", "title": "The service failed", "status": 500, "detail": ""}`)
	}
	return reply{status: p.kind.status, media: "application/problem+json", body: append(body, '\n')}
}

// record writes a line to the log and counts the request.
func (s *service) record(at *route, q *request, status int, p *problem, err error) {
	took := s.clock().Sub(q.now)
	s.metrics.request(at, q.Method, status, took)
	level := slog.LevelInfo
	if at.access == accessAll {
		level = slog.LevelDebug
	}
	attrs := append([]slog.Attr{
		slog.String("id", q.id), slog.String("method", q.Method), slog.String("route", at.path), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000),
	}, q.said...)
	if p != nil {
		attrs = append(attrs, slog.String("problem", p.kind.name))
	}
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	s.log.LogAttrs(q.Context(), level, "request", attrs...)
}
