#!/usr/bin/env bash
# Times the npm package `sms-segments-calculator` and ours on the same texts, by turns, checks that both count the same,
# and prints both with their ratio.
#   benches/peers/sms/run.sh [TEXTS.json]
# RUNS (5) is how often each has its turn.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
texts=$(realpath "${1:-$here/texts.json}")
work=$root/target/peers
environment=$root/target/peer-sms
mkdir -p "$work" "$environment"

if ! cmp -s "$here/package-lock.json" "$environment/installed.json"; then
    echo "installing sms-segments-calculator" >&2
    cp "$here/package.json" "$here/package-lock.json" "$environment/"
    (cd "$environment" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
    cp "$here/package-lock.json" "$environment/installed.json"
fi

cd "$root"
cargo bench --quiet --bench peer_sms --no-run
: > "$work/sms.jsonl"
: > "$work/sms-ours.jsonl"
for ((run = 0; run < ${RUNS:-5}; run++)); do
    cargo bench --quiet --bench peer_sms -- "$texts" >> "$work/sms-ours.jsonl"
    node "$here/peer.mjs" "$texts" "$environment" >> "$work/sms.jsonl"
done
node "$here/side_by_side.mjs" "$work/sms.jsonl" "$work/sms-ours.jsonl"
