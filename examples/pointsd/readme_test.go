package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The commands in README.md get the answers that it shows.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	dates := strings.NewReplacer(`'$(date -u +%FT%TZ)'`, b.now.Format(time.RFC3339))
	var shown []string
	posts := regexp.MustCompile(`Idempotency-Key: ([^']+)' \\\n +-d '(.*)'[ |]`).FindAllSubmatch(text, -1)
	if len(posts) != 2 {
		t.Fatalf("%d commands, want 2", len(posts))
	}
	var order struct {
		Rules []struct {
			Name   string
			Points int64
			Reason string
		}
	}
	body := func(i int) string { return dates.Replace(string(posts[i][2])) }
	post := func(i int) answer {
		return b.send(b.request("POST", "/v1/members/m42/commands", body(i), "Idempotency-Key", string(posts[i][1])))
	}
	post(0).must(t).into(t, &order)
	for _, r := range order.Rules {
		shown = append(shown, line(t, []any{r.Name, r.Points, r.Reason}))
	}
	var statement struct{ Balances json.RawMessage }
	b.get("/v1/members/m42").must(t).into(t, &statement)
	shown = append(shown, string(statement.Balances))
	p := post(1).fields(t)
	shown = append(shown, line(t, []any{p["status"], p["type"], p["available"], p["wanted"], p["missing"]}))

	want := regexp.MustCompile(`(?m)^\[["\d{].*\]$`).FindAll(text, -1)
	if diff := cmp.Diff(string(bytes.Join(want, []byte("\n"))), strings.Join(shown, "\n")); diff != "" {
		t.Errorf("answers (-README.md +given):\n%s", diff)
	}
}

func line(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
