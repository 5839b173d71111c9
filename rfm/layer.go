package rfm

import (
	"time"

	"github.com/regulars-go/regulars/internal/names"
)

// Layer is the band of a customer by value: the few who bring most of it, the
// middle, and the many who bring little. The zero value is no layer.
type Layer uint8

// The layers from the top. They are not called A, B and C, since A is the best
// for some and the entry for others.
const (
	Core  Layer = 1 + iota // 核心
	Waist                  // 腰部
	Tail                   // 尾部
)

// Layers lists the layers, the best first.
func Layers() []Layer { return []Layer{Core, Waist, Tail} }

var layerNames = names.Names{
	Package: "rfm", Type: "Layer", What: "layer",
	List: []string{"", "core", "waist", "tail"},
}

var layerChinese = [...]string{"", "核心", "腰部", "尾部"}

func (l Layer) valid() bool { return layerNames.Has(uint8(l)) }

// String returns the English name, such as "core"; "" for the zero value.
func (l Layer) String() string { return layerNames.Of(uint8(l)) }

// Chinese returns the Chinese name, such as "核心"; "" for no layer.
func (l Layer) Chinese() string {
	if !l.valid() {
		return ""
	}
	return layerChinese[l]
}

// Label returns l as other packages read it, such as "layer=core"; "" for no
// layer.
func (l Layer) Label() string { return layerNames.Label("layer", uint8(l)) }

// MarshalText writes l as [Layer.String] does; no layer is an error.
func (l Layer) MarshalText() ([]byte, error) { return layerNames.Marshal(uint8(l)) }

// UnmarshalText reads what [Layer.MarshalText] writes; any other text is an error,
// and leaves l as it was.
func (l *Layer) UnmarshalText(text []byte) error {
	n, err := layerNames.Unmarshal(text)
	if err == nil {
		*l = Layer(n)
	}
	return err
}

// LayerLabels returns the labeller of layers by net spend. A customer without
// orders has none. See [Migrate].
func LayerLabels(l Layering) Labeller {
	return func(r Record, asOf time.Time) string {
		if r.Orders == 0 || r.check(asOf) != nil {
			return ""
		}
		return l.Layer(r.Net()).Label()
	}
}
