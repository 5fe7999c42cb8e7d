"""DuckDB reads the postings twice, as Parquet and as CSV, and has to find the same.

  parquet.py PARQUET CSV
"""

import sys
from decimal import Decimal

import duckdb

PARQUET, CSV = sys.argv[1:3]
# Accounting unit of the Parquet file, and how many of it make one of the unit that the CSV shows.
PER_SHOWN = {("mg", "t"): Decimal(10) ** 9, ("mg", "kg"): Decimal(10) ** 6, ("bbl", "kbbl"): Decimal(10) ** 3}

lines = f"read_csv('{CSV}', all_varchar = true, header = true)"
rows = duckdb.sql(f"select count(*) from '{PARQUET}'").fetchall()[0][0]
assert rows == duckdb.sql(f"select count(*) from {lines}").fetchall()[0][0], "as many legs"
assert rows > 5_000, rows
types = dict(duckdb.sql(f"select column_name, column_type from (describe select * from '{PARQUET}')").fetchall())
assert types["effective"] == "DATE" and types["change"] == "BIGINT", types
assert types["recorded_at"].startswith("TIMESTAMP"), types

key = "place, owner, lot, material, basis"
exact = duckdb.sql(f"select {key}, unit, decimals, sum(change)::varchar from '{PARQUET}' group by all order by all").fetchall()
shown = {}
for *name, unit, change in duckdb.sql(f"select {key}, unit, change from {lines}").fetchall():
    total, _ = shown.get(tuple(name), (Decimal(0), unit))
    shown[tuple(name)] = (total + Decimal(change), unit)
assert len(exact) == len(shown), (len(exact), len(shown))
for *name, unit, decimals, change in exact:
    total, shown_unit = shown[tuple(name)]
    in_unit = Decimal(change) / Decimal(10) ** decimals
    factor = Decimal(1) if unit == shown_unit else PER_SHOWN[(unit, shown_unit)]
    assert in_unit == total * factor, (name, change, unit, total, shown_unit)
days = duckdb.sql(f"select min(effective)::varchar, max(effective)::varchar from '{PARQUET}'").fetchall()[0]
assert days == duckdb.sql(f"select min(effective), max(effective) from {lines}").fetchall()[0], days
print(f"{rows} legs of {len(exact)} accounts agree")
