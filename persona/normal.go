package persona

import (
	"strings"
	"unicode"

	"github.com/regulars-go/regulars/internal/text"
)

// Normal is one step of how texts of an attribute are brought into one form,
// before they are kept, and before rules compare with them.
type Normal string

// The steps. They are taken in this order, however they are listed.
const (
	// NormalWidth makes full-width letters, digits and signs those of ASCII, and
	// the ideographic space a space: "１３８" is "138".
	NormalWidth Normal = "width"
	// NormalTrim takes white space from both ends.
	NormalTrim Normal = "trim"
	// NormalFold makes letters lower case.
	NormalFold Normal = "fold"
)

var allNormals = []Normal{NormalWidth, NormalTrim, NormalFold}

func normalise(s string, steps []Normal) string {
	for _, step := range allNormals {
		if !known(steps, step) {
			continue
		}
		switch step {
		case NormalWidth:
			s = text.Narrow(s)
		case NormalTrim:
			s = strings.TrimSpace(s)
		case NormalFold:
			s = strings.Map(foldRune, s)
		}
	}
	return s
}

// foldRune takes the way over upper case, so that letters with two lower-case
// forms, such as the Greek sigma, get one. The Turkish İ and ı are nobody else's
// forms: texts are alike here as they are to a pattern that folds.
func foldRune(r rune) rune {
	if r == 'İ' || r == 'ı' {
		return r
	}
	return unicode.ToLower(unicode.ToUpper(r))
}
