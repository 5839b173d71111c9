//go:build unix

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
	"syscall"
)

// cluster is one that was started from the server programs that are installed.
type cluster struct {
	folder, bin string
	identity    *syscall.SysProcAttr
	keeper      *exec.Cmd
	alive       io.Closer // while it is open, the keeper keeps the cluster
	databases   int
}

//go:embed cluster.sh
var clusterScript string

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

// stop ends the cluster and removes its folder.
func (c *cluster) stop() {
	_ = c.alive.Close()
	_ = c.keeper.Wait() // nothing depends on how it ended
}
