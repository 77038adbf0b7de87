"""That exercise 3 of notebook 5 tells a list that was sorted from a training split that is in this order itself."""

import pytest
from datasets import Dataset

from helpers.exercises import notebook_05
from helpers.exercises.verdict import NOT_YET, RIGHT
from helpers.padding import count_tokens, pad_batches


@pytest.mark.parametrize("reverse", [False, True])
def test_only_a_list_that_was_sorted_in_place_is_refused(course, said, monkeypatch, reverse):
    lengths = sorted(course.lengths, reverse=reverse)
    positions = range(len(lengths))
    batches = [positions[start : start + 8] for start in positions[::8]]
    real, computed = count_tokens(pad_batches(lengths, batches))
    answer = notebook_05.check_sorted_padding, computed - real, lengths
    assert said(*answer).startswith(f"{NOT_YET} `lengths` is no longer in the dataset's order")

    rows = Dataset.from_dict({"input_ids": [[0] * length for length in lengths]})
    monkeypatch.setattr(notebook_05, "prepare_mrpc", lambda: (None, {"train": rows}, None))
    assert said(*answer).startswith(RIGHT)
