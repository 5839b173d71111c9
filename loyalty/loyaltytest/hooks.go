package loyaltytest

import (
	"io"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
)

// Reopener is a store that can be opened again beside itself: another
// connection or pool to the same data, such as another replica of the service
// would have. Without it the suite sees one connection only.
type Reopener interface {
	loyalty.Store
	Reopen(t testing.TB) loyalty.Store
}

// Transactor is a store that can work in a transaction of the host, which
// [loyalty.Binder] alone does not let the suite begin. bound works in a new
// transaction; end commits it or rolls it back.
type Transactor interface {
	loyalty.Store
	Begin(t testing.TB) (bound loyalty.Store, end func(commit bool) error)
}

// OneWriter marks a [Transactor] in which a transaction that has written keeps
// all other writers waiting, as in SQLite: the suite then lets none of them
// wait for its own. The method does nothing.
type OneWriter interface{ OneWriter() }

// Spawner is a store whose data another process can open. The process that
// Spawn starts opens them and calls [Work] with its standard input and output:
// mostly it is the test's own binary, started again with a flag.
type Spawner interface {
	loyalty.Store
	Spawn(t testing.TB) *Process
}

// Process is another process that works on the same data.
type Process struct {
	In  io.WriteCloser // its standard input
	Out io.Reader      // its standard output
	// Kill ends the process at once, as SIGKILL does, and waits until it is
	// gone, and until what it had asked of a server has ended there: a statement
	// that is under way goes on for a moment after the client's end. It may be
	// called when the process has ended by itself.
	Kill func()
}
