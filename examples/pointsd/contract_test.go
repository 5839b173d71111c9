package main

import (
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contract is openapi.yaml, made ready to hold answers against. It is stricter
// than the document: an answer may have no member that is not described.
type contract struct {
	document *openapi3.T
	tree     map[string]any
	schemas  *jsonschema.Compiler
	mux      *http.ServeMux // finds the path of a request
	mu       sync.Mutex
}

const contractURL = "https://pointsd.test/openapi.json"

var theContract = sync.OnceValues(newContract)

func newContract() (*contract, error) {
	document, err := openapi3.NewLoader().LoadFromData(openapiDocument)
	if err != nil {
		return nil, err
	}
	data, err := document.MarshalJSON()
	if err != nil {
		return nil, err
	}
	tree, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		return nil, err
	}
	c := &contract{document: document, tree: tree.(map[string]any), schemas: jsonschema.NewCompiler(), mux: http.NewServeMux()}
	closeObjects(tree)
	c.schemas.DefaultDraft(jsonschema.Draft2020)
	c.schemas.AssertFormat()
	for path := range c.tree["paths"].(map[string]any) {
		if path == "/" {
			path = "/{$}"
		}
		c.mux.HandleFunc(path, func(http.ResponseWriter, *http.Request) {})
	}
	return c, c.schemas.AddResource(contractURL, tree)
}

// closeObjects forbids members that a schema does not name.
func closeObjects(node any) {
	switch node := node.(type) {
	case map[string]any:
		if _, ok := node["properties"].(map[string]any); ok && node["additionalProperties"] == nil {
			node["additionalProperties"] = false
		}
		for _, child := range node {
			closeObjects(child)
		}
	case []any:
		for _, child := range node {
			closeObjects(child)
		}
	}
}

// check holds an exchange against the document: the route, the method, the
// status, the media type, the headers and the body.
func (c *contract) check(t *testing.T, r *http.Request, sent []byte, got *http.Response, body []byte) {
	t.Helper()
	_, path := c.mux.Handler(r)
	path = strings.TrimSuffix(path, "{$}")
	method := strings.ToLower(r.Method)
	if method == "head" {
		method = "get"
	}
	operation, ok := dig(c.tree, "paths", path, method).(map[string]any)
	if !ok {
		if got.StatusCode != http.StatusNotFound && got.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: not in the document, and answered with %d", r.Method, r.URL, got.StatusCode)
		}
		if !strings.Contains(r.Header.Get("Accept"), "text/html") { // to a browser it is a page
			c.fits(t, "/components/schemas/Problem", body)
		}
		return
	}
	status := strconv.Itoa(got.StatusCode)
	at := "/paths/" + escape(path) + "/" + method + "/responses/" + status
	answer, ok := dig(operation, "responses", status).(map[string]any)
	if !ok {
		t.Errorf("%s %s: status %s is not in the document: %s", r.Method, r.URL, status, body)
		return
	}
	if ref, ok := answer["$ref"].(string); ok {
		at = strings.TrimPrefix(ref, "#")
		answer = dig(c.tree, strings.Split(at, "/")[1:]...).(map[string]any)
	}
	for name := range mapOf(answer["headers"]) {
		if got.Header.Get(name) == "" {
			t.Errorf("%s %s: %s: no header %s", r.Method, r.URL, status, name)
		}
	}
	media, _, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if _, ok := mapOf(answer["content"])[media]; !ok || err != nil {
		t.Errorf("%s %s: %s: media type %q is not in the document", r.Method, r.URL, status, got.Header.Get("Content-Type"))
		return
	}
	if strings.HasSuffix(media, "json") && r.Method != http.MethodHead {
		c.fits(t, at+"/content/"+escape(media)+"/schema", body)
	}
	if got.StatusCode == http.StatusOK && len(sent) > 0 {
		c.fits(t, c.requestSchema(path, method), sent)
	}
}

// requestSchema is where the schema of what is sent stands.
func (c *contract) requestSchema(path, method string) string {
	if ref, ok := dig(c.tree, "paths", path, method, "requestBody", "$ref").(string); ok {
		return strings.TrimPrefix(ref, "#") + "/content/application~1json/schema"
	}
	return "/paths/" + escape(path) + "/" + method + "/requestBody/content/application~1json/schema"
}

func (c *contract) fits(t *testing.T, pointer string, body []byte) {
	t.Helper()
	c.mu.Lock()
	schema, err := c.schemas.Compile(contractURL + "#" + pointer)
	c.mu.Unlock()
	if err != nil {
		t.Fatalf("%s: %v", pointer, err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
	if err != nil {
		t.Errorf("%s: %v: %q", pointer, err, body)
		return
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("%v\n%s", err, body)
	}
}

func dig(node any, path ...string) any {
	for _, name := range path {
		node = mapOf(node)[name]
	}
	return node
}

func mapOf(node any) map[string]any {
	m, _ := node.(map[string]any)
	return m
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B")

func escape(name string) string { return pointerEscapes.Replace(name) }

func TestContractIsOpenAPI(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.document.Validate(t.Context()); err != nil {
		t.Error(err)
	}
}

// Property: the document has the routes that the service has, and no others.
func TestContractHasAllRoutes(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	var described, served []string
	for path, item := range c.tree["paths"].(map[string]any) {
		for name := range item.(map[string]any) {
			if name != "parameters" {
				described = append(described, strings.ToUpper(name)+" "+path)
			}
		}
	}
	for _, r := range routes {
		served = append(served, r.method+" "+strings.TrimSuffix(r.path, "{$}"))
	}
	slices.Sort(described)
	slices.Sort(served)
	if diff := cmp.Diff(served, described); diff != "" {
		t.Errorf("routes (-served +described):\n%s", diff)
	}
}

// Property: every type of problem is in the document, and the document has no
// others.
func TestContractHasAllProblems(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	var described, known []string
	for _, branch := range dig(c.tree, "components", "schemas", "Problem", "oneOf").([]any) {
		pointer := strings.TrimPrefix(mapOf(branch)["$ref"].(string), "#/")
		kind := mapOf(dig(dig(c.tree, strings.Split(pointer, "/")...), "properties", "type"))
		if one, ok := kind["const"].(string); ok {
			described = append(described, one)
		}
		many, _ := kind["enum"].([]any)
		for _, one := range many {
			described = append(described, one.(string))
		}
	}
	for _, k := range problemKinds {
		known = append(known, k.address())
	}
	slices.Sort(described)
	slices.Sort(known)
	if diff := cmp.Diff(known, described); diff != "" {
		t.Errorf("types of problems (-known +described):\n%s", diff)
	}
}

// The contract notices what it should: an answer that is not as described
// fails.
func TestContractNotices(t *testing.T) {
	c, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := c.schemas.Compile(contractURL + "#/components/schemas/Balance")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, body string
		fits       bool
	}{
		{"as described", `{"wallet": "points", "available": 1}`, true},
		{"an unknown member", `{"wallet": "points", "available": 1, "more": 2}`, false},
		{"a missing member", `{"wallet": "points"}`, false},
		{"another type", `{"wallet": "points", "available": "1"}`, false},
	} {
		var value any
		if err := json.Unmarshal([]byte(tt.body), &value); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != tt.fits {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
