package loyalty

import (
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/internal/config"
	"github.com/regulars-go/regulars/internal/exact"
)

// ParseProgram reads one version of a program from JSON and validates it:
//
//	{"name": "cafe", "version": 1, "zone": "Asia/Shanghai",
//	 "wallets": [{"id": 1, "name": "points", "expiry": {"after": "1y", "roundUp": "month"}}],
//	 "rules": [{"id": 1, "name": "spend", "layer": "routine", "on": ["order"], "perAmount": {"points": 1, "per": "10"}}],
//	 "rewards": [{"id": 1, "name": "espresso", "cost": 30}]}
//
// The document is read strictly: no unknown or repeated key, and no trailing
// data. Amounts may be texts or numbers. zones finds a zone by its name; pass
// [time.LoadLocation], or a resolver of your own where the answer must not
// depend on the machine. A zone that it does not find is a fault, as is any
// name other than "UTC" if zones is nil. The error is [regulars.Faults].
func ParseProgram(data []byte, zones func(name string) (*time.Location, error)) (Program, error) {
	var file struct {
		Zone string `json:"zone"`
		Program
	}
	if err := config.Decode(data, &file); err != nil {
		return Program{}, err
	}
	p := file.Program
	faults := readZone(&p, file.Zone, zones)
	faults.Under("", p.faults())
	if err := faults.Err(); err != nil {
		return Program{}, err
	}
	return p, nil
}

// readZone sets the zone that a document names. None is nil, which is not
// written either.
func readZone(p *Program, name string, zones func(string) (*time.Location, error)) (faults regulars.Faults) {
	if name != "" {
		p.Zone = config.Zone(name, zones, &faults)
	}
	return faults
}

// The documents written here are those that ParseProgram reads. Amounts are
// written by [exact.Text], since decimal's own form depends on its variables.

// MarshalJSON writes the program as [ParseProgram] reads it, the zone by its
// name.
func (p Program) MarshalJSON() ([]byte, error) {
	type plain Program
	zone := ""
	if p.Zone != nil {
		zone = p.Zone.String()
	}
	return json.Marshal(struct {
		plain
		Zone string `json:"zone,omitempty"`
	}{plain(p), zone})
}

// MarshalJSON writes the wallet with its amounts as texts.
func (w Wallet) MarshalJSON() ([]byte, error) {
	type plain Wallet
	return json.Marshal(struct {
		plain
		Value string `json:"value,omitempty"`
		Cost  string `json:"cost,omitempty"`
	}{plain(w), amountText(w.Value), amountText(w.Cost)})
}

// MarshalJSON writes the condition with its amounts as texts.
func (c Condition) MarshalJSON() ([]byte, error) {
	type plain Condition
	return json.Marshal(struct {
		plain
		MinAmount string `json:"minAmount,omitempty"`
		MaxAmount string `json:"maxAmount,omitempty"`
	}{plain(c), amountText(c.MinAmount), amountText(c.MaxAmount)})
}

// MarshalJSON writes the ratio with its amount as a text.
func (a PerAmount) MarshalJSON() ([]byte, error) {
	type plain PerAmount
	return json.Marshal(struct {
		plain
		Per string `json:"per"`
	}{plain(a), exact.Text(a.Per)})
}

// MarshalJSON writes the multiplier with its factor as a text.
func (m Multiplier) MarshalJSON() ([]byte, error) {
	type plain Multiplier
	return json.Marshal(struct {
		plain
		Factor string `json:"factor"`
	}{plain(m), exact.Text(m.Factor)})
}

// MarshalJSON writes the reward with its amounts as texts.
func (r Reward) MarshalJSON() ([]byte, error) {
	type plain Reward
	return json.Marshal(struct {
		plain
		Value string `json:"value,omitempty"`
		Price string `json:"price,omitempty"`
	}{plain(r), amountText(r.Value), amountText(r.Price)})
}

// amountText is the amount in plain digits; "" for zero, which is left out.
func amountText(d decimal.Decimal) string {
	if d.IsZero() {
		return ""
	}
	return exact.Text(d)
}
