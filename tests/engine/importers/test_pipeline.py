"""Deals as asks: which touch is the ask, how it was answered, and whom a deal is with."""

from __future__ import annotations

import pytest

from leadline.engine.importers import Mapping
from leadline.engine.instants import to_instant
from tests.exported import subjects, take_in, told_of

ASKS = Mapping(deals="asks")
NOW = to_instant("2026-03-01")
HEAD = "Deal ID,Deal Name,Deal Stage,Amount,Close Date,Create Date,Contact Email\n"


def deals(folder, *rows, head=HEAD):
    return take_in(folder, {"deals.csv": head + "".join(f"{row}\n" for row in rows)}, mapping=ASKS, as_of=NOW)


def test_an_ask_is_as_old_as_its_deal_and_no_younger_than_its_answer(tmp_path):
    found = deals(
        tmp_path,
        "1,One,Proposal,5,2026-05-01,2026-01-05,a@x.example",
        "2,Two,Closed Won,5,2026-01-03,2026-01-05,b@x.example",
        "3,Three,Proposal,5,,,c@x.example",
    )
    assert ("asked", "2026-01-05") in told_of(found, "a@x.example")
    assert told_of(found, "b@x.example") == [
        ("asked", "2026-01-03"), ("bought", "2026-01-03"), ("deal_opened", "2026-01-05"),
    ]  # fmt: skip
    assert told_of(found, "c@x.example") == [("asked", "2026-03-01")]
    assert [one.asked_told for one in found.deals] == [True, True, False]


def test_what_ended_on_a_day_that_is_not_known_was_answered_on_the_last_one_that_is(tmp_path):
    found = deals(
        tmp_path,
        "1,One,Closed Won,5,,2026-01-05,a@x.example",
        "2,Two,Closed Lost,5,,2026-01-06,a@x.example",
        "3,Three,Closed Won,5,,,b@x.example",
    )
    assert told_of(found, "a@x.example") == [
        ("asked", "2026-01-05"), ("asked", "2026-01-06"), ("deal_opened", "2026-01-05"),
        ("deal_opened", "2026-01-06"), ("said_no", "2026-01-06"), ("said_yes", "2026-01-05"),
    ]  # fmt: skip
    assert told_of(found, "b@x.example") == []


def test_a_stage_that_leaves_open_how_it_ended_is_no_ask(tmp_path):
    rows = (
        "1,One,Closed,5,2026-02-01,2026-01-05,a@x.example",
        "2,Two,Kickoff,5,2026-02-01,2026-01-05,b@x.example",
    )
    assert [one.key for one in deals(tmp_path, *rows).deals] == ["2"]


def test_an_open_deal_stays_open_though_its_close_date_is_past(tmp_path):
    [found] = deals(tmp_path, "1,One,Proposal,5,2025-05-01,2025-01-05,a@x.example").deals
    assert found.expected_at == to_instant("2025-05-01")


def test_who_is_not_named_is_asked_as_the_company_and_else_as_the_deal(tmp_path):
    head = "Deal ID,Deal Name,Deal Stage,Company,Create Date,Contact Name\n"
    found = deals(
        tmp_path,
        "1,One,Open,Acme,2026-01-05,Ann Abel",
        "2,Two,Open,Acme,2026-01-06,",
        "3,Three,Open,,2026-01-07,",
        head=head,
    )
    assert subjects(found) == ["Ann Abel", "company Acme", "deal 3"]


@pytest.mark.parametrize("said", [None, "touches"])
def test_without_that_a_deal_is_no_ask(tmp_path, said):
    text = HEAD + "1,One,Proposal,5,2026-05-01,2026-01-05,a@x.example\n"
    found = take_in(tmp_path, {"deals.csv": text}, mapping=Mapping(deals=said))
    assert (found.unit, found.deals) == ("deal", ())
    assert told_of(found, "1") == [("deal_opened", "2026-01-05")]


def test_what_a_deal_is_can_be_kept_in_a_mapping(tmp_path):
    path = tmp_path / "mapping.toml"
    Mapping(deals="asks").write(path)
    assert Mapping.read(path).deals == "asks"


def deals_of(found):
    """Of every ask and answer its subject, kind and deal."""
    touches = found.touches
    names = [touches.kinds.kinds[kind].name for kind in touches.kind.tolist()]
    rows = zip(touches.contact.values(), names, touches.columns["deal"].values(), strict=True)
    return sorted(row for row in rows if row[1] in ("asked", "bought", "lost", "said_no"))


def test_touches_say_of_which_deal_they_are(tmp_path):
    found = deals(
        tmp_path,
        "1,One,Closed Won,5,2026-02-01,2026-01-05,a@x.example",
        "2,Two,Proposal,5,2026-05-01,2026-01-06,a@x.example",
    )
    assert deals_of(found) == [
        ("a@x.example", "asked", "1"), ("a@x.example", "asked", "2"), ("a@x.example", "bought", "1"),
    ]  # fmt: skip


def test_deals_without_an_id_are_told_apart_by_their_names(tmp_path):
    rows = (
        "Site,Proposal,5,2026-05-01,2026-01-05,a@x.example",
        "Site,Closed Lost,5,2026-02-02,2026-01-06,a@x.example",
    )
    found = deals(tmp_path, *rows, head=HEAD.removeprefix("Deal ID,"))
    assert deals_of(found) == [
        ("a@x.example", "asked", "Site"), ("a@x.example", "asked", "Site (2)"),
        ("a@x.example", "lost", "Site (2)"),
    ]  # fmt: skip


def test_a_log_may_say_of_which_deal_touches_are(tmp_path):
    log = """
        contact,kind,happened at,deal
        Ann,asked,2026-01-05,A
        Ann,asked,2026-01-06,B
        Ann,said_no,2026-01-20,A
        Bob,met,2026-01-20,
    """
    found = take_in(tmp_path, {"log.csv": log})
    assert subjects(found) == ["Ann", "Bob"]
    assert deals_of(found) == [("Ann", "asked", "A"), ("Ann", "asked", "B"), ("Ann", "said_no", "A")]


def test_where_each_deal_is_a_subject_touches_say_no_deal(tmp_path):
    found = take_in(tmp_path, {"deals.csv": HEAD + "1,One,Closed Won,5,2026-02-01,2026-01-05,\n"})
    assert found.unit == "deal"
    assert "deal" not in found.touches.columns
