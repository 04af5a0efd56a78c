"""Plain texts as the chunks that the retrievers take."""

from __future__ import annotations

from profile_rag.schema import Chunk, SourceMap


def as_chunk(id_: str, text: str) -> Chunk:
    """A text that stands for itself, without headings."""
    return Chunk(
        id=id_,
        source=id_,
        document_sha256="",
        heading=(),
        title="",
        text=text,
        kind="paragraph",
        markup="text",
        start_char=0,
        end_char=len(text),
        start_line=1,
        end_line=1,
        source_map=SourceMap(((0, len(text), 0, len(text)),), (), (0,), 1),
    )
