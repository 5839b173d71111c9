package funnel

import "strconv"

// keys numbers texts in the order in which they are first seen.
type keys struct {
	numbers map[string]int32
	texts   []string
}

func (k *keys) reset() {
	clear(k.numbers)
	k.texts = k.texts[:0]
}

func (k *keys) number(text string) int32 {
	n, ok := k.numbers[text]
	if !ok {
		if k.numbers == nil {
			k.numbers = map[string]int32{}
		}
		n = int32(len(k.texts))
		k.numbers[text] = n
		k.texts = append(k.texts, text)
	}
	return n
}

// appendValue appends a value such that no two lists of values give the same
// text.
func appendValue(dst []byte, value string, known bool) []byte {
	if !known {
		return append(dst, '-')
	}
	dst = strconv.AppendInt(dst, int64(len(value)), 10)
	return append(append(dst, ':'), value...)
}
