#!/usr/bin/env bash
# Times ChannelAttribution and pm4py (Python packages) and ours on the same journeys in one run, checks that the answers
# agree, and prints both with their ratios.
#   benches/peers/journey/run.sh [PATHS.csv]
# Without a file, a million journeys are made.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/target/peers
mkdir -p "$work"
paths=${1:+$(realpath "$1")}

environment=$root/target/peer-journey
if ! cmp -s "$here/requirements.txt" "$environment/installed.txt"; then
    echo "installing ChannelAttribution and pm4py" >&2
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$environment/installed.txt"
fi

cd "$root"
cargo bench --quiet --bench peer_journey --no-run
if [[ -z $paths ]]; then
    paths=$work/journeys.csv
    cargo bench --quiet --bench peer_journey -- write "$paths"
fi
"$environment/bin/python" "$here/peer.py" "$paths" > "$work/journey.json"
cargo bench --quiet --bench peer_journey -- time "$paths" > "$work/journey-ours.json"
"$environment/bin/python" "$here/side_by_side.py" "$work/journey.json" "$work/journey-ours.json"
