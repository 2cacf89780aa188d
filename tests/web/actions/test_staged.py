"""The open asks above the stages of the board, and who stands in no stage: kept equal to what is true."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from leadline.engine.errors import LeadlineError
from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.engine.instants import DAY
from leadline.web import access, listing, warehouse
from leadline.web.actions import (
    asks,
    contacts,
    erasure,
    merging,
    rebuilding,
    settling,
    several,
    standings,
    touches,
)
from leadline.web.actions.asks import Terms
from leadline.web.actions.funnels import publish, save_draft
from leadline.web.filters import Filters
from leadline.web.models import Ask, Contact, FunnelVersion, StagedAsk, Standing, Team, User
from leadline.web.pages.board_columns import by_stage
from leadline.web.pages.whose import Whose
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]
KINDS = ("listed", "downloaded", "replied", "met", "asked", "said_no", "said_yes", "bought", "opted_out")
LATE = """
name = "Late"
means = "Who has heard nothing for a month."
[[stages]]
name = "quiet"
means = "Was sent something, and not again for a month."
when = ["mailed", { none = ["mailed within 30 days"] }]
"""


@pytest.fixture
def agency(funnels):
    """A vocabulary in which some who were touched are strangers still."""
    toml = dump_funnel(load_funnel("agency"))
    FunnelVersion.objects.create(slug="agency", number=1, toml=toml, in_force=True)
    return "agency"


def true_sums(user):
    """Above each stage of each vocabulary: the amounts of open asks that somebody sees, row by row."""
    found = Counter()
    for ask in Ask.objects.filter(answer="", amount__isnull=False, contact__erased_at=None):
        if access.contacts(user).filter(pk=ask.contact_id).exists():
            names = warehouse.funnels().kept_as.values()
            for here in Standing.objects.filter(contact=ask.contact_id, stage__gt=0, funnel__in=names):
                found[here.funnel, here.stage, ask.currency] += ask.amount
    return found


def shown_sums(user, declared):
    """The same as the board has it."""
    return Counter(
        {
            (declared.kept_as[slug], declared[slug].stage_number(column.key), currency): amount
            for slug in declared
            for column in by_stage(Whose(user), slug, declared, NOW, "", "")
            for amount, currency in column.sums
        }
    )


def kept(slug):
    """The name under which it is kept where everybody stands in a vocabulary."""
    return warehouse.funnels().kept_as[slug]


def strangers(user, slug):
    """Whom somebody sees and who stands in no stage, one after the other."""
    placed = set(Standing.objects.filter(funnel=kept(slug), stage__gt=0).values_list("contact", flat=True))
    return {one.pk for one in access.contacts(user)} - placed


def listed(user, slug, order):
    """The strangers of the list, page by page."""
    sought = Filters.of({"stage": "stranger", "funnel": slug}).sought(user, NOW, order=order)
    found, cursor = [], ""
    while True:
        some = listing.turn(sought, order, cursor, 3)
        found += some.numbers
        if not (cursor := some.next):
            assert listing.count(sought) == (len(found), True)
            return found


@pytest.mark.parametrize("seed", range(2))
def test_after_whatever_was_done_sums_and_strangers_are_those_of_every_row(agency, actor, member, team, seed):
    chance = random.Random(seed)
    mia = User.objects.create_user("mia@example.org", None, role="manager", name="Mia", team=team)
    whose = [(None, None), (member, team), (member, None), (None, team), (mia, Team.objects.create(name="S"))]
    people = [Contact.objects.create(name=f"c{n}") for n in range(9)]
    for _ in range(70):
        act(actor, people, chance, whose)
    declared = warehouse.funnels()
    assert staged_rows() == staged_truth() != []
    for user in (actor.user, mia, member):
        assert +shown_sums(user, declared) == +true_sums(user)
        for slug in declared:
            for order in ("last", "name", "stage"):
                found = listed(user, slug, order)
                assert len(found) == len(set(found))
                assert set(found) == strangers(user, slug), (user.role, slug, order)
    numbers = [one.pk for one in people]
    assert rebuilding.differing(numbers, NOW) == 0
    before = staged_rows()
    settling.settle(numbers, NOW)
    assert staged_rows() == before


def act(actor, people, chance, whose):
    """Something of what is done to contacts and their asks, drawn by chance."""
    there = list(Contact.objects.filter(pk__in=[some.pk for some in people], merged_into=None).order_by("pk"))
    one, two = chance.sample(there, 2)
    ask = Ask.objects.filter(contact=one).first()
    try:
        match chance.randrange(9):
            case 0 | 1 | 2:
                at = NOW - chance.randrange(60) * DAY
                told = {"value": chance.randrange(1, 900), "currency": chance.choice(("EUR", "USD"))}
                touches.record(actor, one, chance.choice(KINDS), at, **told)
            case 3 | 4:
                asks.make(actor, one, Terms(amount=chance.choice((None, 500, 70)), currency="EUR"))
            case 5 if ask:
                asks.change(actor, ask, Terms(amount=chance.randrange(1000), currency="USD"))
            case 6:
                owner, team = chance.choice(whose)
                contacts.change_contacts(actor, [one.pk, two.pk], several.to_owner(owner, team))
            case 7 if len(there) > 6:
                merging.merge_contacts(actor, one, two)
            case 8 if one.touches.exists():
                touches.retract(actor, chance.choice(one.touches.order_by("pk")))
    except LeadlineError:
        return


def staged_rows():
    return sorted(StagedAsk.objects.values_list("ask", "contact", "funnel", "stage", "currency", "amount"))


def staged_truth():
    """Open asks with an amount in each stage of their contact, row by row."""
    return sorted(
        (ask.pk, ask.contact_id, here.funnel, here.stage, ask.currency, ask.amount)
        for ask in Ask.objects.filter(answer="", amount__isnull=False)
        for here in Standing.objects.filter(contact=ask.contact_id, stage__gt=0)
    )


def test_sums_by_hand(funnels, actor, contact):
    made = asks.make(actor, contact, Terms(amount=500, currency="EUR"))
    here = Standing.objects.get(contact=contact, funnel="sales-cycle").stage
    sales = {(row[2], row[3]): row[4:] for row in staged_rows()}
    assert sales["sales-cycle", here] == ("EUR", 500)
    assert len(sales) == 2
    Ask.objects.filter(pk=made.pk).update(amount=700)  # whoever changes it, and however
    assert {row[5] for row in staged_rows()} == {700}
    Ask.objects.filter(pk=made.pk).update(answer="no")
    assert staged_rows() == []
    Ask.objects.filter(pk=made.pk).update(answer="")
    assert len(staged_rows()) == 2
    Standing.objects.filter(contact=contact, funnel="voltage").delete()
    assert {row[2] for row in staged_rows()} == {"sales-cycle"}
    erasure.erase_contact(actor, contact)
    assert not shown_sums(actor.user, warehouse.funnels())


def test_a_rebuild_finds_and_mends_what_somebody_spoilt(funnels, actor, contact):
    asks.make(actor, contact, Terms(amount=500, currency="EUR"))
    before = staged_rows()
    StagedAsk.objects.filter(funnel="voltage").update(amount=1)
    StagedAsk.objects.filter(funnel="sales-cycle").delete()
    assert rebuilding.differing([contact.pk], NOW) == 3
    assert rebuilding.rebuild(actor, [contact.pk]) == 3
    assert staged_rows() == before
    assert rebuilding.rebuild(actor, [contact.pk]) == 0


def test_whoever_was_touched_stands_somewhere_in_each_vocabulary(agency, actor, contact):
    untouched = Contact.objects.create(name="Nobody yet")
    touches.record(actor, contact, "mailed", NOW - DAY)
    here = Standing.objects.get(contact=contact, funnel="agency")
    assert (here.stage, here.entered_at, here.last_touch_at) == (0, standings.NEVER_ENTERED, NOW - DAY)
    assert not untouched.standings.exists()
    assert listed(actor.user, "agency", "last") == [contact.pk, untouched.pk]
    touches.retract(actor, contact.touches.get())
    assert not contact.standings.exists()


def test_a_stranger_who_comes_to_a_stage_by_time_alone_is_swept_there(funnels, actor, contact):
    touches.record(actor, contact, "mailed", NOW - 20 * DAY)
    publish(actor, save_draft(actor, "late", LATE))
    here = Standing.objects.get(contact=contact, funnel=kept("late"))
    assert (here.stage, here.changes_at) == (0, NOW + 10 * DAY)
    assert standings.sweep(NOW + 10 * DAY) == 1
    here.refresh_from_db()
    assert (here.stage, here.entered_at) == (1, NOW + 10 * DAY)


def test_a_version_put_in_force_moves_the_sums(funnels, actor, contact):
    asks.make(actor, contact, Terms(amount=500, currency="EUR"))
    toml = dump_funnel(load_funnel("voltage"))
    publish(actor, save_draft(actor, "voltage", toml.replace('name = "client"', 'name = "buyer"')))
    publish(actor, save_draft(actor, "late", LATE))
    assert staged_rows() == staged_truth()
    assert {row[2] for row in staged_rows()} >= {kept("voltage"), "sales-cycle"}
    assert kept("voltage") != "voltage"
