"""Names beside first and last names: whose name it is, and which is but the title of a row."""

from __future__ import annotations

from tests.exported import meanings, take_in


def called(found):
    return found.names["name"].values()


def test_a_title_beside_first_and_last_name_is_nobodys_name(tmp_path):
    rows = """
    ID,Lead Name,First Name,Last Name,E-mail,Created
    1,Lead #1,Ann,Lee,ann@a.example,2026-02-01
    2,Lead #2,Bob,Ray,bob@b.example,2026-02-02
    3,Fox Ltd: website,Cat,Fox,cat@c.example,2026-02-03
    """
    found = take_in(tmp_path, {"leads.csv": rows})
    assert meanings(found)["Lead Name"] == "ignored"
    assert called(found) == ["Ann Lee", "Bob Ray", "Cat Fox"]


def test_a_whole_name_beside_both_halves_stays_it(tmp_path):
    rows = """
    Name,First Name,Last Name,E-mail,Created
    Dr Ann Lee,Ann,Lee,ann@a.example,2026-02-01
    bobby,Bob,Ray,bob@b.example,2026-02-02
    Cat Fox,Cat,,cat@c.example,2026-02-03
    """
    found = take_in(tmp_path, {"people.csv": rows})
    assert called(found) == ["Dr Ann Lee", "bobby", "Cat Fox"]


def test_a_name_is_kept_where_most_rows_have_nothing_else(tmp_path):
    rows = """
    Contact Name,First Name,Last Name,E-mail,Created
    Alp Ltd,Ann,Lee,ann@a.example,2026-02-01
    Bob Ray,,,bob@b.example,2026-02-02
    Cat Fox,,,cat@c.example,2026-02-03
    """
    found = take_in(tmp_path, {"people.csv": rows})
    assert called(found) == ["Alp Ltd", "Bob Ray", "Cat Fox"]
