"""A simulated business as files: repeatable, whole, and like what people export."""

from __future__ import annotations

import csv
import re

import duckdb
import numpy as np
import pytest

from leadline.engine.errors import BadFile
from leadline.engine.logs import read_touches
from leadline.engine.simulate import load_business, shipped_businesses, simulate, write

FILES = ["audience.csv", "contacts.csv", "deals.csv", "touches.csv"]


@pytest.fixture(scope="module")
def coach():
    return simulate(load_business("coach"), seed=1)


def bytes_in(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows_of(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", shipped_businesses())
def test_the_same_seed_gives_the_same_bytes(name, tmp_path):
    for folder in ("once", "again"):
        write(simulate(load_business(name), seed=2), tmp_path / folder, parquet=True)
    once, again = bytes_in(tmp_path / "once"), bytes_in(tmp_path / "again")
    assert once == again
    assert len(once) == 8


def test_another_seed_gives_another_business(tmp_path, coach):
    write(coach, tmp_path / "one")
    write(simulate(load_business("coach"), seed=2), tmp_path / "two")
    one, two = bytes_in(tmp_path / "one"), bytes_in(tmp_path / "two")
    assert all(one[name] != two[name] for name in FILES)


def test_the_files_are_whole_and_nothing_else_is_left(tmp_path, coach):
    written = write(coach, tmp_path / "deep" / "folder")
    assert sorted(path.name for path in written) == sorted(FILES)
    assert sorted(path.name for path in (tmp_path / "deep" / "folder").iterdir()) == FILES


def test_a_second_run_replaces_the_first(tmp_path, coach):
    write(simulate(load_business("blogger"), seed=2), tmp_path)
    write(coach, tmp_path)
    write(coach, tmp_path / "fresh")
    assert (tmp_path / "touches.csv").read_bytes() == (tmp_path / "fresh" / "touches.csv").read_bytes()


def test_a_file_in_the_place_of_the_folder_is_a_sentence(tmp_path, coach):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    with pytest.raises(BadFile, match="taken"):
        write(coach, tmp_path / "taken")
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_a_folder_in_the_place_of_a_file_leaves_no_drafts(tmp_path, coach):
    (tmp_path / "touches.csv").mkdir()
    with pytest.raises(BadFile, match="can't be written"):
        write(coach, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["touches.csv"]


def test_headers_are_those_of_an_export(tmp_path, coach):
    write(coach, tmp_path)
    first = {name: (tmp_path / name).read_text(encoding="utf-8").splitlines()[0] for name in FILES}
    assert first == {
        "touches.csv": "Activity ID,Contact ID,Date,Logged At,Activity,Path,Channel,Content,Offer,Amount,"
        "Currency,Done By",
        "contacts.csv": "Contact ID,Name,Email,Company,Created Date,Source,Owner,Segment,Lifecycle Stage",
        "deals.csv": "Deal ID,Deal Name,Contact ID,Deal Stage,Created Date,Close Date,Amount,Outcome,"
        "Deal Owner",
        "audience.csv": "Date,Activity,Path,Channel,Campaign,People Reached",
    }


def test_the_log_in_csv_holds_every_touch_and_its_duplicates(tmp_path, coach):
    write(coach, tmp_path)
    rows = rows_of(tmp_path / "touches.csv")
    assert len(rows) == len(coach.touches) + coach.doubled.sum()
    assert len({row["Activity ID"] for row in rows}) == len(coach.touches)
    assert len(rows) > len(coach.touches)
    bought = {row["Activity ID"]: row["Amount"] for row in rows if row["Activity"] == "bought"}
    assert set(bought.values()) == {"1950.00", "890.00", "590.00"}


def test_the_log_in_parquet_reads_back_as_the_same_touches(tmp_path, coach):
    write(coach, tmp_path, parquet=True)
    read = read_touches(tmp_path / "touches.parquet")
    ours = coach.touches
    assert read.id.values() == ours.id.values()
    assert read.contact.values() == ours.contact.values()
    assert np.array_equal(read.kind, ours.kind)
    assert np.array_equal(read.happened_at, ours.happened_at)
    assert np.array_equal(read.value, ours.value)
    for name in ours.columns:
        assert read.columns[name].values() == ours.columns[name].values(), name


def test_every_id_in_a_file_is_a_contact(tmp_path, coach):
    write(coach, tmp_path)
    contacts = {row["Contact ID"]: row for row in rows_of(tmp_path / "contacts.csv")}
    for name in ("touches.csv", "deals.csv"):
        assert {row["Contact ID"] for row in rows_of(tmp_path / name)} <= set(contacts)
    first: dict[str, str] = {}
    for row in rows_of(tmp_path / "touches.csv"):
        first.setdefault(row["Contact ID"], row["Date"][:10])
    assert all(contacts[contact]["Created Date"] >= day for contact, day in first.items())


@pytest.mark.parametrize("name", shipped_businesses())
def test_addresses_are_all_different_and_nobodys(name):
    emails = simulate(load_business(name), seed=3).contacts["email"].tolist()
    assert len(set(emails)) == len(emails)
    assert all(re.fullmatch(r"[a-z.]+\d*@example\.(com|org|net)", email) for email in emails)


def test_an_empty_business_is_written_as_headers(tmp_path):
    write(simulate(load_business("coach").scaled(0), seed=1), tmp_path, parquet=True)
    for name in FILES:
        assert (tmp_path / name).read_text(encoding="utf-8").count("\n") == 1
    assert len(read_touches(tmp_path / "touches.parquet")) == 0


def test_money_and_days_in_parquet_have_their_types(tmp_path, coach):
    write(coach, tmp_path, parquet=True)
    described = duckdb.sql(f"DESCRIBE FROM '{tmp_path / 'deals.parquet'}'").fetchall()
    types = {name: kind for name, kind, *_ in described}
    assert types["amount"] == "DECIMAL(18,2)"
    assert types["created_at"] == "TIMESTAMP"
    assert types["id"] == "VARCHAR"
