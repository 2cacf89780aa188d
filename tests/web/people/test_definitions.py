"""Kinds, paths and fields of one's own."""

from __future__ import annotations

import pytest

from leadline.engine.errors import BadFunnel, BadKinds
from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.web import warehouse
from leadline.web.actions import definitions, touches
from leadline.web.actions.funnels import publish, save_draft
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Field, Job, KindDefinition, PathDefinition, Standing, Touch
from tests.web.conftest import NOW

KIND = {
    "name": "toured", "means": "They saw the workshop.", "link": "nurture", "direction": "both",
    "groups": ["responded"],
}  # fmt: skip


@pytest.mark.django_db
def test_a_kind_of_ones_own_counts_as_its_groups(funnels, actor, owner, contact, enter):
    assert enter(owner).post("/settings/kinds/", {"do": "keep", **KIND}).status_code == 303
    assert warehouse.kinds().kinds[warehouse.kinds().code("toured")].groups == ("responded",)
    touches.record(actor, contact, "toured", NOW)
    assert Standing.objects.filter(contact=contact, funnel="voltage", stage=2).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": "met"}, BadKinds),
        ({"name": "2 words"}, Invalid),
        ({"name": "x" * 61}, Invalid),
        ({"groups": ["conversd"]}, BadKinds),
        ({"link": "sell"}, Invalid),
        ({"direction": "up"}, Invalid),
        ({"means": ""}, Invalid),
        ({"name": "need"}, BadKinds),
    ],
)
def test_a_kind_that_cant_be_one_is_refused(wrong, error, funnels, actor, owner, enter):
    with pytest.raises(error):
        definitions.declare_kind(actor, None, **KIND | wrong)
    assert enter(owner).post("/settings/kinds/", {"do": "keep", **KIND, **wrong}).status_code == 422
    assert not KindDefinition.objects.exists()


@pytest.mark.django_db
def test_a_kind_that_is_named_stays_and_keeps_its_name(funnels, actor, contact):
    kind = definitions.declare_kind(actor, None, **KIND)
    renamed = definitions.declare_kind(actor, kind, **KIND | {"name": "visited_workshop"})
    assert renamed.name == "visited_workshop"
    touches.record(actor, contact, "visited_workshop", NOW)
    with pytest.raises(Conflict):
        definitions.declare_kind(actor, renamed, **KIND | {"name": "other"})
    renamed.refresh_from_db()
    with pytest.raises(Conflict, match="1 touch that names it"):
        definitions.drop_kind(actor, renamed)
    touches.retract(actor, Touch.objects.get(kind=renamed.name, retracts=None))
    with pytest.raises(Conflict, match="2 touches that name it"):  # the one taken back, and its retraction
        definitions.drop_kind(actor, renamed)
    assert len(warehouse.every_touch()) == 0


@pytest.mark.django_db
def test_a_kind_that_a_funnel_names_stays(funnels, actor):
    kind = definitions.declare_kind(actor, None, **KIND)
    text = dump_funnel(load_funnel("voltage")).replace('when = "responded"', 'when = "toured"')
    publish(actor, save_draft(actor, "voltage", text))
    with pytest.raises(Conflict, match="1 funnel that names it"):
        definitions.drop_kind(actor, kind)


@pytest.mark.django_db
def test_groups_that_change_work_everybody_out_anew(funnels, actor):
    kind = definitions.declare_kind(actor, None, **KIND)
    definitions.declare_kind(actor, kind, **KIND | {"means": "They came by."})
    assert not Job.objects.exists()
    definitions.declare_kind(actor, kind, **KIND | {"groups": ["met"]})
    assert sorted(job.payload["funnel"] for job in Job.objects.all()) == ["sales-cycle", "voltage"]


@pytest.mark.django_db
def test_a_group_that_a_funnel_needs_to_hold_can_be_missing_only_with_an_error(funnels, actor):
    with pytest.raises(BadFunnel):
        save_draft(actor, "voltage", dump_funnel(load_funnel("voltage")).replace('"responded"', '"toured"'))


@pytest.mark.django_db
def test_paths_are_listed_ordered_and_named_once(actor, owner, enter):
    look = enter(owner)
    assert (
        look.post(
            "/settings/paths/", {"do": "keep", "name": "podcast", "means": "", "position": "2"}
        ).status_code
        == 303
    )
    definitions.declare_path(actor, None, "talks", "On stages.", 1)
    assert [path.name for path in PathDefinition.objects.all()] == ["talks", "podcast"]
    assert look.post("/settings/paths/", {"do": "keep", "name": "Podcast"}).status_code == 409
    path = PathDefinition.objects.get(name="talks")
    assert look.post("/settings/paths/", {"do": "drop", "record": path.pk}).status_code == 303
    assert look.post("/settings/paths/", {"do": "drop", "record": path.pk}).status_code == 404
    assert look.post("/settings/paths/", {"do": "keep", "name": "a", "position": "x"}).status_code == 422


@pytest.mark.django_db
def test_a_field_keeps_its_name_and_type(actor, owner, enter):
    look = enter(owner)
    made = {
        "do": "keep",
        "of": "contact",
        "name": "industry",
        "label": "Industry",
        "type": "choice",
        "choices": "a\n b \n",
    }
    assert look.post("/settings/fields/", made).status_code == 303
    field = Field.objects.get()
    assert field.choices == ["a", "b"]
    changed = made | {"record": field.pk, "name": "other", "type": "text", "label": "Trade", "choices": "c"}
    assert look.post("/settings/fields/", changed).status_code == 303
    field.refresh_from_db()
    assert (field.name, field.type, field.label, field.choices) == ("industry", "choice", "Trade", ["c"])
    assert look.post("/settings/fields/", made).status_code == 409
    for wrong in (
        {"name": "1"},
        {"of": "x", "name": "b"},
        {"type": "x", "name": "b"},
        {"choices": "", "name": "b"},
    ):
        assert look.post("/settings/fields/", made | wrong).status_code == 422
    assert look.post("/settings/fields/", {"do": "drop", "record": field.pk}).status_code == 303


@pytest.mark.django_db
def test_words_that_look_like_scripts_are_shown_as_words(actor, owner, enter):
    definitions.declare_path(actor, None, "<script>alert(1)</script>", "\" onmouseover='x'")
    page = enter(owner).get("/settings/paths/").content.decode()
    assert "<script>alert" not in page
    assert "&quot; onmouseover=&#x27;x&#x27;" in page
