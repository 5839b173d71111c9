package identity_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona/identity"
)

func TestNormalise(t *testing.T) {
	rules := identity.Rules{
		Namespaces: []identity.NamespaceRule{
			{Name: "text", Priority: 1},
			{Name: "exact", Priority: 1, Form: identity.Exact},
			{Name: "lower", Priority: 1, Form: identity.Lower, Blocked: []string{" ＢＡＤ "}, BlockedPatterns: []string{`^t-\d+$`}},
			{Name: "email", Priority: 1, Form: identity.Email},
			{Name: "phone", Priority: 1, Form: identity.Phone, Country: "86", Blocked: []string{"+8613800138000"}},
			{Name: "abroad", Priority: 1, Form: identity.Phone},
			{Name: "italy", Priority: 1, Form: identity.Phone, Country: "39"},
			{Name: "america", Priority: 1, Form: identity.Phone, Country: "1"},
		},
		Blocked:         []string{"Nobody"},
		BlockedPatterns: []string{`(?i)^qa[-_]`},
	}
	tests := []struct {
		in   string
		want string
		flaw identity.Flaw
	}{
		{"text: A b\u3000", "A b", ""},
		{"text:ＡＢＣ１２３！～", "ABC123!~", ""},
		{"text:Ａ　b", "A b", ""},
		{"text:张三", "张三", ""},
		{"text:0a", "0a", ""},
		{"text:", "", identity.Empty},
		{"text: \t\u3000\n", "", identity.Empty},
		{"exact: ", "", identity.Empty},
		{"exact: A ", " A ", ""},
		{"exact:Ａ", "Ａ", ""},
		{"text:NULL", "", identity.NoName},
		{"text:ｎｕｌｌ", "", identity.NoName},
		{"text:-1", "", identity.NoName},
		{"text:-", "", identity.NoName},
		{"text:00000000-0000-0000-0000-000000000000", "", identity.NoName},
		{"text:[object Object]", "", identity.NoName},
		{"text:未知", "", identity.NoName},
		{"text:nobody", "", identity.Listed},
		{"text:QA_7", "", identity.Listed},
		{"text:\xff", "", identity.NotText},
		{"text:" + strings.Repeat("é", 1024), strings.Repeat("é", 1024), ""},
		{"text:" + strings.Repeat("é", 1025), "", identity.TooLong},
		{"fax:1", "1", identity.Undeclared},
		{"lower: ÀB ", "àb", ""},
		{"lower:bad", "", identity.Listed},
		{"lower:T-12", "T-12", identity.Listed},
		{"lower:t-12x", "t-12x", ""},
		{"email: Ann@Shop.CN ", "ann@shop.cn", ""},
		{"email:ann＠shop.cn", "ann@shop.cn", ""},
		{"email:ann", "", identity.Malformed},
		{"email:@shop.cn", "", identity.Malformed},
		{"email:ann@", "", identity.Malformed},
		{"email:a@b@c", "", identity.Malformed},
		{"email:a n@b", "", identity.Malformed},
		{"phone:138 0013-8001", "+8613800138001", ""},
		{"phone:１３８００１３８００１", "+8613800138001", ""},
		{"phone:+86 138 0013 8001", "+8613800138001", ""},
		{"phone:0086 (138) 00138001", "+8613800138001", ""},
		{"phone:8613800138001", "+8613800138001", ""},
		{"phone:010 8612 3456", "+861086123456", ""},
		{"phone:86123456", "+8686123456", ""}, // 6 digits after 86 are no number: it has no code yet
		{"phone:13800138000", "", identity.Listed},
		{"phone:11111111111", "", identity.Malformed},
		{"phone:00000000000", "", identity.NoName},
		{"phone:1380013800x", "", identity.Malformed},
		{"phone:+", "", identity.Malformed},
		{"phone:0", "", identity.NoName},
		{"phone:1234", "", identity.Malformed},
		{"phone:+1234567890123456", "", identity.Malformed},
		{"phone:+0123456789", "", identity.Malformed},
		{"abroad:13800138001", "", identity.Malformed},
		{"abroad:+4915112345678", "+4915112345678", ""},
		{"italy:06 1234 5678", "+390612345678", ""},
		{"america:(212) 555-0100", "+12125550100", ""},
		{"america:1 212 555 0100", "+12125550100", ""},
	}
	for _, tt := range tests {
		want := identity.ID{Namespace: id(tt.in).Namespace, Value: tt.want}
		got, flaw := rules.Normalise(id(tt.in))
		if tt.flaw != "" {
			want.Value, got.Value = "", ""
		}
		if got != want || flaw != tt.flaw {
			t.Errorf("%.60q: got %.60q %q, want %.60q %q", tt.in, got, flaw, want, tt.flaw)
		}
		if again, flaw := rules.Normalise(got); tt.flaw == "" && (again != got || flaw != "") {
			t.Errorf("%.60q: tidied twice it is %.60q %q", tt.in, again, flaw)
		}
	}
}

