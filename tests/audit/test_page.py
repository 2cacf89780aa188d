"""The page of an audit: whole in itself, whatever the files hold."""

from __future__ import annotations

import re
from pathlib import Path

from leadline.audit.audit import make_audit
from leadline.audit.case import choose_funnel
from leadline.audit.page import MOST_PEOPLE, render_page
from leadline.audit.tables import read_sheets
from leadline.engine.funnel import load_funnel
from leadline.engine.importers import import_files


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
