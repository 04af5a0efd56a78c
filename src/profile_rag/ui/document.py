"""A document of the profile to read, as far as the index holds it, with a quote marked where it stands."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from profile_rag.errors import ProfileRagError
from profile_rag.schema import Chunk, Citation

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

    from profile_rag.ui.conversation import Desk

logger = logging.getLogger(__name__)
DOCUMENT_PATH = "/document"
Span = tuple[int, int]
_DEEPEST = 6


def link_to(citation: Citation) -> str:
    """Where the page of a citation's document is, scrolled to the quote; relative to the chat page."""
    values = {"source": citation.source, "start": citation.start_char, "end": citation.end_char}
    return f"{DOCUMENT_PATH[1:]}?{urlencode(values)}#quote"


def add_documents(app: FastAPI, desk: Desk) -> None:
    """`GET /document?source=…&start=…&end=…`, a page that loads nothing."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import HTMLResponse, PlainTextResponse

    async def document(request: Request) -> Response:
        source = request.query_params.get("source", "")
        try:
            chunks = await run_in_threadpool(desk.profile.document, source)
        except ProfileRagError as error:
            # It may name folders of the server, which are the owner's to know.
            logger.error("a document could not be shown: %s", error)
            return PlainTextResponse("The documents are out of reach at the moment. Try again in a minute.\n", 503)
        if not chunks:
            return PlainTextResponse("There is no such document.\n", 404)
        return HTMLResponse(document_html(chunks, _span(request)))

    app.add_route(DOCUMENT_PATH, document)


def _span(request: Request) -> Span | None:
    try:
        return int(request.query_params["start"]), int(request.query_params["end"])
    except (KeyError, ValueError):  # the document alone
        return None


def document_html(chunks: Sequence[Chunk], span: Span | None = None) -> str:
    """The whole page.

    Args:
        chunks: All of one document, in order.
        span: Source offsets of the words to mark.
    """
    source = html.escape(chunks[0].source)
    style = (files("profile_rag.ui") / "document.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{source}</title><style>{style}</style></head><body><main>"
        f'<p class="source">{source}</p>{"".join(_blocks(chunks, span))}</main></body></html>'
    )


def _blocks(chunks: Sequence[Chunk], span: Span | None) -> Iterator[str]:
    path: tuple[str, ...] = ()
    page: int | None = None
    is_marked = False
    for chunk in chunks:
        if chunk.page is not None and chunk.page != page:
            page = chunk.page
            yield f'<p class="page" id="page-{page}">Page {page}</p>'
        for depth, heading in _new_headings(path, chunk.heading):
            yield _heading(depth, html.escape(heading))
        path = chunk.heading
        marked = _marked(chunk, span)
        # What stands in two chunks is marked once: an address can lead to one place only.
        text = _text(chunk, None if is_marked else marked)
        is_marked = is_marked or marked is not None
        if chunk.kind in {"heading", "section"}:
            yield _heading(len(path), text)
            path = (*path, chunk.text)
        else:
            yield f'<div class="block {chunk.kind}"><span class="line">{chunk.start_line}</span><div>{text}</div></div>'


def _new_headings(before: tuple[str, ...], now: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """The headings that open here, with their depth."""
    same = next((depth for depth, pair in enumerate(zip(before, now, strict=False)) if pair[0] != pair[1]), None)
    if same is None:
        same = min(len(before), len(now))
    yield from enumerate(now[same:], same)


def _heading(depth: int, content: str) -> str:
    level = min(depth + 1, _DEEPEST)
    return f"<h{level}>{content}</h{level}>"


def _marked(chunk: Chunk, span: Span | None) -> Span | None:
    """The part of a chunk's text that the span holds."""
    if span is None or span[1] <= chunk.start_char or chunk.end_char <= span[0]:
        return None
    return chunk.source_map.text_range(*span)


def _text(chunk: Chunk, marked: Span | None) -> str:
    """The text with its title in bold and the quote marked; the mark may begin or end within the title."""
    title = (0, len(chunk.title)) if chunk.title else (0, 0)
    cuts = sorted({0, title[1], *(marked or ()), len(chunk.text)})
    parts = []
    for start, end in pairwise(cuts):
        part = html.escape(chunk.text[start:end]).replace("\n", "<br>")
        if end <= title[1]:
            part = f"<strong>{part}</strong>"
        if marked and marked[0] <= start and end <= marked[1]:
            part = f"<mark>{part}</mark>"
        parts.append(part)
    text = "".join(parts)
    return text.replace("<mark>", '<mark id="quote">', 1)
