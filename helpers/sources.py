"""Where the course's data and model come from: the Hub, a folder of yours, or what is bundled.

`glue_path()` is what the notebooks hand to `load_dataset(..., "mrpc")`, `checkpoint_path()` what they hand to
`from_pretrained(...)`. Neither waits long for a network that is not there.
"""

import contextlib
import os
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pyarrow
from huggingface_hub import constants, try_to_load_from_cache

from helpers import hub, kept, mrpc
from helpers.errors import SourceError
from helpers.hub import OutOfReach
from helpers.mrpc import NotMRPC
from helpers.pretrained import checkpoint_path

__all__ = [
    "SAMPLE",
    "Source",
    "SourceError",
    "checkpoint_path",
    "find_mrpc",
    "glue_path",
    "use_mrpc",
]

REPOSITORY = "nyu-mll/glue"
SAMPLE = Path(__file__).resolve().parent / "sample"
NAMES = [f"mrpc/{split}-00000-of-00001.parquet" for split in mrpc.SPLITS]
CONVERTIBLE = ("msr_paraphrase_*.txt", "*.tsv", "*.csv", "dataset_dict.json")

CARD = """\
---
configs:
- config_name: mrpc
  data_files:
  - {split: train, path: mrpc/train-*}
  - {split: validation, path: mrpc/validation-*}
  - {split: test, path: mrpc/test-*}
---

Data for the course's notebooks, checked and kept. You may delete this folder: it is made again.
"""

HOW_TO_GET_MRPC = (
    f"To get the real MRPC, run the notebook where huggingface.co can be reached (one download, 1 MB), or copy the folder "
    f"`mrpc` of huggingface.co/datasets/{REPOSITORY} into a folder and set GLUE_DIR to that folder."
)


@dataclass(frozen=True)
class Source:
    """Where MRPC comes from.

    `path` goes to `load_dataset(path, "mrpc")`; `kind` is "full", "bundled sample" or "other data"; `origin` says in a
    few words where it was found, or for a fallback why; `fingerprint` are 16 characters that stand for all of its rows.
    """

    path: str
    kind: str
    origin: str
    fingerprint: str

    @property
    def name(self) -> str:
        """What the data is called in a model card, for notebook 7."""
        names = {"full": "MRPC", "bundled sample": "the course's bundled sample"}
        return names.get(self.kind, "data from GLUE_DIR")


def glue_path() -> str:
    """A folder that `load_dataset(folder, "mrpc")` can load.

    GLUE_DIR if it is set; else the full MRPC, if this machine has it already or can fetch it from the Hub; else the
    bundled sample, with a notice on stderr. Raises SourceError for a GLUE_DIR that cannot be used: it needs MRPC's three
    splits in Parquet files, each with 100 pairs or more, 20 or more of either label, and no blank sentence.
    """
    source = find_mrpc()
    if source.kind == "bundled sample" and not os.environ.get("GLUE_DIR"):
        notice = (
            f"Notice: MRPC is out of reach: {source.origin}. This notebook uses the bundled sample instead: sentence pairs "
            f"written for this course, with MRPC's columns, splits and labels. Every cell runs; numbers and sentences "
            f"differ from MRPC's. {HOW_TO_GET_MRPC}"
        )
        print(
            textwrap.fill(notice, 100, break_long_words=False, break_on_hyphens=False),
            file=sys.stderr,
        )
    return source.path


def find_mrpc() -> Source:
    """The Source that `glue_path()` uses, without the notice. Raises SourceError for a GLUE_DIR that cannot be used."""
    if os.environ.get("GLUE_DIR"):
        source = _from_folder(Path(os.path.abspath(Path(os.environ["GLUE_DIR"]).expanduser())))
    else:
        try:
            source = _from_hub()
        except OutOfReach as error:
            source = _keep(mrpc.read_splits(SAMPLE), "bundled sample", str(error))
    kept.make_cache_writable(Path(source.path))
    return source


def use_mrpc() -> Source:
    """`find_mrpc()`, once for this process and for all that it starts: GLUE_DIR names the folder found, absolutely."""
    source = find_mrpc()
    os.environ["GLUE_DIR"] = source.path
    return source


def _from_folder(folder: Path) -> Source:
    """The Source that is `folder` (GLUE_DIR). Raises SourceError."""
    try:
        splits = read_folder(folder)
    except NotMRPC as problem:
        raise SourceError(
            f"GLUE_DIR={folder} cannot be used: {problem}. Expected is a folder with mrpc/train-*.parquet, "
            f"mrpc/validation-*.parquet and mrpc/test-*.parquet, as on the Hub in {REPOSITORY}. Correct GLUE_DIR, or unset "
            f"it to use the Hub or the bundled sample."
        ) from None
    kinds = {
        mrpc.fingerprint(mrpc.PUBLISHED): "full",
        mrpc.fingerprint(mrpc.row_digests(mrpc.read_splits(SAMPLE))): "bundled sample",
    }
    kind = kinds.get(mrpc.fingerprint(mrpc.row_digests(splits)), "other data")
    return _keep(splits, kind, f"GLUE_DIR={folder}")


