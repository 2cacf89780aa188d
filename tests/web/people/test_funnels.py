"""Funnels: kept as drafts, checked while typing, compared, tried out, put in force."""

from __future__ import annotations

import pytest

from leadline.engine.conditions import parse_condition
from leadline.engine.funnel import dump_funnel, load_funnel, parse_funnel
from leadline.engine.instants import DAY
from leadline.engine.what_if import what_if
from leadline.web import warehouse
from leadline.web.actions import touches
from leadline.web.actions.funnels import adopt, begin, phrases_of, publish, reshape, retire, save_draft
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import AuditEntry, Contact, FunnelVersion, Standing
from tests.web.conftest import NOW

VOLTAGE = dump_funnel(load_funnel("voltage"))
OTHER = VOLTAGE.replace("A name on a list", "Somebody on a list")


@pytest.mark.django_db
def test_a_draft_is_written_over_until_it_is_published_and_counts_nowhere(funnels, actor):
    draft = save_draft(actor, "voltage", OTHER)
    assert (draft.number, draft.in_force, draft.published_at) == (2, False, None)
    assert save_draft(actor, "voltage", VOLTAGE.replace("A name", "One name")).pk == draft.pk
    assert warehouse.funnels()["voltage"].stages[0].means.startswith("A name on a list")
    published = publish(actor, draft)
    assert published.in_force
    assert save_draft(actor, "voltage", OTHER).number == 3


@pytest.mark.django_db
def test_who_saves_over_what_somebody_else_saved_is_told(funnels, actor):
    save_draft(actor, "voltage", OTHER, over=VOLTAGE)
    with pytest.raises(Conflict, match="meanwhile"):
        save_draft(actor, "voltage", VOLTAGE.replace("A name", "One name"), over=VOLTAGE)


@pytest.mark.django_db
def test_an_earlier_version_comes_back_as_a_new_one(funnels, actor):
    publish(actor, save_draft(actor, "voltage", OTHER))
    back = publish(actor, FunnelVersion.objects.get(slug="voltage", number=1))
    assert (back.number, back.in_force, back.toml) == (3, True, VOLTAGE)
    with pytest.raises(Conflict):
        publish(actor, back)


