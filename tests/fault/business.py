"""An installation under load: clients record what happened, and keep account of what was acknowledged."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import requests

from tests.installations import wait_for

CONTACTS = 40
DONE = {"done": True}
"""What stands for the answer to a request of which the server only knows that it did it."""
KINDS = ("met", "downloaded", "replied", "told_need", "told_budget", "called", "bought", "liked")
SET_UP = """
import json, time
from datetime import UTC, datetime
from django.contrib.sessions.backends.db import SessionStore
from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.web.actions import tokens, webhooks
from leadline.web.actions.acting import Actor
from leadline.web.models import Contact, FunnelVersion, User
since = datetime(2026, 1, 1, tzinfo=UTC)
for slug in ("voltage", "sales-cycle"):
    toml = dump_funnel(load_funnel(slug))
    FunnelVersion.objects.create(slug=slug, number=1, toml=toml, in_force=True, published_at=since)
user = User.objects.create_user("ada@example.org", "correct horse battery", role="owner", name="Ada")
actor = Actor.of(user, time.time_ns() // 1000)
made = Contact.objects.bulk_create(Contact(name=f"Contact {n}", owner=user) for n in range(%d))
session = SessionStore()
session["_auth_user_id"] = str(user.pk)
session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
session["_auth_user_hash"] = user.get_session_auth_hash()
session.save()
_, secret = tokens.make(actor, user, "load", ["touches:read", "touches:write", "contacts:write"])
if %r:
    webhooks.make(actor, %r, ["touch.recorded"])
print(json.dumps({"contacts": [one.pk for one in made], "session": session.session_key, "token": secret}))
"""


class Receiver:
    """Another program, which hears of what happened: how often it got each event, by its id."""

    def __init__(self):
        self.got = Counter()
        got = self.got

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                got[self.headers["webhook-id"]] += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *said):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def end(self):
        self._server.shutdown()
        self._server.server_close()


class Business:
    """An installation with people in it, its server, and clients."""

    def __init__(self, installation, receiver=None):
        self.installation = installation
        installation.env |= {"LEADLINE_API_RATE": "1000000", "LEADLINE_ALLOW_PRIVATE_WEBHOOKS": "1"}
        installation.env |= {"NUMBA_NUM_THREADS": "1"}
        url = receiver.url if receiver else ""
        self.told = json.loads(installation.python(SET_UP % (CONTACTS, bool(url), url)))
        self.url = f"http://127.0.0.1:{installation.port}"
        self.tried, self.acknowledged, self.refused, self.wrong = [], [], Counter(), []
        self.imported = []
        self.stop = threading.Event()
        self.clients = []

    def serve(self):
        """The server once it answers and works by processes of its own, whatever was killed before it."""
        process = self.installation.start("serve", "--port", self.installation.port)

        def is_up():
            assert process.poll() is None, self.installation.printed()[-6000:]
            if not {"answers", "works"} <= self.processes(process).keys():
                return False  # whoever answers now is one of the server before, on its way out
            try:
                return requests.get(f"{self.url}/health", timeout=10).status_code == 200
            except requests.RequestException:
                return False

        wait_for(is_up, self.installation.printed)
        return process

    def load(self, machines=2, people=1, importers=0):
        """Clients that go on until `stop` is set."""
        for do, many in ((self.by_api, machines), (self.by_page, people), (self.by_import, importers)):
            for number in range(many):
                client = threading.Thread(target=self._until_told, args=(do, f"{do.__name__}{number}"))
                client.start()
                self.clients.append(client)

    def until_more(self, many):
        """Until so many more writes are acknowledged."""
        wanted = len(self.acknowledged) + many

        def there():
            assert not self.wrong, (self.wrong, self.installation.printed()[-6000:])
            return len(self.acknowledged) >= wanted

        wait_for(there, lambda: f"{self.refused} {self.installation.printed()[-6000:]}", 180)

    def end_load(self):
        self.stop.set()
        for client in self.clients:
            client.join(120)
            assert not client.is_alive()
        self.stop.clear()
        self.clients.clear()
        assert not self.wrong, (self.wrong, self.installation.printed()[-6000:])

    def _until_told(self, do, name):
        chance, turn = random.Random(name), 0
        try:
            while not self.stop.is_set():
                do(name, turn, chance)
                turn += 1
        except Exception as error:  # noqa: BLE001 -- told where the load ends
            self.wrong.append(f"{name}: {error!r}")

    def by_api(self, name, turn, chance):
        """One touch with a key, or three under one key; sent until it is acknowledged, and some once more."""
        key = f"{name}-{turn}"
        contact = chance.choice(self.told["contacts"])
        touches = [
            {"contact": contact, "kind": chance.choice(KINDS), "note": f"{key}.{place}"}
            for place in range(1 + 2 * (turn % 2))
        ]
        notes = [one["note"] for one in touches]
        self.tried += notes
        path, body = "touches/bulk", {"touches": touches}
        if len(touches) == 1:
            path, body = "touches", touches[0] | {"key": key}
        first = self.send(path, body, key)
        while first is None and not self.stop.is_set():
            time.sleep(0.05)
            first = self.send(path, body, key)
        if first is None:
            return
        self.acknowledged += notes
        if turn % 5 == 0 and first != DONE and (again := self.send(path, body, key)) is not None:
            assert numbers(again) == numbers(first), (first, again)

    def send(self, path, body, key):
        """What is answered; None where there was no answer, or the server can't just now.

        A server that was killed once it had written, and before it had answered, knows that it is done.
        """
        headers = {"Authorization": f"Bearer {self.told['token']}", "Idempotency-Key": key}
        try:
            answer = requests.post(f"{self.url}/api/v1/{path}", json=body, headers=headers, timeout=60)
        except requests.RequestException:
            return None
        if answer.status_code == 503:
            self.refused[answer.json()["code"]] += 1
            assert int(answer.headers["Retry-After"]) >= 1
            return None
        if answer.status_code == 409 and answer.json()["found"].startswith("that it is done"):
            return DONE
        assert answer.ok, answer.text
        return answer.json()

    def by_page(self, name, turn, chance):
        """One touch by the form of a contact's page: sent once, whatever comes of it."""
        note = f"{name}-{turn}"
        self.tried.append(note)
        if self.post(
            f"/contacts/{chance.choice(self.told['contacts'])}/touch/",
            {"kind": chance.choice(KINDS), "note": note},
        ):
            self.acknowledged.append(note)

    def by_import(self, name, turn, _chance):
        """A list of people and a log of what happened with them, taken in by the page of imports."""
        known = f"{name}-{turn}"
        people = "contact id,name\n" + "".join(f"{known}-{n},Person {n} of {known}\n" for n in range(60))
        log = "contact id,kind,happened at,note\n" + "".join(
            f"{known}-{n % 60},{KINDS[n // 60]},2025-03-{1 + n % 28:02}T10:00:00Z,{known}.{n}\n"
            for n in range(180)
        )
        files = [("files", ("people.csv", people)), ("files", ("log.csv", log))]
        there = self.post("/imports/", {}, files)
        if there and self.post(f"{there}run/", {}):
            self.imported.append(known)
        self.stop.wait(4)

    def post(self, path, form, files=None):
        """Where a form leads; nothing where it was not acknowledged."""
        cookies = {"sessionid": self.told["session"], "csrftoken": "a" * 32}
        form = form | {"csrfmiddlewaretoken": "a" * 32}
        try:
            answer = requests.post(
                self.url + path, data=form, files=files, cookies=cookies, allow_redirects=False, timeout=60
            )
        except requests.RequestException:
            return None
        if answer.status_code == 503:
            self.refused[said_in(answer.text)] += 1
            assert int(answer.headers["Retry-After"]) >= 1
            return None
        assert answer.status_code in (302, 303), (path, answer.status_code, answer.text[-2000:])
        return answer.headers["Location"]

    def ask(self, query):
        """Rows of the database."""
        if "DATABASE_URL" in self.installation.env:
            with psycopg.connect(self.installation.env["DATABASE_URL"]) as live:
                return live.execute(query).fetchall()
        file = f"file:{self.installation.home / 'leadline.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(file, timeout=60, uri=True)) as live:
            return live.execute(query).fetchall()

    def wait(self, query, wanted, seconds=240):
        """Until a query has one answer."""
        wait_for(
            lambda: self.ask(query)[0][0] == wanted,
            lambda: (
                str(self.ask("SELECT * FROM web_job WHERE done_at IS NULL"))
                + self.installation.printed()[-3000:]
            ),
            seconds,
        )

    def processes(self, process):
        """The processes of a server by what they do: who listens, who answers, who works."""
        found = {"listens": process.pid}
        for number, words in self.installation.members(process):
            if words.rstrip().endswith("leadline worker"):
                found["works"] = number
            elif "spawn_main" in words:
                found["answers"] = number
        return found

    def kill(self, process, victim):
        """Kill one of a server's processes, or all of them at once."""
        numbers = self.processes(process)
        for number in numbers.values() if victim == "all" else [numbers.get(victim, process.pid)]:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue


def numbers(answer):
    """The numbers of the touches in an answer."""
    return [one["id"] for one in answer.get("touches", [answer])]


def said_in(page):
    """The heading of a page that says that something can't be done."""
    return page.partition("<h1>")[2].partition("</h1>")[0]
