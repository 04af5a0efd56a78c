"""The REST endpoint: a question in, the Answer contract out; with its OpenAPI document and a page that shows it."""

from __future__ import annotations

import html
import json
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from profile_rag.errors import QuestionError
from profile_rag.schema import Answer
from profile_rag.ui.conversation import Desk

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

MAX_BODY = 200_000  # bytes
MAX_HISTORY = 50  # questions
DOCUMENT_PATH, PAGE_PATH, ASK_PATH = "/api/openapi.json", "/api", "/api/ask"
_EXAMPLE = {"question": "Does she speak Spanish?", "history": []}
_PROBLEM = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "What is wrong and the next step, on one line."}},
}


class RequestError(Exception):
    """A request that cannot be answered."""

    def __init__(self, status: int, problem: str) -> None:
        self.status = status
        super().__init__(problem)


def add_api(app: FastAPI, desk: Desk) -> None:
    """`POST /api/ask`, and `/api` that tells how to use it."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import HTMLResponse, JSONResponse

    async def ask(request: Request) -> Response:
        try:
            question, history = read_request(await _body(request))
        except RequestError as error:
            return JSONResponse({"error": str(error)}, error.status)
        reply = (await run_in_threadpool(desk.ask, question, history)).reply
        if isinstance(reply, Answer):
            return JSONResponse(reply.to_dict())
        return JSONResponse({"error": str(reply)}, 400 if isinstance(reply, QuestionError) else 500)

    async def document(_: Request) -> Response:
        return JSONResponse(openapi())

    async def page(_: Request) -> Response:
        return HTMLResponse(_page())

    app.add_route(ASK_PATH, ask, methods=["POST"])
    app.add_route(DOCUMENT_PATH, document)
    app.add_route(PAGE_PATH, page)


async def _body(request: Request) -> bytes:
    """The body as far as it may be long.

    Raises:
        RequestError: It is too long, or is not declared as JSON. Another site's form cannot declare that.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise RequestError(415, "The body is JSON: send Content-Type: application/json.")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise RequestError(413, f"The body is longer than {MAX_BODY} bytes. Send a shorter question or history.")
    return bytes(body)


def read_request(body: bytes) -> tuple[str, list[str]]:
    """Question and earlier questions.

    Raises:
        RequestError: The body is no JSON object of these.
    """
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        raise RequestError(400, f"The body is no JSON. Send {json.dumps(_EXAMPLE)}.") from None
    if not isinstance(values, dict):
        raise RequestError(400, f"The body is no JSON object. Send {json.dumps(_EXAMPLE)}.")
    if unknown := sorted(set(values) - set(_EXAMPLE)):
        raise RequestError(400, f"{unknown[0]}: no such field. There are {' and '.join(_EXAMPLE)}.")
    question, history = values.get("question"), values.get("history", [])
    if not isinstance(question, str):
        raise RequestError(400, "question: missing or no text. Ask something.")
    if not isinstance(history, list) or not all(isinstance(item, str) for item in history):
        raise RequestError(400, "history: no list of texts. Give the earlier questions, oldest first.")
    return question, history[-MAX_HISTORY:]


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the endpoint."""
    answer = json.loads((files("profile_rag") / "data" / "answer.schema.json").read_text(encoding="utf-8"))
    answer["$id"] = "answer.schema.json"  # what it refers to stands inside it
    request = {
        "type": "object",
        "required": ["question"],
        "additionalProperties": False,
        "properties": {
            "question": {"type": "string", "description": "In any words."},
            "history": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Earlier questions, oldest first; a follow-up leans on them.",
            },
        },
        "examples": [_EXAMPLE],
    }

    def described(description: str, schema: object) -> dict[str, Any]:
        return {"description": description, "content": {"application/json": {"schema": schema}}}

    problem = {"$ref": "#/components/schemas/Problem"}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "profile-rag",
            "version": version("profile-rag"),
            "description": "Questions about one person, answered from their documents word by word.",
        },
        "paths": {
            ASK_PATH: {
                "post": {
                    "operationId": "ask",
                    "summary": "Answer a question",
                    "requestBody": {"required": True, "content": {"application/json": {"schema": request}}},
                    "responses": {
                        "200": described("The answer, or that the documents don't say.", answer),
                        "400": described("The question or the request is not as it should be.", problem),
                        "408": described("The request did not arrive in time.", problem),
                        "413": described("The request is too long.", problem),
                        "415": described("The request is not declared as JSON.", problem),
                        "429": described("Too many requests from this address.", problem),
                        "500": described("Something went wrong while answering.", problem),
                    },
                }
            },
            "/healthz": {
                "get": {
                    "operationId": "health",
                    "summary": "Whether the server is well",
                    "responses": {"200": described("It is.", _status("ok"))},
                }
            },
            "/readyz": {
                "get": {
                    "operationId": "readiness",
                    "summary": "Whether there is an index to answer from",
                    "responses": {
                        "200": described("There is.", _status("ready")),
                        "503": described("There is none, or it cannot be opened.", _status("no index")),
                    },
                }
            },
        },
        "components": {"schemas": {"Problem": _PROBLEM}},
    }


def _status(value: str) -> dict[str, Any]:
    return {"type": "object", "properties": {"status": {"const": value}}}


def _page() -> str:
    """What the document says, to read; it loads nothing."""
    document = openapi()
    responses = document["paths"][ASK_PATH]["post"]["responses"]
    answer = responses["200"]["content"]["application/json"]["schema"]["properties"]
    fields = "".join(
        f"<tr><th><code>{html.escape(name)}</code></th><td>{html.escape(str(value.get('description', '')))}</td></tr>"
        for name, value in answer.items()
    )
    codes = "".join(
        f"<tr><th>{code}</th><td>{html.escape(value['description'])}</td></tr>" for code, value in responses.items()
    )
    return (
        (files("profile_rag.ui") / "api.html")
        .read_text(encoding="utf-8")
        .format(version=version("profile-rag"), example=html.escape(json.dumps(_EXAMPLE)), fields=fields, codes=codes)
    )
