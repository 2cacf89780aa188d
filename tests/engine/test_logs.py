"""A log reads the same in every form, each id counts once, and what can't be read is said in a sentence."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given

from leadline.engine.errors import BadFile, BadTouches, UnknownName
from leadline.engine.history import derive
from leadline.engine.instants import to_datetime
from leadline.engine.logs import read_touches
from leadline.engine.touches import MISSING, Touches
from tests import oracle
from tests.makers import as_oracle_rows, day, few_kinds, funnel_of, log_rows, touch
from tests.strategies import WORDS, crowds, examples, funnels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.oracle import Touch

Rows = list[dict[str, Any]]

LOG: Rows = [
    touch("ann", "downloaded", 0, path="content", content="e-book", id="t1"),
    touch("ben", "met", 1.5, path="speaking", company="Acme", id="t2", note='said "maybe", twice'),
    touch("ann", "bought", 9, value=9950, currency="EUR", id="t3", company="Zoë & Söhne"),
    touch("ann", "opened", 3, machine=True, id="t4"),
]
COLUMNS = list(dict.fromkeys(name for row in LOG for name in row))


def filled(rows: Rows, columns: list[str]) -> Rows:
    return [{name: row.get(name) for name in columns} for row in rows]


def as_csv(rows: Rows, columns: list[str], folder: Path) -> Path:
    path = folder / "log.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(filled(rows, columns))
    return path


def as_arrow(rows: Rows, columns: list[str], _folder: Path) -> pa.Table:
    return pa.Table.from_pylist(filled(rows, columns))


def as_parquet(rows: Rows, columns: list[str], folder: Path) -> Path:
    pq.write_table(as_arrow(rows, columns, folder), folder / "log.parquet")
    return folder / "log.parquet"


FORMS: dict[str, Callable[[Rows, list[str], Path], Any]] = {
    "csv": as_csv,
    "parquet": as_parquet,
    "arrow": as_arrow,
    "pandas": lambda rows, columns, _: pd.DataFrame(filled(rows, columns), columns=columns),
    "polars": lambda rows, columns, _: pl.DataFrame(filled(rows, columns), infer_schema_length=None),
    "dicts": lambda rows, _columns, __: rows,
}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> Callable[[Rows, list[str], Path], Any]:
    return FORMS[request.param]


def plain(touches: Touches) -> list[tuple[Mapping[str, Any], bool]]:
    machine = touches.machine if touches.machine is not None else np.zeros(len(touches), bool)
    rows = zip((touches.row(number) for number in range(len(touches))), machine.tolist(), strict=True)
    return sorted(rows, key=lambda pair: str(pair[0].get("id")))


def test_every_form_of_a_log_gives_the_same_touches(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    touches = read_touches(form(LOG, COLUMNS, tmp_path))
    wanted = [({k: v for k, v in row.items() if k != "machine"}, "machine" in row) for row in LOG]
    assert plain(touches) == wanted
    assert sorted(touches.contact.labels) == ["ann", "ben"]
    assert touches.value.tolist() == [MISSING, MISSING, 9950, MISSING]


def test_every_form_of_a_log_gives_the_same_history(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    @examples(12)
    @given(funnels(), crowds())
    def check(funnel: dict[str, object], crowd: dict[str, list[Touch]]) -> None:
        rows = [row | {"happened_at": to_datetime(row["happened_at"])} for row in log_rows(crowd)]
        touches = read_touches(form(rows, list(rows[0]), tmp_path), kinds=few_kinds())
        until = 20 * oracle.DAY
        found = as_oracle_rows(derive(touches, funnel_of(funnel), until), touches)
        assert found == {name: oracle.history(funnel, log, until, WORDS) for name, log in crowd.items()}

    check()


def test_every_form_keeps_an_id_once_and_leaves_out_what_was_taken_back(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    rows = [
        touch("ann", "met", 0, id="a"),
        touch("ann", "called", 1, id="b"),
        touch("ann", "met", 0, id="a"),
        touch("ann", "called", 5, id="c", retracts="b"),
        touch("ben", "met", 2, id="d"),
        touch("ben", "met", 5, id="e", retracts="d"),
        touch("ben", "met", 6, id="f", retracts="e"),
    ]
    touches = read_touches(form(rows, ["contact", "kind", "happened_at", "id", "retracts"], tmp_path))
    assert [touches.id[number] for number in range(len(touches))] == ["a", "d"]


def test_every_form_takes_numbered_ids_in_the_order_of_their_numbers(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    rows = [
        touch("ann", "met", 0, id=number, retracts=back) for number, back in [(10, None), (9, None), (11, 10)]
    ]
    rows.append(touch("ann", "met", 1, id=100))
    touches = read_touches(form(rows, ["contact", "kind", "happened_at", "id", "retracts"], tmp_path))
    assert [touches.id[number] for number in range(len(touches))] == [9, 100]


def test_every_form_knows_only_the_contacts_that_are_in_the_log(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    rows = [touch(number, "met", 0) for number in (3, 700, 12)]
    touches = read_touches(form(rows, ["contact", "kind", "happened_at"], tmp_path))
    assert sorted(touches.contact.labels) == [3, 12, 700]
    assert touches.contact.values() == [3, 700, 12]


def test_every_form_counts_an_audience_and_gives_it_no_contact(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    rows = [touch("ann", "met", 0), {"kind": "posted", "happened_at": day(1), "n": 250}]
    touches = read_touches(form(rows, ["contact", "kind", "happened_at", "n"], tmp_path))
    assert touches.contact.values() == ["ann", None]
    assert touches.n.tolist() == [MISSING, 250]
    assert touches.counting().tolist() == [True, False]


def test_every_form_reads_days_as_their_first_instant(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    rows = [{"contact": "ann", "kind": "met", "happened_at": date(2026, 1, 2)}]
    touches = read_touches(form(rows, ["contact", "kind", "happened_at"], tmp_path))
    assert touches.row(0)["happened_at"] == day(1)


def test_every_form_reads_an_instant_with_its_zone(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    east = datetime(2026, 1, 2, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    rows = [{"contact": "ann", "kind": "met", "happened_at": east}]
    touches = read_touches(form(rows, ["contact", "kind", "happened_at"], tmp_path))
    assert touches.row(0)["happened_at"] == datetime(2026, 1, 1, 23, 30, tzinfo=UTC)


def test_every_form_names_an_unknown_kind_and_the_nearest_one(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    rows = [touch("ann", "met", 0), touch("ann", "downloded", 0)]
    with pytest.raises(UnknownName, match=r"“downloded”.*Did you mean “downloaded”"):
        read_touches(form(rows, ["contact", "kind", "happened_at"], tmp_path))


def test_columns_may_be_called_otherwise(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    rows = [{"user": "ann", "what": "met", 'day "UTC"': day(0)}]
    names = {"contact": "user", "kind": "what", "happened_at": 'day "UTC"'}
    touches = read_touches(form(rows, list(rows[0]), tmp_path), names=names)
    assert plain(touches) == [({"contact": "ann", "kind": "met", "happened_at": day(0)}, False)]


def test_only_the_asked_kinds_are_read(form: Callable[[Rows, list[str], Path], Any], tmp_path: Path) -> None:
    touches = read_touches(form(LOG, COLUMNS, tmp_path), only=["met", "bought"])
    assert [row["kind"] for row, _ in plain(touches)] == ["met", "bought"]


def test_a_retraction_has_force_also_where_its_own_kind_was_not_asked_for(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    rows = [touch("ann", "met", 0, id="a"), touch("ann", "called", 1, id="b", retracts="a")]
    rows.append(touch("ann", "met", 1, id="c"))
    columns = ["contact", "kind", "happened_at", "id", "retracts"]
    touches = read_touches(form(rows, columns, tmp_path), only=["met"])
    assert [row["id"] for row, _ in plain(touches)] == ["c"]


def test_rows_that_are_no_dicts_are_refused() -> None:
    with pytest.raises(BadTouches, match=r"Touch 2 can't be read.*'met'"):
        read_touches([touch("ann", "met", 0), "met"])


def test_only_the_asked_columns_are_read(tmp_path: Path) -> None:
    touches = read_touches(as_csv(LOG, COLUMNS, tmp_path), columns=["path"])
    assert list(touches.columns) == ["path"]
    assert touches.value is None


def test_of_two_rows_with_one_id_the_same_is_kept_whatever_comes_first(tmp_path: Path) -> None:
    rows = [touch("ann", "met", 4, id="a"), touch("ann", "called", 2, id="a"), touch("ben", "met", 2, id="a")]
    for given_rows in (rows, rows[::-1]):
        for form in FORMS.values():
            touches = read_touches(form(given_rows, list(rows[0]), tmp_path))
            assert plain(touches) == [(rows[1], False)]


def test_a_touch_without_an_id_stands_for_itself(tmp_path: Path) -> None:
    rows = [touch("ann", "met", 0, id=None), touch("ann", "met", 0, id=None), touch("ann", "met", 0, id="a")]
    for form in FORMS.values():
        assert len(read_touches(form(rows, list(rows[0]), tmp_path))) == 3


HEADER = "contact,kind,happened_at"


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("", BadFile, ["log.csv", "empty"]),
        (f"{HEADER}\nann,met,2026-01-01\nben,met,soon\n", BadTouches, ["date", "1 of 2"]),
        (f"{HEADER}\nann,met,03/04/2026\nben,met,05/06/2026\n", BadTouches, ["date", "2 of 2"]),
        (f"{HEADER}\n,met,2026-01-01\nben,met,2026-01-01\n", BadTouches, ["contact", "1 of 2"]),
        (f"{HEADER}\nann,,2026-01-01\n", UnknownName, ["1 row", "without"]),
        (f"{HEADER},value\nann,bought,2026-01-01,99.50\n", BadTouches, ["value", "decimals", "currency"]),
        ("contact,when\nann,2026-01-01\n", BadTouches, ["contact, kind, happened_at", "contact, when"]),
        ("colour\nred\n", BadTouches, ["contact, kind, happened_at", "colour"]),
    ],
)
def test_a_csv_that_is_no_log_is_refused_with_the_reason(
    tmp_path: Path, text: str, error: type[Exception], says: list[str]
) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error) as caught:
        read_touches(path)
    for part in says:
        assert part in str(caught.value)


def test_a_log_with_only_a_header_has_no_touches(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEADER + "\n", encoding="utf-8")
    assert len(read_touches(path)) == 0
    assert len(Touches.of([])) == 0


@pytest.mark.parametrize("name", ["log.csv", "log.parquet"])
def test_a_file_that_is_missing_a_folder_or_no_table_is_a_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(BadFile, match="no such file"):
        read_touches(path)
    path.write_bytes(bytes(range(256)) * 20)
    with pytest.raises(BadFile, match="can't be read"):
        read_touches(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(BadFile, match="folder"):
        read_touches(path)


@pytest.mark.parametrize("source", [5, None, {"contact": "ann"}, object(), (row for row in LOG)])
def test_what_is_no_log_is_refused_with_what_would_be(source: object) -> None:
    with pytest.raises(BadTouches, match=r"Arrow table.*list of dicts"):
        read_touches(source)


def test_a_name_for_a_column_that_is_not_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    path = as_csv(
        [{"user_id": "ann", "kind": "met", "happened_at": day(0)}],
        ["user_id", "kind", "happened_at"],
        tmp_path,
    )
    with pytest.raises(UnknownName, match=r"“user_ids”.*Did you mean “user_id”"):
        read_touches(path, names={"contact": "user_ids"})
    with pytest.raises(UnknownName, match=r"“contct”.*Did you mean “contact”"):
        read_touches(path, names={"contct": "user_id"})


def test_numbers_with_gaps_in_a_pandas_frame_stay_numbers() -> None:
    """Pandas turns a column of whole numbers with gaps into floating point."""
    frame = pd.DataFrame(
        {
            "contact": [1, 2, 2],
            "kind": ["met", "bought", "met"],
            "happened_at": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"]),
            "id": [1.0, 2.0, None],
            "value": [None, 9950.0, None],
        }
    )
    touches = read_touches(frame)
    assert touches.id.values() == [1, 2, None]
    assert touches.value.tolist() == [MISSING, 9950, MISSING]


def test_a_retraction_needs_ids_to_name(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEADER},retracts\nann,met,2026-01-01,\nann,met,2026-01-02,t1\n", encoding="utf-8")
    with pytest.raises(BadTouches, match=r"“retracts”.*“id”"):
        read_touches(path)


@pytest.mark.parametrize(
    "text", ["2026-01-02", "2026-01-02T00:00:00", "2026-01-02 00:00:00.000000", "2026-01-02T02:00+02:00"]
)
def test_a_csv_takes_dates_in_iso_form(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEADER}\nann,met,{text}\n", encoding="utf-8")
    assert read_touches(path).row(0)["happened_at"] == day(1)


@pytest.mark.parametrize("text", ["3/4/26", "03/04/2026", "13.04.2026", "4 March 2026", "20260304T"])
def test_a_csv_takes_no_date_that_would_have_to_be_guessed(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"{HEADER}\nann,met,{text}\nann,met,{text}\n", encoding="utf-8")
    with pytest.raises(BadTouches, match="2 of 2 without"):
        read_touches(path)


def test_every_form_leaves_other_columns_aside_and_takes_the_named_one(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    rows = [{"user": "ann", "contact": "no", "kind": "met", "happened_at": day(0), "mine": "x"}]
    touches = read_touches(form(rows, list(rows[0]), tmp_path), names={"contact": "user"})
    assert plain(touches) == [({"contact": "ann", "kind": "met", "happened_at": day(0)}, False)]


def test_every_form_knows_only_the_contacts_of_the_asked_kinds(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    touches = read_touches(form(LOG, COLUMNS, tmp_path), only=["met"])
    assert list(touches.contact.labels) == ["ben"]


def test_every_form_refuses_names_for_columns_that_are_not_there(
    form: Callable[[Rows, list[str], Path], Any], tmp_path: Path
) -> None:
    given = form(LOG, COLUMNS, tmp_path)
    with pytest.raises(UnknownName, match=r"“user”"):
        read_touches(given, names={"contact": "user"})
    with pytest.raises(UnknownName, match=r"“contct”.*“contact”"):
        read_touches(given, names={"contct": "contact"})


@pytest.mark.parametrize("ids", [[-5, 7], [2**40, 2**60], [1, 2]])
def test_whole_numbers_of_contacts_stay_numbers(ids: list[int]) -> None:
    frame = pd.DataFrame({"contact": ids, "kind": ["met", "met"], "happened_at": [day(0), day(1)]})
    assert read_touches(frame).contact.values() == ids


def test_an_empty_text_in_a_frame_is_no_contact() -> None:
    frame = pl.DataFrame({"contact": ["", "ann"], "kind": ["met", "met"], "happened_at": [day(0), day(1)]})
    with pytest.raises(BadTouches, match="1 of 2 without"):
        read_touches(frame)


def test_a_text_that_is_no_date_is_shown() -> None:
    frame = pd.DataFrame({"contact": ["ann", "ben"], "kind": "met", "happened_at": ["2026-01-20", "soon"]})
    with pytest.raises(BadTouches, match=r"1 of 2 without, one of them “soon”"):
        read_touches(frame)


def test_an_endless_value_is_refused() -> None:
    with pytest.raises(BadTouches, match="whole numbers"):
        read_touches([touch("ann", "bought", 0, value=float("inf"))])


def test_whole_numbers_that_would_be_in_1970_are_refused_as_seconds_or_milliseconds():
    frame = pd.DataFrame({"contact": ["a"], "kind": ["replied"], "happened_at": [1_768_867_200]})
    with pytest.raises(BadTouches, match="microseconds"):
        read_touches(frame)
