"""Words that say the contrary of one another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from profile_rag.words import stem

_PREFIX = re.compile(r"^(?:un|non|in|im|ir|il|dis|mis|anti|de)(?=\w{3})")
_CONTRARIES = """increase decrease;rise fall;rise drop;more less;more fewer;most least;largest smallest;larger smaller
big small;high low;higher lower;highest lowest;first last;earliest latest;early late;before after;begin end;start end
start stop;start finish;open close;win lose;won lost;victory defeat;north south;east west;northern southern
eastern western;left right;up down;upper lower;above below;over under;inside outside;internal external
include exclude;accept reject;accept refuse;allow forbid;allow prohibit;permit prohibit;support oppose;for against
friend enemy;ally enemy;strong weak;rich poor;good bad;best worst;better worse;old new;old young;ancient modern
long short;longer shorter;fast slow;easy difficult;easy hard;simple complex;same different;similar different
public private;male female;man woman;men women;husband wife;father mother;son daughter;king queen;major minor
majority minority;positive negative;advantage disadvantage;always never;everyone nobody;all none;import export;buy sell
give take;come go;arrive leave;enter exit;attack defend;create destroy;build destroy;love hate;like dislike
success failure;succeed fail;gain lose;add remove;join leave;present absent;present past;past future;true false
legal illegal;formal informal;direct indirect;dependent independent;equal unequal;peace war;life death;birth death
born died;live die;rural urban;land sea;summer winter;day night;hot cold;hard soft;light dark;light heavy
expand contract;expand shrink;raise lower;raise reduce;increase reduce;improve worsen;appear disappear
connect disconnect;common rare;frequent rare;often rarely;usually rarely;general specific;local global;domestic foreign
temporary permanent;theory practice;question answer;cause effect;cause prevent;help hinder;help harm
encourage discourage;agree disagree;unite divide;union separation;together apart;maximum minimum;primary secondary
central peripheral;voluntary forced;active passive;offensive defensive;liberal conservative;single multiple
single married;full empty;wide narrow;deep shallow;thick thin;clean dirty;safe dangerous;safe unsafe;manual automatic
junior senior;frontend backend;front back;client server;hire fire;employee employer;teacher student;buyer seller
upstream downstream;static dynamic;synchronous asynchronous""".replace("\n", ";")


@lru_cache(maxsize=4096)
def otherwise_prefixed(word: str) -> frozenset[str]:
    """Stems of the same word with a prefix of negation more or less ("unshared", "shared")."""
    text = word.lower()
    bare = _PREFIX.sub("", text)
    found = {stem(prefix + text) for prefix in ("un", "non", "in", "im", "ir", "dis")}
    return frozenset(found | ({stem(bare)} if bare != text else set()))


@cache
def contraries() -> Mapping[str, frozenset[str]]:
    """Stems of words that exclude one another."""
    found: dict[str, set[str]] = {}
    for pair in _CONTRARIES.split(";"):
        one, other = (stem(word) for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}
