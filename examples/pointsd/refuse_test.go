package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/loyalty"
)

// state is all that a member's requests could have changed.
func (b *bench) state(member string) string {
	b.t.Helper()
	return string(b.get("/v1/members/"+member+"/entries").body) + string(b.get("/v1/members").body)
}

// Property: a request that can't be taken gets a problem that says why, and
// changes nothing.
func TestBadRequests(t *testing.T) {
	b := newBench(t)
	b.do("g", "m42", `"grant": {"points": 100, "reason": "a test"}`).must(t)
	before := b.state("m42")
	at := `"occurredAt": "` + b.now.Format(time.RFC3339) + `"`
	grant := `{` + at + `, "grant": {"points": 1, "reason": "x"}}`
	const path = "/v1/members/m42/commands"
	for _, tt := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		kind, text               string
	}{
		{"no JSON", "POST", path, `{"grant": `, nil, 400, "malformed", "line 1"},
		{"nothing", "POST", path, ` `, nil, 400, "malformed", ""},
		{"trailing data", "POST", path, grant + ` {}`, nil, 400, "malformed", ""},
		{"no object", "POST", path, `[1]`, nil, 400, "malformed", "want an object"},
		{"unknown field", "POST", path, `{` + at + `, "grant": {"points": 1, "reason": "x", "bonus": 2}}`, nil, 400, "malformed", "bonus"},
		{"wrong case", "POST", path, `{` + at + `, "Grant": {"points": 1, "reason": "x"}}`, nil, 400, "malformed", "Grant"},
		{"repeated field", "POST", path, `{` + at + `, ` + at + `, "checkIn": {}}`, nil, 400, "malformed", "duplicate"},
		{"a key in the body", "POST", path, `{"key": "k2", ` + at + `, "checkIn": {}}`, nil, 400, "malformed", "duplicate"},
		{"a member in the body", "POST", path, `{"member": "m43", ` + at + `, "checkIn": {}}`, nil, 400, "malformed", "duplicate"},
		{"wrong type", "POST", path, `{` + at + `, "grant": {"points": "1", "reason": "x"}}`, nil, 400, "malformed", "grant.points"},
		{"a fraction of a point", "POST", path, `{` + at + `, "grant": {"points": 1.5, "reason": "x"}}`, nil, 400, "malformed", "grant.points"},
		{"no UTF-8", "POST", path, `{` + at + `, "grant": {"points": 1, "reason": "` + "\xff" + `"}}`, nil, 400, "malformed", ""},
		{"deep", "POST", path, strings.Repeat(`[`, 5000) + strings.Repeat(`]`, 5000), nil, 400, "malformed", ""},
		{"no payload", "POST", path, `{` + at + `}`, nil, 422, "command", ""},
		{"two payloads", "POST", path, `{` + at + `, "checkIn": {}, "release": {"hold": "h"}}`, nil, 422, "command", ""},
		{"no instant", "POST", path, `{"checkIn": {}}`, nil, 422, "command", "occurredAt"},
		{"a hostile amount", "POST", path, `{` + at + `, "earn": {"kind": "order", "amount": "1e999999999"}}`, nil, 400, "malformed", "earn.amount"},
		{"NUL", "POST", path, `{` + at + `, "grant": {"points": 1, "reason": "a\u0000b"}}`, nil, 422, "command", "grant.reason"},
		{"no key", "POST", path, grant, []string{"Idempotency-Key", ""}, 400, "key-missing", ""},
		{"a long key", "POST", path, grant, []string{"Idempotency-Key", strings.Repeat("k", 201)}, 422, "command", "key"},
		{"no UTF-8 in a key", "POST", path, grant, []string{"Idempotency-Key", "k\xff"}, 422, "command", "key"},
		{"no UTF-8 in a member", "POST", "/v1/members/m%ff/commands", grant, nil, 422, "command", "member"},
		{"a long member", "POST", "/v1/members/" + strings.Repeat("m", 129) + "/commands", grant, nil, 422, "command", "member"},
		{"a form", "POST", path, grant, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "media-type", ""},
		{"text", "POST", path, grant, []string{"Content-Type", "text/plain"}, 415, "media-type", ""},
		{"a large body", "POST", path, `{"x": "` + strings.Repeat("x", commandBytes) + `"}`, nil, 413, "too-large", ""},
		{"a large batch", "POST", "/v1/batches", `["` + strings.Repeat("x", batchBytes) + `"]`, nil, 413, "too-large", ""},
		{"a batch that is no list", "POST", "/v1/batches", `{"commands": []}`, nil, 400, "malformed", "want an array of commands, as in"},
		{"a method", "DELETE", "/v1/members/m42", "", nil, 405, "method", ""},
		{"a path", "GET", "/v2/members", "", nil, 404, "not-found", ""},
		{"a type of problem", "GET", "/problems/none", "", nil, 404, "not-found", ""},
		{"an unknown member", "GET", "/v1/members/m43", "", nil, 404, "unknown-account", "m43"},
		{"an unknown journal", "GET", "/v1/members/m43/entries", "", nil, 404, "unknown-account", "m43"},
		{"an unknown entry", "GET", "/v1/members/m42/entries/99", "", nil, 404, "unknown-account", "99"},
		{"no number of an entry", "GET", "/v1/members/m42/entries/x", "", nil, 400, "malformed", "seq"},
		{"entry 0", "GET", "/v1/members/m42/entries/0", "", nil, 422, "command", "seq"},
		{"a limit", "GET", "/v1/members?limit=0", "", nil, 400, "malformed", "limit"},
		{"a negative limit", "GET", "/v1/members/m42/entries?limit=-1", "", nil, 400, "malformed", "limit"},
		{"a parameter twice", "GET", "/v1/members?limit=1&limit=2", "", nil, 400, "malformed", "limit"},
		{"an unknown parameter", "GET", "/v1/members?limt=1", "", nil, 400, "malformed", "unknown"},
		{"no UTF-8 in a parameter", "GET", "/v1/members?prefix=%ff", "", nil, 400, "malformed", "prefix"},
		{"NUL in a member", "GET", "/v1/members/a%00b", "", nil, 422, "command", "member"},
		{"another site", "POST", path, grant, []string{"Sec-Fetch-Site", "cross-site"}, 403, "foreign", ""},
		{"another site's name", "GET", "/v1/members", "", []string{"Host", "points.example"}, 403, "foreign", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.t = t
			r := b.request(tt.method, tt.path, tt.body, append([]string{"Idempotency-Key", "k1"}, tt.headers...)...)
			if host := r.Header.Get("Host"); host != "" {
				r.Host = host
			}
			a := b.send(r)
			got := a.fields(t)
			if a.status != tt.status || got["type"] != "/problems/"+tt.kind || got["status"] != float64(tt.status) {
				t.Errorf("status %d: %s: want %d %s", a.status, a.body, tt.status, tt.kind)
			}
			if detail, _ := got["detail"].(string); !strings.Contains(detail, tt.text) {
				t.Errorf("detail %q: want %q in it", detail, tt.text)
			}
			if media := a.header.Get("Content-Type"); media != "application/problem+json" {
				t.Errorf("media type %q", media)
			}
		})
	}
	b.t = t
	if diff := cmp.Diff(before, b.state("m42")); diff != "" {
		t.Errorf("something changed (-before +after):\n%s", diff)
	}
}

