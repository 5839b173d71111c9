package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/loyalty"
)

func TestCommandOnce(t *testing.T) {
	b := newBench(t)
	const order = `"earn": {"kind": "order", "order": "order-1001", "amount": "120.50"}`
	var first, again loyalty.Statement
	receipt := b.do("order-1001/paid", "m42", order).must(t).fields(t)
	b.get("/v1/members/m42").must(t).into(t, &first)

	replay := b.do("order-1001/paid", "m42", order).must(t).fields(t)
	if replay["replayed"] != true {
		t.Error("the second answer is not said to be a replay")
	}
	delete(replay, "replayed")
	if diff := cmp.Diff(receipt, replay); diff != "" {
		t.Errorf("receipts (-first +second):\n%s", diff)
	}
	b.get("/v1/members/m42").must(t).into(t, &again)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("statement (-once +twice):\n%s", diff)
	}

	quoted := b.send(b.request("POST", "/v1/members/m42/commands", `{"occurredAt": "`+b.now.Format(time.RFC3339)+`", `+order+`}`, "Idempotency-Key", `"order-1001/paid"`))
	if quoted.must(t).fields(t)["replayed"] != true {
		t.Error("a key in quotes is another key")
	}
}

// Every payload goes through, and is described by the document.
func TestCommandPayloads(t *testing.T) {
	b := newBench(t)
	b.do("e0", "friend", `"earn": {"kind": "order", "order": "o0", "amount": "10"}`).must(t)
	b.now = b.now.Add(time.Hour)
	for _, tt := range []struct{ key, payload string }{
		{"e1", `"earn": {"kind": "order", "order": "o1", "lines": [{"id": "1", "category": "fresh", "amount": 60.25}, {"id": "2", "amount": "40"}], "attributes": [{"name": "channel", "value": "app"}], "labels": ["basket=new-category"], "referrer": "friend"}`},
		{"k1", `"keep": {"order": "o1", "lines": [{"id": "1", "amount": "60.25"}]}`},
		{"c1", `"checkIn": {}`},
		{"g1", `"grant": {"points": 2000, "reason": "a good start"}`},
		{"h1", `"hold": {"points": 100}`},
		{"h1c", `"capture": {"hold": "h1", "points": 60}`},
		{"h2", `"hold": {"points": 100, "wallet": "points"}`},
		{"h2r", `"release": {"hold": "h2"}`},
		{"r1", `"redeem": {"reward": "shopping bag", "quantity": 2}`},
		{"r2", `"redeem": {"points": 75}`},
		{"r2r", `"reverse": {"redemption": "r2"}`},
		{"d1", `"deduct": {"points": 5, "reason": "given by mistake"}`},
		{"t1", `"transfer": {"to": "friend", "points": 10}`},
		{"n1", `"reminded": {"reminder": "expiry/1", "points": 10, "expires": "2027-01-01T00:00:00Z"}`},
	} {
		b.do(tt.key, "m42", tt.payload).must(t)
	}
	b.now = b.now.AddDate(0, 0, 2)
	b.do("c2", "m42", `"checkIn": {}`).must(t)
	b.do("c2m", "m42", `"makeUp": {"day": "2026-03-03"}`).must(t)
	b.do("m1", "friend", `"merge": {"into": "m42"}`).must(t)
	b.now = b.now.AddDate(0, 0, 6) // what waited has become available
	b.service.sweepOnce(t.Context())
	var page struct {
		Entries []struct {
			Kind string `json:"kind"`
		} `json:"entries"`
	}
	b.get("/v1/members/m42/entries?limit=500").must(t).into(t, &page)
	b.do("x1", "m42", `"close": {"reason": "as asked"}`).must(t)
	b.get("/v1/members/m42/entries?after=3&limit=7").must(t)
	b.get("/v1/members/m42/entries/1").must(t)
	b.get("/v1/members/m42").must(t)
	b.get("/member?id=m42").must(t)
	if err := b.service.engine.Verify(t.Context(), "m42"); err != nil {
		t.Error(err)
	}
	kinds := map[string]bool{}
	for _, e := range page.Entries {
		kinds[e.Kind] = true
	}
	if len(kinds) < 15 {
		t.Errorf("the journal has only %v", kinds)
	}
}

