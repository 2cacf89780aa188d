"""Who works here: invited, given a role and a team, let go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet

from leadline.engine.instants import to_datetime
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.rebuilding import follow_move
from leadline.web.errors import Conflict, Invalid, NotFound
from leadline.web.models import Invitation, Team, User
from leadline.web.models.people import Role
from leadline.web.tokens import digest_of, make_secret

OPEN_FOR = timedelta(days=7)
"""How long an invitation can be accepted."""


@action
def invite(
    actor: Actor, email: str, role: str = Role.MEMBER, team: Team | None = None
) -> tuple[Invitation, str]:
    """Keep a place for somebody; the secret of the link is given here once, and only its hash is kept.

    An earlier invitation to the same address ends. Raises Invalid, and Conflict for who is here already.
    """
    email = _checked_email(email)
    _check_role(role)
    if User.objects.filter(email=email).exists():
        raise Conflict("Somebody was to be invited", found=f"that {email} works here already", field="email")
    Invitation.objects.filter(email=email, accepted_at=None).delete()
    secret = make_secret("")
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        team=team,
        digest=digest_of(secret),
        invited_by=_user_of(actor),
        expires_at=to_datetime(actor.now) + OPEN_FOR,
    )
    note_change(actor, "person.invited", invitation, {}, {"email": email, "role": role, "team": _name(team)})
    return invitation, secret


@action
def withdraw(actor: Actor, invitation: Invitation) -> None:
    """End an invitation that nobody has accepted."""
    if invitation.accepted_at is not None:
        raise Conflict("An invitation was to be withdrawn", found="that it has been accepted")
    _end(actor, invitation)


def open_invitations(user: User) -> QuerySet[Invitation]:
    """Those that somebody sent and nobody has accepted."""
    return Invitation.objects.filter(invited_by=user, accepted_at=None).order_by("email")


def find_invitation(secret: str, now: int) -> Invitation:
    """The open invitation of a link; raises NotFound where it never was, has ended or was accepted."""
    found = Invitation.objects.filter(digest=digest_of(secret)).first()
    if found is not None and found.accepted_at is not None:
        raise NotFound(
            "An invitation was to be opened",
            found="one that was accepted already",
            allowed=f"signing in by {found.email}, with the password that was chosen then",
        )
    if found is None or found.expires_at <= to_datetime(now):
        raise NotFound(
            "An invitation was to be opened",
            found="none that is still open behind this link",
            allowed="the newest link that you were sent, for a week; ask for another one",
        )
    return found


@action
def accept(secret: str, name: str, password: str, now: int) -> User:
    """Take the place that was kept: the user, with the name and password that they chose.

    Raises NotFound for a link that isn't open, Invalid for a name or password that won't do.
    """
    user = _join(find_invitation(secret, now), name, now)
    check_password(password, user)
    user.set_password(password)
    user.save()
    return user


@action
def enter_by_address(email: str, name: str, now: int) -> User | None:
    """Who works here by an address that another server vouches for, or takes the place kept for it.

    They need no password, for that server knows them; None where nobody is here or invited by the address.
    """
    user = User.objects.filter(email=email.lower()).first()
    if user is not None:
        return user
    found = Invitation.objects.filter(
        email=email.lower(), accepted_at=None, expires_at__gt=to_datetime(now)
    ).first()
    if found is None:
        return None
    tidy = " ".join(name.split())[:120]
    return _join(found, tidy if tidy.isprintable() and tidy else email.partition("@")[0], now)


def _join(invitation: Invitation, name: str, now: int) -> User:
    """A user without a password, in the place that an invitation kept."""
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(accepted_at=to_datetime(now)):
        raise Conflict("An invitation was to be accepted", found="that it has been")
    if User.objects.filter(email=invitation.email).exists():
        raise Conflict(
            "An invitation was to be accepted", found=f"that {invitation.email} works here already"
        )
    name = checked_name(name, "name", 120)
    user = User(email=invitation.email, name=name, role=invitation.role, team=invitation.team)
    user.currency = invitation.invited_by.currency
    user.set_unusable_password()
    user.save()
    note_change(Actor(user, str(user), now), "person.joined", user, {}, _said(user))
    return user


@action
def change(actor: Actor, user: User, *, role: str, team: Team | None) -> User:
    """Give somebody a role and a team. Raises Conflict where no owner would be left."""
    _check_role(role)
    before = _said(user)
    if role != Role.OWNER:
        _keep_an_owner(user)
    user.role, user.team = Role(role), team
    user.save(update_fields=["role", "team"])
    note_change(actor, "person.changed", user, before, _said(user))
    follow_move(actor.now)
    return user


@action
def deactivate(actor: Actor, user: User) -> None:
    """Let somebody go: they can't sign in, their sessions, tokens and open invitations end.

    What they did stays theirs. Whoever they invited and doesn't work here yet would come in by their word.
    """
    if not user.is_active:
        raise Conflict(f"{user} was to be let go", found="that they have been already")
    _keep_an_owner(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_sessions(user, actor.now)
    user.tokens.all().delete()
    for invitation in open_invitations(user):
        _end(actor, invitation)
    note_change(actor, "person.deactivated", user, {"active": True}, {"active": False})
    follow_move(actor.now)


@action
def reactivate(actor: Actor, user: User) -> None:
    """Let somebody in again, with the role that they had."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    note_change(actor, "person.reactivated", user, {"active": False}, {"active": True})
    follow_move(actor.now)