// Every rejection of package loyalty has its type of problem, with its numbers.
func TestRejections(t *testing.T) {
	stock := int64(1)
	program := loyalty.Retailer()
	program.Wallets[0].Shortfall = loyalty.ShortfallRefuse
	program.Wallets[0].DebtLimit = 0
	program.Rewards[3].Stock = &stock
	program.Rewards[3].Per, program.Rewards[3].PerMember = "", 0
	program.Rewards[2].Disabled = true
	b := newBench(t, func(p *parts) { p.programs = []loyalty.Program{program} })
	b.do("g1", "m1", `"grant": {"points": 20000, "reason": "a test"}`).must(t)
	b.do("g2", "m2", `"grant": {"points": 100, "reason": "a test"}`).must(t)
	b.do("g3", "m3", `"grant": {"points": 100, "reason": "a test"}`).must(t)
	b.do("h3", "m3", `"hold": {"points": 60}`).must(t)
	b.do("x3", "m3", `"merge": {"into": "m2"}`).must(t)
	b.do("kettle", "m1", `"redeem": {"reward": "kettle"}`).must(t)
	b.do("bags", "m1", `"redeem": {"reward": "shopping bag", "quantity": 2}`).must(t)
	b.do("h1", "m1", `"hold": {"points": 100}`).must(t)
	b.do("h1r", "m1", `"release": {"hold": "h1"}`).must(t)
	before := b.state("m1") + b.state("m2")
	for i, tt := range []struct {
		name, member, payload string
		status                int
		want                  map[string]any
	}{
		{"insufficient", "m2", `"redeem": {"points": 230}`, 409, map[string]any{"wallet": "points", "available": 140.0, "wanted": 230.0, "missing": 90.0}},
		{"limit", "m1", `"redeem": {"reward": "shopping bag"}`, 409, map[string]any{"max": 2.0, "used": 2.0, "retryAt": "2026-04-01T00:00:00Z"}},
		{"stock", "m1", `"redeem": {"reward": "kettle"}`, 409, map[string]any{"reward": "kettle", "left": 0.0, "wanted": 1.0}},
		{"closed", "m3", `"capture": {"hold": "h3"}`, 409, map[string]any{"member": "m3", "into": "m2"}},
		{"disabled", "m1", `"redeem": {"reward": "coupon 30"}`, 409, map[string]any{"what": `reward "coupon 30"`, "why": "disabled"}},
		{"state", "m1", `"capture": {"hold": "h1"}`, 409, map[string]any{"what": `hold "h1"`, "state": "released"}},
		{"unknown-account", "m9", `"redeem": {"points": 100}`, 404, nil},
		{"unknown-order", "m1", `"keep": {"order": "o9"}`, 404, nil},
		{"unknown-redemption", "m1", `"reverse": {"redemption": "r9"}`, 404, nil},
		{"overflow", "m1", `"grant": {"points": 1000000000000, "reason": "too much"}`, 409, nil},
		{"command", "m1", `"grant": {"points": 0, "reason": "nothing"}`, 422, map[string]any{"field": "grant.points"}},
		{"insufficient", "m2", `"deduct": {"points": 500, "reason": "too much"}`, 409, map[string]any{"available": 140.0, "missing": 360.0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b.t = t
			a := b.do(fmt.Sprintf("rejected %d", i), tt.member, tt.payload)
			got := a.fields(t)
			if a.status != tt.status || got["type"] != "/problems/"+tt.name {
				t.Fatalf("status %d: %s: want %d", a.status, a.body, tt.status)
			}
			for name, want := range tt.want {
				if got[name] != want {
					t.Errorf("%s is %v, want %v: %s", name, got[name], want, a.body)
				}
			}
		})
	}
	b.t = t
	if diff := cmp.Diff(before, b.state("m1")+b.state("m2")); diff != "" {
		t.Errorf("something changed (-before +after):\n%s", diff)
	}
}

