package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/regulars-go/regulars"
)

// token is a right to ask, as the file of tokens lists it. The file has the
// SHA-256 of the secret and not the secret, so that it can be read by whoever
// backs it up.
type token struct {
	// Name is what the log calls whoever uses it.
	Name string `json:"name"`
	// SHA256 is of the secret, in hexadecimal.
	SHA256 string `json:"sha256"`
	// Expires is when it is no longer taken; zero means never.
	Expires time.Time `json:"expires,omitzero"`
	// ReadOnly tokens can look and preview.
	ReadOnly bool `json:"readOnly,omitempty"`

	sum [sha256.Size]byte
}

// tokens are all that are taken. None means that no token is asked for, and
// that only this machine is answered.
type tokens []token

// readTokens reads a file: a JSON array of tokens, at least one.
func readTokens(path string) (tokens, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	list, err := parseTokens(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}

func parseTokens(data []byte) (tokens, error) {
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.DisallowUnknownFields()
	var list tokens
	if err := decoder.Decode(&list); err != nil {
		return nil, err
	}
	var faults regulars.Faults
	if decoder.More() {
		faults.Add("", "want nothing after the list")
	}
	if len(list) == 0 {
		faults.Add("", "want at least one token")
	}
	for i := range list {
		t := &list[i]
		if t.Name == "" {
			faults.Add(fmt.Sprintf("[%d].name", i), "is missing")
		}
		sum, err := hex.DecodeString(t.SHA256)
		if err != nil || len(sum) != sha256.Size {
			faults.Add(fmt.Sprintf("[%d].sha256", i), "want %d hexadecimal digits", 2*sha256.Size)
			continue
		}
		t.sum = [sha256.Size]byte(sum)
	}
	return list, faults.Err()
}

// find returns the token with a secret, or why there is none. How long it takes
// tells nothing about any secret: sums are compared, all of them, in constant
// time.
func (list tokens) find(secret string, now time.Time) (*token, *problem) {
	if secret == "" {
		return nil, problemTokenMissing.with("The request has no token.", nil)
	}
	sum := sha256.Sum256([]byte(secret))
	var found *token
	for i := range list {
		if subtle.ConstantTimeCompare(sum[:], list[i].sum[:]) == 1 {
			found = &list[i]
		}
	}
	if found == nil {
		return nil, problemTokenInvalid.with("The token is unknown.", nil)
	}
	if !found.Expires.IsZero() && !now.Before(found.Expires) {
		return nil, problemTokenExpired.with(fmt.Sprintf("The token %q has expired.", found.Name), map[string]any{"expired": found.Expires})
	}
	return found, nil
}
