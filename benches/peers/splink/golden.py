"""Writes a trained Splink model and the match weight of every pair that it scores.

    python golden.py --people fake_1000/records.csv  --out DIR     a usual model with term frequencies
    python golden.py --shapes gen-latin-10k/records.csv --out DIR  every ready-made comparison once

Runs with Splink 4.0.16 and with Splink 5.0.0. DIR gets `model.json`, `records.csv` (the cleaned input: what the
model was trained on) and `pairs.csv` (record_id_l, record_id_r, gamma_*, match weights or Bayes factors, probability;
of the shapes model at most 20,000 pairs, every 1-in-n by id order, so that all levels occur).
"""

import argparse
import json
import pathlib

import duckdb
import pandas as pd
import splink
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

FIVE = splink.__version__.startswith("5")


def linker_for(frame, settings):
    connection = duckdb.connect()
    # DuckDB's cosine takes arrays of one fixed length only.
    vector = "REPLACE (vector::DOUBLE[3] AS vector)" if "vector" in frame.columns else ""
    connection.execute(f"CREATE TABLE cleaned AS SELECT * {vector} FROM frame")
    api = DuckDBAPI(connection=connection)
    return Linker(api.register("cleaned"), settings) if FIVE else Linker("cleaned", settings, db_api=api)


def people(frame):
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email"),
        ],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )
    linker = linker_for(frame, settings)
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("first_name", "surname", "dob"), block_on("email")], recall=0.7
    )
    train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("first_name", "surname"), block_on("dob"), block_on("email")):
        train.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def shapes(frame):
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "last_name", forename_surname_concat_col_name="full_name"),
            cl.NameComparison("name_for_metaphone", dmeta_col_name="name_metaphone"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y-%m-%d"),
            cl.PostcodeComparison("postcode", invalid_postcodes_as_null=True),
            cl.PostcodeComparison("postcode_of_place", lat_col="latitude", long_col="longitude"),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("loyalty_card", [1, 2]),
            cl.JaroAtThresholds("address", [0.9, 0.7]),
            cl.JaccardAtThresholds("address_for_jaccard", [0.9, 0.7]),
            cl.JaroWinklerAtThresholds("city", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("device_id").configure(term_frequency_adjustments=True),
            cl.ArrayIntersectAtSizes("name_tokens", [2, 1]),
            cl.CosineSimilarityAtThresholds("vector", [0.9, 0.8, 0.7]),
            cl.AbsoluteDateDifferenceAtThresholds(
                "birth_for_difference", input_is_string=True, metrics=["day", "month", "year"], thresholds=[1, 1, 1]
            ),
            cl.AbsoluteTimeDifferenceAtThresholds(
                "seen_at", input_is_string=True, metrics=["minute", "hour"], thresholds=[30, 12]
            ),
            cl.CustomComparison(
                output_column_name="number",
                comparison_levels=untypical_levels(),
            ),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("email"), block_on("phone"), block_on("last_name", "postcode"),
            block_on("first_name", "date_of_birth"), block_on("substr(last_name, 1, 4)", "city"),
        ],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )
    linker = linker_for(frame, settings)
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [block_on("first_name", "last_name", "date_of_birth"), block_on("email", "last_name")], recall=0.6
    )
    train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("first_name", "last_name"), block_on("date_of_birth"), block_on("email")):
        train.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def untypical_levels():
    """The levels that no ready-made comparison uses."""
    import splink.comparison_level_library as cll

    return [
        cll.NullLevel("number"),
        cll.And(cll.ExactMatchLevel("number"), cll.LiteralMatchLevel("channel", "web", literal_datatype="string")),
        cll.ExactMatchLevel("number"),
        cll.AbsoluteDifferenceLevel("number", 2),
        cll.PercentageDifferenceLevel("number", 0.1),
        cll.Or(cll.ArraySubsetLevel("name_tokens"), cll.ColumnsReversedLevel("first_name", "last_name", symmetrical=True)),
        cll.And(cll.ExactMatchLevel("city"), cll.Not(cll.ExactMatchLevel("channel"))),
        cll.ElseLevel(),
    ]


