"""What surrounds the loop of train.py: where a run starts, what it logs, when it saves; the same on one process and on many."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list, gather_object, set_seed
from torch.utils.data import DataLoader
from tqdm.auto import tqdm

from helpers.checkpoints import LOG, find_start, save_checkpoint, save_model, writing
from helpers.errors import CourseError
from helpers.runs import runs_folder
from helpers.sources import checkpoint_path
from helpers.training_data import TrainingData

SETTINGS = ("epochs", "batch_size", "learning_rate", "warmup", "seed", "dropout")


class TrainingRun:
    """One run in runs/NAME: new, or resumed from its last checkpoint. `step` steps have been taken.

    Every process has one; only the main process writes. Raises CourseError there, and SystemExit on the others, if the run
    cannot start: the folder holds another run, there is nothing to resume, or the processes disagree.
    """

    def __init__(self, accelerator: Accelerator, args: argparse.Namespace, data: TrainingData):
        self.accelerator, self.args, self.data = accelerator, args, data
        self.is_main = accelerator.is_main_process
        self.settings = {name: getattr(args, name) for name in SETTINGS} | {
            "processes": accelerator.num_processes,
            "device": accelerator.device.type,
            "data": data.recorded,
            "model": Path(checkpoint_path()).name,
        }
        start = None, ""
        if self.is_main:
            self.folder = runs_folder(args.name)
            start = find_start(self.folder, args.resume, self.settings, args.max_steps)
        if len({str(each) for each in gather_object([vars(args) | self.settings])}) > 1:
            start = None, "the processes were started with different options, data or models"
        self.checkpoint, problem = broadcast_object_list(list(start))
        if problem:
            accelerator.end_training()
            if self.is_main:
                raise CourseError(f"python -m helpers.train: {problem}")
            sys.exit(2)

    def start(self, model, optimizer, lr_scheduler, epoch_steps: int) -> None:
        """Puts the prepared parts into the state of the checkpoint, or writes the first one; says what comes now."""
        self.model = self.accelerator.unwrap_model(model)
        self.parts = {"model": self.model, "optimizer": optimizer, "lr_scheduler": lr_scheduler}
        self.epoch_steps, num_training_steps = epoch_steps, self.args.epochs * epoch_steps
        self.step, self.last_step = 0, min(self.args.max_steps, num_training_steps)
        # Dropout draws from the device's random numbers; they differ from process to process.
        set_seed(self.args.seed, device_specific=True)
        device = self.accelerator.device.type
        self.device_random = torch if device == "cpu" else torch.get_device_module(device)
        if self.checkpoint:
            self.step = self.checkpoint["step"]
            for name, part in self.parts.items():
                part.load_state_dict(self.checkpoint[name])
            random = self.checkpoint["random"][self.accelerator.process_index]
            self.device_random.set_rng_state(random)
        else:
            self.save()
        if self.is_main:
            bf16 = "yes" if self.accelerator.mixed_precision == "bf16" else "no"
            print(*self.data.said, sep="\n")
            print(f"Processes: {self.accelerator.num_processes} ({device}, bf16: {bf16})")
            print(f"Steps: {self.step} to {self.last_step} of {num_training_steps}", flush=True)
        self.progress_bar = tqdm(
            total=self.last_step, initial=self.step, disable=None if self.is_main else True
        )
        self.first_step, self.started = self.step, time.perf_counter()

    def batches(self, dataloader: DataLoader, order: torch.Generator) -> Iterator:
        """What is left of the current epoch, in the order that belongs to the epoch and the seed, up to the last step."""
        order.manual_seed(self.args.seed + self.step // self.epoch_steps)
        done = self.step % self.epoch_steps
        for batch in self.accelerator.skip_first_batches(dataloader, done):
            yield batch
            if self.step == self.last_step:
                return
            if self.step % self.args.checkpoint_every == 0 and not self.epoch_is_over():
                self.save()

    def epoch_is_over(self) -> bool:
        return self.step % self.epoch_steps == 0

    def log(self, **entry: float | str) -> None:
        """Adds a line to the log."""
        if self.is_main:
            line = {"step": self.step, "epoch": self.step / self.epoch_steps} | entry
            with writing(self.folder / LOG), (self.folder / LOG).open("a") as file:
                print(json.dumps(line), file=file)

    def log_data(self, baselines: dict[str, float]) -> None:
        """Adds the split of a CSV file and its baselines to the log, and says them."""
        rows = {f"{name}_rows": count for name, count in self.data.raw_datasets.num_rows.items()}
        self.log(data=self.data.recorded, split_seed=self.args.seed, **rows, **baselines)
        scores = {name.removesuffix("_macro_f1"): value for name, value in baselines.items()}
        shown = ", ".join(f"{name} {value:.3f}" for name, value in scores.items())
        print(f"Baselines, macro F1 on validation: {shown}", flush=True)

    def log_scores(self, scores: dict[str, float]) -> None:
        """Adds what an evaluation found to the log; of a CSV file, it is also said."""
        self.log(**scores)
        if self.is_main and self.data.raw_datasets:
            shown = ", ".join(f"{name} {value:.3f}" for name, value in scores.items())
            self.progress_bar.write(f"Epoch {self.step // self.epoch_steps}: {shown}")

    def log_step(self, loss: torch.Tensor, learning_rate: float) -> None:
        """Counts a step, and logs its loss, the mean over the processes."""
        self.step += 1
        self.progress_bar.update()
        mean_loss = self.accelerator.reduce(loss.detach(), "mean").item()
        self.log(loss=mean_loss, learning_rate=learning_rate)

    def save(self) -> None:
        """Writes a checkpoint in the place of the last one."""
        states = {name: part.state_dict() for name, part in self.parts.items()}
        states["random"] = gather_object([self.device_random.get_rng_state()])
        if self.is_main:
            state = states | {"step": self.step, "settings": self.settings}
            save_checkpoint(self.folder, state)

    def finish(self) -> None:
        """Writes the last checkpoint and the model, and says how fast the training was."""
        self.progress_bar.close()
        seconds = time.perf_counter() - self.started
        rows = (self.step - self.first_step) * self.args.batch_size
        rows *= self.accelerator.num_processes
        if not self.epoch_is_over():
            self.save()
        if self.is_main:
            save_model(self.folder, self.model, self.data.tokenizer)
            print(
                f"Trained on {rows} {self.data.unit} in {seconds:.1f} s: {rows / seconds:.1f} {self.data.unit} a second"
            )
            print(f"The log and the model are in {os.path.relpath(self.folder)}")
        self.accelerator.end_training()
