"""What a header says is the same whether all phrases are looked at, or those that have one of its words."""

from __future__ import annotations

from leadline.engine.importers.columns import header_words
from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.words import synonyms

PHRASES = [phrase for block in synonyms()["columns"] for phrase in block["words"]]
HEADERS = [
    *PHRASES[::29],
    *(f"{one} {other}" for one, other in zip(PHRASES[::53], PHRASES[7::53], strict=False)),
    *(f"Customer {phrase}" for phrase in PHRASES[::61]),
    *(f"What is your {phrase}?" for phrase in PHRASES[::67]),
    "", "#", "Answer 1", "日付", "OrderTotal", "GTXPro",
]  # fmt: skip
CELLS = [Contents(10, 10), Contents(10, 10, numbers=1.0), Contents(10, 3, emails=1.0)]


def test_phrases_without_a_word_of_the_header_say_nothing_of_it(monkeypatch):
    near = [header_words.read_header(header, held) for header in HEADERS for held in CELLS]
    everything = set(range(len(PHRASES)))
    monkeypatch.setattr(header_words, "_find_near", lambda *_: everything)
    assert near == [header_words.read_header(header, held) for header in HEADERS for held in CELLS]
    assert sum(one is not None for one in near) > len(near) / 3
