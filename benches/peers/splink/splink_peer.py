"""Runs Splink on a CSV of people with its authors' usual settings and prints one line of JSON.

    python splink_peer.py RECORDS.csv [TRUTH.csv] [--threads 2] [--names auto|joint|apart] [--u-pairs 5e6]
        [--em-pairs N] [--model MODEL.json] [--save-model MODEL.json] [--scores PAIRS.csv]

Stages, each with seconds and CPU seconds: `clean` (columns recognised by name, lower case, digits, dates, placeholders
out, names romanised; done once, timed apart), `prior`, `u`, `em`, `predict`, `cluster` (connected components at .95).
With the truth, F1 over pairs in clusters and B-cubed F1 at .95 and at the best of many thresholds, which only somebody
who has the truth can choose. `--scores` writes the weight of every scored pair (take a small set), `--model` scores
with a saved model instead of training.
"""

import argparse
import json
import resource
import time

import duckdb
import pandas as pd
import splink
import splink.comparison_library as cl
from anyascii import anyascii
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

NAMES = {
    "first_name": "first_name given_name forename givenname firstname",
    "last_name": "last_name surname family_name lastname familyname",
    "full_name": "full_name name fullname",
    "dob": "dob date_of_birth birth_date birthdate",
    "email": "email email_address e_mail mail",
    "phone": "phone phone_number mobile telephone tel",
    "address": "address street_address address_line address_1 street",
    "house": "street_number house_number",
    "postcode": "postcode postcode_fake zip zip_code postal_code",
    "city": "city town suburb",
    "birth_place": "birth_place place_of_birth",
    "state": "state region county",
    "loyalty_card": "loyalty_card card customer_card",
    "device_id": "device_id device",
    "national_id": "soc_sec_id national_id ssn nino",
    "gender": "gender sex",
    "occupation": "occupation job",
}
JUNK = {
    "phone": r"^(0*|1*|9*|0?123456789|234567890)$",
    "email": r"^(a@a\.com|none@none\.com|test@test\.com|no@email\.com|noemail@store\.com)$|@relay\.",
    "device_id": r"^[0\-]*$",
    "loyalty_card": r"^[a-z]*0+$",
    "first_name": r"^(guest|unknown|n/a|test|\.|customer)$",
    "last_name": r"^(customer|unknown|n/a|test|\.)$",
    "dob": r"^(1900|1970)-01-01$",
}


class Clock:
    """Seconds and CPU seconds of each stage."""

    def __init__(self):
        self.stages = {}

    def run(self, name, work):
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.stages[name] = {
            "seconds": round(time.perf_counter() - wall, 3),
            "cpu_seconds": round(time.process_time() - cpu, 3),
        }
        return result


def gregorian(text):
    """A day of the Solar Hijri calendar, `1370/05/12`, as an ISO date."""
    year, month, day = map(int, text.split("/"))
    shifted = year - 979
    days = 365 * shifted + shifted // 33 * 8 + (shifted % 33 + 3) // 4 + day - 1
    days += (month - 1) * 31 if month < 7 else (month - 7) * 30 + 186
    return (pd.Timestamp("1600-03-20") + pd.Timedelta(days=days)).strftime("%Y-%m-%d")