func TestRejectedTimesAndKeys(t *testing.T) {
	b := newBench(t)
	b.do("g", "m42", `"grant": {"points": 100, "reason": "a test"}`).must(t)
	before := b.state("m42")
	send := func(key string, at time.Time, payload string) map[string]any {
		body := `{"occurredAt": "` + at.Format(time.RFC3339) + `", ` + payload + `}`
		a := b.send(b.request("POST", "/v1/members/m42/commands", body, "Idempotency-Key", key))
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("status %d: %s", a.status, a.body)
		}
		return a.fields(t)
	}
	if got := send("late", b.now.AddDate(0, 0, -31), `"checkIn": {}`); got["type"] != "/problems/time" || got["late"] != true || got["bound"] != "2026-01-31T10:00:00Z" {
		t.Errorf("31 days late: %v", got)
	}
	if got := send("early", b.now.Add(6*time.Minute), `"checkIn": {}`); got["type"] != "/problems/time" || got["late"] != false || got["bound"] != "2026-03-02T10:05:00Z" {
		t.Errorf("6 minutes early: %v", got)
	}
	if got := send("g", b.now, `"grant": {"points": 101, "reason": "a test"}`); got["type"] != "/problems/key-reused" || got["was"] != "100" || got["is"] != "101" {
		t.Errorf("another payload: %v", got)
	}
	if diff := cmp.Diff(before, b.state("m42")); diff != "" {
		t.Errorf("something changed (-before +after):\n%s", diff)
	}
}

// Names are data: what would be SQL or HTML elsewhere is a name here.
func TestStrangeNames(t *testing.T) {
	b := newBench(t)
	for _, tt := range []struct{ member, path string }{
		{`'; DROP TABLE loyalty_account; --`, `%27%3B%20DROP%20TABLE%20loyalty_account%3B%20--`},
		{`<script>alert(1)</script>`, `%3Cscript%3Ealert(1)%3C%2Fscript%3E`},
		{`a/b?c#d`, `a%2Fb%3Fc%23d`},
		{`..`, `%2E%2E`},
		{`会员 42`, `%E4%BC%9A%E5%91%98%2042`},
		{`{{.Title}}%s`, `%7B%7B.Title%7D%7D%25s`},
	} {
		b.do("key of "+tt.path, tt.path, `"grant": {"points": 5, "reason": "<img src=x onerror=alert(1)>"}`).must(t)
		var st loyalty.Statement
		b.get("/v1/members/"+tt.path).must(t).into(t, &st)
		if st.Member != tt.member || st.Balances[0].Available != 5 {
			t.Errorf("%s: %q has %d points", tt.path, st.Member, st.Balances[0].Available)
		}
		for _, page := range []string{"/member?id=" + tt.path, "/?q=" + tt.path} {
			html := string(b.get(page).must(t).body)
			if strings.Contains(html, "<script") || strings.Contains(html, "<img") {
				t.Errorf("%s: a name is markup:\n%s", page, html)
			}
		}
	}
	if n := strings.Count(string(b.get("/v1/members").body), `"member"`); n != 6 {
		t.Errorf("%d members, want 6", n)
	}
}
