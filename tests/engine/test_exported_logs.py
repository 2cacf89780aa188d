"""What Leadline exports as Parquet is a log of touches, with money to the smallest coin."""

from __future__ import annotations

import duckdb
import pytest

from leadline.engine.errors import BadTouches
from leadline.engine.logs import read_touches


def test_what_leadline_exports_is_read_as_it_is(tmp_path):
    rows = """SELECT * FROM (VALUES
        (7, 'kim@example.org', 'bought', TIMESTAMPTZ '2026-01-03 09:30:00Z', 890.50::DECIMAL(28, 4), 'EUR'),
        (8, 'kim@example.org', 'renewed', TIMESTAMPTZ '2026-02-03 09:30:00Z', 12000::DECIMAL(28, 4), 'JPY'),
        (9, 'lou', 'bought', TIMESTAMPTZ '2026-02-04 09:30:00Z', 1.234::DECIMAL(28, 4), 'KWD'),
        (9, 'lou', 'met', TIMESTAMPTZ '2026-02-05 09:30:00Z', NULL, NULL)
    ) AS log(touch_id, contact_id, kind, happened_at, value, currency)"""
    file = tmp_path / "touches.parquet"
    duckdb.sql(rows).write_parquet(str(file))
    touches = read_touches(file)
    assert touches.contact.labels == ["kim@example.org", "lou"]
    assert list(touches.value) == [89050, 12000, 1234]


def test_part_of_a_coin_is_refused_and_so_is_an_amount_without_its_currency(tmp_path):
    file = tmp_path / "touches.parquet"
    row = "'kim' AS contact, 'bought' AS kind, DATE '2026-01-03' AS happened_at"
    duckdb.sql(f"SELECT {row}, 99.505::DECIMAL(9, 3) AS value, 'EUR' AS currency").write_parquet(str(file))
    with pytest.raises(BadTouches, match="parts of the smallest coin"):
        read_touches(file)
    duckdb.sql(f"SELECT {row}, 99.50::DECIMAL(9, 2) AS value").write_parquet(str(file))
    with pytest.raises(BadTouches, match="no column “currency”"):
        read_touches(file)
