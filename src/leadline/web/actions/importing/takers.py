"""Who gets people of whom files name nobody of us: the importer, a colleague, or a team's people in turn.

It is said in the mapping: empty for nobody, an e-mail, or `team:` and the name of a team. They may be given
to whom contacts can be given one by one, to everybody who works here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from leadline.engine.errors import nearest
from leadline.engine.importers import Mapping
from leadline.web import access
from leadline.web.errors import Invalid
from leadline.web.models import Team, User

MINE, NOBODY, TEAM = "me", "none", "team:"
ASKED = "The people of files were to be somebody's"


@dataclass
class Takers:
    """Who gets the new contacts of an import, and how many of them each has got so far, by e-mail."""

    people: Sequence[User] = ()
    given: Counter[str] = field(default_factory=Counter)

    def next(self) -> User | None:
        """Whose turn it is: who has got fewest, in the order of the team; None where it is nobody's."""
        if not self.people:
            return None
        taker = min(self.people, key=lambda one: self.given[one.email])
        self.given[taker.email] += 1
        return taker


def find_takers(said: str | None) -> list[User]:
    """Those who get them, by what a mapping says. Raises Invalid for nobody who works here."""
    if not said:
        return []
    if said.startswith(TEAM):
        return _people_of(said.removeprefix(TEAM).strip())
    people = _active()
    if found := people.filter(email=said.lower()).first():
        return [found]
    near = nearest(said, people.values_list("email", flat=True))
    allowed = "the e-mail of somebody who works here, or “team:” and the name of a team"
    raise Invalid(ASKED, field="owner", found=f"“{said[:80]}”", allowed=allowed, suggestion=near)


def spell_owner(user: User, mapping: Mapping) -> Mapping:
    """A mapping that says whose the people become as it is kept, “me” by its e-mail. Raises Invalid."""
    said = (mapping.owner or "").strip()
    if said in ("", NOBODY):
        return mapping.model_copy(update={"owner": None})
    said = user.email if said == MINE else said
    people = find_takers(said)
    if said.startswith(TEAM):
        assert people[0].team is not None
        return mapping.model_copy(update={"owner": f"{TEAM}{people[0].team.name}"})
    return mapping.model_copy(update={"owner": people[0].email})


def choices(user: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be said, in groups; nothing where nobody but the importer works here."""
    people = [one for one in _active() if one.pk != user.pk]
    if not people:
        return []
    shared = [(f"{TEAM}{team.name}", team.name, _takers_of(team)) for team in Team.objects.order_by("name")]
    return [
        ("", [("", "Nobody’s yet"), (user.email, "Mine")]),
        ("Of a colleague", [(one.email, str(one)) for one in people]),
        (
            "Shared out in turn among a team",
            [(said, f"{name}: {', '.join(map(str, them))}") for said, name, them in shared if len(them) > 1],
        ),
    ]


def named(given: Mapped[str, int]) -> list[tuple[str, int]]:
    """How many contacts each has got, by what they are called now."""
    called = {one.email: str(one) for one in User.objects.filter(email__in=given)}
    return [(called.get(email, email), count) for email, count in ranked(given)]


def ranked(given: Mapped[str, int]) -> list[tuple[str, int]]:
    """Who got how many, the most first: a database may keep them in another order than they had."""
    return sorted(given.items(), key=lambda one: (-one[1], one[0]))


def _people_of(name: str) -> list[User]:
    teams = {team.name.casefold(): team for team in Team.objects.order_by("-name")}
    team = teams.get(name.casefold())
    if team is None:
        known = [one.name for one in teams.values()]
        raise Invalid(
            ASKED,
            field="owner",
            found=f"the team “{name[:80]}”, which there is not",
            allowed=", ".join(sorted(known)) or "an e-mail of somebody who works here",
            suggestion=nearest(name, known),
        )
    if people := _takers_of(team):
        return people
    raise Invalid(
        ASKED,
        field="owner",
        found=f"that nobody of {team} may change contacts",
        allowed="a team with somebody who may",
    )


def _takers_of(team: Team) -> list[User]:
    """The people of a team among whom contacts are shared out: those who only read get none."""
    return [one for one in _active().filter(team=team) if access.may(one, "change")]


def _active() -> QuerySet[User]:
    return User.objects.select_related("team").filter(is_active=True).order_by("name", "email")
