"""Whose records a page shows: those of all whom somebody sees, their own, or one person's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest

from leadline.web import access
from leadline.web.filters import Filters
from leadline.web.models import Contact, User
from leadline.web.models.people import Role
from leadline.web.pages.frame import user_of
from leadline.web.together import Place, Question, put_together, rows_of

M = TypeVar("M", bound=Model)
MOST_CHOICES = 200


@dataclass(frozen=True)
class Whose:
    """Who looks, and whose records they asked for: `asked` is me, none, a number, or empty for all."""

    user: User
    asked: str = ""

    @property
    def known(self) -> access.Keepers:
        """The owner of whom alone records are wanted, where one is."""
        return Filters.of({"owner": self.asked}).keepers(self.user)

    @property
    def query(self) -> str:
        """The same question as the end of an address that asks for something else already."""
        return f"&{urlencode({'owner': self.asked})}" if self.asked else ""

    @property
    def told(self) -> dict[str, int | None]:
        """The numbers for what was put together for `anybody` like them."""
        return access.told(self.user)

    @property
    def alike(self) -> Alike:
        """What this has in common with what others ask for: the same records but for who they are."""
        mine = self.known.get("owner") == self.user.pk
        return Alike(access.Alike.of(self.user), "me" if mine else self.asked)

    def parts(self, model: type[M]) -> list[QuerySet[M]]:
        """What hangs on contacts, theirs alone, circle by circle."""
        return access.parts_of_contacts(self.user, model, self.known)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Whose can be asked for, of whoever was let go while they have contacts; none of one's own alone."""
        user, whole = self.user, access.may(self.user, "export")
        if not whole and not access.sees_team(user):
            return []
        told = {**self.told, "asked": self._number()}
        (others,) = rows_of([_others(whole=user.role == Role.OWNER)], told)
        named = [
            (str(number), f"{name or email}{'' if active else ' (let go)'}")
            for number, name, email, active in others
        ]
        return [("", "Everybody’s"), ("me", "Mine"), *named, *([("none", "Nobody’s")] if whole else [])]

    def _number(self) -> int:
        return int(self.asked) if self.asked.isdecimal() and len(self.asked) <= 18 else 0


@cache
def _others(*, whole: bool) -> Question:
    """The others of a team, or of all; of those who were let go whoever has contacts, or is asked for."""
    having = Exists(Contact.objects.filter(owner=OuterRef("pk")))
    people = User.objects.filter(Q(is_active=True) | Q(having) | Q(pk=Place("asked")))
    people = people if whole else people.filter(team=Place("team"))
    others = people.exclude(pk=Place("user")).order_by("-is_active", "name", "email")
    return put_together(others.values_list("pk", "name", "email", "is_active")[:MOST_CHOICES])


class Alike(NamedTuple):
    """What is common to those who ask for such records: who they are is told later."""

    user: access.Alike
    asked: str

    def anybody(self) -> Whose:
        """Somebody like that, asking for the same."""
        return Whose(self.user.anybody(), self.asked)


def read_whose(request: HttpRequest) -> Whose:
    """Whose records an address asks for; raises Invalid for what is nobody."""
    whose = Whose(user_of(request), request.GET.get("owner", "").strip())
    _ = whose.known
    return whose
