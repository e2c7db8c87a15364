"""What every test shares: pyvi's model, read once, and the measuring data where it is present."""

from pathlib import Path

import pytest
from hypothesis import settings

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.analysis.segmentation import Segmenter

pytest_plugins = ["clusters", "documentation", "sharing"]

# No deadline: the first example pays for caches, and a busy machine is no bug.
settings.register_profile("searchapp", deadline=None)
settings.load_profile("searchapp")


@pytest.fixture(scope="session")
def model():
    return load_pyvi_model()


@pytest.fixture(scope="session")
def segmenter(model):
    return Segmenter(model)


@pytest.fixture(scope="session")
def analyzer(model):
    return Analyzer(model)


@pytest.fixture(scope="session")
def shared_data():
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the measuring data is not at {folder}; it is not part of the project")
    return folder
