"""What the team's words mean, as the engine has it: kinds and funnels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.db import connection

from leadline.engine.funnel import Funnel, parse_funnel
from leadline.engine.kinds import Kind, Kinds

_OF_KIND = ("name", "means", "link", "direction", "groups")
_FIRST = "SELECT {} FROM web_funnelversion WHERE slug = v.slug AND published_at IS NOT NULL ORDER BY published_at, id LIMIT 1"  # noqa: E501
_KINDS = """SELECT 0, row_number() OVER (ORDER BY name), name, means, link, direction, CAST(groups AS text)
    FROM web_kinddefinition"""
_FOLLOWED = f"""SELECT 1, row_number() OVER (ORDER BY ({_FIRST.format("published_at")}), ({_FIRST.format("id")}), id),
    slug, toml, kept_as, CASE WHEN in_force THEN 'yes' ELSE '' END, CASE WHEN coming THEN 'yes' ELSE '' END
    FROM web_funnelversion v WHERE in_force OR coming"""  # noqa: E501, S608 - of this file alone
_ZONE = """SELECT 2, id, zone, '', '', '', '' FROM web_user
    WHERE id = (SELECT MIN(id) FROM web_user WHERE is_active AND role = 'owner')"""
_EACH = (_KINDS, _FOLLOWED, _ZONE)
"""What is asked, each for its place here, a number that puts its rows in order, and five texts: so all can be
asked at once, and what is asked at once has an order."""
_ALL = " UNION ALL ".join(_EACH)

Rows = tuple[tuple[Any, ...], ...]
_ASKED: ContextVar[dict[str, Rows] | None] = ContextVar("asked", default=None)
"""What was asked and answered, while something is only read."""


def kinds() -> Kinds:
    """The kinds that come with Leadline, and the team's own."""
    return _with(_rows(_KINDS))


@contextmanager
def asked_once() -> Iterator[None]:
    """Inside, kinds, funnels and the first owner's zone are asked for at once, when one of them is wanted.

    For what only reads, as a page that is looked at.
    """
    kept = _ASKED.set({})
    try:
        yield
    finally:
        _ASKED.reset(kept)


class Funnels(dict[str, Funnel]):
    """Funnels by slug; `kept_as` says for each under which name it is kept where everybody stands by it.

    Whoever reads standings takes both from one look, so that these are of the very version that they name.
    """

    def __init__(self, versions: Iterable[Sequence[str]] = ()) -> None:
        known = list(versions)
        super().__init__((slug, _parsed(toml)) for slug, toml, _ in known)
        self.kept_as = {slug: kept_as or slug for slug, _, kept_as in known}


def funnels() -> Funnels:
    """The funnels in force, the first published first."""
    return followed()[0]


def coming() -> Funnels:
    """The funnels that are being published: soon in force, and counted nowhere yet."""
    return followed()[1]


def followed() -> tuple[Funnels, Funnels]:
    """The funnels in force, and those that are being published, as they are at one instant.

    A funnel keeps its place among the others, whichever of its versions is in force.
    """
    versions = _rows(_FOLLOWED)
    return (
        Funnels(names for *names, in_force, _ in versions if in_force),
        Funnels(names for *names, _, coming in versions if coming),
    )


def owners_zone() -> str:
    """The time zone that the first owner chose; empty without one."""
    return next((zone for zone, *_ in _rows(_ZONE)), "")


def _rows(question: str) -> Rows:
    """What a question of this file is answered with, by the database or as it was before."""
    known = _ASKED.get()
    if known is None:
        return _answer(question)[question]
    if not known:
        known.update(_answer(_ALL))
    return known[question]


def _answer(asked: str) -> dict[str, Rows]:
    """What the questions among what is asked are answered with, each in its order."""
    with connection.cursor() as cursor:
        cursor.execute(f"{asked} ORDER BY 1, 2")
        found = cursor.fetchall()
    return {one: tuple(tuple(row) for at, _, *row in found if at == place) for place, one in enumerate(_EACH)}


@lru_cache(maxsize=8)
def _with(rows: Rows) -> Kinds:
    """One object for the same kinds, since the engine compiles a funnel once for each."""
    own = tuple(Kind(**_read(row)) for row in rows)
    return Kinds.shipped().with_kinds(own) if own else Kinds.shipped()


def _read(row: tuple[str, ...]) -> dict[str, Any]:
    said: dict[str, Any] = dict(zip(_OF_KIND, row, strict=True))
    return said | {"groups": tuple(json.loads(said["groups"]))}


@lru_cache(maxsize=64)
def _parsed(toml: str) -> Funnel:
    return parse_funnel(toml)
