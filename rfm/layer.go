package rfm

import (
	"fmt"
	"time"
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

var layerNames = [...][2]string{{"", ""}, {"core", "核心"}, {"waist", "腰部"}, {"tail", "尾部"}}

func (l Layer) valid() bool { return l >= 1 && int(l) < len(layerNames) }

// String returns the English name, such as "core"; "" for the zero value.
func (l Layer) String() string {
	if int(l) >= len(layerNames) {
		return fmt.Sprintf("Layer(%d)", uint8(l))
	}
	return layerNames[l][0]
}

// Chinese returns the Chinese name, such as "核心"; "" for no layer.
func (l Layer) Chinese() string {
	if !l.valid() {
		return ""
	}
	return layerNames[l][1]
}

// Label returns l as other packages read it, such as "layer=core"; "" for no
// layer.
func (l Layer) Label() string {
	if !l.valid() {
		return ""
	}
	return "layer=" + l.String()
}

// MarshalText writes l as [Layer.String] does.
func (l Layer) MarshalText() ([]byte, error) {
	if !l.valid() {
		return nil, fmt.Errorf("rfm: no such layer: %d", uint8(l))
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads the English name of a layer.
func (l *Layer) UnmarshalText(text []byte) error {
	for _, layer := range Layers() {
		if layer.String() == string(text) {
			*l = layer
			return nil
		}
	}
	return fmt.Errorf("rfm: %q is not a layer: want core, waist or tail", text)
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
