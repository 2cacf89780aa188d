"""Mail that goes out at once, because its secret is kept nowhere."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

PATIENCE = 10
"""Seconds after which a silent mail server is given up."""


def invite_by_mail(email: str, by: str, link: str) -> bool:
    """Send somebody the link of their invitation; False where mail isn't set up, or doesn't go out."""
    if not settings.EMAIL_HOST:
        return False
    words = (
        f"{by} invites you to work with them in Leadline.\n\n"
        f"Choose a name and a password here, within a week:\n{link}\n\n"
        "If you weren't expecting this, do nothing, and nothing happens.\n"
    )
    subject = " ".join(f"{by} invites you to Leadline".split())
    try:
        server = get_connection(timeout=PATIENCE)
        return bool(EmailMessage(subject, words, to=[email], connection=server).send())
    except (OSError, smtplib.SMTPException):
        return False
