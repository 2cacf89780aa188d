"""Columns that many tables have."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Lower, StrIndex, Substr


def instant(**options: Any) -> Any:
    """An instant as the engine has it: microseconds since 1970, UTC."""
    return models.BigIntegerField(**options)


def money() -> models.BigIntegerField[int | None, int | None]:
    """An amount in minor units of its currency, or none."""
    return models.BigIntegerField(null=True, blank=True)


def currency() -> models.CharField[str, str]:
    """The three letters of ISO 4217, empty where there is no amount."""
    return models.CharField(max_length=3, blank=True)


def small(column: str, length: int) -> Any:
    """A text in small letters, which the database keeps by itself: what is typed is looked for here."""
    return models.GeneratedField(
        expression=Lower(column),
        output_field=models.CharField(max_length=length),
        db_persist=True,
        db_index=True,
    )


def small_after_first_word(column: str, length: int) -> Any:
    """What follows the first space, in small letters: people are looked for by their second name too."""
    return models.GeneratedField(
        expression=Lower(Substr(column, StrIndex(column, models.Value(" ")) + 1)),
        output_field=models.CharField(max_length=length),
        db_persist=True,
        db_index=True,
    )


class Owned(models.Model):
    """A record that somebody is responsible for, in a team: who may see it follows from both."""

    owner = models.ForeignKey("web.User", models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey("web.Team", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


class Carried(models.Model):
    """A record that hangs on a contact and carries whose the contact is: its lists are spans of an index.

    The database itself keeps both equal to the contact's (`warehouse/changes.py`), whoever changes those.
    """

    owner = models.ForeignKey(
        "web.User", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    team = models.ForeignKey(
        "web.Team", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


def for_each_circle(
    name: str, *columns: str, after: str = "", beside: tuple[str, ...] = ()
) -> list[models.Index]:
    """An index of a list as everybody sees it: of all, of somebody's own, of a team's.

    `after` is the column that comes before the owner. `beside` is what lists ask of each row besides: with
    it, and with whose it is otherwise, PostgreSQL answers from the index, without the row; an index of SQLite
    has no such columns. None of them is partial: SQLite, which knows nothing of how many rows there are,
    takes any equality for rarer than a span of days.
    """
    first = [after] if after else []
    circles: list[tuple[str, list[str], list[str]]] = [
        ("", [], []),
        ("_own", ["owner"], ["team"]),
        ("_team", ["team"], ["owner"]),
    ]
    return [
        models.Index(
            fields=[*first, *circle, *columns], include=[*others, *beside] or None, name=f"{name}{end}"
        )
        for end, circle, others in circles
    ]


def of_nobody(name: str, *columns: str, after: str = "", beside: tuple[str, ...] = ()) -> models.Index:
    """The index of such a list of what no person has, by team: rare among a team's, and among nobody's."""
    first = [after] if after else []
    return models.Index(
        fields=[*first, "owner", "team", *columns],
        condition=models.Q(owner__isnull=True),
        include=[*beside] or None,
        name=f"{name}_no",
    )
