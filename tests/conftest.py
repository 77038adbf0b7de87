"""Fixtures that several test files use. Slow imports stand inside them: make check does without."""

import pytest

from helpers.runs import PROJECT


def pytest_collection_modifyitems(config):
    if config.rootpath != PROJECT:
        raise pytest.UsageError(
            f"These tests need the settings in {PROJECT / 'pyproject.toml'}, and pytest has not found them from here. Give the "
            f"course's folder: pytest {PROJECT}"
        )


@pytest.fixture(scope="session")
def mrpc(pytestconfig):
    """Where this run's MRPC comes from (a helpers.sources.Source)."""
    from tests.nbval_rules import source_key

    return pytestconfig.stash[source_key]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty HF_HOME, and no GLUE_DIR."""
    import datasets
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "home" / "hub"))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "home" / "datasets"))
    monkeypatch.delenv("GLUE_DIR", raising=False)
    return tmp_path / "home"