def clean(connection, path, names):
    """Reads and cleans inside DuckDB; returns the columns that were recognised."""
    connection.execute(
        "CREATE TABLE given AS SELECT * FROM read_csv(?, header = true, all_varchar = true, nullstr = '')", [path]
    )
    present = [row[0] for row in connection.execute("DESCRIBE given").fetchall()]
    lower = {name.lower(): name for name in present}
    columns = {}
    for role, words in NAMES.items():
        found = next((lower[word] for word in words.split() if word in lower), None)
        if found:
            columns[role] = found
    native, plain = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789"

    expressions = ["record_id"]
    for role, name in columns.items():
        text = f"lower(trim(translate(\"{name}\", '{native}', '{plain}')))"
        if role in ("first_name", "last_name", "full_name"):
            text = f"trim(regexp_replace(strip_accents({text}), '^(mr|mrs|ms|dr)\\.? ', ''))"
        elif role == "email":
            text = f"regexp_replace({text}, '\\+[^@]*', '')"
        elif role in ("phone", "national_id"):
            digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
            text = f"right({digits}, 9)" if role == "phone" else digits
        elif role == "dob":
            text = (
                f"coalesce(strftime(coalesce(try_strptime({text}, '%Y-%m-%d'), try_strptime({text}, '%d/%m/%Y'), "
                f"try_strptime({text}, '%d.%m.%Y'), try_strptime({text}, '%Y%m%d')), '%Y-%m-%d'), {text})"
            )
        elif role == "postcode":
            text = f"regexp_replace({text}, ' ', '', 'g')"
            text = f"regexp_replace(upper({text}), '^([A-Z]+[0-9]+)([0-9][A-Z]{{2}})$', '\\1 \\2')"
        text = f"nullif({text}, '')"
        if role in JUNK:
            text = f"CASE WHEN regexp_matches({text}, '{JUNK[role]}') THEN NULL ELSE {text} END"
        expressions.append(f"{text} AS {role}")
    connection.execute(f"CREATE TABLE cleaned AS SELECT {', '.join(expressions)} FROM given")
    # Names, cities and streets in Latin letters, so that bytes are letters.
    for role in ("first_name", "last_name", "full_name", "address", "city", "birth_place", "email"):
        if role not in columns:
            continue
        values = connection.execute(
            f"SELECT DISTINCT {role} FROM cleaned WHERE {role} IS NOT NULL AND {role} SIMILAR TO '.*[^\\x00-\\x7F].*'"
        ).fetchall()
        if values:
            table = pd.DataFrame({"was": [row[0] for row in values]})
            table["becomes"] = table["was"].map(lambda text: anyascii(text).lower().strip() or None)
            connection.register("romanised", table)
            connection.execute(f"UPDATE cleaned SET {role} = becomes FROM romanised WHERE {role} = was")
            connection.unregister("romanised")
    if "dob" in columns:
        odd = connection.execute("SELECT DISTINCT dob FROM cleaned WHERE dob SIMILAR TO '1[34]\\d\\d/\\d\\d/\\d\\d'").fetchall()
        if odd:
            table = pd.DataFrame({"was": [row[0] for row in odd]})
            table["becomes"] = table["was"].map(gregorian)
            connection.register("dates", table)
            connection.execute("UPDATE cleaned SET dob = becomes FROM dates WHERE dob = was")
            connection.unregister("dates")
    # One full name in an otherwise empty pair of columns; and the pair as one column where it is compared jointly.
    if {"first_name", "last_name"} <= columns.keys():
        connection.execute(
            "UPDATE cleaned SET last_name = regexp_extract(first_name, ' (.*)$', 1), "
            "first_name = regexp_extract(first_name, '^([^ ]+) ', 1) WHERE last_name IS NULL AND first_name LIKE '% %'"
        )
        connection.execute("ALTER TABLE cleaned ADD COLUMN joined_name VARCHAR")
        connection.execute("UPDATE cleaned SET joined_name = first_name || ' ' || last_name")
    count = connection.execute("SELECT count(*) FROM cleaned").fetchall()[0][0]
    if names == "auto":
        foreign = connection.execute(
            f"SELECT avg((\"{columns.get('first_name', 'record_id')}\" SIMILAR TO '.*[\\x{{0400}}-\\x{{06FF}}].*')::INT) FROM given"
        ).fetchall()[0][0]
        names = "joint" if (foreign or 0) > 0.1 or "occupation" in columns else "apart"
    connection.execute("DROP TABLE given")
    return set(columns), count, names


def comparisons(columns, names, british):
    """What the authors' examples use for columns of each kind."""
    made = []
    tf = dict(term_frequency_adjustments=True)
    if {"first_name", "last_name"} <= columns and names == "joint":
        made.append(
            cl.ForenameSurnameComparison(
                "first_name", "last_name", forename_surname_concat_col_name="joined_name"
            ).configure(**tf)
        )
    else:
        made += [cl.NameComparison(name).configure(**tf) for name in ("first_name", "last_name") if name in columns]
        if not made and "full_name" in columns:
            made.append(cl.NameComparison("full_name").configure(**tf))
    if "dob" in columns:
        made.append(cl.DateOfBirthComparison("dob", input_is_string=True))
    if "email" in columns:
        made.append(cl.EmailComparison("email"))
    if "phone" in columns:
        made.append(cl.LevenshteinAtThresholds("phone", [1, 2]).configure(**tf))
    if "national_id" in columns:
        made.append(cl.DamerauLevenshteinAtThresholds("national_id", [1, 2]))
    if "postcode" in columns:
        made.append(cl.PostcodeComparison("postcode") if british else cl.ExactMatch("postcode").configure(**tf))
    # Of the parts of an address one is compared: together they count one fact three times. With street and city as well,
    # the best F1 on households of customers falls from .837 to .632 (README.md).
    if "address" in columns and "postcode" not in columns:
        made.append(cl.JaroWinklerAtThresholds("address", [0.9, 0.7]).configure(**tf))
    for name in ("city", "birth_place", "loyalty_card", "device_id", "occupation"):
        if name in columns and not (name == "city" and "postcode" in columns):
            made.append(cl.ExactMatch(name).configure(**tf))
    for name in ("house", "state", "gender"):
        if name in columns:
            made.append(cl.ExactMatch(name))
    return made


