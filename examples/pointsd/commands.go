package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/loyalty"
)

// command does what the body says to the member of the path, once for each
// idempotency key.
func (s *service) command(q *request) (reply, error) {
	key, err := q.key()
	if err != nil {
		return reply{}, err
	}
	q.say("key", key)
	c, err := parseCommand(q.body, key, q.member())
	if err != nil {
		return reply{}, err
	}
	q.say("kind", kindOf(&c))
	receipt, err := s.engine.Do(q.Context(), q.now, c)
	s.metrics.command(&c, receipt, err)
	if err != nil {
		return reply{}, err
	}
	return asJSON(receipt)
}

// preview answers what the command would come to, and writes nothing. A key is
// not needed; with one, the answer is that of this key.
func (s *service) preview(q *request) (reply, error) {
	key, err := q.key()
	if err != nil && len(q.Header.Values("Idempotency-Key")) > 0 {
		return reply{}, err
	}
	if err != nil {
		key = previewKey(q)
	}
	c, err := parseCommand(q.body, key, q.member())
	if err != nil {
		return reply{}, err
	}
	receipt, err := s.engine.Preview(q.Context(), q.now, c)
	if err != nil {
		return reply{}, err
	}
	return asJSON(receipt)
}

// previewKey is one that nobody uses for a command.
func previewKey(q *request) string { return "preview/" + q.id }

// key reads the header Idempotency-Key: a text as it is, or in quotes, as the
// draft of the header has it.
func (q *request) key() (string, error) {
	values := q.Header.Values("Idempotency-Key")
	if len(values) != 1 || values[0] == "" {
		return "", problemKeyMissing.with(fmt.Sprintf("The request has %d headers Idempotency-Key: want one.", len(values)), nil)
	}
	key := values[0]
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(key[1 : len(key)-1])
	}
	return key, nil
}

// parseCommand reads a command whose key and member stand elsewhere. They are
// put into the document, so that it is read as strictly as any: one that has
// them too has them twice, and is refused.
func parseCommand(body []byte, key, member string) (loyalty.Command, error) {
	document := bytes.TrimSpace(body)
	if !json.Valid(document) || !bytes.HasPrefix(document, []byte("{")) {
		return loyalty.ParseCommand(body) // which says what is wrong
	}
	for _, place := range [...]struct{ field, text string }{{"key", key}, {"member", member}} {
		if !utf8.ValidString(place.text) { // Marshal would make another name of it
			return loyalty.Command{}, &loyalty.CommandError{Field: place.field, Problem: "want valid UTF-8"}
		}
	}
	places, err := json.Marshal(struct {
		Key    string `json:"key"`
		Member string `json:"member"`
	}{key, member})
	if err != nil {
		return loyalty.Command{}, err
	}
	inside := bytes.TrimSpace(document[1 : len(document)-1])
	if len(inside) > 0 {
		places = append(places[:len(places)-1], ',')
		places = append(append(places, inside...), '}')
	}
	return loyalty.ParseCommand(places)
}

// maxBatch is how many commands a batch may have: as many as the engine commits
// at once.
const maxBatch = 500

// result is what one command of a batch came to.
type result struct {
	Receipt *loyalty.Receipt `json:"receipt,omitempty"`
	Problem *problem         `json:"problem,omitempty"`
}

// batch does many commands, each with its key in it. If one can't be read none
// is done; after that, each stands for itself.
func (s *service) batch(q *request) (reply, error) {
	commands, err := parseBatch(q.body)
	if err != nil {
		return reply{}, err
	}
	results := make([]result, len(commands))
	for i, r := range s.engine.DoBatch(q.Context(), q.now, commands) {
		s.metrics.command(&commands[i], r.Receipt, r.Err)
		if r.Err != nil {
			results[i].Problem = q.problemOf(r.Err)
			if results[i].Problem.kind == problemInternal {
				s.log.ErrorContext(q.Context(), "command of a batch failed", "id", q.id, "key", commands[i].Key, "error", r.Err)
			}
			continue
		}
		results[i].Receipt = &r.Receipt
	}
	return asJSON(struct {
		Results []result `json:"results"`
	}{results})
}

func parseBatch(body []byte) ([]loyalty.Command, error) {
	var documents []json.RawMessage
	if err := json.Unmarshal(body, &documents); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return nil, fault("", "want an array of commands, as in [{…}, {…}]")
		}
		return nil, fault("", "want an array of commands: "+err.Error())
	}
	if len(documents) == 0 || len(documents) > maxBatch {
		return nil, fault("", fmt.Sprintf("there are %d commands: want 1 to %d", len(documents), maxBatch))
	}
	commands := make([]loyalty.Command, len(documents))
	var faults regulars.Faults
	for i, document := range documents {
		c, err := loyalty.ParseCommand(document)
		if err != nil {
			faults.Under(fmt.Sprintf("[%d]", i), faultsOf(err))
		}
		commands[i] = c
	}
	return commands, faults.Err()
}

// faultsOf lists what is wrong with a command that can't be read.
func faultsOf(err error) regulars.Faults {
	if faults, ok := errors.AsType[regulars.Faults](err); ok {
		return faults
	}
	if e, ok := errors.AsType[*loyalty.CommandError](err); ok {
		return regulars.Faults{{Path: e.Field, Problem: e.Problem}}
	}
	return regulars.Faults{{Problem: err.Error()}}
}

// kindOf is the payload of a command, as JSON names it.
func kindOf(c *loyalty.Command) string {
	for _, p := range [...]struct {
		set  bool
		name string
	}{
		{c.Earn != nil, "earn"},
		{c.Keep != nil, "keep"},
		{c.CheckIn != nil, "checkIn"},
		{c.MakeUp != nil, "makeUp"},
		{c.Hold != nil, "hold"},
		{c.Capture != nil, "capture"},
		{c.Release != nil, "release"},
		{c.Redeem != nil, "redeem"},
		{c.Reverse != nil, "reverse"},
		{c.Grant != nil, "grant"},
		{c.Deduct != nil, "deduct"},
		{c.Transfer != nil, "transfer"},
		{c.Merge != nil, "merge"},
		{c.Close != nil, "close"},
		{c.Reminded != nil, "reminded"},
	} {
		if p.set {
			return p.name
		}
	}
	return ""
}
