"""Every operation: who may use it, that its example works, that it is done once, and what it answers."""

from __future__ import annotations

import pytest
from django.db import transaction

from leadline.web.access import RIGHTS
from leadline.web.actions.tokens import right_for
from leadline.web.api.door import NEEDS
from leadline.web.models import AuditEntry, User
from leadline.web.tokens import SCOPES
from tests.web.api.conftest import OPERATIONS, ROOMS, check_shape

pytestmark = pytest.mark.django_db

OWNED = {
    "contact", "company", "touch", "ask", "purchase", "contract", "note", "task", "upload", "view", "token",
    "many",
}  # fmt: skip
"""Parameters that are records of contacts or of somebody, which others don't see."""
SECRETS = {"make_token", "make_webhook", "renew_secret", "invite_person"}


@pytest.mark.parametrize("room", ROOMS)
def test_the_examples_of_a_room_work_and_are_done_once(program, world, room):
    for operation in OPERATIONS.values():
        if operation.told["tags"] == [room]:
            here = transaction.savepoint()
            check_example(operation, program, world)
            transaction.savepoint_rollback(here)


def check_example(operation, program, world):
    """It works, and sent again with its key it is answered as before and done no more."""
    answer = operation.send(program, world, **{"Idempotency-Key": "k1"})
    assert 200 <= answer.status_code < 300, (operation.name, answer.content)
    check_shape(operation, answer)
    if not operation.writes:
        return
    entries = AuditEntry.objects.count()
    again = operation.send(program, world, **{"Idempotency-Key": "k1"})
    if operation.name in SECRETS:
        assert (again.status_code, again.json()["code"]) == (409, "conflict")
        assert answer.json().keys() & {"secret", "link"}
    else:
        assert (again.status_code, again.content) == (answer.status_code, answer.content), operation.name
    assert AuditEntry.objects.count() == entries


def test_every_operation_needs_a_token_and_its_scope(client, program_of, owner, world):
    assert set(NEEDS) == set(OPERATIONS)
    programs = {scope: program_of(owner, *(one for one in SCOPES if one != scope)) for scope in SCOPES}
    before = AuditEntry.objects.count()
    for name, operation in OPERATIONS.items():
        scope = NEEDS[name].scope
        assert operation.told["x-scope"] == scope
        answer = operation.send(programs[scope], world)
        assert (answer.status_code, scope in answer.json()["detail"]) == (403, True), name
        programs[scope].secret, secret = "ll_none", programs[scope].secret
        assert operation.send(programs[scope], world).status_code == 401, name
        programs[scope].secret = secret
    assert AuditEntry.objects.count() == before


def test_every_scope_is_of_use():
    assert {need.scope for need in NEEDS.values()} | {"metrics:read"} == set(SCOPES)


@pytest.mark.parametrize("role", RIGHTS)
def test_a_scope_is_for_whoever_may_do_something_with_it(role):
    of_use = {need.scope for need in NEEDS.values() if need.right in RIGHTS[role]} | {"metrics:read"}
    assert {scope for scope in SCOPES if right_for(scope) in RIGHTS[role]} == of_use


@pytest.mark.parametrize("role", ["reader", "member", "manager"])
def test_no_token_does_what_the_role_of_its_user_may_not(program_of, world, role):
    program = program_of(User.objects.create_user(f"{role}@example.org", None, role=role))
    before = AuditEntry.objects.count()
    for name, operation in OPERATIONS.items():
        if NEEDS[name].right not in RIGHTS[role]:
            answer = operation.send(program, world)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), name
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("role", ["member", "manager"])
def test_what_is_somebody_elses_is_not_there(program_of, world, role):
    program = program_of(User.objects.create_user("me@example.org", None, role=role))
    before, tried = AuditEntry.objects.count(), 0
    for name, operation in OPERATIONS.items():
        in_path = {one["name"] for one in operation.told.get("parameters", []) if one["in"] == "path"}
        in_body = set(operation.example(world) or {}) & {"contact", "duplicate"}
        if NEEDS[name].right in RIGHTS[role] and (in_path & OWNED or in_body):
            answer = operation.send(program, world)
            assert (answer.status_code, answer.json().get("code")) == (404, "not-found"), name
            assert "Eero" not in answer.content.decode()
            tried += 1
    assert tried > 40
    assert AuditEntry.objects.count() == before


def test_what_never_was_is_not_there(program, world):
    numbers = {key: 987_654 if isinstance(value, int) else "never-was" for key, value in world.items()}
    for name, operation in OPERATIONS.items():
        if "/{" in operation.path and name not in ("get_report", "export_table"):  # which list their names
            answer = operation.send(program, numbers)
            assert (answer.status_code, answer.json().get("code")) == (404, "not-found"), name


LISTS = [name for name, one in OPERATIONS.items() if not one.writes and "cursor" in str(one.told)]


def test_every_list_comes_in_parts_and_ends(program, world):
    assert len(LISTS) > 20
    for name in LISTS:
        address = OPERATIONS[name].address(world)
        whole = [one["id"] for one in program.get(f"{address}?limit=200").json()["items"]]
        seen, cursor = [], ""
        while cursor is not None:
            told = program.get(f"{address}?limit=1{f'&cursor={cursor}' if cursor else ''}").json()
            seen += [one["id"] for one in told["items"]]
            cursor = told["next"]
        assert seen == whole, name
        assert len(set(whole)) == len(whole) > 0, name
