"""Conversations of a JSON document, each with a list of its messages: one table of all messages.

Each message says besides how its conversation is called, and of which sort that is. The parts of a text
(links, what is bold) are put together again. Some programs write the bytes of UTF-8 as if each was a letter;
where all of a document can be read so, it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from leadline.engine.importers.words import squeezed, synonyms

DEEPEST = 6
"""Lists of messages further inside are not looked for."""
LOOKED_AT = 50
"""By so many of its first objects a list is known as one of messages."""
TITLES = ("name", "title")
"""What a conversation is called, the first that is there."""
NEEDED = ("writer", "happened at", "note")
Objects = list[dict[str, Any]]


def read_conversations(found: Any) -> Objects:
    """The messages of all conversations of a document; none where it holds no conversations."""
    messages = [*_find(found, 0)]
    read = [one for one in map(_from_bytes, messages) if one is not None]
    return read if len(read) == len(messages) else messages


def _find(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The messages of every object that holds a list of them, with what that object says."""
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _find(one, depth + 1)
    elif isinstance(value, dict):
        for inner in value.values():
            if not _are_messages(inner):
                yield from _find(inner, depth + 1)
                continue
            title = next((str(value[key]) for key in TITLES if value.get(key)), "")
            around = {"conversation": title, "conversation type": value.get("type") or ""}
            around |= {"conversation id": number} if (number := value.get("id")) is not None else {}
            yield from ({**around, **_plain(one)} for one in inner if isinstance(one, dict))


def _are_messages(value: Any) -> bool:
    """Whether it is a list of objects of which one has a writer, a moment and a text."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return False
    words = _words()
    said = ({squeezed(key) for key in one} for one in value[:LOOKED_AT])
    return any(all(keys & words[means] for means in NEEDED) for keys in said)


@cache
def _words() -> dict[str, frozenset[str]]:
    columns = synonyms()["messages"]["columns"]
    return {means: frozenset(map(squeezed, columns[means])) for means in NEEDED}


def _plain(message: dict[str, Any]) -> dict[str, Any]:
    """A message whose text is one text."""
    notes = _words()["note"]
    return {key: _join(value) if squeezed(key) in notes else value for key, value in message.items()}


def _join(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    parts = (part.get("text", "") if isinstance(part, dict) else part for part in value)
    return "".join(str(part) for part in parts)


def _from_bytes(message: dict[str, Any]) -> dict[str, Any] | None:
    """A message whose letters are the bytes of UTF-8 as what these say; None where they aren't."""
    try:
        return {key: _decode(value) for key, value in message.items()}
    except UnicodeError:
        return None


def _decode(value: Any) -> Any:
    odd = isinstance(value, str) and not value.isascii()
    return value.encode("latin-1").decode("utf-8") if odd else value
