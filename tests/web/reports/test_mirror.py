"""The mirror is the database: whatever is recorded, taken back, erased, merged or torn."""

from __future__ import annotations

import json

import duckdb
import numpy as np
import pytest
from django.db import connections

from leadline.engine.instants import DAY
from leadline.engine.touches import Touches
from leadline.web import warehouse
from leadline.web.actions import asks, erasure, mirrors, settling, touches
from leadline.web.models import Ask, MirrorState, Touch, TouchChange
from leadline.web.warehouse import mirror
from leadline.web.warehouse.segments import checksum
from tests.web.conftest import NOW
from tests.web.reports.conftest import write

pytestmark = pytest.mark.both


def assert_same(found: Touches | None, wanted: Touches) -> None:
    """Every column is equal, labels and their order too, but for what the mirror leaves out."""
    assert found is not None
    assert len(found) == len(wanted)
    names = set(wanted.columns) - {"note", "origin"}
    assert set(found.columns) == names
    for name, column in [("contact", found.contact), *((name, found.columns[name]) for name in names)]:
        other = wanted.contact if name == "contact" else wanted.columns[name]
        assert list(column.labels) == list(other.labels), name
        assert column.codes.tolist() == other.codes.tolist(), name
    for name in ("kind", "happened_at", "value", "n", "machine"):
        one, two = getattr(found, name), getattr(wanted, name)
        assert (one is None) == (two is None), name
        assert one is None or np.array_equal(one, two), name


def assert_mirrored() -> None:
    """After a refreshing the mirror says what the database says, and a further one finds nothing."""
    mirrors.refresh(NOW)
    assert_same(mirror.read_mirror(), warehouse.every_touch())
    assert not mirror.is_behind()
    assert not mirrors.refresh(NOW)


@pytest.mark.django_db
def test_without_any_touch_the_mirror_is_empty(funnels):
    assert mirror.read_mirror() is None
    assert_mirrored()


@pytest.mark.django_db
def test_the_mirror_equals_the_database_and_grows_with_it(business):
    assert_mirrored()
    write(business[0], "replied", 1, note="by hand", origin="note:1", machine=True)
    assert mirror.is_behind()
    assert_mirrored()
    for one in business[:30]:
        write(one, "opened", 1, campaign="March")
    assert_mirrored()


@pytest.mark.django_db
def test_small_segments_are_joined(business):
    for one in business[:20]:
        write(one, "replied", 1)
        mirrors.refresh(NOW)
    manifest = json.loads((mirror.folder() / "manifest.json").read_text())
    assert len(manifest["segments"]) < 7
    assert sorted(path.name for path in mirror.folder().glob("*.parquet")) == sorted(
        one["name"] for one in manifest["segments"]
    )
    assert_mirrored()


@pytest.mark.django_db
def test_what_is_taken_back_leaves_the_mirror_and_returns(business, actor):
    assert_mirrored()
    touch = Touch.objects.filter(kind="bought").first()
    retraction = touches.retract(actor, touch)
    assert_mirrored()
    assert len(mirror.read_mirror()) == Touch.objects.filter(in_force=True, retracts=None).count()
    touches.retract(actor, retraction)
    assert_mirrored()


@pytest.mark.django_db
def test_even_the_only_touch_returns(funnels, contact, actor):
    touch = write(contact, "met", 3)
    assert_mirrored()
    retraction = touches.retract(actor, touch)
    assert_mirrored()
    touches.retract(actor, retraction)
    assert_mirrored()
    assert len(mirror.read_mirror()) == 1


@pytest.mark.django_db
def test_of_an_erased_person_no_file_says_anything(business):
    write(business[3], "replied", 2, content="a letter to Ilse")
    assert_mirrored()
    Touch.objects.filter(contact=business[3]).update(contact=None, n=1, content="", note="")
    assert_mirrored()
    assert business[3].pk not in mirror.read_mirror().contact.labels
    assert all(b"Ilse" not in path.read_bytes() for path in mirror.folder().iterdir())


@pytest.mark.django_db
def test_touches_that_are_merged_or_removed_are_so_in_the_mirror(business):
    assert_mirrored()
    Touch.objects.filter(contact=business[5]).update(contact=business[6])
    assert_mirrored()
    Touch.objects.filter(contact=business[8]).delete()
    Touch.objects.filter(pk=Touch.objects.order_by("-pk").first().pk).delete()
    assert_mirrored()


