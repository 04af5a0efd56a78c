"""Answers as HTML for the chat page; whatever stands in a document or a question comes out as text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from profile_rag.schema import Answer, Basis, Citation, Conflict, Person, Related, Verdict
from profile_rag.ui.document import link_to

VERDICT_WORDS: dict[Verdict, str] = {"yes": "Yes", "partly": "Partly", "no": "No", "not_stated": "Not stated"}
BASIS_WORDS: dict[Basis, str] = {
    "demonstrated": "shown in work",
    "stated": "stated",
    "listed": "listed only",
    "basic": "with limits",
    "conceptual": "in concept only",
    "denied": "ruled out",
    "none": "",
}

# The chatbot reads messages as Markdown with HTML in it. These characters start its links, images, emphasis,
# code and formulas; as character references they are text in both languages.
_MARKDOWN_CHARACTERS = str.maketrans({character: f"&#{ord(character)};" for character in "\\`*_[]~$"})
_INLINE = re.compile(
    r"\\(?P<escaped>[\\*\[\]>-])"  # a structural character meant as itself
    r"|\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*"
    r"| *\[(?P<mark>[0-9]{1,4})\]"  # with the space before it, so that no line begins with a mark
)
_WORD = re.compile(r"\S+\s*|\s+")


def escape(text: str) -> str:
    """Text on one line that neither HTML nor Markdown takes for markup."""
    return html.escape(" ".join(text.splitlines())).translate(_MARKDOWN_CHARACTERS).replace("://", "&#58;//")


def place(cited: Citation | Related) -> str:
    """Where a quote stands: `file:line`, `file:first–last`, with its page where it has one."""
    lines = str(cited.start_line) if cited.end_line <= cited.start_line else f"{cited.start_line}–{cited.end_line}"
    page = cited.page if isinstance(cited, Citation) else None
    return f"{cited.source}:{lines}" + (f", page {page}" if page is not None else "")


def answer_html(answer: Answer, *, turn: int, text: str | None = None) -> str:
    """The whole message, on one line: a blank line would let the chatbot read what follows as Markdown.

    Args:
        answer: What to show.
        turn: The number of the question in its conversation; marks link to `src-<turn>-<n>`.
        text: The part of the answer's text that is there so far; unset means all of it, with what follows it.
    """
    marks = {str(citation.id): _mark(citation, turn) for citation in answer.citations}
    parts = [_understood(answer), _badge(answer), _blocks(answer_text(answer) if text is None else text, marks)]
    if text is None:
        parts += [_conflicts(answer.conflicts, marks), _related(answer), _notice(answer)]
    style = "answer abstained" if answer.abstained else "answer"
    return f'<div class="{style}">{"".join(parts)}</div>'


def answer_steps(answer: Answer, *, turn: int, most: int = 16) -> Iterator[str]:
    """The message as it grows, a few words at a time and never within bold text or a mark; the last is whole."""
    text = answer_text(answer)
    ends = [match.end() for match in _WORD.finditer(text)]
    stride = max(1, -(-len(ends) // most))
    for end in ends[stride - 1 : -1 : stride]:
        if text.count("**", 0, end) % 2 == 0:
            yield answer_html(answer, turn=turn, text=text[:end])
    yield answer_html(answer, turn=turn)


def answer_text(answer: Answer) -> str:
    """The answer's Markdown without the verdict it opens with, which the badge shows."""
    if answer.verdict is None:
        return answer.answer
    word = re.escape(VERDICT_WORDS[answer.verdict])
    return re.sub(rf"\A\s*\*\*{word}[.:,]?\*\*[.:,]?\s*", "", answer.answer, flags=re.IGNORECASE)


def question_html(question: str) -> str:
    """A visitor's question as plain text, its line breaks kept."""
    return f'<div class="question">{_lines(question.strip()) or "(empty)"}</div>'


def notice_html(message: str) -> str:
    """A message of the program itself: no answer, and why."""
    return f'<div class="notice"><p>{_lines(message)}</p></div>'


def header_html(person: Person) -> str:
    """Whom the page is about, and how far its answers can be trusted."""
    role = f'<p class="role">{escape(person.role)}</p>' if person.role else ""
    return (
        f'<header class="masthead"><h1>{escape(person.name or "Ask this profile")}</h1>{role}'
        '<p class="note">Answers are automatic and quote the documents.</p></header>'
    )


def sources_html(turns: Sequence[tuple[int, Answer]]) -> str:
    """The Sources panel: the newest answer's quotes, and below them, if all are asked for, those of earlier ones.

    Args:
        turns: The answers of one conversation with their numbers, oldest first.
    """
    cited = [(turn, answer) for turn, answer in turns if answer.citations]
    choice = ""
    if not turns:
        body = '<p class="empty">The words each answer stands on appear here.</p>'
    else:
        *_, (turn, newest) = turns
        empty = '<p class="empty">This answer cites nothing: the documents don’t say.</p>'
        earlier = [each for each in cited if each[0] != turn]
        body = _articles(turn, newest) or empty
        body += "".join(_earlier(turn, answer) for turn, answer in reversed(earlier))
        choice = _CHOICE if earlier else ""
    return (
        '<section class="sources" aria-label="Sources" tabindex="0">'
        f'<div class="sources-head"><h2>Sources</h2>{choice}</div>{body}</section>'
    )


