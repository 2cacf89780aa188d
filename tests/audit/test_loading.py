"""Logs of touches with what lies beside them: contacts, audiences, and files that are neither."""

from __future__ import annotations

import zipfile

import duckdb
import pytest

from leadline.audit.loading import load_files
from leadline.engine.errors import BadFile
from leadline.engine.touches import MISSING

TOUCHES = """
    (1, 'k1', 'met', TIMESTAMPTZ '2026-01-03 09:30:00Z', 'networking', NULL, NULL),
    (2, 'k2', 'bought', TIMESTAMPTZ '2026-01-04 00:00:00Z', 'content', 890.50, 'EUR'),
    (3, 'k1', 'called', TIMESTAMPTZ '2026-02-03 09:30:00Z', 'networking', NULL, NULL)
"""
TABLES = {
    "touches": (TOUCHES, "touch_id, contact_id, kind, happened_at, path, value, currency"),
    "touches_taken_back": (TOUCHES, "touch_id, contact_id, kind, happened_at, path, value, currency"),
    "contacts": (
        """('k2', 'Lou Low', 'lou@example.org', 'Oslo'), ('k3', 'Max Moe', NULL, NULL),
        ('k1', 'Kim', NULL, 'Lund')""",
        "contact_id, name, email, city",
    ),
    "audience_touches": (
        "(TIMESTAMPTZ '2026-01-05 00:00:00Z', 'read', 'content', 900, NULL)",
        "day, kind, path, people, content",
    ),
    "audiences": ("(DATE '2026-01-05', 'read', 'content', 900)", "day, kind, path, people"),
    "asks": ("(7, 'k1', 'Course')", "ask_id, contact_id, title"),
}  # fmt: skip
FORMS = {"csv": "(FORMAT csv, HEADER)", "jsonl": "(FORMAT json)", "parquet": "(FORMAT parquet)"}


def write(folder, form="parquet", names=tuple(TABLES)):
    """Tables as Leadline exports them."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name in names:
            rows, columns = TABLES[name]
            source = f"SELECT * FROM (VALUES {rows}) AS t({columns})"  # noqa: S608
            connection.execute(f"COPY ({source}) TO '{folder / name}.{form}' {FORMS[form]}")
    return folder


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("parcel", ["folder", "archive", "files"])
def test_what_leadline_exports_is_read_as_it_is_in_each_form(tmp_path, form, parcel):
    folder = tmp_path / "out"
    folder.mkdir()
    given = [write(folder, form)]
    if parcel == "archive":
        given = [tmp_path / "everything.zip"]
        with zipfile.ZipFile(given[0], "w") as made:
            for file in folder.iterdir():
                made.write(file, file.name)
    elif parcel == "files":
        given = sorted(folder.iterdir())
    found = load_files(given)
    touches = found.touches
    said = [
        (row.get("contact"), row["kind"], row["happened_at"].isoformat(), row.get("value"), row.get("n"))
        for row in map(touches.row, range(len(touches)))
    ]
    assert said == [
        ("k1", "met", "2026-01-03T09:30:00+00:00", None, None),
        ("k2", "bought", "2026-01-04T00:00:00+00:00", 89050, None),
        ("k1", "called", "2026-02-03T09:30:00+00:00", None, None),
        (None, "read", "2026-01-05T00:00:00+00:00", None, 900),
    ]
    assert touches.contact.labels == ["k1", "k2", "k3"]
    assert [found.names["name"][number] for number in range(3)] == ["Kim", "Lou Low", "Max Moe"]
    assert [found.attributes["city"][number] for number in range(3)] == ["Lund", "Oslo", None]
    assert found.find("lou@example.org") == "k2"
    left = f"asks.{form}, audiences.{form} and touches_taken_back.{form}"
    assert found.notes == (f"{left} hold no touches that count, and were left aside",)
    assert [(one.name.split(".")[0], one.rows_used) for one in found.files] == [
        ("touches", 3), ("audience_touches", 1), ("contacts", 3),
        ("asks", 0), ("audiences", 0), ("touches_taken_back", 0),
    ]  # fmt: skip


def test_a_log_of_ones_own_stands_beside_its_contacts(tmp_path):
    with duckdb.connect() as connection:
        log = "SELECT 5 AS contact, 'met' AS kind, TIMESTAMP '2026-01-03 09:30:00' AS happened_at"
        connection.execute(f"COPY ({log}) TO '{tmp_path}/log.parquet' (FORMAT parquet)")
        people = "SELECT 5 AS contact, 'Kim' AS name, 'gold' AS tier UNION ALL SELECT 6, 'Lou', 'iron'"
        connection.execute(f"COPY ({people}) TO '{tmp_path}/people.parquet' (FORMAT parquet)")
    (tmp_path / "notes.txt").write_text("Dear all\n")
    found = load_files([tmp_path])
    assert [str(label) for label in found.touches.contact.labels] == ["5", "6"]
    assert [found.attributes["tier"][number] for number in range(2)] == ["gold", "iron"]
    assert found.notes == ("notes.txt holds no touches that count, and was left aside",)
    assert found.touches.value is None or (found.touches.value == MISSING).all()


def test_two_logs_and_none_are_one_clear_sentence(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        write(folder, names=["touches"])
    with pytest.raises(BadFile, match="One log of touches was asked for"):
        load_files([one, two])
    for path in one.iterdir():
        path.unlink()
    with pytest.raises(BadFile, match="a folder without any"):
        load_files([one])
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK but no archive")
    with pytest.raises(BadFile, match="can't be unpacked"):
        load_files([bad])


def test_a_folder_of_exports_is_read_as_its_files(tmp_path):
    (tmp_path / "people.csv").write_text("Name,E-mail,Created\nKim Koe,kim@example.org,2026-01-03\n")
    (tmp_path / ".hidden.csv").write_text("nothing\n")
    found = load_files([tmp_path])
    assert len(found.touches.contact.labels) == 1
    assert [one.name for one in found.files] == ["people.csv"]
