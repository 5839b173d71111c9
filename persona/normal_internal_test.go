package persona

import (
	"slices"
	"testing"

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
