"""The pictures of README, written into docs/pictures: `python docs/pictures.py`.

The application runs in this process, with the business of `leadline try`, on a day of its own, so that the
pictures change only where the pages do. Needs the packages of `make setup`, and Chromium.
"""

from __future__ import annotations

import base64
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

FOLDER = Path(__file__).parent / "pictures"
DAY = datetime.fromisoformat("2026-06-30T09:30:00+02:00")
"""The day and the hour at which the pictures are taken."""
SIZE: ViewportSize = {"width": 1280, "height": 800}
LARGEST = 80_000


class Server(ThreadingMixIn, WSGIServer):
    """Answers several at a time, and keeps nobody waiting at the end."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    """Answers, and tells nobody."""

    def log_message(self, format: str, *given: object) -> None:  # noqa: A002 - as it is called above
        """Nothing is written."""


@contextmanager
def made_up_business() -> Iterator[str]:
    """The address that signs one in to the made-up business, on its day, until the block ends.

    It sets the clock of this process, and Django up for a folder of its own: once in a process.
    """
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"LEADLINE_HOME": home, "LEADLINE_URL": "http://127.0.0.1", "DATABASE_URL": ""}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "leadline.web.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
        _set_clock()
        path = _make_up()
        server = _server()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{path}"
        finally:
            server.shutdown()


def _set_clock() -> None:
    """It is DAY when this begins, and time goes on from there."""
    from django.utils import timezone

    ahead = int(DAY.timestamp() * 1e9) - time.time_ns()
    real, seconds, aware = time.time_ns, time.time, timezone.now
    time.time_ns = lambda: real() + ahead
    time.time = lambda: seconds() + ahead / 1e9
    timezone.now = lambda: datetime.fromtimestamp(time.time(), aware().tzinfo)


def _make_up() -> str:
    """Write the business, let the jobs be done, and answer with the path by which its owner comes in."""
    import django

    django.setup()
    from django.core.management import call_command

    from leadline.web.actions.acting import Actor
    from leadline.web.actions.demo.loading import load_demo, made_up
    from leadline.web.jobs.worker import Worker, now
    from leadline.web.sign_in_links import path_for

    call_command("migrate", verbosity=0)
    owner = load_demo(Actor(None, "the pictures", now()), made_up(now()))
    owner.zone = "Europe/Berlin"
    owner.save()
    worker = Worker()
    worker.call_round()
    worker.run_dry()
    return path_for(owner)


def _server() -> WSGIServer:
    from leadline.web.wsgi import application

    return make_server("127.0.0.1", 0, application, Server, Silent)


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        sys.exit("Pictures are taken with Chromium, which is not installed here: apt-get install chromium")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--lang=en-GB"])
        yield opened
        opened.close()


def take(page: Page, name: str) -> None:
    """Write what the page shows as docs/pictures/NAME.webp, as good as it can be within LARGEST bytes."""
    page.wait_for_load_state("networkidle")
    session = page.context.new_cdp_session(page)
    for quality in range(90, 20, -10):
        shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        picture = base64.b64decode(shot["data"])
        if len(picture) <= LARGEST:
            break
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.webp").write_bytes(picture)
    print(f"docs/pictures/{name}.webp: {len(picture) // 1024} kB, quality {quality}")


def main() -> None:
    """Take the four pictures."""
    with made_up_business() as link, browser() as opened:
        page = opened.new_page(viewport=SIZE, locale="en-GB", timezone_id="Europe/Berlin")
        page.clock.set_fixed_time(DAY)
        page.goto(link)
        take(page, "today")
        page.get_by_role("link", name="Funnel", exact=True).click()
        take(page, "funnel")
        page.get_by_role("link", name="Leaks", exact=True).click()
        take(page, "leaks")
        page.goto("/".join([*page.url.split("/")[:3], "asks", ""]))
        page.locator("tbody [data-open]").nth(1).click()
        take(page, "contact")


if __name__ == "__main__":
    main()
