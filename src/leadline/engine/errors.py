"""Every error that Leadline raises on purpose, each with a stable code and an exit code."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is spelled most like `name`, or None when none comes near."""
    plain = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name.casefold(), plain, n=1, cutoff=0.6)
    return plain[found[0]] if found else None


class LeadlineError(Exception):
    """Something that was asked for can't be done: what was asked, what was found, what would be allowed."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        asked: str,
        *,
        found: str = "",
        allowed: str = "",
        suggestion: str | None = None,
        where: str | None = None,
    ) -> None:
        self.asked, self.found, self.allowed = asked, found, allowed
        self.suggestion, self.where = suggestion, where
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The whole error as one readable paragraph."""
        parts = [f"{self.where}: {self.asked}" if self.where else self.asked]
        parts += [f"Found: {self.found}"] if self.found else []
        parts += [f"Allowed: {self.allowed}"] if self.allowed else []
        parts += [f"Did you mean “{self.suggestion}”?"] if self.suggestion else []
        return " ".join(part if part.endswith((".", "?", "!")) else part + "." for part in parts)

    def as_dict(self) -> dict[str, str]:
        """The error as plain data, for `--json` and for interfaces."""
        fields = {
            "code": self.code,
            "message": self.sentence(),
            "asked": self.asked,
            "found": self.found,
            "allowed": self.allowed,
            "suggestion": self.suggestion or "",
            "where": self.where or "",
        }
        return {name: text for name, text in fields.items() if text}


class BadKinds(LeadlineError):
    """A kinds file that can't be used."""

    code, exit_code = "bad-kinds", 3


class BadFunnel(LeadlineError):
    """A funnel that can't be used: its file, line and phrase are named."""

    code, exit_code = "bad-funnel", 3


class TooManyAtoms(BadFunnel):
    """A funnel with more different phrases than a lookup table can hold."""

    code, exit_code = "too-many-atoms", 3


class UnknownName(LeadlineError):
    """A name (of a funnel, a stage, a kind, a column of a log) that nobody has declared."""

    code, exit_code = "unknown-name", 3


class BadTouches(LeadlineError):
    """Rows that can't be read as touches."""

    code, exit_code = "bad-touches", 4


class UnknownContact(LeadlineError):
    """A contact of whom there is no touch."""

    code, exit_code = "unknown-contact", 5


class BadFile(LeadlineError):
    """A file that can't be read: missing, empty, a folder, or not a table."""

    code, exit_code = "bad-file", 4


class BadMapping(LeadlineError):
    """What the columns of a file mean can't be told, or is contradictory."""

    code, exit_code = "bad-mapping", 4


class UnknownColumn(BadMapping):
    """A mapping that names a column which the file doesn't have."""

    code, exit_code = "unknown-column", 4


class AmbiguousDates(LeadlineError):
    """A column of dates that reads well both day first and month first."""

    code, exit_code = "ambiguous-dates", 4


class UnknownWriters(LeadlineError):
    """Messages of which it can't be told who of those that wrote is us; `writers` are the likeliest."""

    code, exit_code = "unknown-writers", 4
    writers: tuple[str, ...] = ()
