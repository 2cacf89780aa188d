"""Who works here, and with which rights."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar, cast

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from leadline.engine.clocks import is_zone
from leadline.web.models.columns import currency
from leadline.web.together import Place, Question, put_together, records_of


class Role(models.TextChoices):
    """What somebody may do: `access.py` says what follows."""

    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    MEMBER = "member", "Member"
    READER = "reader", "Read-only"


class Team(models.Model):
    """People who work on the same contacts."""

    name = models.CharField(max_length=80, unique=True)
    shares = models.BooleanField(default=False, help_text="Members see all contacts of the team.")

    def __str__(self) -> str:
        return self.name


class Users(BaseUserManager["User"]):
    """Users are made with an address and a password."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:
        """A user; without a password nobody can sign in as them until they choose one."""
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get(self, *args: Any, **wanted: Any) -> User:
        """One user. Whoever is asked for by number, as by each request, comes with their team."""
        number = wanted.get("pk")
        if len(wanted) == 1 and not args and isinstance(number, int) and 0 < number < 2**63:
            for found in records_of(_user(), {"user": number}):
                return cast("User", found)
        return super().get(*args, **wanted)


@cache
def _user() -> Question:
    return put_together(User.objects.filter(pk=Place("user")).select_related("team"))


class User(AbstractBaseUser):
    """Somebody who signs in. The zone and the language are how dates and money are shown to them.

    The currency is the one in which a form for money begins; empty where nobody has said it.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="members")
    zone = models.CharField(max_length=64, default="UTC")
    locale = models.CharField(max_length=12, default="en")
    currency = currency()
    funnel = models.CharField(max_length=64, blank=True, help_text="The vocabulary that they see first.")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[Users] = Users()

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def place(self) -> str:
        """The zone whose days are theirs; UTC where the one that they chose isn't known any longer."""
        return self.zone if is_zone(self.zone) else "UTC"


class Invitation(models.Model):
    """A place kept for somebody; the link carries a secret, of which only the hash is here."""

    email = models.EmailField()
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
