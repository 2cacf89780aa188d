"""The page of an audit: whole in itself, whatever the files hold."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from leadline.audit.audit import make_audit
from leadline.audit.case import NothingDated, choose_funnel
from leadline.audit.page import MOST_PEOPLE, render_page
from leadline.audit.tables import read_sheets
from leadline.engine.funnel import load_funnel
from leadline.engine.importers import import_files
from leadline.engine.plan.goals import BadGoal
from tests.typed import touches


def audit_of(folder: Path, text: str, name: str = "people.csv", **options: str):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    imported = import_files([path])
    funnel, chosen = choose_funnel(imported)
    return make_audit(imported, load_funnel(funnel), chosen, **options)


def test_what_a_cell_says_is_text_and_never_markup(tmp_path: Path) -> None:
    page = render_page(
        audit_of(tmp_path, 'Email,Name,Created\na@x.example,"<script>alert(1)</script>",2025-01-05\n')
    )
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_nothing_is_fetched_from_elsewhere(tmp_path: Path) -> None:
    page = render_page(audit_of(tmp_path, "Email,Created\na@x.example,2025-01-05\n"))
    assert not re.search(r'(?:src|href)="https?:', page)
    assert "default-src 'none'" in page


def test_of_very_many_people_the_first_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    rows = "".join(f"p{number}@x.example,2025-01-05\n" for number in range(MOST_PEOPLE + 5))
    page = render_page(audit_of(tmp_path, "Email,Created\n" + rows))
    assert page.count('<tr><th scope="row">p') == MOST_PEOPLE
    assert "… and 5 more" in page


def test_a_name_without_end_is_shown_by_its_ends(tmp_path: Path) -> None:
    page = render_page(audit_of(tmp_path, f"Email,Name,Created\na@x.example,{'N' * 5000},2025-01-05\n"))
    assert "N" * 151 not in page
    assert "N" * 150 + " … " in page


def test_with_one_file_its_name_is_not_told_for_every_column(tmp_path: Path) -> None:
    answer = audit_of(tmp_path, "Email,Created\na@x.example,2025-01-05\n")
    columns = next(sheet for sheet in read_sheets(answer) if sheet.title.startswith("What each column"))
    assert columns.headings == ("column", "means", "because")
    assert columns.cells[1][:2] == ("Created", "created")


def test_a_page_begins_with_the_leak_and_whom_to_ask(tmp_path: Path) -> None:
    page = render_page(audit_of(tmp_path, touches(), "touches.csv"))
    head = page[page.index("<header>") : page.index("</header>")]
    assert head.index("Your biggest leak is speaking: nobody is asked.") < head.index("by 31 December 2025")
    assert "talked with you and were never asked: begin with" in head


def test_every_link_of_the_navigation_leads_to_a_part_of_the_page(tmp_path: Path) -> None:
    page = render_page(audit_of(tmp_path, touches(), "touches.csv"))
    anchors = re.findall(r'<a href="#([\w-]+)"', page)
    assert anchors[:5] == ["leaks", "asks", "balance", "forecast", "paths"]
    assert all(page.count(f'id="{anchor}"') == 1 for anchor in anchors)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_where_the_files_carry_no_diagnosis_one_sentence_says_what_to_record(tmp_path: Path) -> None:
    deals = "Deal ID,Stage,Engage Date,Close Date\n" + "".join(
        f"D{number},{'Won' if number % 2 else 'Lost'},2025-01-{number:02},2025-03-{number:02}\n"
        for number in range(1, 29)
    )
    page = render_page(audit_of(tmp_path, deals, "deals.csv"))
    part = dict(re.findall(r'<section id="(\w+)".*?>(.*?)(?=<section id|<footer)', page, re.DOTALL))
    assert "No ask is on record, so ask and answer are judged together" in part["leaks"]
    assert "became clients" in part["leaks"]  # of the deals half were won: that is judged, and shown
    assert "No ask is on record" in part["asks"]
    assert "Record where each contact comes from" in part["paths"]
    for name in ("asks", "paths"):
        assert "<table>" not in part[name]
        assert "<svg" not in part[name]
    assert "never asked" not in page


def test_the_answer_as_data_holds_every_report_of_the_diagnosis(tmp_path: Path) -> None:
    found = audit_of(tmp_path, touches(), "touches.csv").as_dict()["diagnosis"]
    assert set(found) == {"leaks", "asks", "balance", "forecast", "paths"}
    assert all(set(report) == {"sentences", "rows"} for report in found.values())
    assert found["leaks"]["rows"]


def test_of_whoever_has_a_name_the_name_is_said(tmp_path: Path) -> None:
    names = "Contact ID,Name\n" + "".join(f"s{number},Person {number}\n" for number in range(30))
    (tmp_path / "people.csv").write_text(names, encoding="utf-8")
    (tmp_path / "touches.csv").write_text(touches().replace("contact", "Contact ID"), encoding="utf-8")
    imported = import_files([tmp_path / "touches.csv", tmp_path / "people.csv"])
    answer = make_audit(imported, load_funnel("elevate"), "")
    ready = next(said for said in answer.findings() if "never asked" in said)
    assert "Person 27 (s27)" in ready


def test_a_page_for_a_goal_begins_with_its_plan(tmp_path: Path) -> None:
    rows = [
        f"p{n},{what},2025-{1 + n % 12:02}-{day:02}"
        for n in range(24)
        for what, day in (("Phone call", 1), ("Proposal sent", 3), ("Purchase" if n % 2 else "Said no", 9))
    ]
    text = "Client,Event,Date\n" + "\n".join(rows) + "\n"
    answer = audit_of(tmp_path, text, "touches.csv", goal="2 clients by 2026-03-31")
    plan = "80 % odds of 2 new clients by 31 March 2026"
    assert plan in answer.findings()[0]
    page = render_page(answer).replace("\u00a0", " ")
    assert plan in page
    assert "What the goal takes" in page
    assert "Odds of 2 new clients by 31 March 2026" in page


def test_a_goal_needs_something_in_time_and_a_day(tmp_path: Path) -> None:
    with pytest.raises(NothingDated):
        audit_of(tmp_path, "Name,Won\nann,yes\nbob,no\n", goal="2 clients by 2026-03-31")
    with pytest.raises(BadGoal, match="no day"):
        audit_of(tmp_path, touches(), "touches.csv", goal="2 clients")


def shown(width: float) -> set[str]:
    """Which of the drawings of a picture the style displays in a window of so many pixels."""
    style = files("leadline.audit").joinpath("page.css").read_text(encoding="utf-8")
    media = re.compile(r"@media ([^{]*) \{(.*?)\n\}", re.DOTALL)
    narrow = {f"(max-width: {limit}rem)" for limit in range(100) if width <= 16 * limit}
    rules = [media.sub("", style), *(block for when, block in media.findall(style) if when in narrow)]
    displays = {"wide": "block", "narrow": "block"}
    displays |= dict(re.findall(r"\.(wide|narrow) \{ display: (\w+); \}", "".join(rules)))
    return {name for name, display in displays.items() if display != "none"}


def test_each_picture_is_drawn_for_a_page_and_for_a_phone(tmp_path: Path) -> None:
    figures = re.findall(r"<figure>.*?</figure>", render_page(audit_of(tmp_path, touches(), "touches.csv")))
    assert figures
    for figure in figures:
        widths = dict(re.findall(r'<div class="(\w+)"><svg [^>]*width="([\d.]+)"', figure))
        assert set(widths) == {"wide", "narrow"}
        assert figure.count("<svg") == 2
        assert float(widths["narrow"]) <= 360
        assert float(widths["wide"]) > 600


@pytest.mark.parametrize(
    ("width", "drawing"),
    [(320, "narrow"), (390, "narrow"), (576, "narrow"), (640, "narrow"), (641, "wide"), (1200, "wide")],
)
def test_at_each_width_one_of_the_two_drawings_is_there_and_the_other_for_nobody(
    width: int, drawing: str
) -> None:
    assert shown(width) == {drawing}


def test_whoever_was_asked_at_once_is_told_from_the_nurtured(tmp_path: Path) -> None:
    assert "Among those under" not in render_page(audit_of(tmp_path, touches(), "touches.csv"))
    hasty = "".join(
        f"q{n},met,2025-03-0{n},speaking,\nq{n},asked,2025-03-0{n},speaking,\n" for n in range(1, 4)
    )
    page = render_page(audit_of(tmp_path, touches() + hasty, "touches.csv"))
    assert "Among those under “nurtured by” are 3 contacts who were asked, or bought, without being" in page
