"""What a question asks: its kind, its targets and how far they are asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from profile_rag.schema import Person
from profile_rag.words import content_words, is_known_name, stems

Kind = Literal["capability", "comparison", "list", "fact", "open", "identity"]

# What people type in a hurry, written out.
_SHORTHAND = (
    (re.compile(r"\b(what|how|where|who|when)s\b(?=\s)", re.IGNORECASE), r"\1's"),
    (re.compile(r"\bexp\b\.?(?=\s+(?:w/|with|in)|\s*\?|$)", re.IGNORECASE), "experience"),
    (re.compile(r"(?<=\s)w/o\s", re.IGNORECASE), "without "),
    (re.compile(r"(?<=\s)w/\s*", re.IGNORECASE), "with "),
    (re.compile(r"\b(?:pls|plz)\b", re.IGNORECASE), "please"),
)
_COURTESY = re.compile(
    r"^(?:(?:hi|hello|hey|ok(?:ay)?|so|well|please|thanks?|and|but|also|then|now|hang on|wait|hmm+|um+|listen"
    r"|quick question|just curious|honestly|out of curiosity)\b[\s,.:!…-]*)+",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"<script\b.{0,500}?</script>|\{\{.{0,200}?\}\}|\{%.{0,200}?%\}|</?[a-z!][^<>]{0,200}>", re.IGNORECASE
)
_YES_OR_NO = re.compile(r"[\s,;:–—-]+(?:yes or no|yes/no|y/n|true or false)$", re.IGNORECASE)
_ASIDE = re.compile(
    r"^(?:(?:can|could|would) you (?:please )?(?:tell me|say)|tell me|do you know|i(?: would|['’]d) like to know"
    r"|i wonder|i want to know|is it true(?: that)?|(?:please )?(?:confirm|verify|admit|state)(?: that)?|(?:would"
    r"|could|can) you say(?: that)?|any idea)[\s,:]+(?=(?:if"
    r"|whether|which|what|who|how|where|when|why|is|are"
    r"|does|has|can|he|she|they)(?:['’]s|['’]re)?\b)(?:if |whether )?",
    re.IGNORECASE,
)
_OPINION = re.compile(
    r"(?:[\s,]+|^)(?:(?:according to|(?:if|when) you ask) (?:SUBJECT|him|her|them)"
    r"|(?:in|from) (?:POSSESSIVE) (?:own )?(?:opinion|view|eyes|mind|experience|judge?ment|words|point of view)"
    r"|as (?:SUBJECT) (?:sees?|puts?|views?|understands?) (?:it|that)|to (?:POSSESSIVE) mind)(?=[\s,?.!]|$)",
    re.IGNORECASE,
)
_AUXILIARY = r"(?:can|could|would|will|does|do|did|is|are|was|were|has|have|had|should|might)"
_LEVELS = {
    "production": r"\bprod(?:uction)?\b|\bprofessionally\b|\bcommercially\b|\bat scale\b|\blive systems?\b",
    "expert": r"\bexpert(?:ise|s)?\b|\badvanced\b|\bmaster(?:y|ed)?\b|\bguru\b|\bsenior[- ]level\b|\bin[- ]depth\b"
    r"|\bdeep\b(?! learning)|\bspecialist\b|\bguru\b",
    "fluent": r"\bfluent(?:ly)?\b|\bproficient\b|\bproficiency\b|\bstrong\b",
    "primary": r"\bprimary\b|\bmain (?:language|tool)\b",
}

# Words between the subject and the thing asked about; taken off one after the other.
_LEAD_IN = re.compile(
    r"""^(?:
      (?:we\ )?(?:need|want|look(?:ing)?\ for|require|search(?:ing)?\ for)\ (?:someone|somebody|a\ person|people)
        (?:\ (?:with|for|who\ (?:knows|does|can\ do)))?
      |(?:be\ |been\ )?(?:able\ to|capable\ of|any\ good|good|great|strong|familiar|experienced|comfortable|proficient
        |fluent|skilled|competent|(?:well[-\ ])?versed|an?\ experts?|expert|advanced|knowledgeable|confident|trained
        |qualified|at\ (?:home|ease)|up\ to\ (?:speed|date)|up\ for|cut\ out\ for|hands[-\ ]on|a\ fan
        |in\ a\ position\ to|ready|willing|allowed
        |happy|used\ to|someone\ (?:who|to|for))(?:\ (?:at|with|in|on|of|about|using|to|for))?
      |(?:doing|do|does|did|done|using|use|uses|used|knows?\ how\ to|knows?|known|handles?|handled
        |work(?:s|ed|ing)?\ (?:with|on|in)|code[sd]?\ in|program(?:s|med)?\ in|deal(?:s|t)?\ with|understands?
        |speaks?|touched|tried|have|has|had|got|offers?|brings?|covers?|looks?\ after|takes?\ care\ of)
      |(?:(?:hands-on|in-depth|deep|strong|professional|practical|real|good|solid|previous|prior|basic|any|much)\ ){0,3}
        (?:experience|knowledge|expertise|skills?|background|proficiency|understanding|familiarity|exposure
        |training)\ (?:with|in|of|using|on|to)
      |(?:any|some|much|more\ of|a\ lot\ of|ever|also|really|actually|still|currently|personally|already
        |even|just|well|the|an?|our|my|to|say|like|e\.g\.|for\ (?:example|instance)|such\ as|so)
    )\s+""",
    re.IGNORECASE | re.VERBOSE,
)
_TAIL = re.compile(
    r"""(?:[\s,]+(?:
      in\ (?:a\ )?prod(?:uction)?(?:\ environments?)?|professionally|commercially|at\ (?:a\ )?scale|well|at\ all|too
      |as\ well|before|already|right\ now|today|currently|or\ not|please
      |from\ scratch|(?:and\ )?(?:not|rather\ than)\ (?:just|only|merely|simply)\ [^,]{1,60}
      |in\ (?:his|her|their|your)\ (?:work|jobs?|projects?|toolbox|tool\ ?kit|stack|repertoire|skill\ ?set)
      |himself|herself|themselves|themself|personally|by\ (?:himself|herself|themselves)|in\ depth|hands[-\ ]on
      |any\ good|(?:these|those)\ days
      |nowadays|so\ far|to\ date|if\ needed|for\ (?:us|me)|(?:with|from)\ (?:him|her|them)
      |(?:at|on)\ (?:an?\ )?(?:expert|advanced|professional|production|senior)\ level|at\ work|there|yet
      |(?:experience|exp|knowledge|expertise|skills?|background|proficiency|devs?|developer|programmer|coder
      |experts?|specialist|guru|know-how|professional|wizard)
    ))+$""",
    re.IGNORECASE | re.VERBOSE,
)
_WE_NEED = re.compile(
    r"^(?:(?:we|i)(?:['’]re| are|['’]m| am)? )?(?:(?:need|want|look(?:ing)? for|require|after|search(?:ing)? for"
    r"|hiring)\b"
    r"(?:[^?,]{0,40}?\b(?:with|for|who (?:knows|does|can do|can))|\s+an?)?|(?<=we are) an?|(?<=we['’]re) an?)"
    r"\s+(?P<rest>[^,?]+)(?:,.*)?$",
    re.IGNORECASE,
)
# "Rust and Zig: which of these can she cover?": the things asked about stand before the question proper.
_TAKEN_BACK = re.compile(
    r"^(?P<rest>[^?]{2,120}?)\s*(?:[-–—,:;.?]\s*)(?:"
    r"(?:which|any|either|one|some|all|both)(?: (?:one|ones|two|three|four))?"
    r"(?: of (?:these|those|them|the (?:two|three)))?\b(?:\s+(?:can|could|does|do|has|have|is|are|would|did)\b.{0,40})?"
    r"|(?:can|could|would|will|does|do|did|is|are|was|has|have|had)\s+(?:SUBJECT|that|this|it|all|any|either|both)\b"
    r".{0,50}\b(?:one|ones|that|this|it|these|those|them|(?:both|all|either|any)(?: (?:two|three|four))?|him|her"
    r"|(?:that|this) (?:kind|sort|type) of (?:thing|stuff|work|system|setup)|SUBJECT)"
    r"(?:[\s,]+(?:possible|happen|work|for (?:us|me|real)|himself|herself|themselves|at work|in prod(?:uction)?"
    r"|professionally|alone|before|too|well|properly|around|off|out|up|down|away|right)){0,3}"
    r"|(?:can|could|would|will|does|do) (?:SUBJECT) (?:help|assist|advise|(?:know|say|tell us|tell me) what to do)"
    r"|(?:is|are|was) (?:that|this|it|these|those|all of (?:that|this)) (?:something|anything|things?|part|possible"
    r"|ok(?:ay)?|in|true|right|correct|him|her|them)\b.{0,40}"
    r"|(?:yes or no|right|correct|true|ok|possible|doable))$",
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
# "Does he prefer Zephyr to FreeRTOS?"
_PREFERS_TO = re.compile(
    r"^(?:does|do|would|did) (?:SUBJECT) (?:really |still )?(?:prefer|favou?r|choose|pick|rather|sooner)\s+"
    r"(?:(?:to )?(?:use|take|work (?:with|in|on)|write|do|have)\s+)?(?P<rest>.{1,60}?)\s+"
    r"(?:to|over|than|rather than|instead of)\s+(?:(?:in|with|on)\s+)?(?P<other>.{1,60})$",
    re.IGNORECASE,
)
# "As Scala is his main language, …", "Since he is an expert in Scala, …": what the question takes for granted.
_PREMISE = re.compile(
    r"^(?:as|since|given(?: that)?|because|now that|seeing(?: that)?|considering(?: that)?)\s+"
    r"(?:an? (?P<known>[^,]{1,40}?) (?P<level>experts?|guru|specialist|veteran|master|pro|wizard)"
    r"|(?P<thing>.{1,60}?) (?:is|are|was) (?P<role>(?:POSSESSIVE)\b.{1,60})"
    r"|(?:SUBJECT)(?:['’]s|['’]re| is| are| has| have| was| were)? (?P<deed>.{2,80}))$",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(
    r",?\s+(?:e\.g\.|i\.e\.|for example|for instance|such as|say),?\s+|,\s+(?:like)\s+", re.IGNORECASE
)
_APPOSITION = re.compile(r",\s+(?:the|an?|that|which|i mean)\s+[^,]*$", re.IGNORECASE)
_SECOND_QUESTION = rf",?\s+(?:and|or)\s+{_AUXILIARY}\s+(?:he|she|they|it|you)\s+"
_TAKEN_UP = re.compile(r"(?:[.:;!?>–—]|,\s+(?=(?:can|could|does|do|did|is|are|has|have|would|which|what|how)\b))\s*")
_VERSUS = re.compile(r"^(?P<rest>[^,?]{1,60}?(?:\bor\b|\bvs\.?|\bversus\b)[^,?]{1,40}?)(?:[,:].*)?$", re.IGNORECASE)
_IN_WHAT_CASE = re.compile(r"\s+(?:just |only )?(?:for|when|if|in terms of)\s.*$", re.IGNORECASE)
_WH = re.compile(r"^(?:who|whom|whose|what|which|where|when|why|how)\b", re.IGNORECASE)
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
    rf"^(?!{_AUXILIARY}\b|(?:i|we|he|she|they|you)\b)"
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
    r"|^what (?:does|do|will|would) [\w ]{1,40}\b(?:avoid|refuse|dislike)$",
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
    r"^(?:(?:tell me |do you know )?who(?:['’]s| is| are| am i (?:looking at|reading about|dealing with"
    r"|talking about))?"
    r"(?: (?:SUBJECT|it|this|that))?(?: (?:person|candidate))?"
    r"(?:,? and what (?:does|do) (?:SUBJECT) do(?: for a living| for work| professionally)?)?"
    r"|who (?:SUBJECT) (?:is|are)|who is (?:this|the) (?:profile|cv|r[eé]sum[eé]|document|page) (?:about|of|for)"
    r"|(?:(?:and )?what(?:['’]s| is| are|s)? )?(?:POSSESSIVE) (?:full |real |first |last |sur|actual |current |present "
    r"|official |exact )?(?:names?|ROLE_WORDS|pronouns?)(?: (?:again|exactly|now|currently|right now|then|please|pls))?"
    r"|(?:the )?(?:full |real |job )?(?:name|title|role|pronouns?)(?: pls| please)?"
    r"|whose (?:cv|profile|resume|résumé|page|site)\b.*"
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
    r"|what(?:['’]s| is| are) (?:SUBJECT) like(?: as (?:a |an )?\w+)?(?: to work with)?"
    r"|(?:what|which) (?:kind|sort|type) of (?:a )?(?:person|character|personality|human) (?:is|are|does)"
    r" (?:SUBJECT)(?: have)?"
    r"|(?:what(?:['’]s| is| are)|describe) (?:POSSESSIVE) (?:personality|character|temperament|vibe|manner)(?: like)?"
    r"|how would you describe (?:SUBJECT|him|her|them)(?: as (?:a|an) \w+)?"
    r"|(?:what|which) pronouns?\b.*|(?:is|are) (?:SUBJECT) (?:an? )?(?:he or (?:an? )?she|she or (?:an? )?he)|he or she"
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
_YES_NO = re.compile(rf"^{_AUXILIARY}\s+(?:SUBJECT)\s+(?P<rest>.+)$", re.IGNORECASE)
_STATEMENT = re.compile(r"^(?:SUBJECT)(?:['’](?:s|re|ve|d))?\s+(?P<rest>.+)$", re.IGNORECASE)
_MAX_BARE_WORDS = 6
_MAX_PART_WORDS = 4
_IS_QUESTION = re.compile(rf"^(?:{_AUXILIARY}|who|whom|whose|what|which|where|when|why|how)\b", re.IGNORECASE)
_EXPERIENCE_BEHIND = re.compile(r"\b(?:experience|skills?|knowledge|know-how|background)$", re.IGNORECASE)
_MAX_LEAD_INS = 24
_POINTS_BACK = re.compile(r"\b(?:such an?|them both|that|this|these|those|them|it)\b", re.IGNORECASE)
_MIN_TOLD_WORDS = 4
_MAX_OPENINGS = 12  # places at which a long question may begin anew
_ONE_DEED = re.compile(
    r"\b(?:would|will|wouldn['’]t|won['’]t|does (?:\w+ ){1,3}(?:ever|only|just|simply))\b", re.IGNORECASE
)
_HABIT = re.compile(
    r"^\W*(?:does|do|did|is|are)\b|\b(?:would|will|wouldn['’]t|won['’]t)\b",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"(?:(?<![su])s|criteria|people|media|software)$", re.IGNORECASE)
_SHAPING = frozenset(
    stems(
        "approach style way ways view views opinion attitude philosophy process method methods handle describe explain"
        " tell kind sort type stance take think feel experience career person candidate profile"
    )
)


@dataclass(frozen=True, slots=True)
class Question:
    """A standalone question, taken apart."""

    text: str
    kind: Kind
    targets: tuple[str, ...]
    """What a capability or list question asks about, as written."""
    levels: frozenset[str]
    """How far it asks: production, expert, fluent, primary."""
    phrase: str = ""
    """The targets before they were taken apart: "weights and biases" may be one thing."""
    asks_role: bool = False
    """Whether it asks what the person is ("is she a lawyer?"), which no mere mention of the word answers."""
    preferred_to: str = ""
    """What the target is asked to be preferred to."""
    premise: Question | None = None
    """What it takes for granted ("since he is an expert in Go, …"), asked by itself."""

    @property
    def is_habit(self) -> bool:
        """Whether it asks what the person does or would do."""
        return _HABIT.search(self.text) is not None

    @property
    def asks_for_several(self) -> bool:
        """Whether a list question asks for more than one: "which tools", not "which country"."""
        return bool(self.targets) and _PLURAL.search(self.targets[0]) is not None

    @property
    def asked_stems(self) -> frozenset[str]:
        """Every stem of the question, for telling what exactly is asked."""
        return frozenset(stems(self.text))

    @property
    def content_stems(self) -> tuple[str, ...]:
        """The stems that carry its meaning; nouns that only shape a question count when there is nothing else."""
        found = tuple(dict.fromkeys(word.stem for word in content_words(self.text)))
        return tuple(stem for stem in found if stem not in _SHAPING) or found


def parse_question(text: str, person: Person) -> Question:
    """Take a standalone question apart. Whatever it is, some kind fits; the text is only ever data."""
    text = " ".join(text.split())
    patterns = _Patterns(person)
    text = re.sub(patterns.fill(_OPINION.pattern), "", text, flags=re.IGNORECASE).lstrip(" ,") or text
    bare = _bare(text)
    match = patterns.match(_TAKEN_BACK, bare)
    if match and not _IS_QUESTION.match(match.group("rest")) and not patterns.match(_PREMISE, match.group("rest")):
        return _taken_back(text, _bare(match.group("rest")), patterns)
    if question := _recognize(text, bare, patterns):
        return question
    # What stands before the question proper ("Since …, could he …?", "Ignore …: is he …?") is only an opening.
    for match in reversed(list(_TAKEN_UP.finditer(bare))[-_MAX_OPENINGS:]):
        rest = _bare(bare[match.end() :])
        if rest and (question := _recognize(text, rest, patterns)):
            question = _joined(bare[: match.start()], question, patterns)
            return replace(question, premise=_premise(bare[: match.start()], patterns))
    levels = _levels(bare)
    if _WH.match(bare) or re.match(r"^(?:describe|explain|tell|summari[sz]e|give)\b", bare, re.IGNORECASE):
        return Question(text, "open", (), levels)
    if len(bare.split()) <= _MAX_BARE_WORDS or re.match(rf"^{_AUXILIARY}\b", bare, re.IGNORECASE):
        return _capability(text, re.sub(rf"^{_AUXILIARY}\s+", "", bare, flags=re.IGNORECASE))
    return Question(text, "open", (), levels)


def _taken_back(text: str, rest: str, patterns: _Patterns) -> Question:
    """The question about what stands before "can she do that?"."""
    needed = None if "," in rest else patterns.match(_WE_NEED, rest)
    question = _recognize(text, rest, patterns) or _capability(text, needed.group("rest") if needed else rest)
    # A whole sentence tells of one thing.
    is_told = len(rest.split()) > _MAX_BARE_WORDS and not all(map(looks_like_name, question.targets))
    return replace(question, targets=(question.phrase,)) if is_told and question.kind == "capability" else question


def _joined(opening: str, question: Question, patterns: _Patterns) -> Question:
    """A question that points back at the sentence before it ("could she rehearse such a rush?"), with that sentence."""
    pointing = question.kind == "capability" and len(question.targets) == 1 and _POINTS_BACK.search(question.phrase)
    if not pointing or len(opening.split()) < _MIN_TOLD_WORDS or patterns.match(_PREMISE, opening.strip(" ,")):
        return question
    return replace(question, targets=(f"{opening.strip(' ,.:;!?')}: {question.phrase}",))


def _recognize(text: str, bare: str, patterns: _Patterns) -> Question | None:
    """The question if its form says what it is."""
    if patterns.match(_IDENTITY, bare):
        return Question(text, "identity", (), frozenset())
    if match := patterns.match(_IS_PRIMARY, bare):
        question = _capability(text, match.group("rest"))
        return replace(question, levels=question.levels | {"primary"})
    if match := patterns.match(_PREFERS_TO, bare):
        return replace(_capability(text, match.group("rest")), preferred_to=strip_lead_in(match.group("other")))
    if match := patterns.match(_PREFERS_OR, bare):
        weighed = match.group("rest")
        return replace(_capability(text, weighed), kind="comparison", targets=_split_targets(weighed, is_deed=False))
    for pattern in (_IS_SOMETHING, _HIS_LEVEL, _GOOD_ENOUGH, _CALLED, _WE_CAN, _DEPTH, _LEVEL_QUESTION, _YES_NO):
        if match := patterns.match(pattern, bare):
            question = _capability(text, match.group("rest"))
            role = patterns.match(_IS_A, bare)
            # "A Go developer" asks for Go; "a lawyer" asks what the person is.
            is_role = role is not None and role.group("rest").split()[-1:] == question.phrase.split()[-1:]
            return replace(question, asks_role=is_role)
    if _ASKS_LIMITS.search(bare):
        return Question(text, "list", ("limits",), frozenset())
    forms = (_LIST, _LIST_ALL, _BARE_LIST, _LIST_OF_THINGS)
    if match := next((found for form in forms if (found := patterns.match(form, bare))), None):
        return Question(text, "list", (_category(match.group("category")),), _levels(bare))
    if patterns.match(_WHAT_FOR, bare):
        return Question(text, "list", ("things",), _levels(bare))
    if (match := patterns.match(_BARE_CATEGORY, bare)) and " or " not in bare:
        return Question(text, "list", (match.group("category"),), _levels(bare))
    if _HOW_MANY.match(bare) or patterns.match(_FACT, bare):
        return Question(text, "fact", (), _levels(bare))
    if match := patterns.match(_STATEMENT, bare) or patterns.match(_WE_NEED, bare):
        return _capability(text, match.group("rest"))
    if match := _VERSUS.match(bare):
        weighed = _IN_WHAT_CASE.sub("", match.group("rest"))
        kind: Kind = "capability" if _EXPERIENCE_BEHIND.search(weighed) else "comparison"
        return replace(_capability(text, weighed), kind=kind)
    return None


def _premise(opening: str, patterns: _Patterns) -> Question | None:
    """What an opening takes for granted, as a question of its own."""
    match = patterns.match(_PREMISE, opening.strip(" ,"))
    if not match:
        return None
    question = _capability(opening, match.group("known") or match.group("thing") or match.group("deed"))
    return replace(question, levels=question.levels | _levels(match.group("role") or ""))


def _bare(text: str) -> str:
    for pattern, written_out in _SHORTHAND:
        text = pattern.sub(written_out, text)
    bare = _ASIDE.sub("", _COURTESY.sub("", _MARKUP.sub(" ", text).strip())).strip(" ?!.,;:")
    return _YES_OR_NO.sub("", bare) or text


def _levels(text: str) -> frozenset[str]:
    return frozenset(level for level, pattern in _LEVELS.items() if re.search(pattern, text, re.IGNORECASE))


def _capability(text: str, rest: str) -> Question:
    rest = _APPOSITION.sub("", rest)
    return Question(
        text,
        "capability",
        _split_targets(rest, is_deed=_ONE_DEED.search(text) is not None),
        _levels(text),
        strip_lead_in(rest),
    )


class _Patterns:
    """Question patterns with the person's own name filled in."""

    def __init__(self, person: Person) -> None:
        parts = [part.strip(".,") for part in (*person.name.split(), person.other_name)]
        parts = [re.escape(part) for part in parts if len(part) > 1 and part[:1].isupper()] or ["(?!)"]
        one = "|".join(parts)
        named = rf"(?:(?:dr|mr|mrs|ms|prof)\.? )?(?:{one})(?: (?:\w\.|de|van|von|la|da|{one}))*"
        people = "person|candidate|applicant|guy|man|woman|lady|individual"
        general = ["he", "she", "they", "you", "it", rf"(?:this|that|the) (?:{people})", *_role_phrases(person.role)]
        self.subject = "|".join([named, *general])
        owners = [rf"(?:{each})['’]s?" for each in (named, *general[5:])]
        self._possessive = "|".join(["his", "her", "their", "your", "its", *owners])

    def match(self, pattern: re.Pattern[str] | str, text: str) -> re.Match[str] | None:
        return re.match(self.fill(pattern if isinstance(pattern, str) else pattern.pattern), text, re.IGNORECASE)

    def fill(self, source: str) -> str:
        return source.replace("SUBJECT", self.subject).replace("POSSESSIVE", self._possessive)