def blocking(connection, columns, count):
    """The authors' usual rules over the present columns, without those whose blocks are too large for the size."""
    candidates = [
        "email", "phone", "loyalty_card", "national_id", "device_id", "first_name,dob", "last_name,dob",
        "first_name,postcode", "last_name,postcode", "first_name,address", "dob,postcode", "dob,city", "dob,birth_place",
        "substr(postcode, 1, 3),dob", "substr(first_name, 1, 3),substr(last_name, 1, 4)", "first_name,last_name",
        "first_name,last_name,city", "substr(postcode, 1, 3),first_name", "substr(postcode, 1, 3),last_name",
        "substr(first_name, 1, 2),substr(last_name, 1, 2),substr(dob, 1, 4)", "dob", "first_name", "last_name",
    ]
    kept = []
    for candidate in candidates:
        parts = candidate.replace(", 1", "; 1").replace("; 1, ", "; 1; ").split(",")
        parts = [part.replace(";", ",") for part in parts]
        used = {part.split("(")[-1].split(",")[0] for part in parts}
        if not used <= columns:
            continue
        keys = ", ".join(parts)
        filled = " AND ".join(f"{part} IS NOT NULL" for part in parts)
        pairs = connection.execute(
            f"SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n FROM cleaned WHERE {filled} GROUP BY {keys})"
        ).fetchall()[0][0]
        if pairs <= 3 * count + 30_000:
            kept.append(block_on(*parts))
    return kept


