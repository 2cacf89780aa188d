"""What a first start made before it was cut off is finished by the next; tables with people in them wait."""

from __future__ import annotations

import pytest
from django.db.migrations.recorder import MigrationRecorder

from leadline.web.errors import Conflict
from leadline.web.models import User
from leadline.web.serving import schema

pytestmark = pytest.mark.django_db


@pytest.fixture
def cut_off(monkeypatch):
    """A database that lacks the last migration; what would be made of it is taken down instead."""
    last = MigrationRecorder.Migration.objects.filter(app="web").order_by("name").last()
    last.delete()
    made = [f"web.{last.name}"]
    monkeypatch.setattr(schema, "migrate", lambda: made.append(schema.waiting_migrations()))
    monkeypatch.setattr(schema.connections, "close_all", lambda: None)
    return made


def test_what_nobody_has_worked_with_is_finished(cut_off):
    (lacking,) = cut_off
    schema.make_ready()
    assert cut_off == [lacking, [lacking]]


def test_where_somebody_is_known_it_waits_for_a_backup(cut_off):
    User.objects.create_user("ada@example.org", "correct horse battery", role="owner")
    with pytest.raises(Conflict, match=rf"lacks {cut_off[0]}.*first “leadline backup FILE”"):
        schema.make_ready()
    assert len(cut_off) == 1
