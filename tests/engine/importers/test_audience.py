"""Counts of people without names become audiences; no row is dropped without its reason."""

from __future__ import annotations

import pytest

from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.errors import BadMapping
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.importers import Mapping, import_files
from leadline.engine.instants import to_datetime
from leadline.engine.simulate import load_business, simulate, write
from tests.exported import is_accounted_for, meanings, reasons, subjects, take_in

LOG = """
    Contact ID,Date,Activity,Path
    c1,2025-01-05,met,networking
    c1,2025-01-20,called,networking
    c2,2025-02-03,downloaded,content
    """


def audiences(imported):
    """Every audience as (kind, day, path, people), in that order."""
    touches = imported.touches
    path = touches.columns["path"].values()
    return sorted(
        (touches.kinds.kinds[kind].name, to_datetime(at).date().isoformat(), path[row] or "", n)
        for row, (kind, at, who, n) in enumerate(
            zip(
                touches.kind.tolist(),
                touches.happened_at.tolist(),
                touches.contact.codes.tolist(),
                touches.n.tolist(),
                strict=True,
            )
        )
        if who < 0
    )


def with_log(folder, text, **options):
    return take_in(folder, {"log.csv": LOG, "reach.csv": text}, **options)


def test_the_counts_that_a_business_exports_come_back_as_its_audiences(tmp_path):
    simulation = simulate(load_business("coach"), seed=7)
    write(simulation, tmp_path)
    files = [tmp_path / name for name in ("touches.csv", "audience.csv", "contacts.csv", "deals.csv")]
    read = import_files(files).touches
    mine = read.contact.codes < 0
    assert read.n[mine].sum() == simulation.audience["n"].sum()
    assert mine.sum() == len(simulation.audience["n"])
    assert sorted(read.happened_at[mine]) == sorted(simulation.audience["happened_at"].astype(int))
    assert [read.kinds.kinds[kind].name for kind in read.kind[mine]] == simulation.audience["kind"].tolist()
    assert read.columns["path"].take(mine).values() == simulation.audience["path"].tolist()
    assert read.columns["channel"].take(mine).values() == simulation.audience["channel"].tolist()


def test_nobody_comes_into_being_from_a_count(tmp_path):
    found = with_log(tmp_path, "Date,Activity,Path,People Reached\n2025-01-10,posted,social,120\n")
    assert subjects(found) == ["c1", "c2"]
    assert audiences(found) == [("posted", "2025-01-10", "social", 120)]
    assert is_accounted_for(found)
    touches = found.touches
    assert trace_cycles(touches, derive(touches, load_funnel("sales-cycle"))).audience.n.tolist() == [120]


def test_a_count_changes_the_stage_of_nobody(tmp_path):
    alone = take_in(tmp_path, {"log.csv": LOG}).touches
    both = with_log(tmp_path, "Date,Activity,Path,People Reached\n2025-01-10,posted,social,120\n").touches
    funnel = load_funnel("sales-cycle")
    one, other = derive(alone, funnel, as_of="2025-03-01"), derive(both, funnel, as_of="2025-03-01")
    assert one.contact.tolist() == other.contact.tolist()
    assert one.stage.tolist() == other.stage.tolist()
    assert one.entered_at.tolist() == other.entered_at.tolist()


def test_a_row_that_cannot_be_used_keeps_its_reason(tmp_path):
    found = with_log(
        tmp_path,
        """
        Date,Activity,Path,People Reached
        2025-01-10,posted,social,120
        2025-01-11,posted,social,0
        2025-01-12,posted,social,12.5
        2025-01-13,posted,social,-3
        2025-01-14,posted,social,
        2025-13-45,posted,social,50
        2025-01-16,flarbed,social,50
        2025-01-17,posted,social,many
        """,
    )
    assert audiences(found) == [("posted", "2025-01-10", "social", 120)]
    lines = dict(reasons(found))
    assert sorted(lines) == [3, 4, 5, 6, 7, 8, 9]
    assert lines[3] == "“0” in “People Reached” is no whole number of people from 1 up"
    assert lines[6] == "“People Reached” is blank"
    assert "2025-13-45" in lines[7]
    assert "“flarbed” is no kind of touch" in lines[8]
    assert is_accounted_for(found)


