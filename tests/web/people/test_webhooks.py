"""Webhooks: signed, filtered, tried again, sent anew; with a real server that answers as it is told."""

from __future__ import annotations

import json
import socket
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from leadline.engine.instants import DAY, to_instant
from leadline.web.actions import standings, touches, webhooks
from leadline.web.actions.acting import note_change
from leadline.web.actions.events import JOB
from leadline.web.errors import Conflict, Invalid
from leadline.web.jobs.webhooks import deliver
from leadline.web.jobs.worker import Worker
from leadline.web.models import Delivery, Job, Standing, Webhook
from leadline.web.outbound import webhooks as outbound
from leadline.web.pages.frame import now as clock
from tests.web.conftest import NOW

pytestmark = pytest.mark.both


class Listener(HTTPServer):
    """Keeps what it is sent, and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status, self.said, self.heard = 200, b"thank you", []
        self.url = f"http://127.0.0.1:{self.server_port}/hook?a=b"


class Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "http://169.254.169.254/")
        self.end_headers()
        self.wfile.write(self.server.said)

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def listener(settings):
    settings.ALLOW_PRIVATE_WEBHOOKS = True
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(now: int = NOW) -> list[Job]:
    """Do the jobs that are due, and give those that are left."""
    for job in Job.objects.filter(done_at=None, kind="webhook.deliver"):
        if to_instant(job.due_at) <= now:
            deliver(job.payload, now)
            Job.objects.filter(pk=job.pk).delete()
    return list(Job.objects.filter(kind="webhook.deliver"))


@pytest.mark.django_db
def test_a_touch_reaches_who_wants_it_signed_so_that_it_can_be_checked(funnels, actor, contact, listener):
    _, secret = webhooks.make(actor, listener.url, ["touch.recorded"])
    webhooks.make(actor, listener.url + "&other", ["ask.answered"])
    touch = touches.record(actor, contact, "met", NOW - DAY)
    assert not run(at := clock())
    ((path, headers, body),) = listener.heard
    said = Verifier(secret).verify(body, headers)
    assert path == "/hook?a=b"
    assert headers["Host"] == listener.url.split("/")[2]
    assert said["type"] == "touch.recorded"
    assert said["timestamp"] == "2026-03-02T09:30:00+00:00"
    assert said["data"]["record"] == f"contact:{contact.pk}"
    assert said["data"]["after"] == {"touch": f"touch:{touch.pk}", "kind": "met"}
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts, to_instant(delivery.delivered_at)) == (200, 1, at)
    with pytest.raises(Exception, match="No matching signature"):
        Verifier(webhooks.make(actor, listener.url)[1]).verify(body, headers)


@pytest.mark.django_db
def test_a_stage_that_changes_is_told_with_before_and_after_also_when_time_changes_it(
    funnels, actor, contact, listener
):
    webhooks.make(actor, listener.url, ["stage.changed"])
    touch = touches.record(actor, contact, "replied", NOW)
    told = {one.body["data"]["funnel"]: one.body["data"] for one in Delivery.objects.all()}
    assert set(told) == {"sales-cycle", "voltage"}
    assert (told["voltage"]["before"], told["voltage"]["after"]) == ("stranger", "lead")
    assert told["voltage"]["cause"] == f"touch:{touch.pk}"
    Delivery.objects.all().delete()
    for _ in range(2):  # the first time it is a step that ends, and the stage stays
        standings.sweep(Standing.objects.get(contact=contact, funnel="sales-cycle").changes_at)
    (swept,) = Delivery.objects.all()
    assert swept.body["data"]["funnel"] == "sales-cycle"
    assert swept.body["data"]["before"] == told["sales-cycle"]["after"]


@pytest.mark.django_db
def test_what_is_not_written_is_not_told_either(funnels, actor, contact, listener):
    webhooks.make(actor, listener.url)
    with pytest.raises(Invalid):
        touches.record(actor, contact, "mett", NOW)
    note_change(actor, "token.made", "token:1", {}, {"name": "nobody's business"})
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_failure_is_tried_again_eight_times_later_and_later(actor, contact, listener):
    listener.status, listener.said = 500, b"out of order"
    webhooks.make(actor, listener.url)
    note_change(actor, "contact.made", contact)
    now, waits = NOW, []
    for _ in range(20):
        left = run(now)
        if not left:
            break
        waits.append((to_instant(left[0].due_at) - now) // 1_000_000)
        now = to_instant(left[0].due_at)
    assert waits == [5, 30, 180, 900, 3600, 10_800, 28_800]
    delivery = Delivery.objects.get()
    assert (delivery.attempts, delivery.status, delivery.delivered_at) == (8, 500, None)
    assert delivery.last_error == "It answered 500: out of order"
    assert len({headers["webhook-id"] for _, headers, _ in listener.heard}) == 1  # one id for all tries


@pytest.mark.django_db
def test_whoever_keeps_silent_lets_the_events_for_others_go_first(actor, contact, listener, monkeypatch):
    monkeypatch.setattr(outbound, "QUIET", 0.2)
    monkeypatch.setattr(webhooks, "PATIENCE", 100_000)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        webhooks.make(actor, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        webhooks.make(actor, listener.url)
        for _ in range(3):
            note_change(actor, "contact.made", contact)
        worker = Worker(lambda: NOW, only={JOB})
        assert [worker.work() for _ in range(5)] == [True, True, True, True, False]
        assert len(listener.heard) == 3
        late = Worker(lambda: NOW + 1_000_000, only={JOB})
        assert [late.work(), late.work()] == [True, False]
        left = Delivery.objects.filter(delivered_at=None).order_by("pk")
        assert [one.attempts for one in left] == [1, 1, 0]


@pytest.mark.django_db
def test_whoever_is_slow_and_alone_keeps_their_place(actor, contact, listener, monkeypatch):
    monkeypatch.setattr(webhooks, "PATIENCE", -1)
    webhooks.make(actor, listener.url)
    for _ in range(3):
        note_change(actor, "contact.made", contact)
    due = dict(Job.objects.filter(kind=JOB).values_list("pk", "due_at"))
    worker = Worker(lambda: NOW + 1_000_000, only={JOB})
    assert worker.work()
    waiting = dict(Job.objects.filter(kind=JOB, done_at=None).values_list("pk", "due_at"))
    assert len(waiting) == 2
    assert waiting == {pk: due[pk] for pk in waiting}


@pytest.mark.django_db
def test_redirects_are_not_followed_and_who_is_gone_is_told_no_more(actor, contact, listener):
    hook, _ = webhooks.make(actor, listener.url)
    note_change(actor, "contact.made", contact)
    listener.status = 302
    (again,) = run()
    assert "redirects are not followed" in Delivery.objects.get().last_error
    listener.status = 410
    assert not run(to_instant(again.due_at))
    hook.refresh_from_db()
    assert not hook.active
    note_change(actor, "contact.changed", contact)
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
def test_nothing_goes_inside_unless_it_was_allowed(actor, contact, listener, settings):
    hook, _ = webhooks.make(actor, listener.url)
    settings.ALLOW_PRIVATE_WEBHOOKS = False
    note_change(actor, "contact.made", contact)
    assert run()
    assert not listener.heard
    assert "not on the public internet" in Delivery.objects.get().last_error
    assert not webhooks.change(actor, hook, hook.url, [], active=False).active


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "169.254.169.254", "2130706433", "0x7f.1", "[::1]", "[::ffff:10.0.0.1]", "localhost"],
)
def test_an_address_of_this_network_is_refused_when_it_is_set_up(actor, host):
    with pytest.raises(Invalid, match="not on the public internet") as refused:
        webhooks.make(actor, f"http://{host}:8622/hook")
    assert refused.value.field == "url"
    hook, _ = webhooks.make(actor, "https://93.184.215.14/hook")
    with pytest.raises(Invalid, match="not on the public internet"):
        webhooks.change(actor, hook, f"http://{host}/hook", [], active=True)
    assert Webhook.objects.get().url == "https://93.184.215.14/hook"


@pytest.mark.django_db
def test_what_was_taken_is_not_sent_twice_unless_somebody_asks(actor, owner, contact, listener, enter):
    hook, _ = webhooks.make(actor, listener.url)
    note_change(actor, "contact.made", contact)
    delivery = Delivery.objects.get()
    run()
    deliver({"delivery": delivery.pk}, NOW)
    assert len(listener.heard) == 1
    look = enter(owner)
    assert (
        look.post(f"/settings/webhooks/{hook.pk}/", {"do": "replay", "delivery": delivery.pk}).status_code
        == 303
    )
    run(clock())
    assert [headers["webhook-id"] for _, headers, _ in listener.heard] == [delivery.key] * 2
    webhooks.change(actor, hook, hook.url, [], active=False)
    delivery.refresh_from_db()
    with pytest.raises(Conflict):
        webhooks.replay(actor, delivery)


@pytest.mark.django_db
def test_what_was_missed_is_sent_again_all_at_once_and_not_by_two_ways(
    actor, owner, contact, listener, enter
):
    hook, _ = webhooks.make(actor, listener.url)
    webhooks.make(actor, listener.url + "&other")
    there = f"/settings/webhooks/{hook.pk}/"
    note_change(actor, "contact.made", contact)
    run()
    assert "not taken" not in enter(owner).get(there).text
    listener.status = 503
    for _ in range(30):
        note_change(actor, "contact.changed", contact)
    assert len(run()) == 60
    keys = set(webhooks.missed(hook).values_list("key", flat=True))
    assert "30 events were sent and not taken" in enter(owner).get(there).text
    listener.heard.clear()
    assert enter(owner).post(there, {"do": "replay-missed"}).status_code == 303
    assert Job.objects.filter(payload__webhook=hook.pk).count() == 30  # in the place of the later tries
    listener.status = 200
    run(clock())
    mine = [headers["webhook-id"] for path, headers, _ in listener.heard if "other" not in path]
    assert (len(mine), set(mine)) == (30, keys)
    assert not webhooks.missed(hook).exists()


@pytest.mark.django_db
def test_what_was_on_its_way_when_an_address_was_switched_off_goes_on_once_it_is_on(
    actor, owner, contact, listener, enter
):
    hook, _ = webhooks.make(actor, listener.url)
    note_change(actor, "contact.made", contact)
    webhooks.change(actor, hook, hook.url, [], active=False)
    assert not run(clock())
    assert not listener.heard
    assert "not sent: switched off" in enter(owner).get(f"/settings/webhooks/{hook.pk}/").text
    with pytest.raises(Conflict):
        webhooks.replay_missed(actor, hook)
    webhooks.change(actor, hook, hook.url, [], active=True)
    assert not run(clock())
    assert len(listener.heard) == 1


@pytest.mark.django_db
def test_a_server_that_says_nothing_or_drips_is_given_up(actor, contact, settings, monkeypatch):
    monkeypatch.setattr(outbound, "QUIET", 0.2)
    monkeypatch.setattr(outbound, "LONGEST", 0.6)
    at, secret = datetime(2026, 3, 2, tzinfo=UTC), "whsec_" + "aGVtcA=="
    silent = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
    answer = outbound.send(url, secret, "msg_1", {}, at, private=True)
    assert (answer.status, answer.taken) == (None, False)
    assert "No whole answer within" in answer.error

    def drip() -> None:
        silent.accept()[0].close()
        there, _ = silent.accept()
        with there:
            try:
                there.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                for _ in range(100):
                    there.sendall(b"x")
                    time.sleep(0.05)
            except OSError:
                pass

    dripping = threading.Thread(target=drip)
    dripping.start()
    begun = time.monotonic()
    answer = outbound.send(url, secret, "msg_1", {}, at, private=True)
    assert time.monotonic() - begun < 3
    assert (answer.status, answer.taken) == (None, False)
    silent.close()
    dripping.join()
    assert "No answer" in outbound.send(url, secret, "msg_1", {}, at, private=True).error


@pytest.mark.parametrize(("said", "told"), [(b"", "closed the connection"), (b"\0\xff\r\n", "is no HTTP")])
def test_an_answer_that_is_none_is_told_in_words(said, told):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            there, _ = server.accept()
            with there:
                there.recv(65_536)
                there.sendall(said)

        answering = threading.Thread(target=answer)
        answering.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        came = outbound.send(url, "whsec_aGVtcA==", "msg_1", {}, datetime.now(UTC), private=True)
        answering.join()
    assert (came.status, came.taken) == (None, False)
    assert told in came.error


@pytest.mark.django_db
def test_webhooks_are_set_up_changed_and_taken_away(owner, enter):
    look = enter(owner)
    answer = look.post(
        "/settings/webhooks/", {"do": "make", "url": "https://example.org/x", "events": "ask.made"}
    )
    hook = Webhook.objects.get()
    assert hook.secret in answer.content.decode().replace("&#x2B;", "+").replace("&amp;", "&")
    assert answer.headers["Cache-Control"] == "no-store"
    where = f"/settings/webhooks/{hook.pk}/"
    assert hook.secret not in look.get(where).content.decode()
    before = hook.secret
    assert look.post(where, {"do": "secret"}).status_code == 200
    assert look.post(where, {"do": "change", "url": "https://example.org/y"}).status_code == 303
    hook.refresh_from_db()
    assert (hook.url, hook.events, hook.active, hook.secret == before) == (
        "https://example.org/y",
        [],
        False,
        False,
    )
    for wrong in (
        "ftp://x",
        "https://a:b@c",
        "http://[",
        "http://c:99999",
        "http://a b",
        "https://bücher.example",
    ):
        assert look.post(where, {"do": "change", "url": wrong}).status_code == 422
    assert look.post(where, {"do": "change", "url": "https://c", "events": "ask.mad"}).status_code == 422
    assert look.post(where, {"do": "remove"}).headers["Location"] == "/settings/webhooks/"
    assert look.get(where).status_code == 404


@pytest.mark.django_db
def test_what_is_sent_is_what_is_shown_letter_for_letter(actor, contact, listener):
    webhooks.make(actor, listener.url)
    note_change(actor, "contact.changed", contact, {"name": "Zoë"}, {"name": "\u202eاسم 🙂"})
    run()
    assert json.loads(listener.heard[0][2])["data"]["after"] == {"name": "\u202eاسم 🙂"}
