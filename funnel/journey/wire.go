package journey

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/regulars-go/regulars/internal/wire"
)

// Marshalled accumulators begin with what they are and the version of the form.
// A form that was once written is read for ever; a newer one is refused.
const (
	wirePaths = "journey.paths.1"
	wireMap   = "journey.map.1"
	wireAARRR = "journey.aarrr.1"
)

// configText is the configuration that an accumulator is of. Two with the same
// text count alike.
func configText(config any) (string, error) {
	text, err := json.Marshal(config)
	if err != nil {
		return "", fmt.Errorf("journey: marshal: %w", err)
	}
	return string(text), nil
}

func appendHeader(dst []byte, form, config string, asOf int64) []byte {
	return wire.AppendInt(wire.AppendString(wire.AppendString(dst, form), config), asOf)
}

// readHeader fails unless the bytes are of the same form, configuration and
// moment.
func readHeader(r *wire.Reader, form, config string, asOf int64) {
	r.Form(form)
	if got := r.String(); r.Err() == nil && got != config {
		r.Fail("is of another configuration: %s", got)
	}
	if got := r.Int(); r.Err() == nil && got != asOf {
		r.Fail("is as of another moment")
	}
}

func appendCounts(dst []byte, counts ...int64) []byte {
	for _, n := range counts {
		dst = wire.AppendUint(dst, uint64(n))
	}
	return dst
}

func readCounts(r *wire.Reader, counts ...*int64) {
	for _, n := range counts {
		*n = int64(r.UintUpTo(math.MaxInt64))
	}
}

func wireError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("journey: unmarshal: %w", err)
}
