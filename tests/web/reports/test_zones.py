"""Reports tell the days of where the team is, and what is exported is audited to the same answers."""

from __future__ import annotations

import pytest

from leadline.audit.loading import load_files
from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY
from leadline.engine.reports.leaks import leaks
from leadline.engine.wording import day_words
from leadline.web.actions import reports
from leadline.web.actions.export_files import WRITERS, stream_zip
from leadline.web.actions.exports import datasets
from leadline.web.models import Contact
from leadline.web.warehouse import cases
from tests.web.conftest import NOW
from tests.web.reports.conftest import write

pytestmark = pytest.mark.django_db


def test_a_report_tells_the_days_of_the_owners_zone(business, owner):
    first = Contact.objects.create(name="First", owner=owner)
    asked = (NOW // DAY - 400) * DAY - DAY // 48  # half an hour before midnight, UTC
    write(first, "asked", (NOW - asked) / DAY, path="networking")
    found = {}
    for zone in ("UTC", "Europe/Berlin"):
        owner.zone = zone
        owner.save()
        found[zone] = " ".join(
            reports.report_for(owner, "asks", "sales-cycle", NOW, {}, anew=True).result["sentences"]
        )
    day, after = day_words(asked), day_words(asked + DAY // 24)
    assert day != after
    assert f"since {day}" in found["UTC"]
    assert f"since {after}" in found["Europe/Berlin"]


@pytest.mark.parametrize("form", WRITERS)
def test_what_is_exported_is_audited_to_the_same_leaks(business, owner, tmp_path, form):
    file = tmp_path / "everything.zip"
    parts = ((f"{one.name}.{form}", WRITERS[form](one)) for one in datasets(owner))
    file.write_bytes(b"".join(stream_zip(parts)))
    imported = load_files([file])
    theirs = leaks(trace_cycles(imported.touches, derive(imported.touches, load_funnel("sales-cycle"), NOW)))
    ours, _ = cases.open_case("sales-cycle", NOW)
    assert theirs.sentences() == leaks(ours.at(NOW).cycles).sentences()
    assert theirs.rows() == leaks(ours.at(NOW).cycles).rows()
    named = {str(label): imported.names["name"][n] for n, label in enumerate(imported.touches.contact.labels)}
    assert named == {f"contact {one.pk}": one.name for one in business}
