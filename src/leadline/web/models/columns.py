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
