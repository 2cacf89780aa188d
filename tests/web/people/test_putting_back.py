"""What was taken away, or changed of an ask, put back: fields, kinds, paths, profiles, terms, days."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.web import warehouse
from leadline.web.actions import asks, contacts, definitions, profiles, touches
from leadline.web.actions.asks import Terms
from leadline.web.actions.reverting import revert, undoable
from leadline.web.errors import NotFound
from leadline.web.models import (
    AuditEntry,
    Contact,
    Field,
    FieldValue,
    FunnelVersion,
    Job,
    KindDefinition,
    Offer,
    PathDefinition,
    Profile,
    Standing,
    Touch,
)
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db


def last(action: str) -> AuditEntry:
    return AuditEntry.objects.filter(action=action).latest("pk")


def undo_of(page) -> str:
    return [str(one.extra_tags) for one in page.context["messages"]][-1]


def test_a_field_comes_back_with_its_choices_and_what_records_have_in_it(actor, owner, contact, enter):
    told = {"of": "contact", "name": "size", "label": "How large", "type": "choice", "choices": ["s", "l"]}
    field = definitions.declare_field(actor, None, **told)
    contacts.edit_contact(actor, contact, fields={"size": "l"})
    client = enter(owner)
    page = client.post("/settings/fields/", {"do": "drop", "record": field.pk}, follow=True)
    assert not Field.objects.exists()
    undo = undo_of(page)
    assert f'action="{undo}"'.encode() in page.content
    assert client.post(undo).status_code == 303
    assert Field.objects.values("of", "name", "label", "type", "choices").get() == told
    found = client.get("/contacts/", {"field.size": "l"}).context["rows"]
    assert [one for one, _ in found] == [contact]
    assert FieldValue.objects.filter(contact=contact.pk, field="size", text="l").exists()
    client.post(undo)
    assert Field.objects.count() == 1


def test_a_kind_and_a_path_come_back_unless_another_took_their_name(actor, owner, funnels, enter):
    told = {"name": "dined", "means": "They had dinner.", "link": "nurture", "direction": "both"}
    kind = definitions.declare_kind(actor, None, **told, groups=["met"])
    path = definitions.declare_path(actor, None, "Fairs", "Every spring", 3)
    client = enter(owner)
    for where, record in (("kinds", kind), ("paths", path)):
        page = client.post(f"/settings/{where}/", {"do": "drop", "record": record.pk}, follow=True)
        client.post(undo_of(page))
    assert KindDefinition.objects.values("name", "link", "groups").get() == {
        "name": "dined", "link": "nurture", "groups": ["met"],
    }  # fmt: skip
    assert PathDefinition.objects.values("name", "means", "position").get() == {
        "name": "Fairs", "means": "Every spring", "position": 3,
    }  # fmt: skip
    definitions.drop_path(actor, PathDefinition.objects.get())
    definitions.declare_path(actor, None, "fairs")
    assert revert(actor, [last("path.dropped")]) == (0, [last("path.dropped")])
    assert PathDefinition.objects.count() == 1


def test_a_profile_comes_back_and_everybody_is_held_against_it(actor, contact, funnels):
    definitions.declare_field(actor, None, of="contact", name="size", label="Size", type="number")
    rules = [{"field": "contact.fields.size", "test": "at least", "value": "10"}]
    profiles.drop(actor, profiles.declare(actor, None, "Large ones", rules, active=False))
    Job.objects.all().delete()
    assert revert(actor, [last("profile.dropped")]) == (1, [])
    assert Profile.objects.values("name", "rules", "active").get() == {
        "name": "Large ones", "rules": rules, "active": False,
    }  # fmt: skip
    assert Job.objects.get().kind == "profile.refit"


def test_a_funnel_comes_into_force_again_and_everybody_stands_in_it(actor, contact, funnels, owner, enter):
    there = Standing.objects.filter(contact=contact, funnel="voltage")
    client, post = enter(owner), {"do": "retire", "slug": "voltage"}
    touches.record(actor, contact, "replied", NOW)
    stood = there.values("stage", "step", "entered_at").get()
    undo = undo_of(client.post("/settings/funnels/", post, follow=True))
    assert "voltage" not in warehouse.funnels()
    assert client.post(undo).status_code == 303
    in_force = FunnelVersion.objects.get(slug="voltage", in_force=True)
    assert in_force.toml == FunnelVersion.objects.get(slug="voltage", number=1).toml
    now_at = Standing.objects.filter(contact=contact, funnel=in_force.kept_as)
    assert now_at.values("stage", "step", "entered_at").get() == stood
    assert revert(actor, [last("funnel.retired")]) == (0, [last("funnel.retired")])


def test_definitions_are_put_back_by_who_may_define_alone(actor, owner, member, manager, reader, enter):
    field = definitions.declare_field(actor, None, of="contact", name="size", label="Size", type="number")
    definitions.drop_field(actor, field)
    entry = last("field.dropped")
    for user, status in ((manager, 404), (member, 404), (reader, 403)):
        assert enter(user).post(f"/changes/undo/{entry.pk}/{entry.pk}/").status_code == status
    # not even by one who took it away, and may no more
    AuditEntry.objects.filter(pk=entry.pk).update(who=member)
    with pytest.raises(NotFound):
        undoable(member, entry.pk, entry.pk, NOW)
    assert not Field.objects.exists()
    page = enter(owner).get("/changes/").content.decode()
    assert f'action="/changes/undo/{entry.pk}/{entry.pk}/"' in page
    assert enter(owner).post(f"/changes/undo/{entry.pk}/{entry.pk}/").status_code == 303
    assert Field.objects.count() == 1


def test_an_entry_of_an_earlier_version_that_says_too_little_puts_nothing_back(actor):
    AuditEntry.objects.create(
        action="field.dropped", record="field:1", by="Ada", before={"of": "contact", "name": "size"}
    )
    assert revert(actor, [last("field.dropped")]) == (0, [last("field.dropped")])
    assert not Field.objects.exists()


def test_the_terms_of_an_ask_come_back_and_its_touch_says_so(actor, owner, contact, funnels, enter):
    offer = Offer.objects.create(name="Workshop", price=90_000, currency="EUR")
    ask = asks.make(actor, contact, Terms(offer=offer, amount=90_000, currency="EUR", channel="phone"), NOW)
    form = {
        "title": "Two days",
        "amount": "1500",
        "currency": "EUR",
        "channel": "email",
        "path": "",
        "kind": "",
    }
    client = enter(owner)
    page = client.post(f"/asks/{ask.pk}/change/", form, follow=True)
    ask.refresh_from_db()
    assert (ask.offer, ask.amount, ask.channel) == (None, 150_000, "email")
    client.post(undo_of(page))
    ask.refresh_from_db()
    assert (ask.offer, ask.title, ask.amount, ask.channel, ask.answer) == (offer, "", 90_000, "phone", "")
    [said] = Touch.objects.filter(contact=contact, in_force=True, retracts=None)
    assert (said.kind, said.offer, said.value, said.channel) == ("asked", "Workshop", 90_000, "phone")
    client.post(undo_of(page))
    ask.refresh_from_db()
    assert ask.amount == 90_000


def test_what_was_changed_again_of_an_ask_or_taken_back_stays(actor, contact, funnels):
    ask = asks.make(actor, contact, Terms(amount=100, currency="EUR"), NOW)
    asks.change(actor, ask, Terms(amount=200, currency="EUR"))
    first = last("ask.changed")
    asks.change(actor, ask, Terms(amount=300, currency="EUR"))
    assert revert(actor, [first]) == (0, [first])
    ask.refresh_from_db()
    assert ask.amount == 300
    second = last("ask.changed")
    asks.withdraw(actor, ask)
    assert revert(actor, [second]) == (0, [second])
    with_gone_offer = Offer.objects.create(name="Gone", price=100, currency="EUR")
    other = asks.make(actor, contact, Terms(offer=with_gone_offer, amount=100, currency="EUR"), NOW)
    asks.change(actor, other, Terms(amount=100, currency="EUR"))
    with_gone_offer.name = "Renamed"
    with_gone_offer.save()
    assert revert(actor, [last("ask.changed")]) == (0, [last("ask.changed")])


def test_the_expected_day_comes_back_or_is_none_again(actor, owner, contact, funnels, enter):
    ask = asks.make(actor, contact, Terms(amount=100, currency="EUR"), NOW)
    client = enter(owner)
    first = client.post(f"/asks/{ask.pk}/expect/", {"expected_on": "2026-04-01"}, follow=True)
    second = client.post(f"/asks/{ask.pk}/expect/", {"expected_on": "2026-05-01"}, follow=True)
    client.post(undo_of(second))
    ask.refresh_from_db()
    assert ask.expected_on == date(2026, 4, 1)
    client.post(undo_of(first))
    ask.refresh_from_db()
    assert ask.expected_on is None
    assert Touch.objects.filter(contact=contact).count() == 1


def test_nobody_undoes_what_was_changed_of_an_ask_that_they_do_not_see(
    actor, owner, member, contact, funnels
):
    Contact.objects.filter(pk=contact.pk).update(owner=owner, team=None)
    ask = asks.make(actor, contact, Terms(amount=100, currency="EUR"), NOW)
    asks.expect(actor, ask, date(2026, 4, 1))
    entry = last("ask.expected")
    with pytest.raises(NotFound):
        undoable(member, entry.pk, entry.pk, NOW)
    assert undoable(owner, entry.pk, entry.pk, NOW) == [entry]
