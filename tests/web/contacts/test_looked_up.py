"""Lists by a field of one's own, by a fact, by a tag: as somebody would find who reads all contacts."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable

import pytest

from leadline.engine.instants import DAY
from leadline.web import listing, warehouse
from leadline.web.actions import contacts, erasure, facts, merging, rebuilding, settling, touches
from leadline.web.actions.fields import read_fields
from leadline.web.filters import Filters
from leadline.web.models import Contact, Field, FieldValue, HeldFact, Standing, Tag, User
from leadline.web.warehouse.values import LENGTH
from tests.rows import kept
from tests.web.conftest import NOW
from tests.web.contacts.conftest import SEEN, get

pytestmark = [pytest.mark.django_db, pytest.mark.both]
WAYS = {"listed": (20_000, 2000), "among numbers": (20_000, 0), "asked": (0, 0)}
LONG = "a long story, " * 20 + "with Gold at its end"
VALUES = {
    "seats": (7, 7.5, 0, -3, 0.1, 77, 10**14 + 1),
    "city": ("Ålesund", "Gold Coast", "100% gold_ore", "x", LONG, "back\\slash"),
    "since": ("2026-01-31", "2025-12-01"),
    "size": ("small", "large", "7"),
    "vip": (True, False),
}
TYPES = {"seats": "number", "city": "text", "since": "date", "size": "choice", "vip": "flag"}
ASKED = (
    ("seats", "7"), ("seats", "7.0"), ("seats", "7.5"), ("seats", "0"), ("seats", "-3"), ("seats", "0.1"),
    ("seats", "8"), ("seats", "100000000000001"), ("seats", "100000000000002"),
    ("city", "gold"), ("city", "GOLD"), ("city", "%"), ("city", "d_o"), ("city", "Å"), ("city", "its end"),
    ("city", "story"), ("city", "\\"), ("city", "7"), ("since", "2026-01-31"), ("size", "small"),
    ("size", "7"), ("vip", "yes"), ("vip", "no"),
)  # fmt: skip


@kept
def people(funnels, actor, crew, shared) -> list[Contact]:
    """Fifty contacts of anybody or nobody, of whom each has some of the values and some of the facts."""
    chance = random.Random(5)
    for name, kind in TYPES.items():
        choices = list(VALUES[name]) if kind == "choice" else []
        Field.objects.create(of="contact", name=name, label=name.title(), type=kind, choices=choices)
    whose = [(None, None), (crew.member, shared), (crew.stranger, crew.stranger.team), (None, shared)]
    whose += [(crew.owner, None), (crew.manager, shared), (crew.stranger, shared), (crew.reader, None)]
    tag, made, happened, kinds = Tag.objects.create(name="rare"), [], [], warehouse.kinds()
    for n in range(50):
        fields = {name: chance.choice(some) for name, some in VALUES.items() if chance.random() < 0.7}
        owner, team = chance.choice(whose)
        one = Contact.objects.create(
            name=f"{chance.choice('ABC')} {n}", fields=fields, owner=owner, team=team
        )
        some = chance.sample(("met", "mailed", "downloaded", "told_need", "asked"), chance.randrange(4))
        happened += [
            touches.draft(actor, kinds, one, kind, NOW - chance.randrange(300) * DAY) for kind in some
        ]
        if chance.random() < 0.4:
            one.tags.add(tag)
        made.append(one)
    touches.write(actor, happened)
    touches.settle(actor, [one.pk for one in made])
    return made


def sees(user: User, one: Contact) -> bool:
    """The table of `access`, row by row; the one team that there is of theirs shares."""
    if user.role == "owner" or one.owner_id == user.pk:
        return True
    if user.role == "manager" and one.owner_id is None and one.team_id is None:
        return True
    return one.team_id == user.team_id and user.team.shares


def has(one: Contact, name: str, asked: str) -> bool:
    """Whether a contact has in a field what was asked for, as somebody would read it."""
    value = one.fields.get(name)
    if value is None:
        return False
    if TYPES[name] == "text":
        return asked.lower() in value.lower()
    return {"number": lambda: float(asked) == value, "flag": lambda: (asked == "yes") is value}.get(
        TYPES[name], lambda: asked == value
    )()


def stages() -> dict[int, tuple[int, int | None]]:
    """The stage of whoever was touched, and since when they are there."""
    there = Standing.objects.filter(funnel="sales-cycle").values_list("contact", "stage", "entered_at")
    return defaultdict(lambda: (0, None), {contact: (stage, since) for contact, stage, since in there})


def turned(user: User, given: dict[str, str], order: str) -> list[int]:
    """All of a list, page by page; it says how many there are."""
    sought = Filters.of(given).sought(user, NOW, order=order)
    found, cursor = [], ""
    while True:
        some = listing.turn(sought, order, cursor, 9)
        found += some.numbers
        if not (cursor := some.next):
            break
    counted = listing.count(sought)
    assert counted.number == len(found), (given, order)
    assert some.count == (counted if sought.few else None)
    return found


def check(people: list[Contact], user: User, given: dict[str, str], means: Callable[[Contact], bool]) -> int:
    """That a list has, in each order, whom it means among those whom somebody sees; how many they are."""
    given = {**given, "funnel": "sales-cycle"}
    there = [one for one in people if sees(user, one) and means(one)]
    last = dict(Contact.objects.values_list("pk", "last_touch_at"))
    there.sort(key=lambda one: (last[one.pk] is None, -(last[one.pk] or 0), -one.pk))
    assert turned(user, given, "last") == [one.pk for one in there], given
    there.sort(key=lambda one: (one.name.lower(), one.pk))
    assert turned(user, given, "name") == [one.pk for one in there], given
    placed = stages()
    if not given.get("stage"):
        there = [one for one in there if placed[one.pk][0]]
    there.sort(key=lambda one: (placed[one.pk][1] is None, -(placed[one.pk][1] or 0), -one.pk))
    assert turned(user, given, "stage") == [one.pk for one in there], given
    rows = Filters.of(given).apply(Contact.objects.all(), user, NOW)
    assert set(rows.values_list("pk", flat=True)) >= {one.pk for one in there}
    return len(there)


@pytest.fixture(params=WAYS)
def way(request, monkeypatch) -> str:
    few, listed = WAYS[request.param]
    monkeypatch.setattr("leadline.web.filters.FEW", few)
    monkeypatch.setattr("leadline.web.filters.LISTED", listed)
    return request.param


def test_by_a_field_of_each_type_a_list_has_whoever_has_that_value(people, crew, way):
    found = 0
    for name, asked in ASKED:
        for role in ("owner", "manager"):
            found += check(people, crew[role], {f"field.{name}": asked}, lambda one: has(one, name, asked))  # noqa: B023
    assert found > 100


@pytest.mark.parametrize("role", SEEN)
def test_a_field_goes_with_other_filters(people, crew, way, role):
    tagged = set(Contact.objects.filter(tags__name="rare").values_list("pk", flat=True))
    names, placed = warehouse.funnels()["sales-cycle"].stage_names, stages()
    for number, stage in enumerate(names):
        check(
            people,
            crew[role],
            {"field.vip": "yes", "stage": stage},
            lambda one: has(one, "vip", "yes") and placed[one.pk][0] == number,  # noqa: B023
        )
    check(people, crew[role], {"tag": "rare"}, lambda one: one.pk in tagged)
    check(
        people,
        crew[role],
        {"tag": "rare", "field.vip": "no", "field.city": "gold", "owner": "none"},
        lambda one: (
            one.pk in tagged and has(one, "vip", "no") and has(one, "city", "gold") and one.owner_id is None
        ),
    )
    check(people, crew[role], {"owner": "none"}, lambda one: one.owner_id is None)


def holding(people: list[Contact], at: int) -> dict[str, set[int]]:
    """Of whom each fact holds at an instant, as the engine says of each of them alone."""
    held = defaultdict(set)
    for one in people:
        for each in facts.standing(warehouse.touches_of([one.pk]), at):
            if each.holds:
                held[each.name].add(one.pk)
    return held


def test_by_a_fact_a_list_has_those_of_whom_it_holds(people, crew, way):
    held = holding(people, NOW)
    for fact in ("need", "reachable"):
        having = held[fact]
        assert having
        for role in ("owner", "manager", "member", "stranger"):
            check(people, crew[role], {"fact": fact}, lambda one: one.pk in having)  # noqa: B023
            check(people, crew[role], {"fact": f"no {fact}"}, lambda one: one.pk not in having)  # noqa: B023


def kept_values() -> set[tuple[object, ...]]:
    return set(FieldValue.objects.values_list("contact", "field", "text", "number", "cut"))


def true_values() -> set[tuple[object, ...]]:
    """The same, contact by contact."""
    found: set[tuple[object, ...]] = set()
    for one in Contact.objects.all():
        for name, value in one.fields.items():
            if isinstance(value, bool):
                found.add((one.pk, name, "true" if value else "false", None, False))
            elif isinstance(value, int | float):
                found.add((one.pk, name, None, float(value), False))
            elif isinstance(value, str):
                found.add((one.pk, name, value[:LENGTH], None, len(value) > LENGTH))
    return found


def test_whoever_changes_fields_and_however_the_values_are_kept(people, actor, crew):
    assert kept_values() == true_values()
    one, two, three, four = people[:4]
    contacts.edit_contact(actor, one, fields={"seats": "8.25", "city": "", "vip": "no"})
    Contact.objects.filter(pk=two.pk).update(
        fields={"city": LONG, "other": None, "deep": {"a": [1]}, "n": []}
    )
    Contact.objects.filter(pk=three.pk).update(fields={"size": 'quo"te', "seats": 1e-7, "vip": 1})
    assert kept_values() == true_values()
    merging.merge_contacts(actor, one, two)
    assert kept_values() == true_values()
    erasure.erase_contact(actor, three)
    assert kept_values() == true_values()
    assert not FieldValue.objects.filter(contact=three.pk).exists()
    touches.Touch.objects.filter(contact=four).delete()
    Contact.objects.filter(pk=four.pk).delete()
    assert kept_values() == true_values()
    assert not FieldValue.objects.filter(contact=four.pk).exists()


KINDS = ("told_need", "has_no_need", "decided_to_fix", "went_elsewhere", "bought", "refunded", "renewed",
         "churned", "subscribed", "bounced", "gave_timeline", "dropped_timeline", "met")  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_facts_are_kept_as_the_engine_says_them_whatever_happened(funnels, actor, seed):
    chance = random.Random(seed)
    people = [Contact.objects.create(name=f"c{n}") for n in range(8)]
    for _ in range(80):
        one = chance.choice(people)
        at = NOW - chance.choice((0, 1, 30, 179, 180, 181, 364, 365, 366, 700)) * DAY
        touches.record(actor, one, chance.choice(KINDS), at + chance.choice((0, 0, DAY // 2)))
        if chance.random() < 0.1:
            touches.retract(actor, chance.choice(list(one.touches.filter(in_force=True, retracts=None))))
    merging.merge_contacts(actor, people[0], people[1])
    merging.merge_contacts(actor, people[2], people[3])
    merging.part_contacts(actor, Contact.objects.get(pk=people[3].pk))
    there = list(Contact.objects.filter(merged_into=None))
    for at in (NOW, NOW + DAY // 2, NOW + DAY, NOW + 2 * DAY, NOW + 200 * DAY, NOW + 800 * DAY):
        held = holding(there, at)
        for name in ("need", "customer", "reachable", "timeline", "budget"):
            rows = Filters.of({"fact": name}).apply(Contact.objects.filter(merged_into=None), actor.user, at)
            assert set(rows.values_list("pk", flat=True)) == held[name], (name, (at - NOW) / DAY)
    numbers = [one.pk for one in people]
    assert rebuilding.differing(numbers, NOW) == 0
    before = sorted(HeldFact.objects.values_list("pk"))
    settling.settle(numbers, NOW)
    assert sorted(HeldFact.objects.values_list("pk")) == before != []


def test_a_rebuild_finds_and_mends_facts_that_somebody_spoilt(funnels, actor, contact):
    for kind in ("told_need", "bought", "subscribed"):
        touches.record(actor, contact, kind, NOW - DAY)
    before = sorted(HeldFact.objects.values_list("contact", "name", "since", "until"))
    assert len(before) == 3
    HeldFact.objects.filter(name="need").delete()
    HeldFact.objects.filter(name="customer").update(since=NOW)
    HeldFact.objects.create(contact=contact, name="budget", since=0, until=NOW + DAY)
    assert rebuilding.differing([contact.pk], NOW) == 4
    assert rebuilding.rebuild(actor, [contact.pk]) == 4
    assert sorted(HeldFact.objects.values_list("contact", "name", "since", "until")) == before
    assert rebuilding.differing([contact.pk], NOW) == 0


@pytest.mark.parametrize("role", ["owner", "member"])
@pytest.mark.parametrize("asked", ["field.seats=7", "fact=need", "tag=rare", "owner=none", "fact=no need"])
def test_a_list_is_read_with_so_many_queries(signed_in, people, role, asked, django_assert_max_num_queries):
    name, _, value = asked.partition("=")
    for order in listing.ORDERS:
        with django_assert_max_num_queries(60):
            assert get(signed_in(role), "contacts", **{name: value}, sort=order).status_code == 200


def test_the_fields_that_are_asked_for_are_read_as_they_are_kept(people):
    assert read_fields("contact", {"seats": "7.0"}) == {"seats": 7}
