package main

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
)

// provoked are requests by operation and status, for statuses that each
// operation has for a reason of its own.
var provoked = map[string]map[int]string{
	"command": {
		200: `{"occurredAt": "2026-03-02T10:00:00Z", "checkIn": {}}`, 400: `{`, 404: `{"occurredAt": "2026-03-02T10:00:00Z", "keep": {"order": "none"}}`, 409: `{"occurredAt": "2026-03-02T10:00:00Z", "redeem": {"points": 5000}}`, 422: `{"occurredAt": "2026-03-02T10:00:00Z", "grant": {"points": 0, "reason": "x"}}`,
	},
	"preview": {
		200: `{"occurredAt": "2026-03-02T10:00:00Z", "checkIn": {}}`, 400: `{`, 404: `{"occurredAt": "2026-03-02T10:00:00Z", "keep": {"order": "none"}}`, 409: `{"occurredAt": "2026-03-02T10:00:00Z", "redeem": {"points": 5000}}`, 422: `{"occurredAt": "2026-03-02T10:00:00Z", "grant": {"points": 0, "reason": "x"}}`,
	},
	"batch":      {200: `[{"key": "b", "member": "m42", "occurredAt": "2026-03-02T10:00:00Z", "checkIn": {}}]`, 400: `[]`},
	"members":    {200: "/v1/members", 400: "/v1/members?limit=x"},
	"member":     {200: "/v1/members/m42", 404: "/v1/members/none", 422: "/v1/members/%00"},
	"entries":    {200: "/v1/members/m42/entries", 400: "/v1/members/m42/entries?after=x", 404: "/v1/members/none/entries", 422: "/v1/members/%00/entries"},
	"entry":      {200: "/v1/members/m42/entries/1", 400: "/v1/members/m42/entries/x", 404: "/v1/members/none/entries/1", 422: "/v1/members/m42/entries/0"},
	"program":    {200: "/v1/program"},
	"metrics":    {200: "/metrics"},
	"openapi":    {200: "/openapi.yaml"},
	"problems":   {200: "/problems"},
	"problem":    {200: "/problems/state", 404: "/problems/none"},
	"live":       {200: "/healthz/live"},
	"ready":      {200: "/healthz/ready"},
	"searchPage": {200: "/", 400: "/?q=%ff", 404: "/?q=none"},
	"memberPage": {200: "/member?id=m42", 400: "/member?id=m42&before=x", 404: "/member?id=none", 422: "/member?id="},
	"style":      {200: "/style.css"},
}

// Property: every status that the document promises for an operation can be
// had, and the answer is as it says.
func TestContractStatuses(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range c.tree["paths"].(map[string]any) {
		for method, operation := range item.(map[string]any) {
			id, ok := mapOf(operation)["operationId"].(string)
			if !ok {
				continue // parameters
			}
			for text := range mapOf(mapOf(operation)["responses"]) {
				status, err := strconv.Atoi(text)
				if err != nil {
					t.Fatal(err)
				}
				t.Run(id+" "+text, func(t *testing.T) {
					if got := provoke(t, id, strings.ToUpper(method), path, status); got.status != status {
						t.Errorf("status %d: %s", got.status, got.body)
					}
				})
			}
		}
	}
}

// provoke makes an operation answer with a status.
func provoke(t *testing.T, id, method, path string, status int) answer {
	t.Helper()
	failing := &slowStore{Store: loyalty.NewMemory(), err: errors.New("a test")}
	b := newBench(t, func(p *parts) {
		switch status {
		case http.StatusUnauthorized:
			withTokens(p)
		case http.StatusInternalServerError:
			p.store = failing
			if id == "batch" { // of which a failure is in the results
				p.store = brokenStore{failing}
			}
		}
	})
	if !slices.Contains([]int{http.StatusUnauthorized, http.StatusInternalServerError}, status) {
		b.do("begin", "m42", `"grant": {"points": 5, "reason": "a test"}`).must(t)
	}
	target, body := path, ""
	if special, ok := provoked[id][status]; ok && method == http.MethodGet {
		target = special
	} else if ok {
		body = special
	}
	target = strings.NewReplacer("{member}", "m42", "{seq}", "1", "{name}", "state").Replace(target)
	if id == "memberPage" && target == path {
		target += "?id=m42"
	}
	if method == http.MethodPost && body == "" {
		body = `{"occurredAt": "2026-03-02T10:00:00Z", "checkIn": {}}`
		if id == "batch" {
			body = provoked[id][http.StatusOK]
		}
	}
	r := b.request(method, target, body, "Idempotency-Key", "k")
	switch status {
	case http.StatusForbidden:
		r.Host = "points.example"
	case http.StatusRequestEntityTooLarge:
		r = b.request(method, target, strings.Repeat(" ", batchBytes+1), "Idempotency-Key", "k")
	case http.StatusUnsupportedMediaType:
		r.Header.Set("Content-Type", "text/plain")
	case http.StatusServiceUnavailable:
		b.service.stopping.Store(true)
		for range cap(b.service.inFlight) {
			b.service.inFlight <- struct{}{}
		}
	}
	return b.send(r)
}
