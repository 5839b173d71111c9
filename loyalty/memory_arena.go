package loyalty

// arena keeps pieces of bytes in large blocks, so that what stays for long is
// neither allocated one by one nor looked at by the garbage collector. A block
// goes when all of its pieces are dropped.
type arena struct {
	blocks []arenaBlock
	open   uint32   // the block that has room
	size   int      // of the last block
	spare  []uint32 // blocks that are gone, whose numbers may be used again
}

type arenaBlock struct {
	bytes []byte // what is handed out; the rest of its capacity is free
	live  int    // bytes that are not dropped
}

// piece is where bytes are in an arena.
type piece struct{ block, from, size uint32 }

// Blocks double between these, so that a small store stays small.
const (
	arenaFirst = 1 << 10
	arenaLast  = 1 << 16
)

// make returns a new piece, and its bytes to be written. What is large has a
// block of its own.
func (a *arena) make(size int) (piece, []byte) {
	at := a.open
	switch {
	case size > arenaLast/8:
		at = a.add(size)
	case len(a.blocks) == 0 || size > cap(a.blocks[at].bytes)-len(a.blocks[at].bytes):
		a.size = min(max(2*a.size, arenaFirst, size), arenaLast)
		full := at
		at = a.add(a.size)
		a.open = at
		a.release(full)
	}
	b := &a.blocks[at]
	from := len(b.bytes)
	b.bytes = b.bytes[:from+size]
	b.live += size
	return piece{at, uint32(from), uint32(size)}, b.bytes[from:]
}

// add makes a block and returns its number.
func (a *arena) add(size int) uint32 {
	block := arenaBlock{bytes: make([]byte, 0, size)}
	if n := len(a.spare); n > 0 {
		at := a.spare[n-1]
		a.spare, a.blocks[at] = a.spare[:n-1], block
		return at
	}
	a.blocks = append(a.blocks, block)
	return uint32(len(a.blocks) - 1)
}

// bytes returns the bytes of a piece.
func (a *arena) bytes(p piece) []byte {
	if p.size == 0 {
		return nil
	}
	return a.blocks[p.block].bytes[p.from : p.from+p.size : p.from+p.size]
}

func (a *arena) drop(p piece) {
	a.blocks[p.block].live -= int(p.size)
	a.release(p.block)
}

// release lets a block go if nothing in it is left and nothing will come.
func (a *arena) release(block uint32) {
	if b := &a.blocks[block]; block != a.open && b.live == 0 && b.bytes != nil {
		b.bytes = nil
		a.spare = append(a.spare, block)
	}
}
