"""What reads like a person's name, and what like a role: general English of titles and openings."""

from __future__ import annotations

import re

NAME = r"(?:[^\W\d_a-z](?:[\w.]|['’](?=[^\W\d_a-z])|-(?=[^\W\d_]))*)"
"""One word of a name; that its first letter is a capital is for `is_person_name` to say."""

_PARTICLES = frozenset("de van von der den bin ibn al el la da di dos das del du le ter ten zu af y e st".split())
_HONORIFIC = re.compile(r"^(?:(?:dr|prof|professor|mr|mrs|ms|mx|sir|dame|rev|ing|dipl)\b\.?[\s-]+)+", re.IGNORECASE)
_DEGREE = re.compile(
    r",?\s+(?:Ph\.?\s?D\.?|M\.?D\.?|MSc|BSc|M\.?A\.?|B\.?A\.?|MBA|RN|CPA|PMP|Esq\.?|Jr\.?|Sr\.?|II|III)$"
)
_MAX_NAME_WORDS = 5
_MAX_ROLE_WORDS = 16

# Words that head documents and sections, or tell an occupation; a title that holds one names no person.
_TITLE_WORDS = frozenset(
    """about achievements advice agenda and approach architecture areas at availability awards background basics bio
    biography books brief by career case certifications changelog checklist contact contents core curriculum cv
    data design details development document documentation education email employment engineering experience
    expertise faq favourite for frequently from goals guide habits hello hobbies home how i in interests
    introduction job key languages learning letter limits links main management minutes my notes of on on-call
    open our overview personal philosophy plan platform portfolio practice preferences principles product
    professional profile profiles project projects proposal publications questions quick readme references
    report research resume reviews roadmap résumé science selected services skills software speaker speaking
    stack start statement story strategy strengths study style summary systems table talks tasks teaching team
    tech technical technology testimonials the things thoughts to toolbox toolkit tools training updates values
    vitae volunteering we welcome what where who why with work working writing""".split()
)
# Occupations that are nobody's surname, as Baker and Cook are.
_NO_SURNAMES = frozenset(
    """accountant administrator advisor analyst architect assistant associate chief coach consultant coordinator
    designer developer director editor engineer executive expert freelance freelancer full-stack generalist
    head illustrator intern journalist junior lawyer lead lecturer manager nurse officer physicist planner
    principal producer professor programmer recruiter researcher scientist senior specialist staff strategist
    student teacher technician therapist translator tutor writer""".split()
)
_ROLE_NOUNS = r"""\b(?:\w*(?:eer|ologist|ician|yst|grapher|keeper|maker|wright|smith|woman|practitioner|worker)
  |\w{3,}ist
  |accountant|actor|actress|admin|administrator|advisor|adviser|advocate|agent|ambassador|apprentice|architect|artist
  |assassin|assistant|associate|attendant|attorney|auditor|author|baker|banker|barista|blogger|broker|builder|buyer
  |carer|cashier|ceo|cfo|chair|chef|chief|cio|clerk|cmo|coach|coder|columnist|composer|conductor|consultant|contractor
  |controller|coo|cook|coordinator|copywriter|counsel|counsellor|counselor|creator|cto|curator|dean|dentist|designer
  |developer|director|doctor|doer|driver|editor|electrician|estimator|examiner|executive|expert|facilitator|farmer
  |founder|co-founder|freelancer|gardener|generalist|ghostwriter|guide|head|hygienist|illustrator|inspector|instructor
  |intern|interpreter|inventor|investigator|investor|judge|lawyer|lead|leader|lecturer|librarian|maintainer|manager
  |marketer|marketeer|mechanic|mediator|mentor|midwife|minister|moderator|musician|negotiator|nurse|officer|operator
  |optimizer|organi[sz]er|owner|painter|paralegal|paramedic|partner|performer|pharmacist|physician|physio|pilot|planner
  |plumber|poet|porter|president|principal|pro|producer|professional|professor|programmer|publisher|recruiter|rep
  |representative|reporter|researcher|reviewer|scholar|scientist|scout|scrum\smaster|secretary|seller|server|servant
  |singer|solicitor|speaker|specialist|steward|storyteller|strategist|student|supervisor|surgeon|surveyor|sysadmin
  |teacher|technician|technologist|tester|therapist|tracker|trader|trainee|trainer|translator|treasurer|tutor|undergraduate
  |user|vet|vp|vice\spresident|waiter|waitress|welder|writer)s?\b"""
_IS_ROLE = re.compile(_ROLE_NOUNS, re.IGNORECASE | re.VERBOSE)
_NOT_ROLE = re.compile(r"@|https?:|www\.|\b(?:i|he|she|they|we|is|are|was|has|have)\b|[!?]", re.IGNORECASE)

