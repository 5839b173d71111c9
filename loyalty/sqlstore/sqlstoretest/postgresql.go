//go:build unix

// Package sqlstoretest starts a PostgreSQL cluster for the tests of a program
// that keeps points in one, and throws it away after them.
package sqlstoretest

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// cluster is one that was started from the server programs that are installed.
type cluster struct {
	folder, bin string
	identity    *syscall.SysProcAttr
	keeper      *exec.Cmd
	alive       io.Closer // while it is open, the keeper keeps the cluster
	databases   int
}

var shared struct {
	sync.Mutex
	cluster *cluster
	err     error
}

//go:embed cluster.sh
var clusterScript string

// Main runs the tests of a package, and then removes the cluster that they
// used, if they used one:
//
//	func TestMain(m *testing.M) { os.Exit(sqlstoretest.Main(m)) }
//
// A test process that is killed removes it, too.
func Main(m *testing.M) int {
	defer func() {
		shared.Lock()
		defer shared.Unlock()
		if c := shared.cluster; c != nil {
			_ = c.alive.Close()
			_ = c.keeper.Wait()
		}
	}()
	return m.Run()
}

// PostgreSQL returns the address of a new, empty database, as a URL. The first
// call starts a cluster with the server programs found in the folder PG_BIN, in the
// PATH or where Debian keeps them, as the user postgres or nobody if the test
// runs as root. Without such programs the test is skipped; it fails instead if
// REGULARS_REQUIRE_POSTGRES is set.
//
// The cluster listens on a unix socket in a temporary folder only. Its fsync is
// off, which no test that kills clients can tell; measure speed elsewhere.
func PostgreSQL(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster == nil && shared.err == nil {
		bin := programs()
		if bin == "" {
			if os.Getenv("REGULARS_REQUIRE_POSTGRES") != "" {
				t.Fatal("no PostgreSQL server programs: install them, or set PG_BIN to the folder of initdb and pg_ctl")
			}
			t.Skip("skipped: no PostgreSQL server programs; set PG_BIN to the folder of initdb and pg_ctl")
		}
		shared.cluster, shared.err = start(bin)
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	address, err := shared.cluster.database()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// programs returns the folder of the server programs; "" if there is none.
func programs() string {
	folders := append([]string{os.Getenv("PG_BIN")}, filepath.SplitList(os.Getenv("PATH"))...)
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is sound
	slices.SortFunc(debian, func(a, b string) int { return version(b) - version(a) })
	for _, folder := range append(folders, debian...) {
		if folder != "" && isProgram(folder, "initdb") && isProgram(folder, "pg_ctl") && isProgram(folder, "createdb") {
			return folder
		}
	}
	return ""
}

func version(folder string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder))) // 0 for what has no number
	return n
}

func isProgram(folder, name string) bool {
	info, err := os.Stat(filepath.Join(folder, name))
	return err == nil && info.Mode().IsRegular()
}

func start(bin string) (*cluster, error) {
	folder, err := os.MkdirTemp("", "regulars-pg-")
	if err != nil {
		return nil, err
	}
	c := &cluster{folder: folder, bin: bin, identity: &syscall.SysProcAttr{Setpgid: true}}
	if err := c.run(); err != nil {
		_ = os.RemoveAll(folder)
		return nil, fmt.Errorf("PostgreSQL: %w", err)
	}
	return c, nil
}

// run starts the keeper, and waits until the cluster is there.
func (c *cluster) run() error {
	if os.Getuid() == 0 { // PostgreSQL does not run as root
		if err := c.drop(); err != nil {
			return err
		}
	}
	c.keeper = exec.Command("sh", "-c", clusterScript, "sh", c.folder, c.bin)
	c.keeper.SysProcAttr, c.keeper.Stderr = c.identity, os.Stderr
	in, err := c.keeper.StdinPipe()
	if err != nil {
		return err
	}
	out, err := c.keeper.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.keeper.Start(); err != nil {
		return err
	}
	c.alive = in
	said := bufio.NewScanner(out)
	var lines []string
	for said.Scan() {
		if said.Text() == "ready" {
			return nil
		}
		lines = append(lines, said.Text())
	}
	_ = c.keeper.Wait() // what it said says more
	return fmt.Errorf("the cluster did not start: %s", strings.Join(lines, "\n"))
}

// drop makes another user the owner of the cluster.
func (c *cluster) drop() error {
	who, err := user.Lookup("postgres")
	if err != nil {
		if who, err = user.Lookup("nobody"); err != nil {
			return err
		}
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return err
	}
	c.identity.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(c.folder, int(uid), int(gid))
}

// database makes a database.
func (c *cluster) database() (string, error) {
	c.databases++
	name := fmt.Sprint("test", c.databases)
	create := exec.Command(filepath.Join(c.bin, "createdb"), "-h", c.folder, "-U", "regulars", name)
	if out, err := create.CombinedOutput(); err != nil {
		return "", fmt.Errorf("createdb: %w: %s", err, out)
	}
	address := url.URL{Scheme: "postgres", User: url.User("regulars"), Path: "/" + name, RawQuery: url.Values{"host": {c.folder}}.Encode()}
	return address.String(), nil
}
