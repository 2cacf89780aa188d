"""What one can change of a contact: what is known, addresses, facts, notes, tasks; to merge, to erase."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leadline.engine.importers.sorts.tags import join_cell, part_cell
from leadline.web import access
from leadline.web.access import Right
from leadline.web.actions import addresses, contacts, erasure, facts, merging, notes, tasks
from leadline.web.errors import Invalid
from leadline.web.knowing import found_by
from leadline.web.models import Contact, Task
from leadline.web.pages import dates, undoing
from leadline.web.pages.contact_page import answer, on_the_page
from leadline.web.pages.forms import Verb, changed, work
from leadline.web.pages.frame import actor_of, now, page, user_of
from leadline.web.pages.going import see
from leadline.web.pages.many import keepers_of, keepers_to_choose, whole_of
from leadline.web.pages.own_fields import own_fields, own_typed

MOST_FOUND = 10


def contact_for(request: HttpRequest, number: int, right: Right = "change") -> Contact:
    """A contact that somebody sees and may do something with."""
    access.require(user_of(request), right)
    return access.find(access.contacts(user_of(request)), number)


@require_http_methods(["GET", "POST"])
@page("web/contacts/edit.html")
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """The form of what is known of somebody, and what it changes."""
    contact, user = contact_for(request, number), user_of(request)
    return work(
        request,
        "web/contacts/edit.html",
        {"": lambda request: _edit(request, contact)},
        "contact",
        lambda: {
            "contact": contact,
            "stands": _stands(contact),
            "fields": own_fields("contact", contact.fields),
            **keepers_to_choose(user, contact.owner_id),
        },
    )


def _stands(contact: Contact) -> dict[str, str]:
    """What each field of the form has."""
    return {
        "name": contact.name,
        "job_title": contact.job_title,
        "company": str(contact.company or ""),
        "tags": join_cell(contact.tags.order_by("name").values_list("name", flat=True), ","),
        "owner": str(contact.owner_id or ""),
        "team": str(contact.team_id or ""),
        **{one["name"]: str(one["value"]) for one in own_fields("contact", contact.fields)},
    }


def _edit(request: HttpRequest, contact: Contact) -> HttpResponse:
    said = {name: str(getattr(contact, name) or "nobody") for name in ("owner", "team")}
    form, user = changed(request, _stands(contact), said), user_of(request)
    given: dict[str, Any] = {n: form[n] for n in ("name", "job_title", "company") if n in form}
    given |= {"fields": own_typed("contact", form)}
    given |= keepers_of(user, form)
    tags, since = part_cell(form["tags"], ",") if "tags" in form else None, undoing.mark()
    contacts.edit_contact(actor_of(request), contact, tags=tags, **given)
    undoing.say(request, "Changed.", since)
    still = access.contacts(user).filter(pk=contact.pk).exists()
    return see("contact", contact.pk) if still else see("contacts")


@require_POST
@page("web/error.html")
@on_the_page
def add_address(request: HttpRequest, number: int) -> HttpResponse:
    """One more way to reach them."""
    contact, form, since = contact_for(request, number), request.POST, undoing.mark()
    addresses.add_address(
        actor_of(request), contact, form.get("sort", ""), form.get("value", ""), form.get("label", "")
    )
    return answer(request, contact, "Address added.", undoing.undo_of(user_of(request), since))


@require_POST
@page("web/error.html")
@on_the_page
def remove_address(request: HttpRequest, number: int, address: int) -> HttpResponse:
    """One way less."""
    contact, since = contact_for(request, number), undoing.mark()
    addresses.remove_address(actor_of(request), access.find(contact.addresses.all(), address))
    return answer(request, contact, "Address removed.", undoing.undo_of(user_of(request), since))


@require_POST
@page("web/error.html")
@on_the_page
def state_fact(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody said that something is true of them, or that it is not."""
    contact, form, user = contact_for(request, number), request.POST, user_of(request)
    facts.state_fact(
        actor_of(request),
        contact,
        form.get("fact", ""),
        holds=form.get("holds") != "no",
        said_by=form.get("said_by", ""),
        happened_at=dates.read_time(form.get("day", ""), user.zone, now()),
        note=form.get("note", ""),
        kind=form.get("kind", "") if form.get("holds") != "no" else "",
    )
    return answer(request, contact, "Recorded.")


@require_POST
@page("web/error.html")
@on_the_page
def write_note(request: HttpRequest, number: int) -> HttpResponse:
    """A note on the timeline."""
    contact, since = contact_for(request, number), undoing.mark()
    notes.write_note(actor_of(request), contact, request.POST.get("text", ""))
    return answer(request, contact, "Noted.", undoing.undo_of(user_of(request), since))


