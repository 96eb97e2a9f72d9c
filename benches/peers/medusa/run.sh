#!/usr/bin/env bash
# Times Medusa's promotion computation and ours on the same carts, by turns, checks that both take off the same, and
# prints both with their ratio.
#   benches/peers/medusa/run.sh
# RUNS (5) is how often each has its turn.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/target/peers
environment=$root/target/peer-medusa
mkdir -p "$work" "$environment"

if ! cmp -s "$here/package-lock.json" "$environment/installed.json"; then
    echo "installing Medusa's promotion module" >&2
    cp "$here/package.json" "$here/package-lock.json" "$environment/"
    (cd "$environment" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
    cp "$here/package-lock.json" "$environment/installed.json"
fi

cd "$root"
cargo bench --quiet --bench peer_medusa --no-run
: > "$work/medusa.jsonl"
: > "$work/medusa-ours.jsonl"
for ((run = 0; run < ${RUNS:-5}; run++)); do
    cargo bench --quiet --bench peer_medusa -- "$work/medusa-carts.json" >> "$work/medusa-ours.jsonl"
    node "$here/medusa.mjs" "$work/medusa-carts.json" "$environment" >> "$work/medusa.jsonl"
done
node "$here/side_by_side.mjs" "$work/medusa.jsonl" "$work/medusa-ours.jsonl"
