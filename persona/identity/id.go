package identity

import (
	"cmp"
	"strings"
)

// Namespace is a kind of identifier, such as "phone", "openid" or "device". Its
// name starts with a small letter and goes on with small letters, digits, '_',
// '.' and '-', up to 64 bytes.
type Namespace string

// ID returns the identifier of this kind with the given value, as it was seen:
// it is tidied when people are resolved, by the rules of the namespace.
func (n Namespace) ID(value string) ID { return ID{Namespace: n, Value: value} }

// ID is one identifier: what some system calls a person, or a device of theirs.
type ID struct {
	Namespace Namespace `json:"namespace"`
	Value     string    `json:"value"`
}

// String returns the identifier as "namespace:value".
func (id ID) String() string { return string(id.Namespace) + ":" + id.Value }

// Compare orders identifiers by the bytes of their namespaces and then of their
// values. This is the canonical order that breaks every tie.
func (id ID) Compare(other ID) int {
	return cmp.Or(strings.Compare(string(id.Namespace), string(other.Namespace)), strings.Compare(id.Value, other.Value))
}

// maxNamespaceBytes is more than any name that people say.
const maxNamespaceBytes = 64

func (n Namespace) valid() bool {
	if n == "" || len(n) > maxNamespaceBytes || n[0] < 'a' || n[0] > 'z' {
		return false
	}
	return !strings.ContainsFunc(string(n), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '.' && r != '-'
	})
}

// OneID names a person: 26 letters and digits made of the person's founding
// identifier with the secret key of the rules, so that it stays the same when
// everything is resolved anew, and tells nobody what the identifier is.
type OneID string
