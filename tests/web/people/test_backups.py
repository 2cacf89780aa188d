"""Backups from the settings: made by the worker, listed, taken away, put back, removed."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict

import pytest

from leadline.engine.errors import BadFile
from leadline.web.actions import backups
from leadline.web.actions.acting import Actor
from leadline.web.backups import tables
from leadline.web.backups.archive import About, lacking, read_about
from leadline.web.errors import Conflict
from leadline.web.jobs import backups as work
from leadline.web.models import AuditEntry, Contact, Job
from tests.web.conftest import NOW


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_nothing_is_there_before_the_first_one(owner, enter):
    assert "No backup yet" in enter(owner).get("/settings/backups/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_made_listed_taken_away_and_removed(owner, enter):
    Contact.objects.create(name="Eero")
    look = enter(owner)
    assert look.post("/settings/backups/", {"do": "make"}).status_code == 303
    job = Job.objects.get(kind="backup.make")
    assert look.post("/settings/backups/", {"do": "make"}).status_code == 409
    assert "is being made" in look.get("/settings/backups/").content.decode()
    work.make(job.payload, NOW)
    Job.objects.update(done_at="2026-03-02T10:00Z")
    [kept] = backups.kept()
    assert kept.name == job.payload["name"]
    assert f"Download {kept.name}" in look.get("/settings/backups/").content.decode()
    answer = look.post(f"/settings/backups/{kept.name}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{kept.name}"'
    assert answer.headers["Cache-Control"] == "no-store"
    file = backups.folder() / "taken.zip"
    file.write_bytes(b"".join(answer.streaming_content))
    assert read_about(file).rows["web_contact"] == 1
    assert zipfile.ZipFile(file).testzip() is None
    assert look.post("/settings/backups/", {"do": "remove", "name": kept.name}).status_code == 303
    assert backups.kept() == []
    told = list(
        AuditEntry.objects.filter(record="backup:all").order_by("pk").values_list("action", flat=True)
    )
    assert told == ["backup.asked_for", "backup.taken", "backup.removed"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["leadline.sqlite3", "..%2Fleadline.sqlite3", "leadline-1.zip", "x"])
def test_no_other_file_is_given_out_or_removed(owner, enter, home, name):
    (home / "leadline.sqlite3").write_text("everything")
    assert enter(owner).post(f"/settings/backups/{name}").status_code == 404
    assert enter(owner).post("/settings/backups/", {"do": "remove", "name": name}).status_code == 404
    assert (home / "leadline.sqlite3").read_text() == "everything"


@pytest.mark.django_db
def test_one_that_could_not_be_made_says_why_and_another_can_be_asked_for(owner, enter):
    backups.ask_for(Actor.of(owner, NOW))
    Job.objects.update(failed_at="2026-03-02T10:00Z", last_error="No space left on device")
    page = enter(owner).get("/settings/backups/").content.decode()
    assert "No space left on device" in page
    assert enter(owner).post("/settings/backups/", {"do": "make"}).status_code == 303


@pytest.mark.django_db
def test_no_more_are_kept_than_fit(owner):
    backups.folder().mkdir()
    for number in range(backups.MOST):
        (backups.folder() / f"leadline-20260302-0930{number:02}.zip").touch()
    with pytest.raises(Conflict):
        backups.ask_for(Actor.of(owner, NOW))


@pytest.mark.django_db
def test_one_of_before_several_migrations_became_one_lacks_none_of_them():
    single = [name for name in tables.applied() if "_squashed_" not in name]
    earlier = [name for name in single if name != "web.0007_lists"]
    for had, lacks in ((single, []), (earlier, ["web.0007_lists"])):
        assert lacking(About("0.1.0", NOW, "postgresql", had, {})) == lacks


def test_a_backup_with_any_byte_damaged_is_read_or_refused(tmp_path):
    told = asdict(About("1.0", 1, "sqlite", ["web.0001_initial"], {"web_contact": 1}))
    whole, file = tmp_path / "whole.zip", tmp_path / "damaged.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("about.json", json.dumps(told))
        archive.writestr("leadline.sqlite3", b"SQLite format 3\0" + bytes(range(256)))
    held, refused = whole.read_bytes(), 0
    for place in range(len(held)):
        for flipped in (0xFF, 0x01):
            file.write_bytes(held[:place] + bytes([held[place] ^ flipped]) + held[place + 1 :])
            try:
                assert asdict(read_about(file)) == told
            except BadFile:
                refused += 1
    assert refused > len(held)  # of twice as many tries: not all that an archive says is read


@pytest.mark.parametrize("about", ["[]", "null", "3", "{}", '{"version": 1}', "{", "\udcff"])
def test_what_says_it_is_a_backup_and_is_none_is_refused(tmp_path, about):
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("about.json", about.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadFile, match="no backup of Leadline"):
        read_about(tmp_path / "b.zip")
