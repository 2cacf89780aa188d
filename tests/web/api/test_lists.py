"""Lists take as many queries for many records as for few, whatever they list."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadline.web.models import (
    Ask,
    Contact,
    Contract,
    NextStep,
    Note,
    Purchase,
    SavedView,
    Task,
    Token,
    Touch,
    User,
)
from tests.web.api.conftest import OPERATIONS

pytestmark = [pytest.mark.django_db, pytest.mark.both]
MANY = 40
MOST = 14


@pytest.fixture
def crowd(world, owner):
    """Many more of each that hangs on people."""
    people = Contact.objects.bulk_create(Contact(name=f"P{n}", owner=owner) for n in range(MANY))
    for one in people:
        Touch.objects.create(contact=one, kind="met", happened_at=1, recorded_at=1)
    day = "2026-03-01"
    made = (
        (Ask, {"asked_at": 1, "owner": owner}),
        (Purchase, {"bought_at": 1}),
        (Contract, {"starts_on": day, "renews_on": day}),
        (Task, {"title": "t", "owner": owner, "due_on": day}),
        (Note, {"text": "n", "author": owner}),
        (NextStep, {"sort": "ask", "since": 1, "kind": "met"}),
    )
    for model, columns in made:
        model.objects.bulk_create(model(contact=one, **columns) for one in people)
    others = [User.objects.create_user(f"u{n}@example.org", None) for n in range(MANY)]
    Token.objects.bulk_create(
        Token(user=one, name="t", digest=f"d{one.pk}", hint="h", scopes=[]) for one in others
    )
    SavedView.objects.bulk_create(
        SavedView(of="contacts", name="v", owner=one, shared=True) for one in others
    )


def test_what_is_read_takes_few_queries_however_much_there_is(program, world, crowd):
    program.get("/kinds")
    program.get("/today/pace")  # the plan is worked out once
    for name, operation in OPERATIONS.items():
        if operation.method == "GET" and operation.told["tags"][0] not in {"reports", "imports and exports"}:
            with CaptureQueriesContext(connection) as made:
                answer = operation.send(program, world)
            assert answer.status_code == 200, name
            assert len(made) <= MOST + (7 if name == "get_today" else 0), name