def dealt(contact, actor) -> Ask:
    """An ask of a deal that was answered, and one of another that waits."""
    first, second = (asks.make(actor, contact, asks.Terms(title=name), NOW - 9 * DAY) for name in "AB")
    for ask, deal in ((first, "9001"), (second, "9002")):
        Ask.objects.filter(pk=ask.pk).update(key=deal)
        Touch.objects.filter(origin=f"ask:{ask.pk}").update(deal=deal)
    settling.settle([contact.pk], NOW)
    return asks.answer(actor, Ask.objects.get(pk=first.pk), "no", NOW - 2 * DAY)


@pytest.mark.django_db
def test_of_which_deal_touches_are_is_in_the_mirror(business, actor):
    assert_mirrored()
    ask = dealt(business[3], actor)
    assert_mirrored()
    deal = mirror.read_mirror().columns["deal"]
    assert [one for one in deal.values() if one] == ["9001", "9002", "9001"]
    asks.undo_answer(actor, ask)
    assert_mirrored()
    erasure.erase_contact(actor, business[3])
    assert_mirrored()
    assert all(b"9001" not in path.read_bytes() for path in mirror.folder().glob("*.parquet"))
    assert len(set(mirror.read_mirror().columns["deal"].values())) == 3


@pytest.mark.django_db
def test_a_mirror_from_before_there_were_deals_is_read_on(business, actor):
    assert_mirrored()
    forget_deals()
    assert_same(mirror.read_mirror(), warehouse.every_touch())
    dealt(business[3], actor)
    assert_mirrored()
    forget_deals()
    assert "deal" not in mirror.read_mirror().columns
    numbers = Touch.objects.exclude(deal=None).values_list("pk", flat=True)
    TouchChange.objects.bulk_create(TouchChange(touch=one) for one in numbers)  # as a migration does
    assert_mirrored()


def forget_deals() -> None:
    """The segments are as they were written before there was a column of deals."""
    place = mirror.folder() / "manifest.json"
    manifest = json.loads(place.read_text())
    for one in manifest["segments"]:
        path = mirror.folder() / one["name"]
        older = path.with_suffix(".older")
        others = f"SELECT COLUMNS(lambda name: name <> 'deal') FROM '{path}'"  # noqa: S608 - of a folder of ours
        duckdb.sql(f"COPY ({others}) TO '{older}' (FORMAT parquet)")
        older.replace(path)
        one |= {"size": path.stat().st_size, "checksum": checksum(path)}
    place.write_text(json.dumps(manifest))


@pytest.mark.django_db
@pytest.mark.parametrize("harm", ["torn", "gone", "changed", "no manifest", "bad manifest"])
def test_a_damaged_mirror_is_none_and_is_made_anew(business, harm):
    assert_mirrored()
    place = mirror.folder()
    segment = next(place.glob("*.parquet"))
    whole = segment.read_bytes()
    if harm == "torn":
        segment.write_bytes(whole[: len(whole) // 2])
    elif harm == "gone":
        segment.unlink()
    elif harm == "changed":
        segment.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    elif harm == "no manifest":
        (place / "manifest.json").unlink()
    else:
        (place / "manifest.json").write_text('{"segments": [')
    assert mirror.read_mirror() is None
    assert_mirrored()


@pytest.mark.django_db
def test_the_mirror_of_another_database_is_none(business):
    assert_mirrored()
    MirrorState.objects.update(token="another")  # noqa: S106 - no secret
    assert mirror.read_mirror() is None
    assert_mirrored()


@pytest.mark.django_db
def test_a_refreshing_that_broke_off_is_made_up_for(business, actor):
    assert_mirrored()
    touches.retract(actor, Touch.objects.filter(kind="bought").first())
    drafted = mirror.draft(NOW)
    mirror.hold(drafted)  # and then the transaction failed
    assert mirror.read_mirror() is not None
    assert TouchChange.objects.exists()
    assert_mirrored()


@pytest.mark.django_db
def test_numbers_that_could_not_be_seen_are_asked_for_again(business, monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    last = Touch.objects.order_by("-pk").first().pk
    write(business[1], "replied", 1, id=last + 5)
    assert_mirrored()
    write(business[2], "replied", 1, id=last + 3)
    mirrors.refresh(NOW)
    assert_same(mirror.read_mirror(), warehouse.every_touch())
    gaps = json.loads((mirror.folder() / "manifest.json").read_text())["gaps"]
    assert [gap[:2] for gap in gaps if gap[0] > last] == [[last + 1, last + 2], [last + 4, last + 4]]
