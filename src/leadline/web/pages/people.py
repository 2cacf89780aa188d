"""Who works here: the team, and what hangs on people."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from leadline.engine.instants import to_datetime
from leadline.web import access
from leadline.web.actions import people as acts
from leadline.web.actions.handing_on import hand_on, in_hands_of
from leadline.web.errors import Invalid
from leadline.web.models import Contact, Invitation, Team, User
from leadline.web.models.people import Role
from leadline.web.outbound.mail import invite_by_mail
from leadline.web.pages import changes, invitations, me, tokens, undoing
from leadline.web.pages.forms import Verb, flag, number, once, record_of, record_or_new, text, work
from leadline.web.pages.frame import actor_of, now, page, user_of


@page("web/people/people.html")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who works here, the teams, and who was invited; owners change all of it."""
    access.require(user_of(request), "see")
    if request.method == "POST":
        access.require(user_of(request), "govern")
    return work(request, "web/people/people.html", VERBS, "people", lambda: _shown(request))


def _shown(request: HttpRequest) -> dict[str, Any]:
    governs = access.may(user_of(request), "govern")
    waiting = Invitation.objects.filter(accepted_at=None).select_related("team", "invited_by").order_by("-id")
    return {
        "governs": governs,
        "people": User.objects.select_related("team").order_by("-is_active", "name", "email"),
        "teams": (teams := Team.objects.order_by("name")),
        "team_choices": [("", "None"), *((one.pk, str(one)) for one in teams)],
        "roles": Role.choices,
        "invitations": waiting if governs else [],
        "now": to_datetime(now()),
    }


def _invite(request: HttpRequest) -> HttpResponse:
    invitation, secret = acts.invite(
        actor_of(request), text(request, "email"), text(request, "role"), _team(request)
    )
    link = request.build_absolute_uri(reverse("invitation", args=[secret]))
    sent = invite_by_mail(invitation.email, str(user_of(request)), link)
    return once(request, "web/people/invited.html", {"invitation": invitation, "link": link, "sent": sent})


def _withdraw(request: HttpRequest) -> str:
    invitation = record_of(request, Invitation.objects.filter(accepted_at=None))
    acts.withdraw(actor_of(request), invitation)
    return f"The link that was sent to {invitation.email} no longer works."


def _change(request: HttpRequest) -> str:
    person, team = _person(request), _team(request)
    before = person.team
    acts.change(actor_of(request), person, role=text(request, "role"), team=team)
    said = f"{person} is now {Role(person.role).label.lower()}{f' in {team}' if team else ''}."
    if before == team or not Contact.objects.filter(owner=person, team=before).exists():
        return said
    stay = f"Their contacts stay {f'those of {before}' if before else 'of no team'}"
    return f"{said} {stay}: to take them along, choose theirs under Contacts and give them to the team."


@page("web/people/let_go.html")
def let_go(request: HttpRequest, number: int) -> HttpResponse:
    """What it means to let somebody go, to do it, and to hand on what they have."""
    access.require(user_of(request), "govern")
    person = access.find(User.objects.all(), number)

    def shown() -> dict[str, Any]:
        return {
            "person": person,
            "tokens": list(person.tokens.order_by("name").values_list("name", flat=True)),
            "invited": list(acts.open_invitations(person).values_list("email", flat=True)),
            "has": in_hands_of(person),
            "takers": [
                ("", "Nobody yet"),
                *((one.pk, str(one)) for one in _takers(person).order_by("name", "email")),
            ],
        }

    verbs: dict[str, Verb] = {
        "": lambda request: _let_go(request, person),
        "hand-on": lambda request: _hand_on(request, person),
    }
    return work(request, "web/people/let_go.html", verbs, "people", shown)


def _let_go(request: HttpRequest, person: User) -> str:
    to = _taker(request, person)
    acts.deactivate(actor_of(request), person)
    said = f"{person} can no longer sign in."
    if to is None:
        return f"{said} What is theirs stays theirs until you hand it on."
    return f"{said} {_handed(request, person, to)}"


def _hand_on(request: HttpRequest, person: User) -> str:
    to = _taker(request, person)
    if to is None:
        asked = f"What {person} has was to be handed on"
        raise Invalid(asked, found="nobody to take it", allowed="somebody else who works here", field="to")
    return _handed(request, person, to)


def _handed(request: HttpRequest, person: User, to: User) -> str:
    under_way = hand_on(actor_of(request), person, to)
    more = " Contacts and companies follow one after the other: see Changes of many." if under_way else ""
    return f"What {person} had goes to {to}.{more}"


def _takers(person: User) -> QuerySet[User]:
    return User.objects.filter(is_active=True).exclude(pk=person.pk)


def _taker(request: HttpRequest, person: User) -> User | None:
    chosen = number(request, "to", 0)
    return access.find(_takers(person), chosen) if chosen else None


def _reactivate(request: HttpRequest) -> str:
    person = _person(request)
    acts.reactivate(actor_of(request), person)
    return f"{person} can sign in again."


def _set_team(request: HttpRequest) -> str:
    team = record_or_new(request, Team.objects.all())
    done = acts.set_team(actor_of(request), team, text(request, "name"), shares=flag(request, "shares"))
    sees = "see all of its contacts" if done.shares else "see their own contacts"
    return f"The members of {done} {sees}."


def _person(request: HttpRequest) -> User:
    return record_of(request, User.objects.all())


def _team(request: HttpRequest) -> Team | None:
    chosen = number(request, "team", 0)
    return access.find(Team.objects.all(), chosen) if chosen else None


VERBS: dict[str, Verb] = {
    "invite": _invite,
    "withdraw": _withdraw,
    "change": _change,
    "reactivate": _reactivate,
    "team": _set_team,
}

urlpatterns = [
    path("people/", people, name="people"),
    path("people/<int:number>/let-go/", let_go, name="let-go"),
    *invitations.urlpatterns,
    *me.urlpatterns,
    *tokens.urlpatterns,
    *changes.urlpatterns,
    *undoing.urlpatterns,
]
