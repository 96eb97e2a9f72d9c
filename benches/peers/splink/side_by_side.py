"""Prints the two JSON lines of one comparison side by side: `side_by_side.py PEER.json OURS.json`."""

import json
import sys


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.loads(file.read().strip().splitlines()[-1])


def number(tree, path):
    """The number at a path like `cpu_seconds.total`, or None."""
    for part in path.split("."):
        tree = tree.get(part) if isinstance(tree, dict) else None
    return float(tree) if isinstance(tree, (int, float)) else None


def main():
    peer, ours = load(sys.argv[1]), load(sys.argv[2])
    rows = [
        ("records", number(peer, "records"), number(ours, "records")),
        ("pairs", number(peer, "pairs"), number(ours, "candidate_pairs")),
        ("seconds", number(peer, "seconds"), number(ours, "seconds.total")),
        ("the same, peer's cleaning left out", number(peer, "seconds_without_cleaning"), number(ours, "seconds.total")),
        ("CPU seconds", number(peer, "cpu_seconds"), number(ours, "cpu_seconds.total")),
        ("the same, peer's cleaning left out", number(peer, "cpu_seconds_without_cleaning"), number(ours, "cpu_seconds.total")),
        ("peak RSS, MB", number(peer, "peak_rss_mb"), number(ours, "peak_rss_mb")),
    ]
    f1, cubed = number(ours, "pairwise.f1"), number(ours, "b_cubed.f1")
    scores = [
        ("F1, peer's best threshold by the truth", number(peer, "best.f1"), f1),
        ("B-cubed F1, the same", number(peer, "best.b_cubed_f1"), cubed),
        ("F1, peer at .95", number(peer, "at_095.f1"), f1),
        ("B-cubed F1, peer at .95", number(peer, "at_095.b_cubed_f1"), cubed),
    ]
    print(f"{'':44}{'Splink':>14}{'ours':>14}{'ratio':>10}")
    for name, theirs, mine in rows:
        ratio = f"{theirs / mine:.1f}" if theirs and mine else ""
        print(f"{name:44}{show(theirs):>14}{show(mine):>14}{ratio:>10}")
    for name, theirs, mine in scores:
        gap = f"{mine - theirs:+.4f}" if theirs is not None and mine is not None else ""
        print(f"{name:44}{show(theirs):>14}{show(mine):>14}{gap:>10}")


def show(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.4g}"


main()
