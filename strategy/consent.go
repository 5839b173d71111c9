package strategy

// consent returns what keeps an operation off a channel: 0 if nothing does.
func (p *Policy) consent(g *gate, channel int, s *situation) Code {
	x, rule := &s.channels[channel], &p.channels[channel]
	if !x.known {
		p.ask(x, rule, s)
	}
	switch {
	case x.unreachable:
		return Unreachable
	case rule.consent == Quota && (!x.granted || x.used),
		g.marketing && (x.denied || rule.consent == OptIn && !x.granted):
		return NoConsent
	}
	return 0
}

// ask finds out how a customer stands to a channel.
func (p *Policy) ask(x *channelState, rule *channelRule, s *situation) {
	x.known = true
	x.unreachable = rule.reach >= 0 && !s.labels.has(rule.reach)
	for i := len(s.c.Customer.Consents) - 1; i >= 0; i-- {
		consent := &s.c.Customer.Consents[i]
		if consent.Channel != rule.name {
			continue
		}
		x.granted, x.denied = consent.Granted, !consent.Granted
		if rule.consent == Quota {
			x.used = s.used(consent) >= consent.Quota
		}
		return
	}
}

// used counts the messages that a quota was used for.
func (s *situation) used(consent *Consent) (n int) {
	since := microseconds(consent.Since)
	for i, sent := range s.sentAt {
		if sent > since && s.c.Customer.Exposures[i].Channel == consent.Channel {
			n++
		}
	}
	return n
}