def without_opening(text: str) -> str:
    """A question without greetings, and without "can you tell me if" and the like."""
    return _ASIDE.sub("", _COURTESY.sub("", text)).strip() or text


def subject_pattern(person: Person) -> str:
    """A pattern of every way in which a question may call the person."""
    return _Patterns(person).subject


@lru_cache(maxsize=256)
def filled(pattern: str, person: Person) -> re.Pattern[str]:
    """A pattern with every way to call the person in the place of SUBJECT, and of POSSESSIVE."""
    return re.compile(_Patterns(person).fill(pattern), re.IGNORECASE)


def _role_phrases(role: str) -> list[str]:
    """How a question may call the person by the role: "the coach", "the wellness coach"."""
    parts = [re.findall(r"[\w/-]+", part) for part in re.split(r" at | of | for ", role.lower())[0].split(",")]
    words = [re.escape(word) for part in parts for word in part]
    heads = [re.escape(part[-1]) for part in parts if part]
    return [rf"(?:the|this|that|our) (?:(?:{'|'.join(words)}) )*(?:{'|'.join(heads)})"] if words else []


def _category(text: str) -> str:
    return re.sub(r"^(?:other|kinds? of|types? of|different|all|main)\s+", "", text.strip(), flags=re.IGNORECASE)


