"""What is worked out ahead: reports as they were, and how far the mirror of the touches is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from leadline.web.models.columns import instant


class Materialised(models.Model):
    """A report as it was worked out: what it says, its tables and its charts.

    `key` stands for name, parameters and whose contacts it is about; `as_of` is up to when it counts, and
    `mark` the state of the mirror that it was read from.
    """

    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=40, db_index=True)
    scope = models.CharField(max_length=40, blank=True, help_text="Empty: all contacts; else user:3.")
    parameters = models.JSONField(default=dict)
    as_of = instant()
    mark = models.CharField(max_length=32, blank=True)
    asked_for_at = instant()
    result = models.JSONField(default=dict)
    pictures = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["scope", "-asked_for_at"], name="materialised_asked")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.scope}".strip()


class TouchChange(models.Model):
    """A touch that was changed or removed after it was written, so that the mirror reads it again.

    Triggers of the database write these rows, so that none is missed, whoever changes a touch.
    """

    touch = models.BigIntegerField()


class MirrorState(models.Model):
    """The token of the mirror that belongs to this database, and to no other."""

    token = models.CharField(max_length=32)
