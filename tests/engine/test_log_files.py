"""Files of text as logs: their amounts and dates are read as they are written."""

from __future__ import annotations

import json

import duckdb
import pytest

from leadline.engine.errors import BadFile, BadTouches
from leadline.engine.instants import to_instant
from leadline.engine.logs import read_touches
from leadline.engine.touches import MISSING

ODD = [
    {"who": "a-ü", "what": "asked", "when": "2026-03-04T10:00:00.5-03:00", "paid": "12.50", "cur": "EUR"},
    {"who": "b", "what": "bought", "when": "2026-03-04", "paid": "1200", "cur": "JPY"},
    {"who": "b", "what": "met", "when": "2026-03-05T23:59:59Z", "paid": "", "cur": ""},
]
ODD_NAMES = {"contact": "who", "kind": "what", "happened_at": "when", "value": "paid", "currency": "cur"}


def written(folder, form, rows):
    """A file of text of these rows."""
    path = folder / f"log.{form}"
    if form == "csv":
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    else:
        lines = [json.dumps({name: value or None for name, value in row.items()}) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["csv", "jsonl", "ndjson"])
def test_amounts_with_decimals_are_money_in_files_of_text_as_well(tmp_path, form):
    found = read_touches(written(tmp_path, form, ODD), names=ODD_NAMES)
    assert list(found.contact) == ["a-ü", "b", "b"]
    assert found.value.tolist() == [1250, 1200, MISSING]
    assert found.happened_at.tolist() == [
        to_instant("2026-03-04T13:00:00.5Z"), to_instant("2026-03-04"), to_instant("2026-03-05T23:59:59Z"),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (("890.00", "12.00"), [89_000, 1200]),  # round, and written as money
        (("890", "12"), [890, 12]),
        (("890.0", "12.0"), [890, 12]),  # whole numbers, as pandas writes them beside missing ones
        (("12.5", "-3"), [1250, -300]),
    ],
)
def test_what_is_written_with_coins_is_in_major_units(tmp_path, form, texts, value):
    rows = [row | {"paid": text, "cur": "EUR"} for row, text in zip(ODD, texts, strict=False)]
    assert read_touches(written(tmp_path, form, rows), names=ODD_NAMES).value.tolist() == value


@pytest.mark.parametrize("text", ["1,200.50", "twelve", "12.345", "1e3"])
def test_an_amount_that_is_none_is_one_clear_sentence(tmp_path, text):
    rows = [row | {"paid": text, "cur": "EUR"} for row in ODD]
    with pytest.raises(BadTouches, match="“value” is money"):
        read_touches(written(tmp_path, "jsonl", rows), names=ODD_NAMES)


def test_lines_of_json_leave_a_day_that_could_be_two_as_text(tmp_path):
    rows = [row | {"when": "03/04/2026"} for row in ODD]
    with pytest.raises(BadTouches, match="one of them “03/04/2026”"):
        read_touches(written(tmp_path, "jsonl", rows), names=ODD_NAMES)
    (tmp_path / "log.jsonl").write_text('{"contact": ')
    with pytest.raises(BadFile, match="can't be read as a log"):
        read_touches(tmp_path / "log.jsonl")


def test_a_relation_of_another_connection_is_read():
    with duckdb.connect() as connection:
        given = connection.sql("SELECT 'a' AS contact, 'met' AS kind, DATE '2026-03-04' AS happened_at")
        assert read_touches(given).happened_at.tolist() == [to_instant("2026-03-04")]
