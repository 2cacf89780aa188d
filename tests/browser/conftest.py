"""A browser, and a server of its own to look at: real processes and a real file."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

OWNER, PHRASE = "ada@example.org", "correct horse battery"
PEOPLE = """
import django
django.setup()
from leadline.web.actions import setup
from leadline.web.actions.acting import Actor
from leadline.web.models import Address, Contact
from leadline.engine.instants import to_instant
owner = setup.begin(Actor(None, "the test", to_instant("2026-03-02")), name="Ada Lindqvist",
    email="ada@example.org", password="correct horse battery", zone="Europe/Berlin", funnel="voltage")
for name in ("Eero Cooper", "Erika Obi", "Bettina Krug"):
    contact = Contact.objects.create(name=name, owner=owner)
    Address.objects.create(contact=contact, sort="email", value=name.split()[1].lower() + "@example.org")
"""


class Served(NamedTuple):
    """A server, and what its database holds is in `home`."""

    url: str
    home: Path


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A fresh installation with an owner and three contacts, that answers until the tests are over."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    there = os.environ | {
        "LEADLINE_HOME": str(home),
        "LEADLINE_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "leadline.web.settings",
        "DATABASE_URL": "",
        "LEADLINE_DEBUG": "",
    }
    run = [sys.executable, "-m", "django"]
    subprocess.run([*run, "migrate", "-v0"], env=there, check=True, timeout=120)
    subprocess.run([sys.executable, "-c", PEOPLE], env=there, check=True, timeout=120)
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [*run, "runserver", f"127.0.0.1:{port}", "--noreload", "--insecure"],
            env=there,
            stdout=log,
            stderr=log,
        )
        try:
            _wait(f"http://127.0.0.1:{port}/health")
            yield Served(f"http://127.0.0.1:{port}", home)
        finally:
            server.terminate()
            server.wait(timeout=10)


def _wait(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  # our own, on this machine
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not answer at {url}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("needs Chromium, which is not installed here (on Debian: apt-get install chromium)")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(chromium: Browser, served: Served) -> dict[str, object]:
    """The cookies of somebody who signed in through the door."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{served.url}/accounts/login/")
    page.fill("[name=login]", OWNER)
    page.fill("[name=password]", PHRASE)
    page.click("main button[type=submit]:not([form])")
    page.wait_for_url(f"{served.url}/")
    kept = dict(context.storage_state())
    context.close()
    return kept


@pytest.fixture
def tab(chromium: Browser, served: Served, signed_in: dict[str, object]) -> Iterator[Page]:
    """A tab of the signed-in owner; what its console complains of fails the test."""
    context = chromium.new_context(base_url=served.url, storage_state=signed_in)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None,
    )
    yield page
    context.close()
    assert [line for line in complaints if "status of 404" not in line] == []
