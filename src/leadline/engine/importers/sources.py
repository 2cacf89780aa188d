"""Where somebody came from: what a source says of the path, and the touch that it is evidence of."""

from __future__ import annotations

from functools import cache

import numpy as np

from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.words import Phrasebook, synonyms
from leadline.engine.kinds import Kinds
from leadline.engine.touches import Column


@cache
def _phrases(field: str) -> Phrasebook:
    blocks = [block for block in synonyms()["sources"] if field in block]
    return Phrasebook((phrase, block[field]) for block in blocks for phrase in block["words"])


def find_path(source: str) -> str | None:
    """The path that a source belongs to (`Paid Search`: advertising), or None."""
    return _phrases("path").find(source)


def find_source_kind(source: str) -> str | None:
    """The kind of touch that a source is evidence of (`Trade Show`: met), or None."""
    return _kind_phrases().find(source) or None


@cache
def _kind_phrases() -> Phrasebook:
    """As the phrases of paths, so that a phrase without a kind hides none of another block."""
    blocks = synonyms()["sources"]
    return Phrasebook((phrase, block.get("kind", "")) for block in blocks for phrase in block["words"])


def name_paths(sources: Column) -> Column:
    """The path of each row, from its source; a source that belongs to no known path is a path of its own."""
    paths = [find_path(source) or source for source in sources.labels]
    labels = list(dict.fromkeys(paths))
    places = {path: place for place, path in enumerate(labels)}
    codes = np.append(np.array([places[path] for path in paths], dtype=np.int32), np.int32(-1))
    return Column(codes[sources.codes], labels)


def source_kinds(sources: Column, kinds: Kinds) -> Integers:
    """For each label the code of the kind that it is evidence of, -1 where it is evidence of none."""
    found = [find_source_kind(source) for source in sources.labels]
    return np.array([kinds.code(kind) if kind else -1 for kind in found], dtype=np.int64)
