"""The corpus folder: what is read, what is skipped and why, and what stays private."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from profile_rag.errors import CorpusError
from profile_rag.ingestion.corpus import Corpus, Document, load_corpus

KINDS = ".csv, .docx, .htm, .html, .json, .markdown, .md, .pdf, .txt, .yaml, .yml, .zip"


def sources(corpus: Corpus) -> list[str]:
    return [document.source for document in corpus.documents]


def reasons(corpus: Corpus) -> dict[str, str]:
    return {file.source: file.reason for file in corpus.skipped}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "profile.md").write_text("Ada builds bridges.")
    return corpus


def test_documents_come_in_order_of_path_with_forward_slashes(folder: Path) -> None:
    (folder / "jobs").mkdir()
    (folder / "jobs" / "b.MARKDOWN").write_text("b")
    (folder / "a.txt").write_text("a")
    assert sources(load_corpus(folder)) == ["a.txt", "jobs/b.MARKDOWN", "profile.md"]


def test_raw_text_keeps_the_byte_order_mark_and_line_ends(folder: Path) -> None:
    (folder / "profile.md").write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert load_corpus(folder).documents[0].raw == "\ufeffa\r\nb\rc\n"


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.md",
        "notes.md~",
        "#notes.md#",
        "notes.md.swp",
        ".git/a.md",
        "x.bak",
        "x.tmp",
        "cv.pdf.crdownload",
        "cv.pdf.part",
        "~$cv.docx",
        ".~lock.cv.odt#",
        ".DS_Store",
        "Thumbs.db",
    ],
)
def test_hidden_and_temporary_files_are_ignored(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("draft")
    corpus = load_corpus(folder)
    assert sources(corpus) == ["profile.md"]
    assert corpus.skipped == ()


def test_a_link_inside_the_corpus_is_followed(folder: Path) -> None:
    (folder / "link.md").symlink_to(folder / "profile.md")
    assert sources(load_corpus(folder)) == ["link.md", "profile.md"]


def test_links_out_of_the_corpus_are_named_and_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_text("secret")
    (folder / "file.md").symlink_to(tmp_path / "outside" / "secret.md")
    (folder / "folder").symlink_to(tmp_path / "outside", target_is_directory=True)
    corpus = load_corpus(folder)
    assert sources(corpus) == ["profile.md"]
    assert reasons(corpus) == dict.fromkeys(["file.md", "folder"], "a link that leads out of the corpus")


def test_a_link_to_a_folder_inside_is_not_read_twice_nor_for_ever(folder: Path) -> None:
    (folder / "jobs").mkdir()
    (folder / "jobs" / "a.md").write_text("a")
    (folder / "jobs" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "again").symlink_to(folder / "jobs", target_is_directory=True)
    assert sources(load_corpus(folder)) == ["jobs/a.md", "profile.md"]


def test_a_link_to_itself_is_named(folder: Path) -> None:
    (folder / "loop.md").symlink_to(folder / "loop.md")
    assert list(reasons(load_corpus(folder))) == ["loop.md"]


def test_a_dangling_link_is_named(folder: Path) -> None:
    (folder / "gone.md").symlink_to(folder / "nowhere.md")
    assert reasons(load_corpus(folder)) == {"gone.md": "cannot be read (No such file or directory)"}


def test_a_file_of_fifty_megabytes_is_named_and_the_others_are_read(folder: Path) -> None:
    with (folder / "huge.md").open("wb") as file:
        file.truncate(50_000_000)
    corpus = load_corpus(folder)
    assert sources(corpus) == ["profile.md"]
    assert reasons(corpus) == {"huge.md": "more than the 20 MB allowed; shorten it"}


def test_two_thousand_files_are_read_in_order(folder: Path) -> None:
    for number in range(2000):
        (folder / f"{number:04d}.md").write_text(f"Built bridge {number}.")
    assert sources(load_corpus(folder)) == [*(f"{number:04d}.md" for number in range(2000)), "profile.md"]


def test_a_folder_named_like_a_document_is_a_folder(folder: Path) -> None:
    (folder / "x.md").mkdir()
    (folder / "x.md" / "y.md").write_text("y")
    assert sources(load_corpus(folder)) == ["profile.md", "x.md/y.md"]


def test_a_pipe_is_named_and_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")
    assert reasons(load_corpus(folder)) == {"pipe.md": "not a regular file"}


def test_a_file_that_is_no_text_is_named(folder: Path) -> None:
    (folder / "picture.md").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    assert reasons(load_corpus(folder)) == {
        "picture.md": "not text; save it as UTF-8 text, or as one of the other kinds"
    }


def test_a_name_that_is_not_utf8_is_shown_printably(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.md")).write_text("text")
    assert reasons(load_corpus(folder)) == {"caf\ufffd.md": "its name is not UTF-8; rename it"}


@pytest.mark.parametrize("content", ["", "\n \t\r\n", "\ufeff", "\ufeff\n"])
def test_an_empty_file_is_named(folder: Path, content: str) -> None:
    (folder / "empty.md").write_text(content)
    assert reasons(load_corpus(folder)) == {"empty.md": "empty"}


def test_an_unsupported_kind_is_named(folder: Path) -> None:
    (folder / "talk.pptx").write_bytes(b"PK")
    assert reasons(load_corpus(folder)) == {"talk.pptx": f"not a supported kind of file ({KINDS})"}


@pytest.mark.parametrize(
    "front_matter",
    [
        "visibility: private",
        "Visibility: Private",
        "VISIBILITY: PRIVATE",
        'visibility: "private"',
        "visibility: 'private'",
        '"visibility": private',
        "visibility : private",
        "visibility:private-as-no-yaml: [\nvisibility: private",
        "visibility: private # until June",
        "visibility:\tprivate",
        "visibility:\n  private",
        "visibility: >-\n  private",
        "? visibility\n: private",
        "{title: CV, visibility: private}",
        "visibility: !!str private",
        'visibility: "\\u0070rivate"',
        "title: A: B: C\nvisibility: private",
        "title: [unclosed\nvisibility: private",
        "when: !!timestamp x\nvisibility: private",
        "# mine\n\nvisibility: private",
        "title: CV\nvisibility: public\nvisibility: private",
        "visibility: [private]",
        "visibility: [internal, private]",
        "visibility: ['Private ']",
        "visibility:\n  - private",
        'visibility: "Private "',
        'visibility: " private"',
        "visibility: {level: private}",
        "visibility: private!",
        "  visibility: private",
        "level: &p private\nvisibility: *p",
        "visibility: [private\ntitle: x",
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "BOM"])
def test_private_front_matter_is_seen_however_it_is_spelled(front_matter: str, line_end: str, mark: str) -> None:
    raw = f"---\n{front_matter}\n---\n\nsecret\n".replace("\n", line_end)
    assert Document("a.md", mark + raw, "", 0, 0).is_private


@pytest.mark.parametrize(
    "raw",
    [
        "visibility: private",
        "---\ntitle: private\n---\n",
        "---\nvisibility: public\n---\nvisibility: private\n",
        "---\nvisibility: privately\n---\n",
        "---\nx: y\n---\n",
        "---\n- visibility\n---\n",
        "text\n---\nvisibility: private\n---\n",
        "+++\ntitle = 'visibility: private'\n+++\n",
        "---\nvisibility: [public, privately]\n---\n",
    ],
)
def test_a_document_that_only_speaks_of_privacy_is_not_private(raw: str) -> None:
    assert not Document("a.md", raw, "", 0, 0).is_private


@pytest.mark.parametrize("raw", ["---\nvisibility: private\n\nsecret", "\n---\nvisibility: private\n---\nsecret"])
def test_front_matter_that_is_broken_may_withhold_the_document_too(raw: str) -> None:
    assert Document("a.md", raw, "", 0, 0).is_private


@pytest.mark.parametrize(
    "front_matter",
    [
        'visibility = "private"',
        "visibility='Private '",
        "Visibility = ['private']",
        'title = "CV"\nvisibility = "\\u0070rivate"',
        "title = broken\nvisibility = private",
        'visibility = """\nprivate"""',
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_private_front_matter_in_toml_is_seen(front_matter: str, line_end: str) -> None:
    raw = f"+++\n{front_matter}\n+++\n\nsecret\n".replace("\n", line_end)
    assert Document("a.md", raw, "", 0, 0).is_private


@pytest.mark.parametrize(
    "above", ["\n\n", "\ufeff\n", "<!-- generated -->\n", "<!-- a -->\n\n<!-- b\nc -->\n", "# comment\n", " \t\r\n#\n"]
)
@pytest.mark.parametrize(
    "front_matter",
    [
        "---\nvisibility: private\n---\n",
        "---\nvisibility: [private]\n\nx: y\n---\n",
        "+++\nvisibility = 'private'\n+++\n",
    ],
)
def test_private_front_matter_is_seen_below_blank_lines_and_comments(above: str, front_matter: str) -> None:
    assert Document("a.html", f"{above}{front_matter}secret", "", 0, 0).is_private


def test_many_comments_above_a_text_are_read_in_one_pass() -> None:
    assert not Document("a.md", "<!-- a -->" * 50_000 + "<!-- b", "", 0, 0).is_private


@pytest.mark.parametrize(
    ("raw", "rest"),
    [
        ("---\na: b\n---\nrest", "rest"),
        ("---\n---\nrest", "rest"),
        ("---\na: b\n...\nrest", "rest"),
        ("---\r\na: b\r\n---\r\nrest", "rest"),
        ("\ufeff---\ra: b\r---\rrest", "rest"),
        ("---\na: b\n---", ""),
        ("+++\na = 1\n+++\nrest", "rest"),
    ],
)
def test_front_matter_ends_behind_its_closing_line(raw: str, rest: str) -> None:
    assert raw[Document("a.md", raw, "", 0, 0).front_matter_end :] == rest


@pytest.mark.parametrize("raw", ["---\n\nText.\n\n---\n", "---\nHello there\n---\n", "---\na: b\n", "text"])
def test_text_between_two_rules_is_no_front_matter(raw: str) -> None:
    assert Document("a.md", raw, "", 0, 0).front_matter_end == 0


def test_front_matter_of_a_megabyte_is_judged_at_once() -> None:
    raw = "---\n" + "a: [b]\n" * 150_000 + "visibility: private\n---\n"
    assert Document("a.md", raw, "", 0, 0).is_private


def test_a_corpus_of_private_documents_alone_is_no_error(folder: Path) -> None:
    (folder / "profile.md").write_text("---\nvisibility: private\n---\nsecret")
    assert load_corpus(folder) == Corpus((), (), ("profile.md",))


@pytest.mark.parametrize("make", ["missing", "file", "empty", "unreadable"])
def test_a_corpus_without_documents_is_an_error_that_says_what_to_do(tmp_path: Path, make: str) -> None:
    path = tmp_path / "corpus"
    if make == "file":
        path.write_text("text")
    elif make != "missing":
        path.mkdir()
    if make == "unreadable":
        (path / "a.md").write_bytes(b"\0\1\2\3\4\5\6\7\x08")
    says = {
        "missing": "no such folder",
        "file": "not a folder",
        "empty": "holds no document",
        "unreadable": "a.md: not text",
    }
    with pytest.raises(CorpusError, match=says[make]):
        load_corpus(path)
