"""Rows that only say of which month those below them are."""

from __future__ import annotations

from leadline.engine.importers import read_table


def names_of(folder, *rows):
    path = folder / "list.csv"
    path.write_text("\n".join(["Name;Mail;Note", *rows, ""]), encoding="utf-8")
    table = read_table(path)[0]
    return table.columns["Name"].values(), [(row.line, row.reason) for row in table.unused]


def test_months_by_themselves_are_titles_and_nobodys_names(tmp_path):
    told = names_of(tmp_path, "Oktober;;", "Ann;ann@x.org;", "November;;", "Bob;bob@x.org;calls")
    assert told == (["Ann", "Bob"], [(2, "the title of a part"), (4, "the title of a part")])


def test_one_month_that_nobody_is_called_by_is_a_title(tmp_path):
    told = names_of(tmp_path, "Ann;ann@x.org;", "Oktober;;", "Bob;bob@x.org;")
    assert told == (["Ann", "Bob"], [(3, "the title of a part")])


def test_one_month_is_a_title_if_a_year_stands_beside_it(tmp_path):
    for month in ("März 2026", "Jan 26", "Dec '25", "septiembre de 2026"):
        told = names_of(tmp_path, f"{month};;", "Ann;ann@x.org;", "Bob;bob@x.org;")
        assert told == (["Ann", "Bob"], [(2, "the title of a part")]), month


def test_people_who_are_called_as_a_month_is_stay(tmp_path):
    people = ("April;;", "Jan;;", "Mai;;", "Ann;ann@x.org;", "June;june@x.org;")
    assert names_of(tmp_path, *people) == (["April", "Jan", "Mai", "Ann", "June"], [])


def test_a_list_that_has_nothing_but_months_keeps_them(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Name\nMarch 2026\nApril 2026\nAnn\n", encoding="utf-8")
    assert read_table(path)[0].columns["Name"].values() == ["March 2026", "April 2026", "Ann"]
