"""Where somebody came from: what a source says of the path, and the touch that it is evidence of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import numpy as np

from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.subjects import join_texts
from leadline.engine.importers.words import Phrasebook, squeezed, synonyms, tokens
from leadline.engine.kinds import Kinds
from leadline.engine.touches import Column

_PARTS = re.compile(r"[/|,;:>]|\s[-–]\s")


def find_path(source: str) -> str | None:
    """The path that a source belongs to (`Paid Search`: advertising), or None."""
    block = _find_block(source)
    return block["path"] if block else None


def find_source_kind(source: str) -> str | None:
    """The kind of touch that a source is evidence of (`Trade Show`: met), or None."""
    block = _find_block(source)
    return block.get("kind") if block else None


def _find_block(source: str) -> Mapping[str, str] | None:
    """What is declared of a source; of one with several parts (`google / cpc`) the last that says most."""
    parts = [part for part in _PARTS.split(source) if part.strip()]
    places = [place for part in (source, *reversed(parts)) if (place := _phrases().find(part)) is not None]
    blocks: list[Mapping[str, str]] = [synonyms()["sources"][int(place)] for place in places]
    return next((block for block in blocks if "kind" in block), blocks[0] if blocks else None)


def _say_links(sources: Column) -> list[str]:
    """The labels; where a website counted them, a referral is said to be a link on another site."""
    traffic = synonyms()["traffic"]
    said = [squeezed(str(label)) for label in sources.labels]
    counted = {squeezed(word) for word in traffic["counted"]}.intersection(said)
    links = {squeezed(word) for word in traffic["links"]} if counted else set()
    return [
        traffic["links_are"] if one in links else str(label)
        for one, label in zip(said, sources.labels, strict=True)
    ]


@cache
def _phrases() -> Phrasebook:
    blocks = enumerate(synonyms()["sources"])
    phrases = ((phrase, str(place)) for place, block in blocks for phrase in block["words"])
    return Phrasebook(phrases, synonyms()["traffic"]["dropped"])


def name_paths(names: Column, kept: frozenset[str] | None) -> Column:
    """The path of each row: a name of those `kept` (in lower case; None: any), else what it belongs to.

    A source that belongs to no known path is a path of its own, unless it says no more than how the record
    came to be (`import`). Case alone doesn't tell two paths apart.
    """
    spelled = {str(block["path"]).casefold(): str(block["path"]) for block in synonyms()["sources"]}

    unsaid = {squeezed(word) for word in synonyms()["sources_unsaid"]["words"]}

    def path(name: str) -> str:
        if squeezed(name) in unsaid and (kept is None or name.casefold() not in kept):
            return ""
        found = name if kept is None or name.casefold() in kept else find_path(name) or name
        return spelled.setdefault(found.casefold(), found)

    paths = [path(name) for name in _say_links(names)]
    labels = [path for path in dict.fromkeys(paths) if path]
    places = {"": -1} | {path: place for place, path in enumerate(labels)}
    codes = np.append(np.array([places[path] for path in paths], dtype=np.int32), np.int32(-1))
    return Column(codes[names.codes], labels)


def read_sources(export: Export) -> Column | None:
    """Where each row says that somebody came from; what a link was tagged with as its medium is part of it.

    `google` with the medium `cpc` is an advertisement, with `organic` none.
    """
    source, header = export.column("source"), export.proposal.of("channel")
    if source is None or header is None or "medium" not in tokens(header):
        return source
    medium = export.columns[header]
    known = [find_path(str(label)) is not None for label in medium.labels]
    codes = np.where(np.append(known, False)[medium.codes], medium.codes, -1).astype(np.int32)
    return join_texts(source, Column(codes, medium.labels), " / ")


def source_kinds(sources: Column, kinds: Kinds) -> Integers:
    """For each label the code of the kind that it is evidence of, -1 where it is evidence of none."""
    found = [find_source_kind(source) for source in _say_links(sources)]
    return np.array([kinds.code(kind) if kind else -1 for kind in found], dtype=np.int64)
