package main

import (
	"context"
	_ "embed" // the document below
	"net/http"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

//go:embed openapi.yaml
var openapiDocument []byte

// openapi answers the description of all routes.
func (s *service) openapi(*request) (reply, error) {
	return reply{media: "application/yaml", body: openapiDocument}, nil
}

// problemText is a type of problem as its address explains it.
type problemText struct {
	Type   string `json:"type"`
	Status int    `json:"status"`
	Title  string `json:"title"`
	About  string `json:"about"`
}

func (k *problemKind) text() problemText { return problemText{k.address(), k.status, k.title, k.about} }

// problems lists all types of problems.
func (s *service) problems(*request) (reply, error) {
	list := make([]problemText, 0, len(problemKinds))
	for _, k := range problemKinds {
		list = append(list, k.text())
	}
	return asJSON(list)
}

// problem explains one type of problem.
func (s *service) problem(q *request) (reply, error) {
	for _, k := range problemKinds {
		if k.name == q.PathValue("name") {
			return asJSON(k.text())
		}
	}
	return reply{}, problemNotFound.with("There is no such type of problem.", nil)
}

// health says how the service is.
type health struct {
	Status string `json:"status"`
}

// live answers as long as the process does.
func (s *service) live(*request) (reply, error) { return asJSON(health{"live"}) }

// readyWithin is how long a store may take that is ready.
const readyWithin = time.Second

// ready answers whether to send requests here: the store answers, and the
// service is not stopping.
func (s *service) ready(q *request) (reply, error) {
	if s.stopping.Load() {
		return reply{}, problemDraining.with("The service is stopping.", nil)
	}
	ctx, cancel := context.WithTimeout(q.Context(), readyWithin)
	defer cancel()
	if _, err := s.store.Scan(ctx, loyalty.Scan{Program: s.program.Name, Limit: 1}); err != nil {
		s.log.ErrorContext(q.Context(), "the store does not answer", "error", err)
		return reply{}, problemDraining.with("The store does not answer.", nil)
	}
	return asJSON(health{"ready"})
}

// theProgram answers the newest version of the rules that this replica has.
func (s *service) theProgram(*request) (reply, error) { return asJSON(s.program) }

// style answers the style sheet of the pages.
func (s *service) style(*request) (reply, error) {
	body, err := pageFiles.ReadFile("page/style.css")
	return reply{status: http.StatusOK, media: "text/css; charset=utf-8", body: body}, err
}
