package main

import (
	"encoding/json"
	"maps"
	"net/http"
)

// problem is an error as a client gets it, by RFC 9457: a type that programs
// branch on, and the numbers that belong to it.
type problem struct {
	kind    *problemKind
	detail  string
	numbers map[string]any // members beside those of the RFC
	header  http.Header
}

// problemKind is one type of problem. Its address is "/problems/" and its name,
// and can be fetched.
type problemKind struct {
	name   string
	status int
	title  string
	// about says what the client can do.
	about string
}

func (k *problemKind) address() string { return "/problems/" + k.name }

// with makes a problem of the kind.
func (k *problemKind) with(detail string, numbers map[string]any) *problem {
	return &problem{kind: k, detail: detail, numbers: numbers}
}

// saying adds a header to the answer.
func (p *problem) saying(name, value string) *problem {
	if p.header == nil {
		p.header = http.Header{}
	}
	p.header.Add(name, value)
	return p
}

func (p *problem) Error() string { return p.kind.name + ": " + p.detail }

// MarshalJSON writes all members in one object, sorted by name.
func (p *problem) MarshalJSON() ([]byte, error) {
	document := map[string]any{
		"type": p.kind.address(), "title": p.kind.title, "status": p.kind.status, "detail": p.detail,
	}
	maps.Copy(document, p.numbers)
	return json.Marshal(document)
}
