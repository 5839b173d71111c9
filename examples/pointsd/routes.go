package main

import (
	"net/http"
	"strings"
)

// route is one thing that clients may ask for.
type route struct {
	method, path string
	access       access
	// writes is set if the token must be one that may write.
	writes bool
	// body is how many bytes of JSON are read at most; 0 if none are.
	body   int64
	handle func(*service, *request) (reply, error)
}

// access says who may ask.
type access uint8

const (
	accessAll  access = iota // anybody who reaches the port
	accessAPI                // a bearer token
	accessPage               // a bearer token, or a browser that asks for it as a password
)

// Bytes that a body may have. A command of loyalty.MaxLines lines is about 100
// kB; a batch is many that are much smaller.
const (
	commandBytes = 256 << 10
	batchBytes   = 1 << 20
)

// routes are all there are. What they answer is in openapi.yaml; a test holds
// one against the other.
var routes = []route{
	{method: "POST", path: "/v1/members/{member}/commands", access: accessAPI, writes: true, body: commandBytes, handle: (*service).command},
	{method: "POST", path: "/v1/members/{member}/preview", access: accessAPI, body: commandBytes, handle: (*service).preview},
	{method: "POST", path: "/v1/batches", access: accessAPI, writes: true, body: batchBytes, handle: (*service).batch},
	{method: "GET", path: "/v1/members", access: accessAPI, handle: (*service).members},
	{method: "GET", path: "/v1/members/{member}", access: accessAPI, handle: (*service).member},
	{method: "GET", path: "/v1/members/{member}/entries", access: accessAPI, handle: (*service).entries},
	{method: "GET", path: "/v1/members/{member}/entries/{seq}", access: accessAPI, handle: (*service).entry},
	{method: "GET", path: "/v1/program", access: accessAPI, handle: (*service).theProgram},
	{method: "GET", path: "/metrics", access: accessAPI, handle: (*service).theMetrics},

	{method: "GET", path: "/openapi.yaml", handle: (*service).openapi},
	{method: "GET", path: "/problems", handle: (*service).problems},
	{method: "GET", path: "/problems/{name}", handle: (*service).problem},
	{method: "GET", path: "/healthz/live", handle: (*service).live},
	{method: "GET", path: "/healthz/ready", handle: (*service).ready},

	{method: "GET", path: "/{$}", access: accessPage, handle: (*service).searchPage},
	{method: "GET", path: "/member", access: accessPage, handle: (*service).memberPage},
	{method: "GET", path: "/style.css", handle: (*service).style},
}

// nowhere stands for the paths that there are not.
const nowhere = "none"

// handler makes the mux: each path once, so that an unknown method gets a
// problem as any other error does, and the rest of all paths for the same
// reason.
func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	seen := map[string]bool{}
	for _, r := range routes {
		if !seen[r.path] {
			seen[r.path] = true
			mux.Handle(r.path, s.onPath(r.path))
		}
	}
	mux.Handle("/", s.serve(&route{path: nowhere, handle: func(*service, *request) (reply, error) {
		return reply{}, problemNotFound.with("There is nothing at this path.", nil)
	}}))
	return mux
}

// onPath serves the routes of one path, by method.
func (s *service) onPath(path string) http.Handler {
	methods := map[string]http.Handler{}
	var allow []string
	for i := range routes {
		if r := &routes[i]; r.path == path {
			methods[r.method] = s.serve(r)
			allow = append(allow, r.method)
			if r.method == http.MethodGet {
				methods[http.MethodHead] = methods[http.MethodGet]
				allow = append(allow, http.MethodHead)
			}
		}
	}
	other := s.serve(&route{path: path, handle: func(_ *service, r *request) (reply, error) {
		return reply{}, problemMethod.with("There is no "+r.Method+" here.", nil).saying("Allow", strings.Join(allow, ", "))
	}})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := methods[r.Method]; h != nil {
			h.ServeHTTP(w, r)
			return
		}
		other.ServeHTTP(w, r)
	})
}