def strip_lead_in(phrase: str) -> str:
    """A phrase without the words that only lead to what is asked about ("any experience with Go" → "Go")."""
    phrase = phrase.strip(" ?!.,;:\"'“”")
    for _ in range(_MAX_LEAD_INS):
        shorter = _TAIL.sub("", _LEAD_IN.sub("", phrase, count=1)).strip(" ?!.,;:\"'“”")
        if shorter == phrase or not shorter:
            return phrase
        phrase = shorter
    return phrase


_SEPARATOR = re.compile(
    r"\s*(?:,|;|\band/or\b|\band\b|\bor\b|(?<=\s)[+&](?=\s)|\bvs\.?(?=\s)|\bversus\b|\bas well as\b)\s*", re.IGNORECASE
)


_CLAUSE = re.compile(r"\b(?:why|how|what|when|where|whether|who|which|if|that)\b", re.IGNORECASE)
_ONLY_LEVEL = re.compile(
    r"(?:at )?(?:an? )?(?:advanced|expert|fluent|proficient|strong|professional|basic|senior)(?: level)?", re.IGNORECASE
)


def _split_targets(rest: str, *, is_deed: bool) -> tuple[str, ...]:
    several = re.split(_SECOND_QUESTION, rest, flags=re.IGNORECASE)
    if len(several) > 1:
        return tuple(target for each in several for target in _split_targets(each, is_deed=is_deed))
    rest = strip_lead_in(rest)
    if is_known_name(rest):
        return (rest,)
    general, *examples = _EXAMPLES.split(rest, maxsplit=1)
    if examples and not any(looks_like_name(part) for part in _parts(examples[0])):
        return (_EXAMPLES.sub(" ", rest),)  # "guidance, e.g. for handovers" is one thing
    parts = [part for phrase in (general, *examples) for part in _parts(phrase)]
    if _CLAUSE.search(rest) and not all(looks_like_name(part) for part in parts):
        return (rest,)  # "work out why A and B differ"
    parts = [part for part in parts if not _ONLY_LEVEL.fullmatch(part)] or parts
    if not parts or any(len(part.split()) > _MAX_PART_WORDS for part in parts):
        return (rest,)
    if is_deed and not all(looks_like_name(part) for part in parts):
        return (rest,)  # "throw it out and build a new one" is one deed
    return tuple(dict.fromkeys(parts))


