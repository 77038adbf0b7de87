"""What must hold after the cells of notebook 10; helpers/commands/support/facts.py says how this file is read."""

from helpers import own_data

# %% 10-file-wrong
assert pd.read_csv(messages_csv, nrows=3).shape == (3, 1)

# %% 10-file-read
assert list(messages) == ["id", "channel", "category", "message"]
assert set(messages["category"][:4]) < set(messages["category"].dropna())

# %% 10-faults-missing-count
assert messages["category"].isna().sum() == 6
assert messages["message"].isna().sum() == 4
assert (messages["message"] == " ").sum() == 1

# %% 10-faults-categories-count
spellings = messages["category"].dropna().unique()
assert len(spellings) == 8 and "Service " in spellings
assert len({name.strip().lower().replace("vehicels", "vehicles") for name in spellings}) == 5
sizes = messages["category"].value_counts()
assert sizes["Service"] > 3 * sizes["Lost property"]

# %% 10-faults-twice-show
doubled = messages.loc[texts[texts.duplicated(keep=False)].index]
assert len(doubled) == 4 and doubled.duplicated().sum() == 1
assert sorted(doubled.groupby("message")["category"].nunique()) == [1, 2]

# %% 10-clean
assert list(rows.values()) == [640, 635, 629, 628, 626]
assert clean["message"].is_unique and clean["category"].nunique() == 5
# what is left is the clean source
from helpers.passenger_messages.build import read_messages

source = {(each["text"], each["category"]) for each in read_messages()}
assert set(clean.itertuples(index=False, name=None)) == source

# %% 10-dataset
assert dataset.num_rows == 626

# %% 10-encode
assert names == sorted(names) and names[0] == "Fares"
# "Lost property has 59 messages in all"
assert labeled["label"][:].count(names.index("Lost property")) == 59

# %% 10-split-random
# about 12, give or take three; stratified, always 12
by_chance = [
    labeled.train_test_split(test_size=0.2, seed=seed)["test"]["label"][:].count(1)
    for seed in range(10)
]
assert min(by_chance) == 9 and max(by_chance) == 15
assert {lost_property(split["test"]) for split in splits} == {12}

# %% 10-split
assert raw_datasets.num_rows == {"train": 500, "validation": 126}

# %% 10-leak-dirty
# in about half of ten random splits a text is on both sides; the planted ones are what is found
found = [shared_texts(split) for split in dirty_splits]
assert 4 <= sum(map(bool, found)) <= 6
planted = {normal(text) for text in texts[texts.duplicated()]}
assert len(planted) == 2 and set().union(*found) == planted
assert shared_texts(raw_datasets) == set()

# %% 10-labels-error
# the first eight messages have labels beyond the two outputs
assert max(first["label"]) >= 2 and model.config.num_labels == 2

# %% 10-labels-names
assert named(names) == own_data.named(names)

# %% 10-tokenize
# far fewer than 512 tokens
assert max(map(len, tokenized_datasets["train"]["input_ids"])) < 128
assert max(map(len, tokenized_datasets["validation"]["input_ids"])) < 128

# %% 10-score
assert names[always[0]] == "Service"
assert 0.08 < results["always Service"]["macro_f1"] < 0.12
assert abs(results["always Service"]["accuracy"] - 0.31) < 0.005
# weighted by size, it is closer to accuracy
weighted = f1_score(labels, always, average="weighted")
one, other = results["always Service"]["accuracy"], results["always Service"]["macro_f1"]
assert other < weighted < one
# a model that never answers Lost property can be right about nine in ten, and its macro F1 is 0.8 at best
share = (labels == names.index("Lost property")).mean()
assert 0.09 < share < 0.1

# %% 10-words
assert 0.6 < results["TF-IDF"]["macro_f1"] < 0.7
# the script's baselines are the notebook's
of_script = own_data.baselines(raw_datasets)
assert abs(of_script["tfidf_macro_f1"] - results["TF-IDF"]["macro_f1"]) < 1e-9
assert abs(of_script["majority_macro_f1"] - results["always Service"]["macro_f1"]) < 1e-9

