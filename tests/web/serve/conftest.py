"""An installation in a folder of its own, worked on by real processes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from leadline.web import migrations
from tests.installations import Installation

EACH_BY_ITSELF = """
import sys
from django.conf import settings
sys.path.insert(0, {folder!r})
settings.MIGRATION_MODULES = {{"web": "steps"}}
"""


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


@pytest.fixture
def before(tmp_path):
    """What a process begins with that knows each migration by itself, as those of earlier versions did."""
    ours = Path(migrations.__file__).parent
    shutil.copytree(ours, tmp_path / "steps", ignore=shutil.ignore_patterns("*_squashed_*", "__pycache__"))
    return EACH_BY_ITSELF.format(folder=str(tmp_path))
