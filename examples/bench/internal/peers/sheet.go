package peers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"time"
)

// Line is a measurement, in the form that the peers' scripts print.
type Line struct {
	Peer    string `json:"peer"`
	Version string `json:"version"`
	Task    string `json:"task"`
	// Variant is the way in which the task is done, where there are several.
	Variant       string  `json:"variant,omitzero"`
	Source        string  `json:"source"`
	Rows          int     `json:"rows"`
	Threads       int     `json:"threads"`
	Runs          int     `json:"runs,omitzero"`
	SecondsMin    float64 `json:"seconds_min,omitzero"`
	SecondsMedian float64 `json:"seconds_median,omitzero"`
	// CPUSecondsMedian is processor time of the whole process: on a shared
	// machine a better measure than the clock.
	CPUSecondsMedian float64 `json:"cpu_seconds_median,omitzero"`
	// BytesPerCustomer is for lines that measure memory and no time.
	BytesPerCustomer float64 `json:"bytes_per_customer,omitzero"`
}

// Sheet prints lines and keeps them, to be compared with those of the peers.
type Sheet struct {
	// Runs is how often each task is timed, after one run to warm up.
	Runs  int
	lines []Line
}

// Time runs f once to warm up and then Runs times, and prints the line.
// Garbage is collected before each run, off the clock.
func (s *Sheet) Time(l Line, f func()) error {
	wall, cpu := make([]float64, s.Runs), make([]float64, s.Runs)
	f()
	for i := range s.Runs {
		runtime.GC()
		start, used := time.Now(), cpuSeconds()
		f()
		wall[i], cpu[i] = time.Since(start).Seconds(), cpuSeconds()-used
	}
	slices.Sort(wall)
	slices.Sort(cpu)
	l.Runs = s.Runs
	l.SecondsMin, l.SecondsMedian, l.CPUSecondsMedian = round(wall[0]), round(wall[s.Runs/2]), round(cpu[s.Runs/2])
	return s.Print(l)
}

// Print prints a line of regulars.
func (s *Sheet) Print(l Line) error {
	l.Peer, l.Version = "regulars", runtime.Version()
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	fmt.Println(string(text))
	s.lines = append(s.lines, l)
	return nil
}

// Compare prints how long each peer took for a task, in times of regulars'
// time: by the medians, by the fastest runs, and by processor time. Lines of
// the peers that have no counterpart are left out.
func (s *Sheet) Compare(w io.Writer, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%-20s %-18s %-14s %7s %10s %10s %8s %10s %8s\n", "task", "regulars", "peer", "threads", "peer s", "ours s", "ratio", "of minima", "of cpu")
	for line := range bytes.Lines(text) {
		var peer Line
		if err := json.Unmarshal(line, &peer); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, l := range s.lines {
			if l.Task == peer.Task && l.Source == peer.Source && l.Threads == peer.Threads {
				fmt.Fprintf(w, "%-20s %-18s %-14s %7d %10.4f %10.4f %7.2fx %9.2fx %7.2fx\n", l.Task, l.name(), peer.name(), l.Threads,
					peer.SecondsMedian, l.SecondsMedian, peer.SecondsMedian/l.SecondsMedian, peer.SecondsMin/l.SecondsMin, peer.CPUSecondsMedian/l.CPUSecondsMedian)
			}
		}
	}
	return nil
}

func (l Line) name() string {
	if l.Variant == "" {
		return l.Peer
	}
	return l.Peer + " " + l.Variant
}

func round(s float64) float64 { return float64(int(s*1e4+0.5)) / 1e4 }
