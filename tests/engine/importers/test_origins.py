"""Where people came from, as a list of contacts says it, beside what another file says happened with them."""

from __future__ import annotations

from leadline.engine.importers import FileMapping, Mapping, propose_path
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


def test_the_path_that_somebody_gives_a_list_is_that_of_the_first_touch_of_whoever_has_none(tmp_path):
    people = """
    Email,Created,Source
    ann@alp.example,2026-02-01,Referral
    bob@bet.example,2026-02-02,
    cat@cet.example,2025-12-24,
    """
    found = take_in(tmp_path, {"people.csv": people, "visits.csv": VISITS}, mapping=Mapping(path="podcast"))
    assert ("ann@alp.example", "visited", "referral") in paths(found)
    assert [one for one in paths(found) if one[2] == "podcast"] == [
        ("bob@bet.example", "visited", "podcast"),
        ("cat@cet.example", "recorded", "podcast"),
    ]


def test_a_path_is_given_to_the_people_of_one_file_alone(tmp_path):
    first = """
    Email,Created
    ann@alp.example,2026-02-01
    bob@bet.example,2026-02-01
    """
    second = """
    Email,Created
    bob@bet.example,2026-03-01
    cat@cet.example,2026-03-01
    """
    one = FileMapping(name="second.csv", path="speaking")
    found = take_in(tmp_path, {"first.csv": first, "second.csv": second}, mapping=Mapping(files=(one,)))
    assert paths(found) == [
        ("bob@bet.example", "recorded", "speaking"),
        ("cat@cet.example", "recorded", "speaking"),
    ]
    both = Mapping(path="email", files=(FileMapping(name="second.csv", path=""),))
    found = take_in(tmp_path, {"first.csv": first, "second.csv": second}, mapping=both)
    assert paths(found) == [
        ("ann@alp.example", "recorded", "email"),
        ("bob@bet.example", "recorded", "email"),
    ]


def test_a_given_path_that_nothing_with_a_date_can_carry_is_told(tmp_path):
    people = "Email,City\nann@alp.example,Rome\n"
    found = take_in(tmp_path, {"people.csv": people}, mapping=Mapping(path="email"))
    assert paths(found) == []
    said = "1 of them has no date, so nothing can carry the path “email”"
    assert any(said in note for note in found.notes)


def test_a_mapping_keeps_the_paths_that_were_given(tmp_path):
    given = Mapping(path="email", files=(FileMapping(name="people.csv", path="speaking"),))
    found = take_in(tmp_path, {"people.csv": "Email,Created\nann@alp.example,2026-02-01\n"}, mapping=given)
    found.mapping.write(tmp_path / "mapping.toml")
    kept = Mapping.read(tmp_path / "mapping.toml")
    assert (kept.path, kept.files[0].path) == ("email", "speaking")


def test_a_path_is_proposed_only_where_a_file_leaves_no_doubt():
    mailchimp = ["Email Address", "First Name", "MEMBER_RATING", "OPTIN_TIME", "LEID", "EUID"]
    assert propose_path("subscribed_members_export_4f.csv", mailchimp) == "email"
    assert propose_path("Newsletter-2026.csv", ["Email", "Created"]) == "email"
    assert propose_path("events-export.csv", ["Invitee Name", "Invitee Email", "Start Date & Time"]) is None
    assert propose_path("people.csv", ["Email", "Created", "Source"]) is None
