package clv

import "sync"

// shard is how many groups are summed in one go. Shards are cut at the same
// places and added in the same order for any number of workers, so that the
// sum is the same to the last bit.
const shard = 1024

// sumOver sums l over the groups with the given number of goroutines.
func sumOver(l likelihood, groups []group, workers int) sums {
	shards := (len(groups) + shard - 1) / shard
	workers = min(workers, shards)
	if workers <= 1 {
		var total sums
		for i := range shards {
			total.add(l.over(part(groups, i)))
		}
		return total
	}
	parts := make([]sums, shards)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < shards; i += workers {
				parts[i] = l.over(part(groups, i))
			}
		})
	}
	wait.Wait()
	var total sums
	for _, p := range parts {
		total.add(p)
	}
	return total
}

func part(groups []group, i int) []group {
	return groups[i*shard : min((i+1)*shard, len(groups))]
}
