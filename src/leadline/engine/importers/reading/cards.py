"""Address books as vCards (RFC 6350, and versions 3.0 and 2.1 before it): a table of people, a card a row.

A property of which a card has several, such as addresses, has a column for each; pictures, and what says
nothing of a person, are left out.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator, Sequence

BEGIN = "BEGIN:VCARD"
COLUMNS = {
    "FN": "Name", "EMAIL": "E-mail", "TEL": "Phone", "ORG": "Company", "TITLE": "Job title",
    "ADR": "Postal address", "URL": "Website", "BDAY": "Birthday", "CATEGORIES": "Tags", "NOTE": "Note",
}  # fmt: skip
"""What the column of a property is called."""
_PROPERTY = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":;])*)*):(.*)', re.DOTALL)
_CHARSET = re.compile(r"CHARSET=\"?([\w-]+)", re.IGNORECASE)
_PARTS = re.compile(r"(?<!\\);")
_ESCAPED = re.compile(r"\\(.)")
Card = dict[str, list[str]]


def is_cards(lines: Sequence[str]) -> bool:
    """Whether a text that begins with these lines is one of vCards."""
    first = next((line for line in lines if line.strip("\ufeff \t\r\n")), "")
    return first.strip("\ufeff \t\r\n").upper() == BEGIN


def read_cards(lines: Sequence[str]) -> tuple[list[str], list[list[str]], list[int]]:
    """The header of the table, a row for each card, and the line on which each card starts."""
    cards: list[Card] = []
    starts: list[int] = []
    for number, line in _unfold(lines):
        if line.strip().upper() == BEGIN:
            cards.append({})
            starts.append(number)
        elif cards and (found := _PROPERTY.fullmatch(line)):
            _take(cards[-1], found[1].upper(), found[2], found[3])
    most = {name: max((len(card.get(name, ())) for card in cards), default=0) for name in COLUMNS}
    header = [COLUMNS[name] + f" {n}" * (n > 1) for name in COLUMNS for n in range(1, most[name] + 1)]
    rows = [[*_cells(card, most)] for card in cards]
    return header, rows, starts


def _cells(card: Card, most: dict[str, int]) -> Iterator[str]:
    for name, count in most.items():
        said = card.get(name, [])
        yield from [*said, *[""] * (count - len(said))]


def _unfold(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Whole lines, folded or broken by quoted-printable, each with the number of its first."""
    held, start = "", 0
    for number, line in enumerate((line.rstrip("\r\n") for line in lines), start=1):
        printable = "QUOTED-PRINTABLE" in held.partition(":")[0].upper()
        if printable and held.endswith("="):
            held = held[:-1] + line
        elif line[:1] in (" ", "\t") and held:
            held += line[1:]
        else:
            yield from [(start, held)] if held else []
            held, start = line, number
    yield from [(start, held)] if held else []


def _take(card: Card, name: str, parameters: str, value: str) -> None:
    """Keeps one property; a name in parts stands for the whole where no other is told."""
    if "QUOTED-PRINTABLE" in parameters.upper():
        charset = _CHARSET.search(parameters)
        value = _decode(quopri.decodestring(value.encode()), charset[1] if charset else "utf-8")
    parts = [_ESCAPED.sub(_unescape, part).strip() for part in _PARTS.split(value)]
    if name == "N" and "FN" not in card:
        family, given, middle, *_ = [*parts, "", "", ""]
        card["FN"] = [" ".join(part for part in (given, middle, family) if part)]
    elif name == "FN":
        card["FN"] = [" ".join(parts)]
    elif name in COLUMNS:
        said = parts[0] if name == "ORG" else ", ".join(part for part in parts if part)
        said = re.sub(r"^(?:tel|mailto):", "", said, flags=re.IGNORECASE)
        if said and said not in card.setdefault(name, []):
            card[name].append(said)


def _decode(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _unescape(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]
