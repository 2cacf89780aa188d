"""Where people came from, as a list of contacts says it, beside what another file says happened with them."""

from __future__ import annotations

from leadline.engine.instants import DAY, to_instant
from tests.exported import take_in, told

VISITS = """
    email,event,date
    ann@alp.example,visited,2026-01-05
    ann@alp.example,called,2026-01-09
    bob@bet.example,visited,2026-01-06
    cat@cet.example,visited,2026-01-07
    """


def paths(found):
    """Every touch that has a path: whose, which kind, and the path."""
    touches = found.touches
    if "path" not in touches.columns:
        return []
    names = [kind.name for kind in touches.kinds.kinds]
    kinds = [names[code] for code in touches.kind.tolist()]
    rows = zip(touches.contact.values(), kinds, touches.columns["path"].values(), strict=True)
    return sorted((str(who), kind, str(path)) for who, kind, path in rows if path is not None)


def test_the_source_of_an_undated_contact_is_the_path_of_the_first_touch_in_another_file(tmp_path):
    people = """
    Email,How did you hear about us?
    ann@alp.example,Friend
    bob@bet.example,Flyer
    cat@cet.example,
    """
    found = take_in(tmp_path, {"people.csv": people, "visits.csv": VISITS})
    assert paths(found) == [
        ("ann@alp.example", "visited", "referral"),
        ("bob@bet.example", "visited", "advertising"),
    ]
    assert len(told(found)) == 4, "no touch follows from a source without a date"


def test_a_record_made_after_the_first_touch_tells_where_they_came_from(tmp_path):
    people = """
    Email,Created,Source
    ann@alp.example,2026-02-01,Referral
    """
    found = take_in(tmp_path, {"people.csv": people, "visits.csv": VISITS})
    assert ("ann@alp.example", "visited", "referral") in paths(found)
    first = found.touches.first_at()[list(found.touches.contact.labels).index("ann@alp.example")]
    assert first // DAY == to_instant("2026-01-05") // DAY, "no date is moved"


def test_a_first_touch_that_names_its_own_path_keeps_it(tmp_path):
    people = """
    Email,Created,Source
    ann@alp.example,2026-02-01,Referral
    """
    log = """
    email,event,date,path
    ann@alp.example,visited,2026-01-05,content
    """
    found = take_in(tmp_path, {"people.csv": people, "log.csv": log})
    assert ("ann@alp.example", "visited", "content") in paths(found)


def test_a_source_that_is_told_of_buyers_alone_is_no_path_and_that_is_said(tmp_path):
    members = """
    Email,Membership,Start Date,How did you hear about us?
    ann@alp.example,Gold,2026-02-01,Friend
    bob@bet.example,Gold,2026-02-02,Flyer
    """
    found = take_in(tmp_path, {"memberships.csv": members, "visits.csv": VISITS})
    assert {kind for _, kind, _ in paths(found)} == {"bought"}
    assert any("told of 2 clients here, and of nobody who didn't buy" in note for note in found.notes)
