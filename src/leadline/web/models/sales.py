"""What is sold, who was asked, and who bought."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from leadline.web.models.columns import Carried, currency, for_each_circle, instant, money, of_nobody
from leadline.web.models.contacts import Contact

_TOLD = ("currency", "amount", "contact")
"""What sums are made of: an index that has it needs no rows."""
_DUE = ("expected_on", "quiet_until")
"""What an ask that waits is asked, to be shown on a day."""


class Offer(models.Model):
    """Something that is sold."""

    name = models.CharField(max_length=120, unique=True)
    means = models.CharField(max_length=300, blank=True)
    price = money()
    currency = currency()
    term_days = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: bought once.")
    takes = models.DecimalField(max_digits=8, decimal_places=2, default=1, help_text="Capacity it takes.")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Ask(Carried):
    """A direct offer to one contact, and what came of it. Open asks are the deals of the pipeline.

    `touch` is the ask itself. What was answered, and when, follows from the touches (`actions/openings.py`):
    an answer is to the contact's latest ask, so one that was asked again waits no more. `key` is what another
    program calls the deal that it is, as its touches say: asks of different deals wait beside each other.
    """

    class Answer(models.TextChoices):
        """What was said."""

        WAITING = "", "Waiting"
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_NOW = "not_now", "Not now"
        AGAIN = "again", "Asked again"
        WITHDRAWN = "taken", "Taken back"

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="asks")
    key = models.CharField(max_length=160, null=True, blank=True)
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, blank=True, related_name="asks")
    title = models.CharField(max_length=200, blank=True)
    amount = money()
    currency = currency()
    path = models.CharField(max_length=80, blank=True)
    channel = models.CharField(max_length=80, blank=True)
    asked_at = instant()
    expected_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer, default=Answer.WAITING, blank=True)
    answered_at = instant(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    ask_again_on = models.DateField(null=True, blank=True)
    touch = models.OneToOneField(
        "web.Touch", models.SET_NULL, null=True, blank=True, related_name="ask", db_constraint=False
    )
    quiet_until = models.DateField(null=True, blank=True, help_text="Not shown as waiting before.")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            *for_each_circle("ask_asked", "asked_at", *_TOLD, after="answer", beside=_DUE),
            *for_each_circle("ask_answered", "answered_at", *_TOLD, after="answer"),
            *for_each_circle("ask_expected", "expected_on", "asked_at", *_TOLD, after="answer"),
            of_nobody("ask_asked", "asked_at", *_TOLD, after="answer", beside=_DUE),
            of_nobody("ask_answered", "answered_at", *_TOLD, after="answer"),
            of_nobody("ask_expected", "expected_on", "asked_at", *_TOLD, after="answer"),
            models.Index(fields=["-asked_at", "-id"], name="ask_time"),
            models.Index(
                fields=["ask_again_on"], condition=models.Q(ask_again_on__isnull=False), name="ask_again"
            ),
            models.Index(fields=["key"], condition=models.Q(key__isnull=False), name="ask_key"),
        ]

    def __str__(self) -> str:
        return self.title or (self.offer.name if self.offer else "ask")


class StagedAsk(Carried):
    """An open ask with an amount, in the stage where its contact stands in a funnel: what the board sums.

    The database itself keeps it, from asks and standings (`warehouse/staged.py`).
    """

    objects: ClassVar[models.Manager[StagedAsk]] = models.Manager()

    ask = models.ForeignKey(Ask, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    contact = models.ForeignKey(
        Contact, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    funnel = models.CharField(max_length=64)
    stage = models.PositiveSmallIntegerField()
    currency = currency()
    amount = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["ask", "funnel"], name="staged_ask_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["contact", "funnel"], name="staged_ask_contact"),
            models.Index(fields=["funnel", "stage", *_TOLD], name="staged_ask"),
            models.Index(fields=["funnel", "owner", "stage", *_TOLD], name="staged_ask_own"),
            models.Index(fields=["funnel", "team", "stage", *_TOLD, "owner"], name="staged_ask_team"),
        ]


class Purchase(models.Model):
    """Something bought; where the offer recurs, the contract that it began, or renewed (from which day)."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="purchases")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, blank=True)
    ask = models.ForeignKey(Ask, models.SET_NULL, null=True, blank=True, related_name="purchases")
    value = money()
    currency = currency()
    bought_at = instant()
    contract = models.ForeignKey(
        "web.Contract", models.SET_NULL, null=True, blank=True, related_name="purchases"
    )
    renewed_from = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.offer.name if self.offer else "purchase"


class Contract(Carried):
    """What a client has with us, from when, until when; and why it ended."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="contracts")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, blank=True)
    value = money()
    currency = currency()
    starts_on = models.DateField()
    renews_on = models.DateField(null=True, blank=True, db_index=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.offer.name if self.offer else "contract"
