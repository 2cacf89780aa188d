"""Kinds of touches, the groups they count as, and the facts they set; declared in `kinds.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from leadline.engine.errors import BadKinds, UnknownName, nearest

Link = Literal["generate", "nurture", "ask", "answer", "fact", "exit"]
Direction = Literal["out", "in", "both"]
NAME = r"^[^\W\d][\w-]*$"
"""Names of kinds, groups, facts and stages: a letter, then letters, digits, `_` or `-`."""

LINKS: tuple[str, ...] = get_args(Link)


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=NAME)
    means: str = Field(min_length=1)


class Kind(_Declared):
    """One sort of touch: which link of the sales cycle it is, its direction, and what it counts as.

    A kind with `machine` true (a link scanner, an auto-reply) is kept and counts for nothing.
    """

    link: Link
    direction: Direction
    groups: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    machine: bool = False


class Group(_Declared):
    """A name that several kinds count as."""


class Fact(_Declared):
    """Something held true until it is contradicted, or until `lasts_days` after it was last said."""

    lasts_days: int | None = Field(default=None, ge=1, le=36_500)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    kinds: tuple[Kind, ...] = ()
    groups: tuple[Group, ...] = ()
    facts: tuple[Fact, ...] = ()


class Kinds:
    """All declared kinds, in the order in which touches of one instant are applied.

    The place of a kind in `kinds` is its code. Raises BadKinds for names declared twice, groups and
    facts that nobody declares, a fact named like a kind or group, a machine kind that counts as something.
    """

    def __init__(self, kinds: tuple[Kind, ...], groups: tuple[Group, ...], facts: tuple[Fact, ...]) -> None:
        self.kinds = tuple(sorted(kinds, key=lambda kind: (kind.machine, LINKS.index(kind.link))))
        self.groups = {group.name: group for group in groups}
        self.facts = {fact.name: fact for fact in facts}
        _check(self, kinds, groups, facts)
        self._codes = {kind.name: code for code, kind in enumerate(self.kinds)}

    @staticmethod
    def shipped() -> Kinds:
        """The kinds that come with Leadline."""
        return _shipped()

    @staticmethod
    def read(path: Path | str) -> Kinds:
        """The shipped kinds and those of a user's file, which come after ours of the same link."""
        path, ours = Path(path), Kinds.shipped()
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "not a text file in UTF-8"
            raise BadKinds(
                "The kinds file can't be read", found=reason, allowed="a TOML file", where=str(path)
            ) from None
        return ours.extended(_parse(text, str(path)), str(path))

    def extended(self, added: _File, where: str) -> Kinds:
        """These kinds and some more."""
        try:
            return Kinds(
                self.kinds + added.kinds,
                (*self.groups.values(), *added.groups),
                (*self.facts.values(), *added.facts),
            )
        except BadKinds as error:
            error.where = where
            error.args = (error.sentence(),)
            raise

    def with_kinds(self, own: tuple[Kind, ...], where: str = "kinds of your own") -> Kinds:
        """These kinds and some of one's own, which come after ours of the same link."""
        return self.extended(_File(kinds=own), where)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name that a condition may use: kinds, groups and facts; machine kinds left out."""
        people = (kind.name for kind in self.kinds if not kind.machine)
        return tuple(dict.fromkeys((*people, *self.groups, *self.facts)))

    @cached_property
    def names_of_kinds(self) -> tuple[str, ...]:
        """The names of all kinds, by code, machine ones included."""
        return tuple(kind.name for kind in self.kinds)

    def code(self, name: str) -> int:
        """The code of a kind; raises UnknownName with the nearest one."""
        try:
            return self._codes[name]
        except KeyError:
            raise UnknownName(
                "A kind of touch was asked for",
                found=f"“{name}”",
                allowed="a kind of kinds.toml, or one of your own in a file given with --kinds",
                suggestion=nearest(name, self._codes),
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._codes

    def means(self, name: str) -> str:
        """What a name in a condition means: the sentence of that fact, group or kind."""
        declared = self.facts.get(name) or self.groups.get(name) or self.kinds[self.code(name)]
        return declared.means

    def named(self, name: str) -> frozenset[int]:
        """The codes of all kinds that are called `name` or count as it."""
        return self._where(lambda kind: kind.name == name or name in kind.groups)

    def setting(self, fact: str) -> frozenset[int]:
        """The codes of the kinds that make a fact true."""
        return self._where(lambda kind: fact in kind.sets)

    def clearing(self, fact: str) -> frozenset[int]:
        """The codes of the kinds that make a fact untrue."""
        return self._where(lambda kind: fact in kind.clears)

    def _where(self, wanted: Callable[[Kind], bool]) -> frozenset[int]:
        return frozenset(code for code, kind in enumerate(self.kinds) if wanted(kind) and not kind.machine)


@cache
def _shipped() -> Kinds:
    text = files("leadline.engine").joinpath("kinds.toml").read_text(encoding="utf-8")
    declared = _parse(text, "kinds.toml")
    return Kinds(declared.kinds, declared.groups, declared.facts)


def _parse(text: str, where: str) -> _File:
    try:
        return _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadKinds("The file is not valid TOML", found=str(error), where=where) from None
    except ValidationError as error:
        raise _bad_shape(error, where) from None


def _bad_shape(error: ValidationError, where: str) -> BadKinds:
    """The first thing that is wrong in a file: in which declaration (counted from 1), and in what of it."""
    first = error.errors()[0]
    table, *inside = first["loc"]
    key = next(part for part in reversed(first["loc"]) if isinstance(part, str))
    said = f"“{key}”" + (f" in [[{table}]] number {int(inside[0]) + 1}" if inside else "")
    fields: dict[str, type[BaseModel]] = {"kinds": Kind, "groups": Group, "facts": Fact}
    names = list((fields[str(table)] if inside else _File).model_fields)
    if first["type"] in ("extra_forbidden", "missing"):
        wrong = "an unknown word" if first["type"] == "extra_forbidden" else "nothing there"
        near = nearest(key, names) if wrong == "an unknown word" else None
        return BadKinds(
            f"{said} can't be used", found=wrong, allowed=", ".join(names), suggestion=near, where=where
        )
    is_name = first["type"] == "string_pattern_mismatch"
    allowed = "a letter, then letters, digits, _ or -" if is_name else first["msg"]
    return BadKinds(f"{said} can't be used", found=repr(first["input"]), allowed=allowed, where=where)


def _check(
    all_kinds: Kinds, kinds: tuple[Kind, ...], groups: tuple[Group, ...], facts: tuple[Fact, ...]
) -> None:
    for declared in (kinds, groups, facts):
        _check_once([one.name for one in declared])
    for name in all_kinds.facts:
        if name in all_kinds.groups or name in {kind.name for kind in kinds}:
            raise BadKinds(
                f"“{name}” names a fact", found="a kind or group of that name too", allowed="one of them"
            )
    for kind in kinds:
        _check_names(kind, kind.groups, all_kinds.groups, "group")
        _check_names(kind, kind.sets + kind.clears, all_kinds.facts, "fact")
        if set(kind.sets) & set(kind.clears):
            raise BadKinds(
                f"The kind “{kind.name}” sets a fact", found="that it clears it too", allowed="one of them"
            )
        if kind.machine and (kind.groups or kind.sets or kind.clears):
            raise BadKinds(
                f"“{kind.name}” is made by machines",
                found="groups or facts",
                allowed="none: it counts for nothing",
            )


def _check_once(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise BadKinds(f"“{name}” is declared", found=f"{names.count(name)} times", allowed="once")


def _check_names(
    kind: Kind, used: tuple[str, ...], known: dict[str, Group] | dict[str, Fact], what: str
) -> None:
    for name in used:
        if name not in known:
            raise BadKinds(
                f"The kind “{kind.name}” names the {what} “{name}”",
                found=f"no {what} of that name",
                allowed=f"a declared {what}",
                suggestion=nearest(name, known),
            )
