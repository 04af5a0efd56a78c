"""A conversation to take away, as Markdown, HTML or JSON, with every quote's file, lines and hash.

Each format carries the answers as JSON too, so that `profile-rag verify` can hold the quotes against the documents.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from profile_rag.schema import TRANSCRIPT_SCHEMA, Answer, Citation, Person
from profile_rag.ui.render import VERDICT_WORDS, answer_html, place, question_html, sources_html

_NOTE = "Answers are automatic and quote the documents."
# Should text ever get through as markup, the browser is told to load and run nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_\[\]#|~])")
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="note">{note}</p>
{body}
</main>
<script type="application/json" id="transcript">{values}</script>
</body>
</html>
"""


def transcript(answers: Sequence[Answer], person: Person) -> dict[str, Any]:
    """The conversation as plain JSON values: the Answer contract of each question, oldest first."""
    return {
        "schema": TRANSCRIPT_SCHEMA,
        "person": person.name,
        "answers": [answer.to_dict() for answer in answers],
    }


def to_json(answers: Sequence[Answer], person: Person) -> str:
    """The conversation as a JSON document."""
    return json.dumps(transcript(answers, person), ensure_ascii=False, indent=2) + "\n"


def to_markdown(answers: Sequence[Answer], person: Person) -> str:
    """The conversation as Markdown; the JSON stands in a comment at its end."""
    parts = [f"# {_title(person)}", _NOTE]
    for answer in answers:
        parts.append(f"## {_plain(answer.question)}")
        if answer.understood_as.strip() not in ("", answer.question.strip()):
            parts.append(f"*Understood as: {_plain(answer.understood_as)}*")
        parts.append(_with_verdict(answer))
        for conflict in answer.conflicts:
            marks = "".join(f"[{number}]" for number in conflict.citations)
            parts.append(f"> The documents disagree: {_plain(conflict.explanation)} {marks}")
        if answer.notice:
            parts.append(f"*{_plain(answer.notice)}*")
        if answer.citations:
            parts.append("\n".join(_source(citation) for citation in answer.citations))
    return "\n\n".join(parts) + f"\n\n<!-- {_embedded(transcript(answers, person))} -->\n"


def to_html(answers: Sequence[Answer], person: Person) -> str:
    """The conversation as one HTML file that loads nothing; the JSON stands in a data block at its end."""
    body = "\n".join(
        "<section>"
        f"{question_html(answer.question)}{answer_html(answer, turn=turn)}{sources_html([(turn, answer)])}"
        "</section>"
        for turn, answer in enumerate(answers, 1)
    )
    return _PAGE.format(
        policy=_POLICY,
        title=html.escape(_title(person)),
        note=_NOTE,
        style=(files("profile_rag.ui") / "transcript.css").read_text(encoding="utf-8"),
        body=body,
        values=_embedded(transcript(answers, person)),
    )


def _title(person: Person) -> str:
    return f"Questions about {person.name}" if person.name else "Questions about a profile"


def _with_verdict(answer: Answer) -> str:
    """The answer's own Markdown; it opens with its verdict, unless it abstains in words."""
    if answer.verdict is None or answer.answer.lstrip().startswith("**"):
        return answer.answer
    return f"**{VERDICT_WORDS[answer.verdict]}.** {answer.answer}"


def _source(citation: Citation) -> str:
    where, words = _plain(place(citation)), _plain(citation.quote)
    return f"{citation.id}. {where} “{words}” (sha256 {citation.document_sha256[:12]})"


def _plain(text: str) -> str:
    """Text on one line that Markdown takes for nothing else."""
    return _MARKDOWN_SPECIAL.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False)).replace("://", "&#58;//")


def _embedded(values: Mapping[str, Any]) -> str:
    """JSON that ends neither an HTML comment nor a script block; all three can only stand inside its strings."""
    text = json.dumps(values, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("--", "-\\u002d")
