package strategy

import (
	"slices"
	"strings"
)

// channelRule is a channel of the playbook, or one that operations name.
type channelRule struct {
	name      string
	reach     int // a label, or -1
	reachWord string
	consent   ConsentKind
	quiet     []quietRule
	preferred *Clock
}

func (p *Policy) compileChannels() {
	var names []string
	for _, x := range p.playbook.Channels {
		names = append(append(names, x.Name), x.Or...)
	}
	for _, o := range p.playbook.all() {
		names = append(append(names, o.Channel), o.Or...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		rule := channelRule{name: name, reach: -1}
		if x := p.channel(name); x != nil {
			rule.consent, rule.preferred, rule.reachWord = x.Consent, x.PreferredHour, x.Reach
			if x.Reach != "" {
				rule.reach = p.number[x.Reach]
			}
			p.zoned = p.zoned || x.PreferredHour != nil
		}
		for _, q := range p.playbook.QuietHours {
			if len(q.Channels) == 0 || slices.Contains(q.Channels, name) {
				rule.quiet = append(rule.quiet, quietRule{q, q.Zone == OfBusiness, q.String()})
			}
		}
		p.channels = append(p.channels, rule)
	}
}

// channel returns what the playbook says of a channel; nil if nothing.
func (p *Policy) channel(name string) *Channel {
	i, ok := slices.BinarySearchFunc(p.playbook.Channels, name, func(x Channel, name string) int { return strings.Compare(x.Name, name) })
	if !ok {
		return nil
	}
	return &p.playbook.Channels[i]
}
