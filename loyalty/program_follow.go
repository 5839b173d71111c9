package loyalty

import (
	"fmt"

	"github.com/regulars-go/regulars"
)

// Follows returns [regulars.Faults] that list why a version can't come after
// another: accounts and journals refer to wallets, rules and levels by number,
// so a number must go on meaning what it meant. A wallet must stay, and stay
// spendable or not; a rule may go for good, but what is left of its number must
// give in the same way to the same wallet; a reward may not change its wallet.
func (p Program) Follows(before Program) error {
	var faults regulars.Faults
	if p.Name != before.Name {
		faults.Add("name", "%.80q: the version before is of %.80q", p.Name, before.Name)
	}
	if p.Version <= before.Version {
		faults.Add("version", "%d does not come after %d", p.Version, before.Version)
	}
	if !p.Effective.After(before.Effective) {
		faults.Add("effective", "%s is not after that of version %d, %s", stamp(p.Effective), before.Version, stamp(before.Effective))
	}
	for i := range before.Wallets {
		p.keepsWallet(&faults, &before.Wallets[i])
	}
	for i := range p.Rules {
		for k := range before.Rules {
			if p.Rules[i].ID == before.Rules[k].ID {
				p.keepsRule(&faults, fmt.Sprintf("rules[%d]", i), &p.Rules[i], &before, &before.Rules[k])
			}
		}
	}
	for i := range p.Rewards {
		for k := range before.Rewards {
			if r, old := &p.Rewards[i], &before.Rewards[k]; r.ID == old.ID && p.walletNumber(r.Wallet) != before.walletNumber(old.Wallet) {
				faults.Add(fmt.Sprintf("rewards[%d].wallet", i), "%d was paid from another wallet: want a new ID", r.ID)
			}
		}
	}
	return faults.Err()
}

func (p *Program) keepsWallet(faults *regulars.Faults, old *Wallet) {
	for i := range p.Wallets {
		if p.Wallets[i].ID != old.ID {
			continue
		}
		if p.Wallets[i].Qualifying != old.Qualifying {
			faults.Add(fmt.Sprintf("wallets[%d].qualifying", i), "was %v: want a new wallet", old.Qualifying)
		}
		return
	}
	faults.Add("wallets", "%d, %q, is gone: accounts may hold points in it", old.ID, old.Name)
}

func (p *Program) keepsRule(faults *regulars.Faults, path string, r *Rule, before *Program, old *Rule) {
	if r.way() != old.way() {
		faults.Add(path, "%d was a rule of another kind: want a new ID", r.ID)
	}
	if p.walletNumber(r.Wallet) != before.walletNumber(old.Wallet) {
		faults.Add(path+".wallet", "%d gave to another wallet: want a new ID", r.ID)
	}
}

// way is how a rule comes to its points, as far as accounts keep a state of it.
func (r *Rule) way() way {
	switch {
	case r.Streak != nil:
		return wayStreak
	case r.Task != nil:
		return wayTask
	case r.Referral != nil:
		return wayReferral
	}
	return wayFixed // or by amount: neither has a state of its own
}

// walletNumber returns the number of a wallet by name; 0 if there is none.
func (p *Program) walletNumber(name string) uint8 {
	for i := range p.Wallets {
		if p.Wallets[i].Name == name || name == "" {
			return p.Wallets[i].ID
		}
	}
	return 0
}