def read_folder(folder: Path) -> dict[str, pyarrow.Table]:
    """The splits in `folder`, in MRPC's form and enough for the notebooks. Raises NotMRPC."""
    if not folder.exists():
        raise NotMRPC("there is no such folder")
    if not folder.is_dir():
        raise NotMRPC("this is a file, not a folder")
    if list(folder.glob("train*.parquet")):
        raise NotMRPC(
            f"it holds the Parquet files themselves; set GLUE_DIR to the folder above it, {folder.parent}"
            if folder.name == "mrpc"
            else "it holds the Parquet files themselves; move them into a folder mrpc inside it"
        )
    others = [file.name for pattern in CONVERTIBLE for file in sorted(folder.glob(pattern))]
    if others and not list(folder.glob("mrpc/*.parquet")):
        raise NotMRPC(
            f"it holds {others[0]}, and no Parquet files; `python -m helpers convert {folder} NEW_FOLDER` writes a folder "
            f"that GLUE_DIR takes"
        )
    splits = mrpc.read_splits(folder)
    mrpc.check_enough(splits)
    return splits


def _from_hub() -> Source:
    """The Source that is the full MRPC: kept before, in the Hub's cache, or fetched now. Raises OutOfReach."""
    if folder := _kept(mrpc.fingerprint(mrpc.PUBLISHED)):
        return _source(folder, "full", "the Hub, kept on this machine")
    cached = [try_to_load_from_cache(REPOSITORY, name, repo_type="dataset") for name in NAMES]
    if all(isinstance(path, str) for path in cached):
        with contextlib.suppress(NotMRPC):  # a broken copy in the cache: fetch afresh
            splits = _published(Path(cached[0]).parents[1])
            return _keep(splits, "full", "the Hub's cache on this machine")
    if constants.HF_HUB_OFFLINE:
        raise OutOfReach("HF_HUB_OFFLINE is set, and MRPC was not fetched before")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        end = hub.start(REPOSITORY)
        hub.download(f"datasets/{REPOSITORY}/resolve/main", NAMES, Path(folder), end)
        try:
            splits = _published(Path(folder))
        except NotMRPC as problem:
            raise OutOfReach(f"what {hub.host()} sent is not MRPC: {problem}") from None
    return _keep(splits, "full", "the Hub, fetched now")


def _published(folder: Path) -> dict[str, pyarrow.Table]:
    """The splits in `folder`, every row as published. Raises NotMRPC."""
    splits = mrpc.read_splits(folder)
    if mrpc.row_digests(splits) != mrpc.PUBLISHED:
        raise NotMRPC(f"its {mrpc.slashed(splits)} rows are not the published ones")
    return splits


def _keep(splits: dict[str, pyarrow.Table], kind: str, origin: str) -> Source:
    """The Source of `splits`: a folder for them alone, with a card. Raises SourceError.

    The folder's name says what is in it, because `load_dataset` caches a folder under its name and card alone: two
    folders of one name, or one whose files have changed, would give the rows that were cached first. The card is
    needed as many a folder has none, or the Hub's, which lists data that are not there.
    """
    fingerprint = mrpc.fingerprint(mrpc.row_digests(splits))

    def fill(folder: Path) -> None:
        (folder / "README.md").write_text(CARD, encoding="utf-8")
        mrpc.write_splits(splits, folder)

    def intact(folder: Path) -> bool:
        return _holds(folder, fingerprint)

    folder = _kept(fingerprint) or kept.keep(f"mrpc-{fingerprint}", fill, intact)
    return _source(folder, kind, origin)


def _kept(fingerprint: str) -> Path | None:
    """The folder in which `_keep` has put the splits of this fingerprint, if they are still in it."""
    folders = (home / f"mrpc-{fingerprint}" for home in kept.homes())
    return next((folder for folder in folders if _holds(folder, fingerprint)), None)


def _holds(folder: Path, fingerprint: str) -> bool:
    """Whether `folder` holds the splits of this fingerprint."""
    with contextlib.suppress(NotMRPC, OSError):
        return mrpc.fingerprint(mrpc.row_digests(mrpc.read_splits(folder))) == fingerprint
    return False


def _source(folder: Path, kind: str, origin: str) -> Source:
    return Source(str(folder), kind, origin, folder.name.removeprefix("mrpc-"))