@pytest.mark.django_db
def test_a_shipped_funnel_is_in_force_after_one_click_and_again_after_it_was_not(
    funnels, actor, owner, contact, enter
):
    touches.record(actor, contact, "met", NOW - DAY)
    look = enter(owner)
    assert look.post("/settings/funnels/", {"do": "adopt", "name": "agency"}).status_code == 303
    assert "agency" in warehouse.funnels()
    kept = warehouse.funnels().kept_as["agency"]
    assert Standing.objects.filter(funnel=kept, contact=contact).exists()
    assert look.post("/settings/funnels/", {"do": "adopt", "name": "agency"}).status_code == 409
    retire(actor, "agency")
    assert "agency" not in warehouse.funnels()
    publish(actor, adopt(actor, "agency"))
    assert "agency" in warehouse.funnels()
    assert look.post("/settings/funnels/", {"do": "adopt", "name": "nope"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (VOLTAGE.replace('when = "identified"', 'when = "identifed"'), "Did you mean “identified”?"),
        (VOLTAGE.replace("name = ", "nam = ", 1), "Did you mean “name”?"),
        ("stages = [", "not valid TOML"),
        (
            'name = "x"\nmeans = y',
            "funnel, line 2: This is not valid TOML: Invalid value. What works: lines as",
        ),
        (VOLTAGE.replace('role = "open"', 'role = "opn"', 1), "“opn” won’t do in “role”. What works: open, "),
        (VOLTAGE.replace('when = "identified"', "when = 5"), "line 10: A condition is needed: 5. What works"),
        ("x" * 100_001, "100,000 letters"),
        ("a\0b", "a letter that no text has"),
        ("<script>alert(1)</script>", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_while_it_is_typed(text, said, funnels, owner, enter):
    answer = enter(owner).post("/settings/check-funnel/", {"text": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert b"<script>" not in answer.content


@pytest.mark.django_db
def test_the_line_of_a_mistake_is_named_and_too_many_phrases_are_refused(funnels, owner, enter):
    broken = VOLTAGE.replace('when = "identified"', 'when = "identifed"')
    line = broken.splitlines().index('when = "identifed"') + 1
    look = enter(owner)
    assert f"line {line}" in look.post("/settings/check-funnel/", {"text": broken}).content.decode()
    phrases = ", ".join(f'"met {number} times"' for number in range(1, 23))
    many = f'name = "x"\nmeans = "y"\n[[stages]]\nname = "a"\nmeans = "b"\nwhen = {{ any = [{phrases}] }}\n'
    assert "20 different phrases" in look.post("/settings/check-funnel/", {"text": many}).content.decode()
    assert "It can be used" in look.post("/settings/check-funnel/", {"text": VOLTAGE}).content.decode()


@pytest.mark.django_db
def test_a_text_that_is_wrong_is_not_kept_and_stays_in_the_page(funnels, owner, enter):
    typed = VOLTAGE + "\nmore"
    answer = enter(owner).post("/settings/funnels/voltage/", {"do": "save", "text": typed, "over": VOLTAGE})
    assert answer.status_code == 422
    assert answer.context["text"] == typed
    assert FunnelVersion.objects.filter(slug="voltage").count() == 1


@pytest.mark.django_db
def test_the_form_renames_orders_takes_out_and_adds_and_leaves_conditions_alone(funnels, owner, enter):
    funnel = load_funnel("voltage")
    sent = {"do": "form", "over": VOLTAGE, "stages": len(funnel.stages)}
    for place, stage in enumerate(funnel.stages):
        sent |= {f"was-{place}": place + 1, f"place-{place}": (place + 1) * 10, f"name-{place}": stage.name}
        sent |= {
            f"means-{place}": stage.means,
            f"role-{place}": stage.role,
            f"owner-{place}": stage.owner or "",
        }
    new = len(funnel.stages)
    sent |= {"name-1": "warm", f"place-{new}": 25, f"name-{new}": "friend", f"means-{new}": "We talk."}
    sent |= {
        f"role-{new}": "open",
        f"owner-{new}": "sales",
        f"when-{new}": "conversed 2 times",
        "drop-5": "on",
    }
    assert enter(owner).post("/settings/funnels/voltage/", sent).status_code == 303
    kept = parse_funnel(FunnelVersion.objects.get(slug="voltage", number=2).toml)
    names = [stage.name for stage in kept.stages]
    assert names == [
        "prospect",
        "warm",
        "friend",
        "opportunity",
        "client",
        "lost",
        "opted out",
        "former client",
    ]
    assert kept.stages[1].when == funnel.stages[1].when
    assert kept.stages[3].steps == funnel.stages[2].steps
    assert str(kept.stages[2].when) == "conversed 2 times"
    with pytest.raises(Invalid):
        reshape(VOLTAGE, [{"was": 99, "name": "a", "means": "b", "role": "open", "owner": ""}])


def in_form(funnel):
    """The stages of a funnel as a browser sends the form of them."""
    sent = {"over": dump_funnel(funnel), "stages": str(len(funnel.stages))}
    for place, stage in enumerate(funnel.stages):
        lines, how = phrases_of(stage) or (None, "all")
        told = {"was": place + 1, "place": place + 1, "name": stage.name, "means": stage.means}
        told |= {"role": stage.role, "owner": stage.owner or "", "how": how}
        told |= {} if lines is None else {"when": "\n".join(lines)}
        sent |= {f"{name}-{place}": str(value) for name, value in told.items()}
    return sent


@pytest.mark.django_db
def test_stages_that_cannot_be_kept_stay_in_the_form_as_they_were_typed(funnels, owner, enter):
    sent = in_form(load_funnel("voltage")) | {
        "over": VOLTAGE,
        "do": "form",
        "means-0": "My own words",
        "drop-2": "on",
    }
    sent |= {
        "when-0": "identifed",
        "place-8": "2",
        "name-8": "friend",
        "means-8": "We talk.",
        "when-8": "met",
        "role-8": "open",
    }
    answer = enter(owner).post("/settings/funnels/voltage/", sent)
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "Did you mean “identified”?" in said
    for typed in (
        'value="My own words"',
        'name="drop-2" checked',
        ">\nidentifed</textarea>",
        'value="We talk."',
    ):
        assert typed in said
    assert FunnelVersion.objects.filter(slug="voltage").count() == 1


@pytest.mark.django_db
def test_stages_are_checked_while_they_are_typed_too(funnels, owner, enter):
    look, sent = enter(owner), in_form(load_funnel("voltage"))
    assert "It can be used" in look.post("/settings/check-funnel/", sent).content.decode()
    wrong = look.post("/settings/check-funnel/", sent | {"when-0": "identifed"}).content.decode()
    assert "Did you mean “identified”?" in wrong
    assert (
        "needs its condition" in look.post("/settings/check-funnel/", sent | {"when-0": ""}).content.decode()
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"when-0": "identifed"}, "Stage “prospect”: “identifed” in the phrase"),
        ({"when-0": "identified within 3 weeks"}, "Stage “prospect”: The phrase “identified within 3 weeks”"),
        ({"when-0": "no met"}, "Stage “prospect”: The stage “prospect” would hold for somebody"),
        ({"means-1": ""}, "Stage “lead”: “means”: nothing was given. What works: a text."),
        ({"name-1": "Prospect"}, "Stage “Prospect”: A stage or step is called “Prospect”: another one of"),
        ({"role-0": "buyer"}, "Stage “prospect”: “buyer” won’t do in “role”. What works: open, client or"),
        ({"role-0": "left"}, "Stage “lead”: The stage “lead” stands after “prospect”"),
        ({"when-0": "\n".join(f"met {n} times" for n in range(1, 22))}, "The funnel “voltage” can&#x27;t be"),
    ],
)
def test_a_mistake_in_the_form_names_the_stage_and_no_line(wrong, said, funnels, owner, enter):
    """The form shows stages; the lines of the text that it would become are seen by nobody."""
    look, sent = enter(owner), in_form(load_funnel("voltage")) | wrong
    kept = look.post("/settings/funnels/voltage/", sent | {"do": "form", "over": VOLTAGE})
    assert kept.status_code == 422
    for answer in (look.post("/settings/check-funnel/", sent), kept):
        notice = answer.content.decode().split('class="notice bad"')[1].split("</p>")[0]
        assert notice.partition(">")[2].startswith(said)
        assert ", line " not in notice


@pytest.mark.django_db
def test_what_if_says_what_the_engine_says_and_changes_nothing(funnels, actor, owner, enter):
    people = [Contact.objects.create(name=f"Person {n}", owner=owner) for n in range(4)]
    for contact, kind in zip(people, ["listed", "listed", "downloaded", "bought"], strict=True):
        touches.record(actor, contact, kind, NOW - DAY)
    looser = VOLTAGE.replace('when = "responded"', 'when = { any = ["responded", "identified"] }')
    draft = save_draft(actor, "voltage", looser)
    before = list(Standing.objects.order_by("id").values())
    shown = enter(owner).get(f"/settings/funnels/voltage/{draft.number}/what-if/")
    oracle = what_if(warehouse.every_touch(), parse_funnel(VOLTAGE), parse_funnel(looser), NOW)
    assert {(m["old"], m["new"]): m["count"] for m in shown.context["moves"]} == {("prospect", "lead"): 2}
    assert shown.context["rows"] == oracle.rows()
    assert "Person 0" in shown.content.decode()
    assert list(Standing.objects.order_by("id").values()) == before


@pytest.mark.django_db
def test_two_versions_are_shown_with_the_lines_that_differ(funnels, actor, owner, enter):
    draft = save_draft(actor, "voltage", OTHER)
    lines = enter(owner).get(f"/settings/funnels/voltage/{draft.number}/").context["lines"]
    assert [sort for sort, _ in lines if sort in {"come", "gone"}] == ["gone", "come"]
    assert any(line.startswith('+means = "Somebody on a list') for _, line in lines)


@pytest.mark.django_db
def test_one_of_ones_own_begins_with_a_name_of_its_own(funnels, actor, owner, enter):
    look = enter(owner)
    answer = look.post("/settings/funnels/", {"do": "begin", "slug": "ours", "source": "agency"})
    assert answer.headers["Location"] == "/settings/funnels/ours/"
    for taken in ("ours", "voltage", "elevate"):
        with pytest.raises(Conflict):
            begin(actor, taken, VOLTAGE)
    for wrong in ("Ours", "a b", "a/../x", "", "x" * 65):
        with pytest.raises(Invalid):
            begin(actor, wrong, VOLTAGE)
    assert look.get("/settings/funnels/nothing/").status_code == 404
    assert look.get("/settings/funnels/ours/7/").status_code == 404


@pytest.mark.django_db
def test_what_was_published_is_written_down_with_both_versions(funnels, actor):
    publish(actor, save_draft(actor, "voltage", OTHER))
    entry = AuditEntry.objects.get(action="funnel.published")
    assert (entry.record, entry.before, entry.after) == ("funnel:voltage", {"version": 1}, {"version": 2})


@pytest.mark.django_db
def test_of_many_touches_some_contacts_are_chosen_evenly(funnels, actor, owner):
    for _ in range(8):
        touches.record(actor, Contact.objects.create(owner=owner), "met", NOW)
    touches_read, each = warehouse.some_touches(most=4)
    assert (len(touches_read), each) == (4, 2)
    assert warehouse.some_touches()[1] == 1


@pytest.mark.django_db
def test_the_form_changes_conditions_that_are_lists_of_phrases_and_leaves_nested_ones(funnels, owner, enter):
    funnel = load_funnel("voltage")
    sent = {"do": "form", "over": VOLTAGE, "stages": len(funnel.stages)}
    for place, stage in enumerate(funnel.stages):
        told = {
            "was": place + 1,
            "place": place,
            "name": stage.name,
            "means": stage.means,
            "role": stage.role,
        }
        sent |= {f"{name}-{place}": value for name, value in told.items()}
        lines, how = phrases_of(stage) or ([], "")
        sent |= {
            f"owner-{place}": stage.owner or "",
            f"when-{place}": "\r\n".join(lines),
            f"how-{place}": how,
        }
    sent["when-0"] = "identified\r\n conversed 2 times within 90 days \r\n\r\n"
    look = enter(owner)
    assert look.post("/settings/funnels/voltage/", sent).status_code == 303
    kept = parse_funnel(FunnelVersion.objects.get(slug="voltage", number=2).toml)
    assert phrases_of(kept.stages[0]) == (["identified", "conversed 2 times within 90 days"], "all")
    assert [stage.when for stage in kept.stages[1:]] == [stage.when for stage in funnel.stages[1:]]
    assert any(phrases_of(stage) is None for stage in funnel.stages)
    page = look.get("/settings/funnels/voltage/").content.decode()
    assert "identified\nconversed 2 times within 90 days</textarea>" in page
    again = sent | {"over": FunnelVersion.objects.get(slug="voltage", number=2).toml}
    for wrong in ("", "conversed many times", "nothing like this"):
        assert look.post("/settings/funnels/voltage/", again | {"when-0": wrong}).status_code == 422


@pytest.mark.django_db
def test_the_form_changes_a_condition_of_which_any_phrase_is_enough(funnels, owner, enter):
    funnel = load_funnel("sales-cycle")
    known = funnel.stages[0]
    sent = {"do": "form", "over": dump_funnel(funnel), "stages": 1}
    sent |= {"was-0": 1, "place-0": 1, "name-0": known.name, "means-0": known.means, "role-0": known.role}
    sent |= {"owner-0": known.owner or "", "how-0": "any", "when-0": "met\r\nreferred"}
    look = enter(owner)
    page = look.get("/settings/funnels/sales-cycle/").content.decode()
    assert '<option value="any" selected>' in page
    assert "encountered\napproached</textarea>" in page
    assert look.post("/settings/funnels/sales-cycle/", sent).status_code == 303
    kept = parse_funnel(FunnelVersion.objects.get(slug="sales-cycle", number=2).toml)
    assert kept.stages[0].when == parse_condition({"any": ["met", "referred"]})
    assert (
        look.post("/settings/funnels/sales-cycle/", sent | {"over": kept_text(), "how-0": "all"}).status_code
        == 303
    )
    again = parse_funnel(kept_text())
    assert again.stages[0].when == parse_condition(["met", "referred"])


def kept_text() -> str:
    """The text of the draft."""
    return FunnelVersion.objects.get(slug="sales-cycle", number=2).toml


@pytest.mark.django_db
def test_who_publishes_over_what_somebody_else_published_is_told(funnels, actor):
    mine = save_draft(actor, "voltage", OTHER)
    publish(actor, mine, 1)
    theirs = save_draft(actor, "voltage", VOLTAGE.replace("A name", "One name"))
    with pytest.raises(Conflict, match="somebody else put version 2 in force meanwhile"):
        publish(actor, theirs, 1)
    assert FunnelVersion.objects.get(slug="voltage", in_force=True).number == 2
    assert publish(actor, theirs, 2).in_force
    retire(actor, "voltage")
    with pytest.raises(Conflict, match="took the funnel out of force"):
        publish(actor, mine, 3)
    mine.refresh_from_db()
    assert publish(actor, mine, 0).in_force