@require_POST
@page("web/error.html")
@on_the_page
def remove_note(request: HttpRequest, number: int, note: int) -> HttpResponse:
    """A note less."""
    contact, since = contact_for(request, number), undoing.mark()
    notes.remove_note(actor_of(request), access.find(contact.notes.all(), note))
    return answer(request, contact, "The note is gone.", undoing.undo_of(user_of(request), since))


@require_POST
@page("web/error.html")
@on_the_page
def add_task(request: HttpRequest, number: int) -> HttpResponse:
    """Something to do."""
    contact, form = contact_for(request, number), request.POST
    tasks.add_task(actor_of(request), contact, form.get("title", ""), dates.read_day(form.get("due", "")))
    return answer(request, contact, "Written down.")


@require_POST
@page("web/error.html")
@on_the_page
def turn_task(request: HttpRequest, number: int, task: int) -> HttpResponse:
    """Done; or, if it was done, open again."""
    contact = contact_for(request, number)
    found: Task = access.find(contact.tasks.all(), task)
    if found.done_at is None:
        tasks.finish_task(actor_of(request), found)
        return answer(request, contact, "Done.")
    tasks.reopen_task(actor_of(request), found)
    return answer(request, contact, "Open again.")


@require_http_methods(["GET", "POST"])
@page("web/contacts/merge.html")
def merge(request: HttpRequest, number: int) -> dict[str, Any] | HttpResponse:
    """Look for the second record of somebody, and make both one."""
    contact, user = contact_for(request, number), user_of(request)
    others = access.contacts(user).exclude(pk=contact.pk)
    if request.method == "POST":
        other = access.find(others, whole_of(request.POST.get("other", "")))
        merging.merge_contacts(actor_of(request), contact, other)
        messages.success(request, f"{other} is merged into {contact}. It can be undone on this page.")
        return see("contact", contact.pk)
    asked = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    found = others.filter(pk__in=found_by(asked)) if asked else others.filter(pk__in=merging.alike(contact))
    rows = found.select_related("company", "owner").prefetch_related("addresses").order_by("name_small", "pk")
    return {"contact": contact, "asked": asked, "found": rows[:MOST_FOUND]}


@require_POST
@page("web/error.html")
def part(request: HttpRequest, number: int) -> HttpResponse:
    """Undo a merge."""
    contact = contact_for(request, number)
    twin = access.find(contact.merged.all(), whole_of(request.POST.get("twin", "")))
    merging.part_contacts(actor_of(request), twin)
    messages.success(request, f"{twin} stands for themselves again.")
    return see("contact", contact.pk)


@require_http_methods(["GET", "POST"])
@page("web/contacts/erase.html")
def erase(request: HttpRequest, number: int) -> HttpResponse:
    """What erasing means, and, once the name is typed, to erase."""
    contact = contact_for(request, number, "erase")
    verbs: dict[str, Verb] = {"": lambda request: _erase(request, contact)}
    return work(request, "web/contacts/erase.html", verbs, "contacts", lambda: {"contact": contact})


def _erase(request: HttpRequest, contact: Contact) -> str:
    if " ".join(request.POST.get("name", "").split()) != " ".join(str(contact).split()):
        raise Invalid(
            "A contact was to be erased",
            found="another name",
            allowed=f"the name {contact}, typed again",
            field="name",
        )
    erasure.erase_contact(actor_of(request), contact)
    return "Erased. What happened stays, without the person."


@require_GET
@page("web/contacts/found.html")
def find(request: HttpRequest) -> dict[str, Any]:
    """The first few contacts whose name, address or company begins with a text: for whoever types it."""
    asked = request.GET.get("q", "").strip()[:200].replace("\x00", "")
    rows = access.contacts(user_of(request)).select_related("company")
    found = rows.filter(pk__in=found_by(asked)).order_by("name_small", "pk") if asked else rows.none()
    return {"found": found[:MOST_FOUND]}


urlpatterns = [
    path("contacts/find/", find, name="contacts-find"),
    path("contacts/<int:number>/edit/", edit, name="contact-edit"),
    path("contacts/<int:number>/addresses/", add_address, name="address-add"),
    path("contacts/<int:number>/addresses/<int:address>/remove/", remove_address, name="address-remove"),
    path("contacts/<int:number>/facts/", state_fact, name="fact-state"),
    path("contacts/<int:number>/notes/", write_note, name="note-write"),
    path("contacts/<int:number>/notes/<int:note>/remove/", remove_note, name="note-remove"),
    path("contacts/<int:number>/tasks/", add_task, name="task-add"),
    path("contacts/<int:number>/tasks/<int:task>/turn/", turn_task, name="task-turn"),
    path("contacts/<int:number>/merge/", merge, name="contact-merge"),
    path("contacts/<int:number>/part/", part, name="contact-part"),
    path("contacts/<int:number>/erase/", erase, name="contact-erase"),
]
