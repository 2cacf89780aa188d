"""A request with a key is done once; and a token makes no token that may more than it may itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from leadline.engine.instants import DAY, to_datetime
from leadline.web.actions import tasks, webhooks
from leadline.web.actions.acting import Actor
from leadline.web.actions.replies import Once, Repeated, claim, done_once
from leadline.web.errors import Busy, Conflict
from leadline.web.models import Contact, Reply, Task, Token, User
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]
KEY = {"Idempotency-Key": "k1"}
FULL_ON_POSTGRES = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'disk is full'; END $$;
CREATE TRIGGER full_disk BEFORE UPDATE ON web_reply FOR EACH ROW EXECUTE FUNCTION full_disk()
"""
FULL = {
    "sqlite": (
        "CREATE TRIGGER full_disk BEFORE UPDATE ON web_reply BEGIN SELECT RAISE(ABORT, 'disk is full'); END",
        "DROP TRIGGER full_disk",
    ),
    "postgresql": (
        FULL_ON_POSTGRES,
        "DROP TRIGGER full_disk ON web_reply; DROP FUNCTION full_disk()",
    ),
}
"""Statements after which no kept answer can be changed, and those that end it."""


def test_a_key_of_another_request_is_refused(program):
    assert program.post("/contacts", {"name": "Ida"}, **KEY).status_code == 201
    other = program.post("/contacts", {"name": "Ben"}, **KEY)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    elsewhere = program.post("/tasks", {"title": "Ida"}, **KEY)
    assert elsewhere.status_code == 409
    assert (Contact.objects.count(), Task.objects.count()) == (1, 0)


def test_the_order_of_names_in_a_body_makes_no_other_request(program):
    first = program.post("/contacts", {"name": "Ida", "key": "a"}, **KEY)
    again = program.post("/contacts", {"key": "a", "name": "Ida"}, **KEY)
    assert (again.status_code, again.content) == (201, first.content)


def test_a_request_that_failed_leaves_its_key_free(program):
    assert program.post("/contacts", {"key": "a"}, **KEY).status_code == 201
    failed = program.post("/contacts", {"key": "a"}, **{"Idempotency-Key": "k2"})
    assert failed.status_code == 409
    assert program.post("/contacts", {"key": "b"}, **{"Idempotency-Key": "k2"}).status_code == 201


