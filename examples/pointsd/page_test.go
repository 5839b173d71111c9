package main

import (
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// story fills the service with a member who has seen everything that the page
// shows, and some others.
func story(b *bench) {
	b.t.Helper()
	b.now = time.Date(2025, 11, 3, 9, 0, 0, 0, time.UTC)
	do := func(member, key, payload string) {
		b.t.Helper()
		b.do(member+"/"+key, member, payload).must(b.t)
		b.now = b.now.Add(7 * time.Minute)
	}
	do("m42", "order-1001", `"earn": {"kind": "order", "order": "order-1001", "lines": [{"id": "1", "category": "own-brand", "amount": "239.90"}, {"id": "2", "category": "fresh", "amount": "61.35"}], "attributes": [{"name": "channel", "value": "app"}]}`)
	do("m42", "profile", `"earn": {"kind": "complete-profile"}`)
	do("m42", "quiz", `"earn": {"kind": "quiz", "attributes": [{"name": "device", "value": "d1"}]}`)
	do("m42", "quiz again", `"earn": {"kind": "quiz", "attributes": [{"name": "device", "value": "d1"}]}`)
	b.now = b.now.AddDate(0, 0, 20)
	do("m42", "sorry", `"grant": {"points": 250, "reason": "The kettle came late: sorry"}`)
	do("m42", "bag", `"redeem": {"reward": "shopping bag"}`)
	do("m42", "order-1002", `"earn": {"kind": "order", "order": "order-1002", "amount": "420"}`)
	do("m42", "kept", `"keep": {"order": "order-1002", "amount": "300"}`)
	b.now = b.now.AddDate(0, 12, 10)
	b.service.sweepOnce(b.t.Context())
	for _, day := range []int{0, 1, 2} {
		do("m42", "check-in "+string(rune('1'+day)), `"checkIn": {}`)
		b.now = b.now.AddDate(0, 0, 1)
	}
	do("m42", "order-1003", `"earn": {"kind": "order", "order": "order-1003", "amount": "1250.00", "attributes": [{"name": "channel", "value": "app"}]}`)
	do("m42", "order-1004", `"earn": {"kind": "order", "order": "order-1004", "amount": "75.50"}`)
	do("m42", "basket", `"hold": {"points": 120}`)
	for _, member := range []string{"m4", "m421", "m5", "会员42", "<b>bold</b>"} {
		b.do(member+"/in", strings.NewReplacer("<", "%3C", ">", "%3E", "/", "%2F").Replace(member), `"checkIn": {}`).must(b.t)
	}
}

func TestMemberPage(t *testing.T) {
	b := newBench(t)
	story(b)
	page := html.UnescapeString(string(b.get("/member?id=m42").must(t).body))
	for _, want := range []string{
		"+ 120 reserved", "waiting</small>", // balances
		"end within 30 days",                  // points that expire with the year
		"<progress", "more for <b>", "since ", // tier
		"The kettle came late: sorry", "order order-1001 of 301.25", "by “order”", // journal, with reasons
		"its cap is used up", "−50</b> points spent", "+1 × shopping bag",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

func TestMemberPageOfPages(t *testing.T) {
	b := newBench(t)
	for i := range 2*journalLength + 5 {
		b.do("key "+string(rune('a'+i%26))+string(rune('a'+i/26)), "m42", `"grant": {"points": 1, "reason": "a test"}`).must(t)
	}
	path, seen := "/member?id=m42", 0
	for pages := 1; ; pages++ {
		page := string(b.get(path).must(t).body)
		seen += strings.Count(page, "<li value=")
		_, older, ok := strings.Cut(page, `href="/member?id=m42&amp;before=`)
		if !ok {
			if pages != 3 {
				t.Errorf("%d pages, want 3", pages)
			}
			break
		}
		before, _, _ := strings.Cut(older, "#")
		path = "/member?id=m42&before=" + before
	}
	if seen != 2*journalLength+5 {
		t.Errorf("the pages have %d entries, want %d", seen, 2*journalLength+5)
	}
	for _, bad := range []string{"0", "-1", "x"} {
		if a := b.get("/member?id=m42&before=" + bad); a.status != http.StatusBadRequest {
			t.Errorf("before=%s: status %d", bad, a.status)
		}
	}
}

func TestPreviewOnPage(t *testing.T) {
	b := newBench(t)
	story(b)
	var before, after loyalty.Statement
	b.get("/v1/members/m42").must(t).into(t, &before)
	for _, tt := range []struct{ query, want string }{
		{"kind=order&amount=80&category=fresh&attributes=channel%3Dapp", "Nothing was written"},
		{"kind=order&amount=80", "Why not more"},
		{"kind=quiz", "<b>quiz</b>"},
		{"kind=order&amount=eighty", "The amount is no number: want one such as 120.50."},
		{"kind=order&amount=-5", `role="alert"`},
		{"kind=order&amount=1e400", `role="alert"`},
		{"kind=order&amount=80&attributes=channel", "name=value"},
		{"kind=%3Cscript%3E", "Nothing was written"},
	} {
		page := string(b.get("/member?id=m42&" + tt.query).must(t).body)
		if !strings.Contains(page, tt.want) {
			t.Errorf("%s: the page lacks %q", tt.query, tt.want)
		}
		if strings.Contains(page, "<script") {
			t.Errorf("%s: markup", tt.query)
		}
	}
	b.get("/v1/members/m42").must(t).into(t, &after)
	if before.Seq != after.Seq {
		t.Error("a preview was written")
	}
}

func TestSearchPage(t *testing.T) {
	b := newBench(t)
	if page := string(b.get("/").must(t).body); !strings.Contains(page, "no members yet") {
		t.Errorf("an empty store: %s", page)
	}
	story(b)
	page := string(b.get("/?q=m42").must(t).body)
	if strings.Count(page, "/member?id=") != 2 {
		t.Errorf("two begin with m42: %s", page)
	}
	if a := b.get("/?q=none"); a.status != http.StatusNotFound || !strings.Contains(string(a.body), "No member’s name begins with") {
		t.Errorf("nobody: status %d: %s", a.status, a.body)
	}
	if a := b.get("/members", "Accept", "text/html,*/*"); a.status != http.StatusNotFound || !strings.Contains(string(a.body), "<h1>There is nothing here</h1>") {
		t.Errorf("a wrong address: status %d: %s", a.status, a.body)
	}
	if a := b.get("/member?id=none"); a.status != http.StatusNotFound || !strings.Contains(string(a.body), "The member is not known") {
		t.Errorf("nobody: status %d: %s", a.status, a.body)
	}
}

func TestWords(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 7: "7", 999: "999", 1000: "1,000", -1234567: "−1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
	kiev := time.FixedZone("UTC+2", 2*60*60)
	for at, want := range map[time.Time]string{
		time.Date(2027, 1, 1, 0, 0, 0, 0, kiev):   "31 Dec 2026",
		time.Date(2027, 1, 1, 0, 0, 0, 1e3, kiev): "1 Jan 2027, 00:00",
		time.Date(2027, 1, 1, 9, 30, 0, 0, kiev):  "1 Jan 2027, 09:30",
	} {
		if got := lastOf(at); got != want {
			t.Errorf("%s is written %q, want %q", at, got, want)
		}
	}
	for r := loyalty.ReasonFired; r.String() != ""; r++ {
		if _, ok := becauses[r]; !ok && r > loyalty.ReasonTrimmed {
			t.Errorf("reason %q has no words", r)
		}
	}
}
