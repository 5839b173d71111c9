package main

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/regulars-go/regulars"
)

// request is what a handler is given.
type request struct {
	*http.Request
	now  time.Time
	body []byte
	id   string // of the request, for the log
	said []slog.Attr
}

// say adds to the line that the log has for the request. Members and keys are
// named by their ids; nothing else of theirs is logged.
func (q *request) say(name, value string) { q.said = append(q.said, slog.String(name, value)) }

// newRequest takes the id that a gateway gave, or makes one.
func (s *service) newRequest(r *http.Request) *request {
	id := r.Header.Get("X-Request-Id")
	if !isRequestID(id) {
		id = rand.Text()
	}
	return &request{Request: r, now: s.clock(), id: id}
}

// isRequestID reports whether an id can stand in a header and a log as it is.
func isRequestID(id string) bool {
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return id != "" && len(id) <= 64
}

// problemOf turns an error into a problem of this request.
func (q *request) problemOf(err error) *problem {
	p := problemOf(err)
	if p.kind == problemInternal {
		p.numbers = map[string]any{"requestId": q.id}
	}
	return p
}

// member is the one that the path names.
func (q *request) member() string {
	member := q.PathValue("member")
	q.say("member", member)
	return member
}

// query reads the parameters of a URL, strictly.
type query struct {
	values map[string][]string
	faults regulars.Faults
	known  []string
}

func (q *request) query() *query { return &query{values: q.URL.Query()} }

func (u *query) text(name string) string {
	u.known = append(u.known, name)
	values := u.values[name]
	if len(values) > 1 {
		u.faults.Add(name, "is given %d times", len(values))
	}
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// number reads a whole number from low to high; missing is what is taken if
// there is none.
func (u *query) number(name string, low, high, missing uint64) uint64 {
	text := u.text(name)
	if text == "" {
		return missing
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n < low || n > high {
		u.faults.Add(name, "%.40q: want a whole number from %d to %d", text, low, high)
		return missing
	}
	return n
}

// end returns what was wrong, parameters that nothing asked for included.
func (u *query) end() error {
	left := len(u.values)
	for _, name := range u.known {
		if _, ok := u.values[name]; ok {
			left--
		}
	}
	if left > 0 {
		u.faults.Add("", "there are unknown parameters: want no others than %q", u.known)
	}
	if len(u.faults) > 0 {
		return malformed(u.faults)
	}
	return nil
}

// reply is what a handler answers.
type reply struct {
	status int // zero means 200
	media  string
	body   []byte
}

func asJSON(v any) (reply, error) {
	body, err := json.Marshal(v)
	return reply{media: "application/json", body: append(body, '\n')}, err
}