@pytest.fixture
def no_room_for_answers():
    """No answer can be kept: the disk is full once a request is done."""
    made, dropped = FULL[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(made)
        yield
        cursor.execute(dropped)


@pytest.mark.django_db(transaction=True)
def test_what_is_done_is_answered_so_though_the_answer_can_not_be_kept(program, no_room_for_answers):
    done = program.post("/contacts", {"name": "Ida"}, **KEY)
    assert (done.status_code, done.json()["name"]) == (201, "Ida")
    again = program.post("/contacts", {"name": "Ida"}, **KEY)
    assert (again.status_code, "it is done" in again.json()["detail"]) == (409, True)
    assert Contact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_done_is_not_done_again_where_its_answer_can_not_be_read(owner):
    def ask():
        with done_once(Once(owner.pk, "k", "d", NOW)):
            tasks.add_task(Actor.of(owner, NOW), None, "Call Ida")
            raise OperationalError("database is locked")

    with pytest.raises(Busy, match="is done") as told:
        ask()
    assert "nothing was written" not in str(told.value)
    with pytest.raises(Conflict, match="it is done"):
        ask()
    assert Task.objects.count() == 1


def test_the_keys_of_two_people_do_not_meet(program_of, owner, member):
    for user in (owner, member):
        assert program_of(user).post("/contacts", {"name": "Ida"}, **KEY).status_code == 201
    assert Contact.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there", "ü"])
def test_a_key_that_is_none_is_refused(program, key):
    assert program.post("/contacts", {"name": "Ida"}, **{"Idempotency-Key": key}).status_code == 422
    assert not Contact.objects.exists()


def test_a_key_is_free_again_after_a_day(owner):
    with done_once(Once(owner.pk, "k", "d", NOW)):
        claim()
    assert Reply.objects.count() == 1
    with pytest.raises(Conflict), done_once(Once(owner.pk, "k", "d", NOW + DAY)):
        pass
    later = Once(owner.pk, "k", "other", NOW + DAY + 1)
    with done_once(later):
        claim()
    assert Reply.objects.get().digest == "other"


def test_of_two_that_run_at_the_same_time_the_second_does_nothing(owner):
    first, second = Once(owner.pk, "k", "d", NOW), Once(owner.pk, "k", "d", NOW + 1)
    with done_once(second):
        with done_once(first):
            claim()
        Reply.objects.update(body={"status": 201, "content": "{}"})
        with pytest.raises(Repeated) as told:
            claim()
    assert (told.value.status, Reply.objects.count()) == (201, 1)


def test_an_answer_with_a_secret_is_not_kept(program):
    made = program.post("/webhooks", {"url": "https://x.example/in"}, **KEY).json()
    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in str(list(Reply.objects.values()))


def test_a_token_makes_none_that_may_more_or_lives_longer(program_of, owner):
    program = program_of(owner, "own:write", "contacts:read")
    more = program.post("/tokens", {"name": "x", "scopes": ["contacts:read", "people:write"]})
    assert (more.status_code, "people:write" in more.json()["detail"]) == (403, True)
    made = program.post("/tokens", {"name": "x", "scopes": ["contacts:read"], "days": 5}).json()
    assert Token.objects.get(pk=made["id"]).user == owner
    program.secret = made["secret"]
    assert program.get("/contacts").status_code == 200
    assert program.get("/people").status_code == 403


@pytest.mark.parametrize(("days", "status"), [(2999, 201), (3000, 201), (3001, 403), (None, 403)])
def test_a_token_makes_none_that_outlives_it(program_of, owner, clock, days, status):
    program = program_of(owner, "own:write", expires_at=to_datetime(NOW + 3000 * DAY))
    given = {"name": "x", "scopes": ["own:write"], "days": days}
    assert program.post("/tokens", given).status_code == status


@pytest.mark.parametrize(("left", "lives"), [(3000, 90), (7, 7)])
def test_a_token_of_which_no_days_are_said_ends_with_the_one_that_made_it(program_of, owner, left, lives):
    now = timezone.now()
    program = program_of(owner, "own:write", expires_at=now + timedelta(days=left, hours=1))
    made = program.post("/tokens", {"name": "x", "scopes": ["own:write"]}).json()
    assert (Token.objects.get(pk=made["id"]).expires_at - now).days == lives


def test_a_reader_reads_and_changes_what_is_their_own(program_of):
    reader = User.objects.create_user("rita@example.org", None, role="reader", name="Rita")
    program = program_of(reader)
    assert program.patch("/me", {"zone": "Europe/Berlin"}).json()["zone"] == "Europe/Berlin"
    assert program.post("/views", {"name": "Warm"}).status_code == 201
    assert program.post("/views", {"name": "Warm", "shared": True}).status_code == 403


def test_a_touch_of_an_ask_is_taken_back_by_taking_the_ask_back(program, world):
    touch = program.get(f"/asks/{world['ask']}").json()["touch"]
    refused = program.post(f"/touches/{touch}/retract")
    assert (refused.status_code, f"ask {world['ask']}" in refused.json()["detail"]) == (409, True)
    assert program.post(f"/asks/{world['ask']}/withdraw").json()["answer"] == "withdrawn"
    assert program.get(f"/touches/{touch}").json()["in_force"] is False


def test_an_ask_goes_its_way_to_a_client(program, world):
    terms = {"contact": world["duplicate"], "offer": world["offer"]}
    made = program.post("/asks", terms).json()
    assert (made["amount"], made["currency"], made["answer"]) == (240_000, "EUR", "waiting")
    told = program.post(f"/asks/{made['id']}/answer", {"said": "yes", "sale": {}}).json()
    assert told["answer"] == "yes"
    bought = program.get(f"/purchases?contact={world['duplicate']}").json()["items"][0]
    assert (bought["ask"], bought["value"]) == (made["id"], 240_000)
    agreed = program.get(f"/contracts/{bought['contract']}").json()
    assert (agreed["starts_on"], agreed["renews_on"]) == ("2026-03-02", "2027-03-02")
    assert program.get(f"/contacts/{world['duplicate']}").json()["stages"]["voltage"] == "client"


def test_a_delivery_is_sent_again(program, world):
    hook, delivery = world["webhook"], world["delivery"]
    assert webhooks.TRIES == 8
    answer = program.post(f"/webhooks/{hook}/deliveries/{delivery}/replay")
    assert (answer.status_code, answer.json()["attempts"]) == (202, 0)
    other = program.post("/webhooks", {"url": "https://y.example/in"}).json()["id"]
    assert program.post(f"/webhooks/{other}/deliveries/{delivery}/replay").status_code == 404
