"""What would be the next step with whom."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from leadline.web.models.columns import Carried, for_each_circle, instant, of_nobody
from leadline.web.models.contacts import Contact

_DUE = ("quiet_until",)
"""What a step is asked, to be shown on a day."""


class NextStep(Carried):
    """Something that is open with a contact: a cache of what follows from their touches.

    `since` is the instant of the touch that opened it, `rank` how much the contact wants to buy (higher is
    more, `actions/interest.py`); before `quiet_until` nobody wants to be told of it.
    """

    class Sort(models.TextChoices):
        """What is open."""

        ASK = "ask", "Talked, and was never asked"
        REPLY = "reply", "Spoke last, and has no reply"
        FOLLOW_UP = "follow", "Responded, and nobody turned to them"

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="next_steps")
    sort = models.CharField(max_length=6, choices=Sort)
    since = instant()
    kind = models.CharField(max_length=60)
    rank = models.FloatField(default=0)
    quiet_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "sort"], name="next_step_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            *for_each_circle("next_step_latest", "since", "contact", after="sort", beside=_DUE),
            *for_each_circle("next_step_rank", "rank", "id", after="sort", beside=("contact", *_DUE)),
            of_nobody("next_step_latest", "since", "contact", after="sort", beside=_DUE),
            of_nobody("next_step_rank", "rank", "id", after="sort", beside=("contact", *_DUE)),
        ]