def test_thousands_are_read_as_such(tmp_path):
    found = with_log(
        tmp_path,
        """
        Date;Path;Reach
        10.01.2025;Instagram;1.234
        24.01.2025;Instagram;560
        27.01.2025;Instagram;2.001
        """,
    )
    assert [n for *_, n in audiences(found)] == [1234, 560, 2001]


@pytest.mark.parametrize(
    ("header", "source", "kind", "path"),
    [
        ("Impressions", "Facebook Ads", "advertised", "advertising"),
        ("Impressions", "LinkedIn", "posted", "social"),
        ("Reach", "Instagram", "posted", "social"),
        ("Followers gained", "Instagram", "followed", "social"),
        ("Visitors", "Organic Search", "visited", "website"),
        ("Attendees", "Webinar", "spoke", "speaking"),
        ("Attendees", "Keynote", "spoke", "speaking"),
        ("Reichweite", "Podcast", "posted", "content"),
        ("Reach", "The Tuesday column", "posted", "The Tuesday column"),
    ],
)
@pytest.mark.parametrize("column", ["Source", "Path", "Channel"])
def test_what_was_counted_and_where_say_which_touch_it_is(tmp_path, header, source, kind, path, column):
    found = with_log(
        tmp_path,
        f"""
        Date,{column},{header}
        2025-01-10,{source},120
        2025-01-17,{source},95
        2025-01-24,{source},143
        """,
    )
    if column == "Channel" and path == source:  # a channel is a path only where its words are known
        path = ""
    assert audiences(found) == [
        (kind, "2025-01-10", path, 120),
        (kind, "2025-01-17", path, 95),
        (kind, "2025-01-24", path, 143),
    ]
    assert any("isn't said" in note for note in found.notes)


def test_of_several_counts_the_one_of_people_is_taken(tmp_path):
    found = with_log(
        tmp_path,
        """
        Day,Platform,Impressions,Reach,Clicks
        2025-01-10,Instagram,900,400,12
        2025-01-11,Instagram,800,300,9
        """,
    )
    assert [n for *_, n in audiences(found)] == [400, 300]


def test_two_files_may_count_as_many_on_one_day(tmp_path):
    text = "Date,Activity,Path,People Reached\n2025-01-10,posted,{},120\n"
    found = take_in(
        tmp_path, {"log.csv": LOG, "a.csv": text.format("social"), "b.csv": text.format("content")}
    )
    assert audiences(found) == [("posted", "2025-01-10", path, 120) for path in ("content", "social")]


def test_counts_alone_are_of_nobody(tmp_path):
    with pytest.raises(BadMapping, match="nobody is named"):
        take_in(tmp_path, {"reach.csv": "Date,Path,Reach\n2025-01-10,social,120\n2025-01-11,social,90\n"})


def test_a_number_of_visitors_beside_a_person_is_something_to_compare_by(tmp_path):
    text = "Email,Created,Visitors\n" + "".join(
        f"p{number}@x.example,2025-01-{number + 10},{number % 3}\n" for number in range(12)
    )
    found = take_in(tmp_path, {"contacts.csv": text})
    assert meanings(found)["Visitors"] == "attribute"
    assert found.touches.n is None
    assert len(found.touches.contact.labels) == 12


def test_a_mapping_may_say_which_column_counts_people(tmp_path):
    text = "Datum,Weg,Leute\n2025-01-10,social,120\n2025-01-11,social,90\n"
    mapping = Mapping.model_validate({"columns": {"Leute": "people", "Weg": "path", "Datum": "happened at"}})
    found = with_log(tmp_path, text, mapping=mapping)
    assert [n for *_, n in audiences(found)] == [120, 90]


def test_counts_of_which_nothing_says_what_happened_or_by_which_path_are_posts(tmp_path):
    found = with_log(
        tmp_path,
        """
        Date,Impressions
        2025-01-10,120
        2025-01-17,95
        """,
    )
    assert [(kind, n) for kind, *_, n in audiences(found)] == [("posted", 120), ("posted", 95)]
    (note,) = [note for note in found.notes if "what happened" in note]
    assert note.endswith(": neither what happened nor a path is said: each count is taken for “posted”.")