_CHOICE = (
    '<div class="choice" role="group" aria-label="Whose sources">'
    '<button type="button" data-sources="newest" aria-pressed="true">This answer</button>'
    '<button type="button" data-sources="all" aria-pressed="false">All answers</button></div>'
)


def _earlier(turn: int, answer: Answer) -> str:
    return f'<div class="earlier"><h3>{escape(answer.question)}</h3>{_articles(turn, answer)}</div>'


def _articles(turn: int, answer: Answer) -> str:
    return "".join(_article(turn, citation) for citation in answer.citations)


def _article(turn: int, citation: Citation) -> str:
    heading = " › ".join(citation.heading)
    path = f'<p class="heading">{escape(heading)}</p>' if heading else ""
    return (
        f'<article class="source" id="src-{turn}-{citation.id}" tabindex="-1">'
        f'<p class="place"><span class="number">{citation.id}</span> <code>{escape(place(citation))}</code></p>'
        f"{path}<blockquote>{_lines(citation.quote)}</blockquote>"
        f'<p class="open"><a href="{html.escape(link_to(citation))}" target="_blank">Open document</a></p></article>'
    )


def _understood(answer: Answer) -> str:
    if answer.understood_as.strip() in ("", answer.question.strip()):
        return ""
    return f'<p class="understood">Understood as: {_lines(answer.understood_as)}</p>'


def _badge(answer: Answer) -> str:
    verdict = answer.verdict
    if verdict is None or answer.kind == "off_subject":  # "hello" asks for nothing that could be stated
        return ""
    basis = BASIS_WORDS[answer.targets[0].basis] if len(answer.targets) == 1 else ""
    words = f' <span class="basis">({basis})</span>' if basis else ""
    badge = f'<span class="badge {verdict.replace("_", "-")}">{VERDICT_WORDS[verdict]}</span>'
    return f'<p class="verdict">{badge}{words}</p>'


def _mark(citation: Citation, turn: int) -> str:
    where = escape(place(citation))
    return f'<sup class="mark"><a href="#src-{turn}-{citation.id}" title="{where}">{citation.id}</a></sup>'


def _conflicts(conflicts: Sequence[Conflict], marks: dict[str, str]) -> str:
    if not conflicts:
        return ""
    items = "".join(f"<li>{_conflict(conflict, marks)}</li>" for conflict in conflicts)
    return f'<div class="conflict"><p><strong>The documents disagree</strong></p><ul>{items}</ul></div>'


def _conflict(conflict: Conflict, marks: dict[str, str]) -> str:
    target = f"{escape(conflict.target)}: " if conflict.target else ""
    cited = "".join(marks.get(str(number), "") for number in conflict.citations)
    return f"{target}{_lines(conflict.explanation)}{cited}"


def _notice(answer: Answer) -> str:
    return f'<p class="stand-in">{_lines(answer.notice)}</p>' if answer.notice else ""


def _related(answer: Answer) -> str:
    if not (answer.abstained and answer.related):
        return ""
    items = "".join(f"<li>{_related_item(related, answer.answer)}</li>" for related in answer.related)
    return f'<div class="related"><p>Closest in the documents</p><ul>{items}</ul></div>'


def _related_item(related: Related, said: str) -> str:
    where = f"<code>{escape(place(related))}</code>"
    return where if related.quote in said else f"{where} “{_lines(related.quote)}”"


def _blocks(markdown: str, marks: dict[str, str]) -> str:
    return "".join(_block(kind, list(lines), marks) for kind, lines in groupby(markdown.splitlines(), _kind))


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if line.startswith(">"):
        return "quote"
    return "list" if line.startswith("- ") else "paragraph"


def _block(kind: str, lines: list[str], marks: dict[str, str]) -> str:
    if kind == "blank":
        return ""
    if kind == "list":
        return "<ul>" + "".join(f"<li>{_inline(line[2:], marks)}</li>" for line in lines) + "</ul>"
    if kind == "quote":
        lines = [line[1:].removeprefix(" ") for line in lines]
    tag = "blockquote" if kind == "quote" else "p"
    return f"<{tag}>{'<br>'.join(_inline(line, marks) for line in lines)}</{tag}>"


def _inline(text: str, marks: dict[str, str]) -> str:
    parts, position = [], 0
    for match in _INLINE.finditer(text):
        parts += [escape(text[position : match.start()]), _inline_element(match, marks)]
        position = match.end()
    return "".join(parts) + escape(text[position:])


def _inline_element(match: re.Match[str], marks: dict[str, str]) -> str:
    if match["escaped"]:
        return escape(match["escaped"])
    if match["bold"]:
        return f"<strong>{_inline(match['bold'], marks)}</strong>"
    return marks.get(match["mark"], escape(match[0]))


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())
