"""The folder of a training run on the disk: checkpoints and the model, each written whole or not at all."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError

from helpers.errors import CourseError

CHECKPOINT, LOG, MODEL = "checkpoint.pt", "log.jsonl", "model"
HELD = {"model", "optimizer", "lr_scheduler", "random", "step", "settings", "log_bytes"}


class RunFolderError(CourseError):
    """The folder of a run cannot be written, or what it holds cannot be gone on from."""


@contextmanager
def writing(file: Path):
    """A block that writes `file`. Raises RunFolderError where that fails, as on a full disk."""
    try:
        yield
    except (OSError, RuntimeError, SafetensorError) as error:  # torch's writer raises RuntimeError
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise RunFolderError(
            f"{os.path.relpath(file)} cannot be written ({reason}). Make room on that disk, then go on with --resume; or set "
            f"COURSE_RUNS to a folder on another disk and start again."
        ) from None


@contextmanager
def draft_of(file: Path):
    """The name under which the block writes `file`; the block renames it, and if it fails, nothing is left of it."""
    draft = file.with_name(f"{file.name}.draft")
    try:
        with writing(file):
            yield draft
    finally:
        remove(draft)


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def read_checkpoint(folder: Path) -> dict:
    """The checkpoint in `folder`, if it is whole and so is the log that belongs to it. Raises RunFolderError."""
    file, log = folder / CHECKPOINT, folder / LOG
    try:
        checkpoint = torch.load(file, map_location="cpu", weights_only=True)
    except Exception:  # torch raises anything for bytes that it did not write
        checkpoint = None
    if not isinstance(checkpoint, dict) or not checkpoint.keys() >= HELD:
        problem = (
            f"{CHECKPOINT} ({file.stat().st_size:,} bytes) is not one, or was emptied or cut short"
        )
    elif not log.exists():
        problem = f"{LOG} is missing, and the checkpoint goes on from it"
    elif log.stat().st_size < checkpoint["log_bytes"]:
        size, expected = log.stat().st_size, checkpoint["log_bytes"]
        problem = f"{LOG} was cut short: {size:,} bytes, where the checkpoint needs {expected:,}"
    else:
        return checkpoint
    where = os.path.relpath(folder)
    raise RunFolderError(
        f"--resume: the run in {where} cannot go on: {problem}. Put that file back if you have a copy; else delete {where} and "
        f"start again without --resume, or give another --name."
    )


def find_start(
    folder: Path, resume: bool, settings: dict, max_steps: int | None = None
) -> tuple[dict | None, str]:
    """The checkpoint to go on from, if any, and why the run cannot start, if it cannot."""
    remove(folder / f"{CHECKPOINT}.draft")
    remove(folder / f"{MODEL}.draft")
    where = os.path.relpath(folder)
    if not resume:
        if any((folder / name).exists() for name in (CHECKPOINT, LOG, MODEL)):
            return None, f"{where} holds a run: go on with it by --resume, or give another --name"
        return None, ""
    if not (folder / CHECKPOINT).exists():
        return None, f"--resume: {where} has no checkpoint to go on from"
    try:
        checkpoint = read_checkpoint(folder)
    except RunFolderError as error:
        return None, str(error)
    before = checkpoint["settings"]
    changed = [
        f"{name} {before.get(name, '(not recorded)')}, not {now}"
        for name, now in settings.items()
        if before.get(name) != now
    ]
    if changed:
        return None, f"--resume: the run in {where} was started with {'; '.join(changed)}"
    step = checkpoint["step"]
    if max_steps is not None and step > max_steps:
        return None, (
            f"--resume: the run in {where} has taken {step} steps, more than --max-steps={max_steps}. Give a larger number, or "
            f"leave --max-steps out to train to the end"
        )
    with writing(folder / LOG):
        os.truncate(folder / LOG, checkpoint["log_bytes"])
    return checkpoint, ""


def save_checkpoint(folder: Path, checkpoint: dict) -> None:
    """Puts `checkpoint` in the old one's place, once it is whole on the disk. Raises RunFolderError."""
    log = folder / LOG
    with draft_of(folder / CHECKPOINT) as draft:
        log.touch()
        with draft.open("wb") as file, log.open("ab") as opened_log:
            torch.save(checkpoint | {"log_bytes": log.stat().st_size}, file)
            for opened in (opened_log, file):
                opened.flush()
                os.fsync(opened.fileno())
        draft.replace(folder / CHECKPOINT)


def save_model(folder: Path, model, tokenizer) -> None:
    """Puts the model with its tokenizer in the old one's place, once it is whole. Raises RunFolderError."""
    with draft_of(folder / MODEL) as draft:
        model.save_pretrained(draft)
        tokenizer.save_pretrained(draft)
        remove(folder / MODEL)
        draft.rename(folder / MODEL)
