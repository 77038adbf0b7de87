"""Notebook 07's training loop as a script, for one process or many. `--help` lists the options.

One process:            python -m helpers.train
Two on this machine:    python -m torch.distributed.run --nproc-per-node 2 -m helpers.train
Two machines, 4 each:   python -m torch.distributed.run --nnodes 2 --node-rank 0 --nproc-per-node 4 \\
                            --master-addr ADDRESS --master-port 29500 -m helpers.train
                        and on the second the same with --node-rank 1; ADDRESS is the first machine's.

N processes with batches of B pairs train like one process with batches of N * B. With GPUs, start one process for each.
`accelerate launch --cpu --num_processes 2` is no substitute: accelerate 1.15 silently runs one process.

Everything goes to runs/NAME on the first machine: log.jsonl (a line a step, a line an evaluation), the last checkpoint
and, at the end, the model with its tokenizer. A run that was stopped goes on with --resume as if it never had been.
"""

import argparse
import json
import math
import os
import sys
import time
from pathlib import Path

import datasets
import torch
import transformers
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list, gather_object, set_seed
from sklearn.metrics import accuracy_score, f1_score
from torch.utils.data import DataLoader
from tqdm.auto import tqdm
from transformers import AutoModelForSequenceClassification, DataCollatorWithPadding, get_scheduler

from helpers.checkpoints import LOG, find_start, save_checkpoint, save_model
from helpers.errors import CourseError
from helpers.option_types import folder_name, number
from helpers.prepare import prepare_mrpc
from helpers.runs import runs_folder
from helpers.sources import checkpoint_path, use_mrpc

SETTINGS = ("epochs", "batch_size", "learning_rate", "warmup", "seed", "dropout")


def parse_options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m helpers.train", "%(prog)s [options]")
    add = parser.add_argument
    add("--epochs", type=number(1, 1000), default=3, help="default: 3")
    add("--batch-size", type=number(1, 1000), default=8, help="pairs, per process; default: 8")
    add("--learning-rate", type=number(1e-9, 1.0), default=5e-5, help="the highest; default: 5e-5")
    add("--warmup", type=number(0.0, 1.0), default=0.0, help="share of the steps; default: 0")
    add("--seed", type=number(0, 2**31 - 1), default=42, help="default: 42")
    add("--no-dropout", dest="dropout", action="store_false", help="train without dropout")
    add("--max-steps", type=number(1, 10**9), default=10**9, help="stop there; --resume goes on")
    add("--checkpoint-every", type=number(1, 10**9), default=100, help="in steps; default: 100")
    add("--resume", action="store_true", help="go on from the last checkpoint")
    add("--name", type=folder_name, default="train", help="folder below runs/; default: train")
    return parser.parse_args(argv)


@torch.no_grad()
def evaluate(accelerator: Accelerator, model, eval_dataloader) -> dict[str, float]:
    """Loss, accuracy and F1 on the validation split, each pair counted once."""
    model.eval()
    parts = []
    for batch in eval_dataloader:
        logits = model(**batch).logits
        parts.append(accelerator.gather_for_metrics((logits, batch["labels"])))
    logits, labels = (torch.cat(part).cpu() for part in zip(*parts, strict=True))
    predictions = logits.argmax(dim=-1)
    return {
        "validation_loss": torch.nn.functional.cross_entropy(logits, labels).item(),
        "accuracy": float(accuracy_score(labels, predictions)),
        "f1": float(f1_score(labels, predictions)),
    }


