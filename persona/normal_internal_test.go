package persona

import (
	"slices"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// Property: the normal form of a normal form is itself, for every letter there
// is: beyond U+20000 are ideographs and signs, which have one form only.
func TestNormalFormsAreTheirOwn(t *testing.T) {
	all := []Normal{NormalWidth, NormalTrim, NormalFold}
	for r := range rune(0x20000) {
		once := normalise(string(r)+"a"+string(r), all)
		if twice := normalise(once, all); twice != once {
			t.Errorf("%U: %q, then %q", r, once, twice)
		}
	}
}

// Property: letters fold alike if and only if they do for a pattern.
func TestFoldsAsPatternsDo(t *testing.T) {
	least := func(r rune) rune { // of all that are one letter to (?i)
		low := r
		for s := unicode.SimpleFold(r); s != r; s = unicode.SimpleFold(s) {
			low = min(low, s)
		}
		return low
	}
	folded, letter := map[rune]rune{}, map[rune]rune{}
	for r := range rune(0x20000) {
		f, l := foldRune(r), least(r)
		if was, ok := folded[l]; ok && was != f {
			t.Errorf("%q folds to %q, another of its forms to %q", r, f, was)
		}
		if was, ok := letter[f]; ok && was != l {
			t.Errorf("%q folds to %q, as %q does", r, f, was)
		}
		folded[l], letter[f] = f, l
	}
}

// Property: a key is compared with a text as the key of that text would be.
func TestKeysAreComparedAsTheyAreMade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`v?[0-9a-cA-C.+-]{0,12}`), rapid.String())
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		for _, mode := range []textMode{plainMode, foldMode, versionMode} {
			key := mode.key(b)
			want := slices.Compare([]byte(mode.key(a)), []byte(key))
			if got := mode.compare(a, key); sign(got) != want {
				t.Fatalf("mode %d: %q against %q: got %d, want %d", mode, a, b, got, want)
			}
		}
	})
}

func sign(n int) int { return min(1, max(-1, n)) }
