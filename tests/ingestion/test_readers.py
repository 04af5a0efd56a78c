"""Files as people have them become text, and every quote points back into it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from tests.ingestion.files import csv_of, docx_of, paragraph, pdf_of, table, zip_of

from profile_rag.ingestion.chunking import chunk_document
from profile_rag.ingestion.corpus import load_corpus
from profile_rag.ingestion.quotes import QuoteReader
from profile_rag.ingestion.readers import MAX_BYTES, UnreadableError, decode, read_texts
from profile_rag.schema import Chunk, Citation

LINES = ("Zoë Brandt", "", "Experience", "", "Fernwood, Engineer  2019 - 2023", "- Built the café's till in Go")
LETTERS = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), min_size=1)


def chunks_of(folder: Path) -> list[Chunk]:
    return [
        chunk
        for document in load_corpus(folder).documents
        for chunk in chunk_document(document, count_tokens=len, max_tokens=2000).chunks
    ]


def assert_quotes_stand(folder: Path) -> None:
    reader = QuoteReader(folder)
    chunks = chunks_of(folder)
    assert chunks
    for number, chunk in enumerate(chunks, start=1):
        quote = chunk.quote(0, len(chunk.text))
        citation = Citation(
            id=number,
            source=chunk.source,
            heading=chunk.heading,
            start_line=quote.start_line,
            end_line=quote.end_line,
            page=chunk.page,
            start_char=quote.start_char,
            end_char=quote.end_char,
            quote=quote.text,
            document_sha256=chunk.document_sha256,
            node_id=chunk.id,
        )
        assert reader.stands(citation), chunk.text


# --- encodings ----------------------------------------------------------------------------------


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_a_text_in_unicode_is_read_as_it_is(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).removeprefix("\ufeff") == text.removeprefix("\ufeff")


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_a_text_of_old_windows_is_read(encoding: str) -> None:
    assert decode("Zoë's café, São Paulo".encode(encoding)) == "Zoë's café, São Paulo"


def test_stray_bytes_in_unicode_are_read_as_windows_wrote_them() -> None:
    assert decode("naïve ".encode() + b"caf\xe9 \x93quoted\x94 \x81") == "naïve café “quoted” \x81"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_its_mark(encoding: str) -> None:
    assert decode("She runs the yard.\r\n".encode(encoding)) == "She runs the yard.\r\n"


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused_in_words(data: bytes) -> None:
    try:
        decode(data)
    except UnreadableError as error:
        assert "save it" in str(error)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_quotes_stand_in_every_encoding(tmp_path: Path, encoding: str, line_end: str) -> None:
    (tmp_path / "cv.txt").write_bytes(line_end.join(LINES).encode(encoding))
    assert_quotes_stand(tmp_path)


# --- PDF ----------------------------------------------------------------------------------------


def test_a_pdf_gives_its_pages_and_its_lines(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(pdf_of(LINES, ("Skills", "", "Languages: Python, Go")))
    chunks = chunks_of(tmp_path)
    built, skills = (next(chunk for chunk in chunks if words in chunk.text) for words in ("till", "Python"))
    assert (built.page, built.heading[0], built.text) == (1, "Experience", "Built the café's till in Go")
    assert (skills.page, skills.heading) == (2, ("Skills",))
    assert_quotes_stand(tmp_path)


def test_a_page_without_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(pdf_of(("She knows Go.",), ()))
    corpus = load_corpus(tmp_path)
    assert [(file.source, file.reason) for file in corpus.skipped] == [
        ("cv.pdf, page 2", "holds a picture and no text")
    ]
    assert len(corpus.documents) == 1


def test_a_scan_is_refused_in_words() -> None:
    with pytest.raises(UnreadableError, match="without text, such as a scan"):
        read_texts("cv.pdf", pdf_of((), ()))


def test_a_locked_pdf_is_refused_in_words() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of(("secret",)))))
    writer.encrypt("pass", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(UnreadableError, match="protected by a password"):
        read_texts("cv.pdf", out.getvalue())


# --- DOCX ---------------------------------------------------------------------------------------


def test_a_docx_gives_headings_paragraphs_and_tables(tmp_path: Path) -> None:
    body = (
        paragraph("Zoë Brandt", style="Heading1")
        + paragraph("Experience", style="Heading2")
        + paragraph("She built the café's till in Go &amp; *nothing* else &lt;b&gt;.")
        + table(("Tool", "Level"), ("Go", "daily"))
    )
    (tmp_path / "cv.docx").write_bytes(docx_of(body))
    texts = {chunk.text: chunk for chunk in chunks_of(tmp_path)}
    assert texts["She built the café's till in Go & *nothing* else <b>."].heading[-1] == "Experience"
    assert any("Go" in text and "daily" in text for text in texts)
    assert_quotes_stand(tmp_path)


# --- LinkedIn's export ----------------------------------------------------------------------------

EXPORT = {
    "Profile.csv": csv_of(
        {"First Name": "Dana", "Last Name": "Whitlow", "Headline": "Data Engineer", "Address": "12 Elm", "Summary": ""}
    ),
    "Positions.csv": csv_of(
        {"Company Name": "Fernwood", "Title": "Engineer", "Started On": "Jan 2020", "Finished On": "Dec 2022"}
    ),
    "Skills.csv": csv_of({"Name": "Apache Spark"}, {"Name": "SQL"}),
    "Connections.csv": csv_of({"First Name": "Somebody", "Last Name": "Else"}),
    "messages.csv": csv_of({"FROM": "Somebody", "CONTENT": "private words"}),
    "Email Addresses.csv": csv_of({"Email Address": "dana@mail.example"}),
}


def test_an_export_tells_of_the_person_and_of_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(zip_of(EXPORT))
    text = "\n".join(chunk.text for chunk in chunks_of(tmp_path))
    for told in ("Dana Whitlow", "Data Engineer", "Fernwood", "startDate: 2020-01", "endDate: 2022-12", "Apache Spark"):
        assert told in text
    for kept in ("Somebody", "private words", "dana@mail.example", "12 Elm"):
        assert kept not in text
    assert_quotes_stand(tmp_path)


def test_a_table_alone_gives_a_record_for_each_row(tmp_path: Path) -> None:
    (tmp_path / "talks.csv").write_text(csv_of({"Event": "PyNord", "Topic": "Queues"}), encoding="utf-8")
    assert any("PyNord" in chunk.text and "Queues" in chunk.text for chunk in chunks_of(tmp_path))
    assert_quotes_stand(tmp_path)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("cv.pdf", b"%PDF-1.7 and then nothing", "damaged PDF"),
        ("cv.pdf", pdf_of(("text",))[:200], "damaged PDF|without text"),
        ("cv.docx", b"PK\x03\x04 and then nothing", "cannot be unpacked"),
        ("cv.docx", zip_of({"word/other.xml": "<a/>"}), "damaged DOCX"),
        ("cv.docx", docx_of(paragraph("")), "without text"),
        ("photos.zip", zip_of({"a.jpg": b"1"}), "no LinkedIn export"),
        ("export.zip", b"", "cannot be unpacked"),
        ("notes.md", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not text"),
        ("talk.pptx", b"", "not a supported kind of file"),
    ],
)
def test_what_gives_no_text_is_refused_in_words(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_texts(name, data)


@pytest.mark.parametrize("name", ["bomb.docx", "bomb.zip"])
def test_what_unpacks_to_too_much_is_refused_unopened(name: str) -> None:
    bomb = zip_of({"Skills.csv": b"0" * (MAX_BYTES + 1)})
    assert len(bomb) < MAX_BYTES // 100
    with pytest.raises(UnreadableError, match="unpacks to"):
        read_texts(name, bomb)


def test_a_huge_file_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "huge.md").write_bytes(b"words " * 8_500_000)
    (tmp_path / "cv.md").write_text("She knows Go.", encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert [document.source for document in corpus.documents] == ["cv.md"]
    assert [(file.source, file.reason) for file in corpus.skipped] == [
        ("huge.md", "more than the 20 MB allowed; shorten it")
    ]


@given(st.binary(max_size=300), st.sampled_from(["a.pdf", "a.docx", "a.zip", "a.csv", "a.md", "a.json"]))
def test_damage_of_any_kind_is_refused_in_words(data: bytes, name: str) -> None:
    heads = {"a.pdf": b"%PDF-1.4\n", "a.docx": b"PK\x03\x04", "a.zip": b"PK\x03\x04"}
    try:
        read_texts(name, heads.get(name, b"") + data)
    except UnreadableError as error:
        assert "\n" not in str(error)


# --- .profileignore -------------------------------------------------------------------------------


def test_what_profileignore_names_is_left_alone(tmp_path: Path) -> None:
    for name in ("cv.md", "draft.md", "old/cv.md", "old/kept.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("She knows Go.", encoding="utf-8")
    (tmp_path / ".profileignore").write_text("# not ready\ndraft.*\nold/*\n!old/kept.md\n", encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert [document.source for document in corpus.documents] == ["cv.md", "old/kept.md"]
    assert corpus.skipped == ()
