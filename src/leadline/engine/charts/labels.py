"""What the nodes of a flow are called: by name, or by a letter where there is no room for the name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, product
from string import ascii_uppercase

from leadline.engine.charts.ribbons import Node
from leadline.engine.charts.room import room
from leadline.engine.charts.theme import broken, is_whole, text_width

NODE, BESIDE, MOST_LINES = 8, 6, 2
"""How wide a node is, how far the words are from it, and how many lines of them there may be."""

_LAST = 0.15


@dataclass(frozen=True)
class Labels:
    """How far it is from column to column, the lines at each node, and the names that have a letter."""

    apart: float
    lines: dict[tuple[int, str], list[str]]
    letters: dict[str, str]

    @property
    def most(self) -> int:
        """The most lines of any node."""
        return max(len(lines) for lines in self.lines.values())


def label(nodes: Sequence[Node]) -> Labels:
    """The words of each node: the last column has as much room as it needs, the others share the rest."""
    last = max(node.column for node in nodes)
    limit = room().inside * _LAST
    ends = [line for node in nodes if node.column == last for line in _lines(_words(node, node.name), limit)]
    taken = min(limit, max(text_width(line, room().smallest) for line in ends)) + BESIDE
    apart = (room().inside - taken - NODE) / last
    widths = {node: limit if node.column == last else apart - NODE - 2 * BESIDE for node in nodes}
    long = dict.fromkeys(node.name for node, width in widths.items() if not _fits(node, width))
    letters = dict(zip(long, _free({node.name for node in nodes}), strict=False))
    lines = {
        (node.column, node.name): _lines(_words(node, letters.get(node.name, node.name)), width)
        for node, width in widths.items()
    }
    return Labels(apart, lines, letters)


def _words(node: Node, name: str) -> str:
    return f"{node.count:,} {name}"


def _lines(words: str, width: float) -> list[str]:
    return broken(words, width, room().smallest, MOST_LINES)


def _fits(node: Node, width: float) -> bool:
    words = _words(node, node.name)
    return is_whole(words, _lines(words, width))


def _free(taken: set[str]) -> Iterator[str]:
    """A, B, C … Z, AA, AB …, but for those that are names themselves."""
    called = ("".join(letters) for size in count(1) for letters in product(ascii_uppercase, repeat=size))
    return (letter for letter in called if letter not in taken)
