"""One invented person, written in every format that is read: the content is the same, only the writing differs."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.ingestion.files import csv_of, docx_of, paragraph, pdf_of, zip_of

NAME, HEADLINE, PLACE = "Ines Marlow", "Data Engineer", "Lisbon, Portugal"
SUMMARY = "Ines Marlow builds data platforms. She has never managed people. She has not run Kubernetes in production."
WORK = (
    (
        "Harbour Analytics",
        "Senior Data Engineer",
        "Lisbon",
        ("2020-03", ""),
        "Built streaming pipelines with Kafka and Flink for port traffic.",
    ),
    (
        "Tidewater Bank",
        "Data Engineer",
        "Porto",
        ("2016-09", "2020-02"),
        "Migrated the data warehouse from Oracle to Snowflake.",
    ),
    ("Quay Software", "Junior Developer", "Porto", ("2014-01", "2016-08"), "Wrote internal tools in Java."),
)
SCHOOL, DEGREE, SUBJECT, STUDIED = "University of Porto", "MSc", "Computer Science", ("2011-09", "2013-07")
SKILLS = ("Python", "SQL", "Kafka", "Flink", "Snowflake", "Airflow", "Terraform")
LANGUAGES = (("Portuguese", "native"), ("English", "fluent"), ("French", "basic"))
CERTIFICATE, ISSUER, ISSUED = "AWS Certified Solutions Architect", "Amazon", "2022-05"
PROJECT, MADE, PROJECT_TEXT = "Tidegauge", "2021-01", "An open-source library that reads tide gauges, written in Rust."

_MONTHS = "January February March April May June July August September October November December".split()


def _month(date: str, *, short: bool = False) -> str:
    """ "2020-03" as March 2020."""
    year, month = date.split("-")
    name = _MONTHS[int(month) - 1]
    return f"{name[:3] if short else name} {year}"


def _span(span: tuple[str, str]) -> str:
    return f"{_month(span[0])} – {_month(span[1]) if span[1] else 'present'}"


def _markdown() -> str:
    posts = "\n".join(
        f"### {position}, {company}, {place} ({_span(span)})\n\n- {text}\n"
        for company, position, place, span, text in WORK
    )
    languages = "\n".join(f"- {language}: {level}" for language, level in LANGUAGES)
    return f"""# {NAME}

- **Role:** {HEADLINE}
- **Location:** {PLACE}

{SUMMARY}

## Experience

{posts}
## Education

- {DEGREE} {SUBJECT}, {SCHOOL} ({_span(STUDIED)})

## Skills

{", ".join(SKILLS)}

## Languages

{languages}

## Certificates

- {CERTIFICATE}, {ISSUER}, {_month(ISSUED)}

## Projects

