"""The doctor finds each fault that is planted, and none where there is none."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from leadline.web.doctor import surroundings


def faults(installation, **more):
    done = installation.run("doctor", **more)
    assert "Traceback" not in done.stderr, done.stderr
    found = {line[2:].partition(":")[0] for line in done.stdout.splitlines() if line.startswith("✗")}
    assert done.returncode == (1 if found else 0), done.stdout
    return found


@pytest.fixture
def healthy(filled):
    """The made-up business, with a worker that gave a sign just now."""
    (filled.home / "worker.json").write_text(json.dumps({"process": 1, "at": time.time()}))
    return filled


def change(installation, statement):
    installation.sql(statement)


def test_all_is_well_where_all_is_well(healthy):
    done = healthy.run("doctor")
    assert "All is well." in done.stdout
    assert faults(healthy) == set()


def test_a_key_that_others_can_read_is_found(healthy):
    (healthy.home / "secret-key").chmod(0o644)
    assert faults(healthy) == {"Secret key"}
    (healthy.home / "secret-key").chmod(0o600)


def test_a_short_key_is_found(healthy):
    assert faults(healthy, LEADLINE_SECRET_KEY="short") == {"Secret key"}  # noqa: S106 - it should be found


def test_a_key_that_can_be_guessed_is_found(healthy):
    assert faults(healthy, LEADLINE_SECRET_KEY="changeme" * 8) == {"Secret key"}


def test_mail_that_is_not_set_up_is_said(healthy):
    assert "! Mail: not set up" in healthy.run("doctor").stdout
    done = healthy.run("doctor", LEADLINE_EMAIL_URL="smtp://user:secret@mail.example.org:587")
    assert "✓ Mail: by mail.example.org" in done.stdout
    assert "secret@" not in done.stdout


def test_an_installation_without_an_owner_is_said(healthy):
    change(healthy, "UPDATE web_user SET role = 'member'")
    assert "! Owner: nobody can sign in as one" in healthy.run("doctor").stdout
    change(healthy, "UPDATE web_user SET role = 'owner'")


def test_jobs_that_nobody_can_do_are_found(healthy):
    change(
        healthy,
        "INSERT INTO web_job (kind, payload, due_at, attempts, last_error)"
        " VALUES ('of.tomorrow', '{}', '2199-01-01 00:00:00', 0, '')",
    )
    done = healthy.run("doctor")
    assert "of.tomorrow" in done.stdout
    assert faults(healthy) == {"Jobs"}
    change(healthy, "DELETE FROM web_job WHERE kind = 'of.tomorrow'")


@pytest.mark.parametrize(
    ("gone", "name"),
    [
        ("DROP INDEX touch_contact_time", "touch_contact_time"),
        ("DROP TRIGGER leadline_contact_given", "leadline_contact_given"),
        ("DROP TRIGGER leadline_touch_UPDATE", "leadline_touch_update"),
    ],
)
def test_an_index_or_a_trigger_that_is_gone_is_found_and_put_back(healthy, gone, name):
    change(healthy, gone)
    assert faults(healthy) == {"Tables"}
    assert f"{name} missing" in " ".join(healthy.run("doctor").stdout.split())
    assert healthy.run("migrate").returncode == 0
    assert faults(healthy) == set()


def test_a_stage_that_somebody_falsified_long_ago_is_found(healthy):
    change(
        healthy,
        "UPDATE web_standing SET stage = CASE stage WHEN 0 THEN 1 ELSE 0 END"
        " WHERE id = (SELECT min(id) FROM web_standing)",
    )
    assert faults(healthy) == {"Stages"}
    assert healthy.run("rebuild").returncode == 0
    assert faults(healthy) == set()


def test_a_mirror_that_nobody_brings_up_to_date_is_found(healthy):
    change(healthy, "DELETE FROM web_job WHERE kind = 'reports'")
    assert faults(healthy) == {"Mirror"}
    now = "time.time_ns() // 1000"
    healthy.python(f"import time; from leadline.web.actions.mirrors import refresh; refresh({now})")
    assert faults(healthy) == set()


def test_a_mirror_that_is_torn_is_found_and_made_anew_and_what_is_foreign_goes(healthy):
    refresh = "import time; from leadline.web.actions.mirrors import refresh; refresh(time.time_ns() // 1000)"
    change(healthy, "DELETE FROM web_job WHERE kind = 'reports'")
    healthy.python(refresh)
    place = healthy.home / "mirror"
    segments = sorted(place.glob("*.parquet"), key=lambda one: one.stat().st_size)
    segments[-1].write_bytes(segments[-1].read_bytes()[:100])
    foreign = place / "foreign.parquet"
    foreign.write_text("x")
    told = healthy.run("doctor").stdout
    assert "missing or damaged: reports read the database instead" in " ".join(told.split())
    healthy.python(refresh)
    assert faults(healthy) == set()
    assert not foreign.exists()
    (place / "manifest.json").write_text("{")
    assert faults(healthy) == {"Mirror"}
    healthy.python(refresh)
    assert faults(healthy) == set()


def test_a_clock_that_is_behind_that_of_the_worker_is_found(healthy):
    (healthy.home / "worker.json").write_text(json.dumps({"process": 1, "at": time.time() + 600}))
    assert faults(healthy) == {"Clock"}


def test_a_folder_of_somebody_else_is_said_in_a_sentence(healthy):
    with TemporaryDirectory() as outside:
        place = Path(outside)
        place.chmod(0o755)
        shutil.copytree(healthy.home, place / "home")
        (place / "home").chmod(0o755)
        for file in (place / "home").rglob("*"):
            file.chmod(0o555 if file.is_dir() else 0o444)
        (place / "home").chmod(0o555)
        if os.geteuid() != 0:
            told = healthy.run("doctor", LEADLINE_HOME=str(place / "home"))
        else:
            code = (
                "import os, sys\n"
                "from leadline.cli.installation import NoAccess, check_access\n"
                "os.setgid(65534)\nos.setuid(65534)\n"
                "try:\n check_access()\nexcept NoAccess as error:\n sys.exit(str(error))"
            )
            told = subprocess.run(
                [sys.executable, "-c", code],
                env=healthy.env | {"LEADLINE_HOME": str(place / "home")},
                capture_output=True,
                text=True,
                check=False,
            )
        (place / "home").chmod(0o755)
    assert told.returncode != 0
    assert "closed to the user who runs this" in told.stderr
    assert "chown" in told.stderr


def test_a_file_in_the_folder_that_is_closed_to_whoever_runs_this_is_found():
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from leadline.web.doctor.surroundings import folder\n"
        "from leadline.web.serving.working import last_sign\n"
        "if os.geteuid() == 0:\n os.setgid(65534)\n os.setuid(65534)\n"
        "print(folder(Path(sys.argv[1])).sentence(), last_sign(Path(sys.argv[1])))"
    )
    with TemporaryDirectory() as outside:
        home = Path(outside) / "home"
        home.mkdir()
        for folder in (home.parent, home):
            folder.chmod(0o777)
        sign = home / "worker.json"
        sign.write_text("{}")
        sign.chmod(0)
        asked = [sys.executable, "-c", code, str(home)]
        told = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert told.stdout == (
        f"✗ Folder: {sign} is closed to the user who runs this."
        f" To mend it: run this as the user who runs Leadline; or chown -R USER {home}. None\n"
    ), told.stderr


def test_debugging_and_an_open_address_are_found(healthy):
    found = faults(healthy, LEADLINE_DEBUG="1", LEADLINE_URL="http://funnel.example.org")
    assert found == {"Debugging", "Address"}
    assert faults(healthy, LEADLINE_URL="https://funnel.example.org") == set()


def test_a_silent_worker_and_none_at_all_are_found(healthy):
    (healthy.home / "worker.json").write_text(json.dumps({"process": 1, "at": time.time() - 3600}))
    assert faults(healthy) == {"Worker"}
    (healthy.home / "worker.json").unlink()
    assert faults(healthy) == {"Worker"}


def test_stages_that_do_not_follow_are_found(healthy):
    last = "SELECT id FROM web_standing WHERE contact_id > 1000 AND stage = 1 LIMIT 1"
    change(healthy, f"UPDATE web_standing SET stage = 2 WHERE id = ({last})")  # noqa: S608
    assert faults(healthy) == {"Stages"}
    healthy.run("rebuild")
    assert faults(healthy) == set()


def test_jobs_that_wait_too_long_are_found(healthy):
    change(
        healthy,
        "INSERT INTO web_job (kind, payload, due_at, attempts, last_error)"
        " VALUES ('x', '{}', '2026-01-01 00:00:00', 0, '')",
    )
    assert faults(healthy) == {"Jobs"}
    change(healthy, "DELETE FROM web_job WHERE kind = 'x'")


def test_a_clock_that_went_back_is_found(healthy):
    change(healthy, "UPDATE web_auditentry SET at = '2199-01-01 00:00:00'")
    assert faults(healthy) == {"Clock"}
    assert "Stages" not in healthy.run("doctor").stdout, "what follows from touches hangs on the clock"
    change(healthy, "UPDATE web_auditentry SET at = '2026-01-01 00:00:00'")


def test_tables_of_an_earlier_version_are_found(before, installation):
    installation.python(
        f"{before}from django.core.management import call_command; call_command('migrate', 'web', '0001')"
    )
    (installation.home / "worker.json").write_text(json.dumps({"process": 1, "at": time.time()}))
    assert faults(installation) == {"Tables"}


def test_tables_of_a_later_version_are_found_and_left_alone(ready):
    change(ready, "UPDATE django_migrations SET name = '9999_moon' WHERE name = '0001_initial'")
    assert faults(ready) == {"Tables"}
    assert "of a later version: web.9999_moon" in ready.run("doctor").stdout
    for command in (["migrate"], ["serve", "--port", ready.port], ["worker"]):
        done = ready.run(*command)
        assert done.returncode != 0
        assert "one of a later version: it has web.9999_moon" in done.stderr


def test_a_table_that_is_gone_is_found_and_so_is_a_database_without_any_of_ours(ready):
    change(ready, "DROP TABLE web_note")
    assert faults(ready) == {"Tables"}
    assert "web_note missing. To mend it: stop Leadline, and restore" in ready.run("doctor").stdout
    (ready.home / "leadline.sqlite3").unlink()
    change(ready, "CREATE TABLE photos (taken)")
    assert faults(ready) == {"Tables"}
    assert "✗ Tables: none of Leadline. To mend it: see whether LEADLINE_HOME" in ready.run("doctor").stdout
    assert "Found: one without any table of Leadline." in ready.run("serve", "--port", ready.port).stderr


def test_a_file_that_is_no_database_is_found(installation):
    (installation.home / "leadline.sqlite3").write_bytes(b"not a database" * 1000)
    assert faults(installation) == {"Database"}


def test_a_file_with_damaged_pages_is_found_and_told_in_a_sentence_by_whoever_uses_it(healthy):
    file = healthy.home / "leadline.sqlite3"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    assert pages > 1000
    with file.open("r+b") as whole:
        for page in range(pages // 4, pages, 3):
            whole.seek(page * 4096)
            whole.write(b"\xff" * 512)
    assert faults(healthy) == {"File"}
    said = healthy.run("rebuild")
    found = "leadline: The database was to be asked. Found: that its file is damaged"
    assert (said.returncode, said.stderr[: len(found)]) == (8, found)
    assert "Traceback" not in said.stderr


def test_a_database_that_cannot_be_reached_is_found(installation):
    found = faults(installation, DATABASE_URL="postgres://nobody:x@127.0.0.1:1/none")
    assert "Database" in found


def test_an_old_python_and_a_full_disk_are_found():
    assert surroundings.python((3, 10)).mend
    assert not surroundings.python((3, 11)).mend
    assert surroundings.disk(free=100 * 2**20, size=0).mend
    assert surroundings.disk(free=2**30, size=2**30).mend
    assert not surroundings.disk(free=3 * 2**30, size=2**30).mend
