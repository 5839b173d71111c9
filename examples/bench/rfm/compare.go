package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// compare prints how long each peer took for a task, in times of regulars'
// time. Lines of the peers that have no counterpart are left out.
func compare(w io.Writer, path string, own []line) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	fmt.Fprintf(w, "\n%-16s %-14s %7s %10s %10s %10s\n", "task", "peer", "threads", "peer s", "regulars s", "ratio")
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var peer line
		if err := json.Unmarshal(lines.Bytes(), &peer); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, l := range own {
			if l.Task == peer.Task && l.Source == peer.Source && l.Threads == peer.Threads {
				fmt.Fprintf(w, "%-16s %-14s %7d %10.4f %10.4f %9.2fx\n",
					l.Task, peer.Peer, l.Threads, peer.SecondsMedian, l.SecondsMedian, peer.SecondsMedian/l.SecondsMedian)
			}
		}
	}
	return lines.Err()
}
