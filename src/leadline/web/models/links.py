"""Other programs: tokens that they come in with, and addresses to which events go out."""

from __future__ import annotations

from django.db import models


class Token(models.Model):
    """A token of the API: only its hash is kept. Scopes are names as `contacts:read`."""

    user = models.ForeignKey("web.User", models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)


class Webhook(models.Model):
    """An address that hears of events, signed as Standard Webhooks says."""

    url = models.URLField(max_length=500)
    events = models.JSONField(default=list)
    secret = models.CharField(max_length=80)
    active = models.BooleanField(default=True)
    made_by = models.ForeignKey("web.User", models.SET_NULL, null=True, related_name="+")


class Delivery(models.Model):
    """One event on its way to one address."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=60)
    key = models.CharField(max_length=40, unique=True)
    body = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
