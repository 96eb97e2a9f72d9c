"""Times ChannelAttribution and pm4py on a CSV of journeys: `peer.py FILE.csv`. Prints one line of JSON.

Times are the least of three runs, of the processor, without reading the file and without making pm4py's table of events.
"""

import contextlib
import io
import json
import os
import resource
import sys
import time

# One thread, as ours.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

with contextlib.redirect_stdout(io.StringIO()):
    import ChannelAttribution
    import numpy
    import pandas
    import pm4py


def timed(work):
    """The least of three runs, as of ours, and the last answer."""
    best = None
    for _ in range(3):
        start = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            answer = work()
        spent = time.process_time() - start
        best = spent if best is None else min(best, spent)
    return best, answer


def table(frame, conversions, value):
    return {row["channel_name"]: [row[conversions], row[value]] for row in frame.to_dict("records")}


def main():
    data = pandas.read_csv(sys.argv[1])
    seconds, told = {}, {}
    spent, rules = timed(
        lambda: ChannelAttribution.heuristic_models(
            data, "path", "conversions", "value_minor", sep=">", flg_pro=False
        )
    )
    seconds["first, last, linear"] = spent
    for name in ("first", "last", "linear"):
        told[name] = table(rules, f"{name}_touch_conversions", f"{name}_touch_value")
    for order in (1, 3):
        def chain(**more):
            frame = ChannelAttribution.markov_model(
                data, "path", "conversions", var_value="value_minor", var_null="nulls", order=order,
                sep=">", ncore=1, seed=7, verbose=False, flg_pro=False, **more,
            )
            return table(frame, "total_conversions", "total_conversion_value")

        # As it comes, which is timed; and simulated for long, which is held against ours.
        seconds[f"markov {order}"], told[f"markov {order}"] = timed(chain)
        _, told[f"long markov {order}"] = timed(lambda: chain(nsim_start=1e7))

    names = data["path"].str.split(" > ")
    lengths = names.str.len().to_numpy()
    case = numpy.repeat(numpy.arange(len(data)), lengths)
    place = numpy.arange(len(case)) - numpy.repeat(numpy.cumsum(lengths) - lengths, lengths)
    events = pandas.DataFrame({
        "case:concept:name": case.astype(str),
        "concept:name": numpy.concatenate(names.to_numpy()),
        "time:timestamp": pandas.to_datetime(place, unit="s", utc=True),
    })
    seconds["directly-follows"], found = timed(lambda: pm4py.discover_dfg(events))
    told["pairs"] = {f"{start} > {end}": int(count) for (start, end), count in found[0].items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"peer": "ChannelAttribution, pm4py", "journeys": len(data), "touches": len(events), "seconds": seconds, "peak_mib": peak, **told}))


main()
