package loyalty

import (
	"maps"
	"slices"
)

// liabilityDiffs pairs wallets by name: those of today, then new ones.
func liabilityDiffs(now, candidate []WalletLiability) (list []LiabilityDiff) {
	for i := range now {
		w := &now[i]
		list = append(list, LiabilityDiff{Wallet: w.Wallet, Points: w.Settled.Points() + w.Due.Points(), Expected: w.Expected})
	}
	for i := range candidate {
		w := &candidate[i]
		at := slices.IndexFunc(list, func(d LiabilityDiff) bool { return d.Wallet == w.Wallet })
		if at < 0 {
			at = len(list)
			list = append(list, LiabilityDiff{Wallet: w.Wallet})
		}
		list[at].CandidatePoints, list[at].CandidateExpected = w.Settled.Points()+w.Due.Points(), w.Expected
	}
	return list
}

func ruleDiffs(a, b *run) (list []RuleDiff) {
	ids := maps.Clone(a.names)
	maps.Copy(ids, b.names)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		d := RuleDiff{Rule: id, Name: ids[id]}
		if use := a.rules[id]; use != nil {
			d.Times, d.Points = use.times, use.points
		}
		if use := b.rules[id]; use != nil {
			d.CandidateTimes, d.CandidatePoints = use.times, use.points
		}
		list = append(list, d)
	}
	return list
}

func memberDiffs(a, b *run) (list []MemberDiff) {
	names := map[string]bool{}
	for name := range a.members {
		names[name] = true
	}
	for name := range b.members {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		x, y := a.member(name), b.member(name)
		if maps.Equal(x.earned, y.earned) && maps.Equal(x.available, y.available) && x.tier == y.tier && x.rejected == y.rejected {
			continue
		}
		list = append(list, MemberDiff{
			Member: name, Earned: x.earned, CandidateEarned: y.earned, Available: x.available, CandidateAvailable: y.available,
			Tier: x.tier, CandidateTier: y.tier, Rejected: x.rejected, CandidateRejected: y.rejected,
		})
	}
	return list
}
