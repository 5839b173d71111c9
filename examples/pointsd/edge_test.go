package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regulars-go/regulars/loyalty"
)

func sumOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// withTokens makes a service that knows three.
func withTokens(p *parts) {
	list, err := parseTokens([]byte(`[
		{"name": "shop", "sha256": "` + sumOf("shop-secret") + `"},
		{"name": "support", "sha256": "` + sumOf("support-secret") + `", "readOnly": true},
		{"name": "agency", "sha256": "` + sumOf("agency-secret") + `", "expires": "2026-03-02T11:00:00Z"}
	]`))
	if err != nil {
		panic(err)
	}
	p.tokens = list
}

func TestTokens(t *testing.T) {
	for _, tt := range []struct {
		name, token string
		after       time.Duration
		write, read int
		kind        string // of the refusal
	}{
		{"one that may write", "shop-secret", 0, 200, 200, ""},
		{"one that may read", "support-secret", 0, 403, 404, "read-only"},
		{"one before it expires", "agency-secret", time.Hour - time.Microsecond, 200, 200, ""},
		{"one as it expires", "agency-secret", time.Hour, 401, 401, "token-expired"},
		{"an unknown one", "guess", 0, 401, 401, "token-invalid"},
		{"a sum instead of a secret", sumOf("shop-secret"), 0, 401, 401, "token-invalid"},
		{"none", "", 0, 401, 401, "token-missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, withTokens)
			b.now = b.now.Add(tt.after)
			b.token = tt.token
			write := b.do("k1", "m42", `"checkIn": {}`)
			if write.status != tt.write {
				t.Errorf("a command got %d, want %d: %s", write.status, tt.write, write.body)
			}
			if tt.kind != "" && write.fields(t)["type"] != "/problems/"+tt.kind {
				t.Errorf("a command got %s, want %s", write.body, tt.kind)
			}
			if got := b.get("/v1/members/m42").status; got != tt.read {
				t.Errorf("a statement got %d, want %d", got, tt.read)
			}
			if strings.Contains(b.log.String(), "secret") {
				t.Errorf("a secret is in the log: %s", b.log.String())
			}
			b.token = "shop-secret"
			if got := b.get("/v1/members/m42").status == http.StatusOK; got != (tt.write == http.StatusOK) {
				t.Error("a refused command was done, or another was not")
			}
		})
	}
}

// A browser brings a token as a password, for pages only.
func TestTokenOfBrowsers(t *testing.T) {
	b := newBench(t, withTokens)
	with := func(path, password string) answer {
		r := b.request("GET", path, "")
		r.SetBasicAuth("anybody", password)
		return b.send(r)
	}
	if a := with("/", "support-secret"); a.status != http.StatusOK {
		t.Errorf("the page with a token: status %d", a.status)
	}
	a := with("/", "guess")
	if a.status != http.StatusUnauthorized || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("the page without one: status %d, %q", a.status, a.header.Get("WWW-Authenticate"))
	}
	if !strings.Contains(string(a.body), "The token is unknown") {
		t.Errorf("the page does not say why: %s", a.body)
	}
	if a := with("/v1/members", "support-secret"); a.status != http.StatusUnauthorized {
		t.Errorf("a password is taken beside pages: status %d", a.status)
	}
}

func TestParseTokens(t *testing.T) {
	sum := sumOf("x")
	for _, tt := range []struct{ name, file, problem string }{
		{"none", `[]`, "at least one"},
		{"no name", `[{"sha256": "` + sum + `"}]`, "[0].name"},
		{"a secret", `[{"name": "a", "sha256": "x"}]`, "[0].sha256"},
		{"an unknown field", `[{"name": "a", "token": "x"}]`, "token"},
		{"more", `[{"name": "a", "sha256": "` + sum + `"}] []`, "nothing after"},
		{"no instant", `[{"name": "a", "sha256": "` + sum + `", "expires": "2026"}]`, "2026"},
	} {
		if _, err := parseTokens([]byte(tt.file)); err == nil || !strings.Contains(err.Error(), tt.problem) {
			t.Errorf("%s: %v: want %q", tt.name, err, tt.problem)
		}
	}
}

