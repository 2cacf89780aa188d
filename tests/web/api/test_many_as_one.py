"""Many touches in one request leave what the same touches leave that are sent one by one."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadline.engine.errors import LeadlineError
from leadline.engine.instants import DAY
from leadline.web.actions import contacts, profiles, touch_batches, webhooks
from leadline.web.models import AuditEntry, Contact, Delivery, Job, NextStep, Standing, Touch
from tests.web.conftest import NOW

KINDS = ("downloaded", "replied", "met", "called", "asked", "posted", "told_need", "told_budget")
PEOPLE, ROWS = 30, 120
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.one_database) for seed in (2, 3))]
"""Other rows, of which the database is asked the same."""


def make_people(actor, world):
    for n in range(PEOPLE):
        contacts.create_contact(actor, f"Person {n}", email=f"{n}@{world}.org", key=f"{world}-{n}")


def rows_of(world, seed):
    """Touches of people who are known by number, key or address, and of some who are new."""
    chance = random.Random(seed)
    numbers = dict(Contact.objects.filter(key__startswith=world).values_list("key", "pk"))
    rows = []
    for n in range(ROWS):
        who, how = chance.randrange(PEOPLE + 8), chance.choice(("contact", "contact_key", "email"))
        new = {"email": f"{who}@{world}.org", "name": f"Person {who}"}
        known = {
            "contact": numbers.get(f"{world}-{who}"),
            "contact_key": f"{world}-{who}",
            "email": new["email"],
        }
        row = {how: known[how]} if who < PEOPLE else new
        row |= {"kind": chance.choice(KINDS), "happened_at": NOW - chance.randrange(200) * DAY}
        row |= {"path": chance.choice(("website", "speaking"))} if chance.random() < 0.5 else {}
        row |= {"value": 100 * n, "currency": "EUR"} if chance.random() < 0.2 else {}
        rows.append(row | ({"key": f"{world}:{chance.randrange(100)}"} if chance.random() < 0.6 else {}))
    return rows


def told_since(first_delivery, said, in_words):
    """What webhooks were told, and through which stages that way who came, from first to last."""
    deliveries = list(Delivery.objects.filter(pk__gt=first_delivery).order_by("pk"))
    told, moved = Counter(), {}
    for one in deliveries:
        data = one.body["data"]
        if one.event == "stage.changed":
            place = said[data["record"]], data["funnel"]
            moved[place] = (moved.get(place, (data["before"],))[0], data["after"])
        else:
            parts = in_words(data["before"]), in_words(data["after"])
            told[one.event, one.body["timestamp"], said[data["record"]], data["by"], *parts] += 1
    jobs = Job.objects.filter(kind="webhook.deliver")
    assert {one.payload["delivery"] for one in jobs} >= {one.pk for one in deliveries}
    return told, moved


def left_by(world, first_entry, first_delivery):
    """What is there of a world, in words that are the same in every world."""
    people = {one.pk: one.name for one in Contact.objects.filter(addresses__value__endswith=f"@{world}.org")}
    touches = {
        one.pk: (people[one.contact_id], one.kind, one.happened_at, one.path, one.value, one.currency,
                 one.origin.replace(world, ""), one.actor, one.recorded_by_id, one.recorded_at, one.in_force)
        for one in Touch.objects.filter(contact__in=people)
    }  # fmt: skip
    said = {f"contact:{pk}": name for pk, name in people.items()}
    said |= {f"touch:{pk}": touch[:-5] for pk, touch in touches.items()}

    def in_words(told):
        words = {key: said.get(one, one) if isinstance(one, str) else one for key, one in told.items()}
        return json.dumps(words, sort_keys=True, default=str).replace(f"@{world}.org", "")

    entries = AuditEntry.objects.filter(pk__gt=first_entry)
    audit = Counter(
        (one.who_id, one.by, one.action, said[one.record], in_words(one.before), in_words(one.after))
        for one in entries
    )
    told, moved = told_since(first_delivery, said, in_words)
    stands = Standing.objects.filter(contact__in=people).exclude(stage=0)
    steps = NextStep.objects.filter(contact__in=people)
    return {
        "touches": Counter(touches.values()),
        "audit": audit,
        "told": told,
        "moved": {place: both for place, both in moved.items() if both[0] != both[1]},
        "stands": {(people[one.contact_id], one.funnel, one.stage, one.entered_at) for one in stands},
        "steps": {(people[one.contact_id], one.sort, one.since, one.rank) for one in steps},
        "lasts": Counter(Contact.objects.filter(pk__in=people).values_list("name", "last_touch_at", "path")),
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_many_at_once_leave_what_they_leave_one_by_one(actor, funnels, seed):
    webhooks.make(actor, "https://example.org/all")
    webhooks.make(actor, "https://example.org/touches", ["touch.recorded"])
    rule = {"field": "contact.path", "test": "is", "value": "speaking"}
    profiles.declare(actor, None, "Owners", [rule])
    left, answers = [], []
    for world, at_once in (("many", True), ("ones", False)):
        make_people(actor, world)
        entry, delivery = (model.objects.order_by("-pk").first().pk for model in (AuditEntry, Delivery))
        rows = rows_of(world, seed)
        requests = [rows] if at_once else [[row] for row in rows]
        answer = [
            one
            for request in requests
            for one in touch_batches.record_touches(actor, request, make_contacts=True)
        ]
        places = {one["id"]: n for n, one in reversed(list(enumerate(answer)))}
        answers.append([(places[one["id"]], one["known"]) for one in answer])
        left.append(left_by(world, entry, delivery))
    assert answers[0] == answers[1]
    assert any(known for _, known in answers[0])
    for name in left[0]:
        assert left[0][name] == left[1][name], name
        assert left[0][name], name
    assert sum(left[0]["told"].values()) > len(left[0]["touches"])


def test_a_row_that_cannot_be_recorded_leaves_none_of_the_others(actor, funnels):
    make_people(actor, "many")
    before = Touch.objects.count(), AuditEntry.objects.count()
    rows = [*rows_of("many", 4), {"contact_key": "many-1", "kind": "no-such-kind"}]
    with pytest.raises(LeadlineError, match=f"row {ROWS + 1}"):
        touch_batches.record_touches(actor, rows, make_contacts=True)
    assert (Touch.objects.count(), AuditEntry.objects.count()) == before
    assert Contact.objects.count() == PEOPLE


def test_so_many_touches_more_ask_nothing_more_of_the_database(actor, funnels):
    make_people(actor, "many")
    webhooks.make(actor, "https://example.org/all", ["touch.recorded"])
    counts = []
    for size in (PEOPLE, 3 * PEOPLE):
        rows = [
            {"contact_key": f"many-{n % PEOPLE}", "kind": "met", "key": f"{size}-{n}"} for n in range(size)
        ]
        with CaptureQueriesContext(connection) as asked:
            touch_batches.record_touches(actor, rows)
        counts.append(len(asked))
    written = [one["sql"] for one in asked if "INSERT INTO" in one["sql"]]
    assert counts[1] <= counts[0]
    assert len(written) <= 10, written
