//go:build unix

package loyaltytest_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

// fileStore is a store that processes share by a file: a log of batches, each
// with its length and checksum, so that what a kill cut off counts for nothing.
// Whoever holds the lock of the file first reads what others have written.
type fileStore struct {
	*loyalty.Memory            // what was read so far
	mu              sync.Mutex // the lock of a file keeps processes apart, not goroutines
	file            *os.File
	at              int64
}

func openFile(t testing.TB, path string) *fileStore {
	t.Helper()
	s, err := newFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.file.Close() })
	return s
}

func newFile(path string) (*fileStore, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	return &fileStore{Memory: loyalty.NewMemory(), file: file}, err
}

// locked runs f when no other process writes, with all that they wrote read.
func (s *fileStore) locked(f func() error) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := syscall.Flock(int(s.file.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, syscall.Flock(int(s.file.Fd()), syscall.LOCK_UN)) }()
	for {
		b, size, err := s.read()
		if err != nil || b == nil {
			return errors.Join(err, f())
		}
		if err := s.Memory.Commit(context.Background(), b); err != nil {
			return err
		}
		s.at += size
	}
}

// read reads the next batch; nil at the end, or where a kill cut one off.
func (s *fileStore) read() (*loyalty.Batch, int64, error) {
	var head [8]byte
	if n, err := s.file.ReadAt(head[:], s.at); n < len(head) {
		return nil, 0, endOf(err)
	}
	data := make([]byte, binary.BigEndian.Uint32(head[:]))
	if n, err := s.file.ReadAt(data, s.at+8); n < len(data) {
		return nil, 0, endOf(err)
	}
	if crc32.ChecksumIEEE(data) != binary.BigEndian.Uint32(head[4:]) {
		return nil, 0, nil
	}
	b := new(loyalty.Batch)
	return b, int64(8 + len(data)), gob.NewDecoder(bytes.NewReader(data)).Decode(b)
}

func endOf(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (s *fileStore) Commit(ctx context.Context, b *loyalty.Batch) error {
	return s.locked(func() error {
		if err := s.Memory.Commit(ctx, b); err != nil {
			return err
		}
		var data bytes.Buffer
		if err := gob.NewEncoder(&data).Encode(b); err != nil {
			return err
		}
		head := binary.BigEndian.AppendUint32(nil, uint32(data.Len()))
		head = binary.BigEndian.AppendUint32(head, crc32.ChecksumIEEE(data.Bytes()))
		n, err := s.file.WriteAt(append(head, data.Bytes()...), s.at)
		s.at += int64(n)
		return err
	})
}

func (s *fileStore) Load(ctx context.Context, ids []loyalty.RecordID, counters []loyalty.CounterID) (records []loyalty.Record, values []int64, err error) {
	err = s.locked(func() (err error) {
		records, values, err = s.Memory.Load(ctx, ids, counters)
		return err
	})
	return records, values, err
}

func (s *fileStore) Entries(ctx context.Context, account loyalty.AccountID, after uint64, limit int) (page []loyalty.Entry, err error) {
	err = s.locked(func() (err error) {
		page, err = s.Memory.Entries(ctx, account, after, limit)
		return err
	})
	return page, err
}

// Spawn starts this test's own binary again.
func (s *fileStore) Spawn(t testing.TB) *loyaltytest.Process {
	t.Helper()
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOtherProcess$")
	again.Env = append(os.Environ(), otherProcess+"="+s.file.Name())
	in, err := again.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := again.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Start(); err != nil {
		t.Fatal(err)
	}
	return &loyaltytest.Process{In: in, Out: out, Kill: func() {
		_ = again.Process.Kill() // SIGKILL; or it has ended
		_, _ = again.Process.Wait()
	}}
}

// otherProcess has the path of the file in the environment of the other process.
const otherProcess = "LOYALTYTEST_FILE"

func TestOtherProcess(t *testing.T) {
	path := os.Getenv(otherProcess)
	if path == "" {
		return // nobody has started this as another process
	}
	s, err := newFile(path)
	if err == nil {
		err = loyaltytest.Work(t.Context(), s, os.Stdin, os.Stdout)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Processes that are really killed: the other clauses run here, too, of which
// each call is a lock of a file.
func TestFile(t *testing.T) {
	loyaltytest.TestStore(t, func(t testing.TB) loyalty.Store {
		return openFile(t, filepath.Join(t.TempDir(), "log"))
	})
}
