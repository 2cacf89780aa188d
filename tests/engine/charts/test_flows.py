"""Flows: nothing is lost or made on the way, nothing overlaps, and small nodes are one."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine import charts
from leadline.engine.charts.ribbons import OTHER, lay_out

SVG = "{http://www.w3.org/2000/svg}"
NAMES = st.sampled_from(["web", "ads", "met", "talks", "friends", OTHER])
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "step": st.integers(0, 3),
            "source": NAMES,
            "target": NAMES,
            "count": st.one_of(st.integers(0, 50), st.integers(0, 10**9)),
        }
    ),
    max_size=40,
)
MOST = st.integers(1, 7)


def way(step, source, target, count):
    return {"step": step, "source": source, "target": target, "count": count}


def written(rows, columns=(), room=charts.PAGE):
    with charts.within(room):
        root = ET.fromstring(charts.svg(charts.flow(rows, "Title", "About", columns=columns)))  # noqa: S314
    return [" ".join(part.strip() for part in text.itertext()) for text in root.iter(f"{SVG}text")]


@given(rows=ROWS, most=MOST)
def test_a_node_is_as_high_as_its_ribbons_on_the_side_where_there_are_more(rows, most):
    laid = lay_out(rows, 200, most)
    high, count = defaultdict(float), defaultdict(int)
    for ribbon in laid.ribbons:
        for side in (("out", ribbon.step, ribbon.source), ("in", ribbon.step + 1, ribbon.target)):
            high[side] += ribbon.height
            count[side] += ribbon.count
    for node in laid.nodes:
        sides = [(side, node.column, node.name) for side in ("in", "out")]
        assert node.count == max(count[side] for side in sides)
        assert node.height == pytest.approx(max(high[side] for side in sides))


@given(rows=ROWS, most=MOST)
def test_everybody_who_goes_is_in_one_ribbon_of_their_step(rows, most):
    going, drawn = defaultdict(int), defaultdict(int)
    for row in rows:
        going[row["step"]] += row["count"]
    for ribbon in lay_out(rows, 200, most).ribbons:
        drawn[ribbon.step] += ribbon.count
    assert drawn == {step: count for step, count in going.items() if count}


@given(rows=ROWS, most=MOST)
def test_neither_nodes_nor_the_ends_of_ribbons_overlap(rows, most):
    laid = lay_out(rows, 200, most)
    stacks = defaultdict(list)
    for node in laid.nodes:
        stacks["nodes", node.column].append((node.top, node.height))
    for ribbon in laid.ribbons:
        stacks["out", ribbon.step].append((ribbon.top, ribbon.height))
        stacks["in", ribbon.step + 1].append((ribbon.end, ribbon.height))
    for stack in stacks.values():
        stack.sort()
        for (top, high), (below, _) in pairwise(stack):
            assert top + high <= below + 1e-6


@given(rows=ROWS, most=MOST)
def test_ribbons_begin_and_end_inside_their_nodes_and_nodes_inside_the_drawing(rows, most):
    laid = lay_out(rows, 200, most)
    places = {(node.column, node.name): node for node in laid.nodes}
    for ribbon in laid.ribbons:
        for node, top in (
            (places[ribbon.step, ribbon.source], ribbon.top),
            (places[ribbon.step + 1, ribbon.target], ribbon.end),
        ):
            assert node.top <= top + 1e-6
            assert top + ribbon.height <= node.top + node.height + 1e-6
    assert all(0 <= node.top <= node.top + node.height <= laid.height + 1e-6 for node in laid.nodes)


@given(rows=ROWS, most=MOST)
def test_no_column_has_more_nodes_than_it_may(rows, most):
    columns = [node.column for node in lay_out(rows, 200, most).nodes]
    assert all(columns.count(column) <= most for column in columns)


def test_the_smallest_nodes_of_a_crowded_column_are_one_and_the_others_keep_their_names():
    rows = [way(0, name, "client", count) for name, count in zip("abcd", (9, 1, 8, 2), strict=True)]
    laid = lay_out(rows, 200, 3)
    assert [(node.name, node.count) for node in laid.nodes if node.column == 0] == [
        ("a", 9),
        ("c", 8),
        (OTHER, 3),
    ]


def test_names_keep_one_order_in_all_columns():
    rows = [
        way(0, "few", "few", 1),
        way(0, "many", "many", 9),
        way(1, "few", "few", 1),
        way(1, "many", "few", 2),
    ]
    laid = lay_out(rows, 200, 8)
    order = [[node.name for node in laid.nodes if node.column == column] for column in range(3)]
    assert order == [["many", "few"], ["many", "few"], ["few"]]


def test_nodes_say_how_many_and_columns_have_their_titles():
    texts = written(
        [way(0, "web", "talks", 1204), way(1, "talks", "web", 4)], ["came by", "asked on", "bought on"]
    )
    assert {"1,204 web", "1,204 talks", "4 web", "came by", "asked on", "bought on"} <= set(texts)


def test_who_changes_is_told_from_who_goes_on_only_where_there_are_both():
    both = written([way(0, "web", "web", 3), way(0, "web", "ads", 1), way(0, "ads", "ads", 1)])
    assert {"goes on", "changes"} <= set(both)
    assert not {"goes on", "changes"} & set(written([way(0, "web", "web", 3)]))


def test_to_become_a_client_is_no_change_of_path():
    texts = written([way(0, "web", "web", 3), way(1, "web", "clients", 1)])
    assert not {"goes on", "changes"} & set(texts)


def test_a_path_of_one_step_alone_and_a_gap_between_steps_are_drawn():
    assert "1 web" in written([way(0, "web", "web", 1)])
    assert "2 ads" in written([way(0, "web", "web", 1), way(2, "ads", "ads", 2)])


def test_a_thousand_million_people_fit():
    texts = written([way(0, "web", "web", 10**9), way(0, "ads", "ads", 1)])
    assert {"1,000,000,000 web", "1 ads"} <= set(texts)


ROOMS = pytest.mark.parametrize("room", [charts.PAGE, charts.PHONE], ids=["page", "phone"])
LONG = [f"{path} at the yearly regional conference of small companies" for path in ("talks", "coffee")]


@ROOMS
def test_names_that_fit_stand_at_their_nodes(room):
    rows = [way(0, "networking", "partnership", 1204), way(1, "partnership", "partnership", 4)]
    rows.append(way(2, "partnership", "clients", 3))
    texts = written(rows, room=room)
    assert {"1,204 networking", "1,204 partnership", "4 partnership", "3 clients"} <= set(texts)
    assert not [text for text in texts if ":" in text]


@ROOMS
def test_names_that_do_not_fit_have_a_letter_at_their_nodes_and_are_written_out_below(room):
    rows = [way(0, LONG[0], LONG[1], 12), way(1, LONG[1], "clients", 3), way(2, "clients", "clients", 1)]
    texts = written(rows, room=room)
    assert {"12 A", "12 B", "3 clients", f"A: {LONG[0]}", f"B: {LONG[1]}"} <= set(texts)


def test_a_letter_that_is_a_name_itself_stands_for_no_other():
    texts = written(
        [way(0, "A", LONG[0], 2), way(1, LONG[0], LONG[1], 1), way(2, LONG[1], "B", 1)], room=charts.PHONE
    )
    assert {"2 A", "1 B"} <= set(texts)
    assert {text[0] for text in texts if ": " in text} == {"C", "D"}


@given(rows=ROWS, most=MOST)
def test_nodes_stand_as_far_below_each_other_as_their_words_need(rows, most):
    tops = defaultdict(list)
    for node in lay_out(rows, 200, most, 32).nodes:
        tops[node.column].append(node.top)
    assert all(below - top > 32 - 1e-6 for column in tops.values() for top, below in pairwise(column))
