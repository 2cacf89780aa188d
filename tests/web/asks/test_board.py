"""The board: who stands in which column, and what happens with somebody who is moved."""

from __future__ import annotations

import re

import pytest

from leadline.engine.funnel import dump_funnel
from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.actions.acting import Actor
from leadline.web.actions.funnels import publish, save_draft
from leadline.web.jobs import standings
from leadline.web.models import Contact, FunnelVersion, Purchase, Standing, Touch
from leadline.web.pages import frame
from tests.web.asks.conftest import enter

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_the_board_has_everybody_in_their_column_with_the_money(client, member, eero):
    text = enter(client, member).get("/board/?funnel=sales-cycle").content.decode()
    asked = text[text.index('id="c-3"') : text.index('id="c-4"')]
    assert "Eero Cooper" in asked
    assert "2,400\u00a0EUR" in asked
    assert "Maud Linde" in text[text.index('id="c-4"') : text.index('id="c-5"')]


def test_to_move_a_card_is_to_say_what_happened(client, member, eero):
    enter(client, member)
    ines = Contact.objects.get(name__startswith="Ines")
    dialog = client.get(f"/board/move/{ines.pk}/?funnel=sales-cycle&to=client").content.decode()
    assert "What happened with Ines" in dialog
    assert 'value="bought"' in dialog
    before = Standing.objects.get(contact=ines, funnel="sales-cycle").stage
    sent = {"funnel": "sales-cycle", "to": "client", "kind": ["bought"]}
    answer = client.post(f"/board/move/{ines.pk}/", sent, follow=True)
    assert before == 2
    assert Standing.objects.get(contact=ines, funnel="sales-cycle").stage == 4
    assert "is now: client" in answer.content.decode()
    assert Purchase.objects.filter(contact=ines).exists()
    assert Touch.objects.get(contact=ines, kind="bought").recorded_by == member


def test_whoever_moves_a_card_is_told_what_somebody_else_said_meanwhile(client, member, eero):
    enter(client, member)
    ines = Contact.objects.get(name__startswith="Ines")
    there = f"/board/move/{ines.pk}/"
    dialog = client.get(f"{there}?funnel=sales-cycle&to=client").content.decode()
    assert 'name="was" value="nurtured"' in dialog
    sent = {"funnel": "sales-cycle", "to": "client", "was": "nurtured", "kind": ["bought"]}
    assert "is now: client" in client.post(there, sent, follow=True).content.decode()
    again = client.post(there, sent)
    assert again.status_code == 409
    assert "they came to “client” meanwhile. Tick what happened besides" in again.content.decode()
    assert Purchase.objects.filter(contact=ines).count() == 1
    assert client.post(there, sent | {"was": "client"}).status_code == 303


def test_a_board_that_was_open_while_a_version_came_into_force_leads_to_the_stage_it_shows(
    client, member, actor, eero
):
    enter(client, member)
    page = client.get("/board/?funnel=sales-cycle").content.decode()
    to = re.findall(r'data-to="([^"]+)"', page)[2]
    text = dump_funnel(warehouse.funnels()["sales-cycle"]).replace(
        "[[stages]]", '[[stages]]\nname = "noticed"\nmeans = "x"\nwhen = ["met"]\n\n[[stages]]', 1
    )
    publish(actor, save_draft(actor, "sales-cycle", text))
    standings.publish({"version": FunnelVersion.objects.latest("pk").pk}, frame.now())
    ines = Contact.objects.get(name__startswith="Ines")
    dialog = client.get(f"/board/move/{ines.pk}/?funnel=sales-cycle&to={to}").content.decode()
    assert "<option selected>asked</option>" in dialog


def test_what_was_ticked_may_not_be_enough_and_the_page_says_so(client, member, eero):
    enter(client, member)
    ines = Contact.objects.get(name__startswith="Ines")
    sent = {"funnel": "sales-cycle", "to": "client", "kind": ["told_need"]}
    answer = client.post(f"/board/move/{ines.pk}/", sent, follow=True)
    assert "something is missing still" in answer.content.decode()
    nothing = {"funnel": "sales-cycle", "to": "client"}
    assert client.post(f"/board/move/{ines.pk}/", nothing).status_code == 422


def test_columns_have_twenty_cards_and_more_on_demand(client, owner, funnels, acted):
    people = Contact.objects.bulk_create([Contact(name=f"Number {number:03}") for number in range(120)])
    Standing.objects.bulk_create(
        [Standing(funnel="sales-cycle", contact=one, stage=1, entered_at=acted - (place // 7) * DAY)
         for place, one in enumerate(people)]
    )  # fmt: skip
    text = enter(client, owner).get("/board/?funnel=sales-cycle").content.decode()
    seen, address = [], None
    for _ in range(6):
        seen += [line.split("Number ")[1][:3] for line in text.split("<strong>")[1:]]
        begin = text.find('hx-get="')
        address = text[begin + 8 : text.index('"', begin + 8)].replace("&amp;", "&") if begin >= 0 else None
        text = client.get(address).content.decode() if address else ""
    assert address is None
    assert sorted(seen) == [f"{number:03}" for number in range(120)]


def test_more_of_a_column_is_more_of_that_stage_though_a_version_moved_its_number(
    client, member, owner, eero, acted
):
    enter(client, member)
    more = "/board/more/?by=stage&funnel=sales-cycle&column=asked&after="
    text = dump_funnel(warehouse.funnels()["sales-cycle"]).replace(
        "[[stages]]", '[[stages]]\nname = "noticed"\nmeans = "x"\nwhen = ["met"]\n\n[[stages]]', 1
    )
    actor = Actor.of(owner, acted)
    publish(actor, save_draft(actor, "sales-cycle", text))
    standings.publish({"version": FunnelVersion.objects.latest("pk").pk}, acted)
    assert "Eero Cooper" in client.get(more).content.decode()
    assert client.get(more.replace("asked", "gone")).status_code == 404


@pytest.mark.parametrize("by", ["stage", "month", "answer"])
def test_the_keys_of_the_board_are_told_wherever_they_work(client, member, eero, by):
    text = enter(client, member).get(f"/board/?by={by}").content.decode()
    assert 'data-key="m"' in text
    assert "<kbd>m</kbd> moves" in text
