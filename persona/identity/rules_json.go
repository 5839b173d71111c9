package identity

import (
	"errors"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
)

// ParseRules reads rules from JSON and validates them:
//
//	{"zone": "Asia/Shanghai", "namespaces": [
//	  {"name": "member", "priority": 1, "limits": [{"max": 1}]},
//	  {"name": "phone", "priority": 2, "form": "phone", "country": "86", "limits": [{"max": 3}]},
//	  {"name": "device", "priority": 3, "limits": [{"max": 5, "within": "30d"}]}]}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. zones finds a zone by its name; pass [time.LoadLocation], or a resolver
// of your own where the answer must not depend on the machine. A zone that it
// does not find is a fault, as is any name other than "UTC" if zones is nil.
// The error is [regulars.Faults]. Set Key, and AsOf if there are windows,
// before you resolve.
func ParseRules(data []byte, zones func(name string) (*time.Location, error)) (Rules, error) {
	var file struct {
		Zone string `json:"zone"`
		Rules
	}
	if err := config.Decode(data, &file); err != nil {
		return Rules{}, err
	}
	rules, faults := file.Rules, regulars.Faults(nil)
	rules.Zone = config.Zone(file.Zone, zones, &faults)
	faults.Under("", rules.faults())
	if err := faults.Err(); err != nil {
		return Rules{}, err
	}
	return rules, nil
}

// UnmarshalJSON reads a limit, which must say its max: left out, it would be 0
// and link nothing.
func (l *Limit) UnmarshalJSON(data []byte) error {
	var file struct {
		Max    *int          `json:"max"`
		Within regulars.Span `json:"within"`
	}
	if err := config.Decode(data, &file); err != nil {
		return err
	}
	if file.Max == nil {
		return errors.New("has no max: want a number from 0")
	}
	*l = Limit{*file.Max, file.Within}
	return nil
}

// Shop returns rules for one person over an online shop, several stores and a
// mini-program, to start from: the member number of the shop or of the card, the
// ids that WeChat gives (unionid for all of a company's programs, openid for one),
// phone and e-mail, and what browsers and devices leave. A person is one
// member and one unionid. Set Key before you resolve.
func Shop() Rules {
	one := []Limit{{Max: 1}}
	return Rules{Namespaces: []NamespaceRule{
		{Name: "member", Priority: 1, Limits: one},
		{Name: "unionid", Priority: 2, Limits: one},
		{Name: "phone", Priority: 3, Form: Phone, Country: "86", Limits: []Limit{{Max: 3}}},
		{Name: "email", Priority: 4, Form: Email, Limits: []Limit{{Max: 5}}},
		{Name: "openid", Priority: 5, Limits: []Limit{{Max: 10}}},
		{Name: "device", Priority: 6, Limits: []Limit{{Max: 20}}},
		{Name: "cookie", Priority: 7},
	}}
}
