"""What the real server holds: processes of its own, asked for pages by several people at once."""

from __future__ import annotations

import signal
import socket
import statistics
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from leadline.web.models import Contact, User

CLIENTS = 4
WITHIN = 90.0


def serve(seconds: int) -> None:
    """Requests a second, p95 and memory, with two processes on two cores."""
    port = free_port()
    words = ["serve", "--port", str(port), "--workers", "2", "--no-worker"]
    server = subprocess.Popen(
        [sys.executable, "-m", "leadline", *words], stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for(port)
        cookie = f"{settings.SESSION_COOKIE_NAME}={session_of_owner()}"
        times: list[float] = []
        until = time.perf_counter() + seconds
        threads = [Thread(target=_ask, args=(port, cookie, until, times, place)) for place in range(CLIENTS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        p95 = statistics.quantiles(times, n=20)[-1] * 1000
        print(
            f"server: {len(times) / seconds:,.0f} requests a second by {CLIENTS} people at once,"
            f" p95 {p95:,.0f} ms"
        )
        print(f"memory of its processes: {memory(server.pid):,.0f} MB")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with closing(socket.socket()) as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def session_of_owner() -> str:
    """The key of a session in which the owner is signed in."""
    user = User.objects.get(email="owner@example.org")
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session.save()
    return str(session.session_key)


def _ask(port: int, cookie: str, until: float, times: list[float], place: int) -> None:
    pages = ["/", "/contacts/?all=1", "/contacts/?all=1&stage=nurtured", "/board/", "/asks/", "/companies/"]
    numbers = Contact.objects.values_list("pk", flat=True)[place * 100 : place * 100 + 6]
    pages += [f"/contacts/{number}/" for number in numbers]
    turn = place
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        while time.perf_counter() < until:
            start = time.perf_counter()
            line.request("GET", pages[turn % len(pages)], headers={"Cookie": cookie})
            answer = line.getresponse()
            answer.read()
            assert answer.status == 200, (pages[turn % len(pages)], answer.status)
            times.append(time.perf_counter() - start)
            turn += 1


def wait_for(port: int) -> None:
    """Until a server answers there."""
    until = time.monotonic() + WITHIN
    while True:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line:
                line.request("GET", "/health")
                if line.getresponse().status == 200:
                    return
        except OSError:
            pass
        assert time.monotonic() < until, "the server doesn't answer"
        time.sleep(0.3)


def memory(leader: int) -> float:
    """Megabytes that the processes of a session hold, those that they share counted once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) == leader:
                told = (folder / "smaps_rollup").read_text()
                total += int(told.split("Pss:")[1].split()[0])
        except OSError:
            continue
    return total * 1024 / 1e6
