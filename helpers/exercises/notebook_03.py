"""The checks of notebook 3, inspecting features."""

from statistics import fmean

from sklearn.metrics import accuracy_score, f1_score

from helpers.exercises.notebook_02 import same_pair
from helpers.exercises.verdict import (
    a_number,
    a_row,
    a_share,
    agrees,
    call,
    check,
    require,
    tell_apart,
)


@check
def check_test_baseline(test_accuracy, test_f1, raw_datasets):
    """Accuracy and F1 of always answering the most frequent training label, on the test split."""
    accuracy, f1 = a_share(test_accuracy, "test_accuracy"), a_share(test_f1, "test_f1")
    majority = round(fmean(raw_datasets["train"]["label"]))

    def scores(split):
        labels = list(raw_datasets[split]["label"])
        constant = [majority] * len(labels)
        f1 = f1_score(labels, constant, zero_division=0)
        return float(accuracy_score(labels, constant)), float(f1)

    def of_another_split(name, score):
        return {
            f"this {name} is that of the {split} split. Take the labels of raw_datasets['test'], and as many "
            "answers.": scores(split)[score]
            for split in ("validation", "train")
        }

    wanted, on_validation = scores("test"), scores("validation")
    mistakes = {
        "the two scores are swapped: F1 is the higher one here.": agrees((f1, accuracy), wanted),
        **of_another_split("accuracy", 0),
        "this is the accuracy of always answering the rarer label. "
        "Which label is the majority's?": 1 - wanted[0],
        f"{accuracy:g} is right, but rounded to two digits. Give the accuracy itself, "
        "or at least three digits.": accuracy == round(wanted[0], 2),
    }
    otherwise = f"the accuracy is not {accuracy:.3f}. It is the share of test pairs that have the majority label."
    tell_apart(accuracy, wanted[0], mistakes, otherwise)
    mistakes = {
        **of_another_split("F1", 1),
        "an F1 of 0 is that of the other class, or of answering 0 everywhere. "
        "Take the F1 of label 1.": 0.0,
        f"{f1:g} is right, but rounded to two digits. Give the score itself, or at least "
        "three digits.": f1 == round(wanted[1], 2),
    }
    otherwise = (
        f"the accuracy is right, and F1 is not {f1:.3f}. f1_score takes the labels first, then the answers, and looks "
        "at label 1 if you do not tell it otherwise."
    )
    tell_apart(f1, wanted[1], mistakes, otherwise)
    order = (wanted[0] > on_validation[0]) - (wanted[0] < on_validation[0])
    than = {-1: "lower than", 0: "the same as", 1: "higher than"}[order]
    return (
        f"{wanted[0]:.3f} and {wanted[1]:.3f}, {than} on validation ({on_validation[0]:.3f} and "
        f"{on_validation[1]:.3f}). The baseline only counts equivalent pairs, and their share may differ from split "
        "to split. Compare scores on one split only."
    )


@check
def check_longest_pair(longest_pair, longest_label, raw_datasets):
    """`longest_pair`: the training row with the most words in both sentences; `longest_label`: its label's name."""
    train = raw_datasets["train"]
    require(
        not isinstance(longest_pair, int),
        "longest_pair is a number. max(rows, key=function) returns the row itself, not how long it is or where it "
        "stands.",
    )
    row = a_row(longest_pair, "longest_pair")
    position = next((i for i, pair in enumerate(train) if same_pair(pair, row)), None)
    require(position is not None, "longest_pair is no row of the training split.")
    texts = [(pair["sentence1"], pair["sentence2"]) for pair in train]
    words = [sum(len(text.split()) for text in pair) for pair in texts]
    characters = [sum(map(len, pair)) for pair in texts]
    single = [max(len(text.split()) for text in pair) for pair in texts]
    mistakes = {
        "this is the shortest pair: sorting begins with the smallest. max(...) takes the same key, "
        "and gives the largest.": words[position] == min(words),
        "this pair has the most characters. len() of a string counts characters; "
        "split() it into words first.": characters[position] == max(characters),
        "this pair has the longest single sentence. Add up the words of both sentences, and look for "
        "the largest sum.": single[position] == max(single),
    }
    otherwise = f"this pair has {words[position]} words in its two sentences, and there is one with {max(words)}."
    tell_apart(position, words[position] == max(words), mistakes, otherwise)
    name = train.features["label"].int2str(train[position]["label"])
    mistakes = {
        f"the pair is right. Its label should be a name, and it is {longest_label!r}: the type of the column has "
        "int2str.": not isinstance(longest_label, str)
    }
    otherwise = f"the pair is right. Its label is not {longest_label!r}; ask the column's type for the name."
    tell_apart(longest_label, name, mistakes, otherwise)
    return (
        f"{max(words)} words, {name}. It is only {max(words) / fmean(words):.1f} times as long as the average pair: "
        "MRPC has no text that would be too long for the model."
    )


