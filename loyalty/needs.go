package loyalty

import "github.com/regulars-go/regulars/internal/wire"

func (v *View) needs(r *Rules) ([]RecordID, []CounterID, error) {
	v.missing, v.lacking = v.missing[:0], v.lacking[:0]
	q := &v.request
	if key := v.want(r.program, KindKey, q.cmd.Key); key != nil && key.version > 0 {
		return nil, nil, nil // the answer is in the key
	}
	switch q.payload {
	case payloadEarn, payloadCheckIn:
		if err := v.needsOfEvent(r); err != nil {
			return nil, nil, err
		}
	case payloadKeep:
		v.order.referrer = ""
		if err := v.needsOfOrder(r, q.cmd.Keep.Order); err != nil {
			return nil, nil, err
		}
		if v.order.referrer != "" {
			v.follow(r, v.order.referrer)
		}
	case payloadCapture, payloadRelease, payloadReverse:
		if err := v.needsOfDeal(r, q.deal()); err != nil {
			return nil, nil, err
		}
	case payloadRedeem, payloadHold:
		v.want(r.program, KindAccount, q.cmd.Member)
		v.want(r.program, KindRedemption, q.cmd.Key)
		if q.payload == payloadRedeem {
			v.needsOfStock(r, q.cmd.Redeem.Reward)
		}
	case payloadTransfer:
		v.want(r.program, KindAccount, q.cmd.Member)
		v.want(r.program, KindAccount, q.cmd.Transfer.To)
	case payloadMerge:
		v.want(r.program, KindAccount, q.cmd.Member)
		v.want(r.program, KindAccount, q.cmd.Merge.Into)
		v.want(r.program, KindMerge, q.cmd.Member)
	default:
		v.want(r.program, KindAccount, q.cmd.Member)
	}
	return v.missing, v.lacking, nil
}

// needsOfEvent asks for the order, the referrer and the shared caps.
func (v *View) needsOfEvent(r *Rules) error {
	q := &v.request
	c := r.at(q.at)
	v.onDay(c)
	account := v.want(r.program, KindAccount, q.cmd.Member)
	named := ""
	if q.payload == payloadEarn {
		named = q.cmd.Earn.Referrer
		if err := v.needsOfOrder(r, q.cmd.Earn.Order); err != nil {
			return err
		}
	}
	if named != "" || account != nil && account.account.referred {
		if pair := v.want(r.program, KindReferral, q.cmd.Member); pair != nil {
			if pair.version > 0 {
				named = textOf(pair.body)
			}
			v.follow(r, named)
		}
	}
	from := len(v.lacking)
	v.lacking = c.book.shared(v.lacking, r.program, &q.event)
	shared := v.lacking[from:]
	v.lacking = v.lacking[:from]
	for _, id := range shared {
		v.wantCounter(id)
	}
	return nil
}

// onDay dates the request's event under a version.
func (v *View) onDay(c *compiled) {
	v.almanac.in(c.cal.zone)
	v.request.event.day = v.almanac.day(v.request.at)
}

// needsOfOrder asks for an order, and for whose it is if it is there.
func (v *View) needsOfOrder(r *Rules, name string) error {
	if name == "" {
		return nil
	}
	order := v.want(r.program, KindOrder, name)
	if order == nil || order.version == 0 {
		return nil
	}
	if err := v.order.read(order.body); err != nil {
		return err
	}
	v.follow(r, v.order.owner)
	return nil
}

func (v *View) needsOfDeal(r *Rules, name string) error {
	deal := v.want(r.program, KindRedemption, name)
	if deal == nil || deal.version == 0 {
		return nil
	}
	if err := v.deal.read(deal.body); err != nil {
		return err
	}
	v.follow(r, v.deal.owner)
	return nil
}

func (v *View) needsOfStock(r *Rules, reward string) {
	for _, c := range r.versions { // whichever is in force when it is decided
		if p := c.prizeNamed(reward); p != nil && p.Stock != nil {
			id := stockOf(r.program, p)
			if len(v.lacking) == 0 || v.lacking[len(v.lacking)-1] != id {
				v.wantCounter(id)
			}
		}
	}
}

func stockOf(program string, p *prize) CounterID {
	return CounterID{Program: program, Kind: CounterStock, Number: p.ID}
}

// deal returns the key of the hold or the redemption that a command names.
func (q *request) deal() string {
	switch q.payload {
	case payloadCapture:
		return q.cmd.Capture.Hold
	case payloadRelease:
		return q.cmd.Release.Hold
	default:
		return q.cmd.Reverse.Redemption
	}
}

// maxHops is how many merges are followed: an account that took others in may
// be merged itself.
const maxHops = 8

// follow asks for an account, and for those that it was merged into one after
// the other. It returns the last one; nil if records are missing yet.
func (v *View) follow(r *Rules, member string) *loaded {
	for range maxHops {
		account := v.want(r.program, KindAccount, member)
		if account == nil || account.account.status != statusMerged {
			return account
		}
		merge := v.want(r.program, KindMerge, member)
		if merge == nil {
			return nil
		}
		member = textOf(merge.body)
	}
	return nil
}

// A record of a referral or a merge is a format byte and the other's name.
const textFormat = 1

func appendText(dst []byte, s string) []byte { return wire.AppendString(append(dst, textFormat), s) }

// textOf reads what appendText wrote; "" if it is damaged.
func textOf(body []byte) string {
	if len(body) == 0 || body[0] != textFormat {
		return ""
	}
	r := wire.NewReader(body[1:])
	if s := r.String(); r.Close() == nil {
		return s
	}
	return ""
}
