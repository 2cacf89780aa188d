"""Matrices: what is wrong is told by more than colour, and places stay in their order."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from leadline.engine import charts

SVG = "{http://www.w3.org/2000/svg}"


def cell(row, column="ask", label="38 %", tone="fine"):
    return {"row": row, "column": column, "label": label, "tone": tone}


def drawn(*cells):
    return charts.svg(charts.matrix(cells, "Title", "About"))


def written(svg):
    root = ET.fromstring(svg)  # noqa: S314 - our own
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def signs(svg):
    """The shape of the sign in each cell, by the place of its row."""
    found = re.findall(r'aria-label="column: \w+; at: (\d+); tone: \w+"[^>]* d="([^"]+)"', svg)
    return {int(place): shape for place, shape in found}


def test_each_tone_has_a_sign_of_its_own_besides_its_colour():
    svg = drawn(*(cell(tone, tone=tone) for tone in ("missing", "weak", "thin", "fine")))
    shapes = signs(svg)
    assert set(shapes) == {0, 1, 2, 3}
    assert len(set(shapes.values())) == 4


def test_only_what_is_too_thin_has_a_dashed_edge():
    assert drawn(cell("a", tone="thin")).count("stroke-dasharray") == 1
    assert "stroke-dasharray" not in drawn(cell("a", tone="missing"))


def test_what_is_missing_and_weak_is_alarming_and_what_is_fine_is_not():
    assert charts.ALARM in drawn(cell("a", tone="missing"))
    assert charts.ALARM in drawn(cell("a", tone="weak"))
    assert charts.ALARM not in drawn(cell("a", tone="fine"), cell("b", tone="thin"))


def test_the_signs_that_occur_are_explained_and_no_others():
    assert {"missing", "fine"} <= set(written(drawn(cell("a", tone="missing"), cell("b"))))
    assert not {"missing", "weak", "too few to say"} & set(written(drawn(cell("a"))))


def test_an_empty_place_has_neither_words_nor_a_sign():
    svg = drawn(cell("a", label=None, tone="none"), cell("b"))
    assert set(signs(svg)) == {1}
    assert written(svg).count("38 %") == 1


def test_rows_and_columns_stand_in_the_order_in_which_they_come():
    cells = [cell(row, column) for row in ("zoe", "ann") for column in ("nurture", "ask")]
    found = written(drawn(*cells))
    assert [text for text in found if text in {"zoe", "ann"}] == ["zoe", "ann"]
    assert [text for text in found if text in {"nurture", "ask"}] == ["nurture", "ask"]


def test_a_label_that_is_too_long_for_its_cell_goes_on_in_a_second_line():
    svg = drawn(*(cell("a", column, "24 % of 1,204 people") for column in "vwxyz"))
    lines = re.findall(r"<tspan[^>]*>([^<]*)</tspan>", svg)
    assert " ".join(lines[:2]) == "24 % of 1,204 people"


def test_fourteen_rows_with_long_names_stay_about_as_wide_as_one():
    one = float(re.search(r'width="([\d.]+)"', drawn(*(cell("web", column) for column in "vwxyz")))[1])
    rows = [cell(f"{'long ' * 20}{number}", column) for number in range(14) for column in "vwxyz"]
    assert float(re.search(r'width="([\d.]+)"', drawn(*rows))[1]) < 1.15 * one


def test_a_sentence_that_somebody_typed_as_a_name_is_no_code():
    assert 'it\'s "quoted"' in written(drawn(cell('it\'s "quoted"')))


def test_a_matrix_in_which_nothing_is_judged_has_a_size():
    svg = drawn(cell("a", tone="none"), cell("b", tone="none"))
    assert float(re.findall(r'width="([\d.e+]+)"', svg)[0]) < 2_000
    assert written(svg).count("38 %") == 2


def test_on_a_phone_words_stand_below_each_other_under_the_sign_and_none_is_lost():
    cells = [cell("networking", column, "24 % of 1,204", "weak") for column in "vwxyz"]
    with charts.within(charts.PHONE):
        svg = drawn(*cells)
    assert re.findall(r"<tspan[^>]*>([^<]*)</tspan>", svg)[:2] == ["24 %", "of 1,204"]
    assert signs(svg)


def test_no_line_ends_between_a_number_and_its_per_cent_sign():
    with charts.within(charts.PHONE):
        svg = drawn(*(cell("web", column, "under 1 % of 21,673") for column in "vwxyz"))
    assert not re.search(r">\s*%|\d\s*</tspan><tspan[^>]*>%", svg)


def test_many_columns_beside_long_names_have_the_names_above_them():
    """Six cells of 80 pixels and a name of 190 are more than a page has."""
    rows = [cell("somewhere at a conference", column) for column in "uvwxyz"]
    axis = re.search(r'role-axis-label.*?text-anchor="(\w+)"[^>]*>somewhere', drawn(*rows))
    assert axis
    assert axis[1] == "start"


def test_no_word_is_broken_for_the_sake_of_the_sign():
    for label in ("55 % of 96", "1,204 came", "12 of 40\nnever done", "under 1 % of 309,948"):
        with charts.within(charts.PHONE):
            svg = drawn(*(cell("web", column, label) for column in "vwxyz"))
        lines = re.findall(r"<tspan[^>]*>([^<]*)</tspan>", svg)
        assert " ".join(lines) == " ".join(label.split() * 5)
        assert not [line for line in lines if line.startswith("%")]
