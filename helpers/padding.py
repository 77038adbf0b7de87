"""Counting what padding costs: the tokens that a model computes against those that carry text."""


def pad_batches(
    lengths: list[int], batches: list[list[int]], pad_to: int | None = None
) -> list[tuple[list[int], int]]:
    """Each batch as (lengths of its pairs, length they are padded to), all in tokens.

    `lengths` holds every pair's length, `batches` the pairs' positions in it. A batch is padded to `pad_to`, or without
    it to its own longest pair. Raises ValueError if a pair is longer than `pad_to`.
    """
    padded = []
    for batch in batches:
        inside = [lengths[position] for position in batch]
        width = pad_to or max(inside)
        if max(inside) > width:
            raise ValueError(
                f"a pair of {max(inside)} tokens does not fit into pad_to={pad_to}; truncate it or pad to more"
            )
        padded.append((inside, width))
    return padded


def count_tokens(padded: list[tuple[list[int], int]]) -> tuple[int, int]:
    """(real tokens, computed tokens) of batches from `pad_batches`; computed tokens are the real ones and the padding."""
    real = sum(sum(inside) for inside, _ in padded)
    computed = sum(len(inside) * width for inside, width in padded)
    return real, computed
