"""A small world in which every operation of the API has something to work on."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from leadline.engine.importers import Mapping
from leadline.engine.instants import DAY
from leadline.web.actions import (
    addresses,
    asks,
    backups,
    contacts,
    contracts,
    definitions,
    dropped,
    edits,
    funnels,
    merging,
    moves,
    notes,
    offers,
    people,
    plans,
    profiles,
    purchases,
    tasks,
    tokens,
    touches,
    views,
    webhooks,
)
from leadline.web.actions.acting import Actor
from leadline.web.actions.importing import imports, proposals, uploads
from leadline.web.actions.importing.unused import write_unused
from leadline.web.actions.purchases import Sale
from leadline.web.api.funnels import SHORT
from leadline.web.models import AuditEntry, Company, Delivery, Import, NextStep
from tests.web.conftest import NOW

OVER = {
    "undo_answer": {"ask": "answered"},
    "restore_ask": {"ask": "withdrawn"},
    "reopen_contract": {"contract": "ended"},
    "retire_funnel": {"slug": "in_force"},
    "undo_import": {"upload": "done"},
    "get_unused": {"upload": "done"},
    "part_contacts": {"duplicate": "merged"},
    "undo_changes": {"first": "edit"},
    "take_back_happened": {"contact": "mover", "touch": "moved"},
    "restore_purchase": {"purchase": "undone"},
    "undo_refund": {"purchase": "refunded", "touch": "refund"},
    "hand_on": {"to": "taker"},
}
"""Operations that need another record than most: by the name of the parameter, which one."""


def make_world(owner, team, member):
    """Numbers and names of one record of each sort, all of them the owner's."""
    do, earlier = Actor.of(owner, NOW), Actor.of(owner, NOW - 30 * DAY)
    eero, ida, jo, ann = (
        contacts.create_contact(earlier, name) for name in ("Eero Cooper", "Ida", "Jo", "Ann")
    )
    twin = contacts.create_contact(earlier, "E. Cooper")
    merged = contacts.create_contact(earlier, "Cooper, E.")
    merging.merge_contacts(earlier, eero, merged)
    touch = touches.record(do, eero, "met", NOW - 9 * DAY, path="networking")
    touches.record(do, jo, "replied", NOW - 3 * DAY)
    mia = contacts.create_contact(earlier, "Mia")
    world = {
        "mover": mia.pk,
        "moved": moves.happened(earlier, mia, ["met", "told_need"])[0].pk,
        "contact": eero.pk,
        "duplicate": twin.pk,
        "merged": merged.pk,
        "touch": touch.pk,
        "company": Company.objects.create(name="Moe Ltd", owner=owner).pk,
        "address": addresses.add_address(do, eero, "email", "e.cooper@example.org").pk,
        "note": notes.write_note(do, eero, "Likes short mails.").pk,
        "task": tasks.add_task(do, eero, "Call", date(2026, 3, 2)).pk,
        "step": NextStep.objects.get(contact=jo, sort="reply").pk,
    }
    return (
        world
        | _sales(do, eero, ida, jo, ann)
        | _plans(do)
        | _words(do)
        | _files(do)
        | _people(do, team, member)
    )


