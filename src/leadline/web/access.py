"""Who may see and do what. Doors get their records from here, and from nowhere else.

| role | sees | changes |
|---|---|---|
| owner | everything | everything, settings and people too |
| manager | their team's records, and those that belong to nobody | what they see; not settings and people |
| member | their own records; their team's, where the team shares | what they see |
| reader | as a member does | nothing |

A company is seen by whoever sees it or one of its people. Whatever hangs on a contact (touches, asks, tasks,
notes) is seen by whoever sees the contact. Definitions (funnels, kinds, paths, offers) are seen by everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any, Literal, NamedTuple, TypeVar

from django.db.models import Case, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from leadline.engine.wording import listed
from leadline.web import warehouse
from leadline.web.among import one_of
from leadline.web.errors import Forbidden, NotFound
from leadline.web.models import Company, Contact, Mark, Tag, Task, Team, Touch, User
from leadline.web.models.columns import Carried, Owned
from leadline.web.models.people import Role
from leadline.web.together import ERASED, Place

Right = Literal["see", "change", "import", "export", "define", "govern", "erase"]
"""see records; change those one sees; import files; export what one sees; define funnels; govern people;
erase somebody."""
RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset({"see", "change", "import", "export", "define", "govern", "erase"}),
    Role.MANAGER: frozenset({"see", "change", "import", "export", "erase"}),
    Role.MEMBER: frozenset({"see", "change"}),
    Role.READER: frozenset({"see"}),
}
SAID: dict[Right, str] = {
    "see": "look at records",
    "change": "change records",
    "import": "import files",
    "export": "export records",
    "define": "change funnels and other settings",
    "govern": "manage people and tokens",
    "erase": "erase somebody for good",
}

M = TypeVar("M", bound=Model)
Keepers = dict[str, int | None]
"""Numbers of an `owner`, of a `team`; None: nobody's."""
FEW = 2000
"""So many companies, or contacts, are looked up sooner than each one is asked whether it is among them."""


def may(user: User, right: Right) -> bool:
    """Whether their role has a right."""
    return user.is_active and right in RIGHTS[user.role]


def require(user: User, right: Right) -> None:
    """Raise Forbidden where their role lacks a right."""
    if not may(user, right):
        able = [Role(role).label for role, rights in RIGHTS.items() if right in rights]
        raise Forbidden(
            f"To {SAID[right]} was asked for",
            found=f"the role {Role(user.role).label}",
            allowed=f"the role {listed(able, 'or')}",
        )


def visible(user: User, of: str = "") -> Q:
    """The condition on records that somebody sees; `of` is the way to the owned record, as `contact__`."""
    return reduce(or_, circles(user, of))


def circles(user: User, of: str = "", known: Keepers | None = None) -> list[Q]:
    """The same, as conditions of which a record meets one at most: a long list is fetched circle by circle.

    Each is one span of an index, in the order of the list; all of them at once would have to be sorted.
    `known` are the owner and the team of which alone records are wanted: circles without any are left out.
    """
    known = known or {}
    if user.role == Role.OWNER:
        return [_span(of, known)]
    seen = [one for one in _keepers(user) if "owner" in one or known.get("owner") != user.pk]
    there = [circle for circle in seen if all(known.get(name, one) == one for name, one in circle.items())]
    owner = f"{of}owner"  # a plain “not” would ask for the record once more, where the way leads to many
    others = Q(**{owner: None}) | Q(**{f"{owner}__lt": user.pk}) | Q(**{f"{owner}__gt": user.pk})
    wanted = [{**known, **circle} for circle in there]
    return [_span(of, one) & (Q() if "owner" in one else others) for one in wanted]


def sees(user: User, record: Owned) -> bool:
    """Whether somebody sees a record, by whose it is."""
    kept = {"owner": record.owner_id, "team": record.team_id}
    return any(circle.items() <= kept.items() for circle in _keepers(user))


def _keepers(user: User) -> list[Keepers]:
    """Whose records somebody sees: circles, by what the records of each have in common; an owner's is all."""
    if user.role == Role.OWNER:
        return [{}]
    seen: list[Keepers] = [{"owner": user.pk}]
    if sees_team(user):
        seen.append({"team": user.team_id})
    if user.role == Role.MANAGER:
        seen.append({"owner": None, "team": None})
    return seen


def sees_team(user: User) -> bool:
    """Whether somebody who doesn't see everything sees what is their team's."""
    return user.team_id is not None and (user.role == Role.MANAGER or bool(user.team and user.team.shares))


