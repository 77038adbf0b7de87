"""Fixtures that several test files use."""

import pytest

from tests.nbval_rules import source_key


@pytest.fixture(scope="session")
def mrpc(pytestconfig):
    """Where this run's MRPC comes from (a helpers.sources.Source)."""
    return pytestconfig.stash[source_key]
