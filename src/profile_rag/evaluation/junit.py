"""A report as JUnit XML, as build servers read it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: Mapping[str, Any]) -> str:
    """One suite for each corpus and one for the gates; a case that misses something is a failure with the reason."""
    root = ET.Element("testsuites", name=f"profile-rag eval ({report['engine']})")
    by_corpus: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for result in report["results"]:
        by_corpus[result["corpus"]].append(result)
    times = report["timings"]["cases_ms"]
    for corpus, results in sorted(by_corpus.items()):
        suite = ET.SubElement(root, "testsuite", name=_clean(corpus))
        for result in results:
            seconds = f"{times[result['id']] / 1000:.3f}"
            kind = f"{corpus}.{result['kind']}"
            case = ET.SubElement(suite, "testcase", classname=_clean(kind), name=_clean(result["id"]), time=seconds)
            if not result["right"]:
                why = " ".join(result["why"])
                found = ET.SubElement(case, "error" if result["error"] else "failure", message=_clean(why))
                found.text = _clean("\n".join([*result["history"], result["question"], *_answered(result)]))
    for skipped in report["skipped"]:
        suite = ET.SubElement(root, "testsuite", name=_clean(skipped["corpus"]))
        for number in range(1, skipped["cases"] + 1):
            case = ET.SubElement(suite, "testcase", classname=_clean(skipped["corpus"]), name=f"skipped {number}")
            ET.SubElement(case, "skipped", message=_clean(skipped["reason"]))
    _add_gates(root, report)
    for suite in root:
        suite.set("tests", str(len(suite)))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_gates(root: ET.Element, report: Mapping[str, Any]) -> None:
    if not report["gates"]:
        return
    suite = ET.SubElement(root, "testsuite", name="gates")
    for gate in report["gates"]:
        case = ET.SubElement(suite, "testcase", classname="gates", name=_clean(f"{gate['figure']} over {gate['over']}"))
        if not gate["open"]:
            bounds = f"minimum {gate['minimum']}, maximum {gate['maximum']}"
            ET.SubElement(case, "failure", message=f"{gate['value']}, {bounds}")


def _answered(result: Mapping[str, Any]) -> list[str]:
    return ["", result["answer"]["answer"]] if result["answer"] else []


def _clean(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
