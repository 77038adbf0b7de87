"""Where the course keeps what it has fetched: HF_HOME/mrpc-course, or a folder of yours where HF_HOME is read-only."""

import errno
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path

from huggingface_hub import constants

from helpers.errors import SourceError

READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


def own_cache() -> Path:
    """This user's folder for what cannot be written under HF_HOME, as in a classroom that shares a read-only cache."""
    return Path.home() / ".cache" / "mrpc-course"


def homes() -> list[Path]:
    """The folders in which something may have been kept, in the order in which they are looked at."""
    return [Path(constants.HF_HOME) / "mrpc-course", own_cache() / "kept"]


def writable_home() -> Path:
    """The first of `homes()` that this user can write to, made if it is not there. Raises SourceError."""
    shared, own = homes()
    try:
        return _made_writable(shared)
    except OSError as error:
        problem = error
    if problem.errno in READ_ONLY and os.path.isdir(shared.parent):  # Path.is_dir() may raise
        try:
            return _made_writable(own)
        except OSError as error:
            problem = error
    raise cannot_be_written(problem)


def _made_writable(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        return folder


def cannot_be_written(error: OSError) -> SourceError:
    return SourceError(
        f"{constants.HF_HOME} cannot be written ({error.strerror or error}), and what the course fetches is kept there. "
        f"Set HF_HOME to a folder that you may write to, with 1 GB free."
    )


def keep(name: str, fill: Callable[[Path], None], intact: Callable[[Path], bool]) -> Path:
    """The folder `name` in a writable home, filled by `fill(folder)`, whole or not at all. Raises SourceError.

    One that is there and `intact` stays as it is: another notebook may have been faster, and be reading it. Others may
    use the folder, too, as far as the umask lets them (`tempfile.mkdtemp` would not).
    """
    home = writable_home()
    target, draft, broken = (home / each for each in (name, _unique("draft"), _unique("broken")))
    try:
        draft.mkdir()
        fill(draft)
        if target.is_dir() and not intact(target):
            target.rename(broken)
        try:
            draft.rename(target)
        except OSError:
            if not intact(target):
                raise
    except OSError as error:
        raise cannot_be_written(error) from None
    finally:
        for folder in (draft, broken):
            shutil.rmtree(folder, ignore_errors=True)
    return target


def _unique(word: str) -> str:
    return f".{word}-{uuid.uuid4().hex}"


def make_cache_writable(folder: Path) -> None:
    """Sends `load_dataset(folder)` to a cache that this user can write to, where the usual one is read-only.

    Even to read what is cached, `datasets` opens its lock files for writing. Raises SourceError.
    """
    import datasets  # here, so that notebook 1, which loads no dataset, does not wait for it

    cache = Path(datasets.config.HF_DATASETS_CACHE)
    first = next(each for each in (cache, *cache.parents) if each.exists())
    used = [first, *cache.glob(f"{folder.name}/**/"), *cache.glob(f"*{folder.name}*.lock")]
    if not all(os.access(each, os.W_OK) for each in used):
        try:
            datasets.config.HF_DATASETS_CACHE = _made_writable(own_cache() / "datasets")
        except OSError as error:
            raise cannot_be_written(error) from None
