package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/regulars-go/regulars"
)

// node is a JSON value as it stands in a document.
type node struct {
	key      string // if it is a member of an object
	raw      []byte // as written, without the space around it
	text     string // if it is a string
	children []node // the members of an object, the items of a list
}

type kind string

const (
	object  kind = "an object"
	list    kind = "a list"
	text    kind = "a string"
	number  kind = "a number"
	boolean kind = "true or false"
	null    kind = "null"
)

func (n node) kind() kind {
	switch n.raw[0] {
	case '{':
		return object
	case '[':
		return list
	case '"':
		return text
	case 't', 'f':
		return boolean
	case 'n':
		return null
	default:
		return number
	}
}

// parse returns the document in data, or what is wrong with its syntax.
func parse(data []byte) (node, *regulars.Fault) {
	if len(data) > maxBytes {
		return node{}, &regulars.Fault{Problem: fmt.Sprintf("the document has %d bytes: want at most %d", len(data), maxBytes)}
	}
	if at := invalidUTF8(data); at >= 0 {
		return node{}, syntaxFault(data, at, "not valid UTF-8")
	}
	if bytes.HasPrefix(data, []byte("\uFEFF")) {
		return node{}, syntaxFault(data, 0, "a byte order mark: want UTF-8 without one")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		at := len(data)
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = int(syntax.Offset) - 1
		}
		return node{}, syntaxFault(data, at, withoutPackage(err))
	}
	if at := halfSurrogate(data); at >= 0 {
		return node{}, syntaxFault(data, at, "half a surrogate pair: want "+`\ud800-\udbff and then \udc00-\udfff`)
	}
	p := parser{data: data}
	n := p.value(1)
	if p.tooDeep > 0 {
		return node{}, syntaxFault(data, p.tooDeep, fmt.Sprintf("values within values go deeper than %d", maxDepth))
	}
	return n, nil
}

func syntaxFault(data []byte, at int, problem string) *regulars.Fault {
	before := data[:max(0, at)]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return &regulars.Fault{Problem: fmt.Sprintf("line %d, column %d: %s", line, column, problem)}
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// halfSurrogate finds an escape like \ud83d without the other half, of which
// encoding/json would silently make a replacement character.
func halfSurrogate(valid []byte) int {
	for i := 0; i < len(valid); i++ {
		if valid[i] != '\\' {
			continue
		}
		first := escaped(valid[i:])
		if first < 0xD800 || first > 0xDFFF {
			i++ // the character after a backslash may be a backslash
			continue
		}
		if second := escaped(valid[i+6:]); first > 0xDBFF || second < 0xDC00 || second > 0xDFFF {
			return i
		}
		i += 11
	}
	return -1
}

// escaped returns the code unit that text begins with as \uXXXX, or -1.
func escaped(text []byte) int {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return int(unit)
}

// parser reads a document that is known to be valid JSON.
type parser struct {
	data    []byte
	pos     int
	tooDeep int // where a value is deeper than maxDepth; 0 if none is
}

func (p *parser) value(depth int) node {
	c := p.peek()
	start := p.pos
	n := node{}
	switch {
	case depth > maxDepth:
		p.tooDeep = start
		p.pos = len(p.data)
		return n
	case c == '{' || c == '[':
		n.children = p.children(depth)
	case c == '"':
		n.text = p.string()
	default:
		for p.pos < len(p.data) && !bytes.ContainsRune([]byte(" \t\r\n,]}"), rune(p.data[p.pos])) {
			p.pos++
		}
	}
	n.raw = p.data[start:p.pos:p.pos]
	return n
}

func (p *parser) children(depth int) []node {
	isObject := p.data[p.pos] == '{'
	p.pos++
	var children []node
	for c := p.peek(); c != '}' && c != ']' && c != 0; c = p.peek() {
		if c == ',' {
			p.pos++
			continue
		}
		var key string
		if isObject {
			key = p.string()
			p.peek()
			p.pos++ // the colon
		}
		child := p.value(depth + 1)
		child.key = key
		children = append(children, child)
	}
	p.pos = min(p.pos+1, len(p.data))
	return children
}

// string reads the string that begins here.
func (p *parser) string() string {
	start := p.pos
	p.pos++
	for p.data[p.pos] != '"' {
		if p.data[p.pos] == '\\' {
			p.pos++
		}
		p.pos++
	}
	p.pos++
	raw := p.data[start:p.pos]
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		panic(err) // the document is valid
	}
	return s
}

// peek skips space and returns the byte after it, or 0 at the end.
func (p *parser) peek() byte {
	for ; p.pos < len(p.data); p.pos++ {
		switch c := p.data[p.pos]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}
