"""Times without an offset, as the clocks of a place show them."""

from __future__ import annotations

import pytest

from leadline.engine.errors import BadMapping
from leadline.engine.importers import Mapping
from leadline.engine.importers.cells.dates import DateForm, parse_dates
from leadline.engine.importers.columns.header_words import find_zone
from leadline.engine.instants import to_instant
from tests.exported import take_in


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-15 10:00", "2026-01-15T09:00:00Z"),  # winter: an hour ahead
        ("15.07.2026 10:00:30", "2026-07-15T08:00:30Z"),  # summer: two hours
        ("15 July 2026 10:00 AM", "2026-07-15T08:00:00Z"),
        ("2026-01-15T00:30:00", "2026-01-14T23:30:00Z"),
        ("2026-01-15", "2026-01-15T00:00:00Z"),  # days stay days
        ("2026-01-15 00:00:00", "2026-01-15T00:00:00Z"),
        ("2026-01-15T10:00:00Z", "2026-01-15T10:00:00Z"),  # these name their own
        ("2026-01-15 10:00 UTC", "2026-01-15T10:00:00Z"),
        ("2026-01-15 10:00:00 -05:00", "2026-01-15T15:00:00Z"),
        ("2026-01-15 10:00 PST", "2026-01-15T18:00:00Z"),
        ("2026-03-29 02:30", "2026-03-29T01:30:00Z"),  # left out by the clocks
        ("2026-10-25 02:30", "2026-10-25T00:30:00Z"),  # shown twice: the first
    ],
)
def test_a_time_in_berlin_is_the_instant_that_it_was(text, instant):
    instants, ok = parse_dates([text], DateForm("dmy", zone="Europe/Berlin"))
    assert (instants.tolist(), ok.tolist()) == ([to_instant(instant)], [True])


def test_days_as_a_spreadsheet_counts_them_are_by_the_clock_and_seconds_are_not():
    days = DateForm(numbers="days", zone="America/New_York")
    noon = "46037.5"  # 2026-01-15 12:00, five hours behind
    assert parse_dates([noon, "46037"], days)[0].tolist() == [
        to_instant("2026-01-15T17:00:00Z"),
        to_instant("2026-01-15T00:00:00Z"),
    ]
    seconds = DateForm(numbers="seconds", zone="America/New_York")
    assert parse_dates(["1768478400"], seconds)[0].tolist() == [to_instant("2026-01-15T12:00:00Z")]


def test_a_mapping_says_whose_clocks_and_keeps_it(tmp_path):
    log = "email,event,date\nann@alp.example,met,2026-01-15 10:00\n"
    found = take_in(tmp_path, {"log.csv": log}, mapping=Mapping(zone="Europe/Berlin"))
    assert found.touches.happened_at.tolist() == [to_instant("2026-01-15T09:00:00Z")]
    found.mapping.write(tmp_path / "mapping.toml")
    assert Mapping.read(tmp_path / "mapping.toml").zone == "Europe/Berlin"
    assert take_in(tmp_path, {"log.csv": log}).touches.happened_at.tolist() == [
        to_instant("2026-01-15T10:00:00Z")
    ]


def test_a_zone_that_there_is_none_of_is_named_with_the_nearest(tmp_path):
    with pytest.raises(BadMapping) as error:
        take_in(
            tmp_path, {"log.csv": "email,date\na@x.org,2026-01-15\n"}, mapping=Mapping(zone="Europe/Berlim")
        )
    assert error.value.suggestion == "Europe/Berlin"


def test_a_header_says_whose_clocks_its_times_are_of(tmp_path):
    people = """
    Email,First seen (Europe/Berlin),Signed up (UTC),Last heard from (America/New_York)
    ann@a.example,2026-01-05 10:00:00,2026-01-05 10:02:00,2026-02-01 09:00:00
    """
    mapping = Mapping(zone="Asia/Tokyo")
    touches = take_in(tmp_path, {"people.csv": people}, mapping=mapping).touches
    told = {
        touches.kinds.kinds[kind].name: at for kind, at in zip(touches.kind, touches.happened_at, strict=True)
    }
    assert told == {
        "recorded": to_instant("2026-01-05T09:00:00Z"),
        "registered": to_instant("2026-01-05T10:02:00Z"),
        "replied": to_instant("2026-02-01T14:00:00Z"),
    }


def test_what_stands_in_brackets_and_is_no_zone_is_none():
    assert find_zone("Date (Start/End)") == ""
    assert find_zone("Created (GMT)") == "UTC"