def scored(pairs, nodes, truth):
    """F1 and B-cubed F1 of connected components, for many thresholds in one pass over the pairs, best first."""
    order = {node: at for at, node in enumerate(nodes)}
    parent = list(range(len(nodes)))

    def find(at):
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    people = [truth[node] for node in nodes]
    sizes = pd.Series(people).value_counts()
    true_pairs = int((sizes * (sizes - 1) // 2).sum())
    edges = pairs.sort_values("match_probability", ascending=False)
    left = edges["record_id_l"].map(order).tolist()
    right = edges["record_id_r"].map(order).tolist()
    chance = edges["match_probability"].tolist()
    at, out = 0, []
    for threshold in (0.9999, 0.999, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8, 0.65, 0.5, 0.35, 0.2, 0.1, 0.05):
        while at < len(chance) and chance[at] >= threshold:
            one, two = find(left[at]), find(right[at])
            if one != two:
                parent[max(one, two)] = min(one, two)
            at += 1
        frame = pd.DataFrame({"cluster": [find(node) for node in range(len(nodes))], "person": people})
        both = frame.groupby(["cluster", "person"], sort=False).size()
        clusters = frame["cluster"].value_counts()
        found = int((clusters * (clusters - 1) // 2).sum())
        right_pairs = int((both * (both - 1) // 2).sum())
        precision, recall = right_pairs / max(found, 1), right_pairs / max(true_pairs, 1)
        squared = both.astype(float) ** 2
        cubed_precision = float((squared / both.index.get_level_values(0).map(clusters)).sum()) / len(nodes)
        cubed_recall = float((squared / both.index.get_level_values(1).map(sizes)).sum()) / len(nodes)
        out.append({
            "threshold": threshold,
            "f1": round(2 * precision * recall / max(precision + recall, 1e-12), 4),
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "b_cubed_f1": round(2 * cubed_precision * cubed_recall / (cubed_precision + cubed_recall), 4),
            "largest_cluster": int(clusters.max()),
        })
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("records")
    parser.add_argument("truth", nargs="?")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--names", choices=["auto", "joint", "apart"], default="auto")
    parser.add_argument("--u-pairs", type=float, default=5e6)
    parser.add_argument("--em-pairs", type=float)
    parser.add_argument("--model")
    parser.add_argument("--save-model")
    parser.add_argument("--scores")
    given = parser.parse_args()
    connection = duckdb.connect()
    connection.execute(f"SET threads = {given.threads}")
    clock = Clock()
    columns, count, names = clock.run("clean", lambda: clean(connection, given.records, given.names))
    british = "postcode" in columns and connection.execute(
        "SELECT avg((postcode SIMILAR TO '[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}')::INT) > 0.5 FROM cleaned WHERE postcode IS NOT NULL"
    ).fetchall()[0][0]
    api = DuckDBAPI(connection=connection)
    full = {"first_name", "last_name"} <= columns
    if given.model:
        with open(given.model, encoding="utf-8") as file:
            settings = json.load(file)
    else:
        settings = SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="record_id",
            comparisons=comparisons(columns, names, british),
            blocking_rules_to_generate_predictions=clock.run("blocking", lambda: blocking(connection, columns, count)),
            retain_intermediate_calculation_columns=bool(given.scores),
            retain_matching_columns=bool(given.scores),
        )
    linker = Linker(api.register("cleaned"), settings, log_level=30)
    if not given.model:
        rules = [
            rule for rule in (
                ("first_name", "last_name", "dob"), ("email", "last_name"), ("phone", "first_name"),
                ("loyalty_card", "first_name"), ("national_id",), ("first_name", "last_name", "postcode"),
            ) if set(rule) <= columns
        ]
        clock.run("prior", lambda: linker.training.estimate_probability_two_random_records_match(
            [block_on(*rule) for rule in rules], recall=0.7
        ))
        clock.run("u", lambda: linker.training.estimate_u_using_random_sampling(max_pairs=given.u_pairs, seed=1))
        sessions = [("first_name", "last_name")] if full else []
        sessions += [(name,) for name in ("dob", "email", "national_id", "phone") if name in columns][: 2 if full else 3]

        def em():
            for session in sessions:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block_on(*session), max_pairs=given.em_pairs
                )

        clock.run("em", em)
        if given.save_model:
            linker.misc.save_model_to_json(given.save_model, overwrite=True)
    predicted = clock.run("predict", lambda: linker.inference.predict(threshold_match_probability=None if given.scores else 0.05))
    clock.run("cluster", lambda: linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=0.95
    ))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    work = [stage for name, stage in clock.stages.items() if name != "clean"]
    result = {
        "peer": f"splink {splink.__version__}",
        "records": count,
        "pairs": connection.execute(f"SELECT count(*) FROM {predicted.physical_name}").fetchall()[0][0],
        "names": names,
        "stages": clock.stages,
        "seconds_without_cleaning": round(sum(stage["seconds"] for stage in work), 3),
        "cpu_seconds_without_cleaning": round(sum(stage["cpu_seconds"] for stage in work), 3),
        "seconds": round(sum(stage["seconds"] for stage in clock.stages.values()), 3),
        "cpu_seconds": round(sum(stage["cpu_seconds"] for stage in clock.stages.values()), 3),
        "peak_rss_mb": round(peak, 1),
    }
    if given.scores:
        frame = connection.execute(f"SELECT * FROM {predicted.physical_name} ORDER BY record_id_l, record_id_r").df()
        prefixes = ("gamma_", "bf_", "mw_", "tf_", "match_")
        keep = ["record_id_l", "record_id_r"] + [name for name in frame.columns if name.startswith(prefixes)]
        frame[keep].to_csv(given.scores, index=False, float_format="%.17g")
    if given.truth:
        truth = pd.read_csv(given.truth, dtype=str).set_index("record_id")["truth_id"].to_dict()
        nodes = [row[0] for row in connection.execute("SELECT record_id FROM cleaned").fetchall()]
        edges = connection.execute(
            f"SELECT record_id_l, record_id_r, match_probability FROM {predicted.physical_name} WHERE match_probability >= 0.05"
        ).df()
        curve = scored(edges, nodes, truth)
        result["best"] = max(curve, key=lambda point: point["f1"])
        result["at_095"] = next(point for point in curve if point["threshold"] == 0.95)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
