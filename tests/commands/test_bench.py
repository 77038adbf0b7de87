"""make bench: what it measures, that its recipes are what they say, and the tables that it writes."""

import pandas as pd
import pytest

from helpers.commands import bench
from helpers.errors import CourseError
from helpers.padding import count_tokens, pad_batches
from helpers.prepare import prepare_mrpc
from helpers.speed import RECIPES, epoch_of, measure_training, peak_memory


@pytest.fixture(scope="module")
def prepared():
    return prepare_mrpc()


@pytest.fixture(scope="module")
def lengths(prepared):
    return [len(ids) for ids in prepared[1]["train"]["input_ids"]]


@pytest.mark.parametrize("name", RECIPES)
def test_an_epoch_has_every_pair_once(name, lengths):
    batches = epoch_of(RECIPES[name], lengths, seed=0)
    assert sorted(position for batch in batches for position in batch) == list(range(len(lengths)))
    assert batches != epoch_of(RECIPES[name], lengths, seed=1)


def computed_per_real(name, lengths):
    batches = epoch_of(RECIPES[name], lengths, seed=0)
    real, computed = count_tokens(pad_batches(lengths, batches, RECIPES[name].pad_to))
    return computed / real


def test_our_recipe_computes_at_most_5_percent_more_tokens_than_there_are(lengths):
    assert computed_per_real("ours", lengths) <= 1.05
    assert computed_per_real("the course's", lengths) > 1.1
    assert computed_per_real("padded to 128", lengths) > 1.9


def test_a_measurement_gives_speed_and_what_it_means_for_an_epoch(prepared, lengths):
    _, tokenized_datasets, tokenizer = prepared
    measured = measure_training(RECIPES["ours"], tokenized_datasets["train"], tokenizer, pairs=64)
    seconds = sum(lengths) / measured["real tokens a second"]
    assert measured["seconds an epoch"] == pytest.approx(seconds)
    assert measured["computed per real token"] == computed_per_real("ours", lengths)
    assert 0.1 < peak_memory() < 16


def test_the_table_of_speeds_has_a_row_per_recipe_and_nothing_for_what_was_not_measured():
    measured = {
        "the course's": (1.3493, 1279.1, 152.7, 1.236, 0.4288, 1.0),
        bench.LIMIT: (None, 2983.0, None, None, 1.0, 2.3321),
    }
    columns = [column for column, _, _ in bench.SPEED_COLUMNS]
    header, line, *rows = bench.speed_table(
        pd.DataFrame(measured, index=columns, dtype=float).T
    ).splitlines()
    assert header.startswith("| recipe | computed per real token | ")
    assert line == "|---|---|---|---|---|---|---|"
    assert rows == [
        "| the course's: batches of 8, random order, learning rate 5e-5 | 1.35 | 1,279 | 153 | 1.24 | 0.43 | 1 |",
        "| matrix products alone | | 2,983 | | | 1 | 2.33 |",
    ]


def test_publish_puts_the_table_into_its_page_and_without_it_only_runs_is_written(
    tmp_path, monkeypatch
):
    table = pd.DataFrame({"test F1": ["0.9 (0.8 to 1.0)"]}, index=["ours"])
    monkeypatch.setattr(bench, "bench_quality", lambda: table)
    page = bench.PUBLISHED.read_text(encoding="utf-8")
    monkeypatch.setattr(bench, "PUBLISHED", tmp_path / "page.md")
    bench.PUBLISHED.write_text(page, encoding="utf-8")
    monkeypatch.setenv("COURSE_RUNS", str(tmp_path / "runs"))
    bench.main(["--quality"])
    assert bench.PUBLISHED.read_text(encoding="utf-8") == page
    bench.main(["--quality", "--publish"])
    text = (tmp_path / "runs" / "bench" / "quality.md").read_text(encoding="utf-8")
    assert "| notebook 6's | 0.9 (0.8 to 1.0) |" in text
    written = bench.PUBLISHED.read_text(encoding="utf-8")
    before, after = written.split(text)
    assert page.startswith(before) and page.endswith(after) and len(after) > 100
    assert page[len(before) :].startswith("| recipe | validation accuracy |")


def test_a_page_without_the_tables_section_is_named():
    with pytest.raises(CourseError, match='no section "Speed"'):
        bench.with_table("## Quality\n\n| a |\n|---|\n", "Speed", "| b |\n")