def train(args: argparse.Namespace) -> int:
    """The whole run; returns the exit status. Raises CourseError."""
    several, cuda = int(os.environ.get("WORLD_SIZE", 1)) > 1, torch.cuda.is_available()
    bf16 = cuda and torch.cuda.is_bf16_supported(including_emulation=False)
    accelerator = Accelerator(
        cpu=several and not cuda,  # else each process would train alone
        mixed_precision="bf16" if bf16 else "no",
    )
    is_main, device = accelerator.is_main_process, accelerator.device.type

    with accelerator.local_main_process_first():
        source = use_mrpc()
        raw_datasets, tokenized_datasets, tokenizer = prepare_mrpc()
    settings = {name: getattr(args, name) for name in SETTINGS}
    settings |= {"processes": accelerator.num_processes, "device": device}
    settings["data"] = f"{source.kind} {source.path[-16:]}"  # the end is a hash of the rows
    settings["model"] = Path(checkpoint_path()).name

    start = None, ""
    if is_main:
        folder = runs_folder(args.name)
        start = find_start(folder, args.resume, settings)
    if len({str(each) for each in gather_object([vars(args) | settings])}) > 1:
        start = None, "the processes were started with different options, data or models"
    checkpoint, problem = broadcast_object_list(list(start))
    if problem:
        if is_main:
            print(f"python -m helpers.train: {problem}", file=sys.stderr)
        accelerator.end_training()
        return 2

    tokenized_datasets = tokenized_datasets.remove_columns(["sentence1", "sentence2", "idx"])
    tokenized_datasets = tokenized_datasets.rename_column("label", "labels")
    tokenized_datasets.set_format("torch")
    data_collator, order = DataCollatorWithPadding(tokenizer), torch.Generator()
    train_dataloader = DataLoader(
        tokenized_datasets["train"],
        shuffle=True,
        batch_size=args.batch_size,
        collate_fn=data_collator,
        generator=order,
    )
    eval_dataloader = DataLoader(
        tokenized_datasets["validation"], batch_size=args.batch_size, collate_fn=data_collator
    )
    set_seed(args.seed)
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint_path())
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate, fused=True)
    train_dataloader, eval_dataloader, model, optimizer = accelerator.prepare(
        train_dataloader, eval_dataloader, model, optimizer
    )
    epoch_steps = len(train_dataloader)
    num_training_steps = args.epochs * epoch_steps
    num_warmup_steps = math.ceil(args.warmup * num_training_steps)
    lr_scheduler = get_scheduler("linear", optimizer, num_warmup_steps, num_training_steps)

    step, last_step = 0, min(args.max_steps, num_training_steps)
    bare_model = accelerator.unwrap_model(model)
    parts = {"model": bare_model, "optimizer": optimizer, "lr_scheduler": lr_scheduler}
    # Dropout draws from the device's random numbers; they differ from process to process.
    set_seed(args.seed, device_specific=True)
    device_random = torch if device == "cpu" else torch.get_device_module(device)

    def save() -> None:
        states = {name: part.state_dict() for name, part in parts.items()}
        states["random"] = gather_object([device_random.get_rng_state()])
        if is_main:
            save_checkpoint(folder, states | {"step": step, "settings": settings})

    def log(**entry) -> None:
        if is_main:
            with (folder / LOG).open("a") as file:
                print(json.dumps({"step": step, "epoch": step / epoch_steps} | entry), file=file)

    if checkpoint:
        step = checkpoint["step"]
        for name, part in parts.items():
            part.load_state_dict(checkpoint[name])
        device_random.set_rng_state(checkpoint["random"][accelerator.process_index])
    else:
        save()
    if is_main:
        print(f"MRPC: {source.kind} ({source.origin})")
        print(f"Processes: {accelerator.num_processes} ({device}, bf16: {'yes' if bf16 else 'no'})")
        print(f"Steps: {step} to {last_step} of {num_training_steps}", flush=True)

    first_step, started = step, time.perf_counter()
    progress_bar = tqdm(total=last_step, initial=step, disable=None if is_main else True)
    while step < last_step:
        model.train(args.dropout)
        order.manual_seed(args.seed + step // epoch_steps)
        for batch in accelerator.skip_first_batches(train_dataloader, step % epoch_steps):
            loss = model(**batch).loss
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            step += 1
            mean_loss = accelerator.reduce(loss.detach(), "mean").item()
            log(loss=mean_loss, learning_rate=lr_scheduler.get_last_lr()[0])
            lr_scheduler.step()
            progress_bar.update()
            if step == last_step:
                break
            if step % args.checkpoint_every == 0 and step % epoch_steps:
                save()
        if step % epoch_steps == 0:
            log(**evaluate(accelerator, model, eval_dataloader))
            save()
    progress_bar.close()
    seconds = time.perf_counter() - started
    pairs = (step - first_step) * args.batch_size * accelerator.num_processes
    if step % epoch_steps:
        save()
    if is_main:
        save_model(folder, bare_model, tokenizer)
        print(f"Trained on {pairs} pairs in {seconds:.1f} s: {pairs / seconds:.1f} pairs a second")
        print(f"The log and the model are in {os.path.relpath(folder)}")
    accelerator.end_training()
    return 0


def main(argv: list[str] | None = None) -> int:
    args = parse_options(argv)
    datasets.disable_progress_bars()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        return train(args)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        if os.environ.get("RANK", "0") == "0":
            print("\nStopped; --resume goes on from the last checkpoint.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