- {PROJECT} ({MADE[:4]}): {PROJECT_TEXT}
"""


def lines() -> list[str]:
    """As plain text, a line each."""
    posts = [
        line
        for company, position, place, span, text in WORK
        for line in (f"{position}, {company}, {place} ({_span(span)})", text, "")
    ]
    return [
        NAME,
        HEADLINE,
        f"Location: {PLACE}",
        "",
        *(f"{sentence.strip('.')}." for sentence in SUMMARY.split(". ")),
        "",
        "EXPERIENCE",
        "",
        *posts,
        "EDUCATION",
        "",
        f"{DEGREE} {SUBJECT}, {SCHOOL} ({_span(STUDIED)})",
        "",
        "SKILLS",
        "",
        ", ".join(SKILLS),
        "",
        "LANGUAGES",
        "",
        *(f"- {language}: {level}" for language, level in LANGUAGES),
        "",
        "CERTIFICATES",
        "",
        f"{CERTIFICATE}, {ISSUER}, {_month(ISSUED)}",
        "",
        "PROJECTS",
        "",
        f"{PROJECT} ({MADE[:4]}): {PROJECT_TEXT}",
    ]


def _html() -> str:
    posts = "".join(
        f"<h3>{position}, {company}, {place} ({_span(span)})</h3><ul><li>{text}</li></ul>"
        for company, position, place, span, text in WORK
    )
    languages = "".join(f"<tr><td>{language}</td><td>{level}</td></tr>" for language, level in LANGUAGES)
    return (
        f"<!DOCTYPE html><html><head><title>{NAME}</title><style>p {{color: red}}</style></head><body>"
        f"<nav><a href='/'>Home</a></nav><h1>{NAME}</h1><p>Role: {HEADLINE}</p><p>Location: {PLACE}</p><p>{SUMMARY}</p>"
        f"<h2>Experience</h2>{posts}<h2>Education</h2><ul><li>{DEGREE} {SUBJECT}, {SCHOOL} ({_span(STUDIED)})</li></ul>"
        f"<h2>Skills</h2><p>{', '.join(SKILLS)}</p><h2>Languages</h2><table>{languages}</table>"
        f"<h2>Certificates</h2><ul><li>{CERTIFICATE}, {ISSUER}, {_month(ISSUED)}</li></ul>"
        f"<h2>Projects</h2><ul><li>{PROJECT} ({MADE[:4]}): {PROJECT_TEXT}</li></ul></body></html>"
    )


def _json_resume() -> str:
    return json.dumps(
        {
            "basics": {
                "name": NAME,
                "label": HEADLINE,
                "summary": SUMMARY,
                "location": {"city": "Lisbon", "region": "Portugal"},
            },
            "work": [
                {"name": company, "position": position, "location": place, "startDate": start}
                | ({"endDate": end} if end else {})
                | {"highlights": [text]}
                for company, position, place, (start, end), text in WORK
            ],
            "education": [
                {
                    "institution": SCHOOL,
                    "area": SUBJECT,
                    "studyType": DEGREE,
                    "startDate": STUDIED[0],
                    "endDate": STUDIED[1],
                }
            ],
            "skills": [{"name": skill} for skill in SKILLS],
            "languages": [{"language": language, "fluency": level} for language, level in LANGUAGES],
            "certificates": [{"name": CERTIFICATE, "date": ISSUED, "issuer": ISSUER}],
            "projects": [{"name": PROJECT, "startDate": MADE, "description": PROJECT_TEXT}],
        },
        indent=2,
    )


def _rendercv() -> str:
    posts = "".join(
        f"      - company: {company}\n        position: {position}\n        location: {place}\n"
        f"        start_date: {start}\n        end_date: {end or 'present'}\n        highlights:\n          - {text}\n"
        for company, position, place, (start, end), text in WORK
    )
    languages = "".join(f"      - label: {language}\n        details: {level}\n" for language, level in LANGUAGES)
    skills = "".join(f"      - bullet: {skill}\n" for skill in SKILLS)
    return (
        f"cv:\n  name: {NAME}\n  headline: {HEADLINE}\n  location: {PLACE}\n  sections:\n    summary:\n"
        f"      - {SUMMARY}\n"
        f"    experience:\n{posts}    education:\n      - institution: {SCHOOL}\n        area: {SUBJECT}\n"
        f"        degree: {DEGREE}\n        start_date: {STUDIED[0]}\n        end_date: {STUDIED[1]}\n"
        f"    skills:\n{skills}    languages:\n{languages}"
        f"    certificates:\n      - name: {CERTIFICATE}, {ISSUER}\n        date: {ISSUED}\n"
        f"    projects:\n      - name: {PROJECT}\n        date: {MADE}\n        summary: {PROJECT_TEXT}\n"
        "design:\n  theme: classic\n"
    )


def _docx() -> bytes:
    def head(text: str, level: int) -> str:
        return paragraph(text, style=f"Heading{level}")

    body = [head(NAME, 1), paragraph(HEADLINE), paragraph(f"Location: {PLACE}"), paragraph(SUMMARY)]
    body.append(head("Experience", 2))
    for company, position, place, span, text in WORK:
        body += [paragraph(f"{position}, {company}, {place} ({_span(span)})"), paragraph(text)]
    body += [head("Education", 2), paragraph(f"{DEGREE} {SUBJECT}, {SCHOOL} ({_span(STUDIED)})")]
    body += [head("Skills", 2), paragraph(", ".join(SKILLS)), head("Languages", 2)]
    body += [paragraph(f"{language}: {level}") for language, level in LANGUAGES]
    body += [head("Certificates", 2), paragraph(f"{CERTIFICATE}, {ISSUER}, {_month(ISSUED)}")]
    body += [head("Projects", 2), paragraph(f"{PROJECT} ({MADE[:4]}): {PROJECT_TEXT}")]
    return docx_of("".join(body))


def _linkedin() -> bytes:
    first, last = NAME.split()
    return zip_of(
        {
            "Profile.csv": csv_of(
                {
                    "First Name": first,
                    "Last Name": last,
                    "Headline": HEADLINE,
                    "Summary": SUMMARY,
                    "Geo Location": PLACE,
                }
            ),
            "Positions.csv": csv_of(
                *(
                    {
                        "Company Name": company,
                        "Title": position,
                        "Description": text,
                        "Location": place,
                        "Started On": _month(start, short=True),
                        "Finished On": _month(end, short=True) if end else "",
                    }
                    for company, position, place, (start, end), text in WORK
                )
            ),
            "Education.csv": csv_of(
                {
                    "School Name": SCHOOL,
                    "Start Date": _month(STUDIED[0], short=True),
                    "End Date": _month(STUDIED[1], short=True),
                    "Notes": SUBJECT,
                    "Degree Name": f"{DEGREE} {SUBJECT}",
                    "Activities": "",
                }
            ),
            "Skills.csv": csv_of(*({"Name": skill} for skill in SKILLS)),
            "Languages.csv": csv_of(*({"Name": language, "Proficiency": level} for language, level in LANGUAGES)),
            "Certifications.csv": csv_of(
                {"Name": CERTIFICATE, "Authority": ISSUER, "Started On": _month(ISSUED, short=True)}
            ),
            "Projects.csv": csv_of(
                {"Title": PROJECT, "Description": PROJECT_TEXT, "Started On": _month(MADE, short=True)}
            ),
            "messages.csv": csv_of({"FROM": "Somebody Else", "CONTENT": "Shall we meet?"}),
        }
    )


def every_format() -> Mapping[str, tuple[str, bytes]]:
    """The name of a file and its bytes, by format."""
    return {
        "Markdown": ("profile.md", _markdown().encode()),
        "text": ("cv.txt", "\n".join(lines()).encode()),
        "HTML": ("page.html", _html().encode()),
        "JSON Resume": ("resume.json", _json_resume().encode()),
        "RenderCV": ("cv.yaml", _rendercv().encode()),
        "DOCX": ("cv.docx", _docx()),
        "PDF": ("cv.pdf", pdf_of(lines()[:30], lines()[30:])),
        "LinkedIn": ("export.zip", _linkedin()),
    }
