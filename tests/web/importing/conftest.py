"""Uploads, and a worker that does what is due at once."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from leadline.engine.importers import Mapping
from leadline.web.actions.acting import Actor
from leadline.web.actions.importing import imports, proposals, uploads
from leadline.web.jobs.worker import Worker
from leadline.web.models import Job
from tests.web.conftest import NOW

CONTACTS = """contact id,name,email,phone,company,owner,job title,city
a1,Ann Abel,ann@x.org,+49 30 1,Acme,Ada,CEO,Rome
a2,Bob Bell,bob@x.org,,Acme,,CTO,Oslo
a3,Cem Cora,cem@x.org,,Birch,,,Rome
"""
TOUCHES = """contact id,kind,happened at,path,value,currency
a1,met,2026-01-03T09:30:00Z,networking,,
a1,asked,2026-01-20T10:00:00Z,networking,1200.50,EUR
a1,bought,2026-02-03T09:30:00Z,networking,1200.50,EUR
a2,downloaded,2026-01-05T08:00:00Z,content,,
a2,replied,2026-02-20T08:00:00Z,email,,
"""


@pytest.fixture(autouse=True)
def _here(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


def upload(name, text):
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())


def work(clock=lambda: NOW):
    """Everything that is due is done, as of NOW; a job that fails says why."""
    Worker(clock).run_dry(20)
    assert not Job.objects.exclude(last_error="").values_list("last_error", flat=True)


def take_in(user, files, mapping=None):
    """Files, a dict of name and text, taken in by somebody: the import when it is done."""
    folder, kept = uploads.keep([upload(name, text) for name, text in files.items()])
    look = proposals.look(user, folder, kept, mapping or Mapping(), NOW)
    record = imports.propose(Actor.of(user, NOW), folder, kept, look)
    imports.start(Actor.of(user, NOW), record)
    work()
    record.refresh_from_db()
    return record


def undo(user, record):
    imports.start_undo(Actor.of(user, NOW), record)
    work()
    record.refresh_from_db()
    return record


@pytest.fixture
def files():
    return {"contacts.csv": CONTACTS, "touches.csv": TOUCHES}
