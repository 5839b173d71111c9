package main

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"github.com/regulars-go/regulars/loyalty"
)

// metrics are what Prometheus scrapes. None has a member in it: labels are
// routes, kinds of commands and types of problems, of which there are few.
type metrics struct {
	registry *prometheus.Registry

	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	commands *prometheus.CounterVec

	sweeps   *prometheus.CounterVec
	accounts prometheus.Counter
	entries  prometheus.Counter
	swept    prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pointsd_requests_total", Help: "Requests answered.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "pointsd_request_seconds", Help: "How long requests took.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"route"}),
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pointsd_commands_total", Help: "Commands by what became of them: done, replayed, or the type of the problem.",
		}, []string{"kind", "outcome"}),
		sweeps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pointsd_sweeps_total", Help: "Sweeps, by whether all went well.",
		}, []string{"outcome"}),
		accounts: prometheus.NewCounter(prometheus.CounterOpts{Name: "pointsd_swept_accounts_total", Help: "Accounts that this replica's sweeps brought up to date."}),
		entries:  prometheus.NewCounter(prometheus.CounterOpts{Name: "pointsd_swept_entries_total", Help: "Journal entries that this replica's sweeps wrote."}),
		swept:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "pointsd_sweep_finished_timestamp_seconds", Help: "When a sweep of this replica last left nothing due."}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.commands, m.sweeps, m.accounts, m.entries, m.swept,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) request(at *route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(methodLabel(method), at.path, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(at.path).Observe(took.Seconds())
}

// methodLabel bounds what a client can make of a label.
func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// command counts a command by its outcome.
func (m *metrics) command(c *loyalty.Command, receipt loyalty.Receipt, err error) {
	outcome := "done"
	switch {
	case err != nil:
		outcome = problemOf(err).kind.name
	case receipt.Replayed:
		outcome = "replayed"
	}
	m.commands.WithLabelValues(kindOf(c), outcome).Inc()
}

// theMetrics answers in the text format of Prometheus.
func (s *service) theMetrics(*request) (reply, error) {
	families, err := s.metrics.registry.Gather()
	if err != nil {
		return reply{}, err
	}
	format := expfmt.NewFormat(expfmt.TypeTextPlain)
	var body bytes.Buffer
	encoder := expfmt.NewEncoder(&body, format)
	for _, f := range families {
		if err := encoder.Encode(f); err != nil {
			return reply{}, err
		}
	}
	return reply{media: string(format), body: body.Bytes()}, nil
}
