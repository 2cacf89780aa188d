"""What each column of somebody's files means: proposed, shown, changed, and kept for the next file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Named
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from leadline.engine.clocks import is_zone
from leadline.engine.errors import BadMapping, UnknownColumn, nearest
from leadline.engine.importers.columns.header_words import DATE_OF
from leadline.engine.importers.words import squeezed, synonyms
from leadline.engine.kinds import Kinds

Shape = Literal[
    "touch log",
    "activities",
    "messages",
    "contacts",
    "deals",
    "stage history",
    "orders",
    "bookings",
    "companies",
    "look-up",
    "audience",
]
Outcome = Literal["won", "lost", "open"]
Deals = Literal["asks", "touches"]

GIVEN = "the mapping says so"
"""The reason of a meaning that somebody wrote down."""
CENTS = "value in cents"
"""The meaning of amounts in the smallest unit of their currency."""


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Meaning(_Declared):
    """What one column means, why that is thought, and how sure it is (0 to 1; 1 where somebody said so)."""

    means: str
    why: str = GIVEN
    sure: float = 1.0

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        return {"means": given} if isinstance(given, str) else given


def in_units(meaning: Meaning) -> Meaning:
    """The meaning of a column, of amounts in cents as of any amounts."""
    return meaning.model_copy(update={"means": "value"}) if meaning.means == CENTS else meaning


class FileMapping(_Declared):
    """What the columns of one file mean, what sort of file it is, and by which path its people came."""

    name: str
    shape: Shape | None = None
    path: str | None = None
    columns: dict[str, Meaning] = Field(default_factory=dict)


class Mapping(_Declared):
    """What the columns, and the words in them, mean.

    `columns` holds for every file that has such a header; `files` for single ones, which are known again by
    their headers, whatever the file is called next time. `kinds` says which touch a word of a log is,
    `outcomes` how a deal ended by a word of a stage. Headers and words are compared without case and spaces.
    `zone` is the place whose clocks show the times without an offset ("Europe/Berlin"), None for UTC. `path`
    is the one by which everybody came of whom the files don't say it, "" where that isn't known. `deals` says
    what a deal of a CRM is: an ask of its contact, or no more than its touches (as where nothing is said).
    `we` are those who write as us in files of messages, by name, address or number.
    `owner` says to an installation whose the people become of whom the files name nobody of us: an e-mail, or
    `team:` and the name of a team whose people get them in turn. `same` says to it who in the files is which
    of its contacts: what the files call somebody, and the number of the contact; it holds for these files, so
    that `text` leaves it out.
    """

    date_order: Literal["dmy", "mdy"] | None = None
    zone: str | None = None
    path: str | None = None
    deals: Deals | None = None
    we: tuple[str, ...] = ()
    owner: str | None = None
    same: dict[str, int] = Field(default_factory=dict)
    columns: dict[str, Meaning] = Field(default_factory=dict)
    kinds: dict[str, str] = Field(default_factory=dict)
    outcomes: dict[str, Outcome] = Field(default_factory=dict)
    files: tuple[FileMapping, ...] = ()

    @staticmethod
    def read(path: Path | str) -> Mapping:
        """The mapping of a TOML file; raises BadMapping where it can't be used, naming the place."""
        path = Path(path)
        try:
            return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise BadMapping(
                "the mapping can't be read", found=str(error), allowed="a TOML file", where=str(path)
            ) from None
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise BadMapping(
                f"the mapping says something at {place} that can't be used",
                found=repr(first["input"]),
                allowed=first["msg"],
                where=str(path),
            ) from None

    def write(self, path: Path | str) -> None:
        """Keeps the mapping as TOML, each column's reason beside it as a comment."""
        Path(path).write_text(self.text(), encoding="utf-8")

    def text(self) -> str:
        """The mapping as TOML."""
        once: dict[str, Any] = {
            "date_order": self.date_order,
            "zone": self.zone,
            "path": self.path,
            "deals": self.deals,
        }
        once["owner"] = self.owner
        once["we"] = list(self.we) or None
        parts = [tomli_w.dumps({name: said}) for name, said in once.items() if said is not None]
        parts += [_table("columns", _said(self.columns))] if self.columns else []
        for name, words in (("kinds", self.kinds), ("outcomes", self.outcomes)):
            parts += [_table(name, ((word, said, "") for word, said in words.items()))] if words else []
        for file in self.files:
            head = file.model_dump(include={"name", "shape", "path"}, exclude_none=True)
            parts.append("[[files]]\n" + tomli_w.dumps(head) + _table("files.columns", _said(file.columns)))
        return "\n".join(parts)

    def rows(self) -> list[dict[str, str | float]]:
        """Each column of each file with its meaning, the reason and how sure it is, to be shown."""
        everywhere = FileMapping(name="", columns=self.columns)
        return [
            {
                "file": file.name,
                "column": header,
                "meaning": said.means,
                "because": said.why,
                "sure": said.sure,
            }
            for file in (everywhere, *self.files)
            for header, said in file.columns.items()
        ]

    def check(self, kinds: Kinds) -> None:
        """Raises BadMapping where a meaning, a kind or a zone is named that doesn't exist."""
        _check_zone(self.zone)
        for header, meaning in self._all_columns():
            _check_meaning(header, meaning.means, kinds)
        for word, kind in self.kinds.items():
            if kind not in kinds:
                raise _unknown_kind(f"the mapping says that “{word}” is the kind “{kind}”", kind, kinds)

    def check_columns(self, tables: Named[str, Iterable[str]]) -> None:
        """Raises UnknownColumn where `columns`, or the block of a file of that name, names no header."""
        known = [header for headers in tables.values() for header in headers]
        for header in self.columns:
            _check_column(header, known, ", ".join(tables))
        for file in self.files:
            for header in file.columns if file.name in tables else ():
                _check_column(header, list(tables[file.name]), file.name)

    def given(self, name: str, headers: Iterable[str]) -> tuple[Shape | None, dict[str, Meaning]]:
        """What is said of a file's columns: by the block that fits its headers best, and by `columns`."""
        named = {squeezed(header): header for header in headers}
        block = self.of_file(name, headers)
        columns = {**self.columns, **block.columns}
        found = {
            named[squeezed(header)]: meaning
            for header, meaning in columns.items()
            if squeezed(header) in named
        }
        return block.shape, found

    def of_file(self, name: str, headers: Iterable[str]) -> FileMapping:
        """The block that fits a file's headers best; one that names no columns holds for its file alone."""
        known = {squeezed(header) for header in headers}
        fitting = [
            file
            for file in self.files
            if all(squeezed(header) in known for header in file.columns)
            and (file.columns or file.name == name)
        ]
        fitting.sort(key=lambda file: (file.name == name, len(file.columns)))
        return fitting[-1] if fitting else FileMapping(name=name)

    def _all_columns(self) -> Iterable[tuple[str, Meaning]]:
        yield from self.columns.items()
        for file in self.files:
            yield from file.columns.items()