@action
def set_team(actor: Actor, team: Team | None, name: str, *, shares: bool) -> Team:
    """Make a team, or change one: its name, and whether its members see all of its contacts."""
    name = checked_name(name, "team's name", 80)
    if Team.objects.filter(name__iexact=name).exclude(pk=team.pk if team else 0).exists():
        raise Conflict("A team was to be called so", found=f"a team “{name}” already", field="name")
    before = {"name": team.name, "shares": team.shares} if team else {}
    team = team or Team()
    team.name, team.shares = name, shares
    team.save()
    note_change(
        actor, "team.changed" if before else "team.made", team, before, {"name": name, "shares": shares}
    )
    return team


def checked_name(text: str, what: str, most: int, field: str = "name") -> str:
    """A name without spaces around it; raises Invalid for an empty one, a longer one and one with NUL."""
    name = text.strip()
    if not name or len(name) > most or any(ord(letter) < 32 for letter in name):
        found = f"{len(name)} letters" if len(name) > most else f"“{name}”" if name.strip("\0") else "nothing"
        allowed = f"1 to {most} letters on one line"
        raise Invalid(f"A {what} was asked for", found=found, allowed=allowed, field=field)
    return name


def check_password(password: str, user: User) -> None:
    """Raise Invalid, with the reasons, for a password that is easily guessed."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(
            "A password was asked for",
            found=" ".join(error.messages),
            field="password",
        ) from None


def _checked_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(
            "An e-mail address was asked for",
            found=f"“{email[:80]}”",
            allowed="one as ada@example.org",
            field="email",
        ) from None
    return email


def _check_role(role: str) -> None:
    if role not in Role.values:
        raise Invalid("A role was asked for", found=f"“{role}”", allowed=", ".join(Role.values))


def _keep_an_owner(user: User) -> None:
    owners = User.objects.select_for_update().filter(role=Role.OWNER, is_active=True)
    if [one.pk for one in owners] == [user.pk]:
        raise Conflict(
            f"{user} was to stop being an owner",
            found="no other owner",
            allowed="this, once somebody else is an owner",
        )


def _end(actor: Actor, invitation: Invitation) -> None:
    note_change(actor, "person.uninvited", invitation, {"email": invitation.email}, {})
    invitation.delete()


def _end_sessions(user: User, now: int) -> None:
    for session in Session.objects.filter(expire_date__gte=to_datetime(now)).iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()


def _user_of(actor: Actor) -> User:
    if actor.user is None:
        raise Invalid("Somebody was to be invited", found="nobody who does it", allowed="a user")
    return actor.user


def _name(team: Team | None) -> str:
    return team.name if team else ""


def _said(user: User) -> dict[str, Any]:
    return {"email": user.email, "name": user.name, "role": str(user.role), "team": _name(user.team)}