def some_rows() -> list[dict]:
    """Made-up pairs that tell ways of counting shared words apart."""
    texts = [
        ("a b c d", "a b c e"),  # 3 of 5
        ("a b c", "a b d e"),  # 2 of 5; 2 of 3 in the shorter
        ("a b c", "a b d"),  # 2 of 4: exactly half
        ("A B c d", "a b c d"),  # the same but for letter case
        ("a a a b", "a b b"),  # 2 of 2; repeated words count once
        ("a b c d e", "a b f"),  # 2 of 6; the first sentence is the longer one
        ("a b", "c d"),  # nothing
        ("silent", "listen"),  # nothing, but for the letters
    ]
    return [
        {"sentence1": first, "sentence2": second, "label": 1, "idx": idx}
        for idx, (first, second) in enumerate(texts)
    ]


def word_sets(row) -> list[set[str]]:
    return [set(row[name].lower().split()) for name in ("sentence1", "sentence2")]


@check
def check_share_half(share_half, raw_datasets):
    """`share_half(row)`: 1 if both sentences have at least half of all their different words in common, else 0."""
    hints = {
        KeyError: "A row has sentence1 and sentence2.",
        TypeError: "It takes one row; and & and | are for sets: set(text.split()).",
    }

    def answer_to(row) -> float:
        answer = call(share_half, dict(row), hints=hints)
        require(
            not isinstance(answer, str),
            f"your function returns the string {answer!r}. scikit-learn compares numbers: return 1 or 0.",
        )
        answer = a_number(answer, "what your function returns")
        require(
            answer in (0, 1),
            f"your function returned {answer:.2f} for a pair, which is a share. Compare it with one half, and return "
            "1 or 0.",
        )
        return answer

    rows = some_rows()
    answers = [answer_to(row) for row in rows]
    shared = [(len(a & b), len(a | b)) for a, b in map(word_sets, rows)]
    wanted = [float(both / either >= 0.5) for both, either in shared]
    wrong = [answer != right for answer, right in zip(answers, wanted, strict=True)]
    constant = len(set(answers)) == 1
    first = wrong.index(True) if any(wrong) else 0
    mistakes = {
        "every answer is the wrong way round: 1 is for pairs that share many words.": all(wrong),
        f"your function says {answers[0]:g} to every pair, whatever its words.": constant,
        "'silent' and 'listen' have the same letters, and they are different words. set(text) holds letters: "
        "split() first.": wrong[7],
        "a pair that shares exactly half of its words is called not equivalent. At least half is >=, "
        "not >.": wrong[2] and not wrong[0],
        "'A B c d' and 'a b c d' have the same words, and your function does not see it. lower() takes letter "
        "case away.": wrong[3],
        "'a b c' and 'a b d e' share 2 words of 5 different ones, less than half. Divide by the words of both "
        "together (|), not by those of one sentence.": wrong[1],
        "'a a a b' and 'a b b' have the same two different words. "
        "Count every word once: set(...).": wrong[4],
    }
    otherwise = (
        f"{rows[first]['sentence1']!r} and {rows[first]['sentence2']!r} share {shared[first][0]} of "
        f"{shared[first][1]} different words, and your function says {answers[first]:g}."
    )
    tell_apart(answers, wanted, mistakes, otherwise)
    labels = list(raw_datasets["validation"]["label"])
    guesses = [int(answer_to(row)) for row in raw_datasets["validation"]]
    accuracy, majority = accuracy_score(labels, guesses), fmean(labels)
    than = "above" if accuracy > majority else "below"
    return (
        f"accuracy {accuracy:.3f} and F1 {f1_score(labels, guesses):.3f} on validation, {than} the baseline's "
        f"{majority:.3f} and {2 * majority / (1 + majority):.3f}. Words in common say something, and the threshold "
        "matters: notebook 6 chooses it."
    )
