package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// pgbench runs the peer's scripts on the same server, by turns with ours: so a
// machine that gets slower or faster does so for both.
type pgbench struct {
	dir      string // of its scripts
	accounts int
}

// prepare makes the peer's tables.
func (p *pgbench) prepare(ctx context.Context) error {
	schema, err := os.ReadFile(filepath.Join(p.dir, "schema.sql"))
	if err != nil {
		return err
	}
	text := `DROP TABLE IF EXISTS head, journal, seen; DROP FUNCTION IF EXISTS moved();` + strings.ReplaceAll(string(schema), ":accounts", strconv.Itoa(p.accounts))
	psql := exec.CommandContext(ctx, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", "-")
	psql.Stdin = strings.NewReader(text)
	if out, err := psql.CombinedOutput(); err != nil {
		return fmt.Errorf("psql: %w: %s", err, out)
	}
	return nil
}

var perSecond = regexp.MustCompile(`tps = ([\d.]+)`)

// run returns transactions a second.
func (p *pgbench) run(ctx context.Context, script string, clients int, d time.Duration) (float64, error) {
	out, err := exec.CommandContext(ctx, "pgbench", "-n", "-M", "prepared", "-f", filepath.Join(p.dir, script), "-D", "accounts="+strconv.Itoa(p.accounts),
		"-c", strconv.Itoa(clients), "-j", strconv.Itoa(min(clients, runtime.NumCPU())), "-T", strconv.Itoa(int(d.Seconds())), "--max-tries", "100").CombinedOutput()
	found := perSecond.FindSubmatch(out)
	if err != nil || found == nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}