// slowStore answers when it is told to, or when the request is given up.
type slowStore struct {
	loyalty.Store
	entered, release chan struct{}
	err              error
}

func (s *slowStore) Load(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
	if s.err != nil {
		return nil, nil, s.err
	}
	s.entered <- struct{}{}
	select {
	case <-s.release:
		return s.Store.Load(ctx, ids, counters)
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

func (s *slowStore) Scan(ctx context.Context, scan loyalty.Scan) ([]loyalty.Due, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.Store.Scan(ctx, scan)
}

func (s *slowStore) Entries(ctx context.Context, account loyalty.AccountID, after uint64, limit int) ([]loyalty.Entry, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.Store.Entries(ctx, account, after, limit)
}

// Property: of more requests at once than the limit, those that are too many
// are refused at once, and the others are answered.
func TestBusy(t *testing.T) {
	store := &slowStore{Store: loyalty.NewMemory(), entered: make(chan struct{}), release: make(chan struct{})}
	b := newBench(t, func(p *parts) { p.store, p.limits.InFlight, p.limits.Request = store, 2, time.Hour })
	answers := make(chan answer)
	for range 2 {
		r := b.request("GET", "/v1/members/m42", "")
		go func() { answers <- b.send(r) }()
		<-store.entered
	}
	if a := b.get("/v1/members/m42"); a.status != http.StatusServiceUnavailable || a.fields(t)["type"] != "/problems/busy" {
		t.Errorf("the third: status %d: %s", a.status, a.body)
	}
	b.get("/healthz/live").must(t) // is not for clients, and not limited
	close(store.release)
	for range 2 {
		if a := <-answers; a.status != http.StatusNotFound {
			t.Errorf("status %d: %s", a.status, a.body)
		}
	}
}

func TestTimeout(t *testing.T) {
	store := &slowStore{Store: loyalty.NewMemory(), entered: make(chan struct{}, 1)}
	b := newBench(t, func(p *parts) { p.store, p.limits.Request = store, time.Millisecond })
	if a := b.do("k1", "m42", `"checkIn": {}`); a.status != http.StatusServiceUnavailable || a.fields(t)["type"] != "/problems/timeout" {
		t.Errorf("status %d: %s", a.status, a.body)
	}
}

// Property: what a store says when it fails is in the log, and nowhere else.
func TestFailingStore(t *testing.T) {
	store := &slowStore{Store: loyalty.NewMemory(), err: errors.New("disk full on db7.internal")}
	b := newBench(t, func(p *parts) { p.store = store })
	for _, a := range []answer{b.do("k1", "m42", `"checkIn": {}`), b.get("/v1/members/m42"), b.get("/v1/members"), b.get("/"), b.get("/member?id=m42")} {
		if a.status != http.StatusInternalServerError || strings.Contains(string(a.body), "db7") {
			t.Errorf("status %d: %s", a.status, a.body)
		}
	}
	batch := b.send(b.request("POST", "/v1/batches", `[{"key": "k2", "member": "m42", "occurredAt": "2026-03-02T10:00:00Z", "checkIn": {}}]`)).must(t)
	if !strings.Contains(string(batch.body), `"/problems/internal"`) || strings.Contains(string(batch.body), "db7") {
		t.Errorf("a batch: %s", batch.body)
	}
	if a := b.get("/healthz/ready"); a.status != http.StatusServiceUnavailable {
		t.Errorf("ready: status %d", a.status)
	}
	b.get("/healthz/live").must(t)
	if !strings.Contains(b.log.String(), "db7") {
		t.Error("the log does not say why")
	}
}

// brokenStore panics, as a driver might.
type brokenStore struct{ loyalty.Store }

func (brokenStore) Load(context.Context, []loyalty.RecordID, []loyalty.CounterID) ([]loyalty.Record, []int64, error) {
	panic("out of range")
}

func TestPanic(t *testing.T) {
	b := newBench(t, func(p *parts) { p.store = brokenStore{loyalty.NewMemory()} })
	if a := b.get("/v1/members/m42"); a.status != http.StatusInternalServerError || a.fields(t)["requestId"] != a.header.Get("X-Request-Id") {
		t.Errorf("status %d: %s", a.status, a.body)
	}
	b.get("/v1/members").must(t) // the service goes on
}

// Property: the log names members and keys, and says nothing else of theirs.
func TestLog(t *testing.T) {
	b := newBench(t)
	r := b.request("POST", "/v1/members/m42/commands", `{"occurredAt": "2026-03-02T10:00:00Z", "grant": {"points": 77, "reason": "sorry about the broken kettle"}}`,
		"Idempotency-Key", "case-9", "X-Request-Id", "gateway-1")
	if a := b.send(r).must(t); a.header.Get("X-Request-Id") != "gateway-1" {
		t.Errorf("the gateway's id is %q", a.header.Get("X-Request-Id"))
	}
	var line map[string]any
	if err := json.Unmarshal(b.log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"level": "INFO", "id": "gateway-1", "route": "/v1/members/{member}/commands", "method": "POST", "status": 200.0,
		"member": "m42", "key": "case-9", "kind": "grant",
	} {
		if line[name] != want {
			t.Errorf("%s is %v, want %v", name, line[name], want)
		}
	}
	names := slices.Sorted(maps.Keys(line))
	if diff := cmp.Diff([]string{"id", "key", "kind", "level", "member", "method", "ms", "msg", "route", "status", "time"}, names); diff != "" {
		t.Errorf("the log says (-want +got):\n%s", diff)
	}
	b.log.Reset()
	if a := b.get("/v1/members", "X-Request-Id", "two\nlines"); a.header.Get("X-Request-Id") == "two\nlines" {
		t.Error("an id that is none was taken")
	}
}

func TestMetrics(t *testing.T) {
	b := newBench(t)
	b.do("k1", "m42", `"earn": {"kind": "order", "order": "o1", "amount": "50"}`).must(t)
	b.do("k1", "m42", `"earn": {"kind": "order", "order": "o1", "amount": "50"}`).must(t)
	b.do("k2", "m42", `"redeem": {"points": 50}`)
	b.send(b.request("BREW", "/v1/members", ""))
	b.now = b.now.AddDate(0, 0, 10)
	b.service.sweepOnce(t.Context())
	text := string(b.get("/metrics").must(t).body)
	for _, want := range []string{
		`pointsd_commands_total{kind="earn",outcome="done"} 1`,
		`pointsd_commands_total{kind="earn",outcome="replayed"} 1`,
		`pointsd_commands_total{kind="redeem",outcome="insufficient"} 1`,
		`pointsd_requests_total{method="POST",route="/v1/members/{member}/commands",status="200"} 2`,
		`pointsd_requests_total{method="other",route="/v1/members",status="405"} 1`,
		`pointsd_swept_accounts_total 1`,
		`pointsd_swept_entries_total 1`,
		`pointsd_sweeps_total{outcome="done"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no line %s", want)
		}
	}
	if strings.Contains(text, "m42") {
		t.Error("a member is in the metrics")
	}
}

func TestHealth(t *testing.T) {
	b := newBench(t, withTokens) // asks for none here
	b.get("/healthz/live").must(t)
	b.get("/healthz/ready").must(t)
	b.service.stopping.Store(true)
	if a := b.get("/healthz/ready"); a.status != http.StatusServiceUnavailable || a.fields(t)["type"] != "/problems/draining" {
		t.Errorf("stopping: status %d: %s", a.status, a.body)
	}
	b.get("/healthz/live").must(t)
}

// Property: every problem's address can be fetched, and explains it.
func TestProblemAddresses(t *testing.T) {
	b := newBench(t)
	var all []problemText
	b.get("/problems").must(t).into(t, &all)
	for _, p := range all {
		var one problemText
		b.get(p.Type).must(t).into(t, &one)
		if one != p || one.Title == "" || one.About == "" || one.Status < 400 {
			t.Errorf("%+v, in the list %+v", one, p)
		}
	}
}

func TestInfo(t *testing.T) {
	b := newBench(t)
	if got := b.get("/openapi.yaml").must(t); string(got.body) != string(openapiDocument) {
		t.Error("the document is another")
	}
	if got := b.get("/v1/program").must(t).fields(t); got["name"] != "retailer" {
		t.Errorf("the program is %v", got["name"])
	}
	b.get("/style.css").must(t)
	if a := b.send(b.request("HEAD", "/v1/members", "")); a.status != http.StatusOK {
		t.Errorf("HEAD: status %d", a.status)
	}
}

func TestMembers(t *testing.T) {
	b := newBench(t)
	for _, member := range []string{"m", "m1", "m10", "m2", "n1", "会员"} {
		b.do("key of "+member, member, `"checkIn": {}`).must(t)
	}
	for _, tt := range []struct{ query, want, next string }{
		{"", "m m1 m10 m2 n1 会员", ""},
		{"?prefix=m1", "m1 m10", ""},
		{"?prefix=m1&limit=1", "m1", "m1"},
		{"?prefix=m1&limit=1&after=m1", "m10", "m10"},
		{"?prefix=m1&limit=1&after=m10", "", ""},
		{"?limit=4", "m m1 m10 m2", "m2"},
		{"?limit=4&after=m2", "n1 会员", ""},
		{"?prefix=" + "%E4%BC%9A", "会员", ""},
		{"?prefix=M", "", ""},
		{"?prefix=z", "", ""},
	} {
		var list memberList
		b.get("/v1/members"+tt.query).must(t).into(t, &list)
		var names []string
		for _, m := range list.Members {
			names = append(names, m.Member)
		}
		if got := strings.Join(names, " "); got != tt.want || list.Next != tt.next {
			t.Errorf("%s: %q, next %q: want %q, next %q", tt.query, got, list.Next, tt.want, tt.next)
		}
	}
}

func TestOptions(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.json")
	if err := os.WriteFile(bad, []byte(`{"name": "x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"help", []string{"-help"}, 0, "-store"},
		{"an unknown flag", []string{"-stroe", "x"}, 2, "stroe"},
		{"an argument", []string{"points.db"}, 2, "unexpected"},
		{"open to all without tokens", []string{"-addr", ":8080"}, 2, "-tokens"},
		{"open to others without tokens", []string{"-addr", "192.0.2.1:8080"}, 2, "-tokens"},
		{"a zone and a program", []string{"-zone", "UTC", "-program", bad}, 2, "-zone"},
		{"no zone", []string{"-zone", "Mars/Olympus", "-store", memoryStore}, 1, "want a name such as"},
		{"no program", []string{"-program", bad, "-store", memoryStore}, 1, "bad.json"},
		{"no file of tokens", []string{"-tokens", filepath.Join(dir, "none"), "-store", memoryStore}, 1, "none"},
		{"no folder of the store", []string{"-store", filepath.Join(dir, "none", "points.db")}, 1, filepath.Join(dir, "none") + ": no such file"},
		{"a store that is none", []string{"-store", bad}, 1, "bad.json"},
		{"nothing to prove", []string{"-store", filepath.Join(dir, "misspelt.db"), "-prove"}, 1, "misspelt.db"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			if code := run(t.Context(), tt.args, &stdout, &stderr, time.Now); code != tt.code {
				t.Errorf("code %d, want %d", code, tt.code)
			}
			if !strings.Contains(stderr.String(), tt.says) {
				t.Errorf("it says %q, want %q in it", stderr.String(), tt.says)
			}
		})
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("mistakes left files behind: %v, %v", left, err)
	}
}
