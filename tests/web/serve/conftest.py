"""An installation in a folder of its own, worked on by real processes."""

from __future__ import annotations

import pytest

from tests.installations import Installation


@pytest.fixture
def installation(tmp_path):
    (tmp_path / "home").mkdir(mode=0o700)
    made = Installation(tmp_path / "home")
    yield made
    made.end()


@pytest.fixture
def ready(tmp_path, templates):
    """An installation whose tables are made, and that holds nothing."""
    made = templates.tables(tmp_path / "home")
    yield made
    made.end()


@pytest.fixture(scope="module")
def filled(tmp_path_factory, templates):
    """An installation with a made-up business in it, for tests that leave it as they found it."""
    made = templates.business(tmp_path_factory.mktemp("filled") / "home")
    yield made
    made.end()
