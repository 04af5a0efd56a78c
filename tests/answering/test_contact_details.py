"""What tells how to reach somebody, and chunks without it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ingestion.cutting import chunks_of

from profile_rag.answering.contact_details import find_contact_details, withhold_contact_details
from profile_rag.ingestion.cleaning import clean


def kinds_in(text: str) -> set[str]:
    return {kind for kind, _, _ in find_contact_details(text)}


@pytest.mark.parametrize(
    "text",
    [
        "jane.doe@example.org",
        "Write to jane+cv@mail.example.co.uk.",
        "mailto:jane@example.org",
        "jane (at) example",
        "jane (at) example.org",
        "jane [at] example [dot] org",
        "jane{at}example{dot}org",
        "jane at example dot org",
        "jane AT example DOT org",
        "jane AT example.org",
        "jane @ example.org",
        "jane\u200b@example.org",
        "jane＠example．org",
    ],
)
def test_a_mail_address_is_found_however_it_is_written(text: str) -> None:
    assert kinds_in(text) == {"mail"}


@pytest.mark.parametrize(
    "text",
    [
        "+49 228 1234567",
        "+49 (0)228 123-4567",
        "+1-555-010-0199",
        "+4520123456",
        "+ 44 20 7946 0958",
        "tel:+492281234567",
        "Phone: 0228 123456",
        "phone: 5551234567",
        "Mobile (DE): 0170/1234567",
        "call me on 555 01 23",
        "Tel. 030 1234567",
        "(555) 010-0199",
        "555-010-0199",
        "555.010.0199",
        "020 7946 0958",
        "06 12 34 56 78",
        "0228 / 1234567",
        "01701234567",
        "０２２８ １２３４５６７",
    ],
)
def test_a_telephone_number_is_found_however_it_is_written(text: str) -> None:
    assert kinds_in(text) == {"phone"}


@pytest.mark.parametrize(
    "text",
    [
        "12 Main Street, Springfield",
        "4B High Rd.",
        "Hauptstraße 12, 53111 Bonn",
        "Am Markt, Bahnhofstr. 7a",
        "Kongens gade 5, 8000 Aarhus",
        "12 rue de la Paix, 75002 Paris",
        "Calle Mayor 3",
        "San Francisco, CA 94115",
        "London SW1A 1AA",
        "D-53111 Bonn",
        "P.O. Box 1234",
        "address: 2712 Broadway",
        "postalCode: 53111",
        "street: Am Alten Markt",
    ],
)
def test_a_postal_address_is_found_however_it_is_written(text: str) -> None:
    assert "address" in kinds_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "She lives in Bonn, Germany.",
        "Location: Aarhus, Denmark",
        "Worked at example.org from 2015 to 2017",
        "He speaks at PyCon and dot net meetups",
        "2015-2017",
        "2015 – 2017",
        "05/2014 - 07/2016",
        "01.02.2014 – 03.04.2015",
        "2014-05-31 – 2016-01-15",
        "Mobile 2015 - 2019",
        "ISO 27001 and IEC 61508",
        "192.168.100.200",
        "ORCID 0000-0002-1825-0097",
        "ISBN 978-3-16-148410-0",
        "10.1000/182",
        "1,000,000 users, then 10 000 000",
        "Python 3.11.12, Postgres 14.22.1",
        "from 84,000 to 61,000 euros",
        "between 1200000 and 3400000 rows",
        "Migrated 40 Google Drive accounts",
        "Wall Street",
        "https://example.org/12345678",
        "commit 0123456789abcdef",
        "@acme on most sites",
    ],
)
def test_towns_years_ids_versions_and_amounts_are_no_contact_details(text: str) -> None:
    assert not find_contact_details(text)


year = st.integers(1950, 2039).map(str)
part = st.integers(0, 999).map(str)
innocent = st.one_of(
    year,
    st.tuples(year, st.sampled_from(["-", "–", " – ", " to ", "/"]), year).map("".join),
    st.tuples(st.integers(1, 12), year, st.sampled_from([" - ", "–"]), st.integers(1, 12), year).map(
        lambda dates: f"{dates[0]:02d}/{dates[1]}{dates[2]}{dates[3]:02d}/{dates[4]}"
    ),
    st.tuples(year, st.integers(1, 12), st.integers(1, 28)).map(lambda date: f"{date[0]}-{date[1]:02d}-{date[2]:02d}"),
    st.lists(part, min_size=2, max_size=4).map(".".join),
    st.integers(0, 10**12).map(lambda number: f"{number:,}"),
    st.tuples(st.integers(1, 99999), st.sampled_from(["-", "–", " to "]), st.integers(1, 99999)).map(
        lambda span: f"{span[0]}{span[1]}{span[2]}"
    ),
    st.integers(1, 10**9).map(lambda number: f"id {number}"),
)


@given(innocent, st.sampled_from(["", "In ", "about ", "version "]), st.sampled_from(["", " rows", ".", ", then more"]))
def test_years_ids_versions_and_ranges_are_never_taken_for_telephone_numbers(
    number: str, before: str, behind: str
) -> None:
    assert "phone" not in kinds_in(f"{before}{number}{behind}")


def test_a_line_keeps_what_stands_beside_a_contact_detail() -> None:
    chunks = chunks_of("# CV\n\nJane Doe | jane@example.org | +49 228 1234567 | Bonn\n", "cv.md")
    told = [chunk.text for chunk in withhold_contact_details(chunks) if chunk.kind != "heading"]
    assert told == ["Jane Doe", "Bonn"]


def test_a_sentence_with_a_contact_detail_goes_and_its_neighbours_stay() -> None:
    chunks = chunks_of("She builds *Kafka* pipelines. Write to jane@example.org any day. She lives in Bonn.\n", "cv.md")
    told = [chunk.text for chunk in withhold_contact_details(chunks)]
    assert told == ["She builds Kafka pipelines.", "She lives in Bonn."]


def test_a_heading_loses_its_contact_detail_above_what_it_heads() -> None:
    chunks = chunks_of("# CV\n\n## Jane Doe, jane@example.org\n\nShe lives in Bonn.\n", "cv.md")
    told = withhold_contact_details(chunks)
    assert next(chunk.heading for chunk in told if chunk.text == "She lives in Bonn.")[-1:] == ("Jane Doe",)


pieces = st.sampled_from(
    [
        "Jane Doe",
        "**Bonn**",
        "jane@example.org",
        "`jane (at) example.org`",
        "[mail](mailto:jane@example.org)",
        "[jane@example.org](mailto:jane@example.org)",
        "+49 228 1234567",
        "Phone: *0228 1234567*",
        "12 Main Street",
        "She runs Kafka.",
        "&amp; more",
        "2015 – 2017",
    ]
)


@given(st.lists(pieces, min_size=1, max_size=6), st.sampled_from([" | ", ", ", " ", "\n", " · "]))
def test_what_is_left_holds_no_detail_and_still_quotes_the_file(parts: list[str], separator: str) -> None:
    raw = separator.join(parts) + "\n"
    for chunk in withhold_contact_details(chunks_of(raw, "cv.md")):
        assert not find_contact_details(chunk.text)
        assert clean(raw[chunk.start_char : chunk.end_char], chunk.markup).text == chunk.text
        for start in range(0, len(chunk.text), 3):
            if chunk.text[start:].strip():
                quote = chunk.quote(start, len(chunk.text))
                # How a bold line breaks depends on whether it is the first of a quote.
                words = clean(raw[quote.start_char : quote.end_char], chunk.markup).text.split()
                assert words == quote.text.split()


@pytest.mark.parametrize(
    "raw",
    [
        "jane@example.org, by the dates given: Kafka [*a]\n{** more\n",
        "jane@example.org<div>\ufeff' OR 1=1 --\n",
        "# Kafka\n\n## or jane (at) example (dot) org=-->)&nbsp;\n\n## )\n\ntext\n",
    ],
)
def test_odd_markup_beside_a_detail_breaks_no_quote(raw: str) -> None:
    for chunk in withhold_contact_details(chunks_of(raw, "cv.md")):
        assert clean(raw[chunk.start_char : chunk.end_char], chunk.markup).text.split() == chunk.text.split()
