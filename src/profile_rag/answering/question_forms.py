"""The forms of questions, each of which says what is asked."""

from __future__ import annotations

import re
from dataclasses import replace

from profile_rag.answering.question import Kind, Question, levels_in
from profile_rag.answering.subject import SubjectPatterns
from profile_rag.answering.targets import split_targets, strip_lead_in
from profile_rag.answering.wording import AUXILIARY

WE_NEED = re.compile(
    r"^(?:(?:we|i)(?:['’]re| are|['’]m| am)? )?(?:(?:need|want|look(?:ing)? for|require|after|search(?:ing)? for"
    r"|hiring)\b"
    r"(?:[^?,]{0,40}?\b(?:with|for|who (?:knows|does|can do|can))|\s+an?)?|(?<=we are) an?|(?<=we['’]re) an?)"
    r"\s+(?P<rest>[^,?]+)(?:,.*)?$",
    re.IGNORECASE,
)
_IS_SOMETHING = re.compile(
    r"^(?:is|are|was|were) (?P<rest>.{1,60}?) (?:(?:something|anything|an? (?:\w+ )?(?:thing|tool|skill|topic|language"
    r"|technology|area|subject|strength|problem|issue)|one of (?:POSSESSIVE|the|those)\b.{0,20}|things|topics|skills"
    r"|tools|(?:part of|in|among|on) (?:POSSESSIVE)|new to (?:SUBJECT)|(?:known|familiar|foreign) to)\b.*)$",
    re.IGNORECASE,
)
_HIS_LEVEL = re.compile(
    r"^(?:is|are) (?:POSSESSIVE) (?P<rest>.{1,60}?) (?:(?:any|really|very|still|quite|pretty|so|as) )*"
    r"(?:good|strong|solid|fluent|fresh|rusty|up[- ]to[- ]date|current|deep|advanced|decent|ok|okay|perfect|basic"
    r"|native)\b.*$",
    re.IGNORECASE,
)
_GOOD_ENOUGH = re.compile(
    r"^(?:(?:is|are) )?(?:(?:POSSESSIVE) )?(?P<rest>[^,?]{1,40}?) (?:good|strong|solid|fluent) enough\b.*$",
    re.IGNORECASE,
)
# "Could we get dashboards from her?", "can we book them for a Saturday?"
_WE_CAN = re.compile(
    r"^(?:can|could|would|should|will|may|might) (?:we|i|one|you|our team|my team)\s+(?:really |also |ever )?"
    r"(?:get|expect|have|use|hire|book|ask|trust|put|give|count on|rely on|let|send|see|throw|hand)\s+"
    r"(?:(?:him|her|them|SUBJECT)\s+(?:(?:for|to|with|on|in|do|as)\s+)*)?"
    r"(?P<rest>.{2,80}?)(?:\s+(?:from|by|to|with|at) (?:him|her|them))?$",
    re.IGNORECASE,
)
# "Would you call her a Rust guru?"
_CALLED = re.compile(
    r"^(?:would|could|can|do|should|may) (?:you|one|we|i) (?:call|consider|regard|see|rate|describe|count|class)\s+"
    r"(?:him|her|them|SUBJECT)\s+(?:as |to be |among )?(?P<rest>.{2,80})$",
    re.IGNORECASE,
)
_IS_A = re.compile(
    r"^(?:is|are|was|were) (?:SUBJECT) (?:really |actually |also |still |even |now )?(?:an?|the|our"
    r"|your) (?P<rest>.+)$",
    re.IGNORECASE,
)
_PREFERS_OR = re.compile(
    r"^(?:(?:does|do|would|did|is|are|has|have|can|could) (?:SUBJECT) .{0,40}?\b(?:prefers?|rather|better|stronger"
    r"|sooner|favou?rs?|more at home|more comfortable|more of an?|likes?)\b\s*"
    r"(?:at |in |with |to |take |use |work (?:with|in|on) )*)(?P<rest>.{1,60}\bor\b.{1,60})$",
    re.IGNORECASE,
)
# "Does he prefer Zephyr to FreeRTOS?", "does he like Zephyr better than FreeRTOS?"
_PREFERS_TO = re.compile(
    r"^(?:does|do|would|did) (?:SUBJECT) (?:really |still )?(?:(?:prefer|favou?r|choose|pick|rather|sooner)\s+"
    r"(?:(?:to )?(?:use|take|work (?:with|in|on)|write|do|have)\s+)?(?P<rest>.{1,60}?)\s+"
    r"(?:to|over|than|rather than|instead of)\s+(?:(?:in|with|on)\s+)?(?P<other>.{1,60})"
    r"|(?:like|enjoy|rate|value|find)s?\s+(?P<liked>.{1,60}?)\s+(?:better|more|higher) than\s+(?P<less>.{1,60}))$",
    re.IGNORECASE,
)
_AND_WHAT = re.compile(
    r",? and (?:if so,? )?(?:what|which|where|when|why|how|since when|in what|in which|at which|who)\b.{0,30}$",
    re.IGNORECASE,
)
_APPOSITION = re.compile(r",\s+(?:the|an?|that|which|i mean)\s+[^,]*$", re.IGNORECASE)
# "Stronger in SQL or in Python?", "is her French better than her Dutch?"
_STRONGER_IN = re.compile(
    r"^(?:(?:is|are) (?:SUBJECT) )?(?:stronger|better|deeper|happier|more (?:experienced|at home|comfortable|fluent"
    r"|confident))"
    r" (?:in|at|with|on|using) (?P<rest>.{1,60}\bor\b.{1,60})$",
    re.IGNORECASE,
)
# "What is she better at, Java or Python?"
_BETTER_AT = re.compile(
    r"^(?:what|which(?: one)?|where) (?:is|are|does|do) (?:SUBJECT) (?:better|stronger|best|more \w+|prefer)"
    r"(?: (?:at|in|with))?\s*[,:;–—-]\s*(?P<rest>.{1,60}\bor\b.{1,60})$",
    re.IGNORECASE,
)
_BETTER_THAN = re.compile(
    r"^(?:is|are) (?:POSSESSIVE) (?P<rest>.{1,40}?) (?:better|stronger|deeper|more fluent|more advanced|worse"
    r"|weaker) than"
    r" (?:(?:POSSESSIVE) )?(?P<other>.{1,40})$",
    re.IGNORECASE,
)
# "The deepest hole she ever dug?"
_MOST = re.compile(
    r"^(?:what (?:is|was) )?(?:the |(?:POSSESSIVE) )?(?:(?!best\b|latest\b|interest|honest|forest|harvest"
    r"|invest|protest|contest|ingest|digest|manifest|backtest|pytest|conquest|request)[a-z]{3,}est|most [a-z]+)"
    r" (?!at\b|in\b|with\b)[a-z].{2,60}$",
    re.IGNORECASE,
)
_VERSUS = re.compile(r"^(?P<rest>[^,?]{1,60}?(?:\bor\b|\bvs\.?|\bversus\b)[^,?]{1,40}?)(?:[,:].*)?$", re.IGNORECASE)
_IN_WHAT_CASE = re.compile(r"\s+(?:just |only )?(?:for|when|if|in terms of)\s.*$", re.IGNORECASE)
_LIST = re.compile(
    r"^(?:(?:by|with|on|in|at|for|from|to|about|through|under) )?(?:which|what)(?: (?:kinds?|types?|sorts?) of)?\s+"
    r"(?P<category>(?!is\b|are\b|does\b|do\b|did\b|has\b|was\b|about\b)[\w/&+#.' -]+?)"
    r"\s+(?:does|do|did|can|could|has|have|is|are|would)\s+(?:SUBJECT)\b",
    re.IGNORECASE,
)
_LIST_ALL = re.compile(
    r"^(?:list|name|enumerate|show(?: me)?|give me|what are)\s+(?:all\s+)?(?:(?:of\s+)?(?:POSSESSIVE|the)\s+)?"
    r"(?P<category>[\w/&+#.' -]+?)(?:\s+(?:SUBJECT)\s+(?:knows?|uses?|has|have|works? with).*)?$",
    re.IGNORECASE,
)
_WHAT_FOR = re.compile(r"^what (?:does|do|did) (?:SUBJECT) (?:use|work with|rely on) (?:to|for|as) .+$", re.IGNORECASE)
_BARE_CATEGORY = re.compile(
    rf"^(?!{AUXILIARY}\b|(?:i|we|he|she|they|you)\b)"
    r"(?P<category>(?:[\w+#./&-]+ ){1,4}(?:libraries|libs|frameworks|tools|packages|databases|languages|platforms"
    r"|technologies|services|providers|protocols|orchestrators|certifications|awards))$",
    re.IGNORECASE,
)
_LEVEL_QUESTION = re.compile(
    r"^(?:how (?:good|strong|experienced|comfortable|familiar|fluent|skilled|proficient|advanced)"
    r" (?:is|are) (?:SUBJECT)"
    r"|how (?:solid|good|strong|deep|fluent|fresh|rusty|advanced|current|recent) (?:is|are) (?:POSSESSIVE)"
    r"|how (?:well|much|deeply|often) (?:does|do|can|could) (?:SUBJECT) (?:know|understand|use|speak|master|handle)"
    r"|what(?:'s| is| are)? (?:POSSESSIVE) (?:level of )?"
    r"(?:experience|expertise|knowledge|background|proficiency|skill level|skills|level)"
    r"(?= (?:with|in|of|on|at|using)\b)"
    r"|(?:tell me|describe|explain|what can you say)(?: about)? (?:POSSESSIVE) "
    r"(?:experience|work|knowledge|skills?|background|expertise)(?= (?:with|in|of|on)\b)"
    r"|(?:what|how) about"
    r"|(?:any |does it mention |mention of )?(?:[\w-]+ ){0,2}(?:experience|knowledge|expertise|familiarity)"
    r"(?= (?:with|in|of|on)\b))\s+(?:(?:at|with|in|on|about|of|using)\s+)?(?P<rest>.+)$",
    re.IGNORECASE,
)
_DEPTH = re.compile(
    r"^how (?:deep|far|broad|wide|extensive) (?:does|do) (?:POSSESSIVE) (?:knowledge|experience|expertise|skills?"
    r"|understanding) (?:with|in|of|on) (?P<rest>.{1,80}?)(?: (?:go|reach|extend))?$",
    re.IGNORECASE,
)
_IS_PRIMARY = re.compile(
    r"^(?:is|are|was) (?P<rest>.{1,80}?) (?:POSSESSIVE) (?:primary|main|strongest|preferred|favou?rite)\b",
    re.IGNORECASE,
)
_ASKS_LIMITS = re.compile(
    r"\bwhat\b.{0,30}(?:\bnot|n['’]t|\bnever)\b.{0,20}\b(?:use|know|do|like|good at)$"
    r"|^what\b.{0,30}\b(?:bad|weak|terrible|worst|not (?:so |very |that )?good) at\b"
    r"|^(?:what|where|which)\b.{0,40}\b(?:weak(?:ness(?:es)?)?|weak (?:spots?|points?|sides?)|shortcomings?"
    r"|blind spots?|limits|limitations|falls? short|struggles?(?: with)?|lacks?)$"
    r"|^what\b.{0,60}n['’]t use, (?:only|just|but)\b"
    r"|^what (?:does|do|will|would) [\w ]{1,40}\b(?:avoid|refuse|dislike)$"
    r"|\bwhat\b.{0,20}\b(?:can['’]?t|cannot|can \w+ not|won['’]?t|wouldn['’]?t|is(?:n['’]?t| not) able to)\b.{0,20}"
    r"\b(?:do|use|know|handle|touch|like)\b"
    r"|^(?:is|are) there (?:anything|things?|something|stuff|skills|areas|tools|technologies|topics"
    r"|parts)\b(?: that)?.{1,40}"
    r"(?:\b(?:can['’]?t|cannot|won['’]?t|doesn['’]?t|does not|isn['’]?t|is not|wouldn['’]?t|never|refuses?|avoids?"
    r"|struggles?"
    r"|hates?|weak at|bad at|lacks?)\b).{0,40}$"
    r"|^(?:(?:does|do|has|have) [\w ]{1,30} (?:have )?)?(?:(?:any|some|known|obvious|major|the|what|which|are|is|there"
    r"|your|his|her|their) )*(?:weakness(?:es)?|weak (?:points|spots|sides)|red flags?|gaps?|limitations?|limits"
    r"|shortcomings|downsides|drawbacks|blind spots)(?: (?:(?:that )?(?:i|we) (?:should|must|need to"
    r"|ought to) (?:know|be aware)"
    r"(?: of| about)?|to (?:know|be aware of|watch)|here|at all|in (?:his|her|their) (?:profile|skills|cv"
    r"|experience)))?$"
    r"|^(?:what|which) .{3,60}\b(?:has|have|had|with) (?:\w+ )?no (?:experience|knowledge|background)\b.{0,20}$"
    r"|^where (?:would|does|do|will) [\w ]{1,30} need (?:help|support|training|coaching)\b.{0,20}$",
    re.IGNORECASE,
)
_LIST_OF_THINGS = re.compile(
    r"^(?:which|what) (?P<category>(?:[\w/&+#.-]+ ){0,3}[\w/&+#.-]+s) (?:belongs? to|make up|go into"
    r"|count (?:as|towards?)|(?:are|were|get) (?:named|mentioned|listed|used|covered|included|tracked|part of))\b",
    re.IGNORECASE,
)
_BARE_LIST = re.compile(r"^(?:which|what) (?P<category>(?:[\w/&+#.-]+ ){0,3}[\w/&+#.-]+s)$", re.IGNORECASE)
_ROLE_WORDS = r"(?:role|job|job title|title|position|profession|occupation)"
_IDENTITY = re.compile(
    r"^(?:who are you|who(?:['’]s| is) the (?:person|candidate|one)\b.{0,40}|(?:tell me |do you know )?who"
    r"(?:['’]s| is| are| am i (?:looking at|reading about|dealing with|talking about))?(?: here)?"
    r"(?: (?:SUBJECT|it|this|that|we (?:talking|reading|speaking) about))?(?: (?:person|candidate))?"
    r"(?:,? and what (?:does|do) (?:SUBJECT) do(?: for a living| for work| professionally)?)?"
    r"|who (?:SUBJECT) (?:is|are)|who is (?:this|the) (?:profile|cv|r[eé]sum[eé]|document|page) (?:about|of|for)"
    r"|(?:(?:and )?what(?:['’]s| is| are|s)? )?(?:POSSESSIVE) (?:full |real |first |last |sur|actual |current |present "
    r"|official |exact )?(?:names?|ROLE_WORDS|pronouns?)(?: (?:again|exactly|now|currently|right now|then|please|pls))?"
    r"|(?:the )?(?:full |real |job )?(?:name|title|role|pronouns?)(?: pls| please)?"
    r"|whose (?:cv|profile|resume|résumé|page|site)\b.*"
    r"|(?:and |so )?whose (?:is (?:it|this|that)|(?:documents?|files?|papers?) (?:is|are) (?:it|this|that|these|those))"
    r"|(?:is|are|was) (?:POSSESSIVE) (?:real |full |first |actual )?name\b.*"
    r"|(?:is|are) (?:SUBJECT|this|that) (?:really |actually )?(?:called|named)\b.*"
    r"|(?:is|are) (?:this|that|it) (?:really |actually )?(?:the )?(?:profile|cv|r[eé]sum[eé]) (?:of|about|for)\b.*"
    r"|(?:is|are) (?:this|that|it) (?:really |actually )?[^\W\d_][\w.-]*['’]s? (?:profile|cv|r[eé]sum[eé]|page|file"
    r"|dossier)\b.*"
    r"|(?:am i|is it) (?:right|correct|true) that (?:this is |it(?:['’]s| is) )?(?:the )?(?:profile|cv"
    r"|r[eé]sum[eé]) (?:of|about)\b.*"
    r"|(?:am i|is it) (?:right|correct|true) that (?:(?:SUBJECT) is (?:called|named)|(?:POSSESSIVE) name is)\b.*"
    r"|which of the (?:two|names) is (?:POSSESSIVE) (?:real |actual |right |correct )?(?:name|one)"
    r"|what(?:['’]s| is| are|s) (?:SUBJECT|this person|the person) (?:called|named|by (?:profession|trade))"
    r"|what (?:do|should|can|shall) (?:i|we|people|you|one|colleagues) call (?:SUBJECT|him|her|them)"
    r"|how (?:do|should|can|shall) (?:i|we) (?:address|call) (?:SUBJECT|him|her|them)"
    r"|what(?:['’]s| is|s) (?:the|this) (?:[\w/-]+ ){0,3}?(?:person|candidate|applicant|guy|woman|man|lady)['’]?s"
    r" (?:full |first |last )?name"
    r"|[^\W\d_][\w'’-]+ or [^\W\d_][\w'’-]+[,:;]? (?:who is (?:this|it)(?: (?:about|for))?|whose (?:profile|cv)"
    r" is (?:this|it))"
    r"|whats? (?:is |are |s )?(?:SUBJECT) like(?: as (?:a |an )?\w+)?(?: to work with)?"
    r"|what(?:['’]s| is| are) (?:SUBJECT) like(?: as (?:a |an )?\w+)?"
    r"(?: to (?:work with|have around|be around|deal with|manage|lead|share an office with)(?: \w+){0,3})?"
    r"|(?:what|which) (?:kind|sort|type) of (?:a )?(?:person|character|personality|human) (?:is|are|does)"
    r" (?:SUBJECT)(?: have)?"
    r"|(?:what(?:['’]s| is| are)|describe) (?:POSSESSIVE) (?:personality|character|temperament|vibe|manner)(?: like)?"
    r"|how would you describe (?:SUBJECT|him|her|them)(?: as (?:a|an) \w+)?"
    r"|(?:what|which) pronouns?\b.*|(?:is|are) (?:SUBJECT) (?:an? )?(?:he or (?:an? )?she|she or (?:an? )?he"
    r"|man or (?:an? )?woman"
    r"|woman or (?:an? )?man|male or female)|he or she"
    r"|what (?:does|do) (?:SUBJECT) (?:do|work as)(?: (?:for a living|for work|professionally|all day|exactly|now"
    r"|currently))?"
    r"|what kind of work (?:does|do) (?:SUBJECT) do|what(?:['’]s| is) (?:POSSESSIVE) line of work)$".replace(
        "ROLE_WORDS", _ROLE_WORDS
    ),
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"^(?:how (?:many|much|long|old|often)|when|since when|where|who|whose)\b", re.IGNORECASE)
_FACT = re.compile(
    r"^what(?:'s| is| was| are| were) (?:POSSESSIVE)\s"
    r"(?!(?:\w+ )?(?:philosophy|approach|views?|opinions?|attitude|take|style|stance|process|method|way)\b)",
    re.IGNORECASE,
)
_YES_NO = re.compile(rf"^{AUXILIARY}\s+(?:SUBJECT)\s+(?P<rest>.+)$", re.IGNORECASE)
_STATEMENT = re.compile(r"^(?:SUBJECT)(?:['’](?:s|re|ve|d))?\s+(?P<rest>.+)$", re.IGNORECASE)
_EXPERIENCE_BEHIND = re.compile(r"\b(?:experience|skills?|knowledge|know-how|background)$", re.IGNORECASE)
_ONE_DEED = re.compile(
    r"\b(?:would|will|wouldn['’]t|won['’]t|does (?:\w+ ){1,3}(?:ever|only|just|simply))\b", re.IGNORECASE
)


