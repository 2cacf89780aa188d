"""Chats that are written as text, a line a message: `24/12/2025, 18:05 - Ann Lee: See you soon`.

| found | becomes |
| --- | --- |
| a moment, a name and a colon | a message of whoever is called so |
| a line without a moment | a further line of the message above |
| a moment, and no name | what the program tells: a row without a writer |
| its sentence on encryption under a name | the same; the conversation is called by that name |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from leadline.engine.importers.words import squeezed, synonyms

NAMES = ("Date", "From", "Message", "Conversation")
"""What the columns are called."""
LOOKED_AT = 50
"""By so many of its first lines a text is known as a chat."""
FEWEST = 2
"""One line like a message is none yet."""
_DAY = r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{2,4}\.?"
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s?[ap]\.?\s?m\.?)?"
_LINE = re.compile(
    rf"[\u200e\u200f\ufeff\s]*(?:\[({_DAY}),?\s+({_TIME})\]\s+|({_DAY}),?\s+({_TIME})\s+[-–]\s+)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_WRITTEN = re.compile(r"([^:]{1,100}?):(?:\s(.*)|$)", re.DOTALL)
_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def is_chat(lines: Iterable[str]) -> bool:
    """Whether a text that begins with these lines is a chat: the first is a message, and another too."""
    written = [line for line in lines if line.strip()][:LOOKED_AT]
    found = [_LINE.match(line) for line in written]
    return bool(found) and found[0] is not None and sum(one is not None for one in found) >= FEWEST


def read_chat(lines: Sequence[str], title: str) -> tuple[list[list[str]], list[int]]:
    """The messages as rows of NAMES, and the line on which each starts; `title` is that of the file."""
    rows: list[list[str]] = []
    starts: list[int] = []
    for number, line in enumerate(lines, start=1):
        found = _LINE.match(line)
        if found is None:
            if rows:
                rows[-1][2] += f"\n{line.strip()}"
            continue
        day, time, rest = found[1] or found[3], found[2] or found[4], found[5]
        written = _WRITTEN.fullmatch(rest.strip())
        name, text = (written[1], written[2] or "") if written else ("", rest)
        rows.append([f"{day} {' '.join(time.split())}", _clean(name), _clean(text), title])
        starts.append(number)
    return _name_conversation(rows), starts


def _name_conversation(rows: list[list[str]]) -> list[list[str]]:
    """The rows with the name under which the program tells that it encrypts, which is the conversation's."""
    telling = [row for row in rows if row[1] and _tells_encryption(row[2])]
    if telling:
        for row in rows:
            row[3] = telling[0][1]
    for row in telling:
        row[1] = ""
    return rows


def _tells_encryption(text: str) -> bool:
    said = squeezed(text[:200])
    return any(squeezed(words) in said for words in synonyms()["messages"]["encrypted"])


def _clean(text: str) -> str:
    return _MARKS.sub("", text).strip().removeprefix("~").strip()