func TestPreviewWritesNothing(t *testing.T) {
	b := newBench(t)
	body := `{"occurredAt": "` + b.now.Format(time.RFC3339) + `", "earn": {"kind": "order", "order": "o1", "amount": "50"}}`
	path := "/v1/members/m42/preview"
	preview := b.send(b.request("POST", path, body)).must(t).fields(t)
	if got := b.get("/v1/members/m42").status; got != http.StatusNotFound {
		t.Errorf("a preview opened the account: status %d", got)
	}
	done := b.do("o1", "m42", `"earn": {"kind": "order", "order": "o1", "amount": "50"}`).must(t).fields(t)
	if diff := cmp.Diff(done["rules"], preview["rules"]); diff != "" {
		t.Errorf("rules (-done +preview):\n%s", diff)
	}
	if got := b.send(b.request("POST", path, body, "Idempotency-Key", "o1")).must(t).fields(t); got["replayed"] != true {
		t.Error("a preview with a key that was used is not that key's")
	}
}

func TestBatch(t *testing.T) {
	b := newBench(t)
	at := b.now.Format(time.RFC3339)
	grant := func(key, member, points string) string {
		return `{"key": "` + key + `", "member": "` + member + `", "occurredAt": "` + at + `", "grant": {"points": ` + points + `, "reason": "a test"}}`
	}
	b.do("e1", "m1", `"checkIn": {}`).must(t)
	a := b.send(b.request("POST", "/v1/batches", "["+grant("g1", "m1", "5")+","+grant("g2", "m2", "5")+","+grant("g1", "m1", "6")+"]")).must(t)
	var got struct {
		Results []struct {
			Receipt struct {
				Balances []loyalty.Balance `json:"balances"`
			} `json:"receipt"`
			Problem map[string]any `json:"problem"`
		} `json:"results"`
	}
	a.into(t, &got)
	if n := got.Results[0].Receipt.Balances[0].Available; n != 7 {
		t.Errorf("m1 has %d points, want 2 for the check-in and 5", n)
	}
	if n := got.Results[1].Receipt.Balances[0].Available; n != 5 {
		t.Errorf("m2 has %d points, want 5", n)
	}
	if p := got.Results[2].Problem; p["type"] != "/problems/key-reused" || p["field"] != "grant.points" || p["was"] != "5" || p["is"] != "6" {
		t.Errorf("the key was used again: %v", p)
	}
}

// Property: if one command of a batch can't be read, none is done.
func TestBatchIsReadFirst(t *testing.T) {
	b := newBench(t)
	at := b.now.Format(time.RFC3339)
	good := `{"key": "c1", "member": "m1", "occurredAt": "` + at + `", "checkIn": {}}`
	for name, bad := range map[string]string{
		"no payload":      `{"key": "c2", "member": "m1", "occurredAt": "` + at + `"}`,
		"unknown field":   `{"key": "c2", "member": "m1", "occurredAt": "` + at + `", "chekIn": {}}`,
		"negative points": `{"key": "c2", "member": "m1", "occurredAt": "` + at + `", "grant": {"points": -1, "reason": "x"}}`,
		"no object":       `7`,
	} {
		a := b.send(b.request("POST", "/v1/batches", "["+good+","+bad+"]"))
		if a.status != http.StatusBadRequest || !strings.Contains(string(a.body), "[1]") {
			t.Errorf("%s: status %d: %s", name, a.status, a.body)
		}
	}
	if got := b.get("/v1/members/m1").status; got != http.StatusNotFound {
		t.Errorf("the first command was done: status %d", got)
	}
	for _, body := range []string{"[]", "{}", "[" + strings.Repeat(good+",", maxBatch) + good + "]"} {
		if a := b.send(b.request("POST", "/v1/batches", body)); a.status != http.StatusBadRequest {
			t.Errorf("%.20s: status %d", body, a.status)
		}
	}
}
