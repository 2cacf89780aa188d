"""The companies that rows of contacts name: found among those that the actor sees, or made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from leadline.web import access
from leadline.web.actions.acting import Actor, Note
from leadline.web.actions.rows import insert, parts_of, reserve
from leadline.web.actions.texts import tidy
from leadline.web.models import Company

LONGEST = 200


class Employers:
    """Companies by their names, as the actor sees them; those that are made are written in the end.

    One that they don't see stays unknown to them: neither is it found by its name, nor does anybody join it.
    """

    def __init__(self, actor: Actor, names: Iterable[str | None], note: Note) -> None:
        self._actor, self._note = actor, note
        self._called: dict[str, Company] = {}
        self._small: dict[str, Company] = {}
        self._new: list[Company] = []
        self._wanted = {text for name in names if (text := (name or "").strip()) and _can_be(text)}
        for part in parts_of(sorted(self._wanted)):
            self._look(part)
        self._numbers = iter(reserve(Company, len(self._wanted - self._called.keys())))

    def called(self, name: str) -> Company | None:
        """The company of that name, made if there is none; None without a name. Raises Invalid."""
        name = tidy(name, "The name of a company", LONGEST, "company")
        if not name:
            return None
        return self._called.get(name) or self._small.get(name.lower()) or self._make(name)

    def write(self) -> None:
        """Write those that were made."""
        at = connection.ops.adapt_datetimefield_value(timezone.now())
        none = connection.ops.adapt_json_value({}, None)
        rows = ((one.pk, one.name, "", one.owner_id, one.team_id, none, at) for one in self._new)
        insert(Company, ("id", "name", "domain", "owner_id", "team_id", "fields", "created_at"), rows)

    def _look(self, names: Sequence[str]) -> None:
        user = self._actor.user
        seen = Company.objects.all() if user is None else access.companies(user)
        alike = Q(name__in=names) | Q(name_small__in={name.lower() for name in names})
        for company in seen.filter(alike).order_by("-pk"):  # of several the first one stays
            self._called[company.name] = company
            self._small[company.name_small] = company

    def _make(self, name: str) -> Company:
        user = self._actor.user
        made = Company(pk=next(self._numbers), name=name, owner=user, team=user.team if user else None)
        made._state.adding, made._state.db = False, connection.alias
        self._called[name] = made
        self._small.setdefault(name.lower(), made)
        self._new.append(made)
        self._note("company.made", made, {}, {"name": name})
        return made


def _can_be(name: str) -> bool:
    return len(name) <= LONGEST and "\x00" not in name
