"""Backup and restore, rebuild, and the commands about records."""

from __future__ import annotations

import json
import os
import zipfile

import pytest

from tests.installations import Installation

ROWS = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def contents(installation):
    """Every row of every table."""
    names = [name for (name,) in installation.sql(ROWS)]
    return {name: sorted(map(repr, installation.sql(f'SELECT * FROM "{name}"'))) for name in names}  # noqa: S608


@pytest.fixture
def elsewhere(tmp_path):
    (tmp_path / "other").mkdir(mode=0o700)
    return Installation(tmp_path / "other")


def test_what_is_restored_is_what_was_backed_up(filled, elsewhere, tmp_path):
    (filled.home / "uploads").mkdir(exist_ok=True)
    (filled.home / "uploads" / "list.csv").write_text("name\nAda\n")
    file = tmp_path / "backup.zip"
    done = filled.run("backup", file)
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert (filled.home / "secret-key").read_text() not in str(zipfile.ZipFile(file).namelist())
    assert not any("secret" in name for name in zipfile.ZipFile(file).namelist())
    done = elsewhere.run("restore", file)
    assert done.returncode == 0, done.stderr
    assert contents(elsewhere) == contents(filled)
    assert (elsewhere.home / "uploads" / "list.csv").read_text() == "name\nAda\n"
    assert "Done" not in elsewhere.run("migrate").stdout


def test_nothing_is_written_over(filled, tmp_path):
    file = tmp_path / "backup.zip"
    filled.run("backup", file)
    before = contents(filled)
    done = filled.run("restore", file)
    assert done.returncode == 1
    assert "another LEADLINE_HOME" in done.stderr
    assert contents(filled) == before


def test_what_somebody_began_during_a_restore_is_not_written_over(filled, elsewhere, tmp_path):
    filled.run("backup", tmp_path / "backup.zip")
    said = elsewhere.python(f"""
from pathlib import Path
from django.db import connection
from leadline.web.backups import archive, sqlite
from leadline.web.errors import Conflict
def unpack(*given, unpack=sqlite.unpack):
    unpack(*given)
    connection.cursor().execute("CREATE TABLE begun (here)")
sqlite.unpack = unpack
try:
    archive.restore(Path({str(tmp_path / "backup.zip")!r}))
except Conflict as error:
    print(error)
""")
    assert "an installation with something in it" in said
    assert elsewhere.sql("SELECT name FROM sqlite_master") == [("begun",)]


@pytest.mark.parametrize("spoil", ["no backup", "broken", "later"])
def test_a_file_that_is_no_good_is_refused_before_anything_is_written(filled, elsewhere, tmp_path, spoil):
    file = tmp_path / "backup.zip"
    filled.run("backup", file)
    if spoil == "no backup":
        file.write_text("name,email\n")
    if spoil == "broken":
        held = bytearray(file.read_bytes())
        held[len(held) // 2] ^= 0xFF
        file.write_bytes(held)
    if spoil == "later":
        with zipfile.ZipFile(file) as old:
            about = json.loads(old.read("about.json"))
            data = old.read("leadline.sqlite3")
        with zipfile.ZipFile(file, "w") as new:
            new.writestr("about.json", json.dumps(about | {"migrations": ["web.0099_tomorrow"]}))
            new.writestr("leadline.sqlite3", data)
    done = elsewhere.run("restore", file)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert not (elsewhere.home / "leadline.sqlite3").exists()


@pytest.mark.parametrize("command", ["backup", "export"])
def test_a_device_is_not_replaced_by_a_file(filled, tmp_path, command):
    os.mkfifo(place := tmp_path / "pipe.zip")
    done = filled.run(command, place)
    assert (done.returncode, "that is no file, but a device" in done.stderr) == (6, True)
    assert place.is_fifo()


def test_a_backup_that_is_not_there_is_missed_as_that(elsewhere, tmp_path):
    for name, said in (("nowhere.zip", "no such file"), ("", "Is a directory")):
        done = elsewhere.run("restore", tmp_path / name)
        assert done.returncode == 4
        assert said in done.stderr
    assert not (elsewhere.home / "leadline.sqlite3").exists()


def test_rebuild_says_how_many_rows_differed_and_mends_them(filled):
    assert "nothing differed" in filled.run("rebuild").stdout
    some = "SELECT id FROM web_standing WHERE stage = 4 LIMIT 3"
    filled.sql(f"UPDATE web_standing SET stage = 1 WHERE id IN ({some})")  # noqa: S608
    done = filled.run("rebuild")
    assert "6 rows differed" in done.stdout  # three that were there, three that should have been
    assert "nothing differed" in filled.run("rebuild", "voltage").stdout
    assert "Did you mean" in filled.run("rebuild", "voltege").stderr


def test_somebody_is_touched_asked_and_explained(filled):
    ((number, name),) = filled.sql("SELECT id, name FROM web_contact ORDER BY id DESC LIMIT 1")
    done = filled.run("touch", number, "met", "--path", "networking")
    assert done.returncode == 0, done.stderr
    assert f"Recorded: met with {name}." in done.stdout
    done = filled.run("ask", name, "--offer", "Strategy day", "--amount", "890", "--currency", "EUR")
    assert "sales-cycle: asked" in done.stdout
    told = json.loads(filled.run("why", name, "--funnel", "sales-cycle", "--json").stdout)
    assert [one["stage"] for one in told["funnels"]] == ["asked"]
    assert f"{name} is: asked" in filled.run("why", number).stdout
    assert "Did you mean “met”" in filled.run("touch", number, "mett").stderr
    assert filled.run("touch", "Nobody", "met").returncode == 5


def test_a_link_signs_in_whom_it_is_for(filled):
    assert "/accounts/link/1/" in filled.run("sign-in", "owner@example.org").stdout
    assert "/reset/key/" in filled.run("sign-in", "--new-password", "owner@example.org").stdout
    assert filled.run("sign-in", "nobody@example.org").returncode == 1


@pytest.mark.parametrize(
    "words", [["why", "Ada"], ["rebuild"], ["doctor"], ["worker"], ["touch", "1", "met"]]
)
def test_where_there_is_no_installation_it_is_said_and_none_is_made(elsewhere, words):
    done = elsewhere.run(*words)
    assert done.returncode == 6
    assert "LEADLINE_HOME" in done.stderr
    assert not list(elsewhere.home.iterdir())
