package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/regulars-go/regulars/internal/text"
)

// Form says how the values of a namespace are tidied, so that one identifier
// has one spelling.
type Form string

const (
	// Text trims white space and takes full-width letters, digits and signs
	// (U+FF01 to U+FF5E) for plain ones. It is the default.
	Text Form = "text"
	// Exact takes values as they are.
	Exact Form = "exact"
	// Lower is Text in lower case.
	Lower Form = "lower"
	// Email is Lower; a value without something on both sides of one '@' is
	// blocked.
	Email Form = "email"
	// Phone is E.164, such as "+8613800138000". Spaces, dots, hyphens,
	// slashes and brackets go. "+" or "00" leads a calling code; any other
	// number is of [NamespaceRule.Country], and has that code already if at
	// least 10 digits follow it; a single leading 0 is dropped (but in Italy,
	// 39). Other characters, fewer than 7 or more than 15 digits, or one digit
	// only after the calling code are blocked.
	Phone Form = "phone"
)

func (f Form) valid() bool {
	switch f {
	case "", Text, Exact, Lower, Email, Phone:
		return true
	}
	return false
}

// Flaw is what is wrong with an identifier that is set aside, since it names
// nobody.
type Flaw string

// The flaws.
const (
	Undeclared Flaw = "undeclared" // its namespace is not in the rules
	Empty      Flaw = "empty"
	TooLong    Flaw = "too long" // over 1024 characters
	NotText    Flaw = "not text" // not UTF-8
	NoName     Flaw = "no name"  // a word for nothing, such as "null", or only zeros
	Malformed  Flaw = "malformed"
	Listed     Flaw = "listed" // blocked by the rules
)

// flaws are in the order of their codes.
var flaws = [...]Flaw{Undeclared, Empty, TooLong, NotText, NoName, Malformed, Listed}

// maxCharacters bounds a value that may name somebody.
const maxCharacters = 1024

// nobody are the values that programs write when there is none, in lower case.
// Zeros and hyphens are beside them.
var nobody = map[string]bool{
	"null": true, "nil": true, "none": true, "nan": true, "undefined": true, "unknown": true, "anonymous": true,
	"guest": true, "invalid": true, "default": true, "n/a": true, "na": true, "-1": true, "test": true,
	"(null)": true, "<null>": true, "[object object]": true, "true": true, "false": true,
	"无": true, "未知": true, "匿名": true, "游客": true, "测试": true,
}

// Normalise returns an identifier as people resolve it, by the form of its
// namespace. If the flaw is not empty, the identifier names nobody and is set
// aside: its namespace is not declared; it is empty, of over 1024 characters or
// not UTF-8; in any case of letters it is null, nil, none, nan, undefined,
// unknown, anonymous, guest, invalid, default, n/a, na, test, true, false,
// [object Object], 无, 未知, 匿名, 游客, 测试 or -1; it has only zeros and
// hyphens; it is malformed; or the rules block it.
//
// A hashed namespace needs [Rules.Key]. The rules are compiled at each call: to
// look at many identifiers, resolve them.
func (r Rules) Normalise(id ID) (ID, Flaw) {
	for i, n := range r.Namespaces {
		if n.Name == id.Namespace {
			space := compileSpace(r, i)
			value, flaw := space.normalise(r.Key, id.Value)
			return ID{id.Namespace, value}, flaw
		}
	}
	return id, Undeclared
}

// Hash returns an identifier with its value tidied and replaced by the hash
// that a hashed namespace shows, for a host that wants no phone number in its
// evidence. The hash of a hash is itself. An identifier that [Rules.Normalise]
// sets aside is an error, as is a missing key.
func (r Rules) Hash(id ID) (ID, error) {
	if len(r.Key) < MinKeyBytes {
		return ID{}, ErrNoKey
	}
	hashed := r
	hashed.Namespaces = append([]NamespaceRule(nil), r.Namespaces...)
	for i := range hashed.Namespaces {
		hashed.Namespaces[i].Hashed = true
	}
	id, flaw := hashed.Normalise(id)
	if flaw != "" {
		return ID{}, fmt.Errorf("identity: identifier of %.80q can't be hashed: %s", id.Namespace, flaw)
	}
	return id, nil
}

// normalise returns the value as it is compared, or why it is blocked.
func (s *space) normalise(key []byte, value string) (string, Flaw) {
	switch {
	case !utf8.ValidString(value):
		return "", NotText
	case len(value) > maxCharacters && utf8.RuneCountInString(value) > maxCharacters:
		return "", TooLong
	case s.rule.Hashed && isHash(value):
		return value, ""
	}
	form := s.rule.Form
	if form != Exact {
		value = strings.TrimSpace(text.Narrow(value))
	}
	folded := strings.ToLower(value)
	if flaw := s.blocked(value, folded); flaw != "" {
		return "", flaw
	}
	switch form {
	case Lower:
		value = folded
	case Email:
		name, host, _ := strings.Cut(folded, "@")
		if name == "" || host == "" || strings.ContainsFunc(folded, unicode.IsSpace) || strings.Contains(host, "@") {
			return "", Malformed
		}
		value = folded
	case Phone:
		number, ok := e164(value, s.rule.Country)
		if !ok {
			return "", Malformed
		}
		value, folded = number, number
	}
	if flaw := s.listed(value, folded); flaw != "" {
		return "", flaw
	}
	if s.rule.Hashed {
		value = hashValue(key, s.rule.Name, value)
	}
	return value, ""
}

// blocked says why a value names nobody in any namespace.
func (s *space) blocked(value, folded string) Flaw {
	switch {
	case strings.TrimSpace(value) == "":
		return Empty
	case nobody[folded] || strings.Trim(value, "0-") == "":
		return NoName
	}
	return s.listed(value, folded)
}

func (s *space) listed(value, folded string) Flaw {
	if s.banned[folded] {
		return Listed
	}
	for _, pattern := range s.patterns {
		if pattern.MatchString(value) {
			return Listed
		}
	}
	return ""
}

// e164 returns a phone number in international form.
func e164(text, country string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -./()\u00a0", r) {
			return -1
		}
		return r
	}, text)
	number, international := strings.CutPrefix(digits, "+")
	if !international {
		number, international = strings.CutPrefix(digits, "00")
	}
	if strings.Trim(number, "0123456789") != "" {
		return "", false
	}
	rest := number
	if !international {
		if country == "" {
			return "", false
		}
		rest = national(number, country)
		number = country + rest
	}
	if len(number) < 7 || len(number) > 15 || number[0] == '0' || rest == "" || strings.Trim(rest, rest[:1]) == "" {
		return "", false
	}
	return "+" + number, true
}

// national returns the digits of a number after the calling code.
func national(number, country string) string {
	if rest, ok := strings.CutPrefix(number, country); ok && len(rest) >= 10 {
		return rest
	}
	if country != "39" {
		number = strings.TrimPrefix(number, "0")
	}
	return number
}

var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// oneIDBytes is the length of a OneID: 26 letters have 130 bits.
const oneIDBytes = 26

// digest returns the start of the HMAC-SHA-256 of a message (RFC 2104), in
// base 32 (RFC 4648).
func digest(key []byte, message []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(message)
	return letters.EncodeToString(mac.Sum(nil))[:oneIDBytes]
}

// hashMark leads hashed values, so that they are known as such.
const hashMark = "h1:"

func hashValue(key []byte, name Namespace, value string) string {
	return hashMark + digest(key, []byte("\x00value\x00"+string(name)+"\x00"+value))
}

func isHash(value string) bool {
	text, ok := strings.CutPrefix(value, hashMark)
	return ok && len(text) == oneIDBytes && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}
