package main

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// admit lets a request in, or says why not.
func (s *service) admit(at *route, q *request) error {
	// What a browser sends for a page of another site is not what its user wants.
	if err := new(http.CrossOriginProtection).Check(q.Request); err != nil {
		return problemForeign.with("The request was made by a page of another site.", nil)
	}
	if len(s.tokens) == 0 {
		// Another site may name this machine's address as its own; a browser then
		// sends the name of that site.
		if !isLoopback(q.Host) {
			return problemForeign.with("Without tokens only localhost is answered.", nil)
		}
		return nil
	}
	if at.access == accessAll {
		return nil
	}
	t, p := s.tokens.find(secretOf(at, q.Request), q.now)
	if p != nil {
		return p.saying("WWW-Authenticate", challenge(at, p))
	}
	q.say("token", t.Name)
	if at.writes && t.ReadOnly {
		return problemReadOnly.with("The token may only read.", nil)
	}
	return nil
}

// secretOf is what a request brings as its token. A browser brings it as a
// password, for pages only: they change nothing.
func secretOf(at *route, r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok && at.access == accessPage {
		return password
	}
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}

func challenge(at *route, p *problem) string {
	switch {
	case at.access == accessPage:
		return `Basic realm="pointsd: any name, and a token as the password", charset="UTF-8"`
	case p.kind == problemTokenMissing:
		return `Bearer realm="pointsd"`
	}
	return `Bearer realm="pointsd", error="invalid_token"`
}

// isLoopback reports whether an address, with a port or without, is this
// machine's own.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
