"""Who is erased is named in no table and in no file of the installation, backups left out."""

from __future__ import annotations

import shutil
import zipfile

import duckdb

from tests.installations import Installation

WORDS = ("jokinen", "eero.j@example.org", "4930123456", "+49 30 123456", "jokinen-7")
FILL = """
import io, time
from datetime import UTC, datetime
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.engine.importers import Mapping
from leadline.web.actions import addresses, contacts, notes, reports, tasks, touches, webhooks
from leadline.web.actions.importing import imports, proposals, uploads
from leadline.web.actions.acting import Actor, note_change
from leadline.web.jobs.worker import Worker
from leadline.web.models import Contact, FunnelVersion, Job, Reply, SavedView, User
toml, since = dump_funnel(load_funnel("sales-cycle")), datetime(2026, 1, 1, tzinfo=UTC)
FunnelVersion.objects.create(slug="sales-cycle", number=1, toml=toml, in_force=True, published_at=since)
user = User.objects.create_user("ada@example.org", None, role="owner", name="Ada")
now = time.time_ns() // 1000
actor = Actor.of(user, now)
webhooks.make(actor, "http://127.0.0.1:9/", [])
one = contacts.create_contact(actor, "Eero Jokinen")
one.key = "jokinen-7"
one.save()
addresses.add_address(actor, one, "email", "eero.j@example.org")
addresses.add_address(actor, one, "phone", "+49 30 123456")
contacts.edit_contact(actor, one, name="Eero M. Jokinen", job_title="Buyer", company="Boats Ltd")
contacts.set_tags(actor, one, ["friend of jokinen"])
notes.write_note(actor, one, "Jokinen likes rowing")
tasks.add_task(actor, one, "Ring Jokinen")
for n in range(30):
    touches.record(actor, one, "met", now - n, content="For Eero Jokinen", note="Jokinen rowed past")
def upload(files, run):
    folder, kept = uploads.keep([SimpleUploadedFile(name, held) for name, held in files])
    look = proposals.look(user, folder, kept, Mapping(), now)
    record = imports.propose(actor, folder, kept, look)
    if run:
        imports.start(actor, record)
    return record
rows = "contact id,name,email,phone\\nx1,Eero M. Jokinen,EERO.J@example.org,+49 30 / 12 34 56\\n"
rows += "x2,Ann Abel,ann@example.org,\\n"
book, out = Workbook(), io.BytesIO()
for line in rows.splitlines():
    book.active.append(line.split(","))
book.save(out)
files = [("wide.csv", rows.encode("utf-16")), ("plain.csv", rows.encode()), ("book.xlsx", out.getvalue())]
upload(files, False)
upload([("log.csv", b"email,kind,happened at\\neero.j@example.org,met,2026-01-03\\n"
    b"eero.j@example.org,never heard of,2026-01-04\\neero.j@example.org,met,nonsense\\n")], True)
Reply.objects.create(user=user, key="k", digest="d", body=[{"name": "Eero M. Jokinen"}], made_at=now)
asked = {"q": "eero.j@example.org"}
SavedView.objects.create(of="contacts", name="About Eero M. Jokinen", owner=user, query=asked)
Job.objects.create(kind="gone", due_at=since, failed_at=since, last_error="“Eero Jokinen” was read")
note_change(actor, "company.changed", "company:99", {}, {"note": "asked by EERO JOKINEN"})
Worker().run_dry(60)
reports.materialise_all(now)
reports.report_for(user, "compare", "sales-cycle", now, {"by": "content"})
print(one.pk)
"""
ERASE = """
import time
from leadline.web.actions import erasure
from leadline.web.actions.acting import Actor
from leadline.web.jobs.worker import Worker
from leadline.web.models import Contact, User
now = time.time_ns() // 1000
erasure.erase_contact(Actor.of(User.objects.get(), now), Contact.objects.get(pk={number}))
Worker().run_dry(60)
"""


def tables(installation):
    names = [name for (name,) in installation.sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: repr(installation.sql(f'SELECT * FROM "{name}"')).casefold() for name in names}  # noqa: S608


def files(installation):
    """What every file says, in whatever form: bytes, members of archives, rows of segments."""
    found = {}
    for file in installation.home.rglob("*"):
        if file.is_file():
            held = file.read_bytes()
            said = held.decode("latin-1") + held.decode("utf-16-le", "replace")
            said += held[1:].decode("utf-16-le", "replace")
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as archive:
                    said += "".join(archive.read(name).decode("latin-1") for name in archive.namelist())
            if file.suffix == ".parquet":
                said += repr(duckdb.read_parquet(str(file)).fetchall())
            found[str(file.relative_to(installation.home))] = said.casefold()
    return found


def naming(found):
    return {place: word for place, said in found.items() for word in WORDS if word in said}


def test_who_is_erased_is_named_nowhere(templates, tmp_path):
    installation = templates.tables(tmp_path / "home")
    number = installation.python(FILL, LEADLINE_ALLOW_PRIVATE_WEBHOOKS="1").split()[-1]
    shutil.copytree(installation.home, tmp_path / "before")
    before = Installation(tmp_path / "before")  # what is looked for can be found there
    places = naming(tables(before))
    assert {"web_contact", "web_address", "web_delivery", "web_auditentry", "web_reply"} <= set(places)
    assert {"web_import", "web_job", "web_savedview", "web_touch", "web_materialised"} <= set(places)
    ends = {place.rpartition("/")[2].rpartition(".")[2] for place in naming(files(before))}
    assert {"csv", "xlsx", "parquet", "sqlite3"} <= ends
    assert any(place.endswith("unused.csv") for place in naming(files(before)))

    installation.python(ERASE.replace("{number}", number), LEADLINE_ALLOW_PRIVATE_WEBHOOKS="1")
    assert naming(tables(installation)) == {}
    assert naming(files(installation)) == {}
    assert "ann@example.org" in repr(files(installation))  # whoever else is in the files stays
    assert installation.sql("SELECT count(*) FROM web_touch WHERE kind = 'met'") == [(31,)]
