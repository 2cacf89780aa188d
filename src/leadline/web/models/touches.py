"""What happened, and where everybody stands because of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from leadline.web.models.columns import Carried, currency, for_each_circle, instant, money, of_nobody
from leadline.web.models.contacts import Contact


class Touch(models.Model):
    """One thing that happened. Never edited: corrected by a retraction and a new one.

    `origin` leads back to the record it stands for, as `ask:12`. `deal` is what another program calls the
    deal of which it tells, None where that is none; an ask has it as its `key`. A row with `retracts` takes
    that touch back, and is no touch itself. Of people without names (`n` of them) there is no contact.
    `in_force` is what follows from retractions (one that is itself taken back has no force), and all that
    ever changes.
    """

    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="touches", db_index=False
    )
    kind = models.CharField(max_length=60)
    happened_at = instant()
    path = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=80, blank=True)
    campaign = models.CharField(max_length=120, blank=True)
    content = models.CharField(max_length=200, blank=True)
    offer = models.CharField(max_length=120, blank=True)
    deal = models.CharField(max_length=160, null=True, blank=True)
    value = money()
    currency = currency()
    n = models.BigIntegerField(null=True, blank=True)
    actor = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    origin = models.CharField(max_length=80, blank=True, db_index=True)
    machine = models.BooleanField(default=False)
    retracts = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="retractions", db_index=False
    )
    in_force = models.BooleanField(default=True)
    recorded_at = instant()
    recorded_by = models.ForeignKey("web.User", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contact", "happened_at"], name="touch_contact_time"),
            models.Index(fields=["-happened_at", "-id"], name="touch_time"),
            models.Index(  # of the few that do: SQLite takes “retracts nothing” of an index of all for rare
                fields=["retracts"], condition=models.Q(retracts__isnull=False), name="touch_retracts"
            ),
            models.Index(
                fields=["happened_at"], condition=models.Q(value__isnull=False), name="touch_with_value"
            ),
        ]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(contact__isnull=False) | models.Q(n__isnull=False),
                name="touch_of_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.contact_id}"


class Standing(Carried):
    """Where a contact stands by a version of a funnel: a cache of what follows from the touches.

    `funnel` is what the version is kept as: there are rows of those in force, of those about to be, and for a
    while of those that were, for whoever has begun to read them. `stage` is 0 for a stranger; `changes_at` is
    when it will change by itself, if nothing happens;
    `last_touch_at`, owner and team are the contact's, for lists in their order.
    """

    funnel = models.CharField(max_length=64)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="standings", db_index=False)
    stage = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField(default=0)
    entered_at = instant()
    changes_at = instant(null=True, blank=True)
    cause = models.ForeignKey(
        Touch, models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False, db_index=False
    )
    last_touch_at = instant(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "funnel"], name="standing_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            *for_each_circle("standing_entered", "stage", "entered_at", "contact", after="funnel"),
            *for_each_circle("standing_placed", "entered_at", "contact", "stage", after="funnel"),
            *for_each_circle("standing_touched", "stage", "last_touch_at", "contact", after="funnel"),
            of_nobody("standing_entered", "stage", "entered_at", "contact", after="funnel"),
            of_nobody("standing_placed", "entered_at", "contact", "stage", after="funnel"),
            of_nobody("standing_touched", "stage", "last_touch_at", "contact", after="funnel"),
            models.Index(
                fields=["changes_at"], condition=models.Q(changes_at__isnull=False), name="standing_changes"
            ),
        ]


class HeldFact(models.Model):
    """A time in which a fact holds of a contact: a cache of what follows from the touches.

    It holds from `since` on, and `until` an instant at which it does no more (NEVER: for good, if nobody
    contradicts). What is over may stand here still: whoever asks, asks of an instant.
    """

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    since = instant()
    until = instant()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "name", "since"], name="held_fact_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["name", "contact", "since", "until"], name="held_fact")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.contact_id}"
