"""What is wanted, what can be done, what it costs."""

from __future__ import annotations

from django.db import models

from leadline.web.models.columns import currency, money


class Goal(models.Model):
    """So many clients, or so much income, by a day."""

    by = models.DateField()
    clients = models.PositiveIntegerField(null=True, blank=True)
    income = money()
    currency = currency()
    set_at = models.DateTimeField(auto_now_add=True)


class Capacity(models.Model):
    """How many new clients a month can be taken on, from a day."""

    since = models.DateField(unique=True)
    clients_a_month = models.DecimalField(max_digits=8, decimal_places=2)


class PathCost(models.Model):
    """What a path (or a campaign on it) cost in a span of days."""

    path = models.CharField(max_length=80)
    campaign = models.CharField(max_length=120, blank=True)
    since = models.DateField()
    until = models.DateField()
    amount = money()
    currency = currency()
