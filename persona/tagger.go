package persona

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// Tagger is a compiled tag. It does not change, and is safe for concurrent use.
type Tagger struct {
	schema    *Schema
	tag       Tag
	choices   []compiledChoice
	pick      *compiledPick
	otherwise string // the label
	version   [sha256.Size]byte
}

type compiledChoice struct {
	value, label string
	segment      *Segment
}

// Name returns the name of the tag, the key of its labels.
func (t *Tagger) Name() string { return t.tag.Name }

// Title returns how a report calls the tag: its title, or its name.
func (t *Tagger) Title() string {
	if t.tag.Title == "" {
		return t.tag.Name
	}
	return t.tag.Title
}

// Version returns the SHA-256, in hexadecimal, of all that the tag says and of
// the segments that its rules refer to. Note it beside the labels that the tag
// gave.
func (t *Tagger) Version() string { return hex.EncodeToString(t.version[:]) }

// Labels returns the labels of somebody as of an instant, such as "likes=tea":
// none, one, or of a pick of the most several, the most preferred first.
func (t *Tagger) Labels(p Profile, asOf time.Time) []string { return t.AppendLabels(nil, p, asOf) }

// AppendLabels appends what [Tagger.Labels] returns. With choices and buckets it
// allocates nothing but the room in dst.
//
// A text that is picked becomes lower case. One that is no value of a label even
// so (empty, of more than 63 bytes, with a "=" or what does not print) gives no
// label; [Tagger.Explain] shows it.
func (t *Tagger) AppendLabels(dst []string, p Profile, asOf time.Time) []string {
	if t.pick == nil {
		i, isUnknown := t.choose(p, asOf)
		switch {
		case i >= 0:
			return append(dst, t.choices[i].label)
		case t.otherwise != "" && !isUnknown:
			return append(dst, t.otherwise)
		}
		return dst
	}
	preferences := t.picked(p, asOf)
	if len(preferences) == 0 && t.otherwise != "" {
		return append(dst, t.otherwise)
	}
	first := len(dst)
	for _, preference := range preferences {
		value := strings.ToLower(preference.Text)
		if badLabelValue(value) == "" && !hasLabel(dst[first:], t.tag.Name, value) {
			dst = append(dst, t.tag.Name+"="+value)
		}
	}
	return dst
}

func hasLabel(labels []string, name, value string) bool {
	for _, label := range labels {
		if label[len(name)+1:] == value {
			return true
		}
	}
	return false
}

// choose returns the first choice that is true, -1 if none is, and then whether
// one is unknown.
func (t *Tagger) choose(p Profile, asOf time.Time) (choice int, isUnknown bool) {
	for i := range t.choices {
		switch t.choices[i].segment.Match(p, asOf) {
		case True:
			return i, false
		case Unknown:
			isUnknown = true
		}
	}
	return -1, isUnknown
}

func (t *Tagger) picked(p Profile, asOf time.Time) []Preference {
	s := t.pick.events
	now := momentOf(asOf, s.schema.zone, s.windows)
	r := run{nodes: s.nodes, p: s.checked(p), now: &now}
	return t.pick.of(&r)
}

// TagExplanation says why somebody has the labels of a tag.
type TagExplanation struct {
	Tag     string    `json:"tag"`
	Version string    `json:"version"`
	AsOf    time.Time `json:"asOf"`
	// Labels are those of [Tagger.Labels].
	Labels []string `json:"labels"`
	// Choices are those up to the first that is true, or all if none is.
	Choices []ChoiceExplanation `json:"choices,omitempty"`
	// Picked are the texts that were picked, with what speaks for them.
	Picked []Preference `json:"picked,omitempty"`
}

// ChoiceExplanation says why somebody has the value of a choice, or why not.
type ChoiceExplanation struct {
	Value       string      `json:"value"`
	Explanation Explanation `json:"explanation"`
}

// Explain says why somebody has the labels of the tag as of an instant. It goes
// the way of [Tagger.Labels].
func (t *Tagger) Explain(p Profile, asOf time.Time) TagExplanation {
	e := TagExplanation{Tag: t.tag.Name, Version: t.Version(), AsOf: asOf, Labels: t.Labels(p, asOf)}
	if t.pick != nil {
		e.Picked = t.picked(p, asOf)
		return e
	}
	for _, choice := range t.choices {
		explained := choice.segment.Explain(p, asOf)
		e.Choices = append(e.Choices, ChoiceExplanation{choice.value, explained})
		if explained.Verdict == True {
			break
		}
	}
	return e
}

// sign hashes the tag, its rules in their canonical form.
func (t *Tagger) sign() {
	canonical := t.tag
	canonical.Choices = nil
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(canonical); err != nil {
		panic(err) // a checked tag has a form in JSON
	}
	for _, choice := range t.choices {
		buffer.WriteString(choice.value)
		buffer.WriteByte('=')
		buffer.Write(choice.segment.version[:])
	}
	t.version = sha256.Sum256(buffer.Bytes())
}
