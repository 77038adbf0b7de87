"""Notebook 8's training loop as a script, for one process or many. `--help` lists the options.

One process:            python -m helpers.train
Two on this machine:    python -m helpers.launch --nproc-per-node 2 -m helpers.train
Two machines, 4 each:   python -m torch.distributed.run --nnodes 2 --node-rank 0 --nproc-per-node 4 \\
                            --master-addr ADDRESS --master-port 29500 -m helpers.train
                        and on the second the same with --node-rank 1; ADDRESS is the first machine's.

N processes with batches of B pairs train like one process with batches of N * B. With GPUs, start one process for each.
`accelerate launch --cpu --num_processes 2` is no substitute: accelerate 1.15 silently runs one process.

Everything goes to runs/NAME on the first machine: log.jsonl (a line a step, a line an evaluation), the last checkpoint
and, at the end, the model with its tokenizer. A run that was stopped goes on with --resume as if it never had been.
"""

import argparse
import math
import os
import sys

import datasets
import torch
import transformers
from accelerate import Accelerator
from accelerate.utils import set_seed
from sklearn.metrics import accuracy_score, f1_score
from torch.utils.data import DataLoader
from transformers import AutoModelForSequenceClassification, DataCollatorWithPadding, get_scheduler

from helpers.errors import CourseError
from helpers.option_types import folder_name, number
from helpers.prepare import prepare_mrpc
from helpers.sources import checkpoint_path, use_mrpc
from helpers.training_run import TrainingRun


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


def new_accelerator() -> Accelerator:
    """In bf16 on a GPU that computes in it; on the CPU where several processes have no GPU."""
    several, cuda = int(os.environ.get("WORLD_SIZE", 1)) > 1, torch.cuda.is_available()
    bf16 = cuda and torch.cuda.is_bf16_supported(including_emulation=False)
    return Accelerator(
        cpu=several and not cuda,  # else each process would train alone
        mixed_precision="bf16" if bf16 else "no",
    )


def make_dataloaders(
    tokenized_datasets, tokenizer, batch_size: int
) -> tuple[DataLoader, DataLoader, torch.Generator]:
    """Batches for training and for validation, and the generator that the order of the training pairs is drawn from."""
    tokenized_datasets = tokenized_datasets.remove_columns(["sentence1", "sentence2", "idx"])
    tokenized_datasets = tokenized_datasets.rename_column("label", "labels")
    tokenized_datasets.set_format("torch")
    options = {"batch_size": batch_size, "collate_fn": DataCollatorWithPadding(tokenizer)}
    order = torch.Generator()
    return (
        DataLoader(tokenized_datasets["train"], shuffle=True, generator=order, **options),
        DataLoader(tokenized_datasets["validation"], **options),
        order,
    )


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


def train(args: argparse.Namespace) -> None:
    """Trains, and writes log, checkpoints and model. Raises CourseError if the run cannot start."""
    accelerator = new_accelerator()
    with accelerator.local_main_process_first():
        mrpc = use_mrpc()
        _, tokenized_datasets, tokenizer = prepare_mrpc()
    run = TrainingRun(accelerator, args, mrpc)

    train_dataloader, eval_dataloader, order = make_dataloaders(
        tokenized_datasets, tokenizer, args.batch_size
    )
    set_seed(args.seed)
    model = AutoModelForSequenceClassification.from_pretrained(checkpoint_path())
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate, fused=True)
    train_dataloader, eval_dataloader, model, optimizer = accelerator.prepare(
        train_dataloader, eval_dataloader, model, optimizer
    )
    num_training_steps = args.epochs * len(train_dataloader)  # those of one process
    num_warmup_steps = math.ceil(args.warmup * num_training_steps)
    lr_scheduler = get_scheduler("linear", optimizer, num_warmup_steps, num_training_steps)

    run.start(model, optimizer, lr_scheduler, epoch_steps=len(train_dataloader))
    while run.step < run.last_step:
        model.train(args.dropout)
        for batch in run.batches(train_dataloader, order):
            loss = model(**batch).loss
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            run.log_step(loss, lr_scheduler.get_last_lr()[0])
            lr_scheduler.step()
        if run.epoch_is_over():
            run.log(**evaluate(accelerator, model, eval_dataloader))
            run.save()
    run.finish(tokenizer)


def main(argv: list[str] | None = None) -> int:
    args = parse_options(argv)
    datasets.disable_progress_bars()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        train(args)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        if os.environ.get("RANK", "0") == "0":
            print("\nStopped; --resume goes on from the last checkpoint.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
