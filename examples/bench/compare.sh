#!/usr/bin/env bash
# Every comparison in one sitting: installs the peers, makes the data, times both
# sides, checks that the answers agree, and ends each with a table of ratios.
# Needs Node 20 and PostgreSQL's server programs. SCALE=0.01 LEDGER=0 is a trial of
# two minutes: LEDGER=0 leaves PostgreSQL out. See README.md here.
set -euo pipefail
cd "$(dirname "$0")/../.."

export SCALE=${SCALE:-1}
cache=${XDG_CACHE_HOME:-$HOME/.cache}
((EUID == 0)) && cache=/var/tmp # PostgreSQL then runs as another user, who can't reach root's home
export REGULARS_PEERS_DATA=${REGULARS_PEERS_DATA:-$cache/regulars-peers}
mkdir -p "$REGULARS_PEERS_DATA"
peers=examples/bench/peers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n== %s\n' "$*"; }

say "machine"
uname -srm
grep -m1 'model name' /proc/cpuinfo 2>/dev/null | cut -d: -f2 || true
printf '%s processors, load %s\n' "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg 2>/dev/null || echo unknown)"
go version
node --version

say "peers and data, scale $SCALE"
npm --prefix "$peers" install --no-audit --no-fund --silent
npm --silent --prefix "$peers" run gen

for task in rfm lifecycle funnel; do
	say "$task"
	npm --silent --prefix "$peers" run "$task" >"$work/$task.jsonl"
	go run -C examples "./bench/$task" -data "$REGULARS_PEERS_DATA/scale-$SCALE" -compare "$work/$task.jsonl"
done

say "persona, beside expr"
go test -C examples -run . -bench . ./bench/persona

if [ "${LEDGER:-1}" != 0 ]; then
	say "ledger, beside pgbench"
	node "$peers/pg/ledger.mjs" -- env GOGC=400 go run -C examples ./bench/ledger -beside "$PWD/$peers/pg"
fi
