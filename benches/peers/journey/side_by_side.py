"""Holds the answers of both against one another and prints the times: `side_by_side.py PEER.json OURS.json`."""

import json
import sys


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.loads(file.read().strip().splitlines()[-1])


def furthest(theirs, ours, place):
    """The largest difference of a credit, as a share of ours."""
    return max(abs(theirs[name][place] - ours[name][place]) / max(abs(ours[name][place]), 1e-9) for name in ours)


def main():
    peer, ours = load(sys.argv[1]), load(sys.argv[2])
    wrong = []
    if (peer["journeys"], peer["touches"]) != (ours["journeys"], ours["touches"]):
        wrong.append("not the same journeys")
    print(f"{ours['journeys']:,} journeys, {ours['touches']:,} touches; seconds of the processor, one thread, the least of three runs")
    print(f"{'':26}{'peer':>12}{'ours':>12}{'ratio':>9}   furthest credit of conversions, of value")
    for name in ("first, last, linear", "markov 1", "markov 3"):
        models = name.split(", ")
        # Rules are exact, but for cents, which ours shares out whole. A chain simulated for long comes within 3 %.
        simulated = name.startswith("markov")
        bound, prefix = (0.03, "long ") if simulated else (1e-4, "")
        gaps = [max(furthest(peer[prefix + model], ours[model], place) for model in models) for place in (0, 1)]
        if max(gaps) > bound:
            wrong.append(f"{name}: other credits")
        note = f"{gaps[0]:.2%}, {gaps[1]:.2%}"
        if simulated:
            timed = [furthest(peer[name], ours[name], place) for place in (0, 1)]
            note += f" with 10,000,000 simulated; as timed {timed[0]:.1%}, {timed[1]:.1%}"
        line(name, peer, ours, note)
    equal = peer["pairs"] == ours["pairs"]
    if not equal:
        wrong.append("directly-follows: other counts")
    line("directly-follows", peer, ours, f"{len(ours['pairs'])} pairs {'equal' if equal else 'differ'}")
    print(f"{'all eight rules':26}{'-':>12}{ours['seconds']['all eight rules']:>12.4f}")
    print(f"{'peak memory, MiB':26}{peer['peak_mib']:>12,}{ours['peak_mib']:>12,}{peer['peak_mib'] / ours['peak_mib']:>9.1f}")
    print(json.dumps({"peer": peer["seconds"], "ours": ours["seconds"], "wrong": wrong}))
    if wrong:
        sys.exit("; ".join(wrong))


def line(name, peer, ours, note):
    theirs, mine = peer["seconds"][name], ours["seconds"][name]
    print(f"{name:26}{theirs:>12.3f}{mine:>12.4f}{theirs / mine:>9.1f}   {note}")


main()
