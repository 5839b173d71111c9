package main

import (
	"cmp"
	"errors"
	"html/template"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/regulars-go/regulars/loyalty"
)

// service answers requests. It holds no points: every replica of it over one
// store is as good as another.
type service struct {
	engine   *loyalty.Engine
	store    loyalty.Store
	program  loyalty.Program // the newest version
	tokens   tokens
	limits   limits
	clock    func() time.Time
	log      *slog.Logger
	metrics  *metrics
	pages    *template.Template
	inFlight chan struct{}
	// stopping is set once the service should get no more requests.
	stopping atomic.Bool
}

// limits keep one client from using up the service. Those of a body are in the
// table of routes.
type limits struct {
	// InFlight is how many requests are worked on at once; more are refused.
	InFlight int
	// Request is how long the work on one may take, Connection how long reading
	// or writing it may.
	Request, Connection time.Duration
}

var defaultLimits = limits{InFlight: 256, Request: 5 * time.Second, Connection: 15 * time.Second}

// parts are what a service is made of.
type parts struct {
	store    loyalty.Store
	programs []loyalty.Program
	tokens   tokens
	limits   limits
	clock    func() time.Time
	log      *slog.Logger
}

func newService(p parts) (*service, error) {
	if len(p.programs) == 0 {
		return nil, errors.New("a service needs a program")
	}
	engine, err := loyalty.NewEngine(p.store, p.programs...)
	if err != nil {
		return nil, err
	}
	newest := slices.MaxFunc(p.programs, func(a, b loyalty.Program) int { return cmp.Compare(a.Version, b.Version) })
	if newest.Zone == nil {
		newest.Zone = time.UTC
	}
	s := &service{
		engine: engine, store: p.store, program: newest, tokens: p.tokens, limits: p.limits, clock: p.clock, log: p.log,
		metrics: newMetrics(), inFlight: make(chan struct{}, p.limits.InFlight),
	}
	s.pages, err = parsePages(newest.Zone)
	return s, err
}