class Alike(NamedTuple):
    """What decides which circles somebody sees: of all who have it in common, questions differ by numbers."""

    role: str
    in_team: bool
    shares: bool

    @staticmethod
    def of(user: User) -> Alike:
        """What somebody has in common with others."""
        return Alike(user.role, user.team_id is not None, sees_team(user))

    def anybody(self) -> User:
        """Somebody like that, whose number and team are told when a question is asked (`told`)."""
        team = Team(pk=Place("team"), shares=self.shares) if self.in_team else None
        return User(pk=Place("user"), role=self.role, team=team)


def told(user: User) -> dict[str, int | None]:
    """The numbers of somebody, for questions that were put together for anybody like them."""
    return {"user": user.pk, "team": user.team_id}


def _span(of: str, keepers: Keepers) -> Q:
    """The condition that records are of an owner, of a team, or of both.

    Of both, it is the owner's that are gone through: a database to which both are equally rare might go
    through the team's, who are more. What is nobody's has an index with the team.
    """
    team = keepers.get("team")
    if team is None or keepers.get("owner") is None:
        return Q(**{f"{of}{name}": number for name, number in keepers.items()})
    return Q(**{f"{of}owner": keepers["owner"], f"{of}team__gte": team, f"{of}team__lte": team})


def contacts(user: User) -> QuerySet[Contact]:
    """The contacts that somebody sees; the erased, and those merged into others, left out."""
    return Contact.objects.filter(visible(user), erased_at=None, merged_into=None)


def looked_up(user: User) -> QuerySet[Contact]:
    """The same contacts, to be looked up by their numbers and not by whose they are."""
    return Contact.objects.filter(_of_each(circles(user)), erased_at=None, merged_into=None)


def _of_each(around: Sequence[Q]) -> Q:
    """The condition that a record is of one of some circles, as a case, which no database looks up.

    A few records would else be looked for among all that are somebody's, or nobody's.
    """
    return Q(Case(When(reduce(or_, around), then=True), default=False)) if around[0] else Q()


def asked_of_each(user: User, rows: QuerySet[Contact]) -> QuerySet[Contact]:
    """Those among a few contacts that somebody sees: a database is not to go through all that they see."""
    return rows.filter(Exists(contacts(user).order_by().filter(pk=OuterRef("pk"))))


def counted_contacts(user: User) -> QuerySet[Contact]:
    """The contacts that somebody's figures are about: those they see, and the erased, whose past stands."""
    return Contact.objects.filter(visible(user), merged_into=None)


Part = tuple[QuerySet[Contact], Q]
"""Contacts, and a condition on them that goes into one filter with all others of the same record."""


def parts(
    user: User, rows: QuerySet[Contact], where: Q, of: str = "", known: Keepers | None = None
) -> list[Part]:
    """Those contacts among `rows` that somebody sees, circle by circle (`circles`): each is in one of them.

    `of` is the way to a record that carries whose the contact is, and by which the list is ordered.
    """
    seen = rows.filter(erased_at=None, merged_into=None)
    return [(seen, where & circle) for circle in circles(user, of, known)]


def few(
    user: User, rows: QuerySet[Contact], numbers: Iterable[int], known: Keepers | None = None
) -> list[Part]:
    """Those among a few contacts that somebody sees, in one part: they are looked up by their numbers."""
    seen = rows.filter(erased_at=None, merged_into=None)
    around = circles(user, known=known)
    return [(seen, one_of(numbers) & _of_each(around))] if around else []


def companies(user: User) -> QuerySet[Company]:
    """The companies that somebody sees, or of which they see somebody: each is asked whether it is one."""
    if user.role == Role.OWNER:
        return Company.objects.all()
    own = Company.objects.filter(visible(user), pk=OuterRef("pk"))
    people = asked_of_each(user, Contact.objects.filter(company=OuterRef("pk")))
    # of whom an `Exists` holds, PostgreSQL would first make a list, all people there are
    found = (Subquery(some.values("pk")[:1]) for some in (own, people))
    return Company.objects.alias(seen=Coalesce(*found)).filter(seen__isnull=False)


def every_company(user: User) -> QuerySet[Company]:
    """The same, to be gone through: where those of which they see somebody are few, these are looked up.

    The first people tell that they are many, or are everybody.
    """
    if user.role == Role.OWNER:
        return Company.objects.all()
    theirs = contacts(user).filter(company__isnull=False).order_by().values_list("company", flat=True)
    few = set(theirs[: 2 * FEW])
    if len(few) <= FEW and theirs[2 * FEW : 2 * FEW + 1]:
        few = set(theirs.distinct()[: FEW + 1])
    if len(few) > FEW:
        return companies(user)
    return Company.objects.filter(visible(user) | Q(pk__in=few))


