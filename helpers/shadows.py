"""Finding modules of the learner's own that take the place of a package: a datasets.py beside the notebook, and the like."""

import os
import sys
from pathlib import Path

from helpers.errors import CourseError

PACKAGES = (
    "accelerate",
    "datasets",
    "helpers",
    "huggingface_hub",
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
)
PACKAGES += ("safetensors", "sklearn", "tokenizers", "torch", "tqdm", "transformers")


class ShadowError(CourseError, ImportError):
    """A file beside the notebook has the name of a package that the notebooks import."""


def check_folder(folder: Path) -> None:
    """Raises ShadowError if Python, started in `folder`, would import a file there instead of a package of the course."""
    files = [folder / f"{name}.py" for name in PACKAGES]
    files += [folder / name / "__init__.py" for name in PACKAGES if name != "helpers"]
    for file in filter(Path.is_file, files):
        mine = file if file.parent == folder else file.parent
        raise ShadowError(
            f"{mine} takes the place of the package {mine.stem}, which the notebooks import. Give it another name, and "
            f"restart the kernel."
        )


def check_here() -> None:
    """Raises ShadowError if the current folder, from which Python imports first, has such a file."""
    here = os.getcwd()
    if {"", here} & set(sys.path):
        check_folder(Path(here))
