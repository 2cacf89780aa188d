"""A list has the same people in the same order whether they are looked up, or each is asked."""

from __future__ import annotations

import pytest

from leadline.engine.instants import DAY
from leadline.web import listing, warehouse
from leadline.web.actions import touches
from leadline.web.filters import Filters
from leadline.web.models import Address, Company, Contact, Field, Tag
from tests.rows import kept
from tests.web.conftest import NOW
from tests.web.contacts.conftest import filtered, get

pytestmark = [pytest.mark.django_db, pytest.mark.both]
WAYS = {"listed": (20_000, 2000), "found": (20_000, 0), "asked": (0, 0)}
ASKED = (
    {"q": "ann"},
    {"q": "x1"},
    {"tag": "warm"},
    {"tag": "unheard of"},
    {"open": "ask"},
    {"stage": "stranger"},
    {"stage": "stranger", "tag": "warm"},
    {"stage": "nurtured", "path": "networking"},
    {"stage": "stranger", "path": "none", "tag": "warm"},
    {"company": "COMPANY"},
    {"tag": "warm", "q": "ann"},
    {"field.seats": "7", "tag": "warm"},
)


@kept
def crowd(funnels, actor, owner) -> Company:
    """Twenty contacts, of whom each filter means some."""
    company = Company.objects.create(name="Annex", domain="annex.example")
    Field.objects.create(of="contact", name="seats", label="Seats", type="number")
    warm = Tag.objects.create(name="warm")
    for n in range(20):
        made = Contact.objects.create(
            name=f"{'Ann' if n % 3 else 'Bea'} {n}",
            company=company if n % 5 == 0 else None,
            fields={"seats": 7 if n % 2 else 8},
            owner=owner,
        )
        Address.objects.create(contact=made, sort="email", value=f"x{n}@example.org")
        if n % 4:
            path = "networking" if n % 2 else ""
            touches.record(actor, made, ("met", "mailed", "asked")[n % 3], NOW - n * DAY, path=path)
        if n % 3:
            made.tags.add(warm)
    return company


def meant(asked: dict[str, str]) -> set[int]:
    """Who is meant, person by person."""
    found, names = set(), warehouse.funnels()["sales-cycle"].stage_names
    for one in Contact.objects.prefetch_related("tags", "addresses", "standings", "next_steps"):
        texts = [one.name, one.name.split(" ")[1], str(one.company or "")]
        texts += [address.value for address in one.addresses.all()]
        stands = next((here.stage for here in one.standings.all() if here.funnel == "sales-cycle"), 0)
        holds = {
            "q": any(text.lower().startswith(asked.get("q", "")) for text in texts),
            "tag": asked.get("tag") in {tag.name for tag in one.tags.all()},
            "open": any(step.sort == asked.get("open") for step in one.next_steps.all()),
            "stage": names[stands] == asked.get("stage"),
            "path": (one.path or "none") == asked.get("path"),
            "company": one.company is not None,
            "field.seats": one.fields["seats"] == 7,
        }
        if all(holds[name] for name in asked):
            found.add(one.pk)
    return found


@pytest.mark.parametrize("way", WAYS)
def test_however_they_are_found_it_is_whom_the_filters_mean(crowd, owner, way, monkeypatch):
    few, numbered = WAYS[way]
    monkeypatch.setattr("leadline.web.filters.FEW", few)
    monkeypatch.setattr("leadline.web.filters.LISTED", numbered)
    for asked in ASKED:
        given = {**asked, "funnel": "sales-cycle"}
        if "company" in given:
            given["company"] = str(crowd.pk)
        wanted = meant(asked)
        for order in ("last", "name"):
            sought = Filters.of(given).sought(owner, NOW, order=order)
            found, cursor = [], ""
            while True:
                some = listing.turn(sought, order, cursor, 3)
                found += some.numbers
                if not (cursor := some.next):
                    break
            rows = Contact.objects.in_bulk(found)
            assert set(found) == wanted, (asked, order)
            assert found == sorted(found, key=lambda n: place(rows[n], order)), (asked, order)
            counted = listing.count(sought)
            assert counted.number == len(wanted), (asked, order)
            assert counted.whole or way == "asked"
        rows = Filters.of(given).apply(Contact.objects.all(), owner, NOW)
        assert set(rows.values_list("pk", flat=True)) == wanted


