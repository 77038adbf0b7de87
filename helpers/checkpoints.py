"""The folder of a training run on the disk: checkpoints and the model, each written whole or not at all."""

import os
import shutil
from pathlib import Path

import torch

CHECKPOINT, LOG, MODEL = "checkpoint.pt", "log.jsonl", "model"


def find_start(folder: Path, resume: bool, settings: dict) -> tuple[dict | None, str]:
    """The checkpoint to go on from, if any, and why the run cannot start, if it cannot."""
    (folder / f"{CHECKPOINT}.draft").unlink(missing_ok=True)
    shutil.rmtree(folder / f"{MODEL}.draft", ignore_errors=True)
    where = os.path.relpath(folder)
    if not resume:
        if any((folder / name).exists() for name in (CHECKPOINT, LOG, MODEL)):
            return None, f"{where} holds a run: go on with it by --resume, or give another --name"
        return None, ""
    if not (folder / CHECKPOINT).exists():
        return None, f"--resume: {where} has no checkpoint to go on from"
    checkpoint = torch.load(folder / CHECKPOINT, map_location="cpu", weights_only=True)
    pairs = [(name, checkpoint["settings"][name], settings[name]) for name in settings]
    changed = [f"{name} {before}, not {now}" for name, before, now in pairs if before != now]
    if changed:
        return None, f"--resume: the run in {where} was started with {'; '.join(changed)}"
    os.truncate(folder / LOG, checkpoint["log_bytes"])
    return checkpoint, ""


def save_checkpoint(folder: Path, checkpoint: dict) -> None:
    """Puts `checkpoint` in the old one's place, once it is whole on the disk."""
    draft, log = folder / f"{CHECKPOINT}.draft", folder / LOG
    log.touch()
    torch.save(checkpoint | {"log_bytes": log.stat().st_size}, draft)
    for file in (log, draft):
        with file.open("ab") as opened:
            os.fsync(opened.fileno())
    draft.replace(folder / CHECKPOINT)


def save_model(folder: Path, model, tokenizer) -> None:
    draft = folder / f"{MODEL}.draft"
    model.save_pretrained(draft)
    tokenizer.save_pretrained(draft)
    shutil.rmtree(folder / MODEL, ignore_errors=True)
    draft.rename(folder / MODEL)
