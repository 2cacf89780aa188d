"""Where the nodes and the ribbons of a flow lie: nodes in columns, ribbons between them, nothing overlapping.

A node is as high as what comes in or what goes out, whichever is more. On each side its ribbons lie one below
the other without gaps, in the order of the nodes at their other end, each as high as its count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OTHER = "other"
"""The name of the node that stands for the smallest ones of a column."""

LEAST, _GAP = 22, 8
"""How far below each other nodes stand at least, and how far apart."""


@dataclass(frozen=True)
class Node:
    """One name in one column: how many, and where it lies (pixels from the top)."""

    column: int
    name: str
    count: int
    top: float
    height: float


@dataclass(frozen=True)
class Ribbon:
    """Those who went from a node to a node of the next column: where it begins and where it ends."""

    step: int
    source: str
    target: str
    count: int
    top: float
    end: float
    height: float


@dataclass(frozen=True)
class Layout:
    """All of a flow, and how high it is."""

    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]
    height: float


Counts = dict[tuple[int, str, str], int]


def lay_out(rows: Sequence[Mapping[str, Any]], height: float, most: int, least: float = LEAST) -> Layout:
    """The layout of rows (`step`, `source`, `target`, `count`); the fullest column has about that height.

    Rows of nobody are left out. Each node has `least` pixels for its words. At most so many nodes stand in a
    column: beyond that the smallest are one node, `OTHER`. Names keep one order in all columns: most people
    first, `OTHER` last.
    """
    counts = _merged(_summed(rows), most)
    sizes = _sizes(counts)
    overall: dict[str, int] = defaultdict(int)
    for (_, name), count in sizes.items():
        overall[name] += count
    rank = {name: (name == OTHER, -count) for name, count in overall.items()}
    ordered = sorted(sizes, key=lambda node: (node[0], *rank[node[1]]))
    fullest = max((sum(n for (c, _), n in sizes.items() if c == column) for column, _ in sizes), default=1)
    nodes = _stacked(ordered, sizes, height / fullest, least)
    ribbons = _woven(counts, nodes, height / fullest)
    low = max((node.top + max(node.height, least) for node in nodes.values()), default=0.0)
    return Layout(tuple(nodes.values()), tuple(ribbons), low)


def _summed(rows: Sequence[Mapping[str, Any]]) -> Counts:
    counts: Counts = defaultdict(int)
    for row in rows:
        if row["count"] > 0:
            counts[int(row["step"]), str(row["source"]), str(row["target"])] += int(row["count"])
    return counts


def _sizes(counts: Counts) -> dict[tuple[int, str], int]:
    """How many are in each node: who came in or who went out, whichever is more."""
    out: dict[tuple[int, str], int] = defaultdict(int)
    into: dict[tuple[int, str], int] = defaultdict(int)
    for (step, source, target), count in counts.items():
        out[step, source] += count
        into[step + 1, target] += count
    return {node: max(out[node], into[node]) for node in dict.fromkeys([*out, *into])}


def _merged(counts: Counts, most: int) -> Counts:
    """The counts with the smallest nodes of each crowded column as one."""
    sizes = _sizes(counts)
    small: set[tuple[int, str]] = set()
    for column in {column for column, _ in sizes}:
        inside = sorted((node for node in sizes if node[0] == column), key=lambda node: -sizes[node])
        small |= set(inside[most - 1 :]) if len(inside) > most else set()
    merged: Counts = defaultdict(int)
    for (step, source, target), count in counts.items():
        start = OTHER if (step, source) in small else source
        end = OTHER if (step + 1, target) in small else target
        merged[step, start, end] += count
    return merged


def _stacked(
    ordered: Sequence[tuple[int, str]], sizes: Mapping[tuple[int, str], int], scale: float, least: float
) -> dict[tuple[int, str], Node]:
    """Each column's nodes below each other, with room for a label at least."""
    nodes: dict[tuple[int, str], Node] = {}
    tops: dict[int, float] = defaultdict(float)
    for column, name in ordered:
        high = sizes[column, name] * scale
        nodes[column, name] = Node(column, name, sizes[column, name], tops[column], high)
        tops[column] += max(high + _GAP, least)
    return nodes


def _woven(counts: Counts, nodes: Mapping[tuple[int, str], Node], scale: float) -> list[Ribbon]:
    """The ribbons, each beginning and ending where those above it leave off."""
    starts = {node: placed.top for node, placed in nodes.items()}
    tops: dict[tuple[int, str, str], float] = {}
    for step, source, target in sorted(counts, key=lambda key: nodes[key[0] + 1, key[2]].top):
        tops[step, source, target] = starts[step, source]
        starts[step, source] += counts[step, source, target] * scale
    ends = {node: placed.top for node, placed in nodes.items()}
    ribbons = []
    for key in sorted(counts, key=lambda key: (key[0], nodes[key[0], key[1]].top)):
        step, source, target = key
        high = counts[key] * scale
        ribbons.append(Ribbon(step, source, target, counts[key], tops[key], ends[step + 1, target], high))
        ends[step + 1, target] += high
    return ribbons
