package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// steps are those of the funnel; code k is step k, and 0 is what is none.
var steps = []string{"view", "cart", "checkout", "pay"}

// events are the log in memory, in the order of the file: that of time.
type events struct {
	user []uint32
	at   []int64 // Unix seconds
	code []uint8
	name []uint8 // index in names
	// names are those that occur, one text each, as a host has them.
	names []string
}

// readEvents reads user, Unix seconds and the name of an event.
func readEvents(path string) (e *events, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w; the peers' gen.mjs writes it", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	e = &events{}
	lines := bufio.NewScanner(file)
	lines.Scan() // the header
	for lines.Scan() {
		user, rest, _ := strings.Cut(lines.Text(), ",")
		at, name, _ := strings.Cut(rest, ",")
		id, err := strconv.ParseUint(user, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", path, lines.Text(), err)
		}
		unix, err := strconv.ParseInt(at, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", path, lines.Text(), err)
		}
		e.user, e.at = append(e.user, uint32(id)), append(e.at, unix)
		e.name = append(e.name, e.nameOf(name))
		e.code = append(e.code, uint8(slices.Index(steps, name)+1))
	}
	return e, lines.Err()
}

func (e *events) nameOf(name string) uint8 {
	i := slices.Index(e.names, name)
	if i < 0 {
		i = len(e.names)
		e.names = append(e.names, strings.Clone(name))
	}
	return uint8(i)
}

// byUser returns the events in columns, sorted by user and, since the log is
// sorted by time, by time; and who the users are.
func (e *events) byUser() (order []int32, offsets []int, users []uint32) {
	order = make([]int32, len(e.user))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return int(int64(e.user[a]) - int64(e.user[b])) })
	for i, o := range order {
		if i == 0 || e.user[o] != e.user[order[i-1]] {
			offsets, users = append(offsets, i), append(users, e.user[o])
		}
	}
	return order, append(offsets, len(order)), users
}

// click is an event of a host's own.
type click struct {
	User uint32
	Name string
	At   time.Time
}

func (e *events) click(i int32) click {
	return click{e.user[i], e.names[e.name[i]], time.Unix(e.at[i], 0).UTC()}
}
