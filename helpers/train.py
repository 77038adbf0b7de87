"""Notebook 8's training loop as a script, for one process or many. `--help` lists the options.

One process:            python -m helpers.train
Two on this machine:    python -m helpers.launch --nproc-per-node 2 -m helpers.train
Four GPUs in one:       accelerate launch --multi_gpu --num_processes 4 -m helpers.train
Two machines, 4 each:   python -m torch.distributed.run --nnodes 2 --node-rank 0 --nproc-per-node 4 \\
                            --master-addr ADDRESS --master-port 29500 -m helpers.train
                        and on the second the same with --node-rank 1; ADDRESS is the first machine's.

The loop is notebook 8's, line by line. N processes with batches of B pairs train like one process with batches of N * B,
up to rounding; without dropout, because each process draws random numbers of its own. On one machine's CPU cores this gains
nothing: one process uses all of them already. There, `accelerate launch --cpu --num_processes 2` is no substitute for
helpers.launch: accelerate 1.15 silently runs one process. On GPUs the processes exchange gradients by NCCL, on CPUs by gloo.

Data of yours (notebook 10): python -m helpers.train --csv FILE --text COLUMN [COLUMN] --label COLUMN
It is read, cleaned and split as in notebook 10, and what was left out is said; a pair has two columns of texts. Before the first
step, two baselines are scored: the most frequent label, and a logistic regression on TF-IDF.

Everything goes to runs/NAME on the first machine: log.jsonl (a line a step, a line an evaluation, for data of yours a first line with split and baselines), the last checkpoint
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
from transformers.trainer_pt_utils import LengthGroupedSampler

from helpers.errors import CourseError
from helpers.option_types import folder_name, number
from helpers.own_data import MOST_ROWS, baselines
from helpers.sources import checkpoint_path
from helpers.training_data import prepare_data
from helpers.training_run import TrainingRun

NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


def parse_options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m helpers.train", "%(prog)s [options]")
    add = parser.add_argument
    add("--epochs", type=number(1, 1000), default=3, help="default: 3")
    add("--batch-size", type=number(1, 1000), default=16, help="rows, per process; default: 16")
    add("--learning-rate", type=number(1e-9, 1.0), default=1e-4, help="the highest; default: 1e-4")
    add("--warmup", type=number(0.0, 1.0), default=0.1, help="share of the steps; default: 0.1")
    add("--seed", type=number(0, 2**31 - 1), default=42, help="default: 42")
    add("--no-dropout", dest="dropout", action="store_false", help="train without dropout")
    add("--max-steps", type=number(1, 10**9), default=10**9, help="stop there; --resume goes on")
    add("--checkpoint-every", type=number(1, 10**9), default=100, help="in steps; default: 100")
    add("--resume", action="store_true", help="go on from the last checkpoint")
    add("--name", type=folder_name, default="train", help="folder below runs/; default: train")
    own = parser.add_argument_group("data of yours, in place of MRPC")
    add = own.add_argument
    add("--csv", metavar="FILE", help="a CSV file, its columns named in the first line")
    add("--text", nargs="+", metavar="COLUMN", help="its column with texts; two, for pairs")
    add("--label", metavar="COLUMN", help="its column with categories")
    add("--encoding", metavar="NAME", help="of the file, as cp1252; default: utf-8")
    most = f"take so many at random of a larger file; default: {MOST_ROWS}"
    add("--most-rows", type=number(10, 10**7), default=MOST_ROWS, metavar="N", help=most)
    args = parser.parse_args(argv)
    if args.csv and not (args.text and args.label):
        parser.error("--csv needs the names of columns: --text COLUMN [COLUMN] --label COLUMN")
    if not args.csv and (args.text or args.label or args.encoding):
        parser.error("--text, --label and --encoding belong to --csv FILE")
    return args


def new_accelerator() -> Accelerator:
    """In bf16 on a GPU that computes in it; on the CPU where several processes have no GPU."""
    several, cuda = int(os.environ.get("WORLD_SIZE", 1)) > 1, torch.cuda.is_available()
    bf16 = cuda and torch.cuda.is_bf16_supported(including_emulation=False)
    return Accelerator(
        cpu=several and not cuda,  # else each process would train alone
        mixed_precision="bf16" if bf16 else "no",
    )


def make_dataloaders(
    tokenized_datasets, tokenizer, batch_size: int, processes: int
) -> tuple[DataLoader, DataLoader, torch.Generator]:
    """Batches for training, grouped by length, and for validation; and the generator of the training rows' order.

    `batch_size` is that of one process; the order is the same for any number of processes with as many rows in all.
    """
    tokenized_datasets = tokenized_datasets.select_columns([*tokenizer.model_input_names, "label"])
    lengths = [len(ids) for ids in tokenized_datasets["train"]["input_ids"]]
    order = torch.Generator()
    sampler = LengthGroupedSampler(batch_size * processes, lengths=lengths, generator=order)
    options = {"batch_size": batch_size, "collate_fn": DataCollatorWithPadding(tokenizer)}
    return (
        DataLoader(tokenized_datasets["train"], sampler=sampler, generator=order, **options),
        DataLoader(tokenized_datasets["validation"], **options),
        order,
    )


@torch.no_grad()
def evaluate(
    accelerator: Accelerator, model, eval_dataloader, average: str = "binary"
) -> dict[str, float]:
    """Loss, accuracy and F1 (of label 1, or macro) on the validation split, each row counted once."""
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
        "f1" if average == "binary" else f"{average}_f1": float(
            f1_score(labels, predictions, average=average)
        ),
    }


def train(args: argparse.Namespace) -> None:
    """Trains, and writes log, checkpoints and model. Raises CourseError if the run cannot start."""
    accelerator = new_accelerator()
    with accelerator.local_main_process_first():
        data = prepare_data(args)
    run = TrainingRun(accelerator, args, data)

    train_dataloader, eval_dataloader, order = make_dataloaders(
        data.tokenized_datasets, data.tokenizer, args.batch_size, accelerator.num_processes
    )
    set_seed(args.seed)
    model = AutoModelForSequenceClassification.from_pretrained(
        checkpoint_path(), **data.model_options, **({} if args.dropout else NO_DROPOUT)
    )
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=args.learning_rate, weight_decay=0.0, fused=True
    )
    train_dataloader, eval_dataloader, model, optimizer = accelerator.prepare(
        train_dataloader, eval_dataloader, model, optimizer
    )
    num_training_steps = args.epochs * len(train_dataloader)  # after prepare: of one process
    num_warmup_steps = math.ceil(args.warmup * num_training_steps)
    lr_scheduler = get_scheduler("linear", optimizer, num_warmup_steps, num_training_steps)

    run.start(model, optimizer, lr_scheduler, epoch_steps=len(train_dataloader))
    if data.raw_datasets and run.step == 0 and run.is_main:
        run.log_data(baselines(data.raw_datasets))
    while run.step < run.last_step:
        model.train()
        for batch in run.batches(train_dataloader, order):
            loss = model(**batch).loss
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            run.log_step(loss, lr_scheduler.get_last_lr()[0])
            lr_scheduler.step()
            optimizer.zero_grad()
        if run.epoch_is_over():
            run.log_scores(evaluate(accelerator, model, eval_dataloader, data.average))
            run.save()
    run.finish()


def main(argv: list[str] | None = None) -> int:
    args = parse_options(argv)
    datasets.disable_progress_bars()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        train(args)
    except CourseError as error:
        if os.environ.get("RANK", "0") == "0":
            print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        if os.environ.get("RANK", "0") == "0":
            print("\nStopped; --resume goes on from the last checkpoint.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
