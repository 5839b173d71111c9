package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// begin is when tests begin: a Monday, so that no rule of a weekday fires.
var begin = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// bench is a service with a clock that the test moves, and a client of it whose
// every exchange is held against the OpenAPI document.
type bench struct {
	t       *testing.T
	service *service
	handler http.Handler
	now     time.Time
	log     bytes.Buffer
	token   string
}

// newBench serves the retailer's program from memory; change may replace any
// part.
func newBench(t *testing.T, change ...func(*parts)) *bench {
	t.Helper()
	b := &bench{t: t, now: begin}
	p := parts{
		store: loyalty.NewMemory(), programs: []loyalty.Program{loyalty.Retailer()}, limits: defaultLimits,
		clock: func() time.Time { return b.now },
		log:   slog.New(slog.NewJSONHandler(&b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&p)
	}
	s, err := newService(p)
	if err != nil {
		t.Fatal(err)
	}
	b.service, b.handler = s, s.handler()
	return b
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request as it is, and checks the answer against the document.
func (b *bench) send(r *http.Request) answer {
	b.t.Helper()
	var sent []byte
	if r.Body != nil {
		sent, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	got := w.Result()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	c, err := theContract()
	if err != nil {
		b.t.Fatal(err)
	}
	c.check(b.t, r, sent, got, body)
	return answer{got.StatusCode, got.Header, body}
}

// request makes a request as a client of this machine does; headers are names
// and values in turn.
func (b *bench) request(method, path, body string, headers ...string) *http.Request {
	r := httptest.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:8080"
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.token != "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func (b *bench) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.send(b.request("GET", path, "", headers...))
}

// do sends a command that occurs now; payload is what follows occurredAt.
func (b *bench) do(key, member, payload string) answer {
	b.t.Helper()
	body := `{"occurredAt": "` + b.now.Format(time.RFC3339Nano) + `", ` + payload + `}`
	return b.send(b.request("POST", "/v1/members/"+member+"/commands", body, "Idempotency-Key", key))
}

// must fails unless the answer is 200.
func (a answer) must(t *testing.T) answer {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	return a
}

// fields reads a JSON object.
func (a answer) fields(t *testing.T) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(a.body, &m); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
	return m
}

// into reads JSON into a value.
func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}
