"""What general names are names of: PostgreSQL is a relational database, Igbo a spoken language."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from profile_rag.words import content_words, spellings, stems

# Nouns that say only that members are wanted; a category of nothing else keeps them.
_GENERIC = frozenset(
    stems(
        "program programs tool tools tooling technology technologies tech skill skills framework frameworks"
        " library libraries lib libs software system systems product products package packages platform platforms"
        " solution solutions app apps application applications thing things stuff kind kinds sort sorts type types"
        " form forms area areas stack experience work approach approaches method methods technique techniques"
        " algorithm algorithms provider providers service services name names main key strong strongest favorite"
        " favourite different various technical professional topic topics subject subjects activity activities item"
        " items element elements work works genre genres category categories"
    )
)
# Nouns that narrow little where other words stand before them ("detection models"), but mean something alone.
_OPTIONAL = frozenset(
    stems("model models architecture architectures format formats language languages task tasks role roles")
)
# Words before such a noun that leave out none of its members ("cloud data warehouses").
_NARROWS_NOTHING = re.compile(
    r"^(?:cloud|modern|online|digital|popular|common|commercial|enterprise|professional|specific|other|software)\s+(?=\w+\s\w)",
    re.IGNORECASE,
)
_ARTEFACT = frozenset(
    stems(
        "program programs tool tools tooling technology technologies tech framework frameworks library libraries"
        " lib libs software product products package packages platform platforms app apps database databases db dbs"
        " engine engines model models format formats store stores orchestrators bundlers brokers vendors provider"
        " providers stack language languages"
    )
)


@dataclass(frozen=True, slots=True)
class NamedKind:
    """A kind of names: what it is called and what belongs to it."""

    title: str
    names: tuple[str, ...]


def is_generic(stem: str) -> bool:
    """Whether a word of a category says only that members are wanted ("tools", "kinds")."""
    return stem in _GENERIC


def core_of(category: str) -> tuple[str, ...]:
    """The stems of a category that say what is wanted, in order."""
    words = [word.stem for word in content_words(category)]
    core = [stem for stem in words if stem not in _GENERIC]
    return tuple(stem for stem in core if stem not in _OPTIONAL) or tuple(core)


def is_artefact(stem: str) -> bool:
    """Whether a word of a category asks for things with names, such as tools and libraries."""
    return stem in _ARTEFACT


@cache
def variants(stem: str) -> tuple[tuple[str, ...], ...]:
    """Other ways to say a word when something is listed ("plot": chart, visual, …), as stems, its own first."""
    groups = _synonyms().get((stem,), ())
    aliases = tuple(spelling for spelling in spellings(stem) if spelling)
    return tuple(dict.fromkeys(((stem,), *aliases, *groups)))


@cache
def kind_called(category: str) -> NamedKind | None:
    """The kind of names that a category asks for ("plotting libs"), if the vocabulary has one by that name."""
    for kind in _kinds():
        if any(_is_called(category, called) for called in kind["called"]):
            return NamedKind(kind["called"][0], _names(kind["called"][0]))
    bare = _NARROWS_NOTHING.sub("", category)
    return kind_called(bare) if bare != category else None


def kinds_of(name: str) -> tuple[str, ...]:
    """The kinds a name belongs to, by their first names."""
    return _kinds_by_name().get(tuple(stems(name)), ())


@cache
def relations_of(core: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """How documents say, before they enumerate them, that somebody has had to do with such ("worked with" clients)."""
    found = []
    for name, phrases in _data()["relations"].items():
        if core and core[-1] in {stem for variant in variants(stems(name)[0]) for stem in variant}:
            found += [re.compile(rf"\b{phrase}\b", re.IGNORECASE) for phrase in phrases]
    return tuple(found)


def _essence(category: str) -> frozenset[str]:
    words = [word.stem for word in content_words(category)]
    core = [stem for stem in words if stem not in _GENERIC] or words
    return frozenset(_representative(stem) for stem in core)


def _is_called(category: str, called: str) -> bool:
    """Whether a category is another way to write what a kind is called: "plotting libs", plotting libraries."""
    wanted = _essence(category)
    asks_for_things = any(word.stem in _GENERIC for word in content_words(category))
    names_things = any(word.stem in _GENERIC for word in content_words(called))
    return bool(wanted) and wanted == _essence(called) and (asks_for_things or not names_things)


@cache
def longer_names(name: str) -> tuple[str, ...]:
    """Names that hold this one and are something else ("SQL": Cloud SQL, SQL Server)."""
    own = tuple(stems(name))
    return tuple(
        other
        for spelling, other in _all_names().items()
        if len(spelling) > len(own) and any(spelling[i : i + len(own)] == own for i in range(len(spelling)))
    )


@cache
def _all_names() -> dict[tuple[str, ...], str]:
    return {tuple(stems(name)): name for kind in _kinds() for name in kind.get("names", ())}


def _representative(stem: str) -> str:
    """One stem for all the words that are the same thing in a name of a kind (BI, business intelligence apart)."""
    return {"db": "databas", "dbs": "databas", "ml": "ml", "visualis": "visual"}.get(stem, stem)


@cache
def _names(title: str) -> tuple[str, ...]:
    kind = next(kind for kind in _kinds() if kind["called"][0] == title)
    own = list(kind.get("names", ()))
    for narrower in kind.get("includes", ()):
        own += _names(narrower)
    return tuple(dict.fromkeys(own))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("profile_rag") / "data" / "kinds.toml").read_text(encoding="utf-8"))


def _kinds() -> list[dict[str, Any]]:
    kinds: list[dict[str, Any]] = _data()["kinds"]
    return kinds


@cache
def _kinds_by_name() -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for kind in _kinds():
        for name in kind.get("names", ()):
            for spelling in spellings(name):
                found[spelling] = (*found.get(spelling, ()), kind["called"][0])
    return found


@cache
def _synonyms() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    found: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for name, others in _data()["synonyms"].items():
        group = tuple(dict.fromkeys(tuple(stems(word)) for word in (name, *others)))
        for word in group:
            found[word] = (*found.get(word, ()), *(other for other in group if other != word))
    return found
