"""Deals beside what is on record otherwise: what was done by hand, bought elsewhere, and whose they are."""

from __future__ import annotations

import pytest

from leadline.engine.instants import DAY, to_instant
from leadline.web.actions import asks as ask_actions
from leadline.web.actions import erasure, merging, tokens
from leadline.web.actions.acting import Actor
from leadline.web.actions.importing import imports
from leadline.web.actions.importing.unused import unused_of
from leadline.web.models import Ask, Company, Contact, Purchase, Touch, User
from leadline.web.pages import frame
from tests.web.conftest import NOW
from tests.web.importing.conftest import take_in, undo
from tests.web.importing.crm import HUBSPOT
from tests.web.importing.test_deals import asks, everything, income
from tests.web.importing.test_loading import cache, rebuilt

pytestmark = pytest.mark.django_db

# ruff: noqa: E501 (the lines of exports are as long as they are)

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HEAD = "Deal ID,Deal Name,Deal Stage,Amount,Currency,Close Date,Create Date,Contact Email,Contact Name\n"


def deals(*rows):
    return {"deals.csv": HEAD + "".join(f"{row}\n" for row in rows)}


def unused(record):
    """The reasons of the rows that are not used, as the list of them has it."""
    path = unused_of(imports.folder_name(record))
    return [line.split(",", 2)[2] for line in path.read_text(encoding="utf-8-sig").splitlines()[1:]]


ANN = "ann@x.example,Ann Abel"
OPEN = f"1,One,Proposal,100,EUR,2026-05-01,2026-01-05,{ANN}"
WON = f"1,One,Closed Won,100,EUR,2026-02-01,2026-01-05,{ANN}"
OTHER = f"2,Two,Proposal,70,EUR,2026-04-01,2026-01-06,{ANN}"
LOST = f"2,Two,Closed Lost,70,EUR,2026-02-03,2026-01-06,{ANN}"


def test_several_deals_of_somebody_wait_beside_each_other(funnels, owner):
    take_in(owner, deals(OPEN, OTHER))
    assert {key: told[5] for key, told in asks().items()} == {"1": "", "2": ""}
    take_in(owner, deals(WON, OTHER))
    assert {key: told[5] for key, told in asks().items()} == {"1": "yes", "2": ""}
    take_in(owner, deals(WON, LOST))
    assert {key: told[5] for key, told in asks().items()} == {"1": "yes", "2": "no"}
    assert cache() == rebuilt()


def test_what_somebody_answered_here_stays_and_the_row_is_refused(funnels, owner, actor):
    first = take_in(owner, deals(OPEN, OTHER))
    ask_actions.answer(actor, Ask.objects.get(key="1"), "no", NOW - DAY, "too dear")
    before = everything()
    record = take_in(owner, deals(WON, OTHER))
    assert asks()["1"][5:] == ("no", "too dear")
    assert everything() == before
    [reason] = unused(record)
    assert "stays as it is on record: the file says that it was won on 1 February 2026" in reason
    undo(owner, first)
    assert list(Ask.objects.values_list("key", flat=True)) == ["1"]
    first.refresh_from_db()
    assert first.counts["kept"] == ["Ann Abel, One: somebody dealt with it since"]


def test_asked_again_here_a_deal_waits_once(funnels, owner, actor):
    take_in(owner, deals(OPEN, OTHER))
    ask_actions.again(actor, Ask.objects.get(key="1"), None, NOW - DAY)
    assert sorted(Ask.objects.values_list("key", "answer")) == [("1", ""), ("1", "again"), ("2", "")]
    take_in(owner, deals(OPEN, OTHER))
    assert Ask.objects.count() == 3


def test_what_was_bought_by_other_files_is_not_bought_again(funnels, owner):
    log = "email,kind,happened at,value,currency\nann@x.example,bought,2026-02-01,100,EUR\n"
    take_in(owner, {"log.csv": log})
    take_in(owner, deals(WON))
    assert income() == 10000
    assert asks()["1"][5] == "yes"
    assert not Purchase.objects.exists()
    undone = undo(owner, take_in(owner, deals(WON, LOST)))
    assert undone.state == "undone"
    assert income() == 10000


def test_a_later_import_is_undone_first_or_the_ask_stays(funnels, owner):
    first = take_in(owner, deals(OPEN))
    second = take_in(owner, deals(WON))
    undo(owner, first)
    assert asks()["1"][5] == "yes"
    assert income() == 10000
    first.refresh_from_db()
    assert first.counts["kept"] == ["Ann Abel, One: somebody dealt with it since"]
    undo(owner, second)
    assert asks()["1"][5] == ""
    assert not Purchase.objects.exists()
    assert cache() == rebuilt()


def test_a_deal_that_goes_to_another_contact_stays_the_one_ask(funnels, owner):
    take_in(owner, deals(OPEN))
    take_in(owner, deals(WON.replace(ANN, "bob@x.example,Bob Bell")))
    assert Ask.objects.count() == 1
    assert asks()["1"][0] == "Ann Abel"
    assert asks()["1"][5] == "yes"
    assert Purchase.objects.get().contact.name == "Ann Abel"
    other = "1,Another,Proposal,5,EUR,2026-05-01,2026-02-09,cem@x.example,Cem Cora"
    take_in(owner, deals(other))
    assert sorted(Ask.objects.values_list("contact__name", "title")) == [
        ("Ann Abel", "One"), ("Cem Cora", "Another"),
    ]  # fmt: skip