func TestHash(t *testing.T) {
	rules := identity.Shop()
	if _, err := rules.Hash(id("phone:13800138001")); !errors.Is(err, identity.ErrNoKey) {
		t.Errorf("without a key: %v", err)
	}
	rules.Key = secret
	hashed, err := rules.Hash(id("phone:138 0013 8001"))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := rules.Hash(hashed); err != nil || again != hashed {
		t.Errorf("the hash of %s is %s, %v", hashed, again, err)
	}
	if other, _ := rules.Hash(id("email:13800138001@qq.com")); other.Value == hashed.Value || strings.Contains(hashed.Value, "138") {
		t.Errorf("hash %s of a phone, %s of an email", hashed, other)
	}
	if _, err := rules.Hash(id("phone:null")); err == nil {
		t.Error("null has a hash")
	}
	// A hashed namespace takes both forms, and shows neither number nor name.
	rules.Namespaces[2].Hashed = true
	e := evidenceOf(t, []fact{
		{Observation: &identity.Observation{EventID: "e1", IDs: []identity.ID{hashed, id("member:m")}, At: hour(1)}},
		seen("e2", 2, "phone:+8613800138001", "email:a@b.cn"),
	})
	if got, want := groups(mustResolve(t, e, rules)), []string{"member:m " + hashed.String() + " email:a@b.cn"}; cmp.Diff(want, got) != "" {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestParseRules(t *testing.T) {
	zones := func(name string) (*time.Location, error) {
		if name == "Asia/Shanghai" {
			return time.FixedZone(name, 8*3600), nil
		}
		return nil, nil
	}
	got, err := identity.ParseRules([]byte(`{"zone": "Asia/Shanghai", "owner": "latest", "maxIds": 50, "sharedAbove": 5, "minScore": 0.9, "lookBack": "30m",
		"blocked": ["x"], "namespaces": [{"name": "phone", "priority": 2, "form": "phone", "country": "86", "limits": [{"max": 0}, {"max": 5, "within": "1w"}]}]}`), zones)
	if err != nil {
		t.Fatal(err)
	}
	want := identity.Rules{
		Namespaces: []identity.NamespaceRule{{Name: "phone", Priority: 2, Form: identity.Phone, Country: "86", Limits: []identity.Limit{{}, {Max: 5, Within: regulars.Weeks(1)}}}},
		Owner:      identity.Latest, MaxIDs: 50, SharedAbove: 5, MinScore: 0.9, LookBack: regulars.Minutes(30), Blocked: []string{"x"},
		Zone: got.Zone,
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(regulars.Span{}), cmp.AllowUnexported(time.Location{}), cmpopts.IgnoreFields(identity.Rules{}, "Zone")); diff != "" || got.Zone.String() != "Asia/Shanghai" {
		t.Errorf("zone %s (-want +got)\n%s", got.Zone, diff)
	}
	shop := identity.Shop()
	shop.Zone = time.UTC
	text, err := json.Marshal(shop)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := identity.ParseRules(text, nil); err != nil || cmp.Diff(shop, back, cmpopts.EquateComparable(regulars.Span{}), cmpopts.IgnoreFields(identity.Rules{}, "Zone")) != "" {
		t.Errorf("the shop's rules read back as %+v, %v", back, err)
	}
}

func TestRuleFaults(t *testing.T) {
	const good = `"namespaces": [{"name": "user", "priority": 1}]`
	tests := []struct{ name, document, want string }{
		{"nothing", `{}`, "namespaces: 0 namespaces: want 1 to 64"},
		{"unknown key", `{"namespace": []}`, `unknown key "namespace": did you mean "namespaces"?`},
		{"the key is no part of it", `{"key": "x", ` + good + `}`, `unknown key "key"`},
		{"owner", `{"owner": "last", ` + good + `}`, `owner: "last": want "first-seen" or "latest"`},
		{"cap", `{"maxIds": 50001, ` + good + `}`, "maxIds: 50001: want 1 to 50000, or 0 for 500"},
		{"shared", `{"sharedAbove": -1, ` + good + `}`, "sharedAbove: -1: want 1 to 1000000, or 0 for 3"},
		{"score", `{"minScore": 1.5, ` + good + `}`, "minScore: 1.5: want over 0 and at most 1, or 0 for no matches"},
		{"limit without max", `{"namespaces": [{"name": "user", "priority": 1, "limits": [{"within": "1d"}]}]}`, "namespaces[0].limits[0]: has no max: want a number from 0"},
		{"limit with more", `{"namespaces": [{"name": "user", "priority": 1, "limits": [{"max": 1, "min": 2}]}]}`, `namespaces[0].limits[0]: unknown key "min"`},
		{"limit of a text", `{"namespaces": [{"name": "user", "priority": 1, "limits": [{"max": "1"}]}]}`, `namespaces[0].limits[0].max: want a number, not "1"`},
		{"zone", `{"zone": "Mars", ` + good + `}`, `zone: "Mars": want UTC, or a resolver of zones`},
		{"pattern", `{"blockedPatterns": ["("], ` + good + `}`, "blockedPatterns[0]: error parsing regexp: missing closing ): `(`"},
		{"long pattern", `{"blockedPatterns": ["` + strings.Repeat("a", 1001) + `"], ` + good + `}`, "blockedPatterns[0]: 1001 bytes: want at most 1000"},
		{
			"namespaces", `{"namespaces": [{"name": "User", "priority": 0, "form": "x", "country": "86"}, {"name": "p", "priority": 1001, "form": "phone", "country": "0", "blockedPatterns": ["*"]},
				{"name": "p", "priority": 1, "limits": [{"max": -1}, {"max": 50001}, {"max": 1}, {"max": 1}, {"max": 1}]}]}`,
			`namespaces[0].name: "User": want a small letter, and then small letters, digits, '_', '.' or '-', at most 64
namespaces[0].priority: 0: want 1 to 1000
namespaces[0].form: "x": want "text", "exact", "lower", "email" or "phone"
namespaces[0].country: "86": want none, as the form is not "phone"
namespaces[1].priority: 1001: want 1 to 1000
namespaces[1].country: "0": want a calling code of 1 to 3 digits, such as "86"
namespaces[1].blockedPatterns[0]: error parsing regexp: missing argument to repetition operator: ` + "`*`" + `
namespaces[2].limits: 5 limits: want at most 4
namespaces[2].limits[0].max: -1: want 0 to 50000
namespaces[2].limits[1].max: 50001: want 0 to 50000
namespaces[2].name: "p" is the name of namespaces[1] already`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := identity.ParseRules([]byte(tt.document), nil)
			if _, ok := errors.AsType[regulars.Faults](err); !ok || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got\n%v\nwant\n%s", err, tt.want)
			}
		})
	}
}

func TestResolveChecksRules(t *testing.T) {
	rules := plainRules()
	rules.Key = nil
	if _, err := identity.Resolve(&identity.Evidence{}, rules); !errors.Is(err, identity.ErrNoKey) {
		t.Errorf("no key: %v", err)
	}
	rules = plainRules()
	rules.Key = []byte("short")
	rules.Namespaces[1].Limits = []identity.Limit{{Max: 1, Within: regulars.Days(1)}}
	_, err := identity.Resolve(&identity.Evidence{}, rules)
	want := "identity: rules: key: 5 bytes: want at least 16\nnamespaces[1].limits[0].within: 1d: a window needs Rules.AsOf, where it ends"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	many := identity.Rules{Key: secret}
	for i := range 9 {
		many.Namespaces = append(many.Namespaces, identity.NamespaceRule{Name: identity.Namespace('a' + rune(i)), Priority: 1, Limits: make([]identity.Limit, 4)})
	}
	if err := many.Validate(); err == nil || err.Error() != "namespaces: 36 limits in all: want at most 32" {
		t.Errorf("many limits: %v", err)
	}
}
