"""The house: what is exported, where things may stand, and that no code knows the person it speaks of."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import profile_rag
from profile_rag import evaluation

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "profile_rag"
MODULES = sorted(PACKAGE.rglob("*.py"))
CORPUS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "corpus").glob("*.md")))


def label(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def test_the_package_shows_the_names_it_exports() -> None:
    assert sorted(profile_rag.__all__) == profile_rag.__all__
    homes = profile_rag._HOMES
    assert {*homes, "__version__"} == set(profile_rag.__all__)
    for name, home in homes.items():
        assert getattr(import_module(home), name).__module__ == home


def test_the_evaluation_shows_the_names_it_exports() -> None:
    assert sorted(evaluation.__all__) == evaluation.__all__
    assert set(evaluation._HOMES) == set(evaluation.__all__)
    for name, home in evaluation._HOMES.items():
        assert getattr(import_module(home), name) is getattr(evaluation, name)
    with pytest.raises(AttributeError, match="no attribute 'Grade'"):
        evaluation.Grade  # noqa: B018  # the access is what is tested


def test_a_name_that_does_not_begin_with_an_underscore_is_exported_or_a_module() -> None:
    visible = {name for name in vars(profile_rag) if not name.startswith("_")}
    modules = {label(path).split("/")[0].removesuffix(".py") for path in MODULES}
    assert visible - set(profile_rag.__all__) - modules == {"annotations", "Any", "TYPE_CHECKING"}


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_a_module_says_in_one_sentence_what_it_is(path: Path) -> None:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert text
    assert text.splitlines()[0].rstrip().endswith((".", "code", ":")), "the first line is a sentence"


FACES = [path for path in sorted(PACKAGE.glob("*/**/__init__.py")) if path.parent.name != "evaluation"]


@pytest.mark.parametrize("path", FACES, ids=label)
def test_the_face_of_a_folder_holds_only_a_docstring(path: Path) -> None:
    assert len(ast.parse(path.read_text(encoding="utf-8")).body) == 1


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_only_the_command_line_prints(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    printing = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
    assert not printing


def test_every_module_can_be_imported_by_itself() -> None:
    for path in MODULES:
        assert inspect.ismodule(import_module(dotted(path)))


# --- nothing in the code knows this person ---------------------------------------------------------------


def entry_names() -> Iterator[str]:
    """Names of the corpus's skill entries: bold entry titles, names in brackets, the person's own."""
    for title in re.findall(r"^\*\*([^*\n]+)\*\*(?!:)", CORPUS, re.MULTILINE):
        if "→" not in title:
            yield from re.split(r"\s*/\s*|\s*\(|\)", title)
    for names in re.findall(r"\(([A-Z][\w&. ]*(?:, [\w&. ]+)+)\)", CORPUS):
        yield from names.split(", ")
    for person in re.findall(r"^# (.+)$", CORPUS, re.MULTILINE)[:1] + re.findall(r"\b(\w+)'s path\b", CORPUS):
        yield from person.split()


def is_name(text: str) -> bool:
    """Whether a text is a name: one word of several letters with a capital."""
    return bool(re.fullmatch(r"(?=\S*[A-Z])[\w.+#&-]{2,}", text)) and text not in GENERAL


# what the documents write with a capital that is everyone's word
GENERAL = frozenset("AI Analytics Data Deep Learning NLP".split())


def known_words() -> set[str]:
    """The words of the general vocabulary, which comes from no profile, and what this project is made of."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    made_of = {"python", *(re.split(r"[<>=]", requirement)[0] for requirement in project["dependencies"])}
    values = tomllib.loads((PACKAGE / "data" / "vocabulary.toml").read_text(encoding="utf-8"))
    found: set[str] = set()

    def collect(value: object) -> None:
        if isinstance(value, str):
            found.update(re.findall(r"[\w.+#&-]+", value.lower()))
            found.add(value.lower())
        elif isinstance(value, dict):
            for key, item in value.items():
                collect(key)
                collect(item)
        elif isinstance(value, list):
            for item in value:
                collect(item)

    collect(values)
    return found | made_of


def test_the_corpus_has_the_names_this_looks_for() -> None:
    names = set(filter(is_name, entry_names()))
    assert {"Kafka", "Pinecone", "PyTorch", "Metabase", "Hassan", "Kofi"} <= names
    assert len(names) > 40


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_no_code_names_what_stands_in_this_profile(path: Path) -> None:
    known = known_words()
    words = {word.lower() for word in re.findall(r"[\w.+#&-]+", path.read_text(encoding="utf-8"))}
    words |= {word.strip(".-") for word in words}
    named = {name for name in filter(is_name, entry_names()) if name.lower() in words}
    assert not {name for name in named if name.lower() not in known}


UNSAFE = re.compile(
    r"\bimport (?:pickle|marshal|shelve|dill)\b|\bfrom (?:pickle|marshal|shelve) |\bpickle\.|torch\.load\(|joblib\.load"
    r"|trust_remote_code=True|allow_pickle=True|yaml\.(?:unsafe_load|full_load)|(?<![.\w])(?:eval|exec)\("
)


@pytest.mark.parametrize(
    "path", [*MODULES, *sorted((ROOT / "eval").rglob("*.py"))], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_nothing_is_loaded_that_could_run_code(path: Path) -> None:
    assert not UNSAFE.search(path.read_text(encoding="utf-8"))


def pins(name: str) -> dict[str, str]:
    """The versions of a file of constraints, by the package's name in the index's spelling."""
    found = re.findall(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found}


def test_the_hashes_are_of_the_versions_that_are_pinned() -> None:
    pinned, hashed = pins("constraints.txt"), pins("constraints-hashes.txt")
    assert {package: version for package, version in hashed.items() if pinned.get(package, version) != version} == {}
    direct = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[<>=!~;\[ ]", each)[0]).lower() for each in direct}
    assert names <= set(hashed)


def test_every_pin_with_hashes_has_one_and_names_no_place() -> None:
    text = (ROOT / "constraints-hashes.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\w)", text.split("\n", 2)[2].strip())
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert not re.search(r"://|file:|--index|--find-links|(?<!\w)/\w", text)