_CUE = re.compile(
    r"^(?:(?:hi|hello|hey|welcome)\b[\s,!.:–—-]*(?=\S))?(?:"
    r"(?:i['’]m|i am|my name is|meet|about(?!\s(?:me|us|this)\b)|speaker|introducing|working with|all about"
    r"|author)[\s:–—-]+"
    r"|(?:the\s)?(?:(?:curriculum\s+)?vit(?:ae|æ|a)|c\.?v\.?|r[eé]sum[eé]|profile|portfolio|bio(?:graphy)?"
    r"|homepage|website"
    r"|home\s?page|personal (?:site|page|profile))(?:\s+(?:of|for))?(?:\s*[:–—|-])?\s+"
    r")",
    re.IGNORECASE,
)
_CUE_BEHIND = re.compile(
    r"(?:['’]s?\s{1,3}(?:\w+\s{1,3})?(?:profile|cv|r[eé]sum[eé]|portfolio|website|homepage|home\s?page|page|bio|notes|blog"
    r"|site)"
    r"|\s{0,3}[:–—|,-]?\s{0,3}(?:curriculum vitae|c\.?v\.?|r[eé]sum[eé]|portfolio|profile))$",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")
_BETWEEN = re.compile(r"\s+[–—|·•-]+\s+|\s*[–—|·•]\s*|:\s+|,\s+")


def bare_name(name: str) -> str:
    """A name without its honorifics and degrees."""
    return _DEGREE.sub("", _HONORIFIC.sub("", name)).strip() or name


def is_short_name(text: str) -> bool:
    """Whether a text may be a name at all: few words, the first with a capital or without letter case, no digits."""
    words = text.split()
    is_written_so = not text[:1].islower() and not any(character.isdigit() for character in text)
    return bool(words) and len(words) <= _MAX_NAME_WORDS + 1 and is_written_so and "@" not in text


def is_person_name(text: str, *, least: int = 2) -> bool:
    """Whether a text is written like a person's name, of at least so many words."""
    bare = bare_name(text)
    words = re.sub(r"\s[\"“‘(]\w+[\"”’)]", "", bare).split()  # a nickname
    if not least <= len(words) <= _MAX_NAME_WORDS or any(character.isdigit() for character in bare):
        return False
    if any(word.strip(".,").lower() in _TITLE_WORDS | _NO_SURNAMES for word in words):
        return False
    return all(
        word.lower() in _PARTICLES or (word[:1].isupper() and re.fullmatch(NAME, word) is not None) for word in words
    )


def is_role(text: str) -> bool:
    """Whether a short text tells an occupation."""
    return (
        0 < len(text.split()) <= _MAX_ROLE_WORDS
        and _IS_ROLE.search(text) is not None
        and _NOT_ROLE.search(text) is None
        and not _CUE.match(text)
    )


def read_title(title: str) -> tuple[str, str, bool]:
    """Name and role that a title gives, and whether it says that they are a person's ("CV of …", "Hi, I'm …")."""
    plain = " ".join(_BRACKET.sub(" ", title).split()).strip(" .!:")
    is_cued = bool(re.search(r"\b(?:she|he|they)\s*/\s*\w+", title))
    if match := _CUE.match(plain):
        plain, is_cued = plain[match.end() :], True
    if match := _CUE_BEHIND.search(plain):
        plain, is_cued = plain[: match.start()], True
    parts = [part.strip(" .!") for part in _BETWEEN.split(plain) if part.strip(" .!")]
    if len(parts) == 2 and is_role(parts[0]) and is_person_name(parts[1]):
        parts.reverse()
    if not parts or not is_person_name(parts[0], least=1):
        return "", "", False
    role = next((part for part in parts[1:] if is_role(part)), "")
    return parts[0], role, is_cued


# Behind "is a", a word of these endings is an occupation too, save for a few that tell a taste or a trait.
_AGENT = re.compile(r"\b\w{3,}(?:er|or|ist|ian|eur)$", re.IGNORECASE)
_NO_AGENT = re.compile(
    r"\b(?:member|believer|lover|learner|listener|thinker|talker|newcomer|number|order|matter|character|father"
    r"|mother|brother|sister"
    r"|daughter|player|reader|user|stickler|rider|runner|cheerleader|bit|early riser|former|minor|major|senior"
    r"|junior)$",
    re.IGNORECASE,
)
_ENDS_ROLE = re.compile(
    r"[.;,:(!?]|\s[–—-]\s|\s(?:with|who|that|which|whose|based|from|living|working|and (?:has|is|was|loves?|lives?|an?)"
    r"|since|but|for (?:over|more|the (?:last|past))|by (?:day|night|training|trade)|in (?:her|his|their|my))\b"
)
_ROLE_OPENING = r"(?:an?|the|your|one of the)\s"


def read_role(sentence: str, name: str) -> str:
    """The role that a sentence gives to the person of this name, or to its speaker; empty when it gives none."""
    bare = bare_name(name)
    callers = "|".join(re.escape(part) for part in dict.fromkeys((name, bare, bare.split()[0], bare.split()[-1])))
    who = rf"(?:(?:{callers})(?:\s*\([^()]*\))?|I|[Ss]?[Hh]e|[Tt]hey)"
    patterns = (
        rf"\b{who},?\s(?:is|am|are)\s(?:currently\s|now\s)?(?:{_ROLE_OPENING})?(?P<role>.+)",
        rf"\bI['’]m\s(?:(?:{callers})(?:\s*\([^()]*\))?\s*[,–—-]\s*)?{_ROLE_OPENING}(?P<role>.+)",
        rf"\b(?:{callers})(?:\s*\([^()]*\))?,\s{_ROLE_OPENING}(?P<role>.+)",
        rf"\b{who}\s(?:currently\s|now\s)?works?\sas\s(?:{_ROLE_OPENING})?(?P<role>.+)",
        r"\b(?:[Ww]orks?|[Ww]orking|[Ee]mployed)\sas\s(?:an?\s|the\s)?(?P<role>.+)",
    )
    for pattern in patterns:
        if match := re.search(pattern, sentence):
            role = _ENDS_ROLE.split(match.group("role"), maxsplit=1)[0].strip()
            head = re.split(r"\s(?:of|at|for|in|to|from)\s", role)[0]
            is_agent = _AGENT.search(head) is not None and _NO_AGENT.search(head) is None and len(head.split()) <= 4
            if is_role(role) or (is_agent and _NOT_ROLE.search(role) is None):
                return role
    return ""