def test_duplicates_in_a_file_count_once(funnels, owner):
    twice = OPEN.replace(ANN, "bob@x.example,Bob Bell")
    record = take_in(owner, deals(OPEN, OPEN, twice))
    assert [(one.key, one.contact.name) for one in Ask.objects.all()] == [("1", "Ann Abel")]
    assert record.counts["asks"] == 1


def test_deals_of_merged_people_follow_and_of_erased_ones_are_refused(funnels, owner, actor):
    take_in(owner, deals(OPEN, "3,Three,Proposal,5,EUR,2026-05-01,2026-02-09,cem@x.example,Cem Cora"))
    bob = Contact.objects.create(name="Bob Bell")
    merging.merge_contacts(actor, bob, Contact.objects.get(name="Ann Abel"))
    take_in(owner, deals(WON))
    assert list(Ask.objects.filter(key="1").values_list("answer", flat=True)) == ["yes"]
    erasure.erase_contact(actor, Contact.objects.get(name="Cem Cora"))
    assert Ask.objects.get(key__startswith="erased").title == ""
    assert cache() == rebuilt()


def test_ugly_amounts_currencies_and_dates(funnels, owner):
    rows = (
        '7,A,Proposal,"1,234.50 ",usd,,2026-01-05,a@x.example,A A',
        "8,B,Proposal,$2000,US$,,2026-01-05,b@x.example,B B",
        "9,C,Proposal,tbd,EUR,,2026-01-05,c@x.example,C C",
        "10,D,Proposal,-5,EUR,soon,2026-01-05,d@x.example,D D",
        "11,E,Closed Won,,EUR,2026-02-01,2026-01-05,e@x.example,E E",
        "12,F,Proposal,12,EUR,2026-05-01,2031-01-05,f@x.example,F F",
    )  # fmt: skip
    record = take_in(owner, deals(*rows))
    assert {key: told[2:4] for key, told in asks().items()} == {
        "7": (123450, "USD"), "8": (200000, "USD"), "9": (None, ""), "10": (None, ""), "11": (None, ""),
    }  # fmt: skip
    assert any("is still to come" in reason for reason in unused(record))
    assert Touch.objects.get(contact__name="E E", kind="bought").happened_at == to_instant("2026-02-01")


def test_who_sees_only_their_own_hears_nothing_of_others_deals(funnels, owner, member):
    take_in(owner, deals(OPEN))
    Contact.objects.update(owner=owner, team=None)
    User.objects.filter(pk=member.pk).update(role="manager")
    member.refresh_from_db()
    record = take_in(member, deals(WON.replace(ANN, "bob@x.example,Bob Bell")))
    assert asks()["1"][5] == ""
    [reason] = unused(record)
    assert reason.startswith("the deal “1” can't be taken in: let an owner do that")


def test_the_board_and_the_api_have_the_deals_and_lose_them_again(funnels, owner, client, monkeypatch):
    monkeypatch.setattr("leadline.web.pages.board.now", lambda: NOW)
    record = take_in(owner, {"deals.csv": HUBSPOT})
    client.force_login(owner, backend=BACKEND)
    assert board(client, "month") == ["Alder coaching", "Alder renewal", "Dogwood retainer"]
    assert board(client, "answer") == [
        "Alder coaching", "Alder renewal", "Birch site", "Cedar audit", "Dogwood retainer",
    ]  # fmt: skip
    _, token = tokens.make(Actor.of(owner, frame.now()), owner, "look", ["asks:read"])
    told = client.get("/api/v1/asks?answer=waiting", headers={"Authorization": f"Bearer {token}"}).json()
    assert sorted((one["title"], one["amount"], one["expected_on"]) for one in told["items"]) == [
        ("Alder coaching", 240000, "2026-04-15"),
        ("Alder renewal", 260000, "2026-06-30"),
        ("Dogwood retainer", None, "2025-12-31"),
    ]
    undo(owner, record)
    assert board(client, "month") == board(client, "answer") == []


def board(client, by):
    """The deals of the exports that the board shows."""
    page = client.get(f"/board/?by={by}").content.decode()
    titles = ("Alder coaching", "Alder renewal", "Birch site", "Cedar audit", "Dogwood retainer")
    return [title for title in titles if title in page]


def test_a_company_is_made_once_for_deals_that_name_nobody(funnels, owner):
    text = "Deal ID,Deal Name,Stage,Amount,Company,Created\n1,A,Open,5,Acme,2026-01-05\n2,B,Open,6,Acme,2026-01-06\n"
    take_in(owner, {"deals.csv": text})
    take_in(owner, {"deals.csv": text})
    assert [one.name for one in Company.objects.all()] == ["Acme"]
    assert Contact.objects.get().asks.count() == 2