def tags(user: User) -> QuerySet[Tag]:
    """The words with which contacts are marked that somebody sees; an owner sees those of nobody too.

    The first mark in the order of an index is looked for, tag by tag: of an `Exists`, and of any one
    without an order, PostgreSQL might make a walk through all marks.
    """
    if user.role == Role.OWNER:
        return Tag.objects.all()
    marks = Mark.objects.filter(tag=OuterRef("pk"), contact__merged_into=None)
    marks = marks.order_by("owner_id", "team_id", "contact_id")
    found = [Subquery(marks.filter(_span("", one)).values("pk")[:1]) for one in _keepers(user)]
    return Tag.objects.alias(mark=Coalesce(*found, Value(None))).filter(mark__isnull=False)


def of_contacts(user: User, model: type[M]) -> QuerySet[M]:
    """What hangs on contacts that somebody sees: touches, asks, tasks, notes.

    Touches stay with the contact that they were recorded of, and are whose that one was merged into.
    """
    if issubclass(model, Carried):  # the erased are few, and left out without looking up anybody
        kept: QuerySet[M] = model._default_manager.filter(visible(user)).exclude(contact__in=ERASED)
        return kept
    seen = visible(user, "contact__")
    if model is Touch and seen:
        seen &= Q(contact__merged_into=None)
        seen |= visible(user, "contact__merged_into__") & Q(contact__merged_into__isnull=False)
    found: QuerySet[M] = model._default_manager.filter(seen, contact__erased_at=None)
    return found


def parts_of_contacts(user: User, model: type[M], known: Keepers | None = None) -> list[QuerySet[M]]:
    """The same of records that carry whose their contact is, circle by circle (`circles`).

    Those of an owner who is `known` are gone through by owner: the team is asked of each of them, in a way
    in which no index has it.
    """
    rows = model._default_manager.exclude(contact__in=ERASED)
    if known is None or known.get("owner") is None or user.role == Role.OWNER:
        return [rows.filter(circle) for circle in circles(user, known=known)] or [rows.none()]
    theirs = rows.filter(owner=known["owner"])
    if known["owner"] == user.pk:
        return [theirs]
    if not circles(user, known=known):
        return [rows.none()]
    of_team: Any = theirs.alias(of_team=F("team_id") + 0).filter(of_team=user.team_id)
    return [of_team]


def counted(user: User, model: type[M]) -> QuerySet[M]:
    """What hangs on contacts that somebody sees or that were erased: for counts and sums, never names."""
    way = "" if issubclass(model, Carried) else "contact__"
    found: QuerySet[M] = model._default_manager.filter(visible(user, way))
    return found


def tasks(user: User) -> QuerySet[Task]:
    """What is to be done that somebody sees: of people whom they see, about nobody or a contact they see."""
    about = visible(user, "contact__")
    return Task.objects.filter(visible(user), Q(contact=None) | about if about else Q())


def touches(contact: Contact, twins: Iterable[int] | None = None) -> QuerySet[Touch]:
    """The touches of a contact whom somebody was found to see, and of whoever was merged into them.

    `twins` are the numbers of these, if they are known already.
    """
    known = warehouse.merged([contact.pk]) if twins is None else twins
    return Touch.objects.filter(contact__in=[contact.pk, *known])


def of_one(model: type[Model], number: int) -> Q:
    """The condition that a record hangs on the contact of a number, or on whom they were merged into.

    Touches of the merged stay with the contact that they were recorded of.
    """
    kept = warehouse.survivors([number])
    return Q(contact__in=[*kept, *warehouse.merged(kept)] if model is Touch else kept)


def find_contact(contacts: QuerySet[Contact], number: int) -> Contact:
    """One of the contacts that somebody sees, as `find`; whoever was merged is whom they were merged into."""
    found = contacts.filter(pk=number).first() or contacts.filter(merged__pk=number).first()
    return _there(found, contacts, number)


def find(records: QuerySet[M], number: int | str) -> M:
    """One of the records that somebody sees; raises NotFound, whether it isn't there or isn't theirs."""
    return _there(records.filter(pk=number).first(), records, number)


def _there(record: M | None, records: QuerySet[M], number: int | str) -> M:
    if record is None:
        name = str(records.model._meta.verbose_name)
        raise NotFound(f"The {name} {number} was asked for", found="none that you can see")
    return record