def _sales(do, eero, ida, jo, ann):
    offer = offers.declare(do, offers.Terms("Coaching", price=240_000, currency="EUR", term_days=365))
    terms = asks.Terms(title="A year", amount=90_000, currency="EUR")
    waiting = asks.make(do, eero, terms, NOW - 5 * DAY)
    answered = asks.make(do, ida, terms, NOW - 5 * DAY)
    asks.answer(do, answered, "no", NOW - 4 * DAY)
    withdrawn = asks.make(do, jo, terms, NOW - 2 * DAY)
    asks.withdraw(do, withdrawn)
    purchase = purchases.record(do, ann, Sale(offer, 240_000, "EUR"), NOW - 8 * DAY)
    max_ = contacts.create_contact(do, "Max")
    other = purchases.record(do, max_, Sale(None, 1000, "EUR", date(2027, 1, 1)), NOW - DAY)
    contracts.end(do, other.contract, "Moved")
    amy = contacts.create_contact(do, "Amy")
    refunded = purchases.record(do, amy, Sale(None, 5000, "EUR"), NOW - DAY)
    refund = purchases.refund(do, refunded, 1000, NOW - DAY // 2)
    undone = purchases.record(do, amy, Sale(None, 7000, "EUR"), NOW - DAY)
    undone_number = undone.pk
    purchases.undo(do, undone)
    return {
        "offer": offer.pk,
        "ask": waiting.pk,
        "answered": answered.pk,
        "withdrawn": withdrawn.pk,
        "purchase": purchase.pk,
        "contract": purchase.contract_id,
        "ended": other.contract_id,
        "refunded": refunded.pk,
        "refund": refund.pk,
        "undone": undone_number,
    }


def _plans(do):
    gone = plans.set_goal(do, date(2026, 9, 1), 2)
    restore = dropped.text_of(gone)
    plans.drop_goal(do, gone)
    return {
        "restore": restore,
        "goal": plans.set_goal(do, date(2027, 1, 1), 5).pk,
        "capacity": plans.set_capacity(do, date(2026, 1, 1), 4).pk,
        "cost": plans.record_cost(do, "content", date(2026, 1, 1), date(2026, 1, 31), 5000, "EUR").pk,
        "audience": plans.count_audience(do, "content", "posted", date(2026, 2, 1), 500).pk,
    }


def _words(do):
    draft = funnels.begin(do, "own-words", SHORT)
    rule = {"field": "contact.job_title", "test": "contains", "value": "owner"}
    kind = {"means": "Came by", "link": "generate", "direction": "both", "groups": ["met"]}
    field = {"of": "contact", "name": "size", "label": "Size", "type": "choice", "choices": ["small"]}
    return {
        "slug": draft.slug,
        "number": draft.number,
        "funnel": "voltage",
        "in_force": "voltage",
        "report": "leaks",
        "table": "contacts",
        "kind": definitions.declare_kind(do, None, name="came_by", **kind).name,
        "path": definitions.declare_path(do, None, "walks").pk,
        "field": definitions.declare_field(do, None, **field | {"name": "fleet"}).pk,
        "profile": profiles.declare(do, None, "Owners", [rule]).pk,
    }


def _files(do):
    folder, kept = uploads.keep([SimpleUploadedFile("people.csv", b"Name,Mail\nLou,lou@x.org\n")])
    record = imports.propose(do, folder, kept, proposals.look(do.user, folder, kept, Mapping(), do.now))
    other, files = uploads.keep([SimpleUploadedFile("more.csv", b"Name\nLu\n")])
    done = Import.objects.create(
        made_by=do.user, state="done", files=[{"folder": other, **files[0]}], counts={"digest": "x"}
    )
    write_unused(other, [])
    return {"upload": record.pk, "done": done.pk}


def _people(do, team, member):
    hook, _ = webhooks.make(do, "https://hooks.example.org/in", ["task.added"])
    tasks.add_task(do, None, "Sweep")
    definitions.declare_field(do, None, of="company", name="sector", label="Sector", type="text")
    return {
        "team": team.pk,
        "person": member.pk,
        "taker": do.user.pk,
        "invitation": people.invite(do, "lou@example.org")[0].pk,
        "token": tokens.make(do, do.user, "old", ["touches:read"])[0].pk,
        "name": _backup(),
        "edit": AuditEntry.objects.filter(action="note.written").latest("pk").pk,
        "many": _many(do),
        "view": views.save_view(do, "contacts", "Warm", {"stage": "lead"}, []).pk,
        "webhook": hook.pk,
        "delivery": Delivery.objects.get(webhook=hook).pk,
    }


def _many(do):
    """A change of many that is done."""
    edit = edits.start(do, "contact", {"tag": "unheard of"}, {"do": "tags", "add": "seen", "remove": ""})
    edits.finish(edit.pk, do.now, lambda: None)
    return edit.pk


def _backup():
    backups.folder().mkdir(exist_ok=True)
    file = backups.folder() / backups.name_at(NOW - DAY)
    file.write_bytes(b"PK")
    return file.name
