"""Sorts of files that are known by their headers: activities, messages; and what each header means there."""

from __future__ import annotations

from collections.abc import Mapping as Named
from collections.abc import Sequence
from functools import cache

from leadline.engine.importers.cells.values import parse_truth
from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.header_words import read_header
from leadline.engine.importers.columns.mapping import Meaning, Shape
from leadline.engine.importers.words import squeezed, synonyms, tokens
from leadline.engine.touches import Column

SORTS: tuple[Shape, ...] = ("activities", "messages")
DATED = ("due", "happened at", "finished", "created")
WAYS = 0.9
"""From this share of words for who wrote on, a column says whether messages were sent or received."""


def find_sort(contents: Named[str, Contents], columns: Named[str, Column]) -> Shape | None:
    """The sort of file whose headers these are; None where they are of none."""
    if _are_activities(list(columns)):
        return "activities"
    return "messages" if _are_messages(contents, columns) else None


def mean_headers(
    sort: Shape, contents: Named[str, Contents], columns: Named[str, Column]
) -> dict[str, Meaning]:
    """What each column of a file of this sort means."""
    roles, several = _roles(sort), synonyms()[sort]["several"]
    found: dict[str, Meaning] = {}
    taken: set[str] = set()
    for header, held in contents.items():
        may = [one for one in roles.get(_plain(header, sort), ()) if one not in taken or one in several]
        means = next((one for one in may if _fits(sort, one, held, columns[header])), "")
        taken |= {means}
        said = f"{held.says}; in a file of {sort}" if means else f"nothing that is kept of {sort}"
        why = said if held.filled else "nothing in it"
        found[header] = Meaning(means=means or "ignored", why=why, sure=0.9)
    return found


def find_way(text: str) -> str | None:
    """Whether a word says that a message was "sent" by us or "received"; None for another word."""
    said = synonyms()["messages"]["ways"]
    return next((way for way, words in said.items() if squeezed(text) in map(squeezed, words)), None)


def tells_ways(column: Column) -> bool:
    """Whether nearly all words of a column say who wrote: sent, received."""
    told = [find_way(str(label)) for label in column.labels]
    return bool(told) and sum(way is not None for way in told) >= WAYS * len(told)


def _are_activities(headers: Sequence[str]) -> bool:
    said, plain = synonyms()["activities"], {_plain(header, "activities") for header in headers}
    alone = {squeezed(words) for words in said["telling"]}
    return bool(plain & alone) or any({squeezed(one) for one in group} <= plain for group in said["together"])


def _are_messages(contents: Named[str, Contents], columns: Named[str, Column]) -> bool:
    """Whether each row has a moment, a text, and a writer who comes again or somebody to whom it was written.

    Where columns say which of them were sent and which received, the other one is enough. A subject is as
    good as a text where nothing was paid.
    """
    at: dict[str, list[Contents]] = {}
    for header, meaning in mean_headers("messages", contents, columns).items():
        at.setdefault(meaning.means, []).append(contents[header])
    if "happened at" not in at or not ("note" in at or ("subject" in at and not _are_paid(contents))):
        return False
    ways = at.keys() & {"direction", "sent"}
    if "writer" not in at:
        return bool(ways) and "note" in at and "correspondent" in at
    again = any(held.distinct < held.filled for held in at["writer"])
    return again or bool(ways) or not at.keys().isdisjoint(("recipient", "conversation"))


def _are_paid(contents: Named[str, Contents]) -> bool:
    said = (read_header(header, held) for header, held in contents.items() if held.are_numbers)
    return any(one is not None and one.means == "value" for one in said)


def _fits(sort: Shape, means: str, held: Contents, column: Column) -> bool:
    if means in DATED or not held.filled:
        return held.are_dates
    if sort == "messages" and means == "direction":
        return tells_ways(column)
    if means == "sent":
        return all(parse_truth(str(label)) is not None for label in column.labels)
    return not held.are_dates and (means != "e-mail" or held.can_be("e-mails"))


def _plain(header: str, sort: Shape) -> str:
    """A header without the word that some programs put before each."""
    words = [word for word in tokens(header) if word not in synonyms()[sort]["dropped"]]
    return "".join(words) or squeezed(header)


@cache
def _roles(sort: Shape) -> dict[str, tuple[str, ...]]:
    """What each header may mean."""
    found: dict[str, list[str]] = {}
    for means, headers in synonyms()[sort]["columns"].items():
        for header in headers:
            found.setdefault(_plain(header, sort), []).append(means)
    return {header: tuple(means) for header, means in found.items()}