def _said(columns: Named[str, Meaning]) -> Iterable[tuple[str, str, str]]:
    return ((header, meaning.means, meaning.why) for header, meaning in columns.items())


def _table(name: str, lines: Iterable[tuple[str, str, str]]) -> str:
    """A table of TOML, reasons as comments; what was only not used this time is no more than a comment."""
    rows = []
    for key, said, why in lines:
        unused = said == "ignored" and why != GIVEN
        line = tomli_w.dumps({key: said}).strip()
        rows.append("# " * unused + line + (f"  # {' '.join(why.split())}" if why else ""))
    return f"[{name}]\n" + "\n".join(rows) + "\n"


def _check_zone(zone: str | None) -> None:
    if zone is not None and not is_zone(zone):
        raise BadMapping(
            f"the mapping says that times are those of “{zone}”",
            found="no time zone of that name",
            allowed="one such as Europe/Berlin",
            suggestion=nearest(zone, sorted(available_timezones())),
        )


def _check_meaning(header: str, means: str, kinds: Kinds) -> None:
    known = synonyms()["meanings"]
    if means in known:
        return
    if means.startswith(DATE_OF):
        kind = means.removeprefix(DATE_OF)
        if kind in kinds:
            return
        raise _unknown_kind(f"the mapping says that “{header}” means “{means}”", kind, kinds)
    raise BadMapping(
        f"the mapping says that “{header}” means “{means}”",
        found="no meaning of that name",
        allowed=", ".join(known) + f", or “{DATE_OF}” and a kind",
        suggestion=nearest(means, known),
    )


def _unknown_kind(asked: str, kind: str, kinds: Kinds) -> BadMapping:
    names = [known.name for known in kinds.kinds]
    return BadMapping(
        asked, found="no kind of that name", allowed=", ".join(names), suggestion=nearest(kind, names)
    )


def _check_column(header: str, known: list[str], where: str) -> None:
    if squeezed(header) not in {squeezed(one) for one in known}:
        raise UnknownColumn(
            f"the mapping names the column “{header}”",
            found=", ".join(known),
            allowed="a header of the file",
            suggestion=nearest(header, known),
            where=where,
        )
