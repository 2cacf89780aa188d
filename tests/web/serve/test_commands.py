"""The commands about records: asks, answers, files in, everything out; and what wrong input is told."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile

import duckdb
import pytest
from typer.testing import CliRunner

from leadline.cli import app

COMMANDS = (
    "serve", "worker", "migrate", "import", "export", "why", "ask", "answer", "touch", "rebuild", "backup",
    "restore", "doctor", "try", "sign-in",
)  # fmt: skip
PEOPLE = "contact id,name,email\nk1,Kim Koe,kim@example.org\nk2,Lou Low,lou@example.org\n"
LOG = (
    "contact id,kind,happened at\nk1,met,2026-01-03T09:30:00Z\nk1,called,2026-02-03T09:30:00Z\n"
    "k2,met,2026-01-04T09:30:00Z\nk2,met,someday\n"
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command):
    told = CliRunner().invoke(app, [command, "--help"])
    assert told.exit_code == 0
    first = next(line.strip() for line in told.output.splitlines()[2:] if line.strip())
    assert first[0].isupper()
    assert len(first.split()) >= 4


NEEDED = """
import sys
from leadline.cli.installation import open_installation
open_installation()
print([name for name in ("duckdb", "altair", "numba", "leadline.engine.importers") if name in sys.modules])
import leadline.web.urls
print([name for name in ("altair", "numba", "leadline.engine.simulate") if name in sys.modules])
"""


def test_what_opens_an_installation_and_what_answers_need_nothing_heavy(ready):
    done = subprocess.run(
        [sys.executable, "-c", NEEDED], env=ready.env, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["[]", "[]"]


def refused(done, *words):
    """One clear sentence, and nothing else."""
    assert done.returncode not in (0, None)
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_an_ask_is_written_down_and_answered(filled):
    ((number,),) = filled.sql("SELECT id FROM web_contact ORDER BY id DESC LIMIT 1 OFFSET 3")
    ((offer,),) = filled.sql("SELECT name FROM web_offer ORDER BY id LIMIT 1")
    words = ["--offer", offer, "--amount", "1.890,50", "--currency", "eur", "--channel", "phone"]
    done = filled.run("ask", number, *words, "--at", "2026-03-01", "--expected", "2026-04-01")
    assert done.returncode == 0, done.stderr
    assert f"was asked for {offer} at" in done.stdout
    last = "SELECT amount, currency, channel, expected_on, answer FROM web_ask ORDER BY id DESC LIMIT 1"
    assert filled.sql(last) == [(189050, "EUR", "phone", "2026-04-01", "")]
    assert filled.sql("SELECT origin LIKE 'ask:%' FROM web_touch ORDER BY id DESC LIMIT 1") == [(1,)]
    done = filled.run("answer", number, "not-now", "--reason", "After summer", "--again", "2099-09-01")
    assert done.returncode == 0, done.stderr
    said = "SELECT answer, reason, ask_again_on FROM web_ask ORDER BY id DESC LIMIT 1"
    assert filled.sql(said) == [("not_now", "After summer", "2099-09-01")]
    refused(filled.run("answer", number, "yes"), "no ask of theirs that waits")
    assert filled.run("ask", number, "--amount", "1890").returncode == 0
    assert filled.sql(last)[0][:2] == (189000, "EUR")  # that of most sales lately, as nobody chose one
    filled.sql("UPDATE web_user SET currency = 'CHF' WHERE role = 'owner'")
    assert filled.run("ask", number, "--amount", "1890").returncode == 0
    assert filled.sql(last)[0][:2] == (189000, "CHF")


def test_wrong_words_of_an_ask_are_told_and_nothing_is_written(filled):
    before = filled.sql("SELECT count(*) FROM web_ask")
    ((offer,),) = filled.sql("SELECT name FROM web_offer ORDER BY id LIMIT 1")
    refused(filled.run("ask", "1", "--offer", offer[:-1] + "x"), f"Did you mean “{offer}”")
    refused(filled.run("ask", "1", "--amount", "twelve", "--currency", "EUR"), "“twelve”", "as 1200, 99.50")
    refused(filled.run("ask", "1", "--amount", "12", "--currency", "EURO"), "“EURO”", "Did you mean “EUR”")
    refused(filled.run("ask", "1", "--currency", "XYZW"), "A currency was given", "“XYZW”", "as EUR or USD")
    refused(filled.run("ask", "1", "--currency", "EUR"), "only its currency, EUR", "--amount 1200")
    refused(filled.run("ask", "1", "--amount", "1.234,567", "--currency", "EUR"), "“1.234,567”", "2 decimals")
    refused(filled.run("ask", "1", "--expected", "soon"), "no day as 2026-03-31")
    refused(filled.run("ask", "1", "--at", "soon"), "soon")
    refused(filled.run("ask", "Nobody Here"), "nobody")
    refused(filled.run("answer", "1", "perhaps"), "none of yes, no and not-now")
    refused(filled.run("touch", "1", "met", "--at", "2199-01-01"), "a day to come")
    assert filled.sql("SELECT count(*) FROM web_ask") == before


def test_files_are_taken_in_and_what_came_of_it_is_told(filled, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "log.csv").write_text(LOG)
    files = [tmp_path / "people.csv", tmp_path / "log.csv"]
    look = filled.run("import", *files, "--look")
    assert look.returncode == 0, look.stderr
    assert "People: 2 new." in look.stdout
    assert "1 row can't be used" in look.stdout
    assert filled.sql("SELECT count(*) FROM web_import") == [(0,)]
    assert not list((filled.home / "uploads").glob("*"))
    done = filled.run("import", *files)
    assert done.returncode == 0, done.stderr
    assert "2 contacts made, 0 changed, 3 touches and no purchases written, 1 row not used" in done.stdout
    assert filled.sql("SELECT name FROM web_contact WHERE key = 'k1'") == [("Kim Koe",)]
    assert "Kim Koe is:" in filled.run("why", "kim@example.org").stdout


def test_the_path_by_which_people_came_is_said_or_proposed(filled, tmp_path):
    (tmp_path / "fair.csv").write_text("Email,Created\nfia@example.org,2026-01-03\n")
    (tmp_path / "newsletter.csv").write_text("Email,Created\nned@example.org,2026-01-03\n")
    (tmp_path / "newsletter-2.csv").write_text("Email,Created\nnia@example.org,2026-01-03\n")
    said = "The path of those of whom the files don't say it"
    done = filled.run("import", tmp_path / "fair.csv", "--path", "summer fair")
    assert f"{said}: summer fair." in done.stdout, done.stderr
    assert f"{said}: email." in filled.run("import", tmp_path / "newsletter.csv").stdout
    assert said not in filled.run("import", tmp_path / "newsletter-2.csv", "--path", "").stdout
    found = dict(filled.sql("SELECT name, path FROM web_contact"))
    came = {name: found[f"{name}@example.org"] for name in ("fia", "ned", "nia")}
    assert came == {"fia": "summer fair", "ned": "email", "nia": ""}
    refused(filled.run("import", tmp_path / "fair.csv", "--path", "x" * 81, "--look"), "81 letters")


def test_whose_new_people_become_is_said(filled, tmp_path):
    (tmp_path / "fay.csv").write_text("Email,Created\nfay@example.org,2026-01-03\n")
    refused(filled.run("import", tmp_path / "fay.csv", "--owner", "nobody@example.org"), "who works here")
    look = filled.run("import", tmp_path / "fay.csv", "--owner", "team:nowhere", "--look")
    refused(look, "the team “nowhere”, which there is not")
    done = filled.run("import", tmp_path / "fay.csv", "--owner", "me")
    ((first,),) = filled.sql("SELECT email FROM web_user WHERE role = 'owner' ORDER BY id LIMIT 1")
    assert f"Given away: 1 to {first}." in done.stdout, done.stderr
    whose = "SELECT u.email FROM web_contact c JOIN web_user u ON u.id = c.owner_id"
    assert filled.sql(f"{whose} WHERE c.name = 'fay@example.org'") == [(first,)]


def test_times_of_a_file_are_those_of_the_zone_that_is_named(filled, tmp_path):
    (tmp_path / "met.csv").write_text("Email,Event,Date\nzoe@example.org,met,2026-01-15 10:00\n")
    refused(filled.run("import", tmp_path / "met.csv", "--zone", "Asia/Tokio", "--look"), "no time zone")
    done = filled.run("import", tmp_path / "met.csv", "--zone", "Asia/Tokyo")
    assert done.returncode == 0, done.stderr
    last = "SELECT kind, happened_at FROM web_touch ORDER BY id DESC LIMIT 1"
    assert filled.sql(last) == [("met", 1_768_438_800_000_000)], "nine hours ahead: 01:00 UTC"


def test_files_that_are_of_no_use_are_told_and_leave_nothing(filled, tmp_path):
    before = filled.sql("SELECT count(*) FROM web_import")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "log.csv").write_text("a,b\n1,2\n")
    (tmp_path / "bare.csv").write_text("name,email\n")
    (tmp_path / "when.csv").write_text("email,event,date\na@x.org,met,03/04/2026\n")
    unclear = {
        "none.csv": ("none.csv", "No such file"),
        "empty.csv": ("can't be read",),
        "bare.csv": ("no rows below its header",),
        "picture.png": (".csv",),
        "when.csv": ("--date-order",),
        "log.csv": (),
    }
    for name, words in unclear.items():
        done = filled.run("import", tmp_path / name)
        refused(done, *words)
        assert done.returncode == 4, name
    refused(
        filled.run("import", tmp_path / "log.csv", "--as", "nobody@example.org"), "nobody of that address"
    )
    assert filled.sql("SELECT count(*) FROM web_import") == before


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_everything_comes_out_in_each_form(filled, tmp_path, form):
    file = tmp_path / "all.zip"
    done = filled.run("export", file, "--form", form)
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    wanted = filled.sql("SELECT count(*) FROM web_contact WHERE erased_at IS NULL AND merged_into_id IS NULL")
    with zipfile.ZipFile(file) as archive:
        assert {f"contacts.{form}", f"touches.{form}", f"asks.{form}"} <= set(archive.namelist())
        held = archive.read(f"contacts.{form}")
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(held.decode("utf-8-sig"))))
    elif form == "jsonl":
        rows = [json.loads(line) for line in held.splitlines()]
    else:
        (tmp_path / "contacts.parquet").write_bytes(held)
        rows = duckdb.read_parquet(str(tmp_path / "contacts.parquet")).fetchall()
    assert [(len(rows),)] == wanted
    assert filled.sql("SELECT count(*) > 0 FROM web_auditentry WHERE action = 'export'") == [(1,)]


def test_wrong_words_of_an_export_are_told_and_nothing_is_written(filled, tmp_path):
    refused(filled.run("export", tmp_path / "a.zip", "--form", "xml"), "none of csv, jsonl, parquet")
    refused(filled.run("export", tmp_path / "a.zip", "--table", "contact"), "Did you mean “contacts”")
    refused(filled.run("export", tmp_path / "none" / "a.zip"), "there is no folder")
    assert not list(tmp_path.glob("*.zip"))