def recognize(text: str, bare: str, patterns: SubjectPatterns) -> Question | None:
    """The question if its form says what it is."""
    if patterns.match(_IDENTITY, bare):
        return Question(text, "identity", (), frozenset())
    if _ASKS_LIMITS.search(bare):
        return Question(text, "list", ("limits",), frozenset())
    if match := patterns.match(_IS_PRIMARY, bare):
        question = capability_about(text, match.group("rest"))
        return replace(question, levels=question.levels | {"primary"})
    if match := patterns.match(_PREFERS_TO, bare):
        one, other = match.group("rest") or match.group("liked"), match.group("other") or match.group("less")
        return replace(capability_about(text, one), targets=(strip_lead_in(one),), preferred_to=strip_lead_in(other))
    if match := patterns.match(_BETTER_THAN, bare):
        pair = (strip_lead_in(match.group("rest")), strip_lead_in(match.group("other")))
        return replace(capability_about(text, match.group("rest")), kind="comparison", targets=pair)
    if match := next(
        (found for form in (_PREFERS_OR, _STRONGER_IN, _BETTER_AT) if (found := patterns.match(form, bare))), None
    ):
        weighed = match.group("rest")
        return replace(
            capability_about(text, weighed), kind="comparison", targets=split_targets(weighed, is_deed=False)
        )
    for pattern in (_IS_SOMETHING, _HIS_LEVEL, _GOOD_ENOUGH, _CALLED, _WE_CAN, _DEPTH, _LEVEL_QUESTION, _YES_NO):
        if match := patterns.match(pattern, bare):
            question = capability_about(text, match.group("rest"))
            role = patterns.match(_IS_A, bare)
            # "A Go developer" asks for Go; "a lawyer" asks what the person is.
            is_role = role is not None and role.group("rest").split()[-1:] == question.phrase.split()[-1:]
            return replace(question, asks_role=is_role)
    forms = (_LIST, _LIST_ALL, _BARE_LIST, _LIST_OF_THINGS)
    if match := next((found for form in forms if (found := patterns.match(form, bare))), None):
        return Question(text, "list", (_category(match.group("category")),), levels_in(bare))
    if patterns.match(_WHAT_FOR, bare):
        return Question(text, "list", ("things",), levels_in(bare))
    if (match := patterns.match(_BARE_CATEGORY, bare)) and " or " not in bare:
        return Question(text, "list", (match.group("category"),), levels_in(bare))
    if _HOW_MANY.match(bare) or patterns.match(_FACT, bare) or patterns.match(_MOST, bare):
        return Question(text, "fact", (), levels_in(bare))
    if match := patterns.match(_STATEMENT, bare) or patterns.match(WE_NEED, bare):
        return capability_about(text, match.group("rest"))
    if match := _VERSUS.match(bare):
        weighed = _IN_WHAT_CASE.sub("", match.group("rest"))
        kind: Kind = "capability" if _EXPERIENCE_BEHIND.search(weighed) else "comparison"
        return replace(capability_about(text, weighed), kind=kind)
    return None


def capability_about(text: str, rest: str) -> Question:
    """A question whether the person can do what its rest names."""
    rest = _APPOSITION.sub("", _AND_WHAT.sub("", rest))
    return Question(
        text,
        "capability",
        split_targets(rest, is_deed=_ONE_DEED.search(text) is not None),
        levels_in(text),
        strip_lead_in(rest),
    )


def _category(text: str) -> str:
    return re.sub(r"^(?:other|kinds? of|types? of|different|all|main)\s+", "", text.strip(), flags=re.IGNORECASE)
