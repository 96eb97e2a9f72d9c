#!/usr/bin/env bash
# Times Splink and the `dedupe` example on the same CSV, one after the other, and prints both with their ratios.
#   benches/peers/splink/run.sh RECORDS.csv [TRUTH.csv] [options of splink_peer.py]
# THREADS (2) is given to both. PEER_ONLY=1 leaves out our own run.
set -euo pipefail
records=$(realpath "$1")
shift
truth=()
if [[ ${1:-} == *.csv ]]; then
    truth=("$(realpath "$1")")
    shift
fi
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/target/peers
threads=${THREADS:-2}
mkdir -p "$work"

environment=$root/target/peer-splink5
if ! cmp -s "$here/requirements.txt" "$environment/installed.txt"; then
    echo "installing Splink" >&2
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$environment/installed.txt"
fi

"$environment/bin/python" "$here/splink_peer.py" "$records" "${truth[@]}" --threads "$threads" "$@" \
    2> "$work/splink.log" | tail -n 1 > "$work/splink.json" || { tail -n 20 "$work/splink.log" >&2; exit 1; }
cat "$work/splink.json"
[[ -n ${PEER_ONLY:-} ]] && exit 0

cd "$root"
cargo build --quiet --release --example dedupe
ours=(--out "$work/clusters.csv" --threads "$threads")
if ((${#truth[@]})); then ours+=(--truth "${truth[0]}"); fi
target/release/examples/dedupe "$records" "${ours[@]}" 2> "$work/dedupe.log" | tail -n 1 > "$work/dedupe.json" \
    || { tail -n 20 "$work/dedupe.log" >&2; exit 1; }
cat "$work/dedupe.json"
"$environment/bin/python" "$here/side_by_side.py" "$work/splink.json" "$work/dedupe.json"