def shape_columns(frame):
    """Cleaned and derived columns; invented numbers depend on the row alone."""
    out = frame.copy()
    for column in out.columns:
        if column not in ("record_id", "channel"):
            out[column] = out[column].str.strip().str.lower()
    out["phone"] = out["phone"].str.replace(r"\D", "", regex=True).str[-9:]
    out["postcode"] = out["postcode"].str.upper()
    iso = out["date_of_birth"].str.match(r"^\d{4}-", na=False)
    parts = out["date_of_birth"].str.extract(r"^(\d\d)[/.](\d\d)[/.](\d{4})$")
    out.loc[~iso, "date_of_birth"] = parts[2] + "-" + parts[1] + "-" + parts[0]
    out["full_name"] = out["first_name"] + " " + out["last_name"]
    out["name_for_metaphone"] = out["last_name"]

    def skeleton(text):
        if not isinstance(text, str):
            return None
        plain = "".join(letter for letter in text if letter.isascii() and letter.isalpha())
        return [plain[:1] + "".join(letter for letter in plain[1:] if letter not in "aeiouhwy"), plain[:3]]

    out["name_metaphone"] = out["last_name"].map(skeleton)
    out["name_tokens"] = [
        sorted({*(first.split() if isinstance(first, str) else []), *(last.split() if isinstance(last, str) else [])}) or None
        for first, last in zip(out["first_name"], out["last_name"])
    ]
    out["postcode_of_place"] = out["postcode"]
    cities = {city: place for place, city in enumerate(sorted(out["city"].dropna().unique()))}
    out["latitude"] = out["city"].map(lambda city: 50.0 + cities[city] * 0.21 if isinstance(city, str) else None)
    out["longitude"] = out["city"].map(lambda city: -4.0 + (cities[city] * 7 % 11) * 0.4 if isinstance(city, str) else None)
    out["address_for_jaccard"] = out["address"]
    out["birth_for_difference"] = out["date_of_birth"]
    rows = pd.Series(range(len(out)), index=out.index)
    out["seen_at"] = rows.map(lambda row: f"2024-03-{1 + row % 9:02d}T{row % 24:02d}:{row * 7 % 60:02d}:00Z")
    out["number"] = rows.map(lambda row: float(row * 13 % 97))
    out["vector"] = [[float(row % 5), float(row % 3) + 1.0, float(row % 7)] for row in range(len(out))]
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--people")
    parser.add_argument("--shapes")
    parser.add_argument("--out", required=True)
    given = parser.parse_args()
    out = pathlib.Path(given.out)
    out.mkdir(parents=True, exist_ok=True)
    frame = pd.read_csv(given.people or given.shapes, dtype=str, keep_default_na=False).replace("", None)
    frame = frame.astype(object).where(frame.notna(), None)
    if given.shapes:
        frame = shape_columns(frame)
        frame = frame.astype(object).where(frame.notna(), None)
        for column in ("number", "latitude", "longitude"):
            frame[column] = frame[column].astype(float)
    # Lists as JSON text.
    frame.map(lambda value: json.dumps(value) if isinstance(value, list) else value).to_csv(
        out / "records.csv", index=False
    )
    linker = people(frame) if given.people else shapes(frame)
    linker.misc.save_model_to_json(str(out / "model.json"), overwrite=True)
    pairs = linker.inference.predict()
    pairs = (pairs.as_pandas_dataframe() if hasattr(pairs, "as_pandas_dataframe") else pairs.as_pandas())
    pairs = pairs.sort_values(["record_id_l", "record_id_r"], kind="stable")
    limit = 20_000
    if given.shapes and len(pairs) > limit:
        # Keep some pairs of every level of every comparison, then every n-th.
        gammas = [name for name in pairs.columns if name.startswith("gamma_")]
        rare = pd.concat([pairs.groupby(name, group_keys=False).head(40) for name in gammas])
        pairs = pd.concat([rare, pairs.iloc[:: len(pairs) // limit + 1]])
        pairs = pairs.drop_duplicates(["record_id_l", "record_id_r"])
        pairs = pairs.sort_values(["record_id_l", "record_id_r"], kind="stable")
    prefixes = ("gamma_", "bf_", "mw_", "tf_", "match_")
    keep = ["record_id_l", "record_id_r"] + [name for name in pairs.columns if name.startswith(prefixes)]
    pairs[keep].to_csv(out / "pairs.csv", index=False, float_format="%.17g")
    print(json.dumps({"splink": splink.__version__, "pairs": len(pairs), "columns": keep}))


main()