def _parts(phrase: str) -> list[str]:
    parts = [
        re.sub(r"^(?:in|on|with|at|of|for)\s+", "", part, flags=re.IGNORECASE) for part in _SEPARATOR.split(phrase)
    ]
    return [part for part in map(strip_lead_in, parts) if part]


def looks_like_name(phrase: str) -> bool:
    """Whether a phrase is written like a name: known as one, with a capital, a digit or a sign in it."""
    return is_known_name(phrase) or any(c.isupper() or c.isdigit() or c in "+#./" for c in phrase)


_VERB = re.compile(
    r"""^(?:built?(?:\ out)?|building|deploy(?:ed|ing)?|creat(?:ed?|ing)|design(?:ed|ing)?|develop(?:ed|ing)?
      |ship(?:ped|ping)?|implement(?:ed|ing)?|manag(?:ed?|ing)|maintain(?:ed|ing)?|run(?:ning)?|ran|writ(?:e|ten|ing)|wrote
      |train(?:ed|ing)?|set\ up|put\ together
      |draw(?:n|ing)?\ up|com(?:e|ing)\ up\ with|operat(?:ed?|ing)|led|lead|made|make|work(?:ed|ing)?
    )\s+(?:with\ |on\ |in\ |using\ |an?\ |any\ )*""",
    re.IGNORECASE | re.VERBOSE,
)
_QUALITY = re.compile(
    r"\b(?:production(?:-ready|-grade)?|large-scale|complex|real|own|new|modern|advanced)\s+", re.IGNORECASE
)
_EMPTY_NOUN = re.compile(
    r"\s+(?:systems?|pipelines?|projects?|applications?|apps?|solutions?|stuff|things?|work|code|clusters?|models?"
    r"|tools?)$",
    re.IGNORECASE,
)


def narrower_phrases(target: str) -> Sequence[str]:
    """A target and what is left of it when verbs, qualities and empty nouns are taken off, longest first."""
    without_verb = _VERB.sub("", target)
    without_quality = _QUALITY.sub("", without_verb)
    phrases = (target, without_verb, without_quality, _EMPTY_NOUN.sub("", without_quality))
    return list(dict.fromkeys(phrase.strip() for phrase in phrases if phrase.strip()))
