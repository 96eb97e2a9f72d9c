#!/usr/bin/env bash
# Times ChannelAttribution and pm4py and ours on the same journeys in one run, checks that the answers agree, and prints both
# with their ratios.
#   benches/peers/journey/run.sh [PATHS.csv]
# Without a file, a million journeys are made. With Python both packages are installed into an environment under target/; with R,
# the package ChannelAttribution is taken if it is installed. What is not there is said and skipped. PEERS=python or PEERS=r asks
# for one of them only.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$root/target/peers
mkdir -p "$work"
paths=${1:+$(realpath "$1")}
peers=${PEERS:-python r}

skip() {
    echo "skipped: $1" >&2
}

python=
if [[ " $peers " != *" python "* ]]; then
    skip "ChannelAttribution for Python and pm4py, not asked for"
elif ! command -v python3 > /dev/null; then
    skip "ChannelAttribution for Python and pm4py, as there is no python3"
else
    environment=$root/target/peer-journey
    if ! cmp -s "$here/requirements.txt" "$environment/installed.txt"; then
        echo "installing ChannelAttribution and pm4py" >&2
        if python3 -m venv "$environment" &&
            "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"; then
            cp "$here/requirements.txt" "$environment/installed.txt"
        fi
    fi
    if [[ -f $environment/installed.txt ]]; then
        python=$environment/bin/python
    else
        skip "ChannelAttribution for Python and pm4py, which could not be installed"
    fi
fi
r=
if [[ " $peers " != *" r "* ]]; then
    skip "ChannelAttribution for R, not asked for"
elif ! command -v Rscript > /dev/null; then
    skip "ChannelAttribution for R, as there is no Rscript"
elif ! Rscript -e 'quit(status = !requireNamespace("ChannelAttribution", quietly = TRUE))' > /dev/null 2>&1; then
    skip "ChannelAttribution for R, as the package is not installed"
else
    r=Rscript
fi
if [[ -z $python && -z $r ]]; then
    echo "no peer is here: nothing to compare with" >&2
    exit 1
fi

cd "$root"
cargo bench --quiet --bench peer_journey --no-run
ours() {
    cargo bench --quiet --bench peer_journey -- "$@"
}
if [[ -z $paths ]]; then
    paths=$work/journeys.csv
    ours write "$paths"
fi
told=()
if [[ -n $python ]]; then
    "$python" "$here/peer.py" "$paths" > "$work/journey-python.json"
    told+=("$work/journey-python.json")
fi
if [[ -n $r ]]; then
    "$r" "$here/peer.R" "$paths" > "$work/journey-r.json"
    told+=("$work/journey-r.json")
fi
ours time "$paths" > "$work/journey-ours.json"
ours compare "$work/journey-ours.json" "${told[@]}"
