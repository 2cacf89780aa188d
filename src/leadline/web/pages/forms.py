"""Forms: what was typed is read, what was asked for is carried out, and a refusal is said beside the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from leadline.engine.errors import LeadlineError
from leadline.web import access
from leadline.web.errors import Conflict, Forbidden, Invalid, NotFound, leaving
from leadline.web.pages import undoing

M = TypeVar("M", bound=Model)
Verb = Callable[[HttpRequest], str | HttpResponse]
"""What a button does: it answers with a sentence that is said on the page shown next, or with that page."""


def carry_out(request: HttpRequest, verbs: Mapping[str, Verb], back: str) -> HttpResponse | LeadlineError:
    """Do what the button `do` asks for, and go to `back`; or the refusal, to be said beside the form."""
    name = request.POST.get("do", "")
    since = undoing.mark()
    try:
        if name not in verbs:
            raise Invalid("A button was pressed", found=f"“{name[:40]}”", allowed=", ".join(verbs))
        done = verbs[name](request)
    except (Forbidden, NotFound):
        raise
    except LeadlineError as refusal:
        return refusal
    if isinstance(done, HttpResponse):
        return done
    undoing.say(request, done, since)
    answer = redirect(back)
    answer.status_code = 303
    return answer


def show(
    request: HttpRequest, template: str, found: dict[str, Any], refused: LeadlineError | None
) -> HttpResponse:
    """A page with what was refused, if anything was, and what had been typed."""
    status = 200 if refused is None else leaving(refused).status
    typed = request.POST if refused is not None else {}
    return render(request, template, {**found, "refused": refused, "typed": typed}, status=status)


def work(
    request: HttpRequest,
    template: str,
    verbs: Mapping[str, Verb],
    back: str,
    tell: Callable[[], dict[str, Any]],
) -> HttpResponse:
    """A page of forms: a POST does what its button asks for and goes to `back`, or is refused on the page.

    `tell` says what else the page needs; a page that is left again is never asked.
    """
    refused: LeadlineError | None = None
    if request.method == "POST":
        done = carry_out(request, verbs, back)
        if isinstance(done, HttpResponse):
            return done
        refused = done
    return show(request, template, tell(), refused)


def once(request: HttpRequest, template: str, found: dict[str, Any]) -> HttpResponse:
    """A page with a secret that is shown this once, and kept nowhere on the way."""
    answer = render(request, template, found)
    answer["Cache-Control"] = "no-store"
    return answer


def changed(
    request: HttpRequest, stands: Mapping[str, str], said: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The fields that somebody changed in a form, by what it showed them; others keep what they have by now.

    `stands` is what each field has now, `said` how people say that where it is a number. Raises Conflict for
    what somebody else changed since the form was opened, to something else. What no form showed is as typed.
    """
    found: dict[str, str] = {}
    for name, typed in request.POST.dict().items():
        shown = request.POST.get(f"was.{name}")
        value = str(typed).replace("\r\n", "\n").strip()
        if shown is not None and value == shown.strip():
            continue
        now = stands.get(name, "")
        if shown is not None and now not in {shown, value}:
            raise Conflict(
                "A change was to be saved",
                found=f"that somebody else wrote “{(said or {}).get(name, now) or 'nothing'}” here meanwhile",
                allowed="yours in its place, if you save once more; or leave the page, and theirs stays",
                field=name,
            )
        found[name] = str(typed)
    return found


def text(request: HttpRequest, name: str, most: int = 2000) -> str:
    """What was typed in a field; raises Invalid for what is too long, and for letters that no text has."""
    typed = request.POST.get(name, "")
    if len(typed) > most:
        found, allowed = f"{len(typed):,} letters", f"{most:,} at most"
        raise Invalid(f"“{name}” was filled in", found=found, allowed=allowed, field=name)
    if "\0" in typed:
        found = "a letter that no text has"
        raise Invalid(f"“{name}” was filled in", found=found, allowed="text", field=name)
    return typed


def number(request: HttpRequest, name: str, missing: int | None = None) -> int:
    """The whole number that was typed or chosen in a field; raises Invalid."""
    typed = request.POST.get(name, "").strip()
    if not typed and missing is not None:
        return missing
    if not typed.isascii() or not typed.isdigit() or len(typed) > 15:
        found = f"“{typed[:40]}”"
        raise Invalid(f"“{name}” was filled in", found=found, allowed="a whole number", field=name)
    return int(typed)


def record_of(request: HttpRequest, records: QuerySet[M]) -> M:
    """The record that a form is about, by the number in its hidden field `record`."""
    return access.find(records, number(request, "record"))


def record_or_new(request: HttpRequest, records: QuerySet[M]) -> M | None:
    """The record that a form is about; None for the form of a new one."""
    return record_of(request, records) if request.POST.get("record") else None


def flag(request: HttpRequest, name: str) -> bool:
    """Whether a box was ticked."""
    return name in request.POST