def place(one: Contact, order: str) -> tuple[object, ...]:
    """Where somebody comes in an order of the list."""
    if order == "name":
        return one.name.lower(), one.pk
    return one.last_touch_at is None, -(one.last_touch_at or 0), -one.pk


def test_of_whom_no_index_tells_so_many_are_looked_at_and_said_to_be_the_least(
    crowd, actor, owner, monkeypatch
):
    for place, one in enumerate(Contact.objects.order_by("pk")):
        touches.record(actor, one, "met" if place % 2 else "told_need", NOW - place * DAY)
    monkeypatch.setattr(listing, "LOOKED", 6)
    sought = Filters.of({"fact": "no need", "after": "2020-01-01"}).sought(owner, NOW)
    assert listing.count(sought) == (3, False)  # 1, 3 and 5 of the six touched last
    assert listing.count_words(3, whole=False) == "at least 3 contacts"
    monkeypatch.setattr(listing, "COUNTED", 2)
    assert listing.count(sought) == (3, False)
    assert listing.count_words(3, whole=False) == "more than 2 contacts"
    monkeypatch.setattr(listing, "LOOKED", 21)
    monkeypatch.setattr(listing, "COUNTED", 1000)
    assert listing.count(sought) == (10, True)


def test_whom_an_index_tells_are_counted_further_than_those_who_are_looked_at(crowd, owner, monkeypatch):
    everybody, mine = (Filters.of(asked).sought(owner, NOW) for asked in ({}, {"owner": "me"}))
    there, own = Contact.objects.count(), Contact.objects.filter(owner=owner).count()
    assert there >= own > 3
    monkeypatch.setattr(listing, "COUNTED", 2)
    assert listing.count(everybody) == (there, True)
    assert listing.count(mine) == (own, True)
    monkeypatch.setattr(listing, "TOLD", 3)
    assert listing.count(everybody) == listing.count(mine) == (4, False)
    assert listing.count_words(4, whole=False) == "more than 3 contacts"
    assert listing.count_words(1419) == "1,419 contacts"
    assert listing.count_words(10_001, whole=False) == "more than 10,000 contacts"


@pytest.mark.parametrize("role", ["owner", "manager", "member", "reader", "stranger"])
@pytest.mark.parametrize("few", [2000, 0])
def test_companies_found_are_those_that_somebody_sees(signed_in, crew, shared, role, few, monkeypatch):
    monkeypatch.setattr("leadline.web.access.FEW", few)
    monkeypatch.setattr("leadline.web.filters.FEW", few)
    monkeypatch.setattr("leadline.web.filters.LISTED", few)
    mine = Company.objects.create(name="Moe Ltd", domain="zed.example")
    Company.objects.create(name="Moe Hidden", domain="moe.example", owner=crew.owner)
    theirs = Company.objects.create(name="Zed", domain="moe-zed.example", team=shared)
    for n, of in enumerate((mine, mine, theirs)):
        Contact.objects.create(name=f"c{n}", company=of, owner=crew.member, team=shared)
    Contact.objects.create(
        name="merged", company=mine, owner=crew.member, merged_into=Contact.objects.first()
    )
    shown = {row[0].name: row for row in get(signed_in(role), "companies", q="moe").context["rows"]}
    seen = ["Moe Ltd", "Zed"] if role != "stranger" else []
    assert list(shown) == (["Moe Hidden", *seen] if role == "owner" else seen)
    told = {"Moe Ltd": "2", "Zed": "1", "Moe Hidden": "0"}
    for name, (_, cells) in shown.items():
        assert [cell["text"] for _, cell in cells if cell["name"] == "people"] == [told[name]]


def test_strangers_are_shown_with_the_untouched_last(signed_in, crowd):
    untouched = [f"{'Ann' if n % 3 else 'Bea'} {n}" for n in (16, 12, 8, 4, 0)]
    shown = filtered(signed_in("owner"), stage="stranger", funnel="sales-cycle")
    assert shown == untouched