# %% 10-words-look
# words that make sense are among the first
by_name = {
    name: set(vocabulary[weights.argsort()[:-7:-1]])
    for name, weights in zip(names, regression.coef_, strict=True)
}
assert "ticket" in by_name["Fares"] and "driver" in by_name["Staff"]
assert "minutes" in by_name["Service"] and {"left", "bag"} <= by_name["Lost property"]

# %% 10-train
assert trainer.state.global_step == 5 * math.ceil(500 / 16)

# %% 10-train-log
assert log["eval_macro_f1"].dropna().iloc[-1] > 0.8
assert len(log["eval_loss"].dropna()) == 5

# %% 10-train-results
# "20 points or more", but for rounding
assert results["fine-tuned"]["macro_f1"] > results["TF-IDF"]["macro_f1"] + 0.185

# %% 10-confusion
# about ten mistakes, spread over several pairs of categories
mistakes = counts - np.diag(counts.diagonal())
between = mistakes + mistakes.T
assert counts.sum() == 126 and 4 <= mistakes.sum() <= 20
assert between.max() < 0.7 * mistakes.sum() and (np.triu(between) > 0).sum() >= 2

# %% 10-confusion-report
report = classification_report(output.label_ids, predictions, output_dict=True, zero_division=0)
assert abs(report["macro avg"]["f1-score"] - results["fine-tuned"]["macro_f1"]) < 1e-9
assert report[str(names.index("Lost property"))]["support"] == 12

# %% 10-save-use
said = [answer["label"] for answer in classifier(new_messages)]
assert said[:3] == ["Lost property", "Fares", "Service"]
assert said[3] in names

# %% 10-mistakes
# the pipeline's answers belong to their rows: as many are right as the scores say
assert len(wrong) == (predictions != output.label_ids).sum()
assert wrong

# %% 10-own-read
assert list(my_table) == ["text", "label"] and len(my_table) == 632

# %% 10-own-prepare
assert my_datasets["train"].num_rows == 505 and my_names == ["app", "email", "letter", "web form"]
# the script's split is the notebook's
of_script = own_data.split_table(my_table, 42)
assert all(of_script[part]["text"][:] == my_datasets[part]["text"][:] for part in my_datasets)

# %% 10-own-train
# the channel was drawn at random: neither method is far from guessing by shares
shares = np.bincount(my_labels["train"]) / len(my_labels["train"])
drawn = np.random.default_rng(0).choice(len(shares), (200, len(my_validation)), p=shares)
guesses = [f1_score(my_validation, each, average="macro") for each in drawn]
assert 0.22 < np.mean(guesses) < 0.28
assert my_results["TF-IDF"]["macro_f1"] < 0.36
assert my_results["fine-tuned"]["macro_f1"] < 0.36

# %% 10-own-results
assert list(my_results) == ["most frequent", "TF-IDF", "fine-tuned"]

# %% 10-own-matrix
assert my_counts.sum() == len(my_validation)

# %% 10-own-use
assert my_classifier(my_question)["label"] in my_names

# %% 10-glue-tokens
# a pair: the second text has token type 1
assert set(mnli_tokenized[0]["token_type_ids"]) == {0, 1}

# %% 10-glue-loss
assert abs(loss.item() - math.log(3)) < 0.08

# %% 10-regression
assert after["eval_loss"] < before["eval_loss"] / 2
assert after["eval_spearman"] > 0.9 and after["eval_spearman"] > before["eval_spearman"]

# %% 10-regression-scores
assert set(after) >= {"eval_loss", "eval_spearman"}

# %% 10-languages
english, german, korean = (
    len(tokenizer.tokenize(text))
    for text in [
        "The train was an hour late.",
        "Der Zug hatte eine Stunde Verspätung.",
        "기차가 한 시간 늦었어요.",
    ]
)
# as many tokens as words, and the period, in English; about twice as many in the others, although they have fewer words
assert english == 7 and german >= 12 and korean >= 12
