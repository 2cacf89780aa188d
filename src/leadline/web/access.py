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

from typing import TYPE_CHECKING, Literal, TypeVar

from django.db.models import Model, Q, QuerySet

from leadline.web import warehouse
from leadline.web.errors import Forbidden, NotFound
from leadline.web.models import Company, Contact, Touch
from leadline.web.models.people import Role

if TYPE_CHECKING:
    from leadline.web.models import User

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


def may(user: User, right: Right) -> bool:
    """Whether their role has a right."""
    return user.is_active and right in RIGHTS[user.role]


def require(user: User, right: Right) -> None:
    """Raise Forbidden where their role lacks a right."""
    if not may(user, right):
        raise Forbidden(
            f"To {SAID[right]} was asked for",
            found=f"the role {user.role}",
            allowed=" or ".join(role for role, rights in RIGHTS.items() if right in rights),
        )


def visible(user: User, of: str = "") -> Q:
    """The condition on records that somebody sees; `of` is the way to the owned record, as `contact__`."""
    if user.role == Role.OWNER:
        return Q()
    own = Q(**{f"{of}owner": user})
    if user.team_id is None:
        return own | _nobodys(of) if user.role == Role.MANAGER else own
    team = Q(**{f"{of}team": user.team_id})
    if user.role == Role.MANAGER:
        return own | team | _nobodys(of)
    return own | team if user.team and user.team.shares else own


def contacts(user: User) -> QuerySet[Contact]:
    """The contacts that somebody sees; the erased, and those merged into others, left out."""
    return Contact.objects.filter(visible(user), erased_at=None, merged_into=None)


def companies(user: User) -> QuerySet[Company]:
    """The companies that somebody sees, or of which they see somebody."""
    if user.role == Role.OWNER:
        return Company.objects.all()
    theirs = contacts(user).exclude(company=None).values("company")
    return Company.objects.filter(visible(user) | Q(pk__in=theirs))


def of_contacts(user: User, model: type[M]) -> QuerySet[M]:
    """What hangs on contacts that somebody sees: touches, asks, tasks, notes."""
    found: QuerySet[M] = model._default_manager.filter(visible(user, "contact__"), contact__erased_at=None)
    return found


def owned(user: User, model: type[M]) -> QuerySet[M]:
    """What has an owner of its own and somebody sees: tasks, with a contact or without."""
    found: QuerySet[M] = model._default_manager.filter(visible(user))
    return found


def touches(contact: Contact) -> QuerySet[Touch]:
    """The touches of a contact whom somebody was found to see, and of whoever was merged into them."""
    return Touch.objects.filter(contact__in=[contact.pk, *warehouse.merged([contact.pk])])


def find(records: QuerySet[M], number: int | str) -> M:
    """One of the records that somebody sees; raises NotFound, whether it isn't there or isn't theirs."""
    record = records.filter(pk=number).first()
    if record is None:
        name = str(records.model._meta.verbose_name)
        raise NotFound(f"The {name} {number} was asked for", found="none that you can see")
    return record


def _nobodys(of: str) -> Q:
    return Q(**{f"{of}owner": None, f"{of}team": None})
