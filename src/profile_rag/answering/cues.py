"""Words that tell a stance: general English of résumés and self-descriptions, nothing of one profile."""

from __future__ import annotations

import re


def any_of(*patterns: str) -> re.Pattern[str]:
    """One case-blind pattern out of several."""
    return re.compile("|".join(patterns), re.IGNORECASE)


_NEGATED_VERB = (
    r"(?:haven['’]t|hasn['’]t|have not|has not|don['’]t|doesn['’]t|do not|does not|didn['’]t|did not|can['’]t|cannot"
    r"|won['’]t|will not|wouldn['’]t|would not|couldn['’]t|could not|shouldn['’]t|never)"
)

DENIES = any_of(
    rf"(?:^|\b(?:i|he|she|they|we|who)\s(?:\w+\s)?|(?<!can )\b(?:and|,)\s|[|:]\s*){_NEGATED_VERB}\b"
    r"(?!\s(?:just|only|merely|simply|hesitate|mind|consider (?:him|her|them|my)sel))",
    r"\b(?:has|have|had) (?:\w+ )?never\b|\bneither\W*$|\b(?:has|have|had) (?:\w+ ){1,2}nothing\b",
    r"^\W*(?:and |or |but )?(?:not|never|no|nor|neither|rather than|instead of|as opposed to|without)\b"
    r"(?! (?:just|only|merely|simply|matter|doubt|less than|fewer than))",
    r"\b(?:is|are|was|were|am)\s+not\b(?! (?:just|only|merely|simply))|['’](?:s|re|m) not\b(?! (?:just|only|merely"
    r"|simply))",
    r"\b(?:isn|aren|wasn|weren)['’]t\b(?! (?:just|only|merely|simply))",
    r"\b(?:lacks?|has yet to|have yet to|refuses? to|declines? to|stays? away from)\b",
    r"\b(?:leaves?|left) (?:\w+ ){1,4}to (?:others|the |his |her |their |an? |colleagues|specialists)",
    r"\bno interest in\b",
    r"\b(?:no|zero) (?:\w+ )?(?:experience|knowledge|background|exposure)\b",
    r"\bnot (?:yet )?production[- ]used\b",
    r"\bnot (?:used|experienced|familiar|comfortable|worked)\b",
    r"(?:^\W*|[|:]\s*)avoid(?:s|ed)?\b",
    r"\b(?:expired|lapsed)\W+(?:in )?(?:\w+ )?(?:19|20)\d\d\b|\b(?:has|have) (?:since )?(?:expired|lapsed)\b",
    r"\bnot (?:yet )?started\b",
    r"\bsteers? clear of\b",
    r"\bnothing to do with\b",
    r"\bno longer\b",
    r"\b(?:rejected|gave up|given up|dropped|turned down)\b",
    r"\bunfamiliar with\b",
    r"\b(?:did|does|do|has|have) not (?:hold|have|own|operate|work|use|used|touch|build|built|write|written)\b",
    r"(?:^|[|,:]\s*)(?:none|never)\b",
    r"\bwould (?:rather|sooner) \w+[^.]{0,60}? than\b",
)

# A denial that depends on circumstances is a habit of choosing, not a gap.
CONDITIONAL = any_of(
    r"\b(?:if|unless|when|whenever|until|always|every|blindly|just because|for (?:its|their) own sake)\b"
)

UNLESS = any_of(r"\b(?:unless|except (?:when|if|where)|only (?:when|if|where))\b")

LIMITS = any_of(
    r"\bnot (?:an? |my |his |her |their )?(?:\w+ ){0,2}?"
    r"(?:expert|fluent|primary|specialist|strong(?:est)?|deep|main|strength)\b",
    r"\b(?:mostly|mainly|merely) (?:\w+ed|read|theor\w*|as a user)\b",
    r"\bonly (?:\w+ed|read|as an?|at|for|in|from|on|theor\w*)\b|\b(?:reading|reads?|listening|personal use) only\b",
    r"\b(?:hardly|barely|rarely|seldom|scarcely)\b",
    r"\b(?:not|nothing|no longer) since\b|\byears ago\b|\b(?:i|he|she|they|we) used to (?=[a-z])",
    r"\b(?:one|single|short|weekend|introductory|\w+-day)\b[^.;,]{0,16}\b(?:workshop|course|class|seminar|tutorial)\b",
    # "deeply enough to bend the rules" praises
    r"(?<!ly )(?<!well )\benough to (?!be sure)\b",
    r"\b(?:side|user|client|consumer) only\b|\bonly\s*[.;)]?$",
    r"\b(?:A1|A2|B1)\b(?![-/])",
    r"\bnot (?:very |so |that |particularly )?(?:good|great) (?:at|with|in)\b",
    r"\b(?:plan(?:s|ning)?|want(?:s|ing)?|hop(?:es|ing)|would like) to (?:learn|try|pick up|get into)\b",
    r"\b(?:shallow|rusty|limited|beginner|novice|still learning|currently learning|dabbled|hobby|coursework)\b",
    r"\benough to be dangerous\b",
    r"\bbasic (?:knowledge|understanding|familiarity|level)\b",
    r"\bkeeping an eye on\b",
    r"\b(?:basics only|only the basics|good enough for|nothing since|no more than)\b",
    r"(?:^|[|,:]\s*)(?:basics?|beginner|rusty|elementary)\b",
    r"\bnot (?:so|very|that|too) (?:good|strong|familiar|experienced|deep|comfortable|confident|at home)\b",
    r"\b(?:written|built|shipped) nothing\b",
    r"\bsome exposure\b|\b(?:exactly|just) once\b",
    r"\bfirst and (?:so far )?only\b|\bso far only\b|\bonly once\b",
    r"\ba (?:little|bit of)\b",
    r"\bless (?:experienced|comfortable|familiar)\b",
)

# "…, not wish lists", "rather than slides": what the target is told apart from says nothing against the target.
CONTRASTED = any_of(
    r"^\W*(?:rather than|instead of|as opposed to|without)\b",
    r"^\W*not (?!in\b|for\b|yet\b|at\b|since\b|as\b|on\b|with\b|very\b|so\b|fluent"
    r"|an? (?:[\w/+#-]+ ){0,3}(?:experts?|specialists?|fan|professionals?|developers?|engineers?|strengths?|native"
    r"|focus|skills?)\b"
    r"|my |his |her |their |used"
    r"|built|deployed|much|deep"
    r"|production|professional|run|tested|tried|shipped|operated|worked|programmed|managed|led|licensed)",
)
NOT_ONLY = any_of(r"(?:\bnot|n['’]t) (?:just|only|merely|simply)\b")
AVOID_REMARK = re.compile(r"[\W|:]*avoid(?:s|ed)?\b", re.IGNORECASE)
LEARNING_LABEL = any_of(
    r"^\W*(?:currently |still |now )?(?:learning|exploring|emerging)\b", r"\b(?:familiar(?:ity)? with|exposure to)\b"
)

# Who teaches a weekend course knows more than who took one.
TEACHES = any_of(
    r"\b(?:teach(?:es|ing)?|taught|gives?|gave|holds?|held|runs?|ran|leads?|led|offers?|offered)\b"
    r"[^.;]{0,60}?\b(?:workshops?|courses?|class(?:es)?|seminars?|tutorials?)\b"
)

NEGATES_NEXT = re.compile(r"(?:\b(?:no|not|never|without|neither|nor)|\bnon)[ -](?:an? |any |yet )?$", re.IGNORECASE)
REMARK_ON_ALL = re.compile(r"\s[—–-]\s[^—–]+$")

# What somebody generally does not do is denied as a whole; "haven't deployed" leaves other uses open.
HABITUAL_DENIAL = re.compile(
    r"^\W*(?:\w+ )?(?:doesn['’]t|don['’]t|does not|do not|won['’]t|will not)\s+\w+", re.IGNORECASE
)

# "Not an expert", "not very good": these say how far, where other denials say that there is nothing.
NOT_SO_GOOD = any_of(
    r"\bnot (?:an? |my |his |her |their )?(?:\w+ ){0,2}?"
    r"(?:expert|fluent|primary|specialist|strong(?:est)?|deep|main|strength|good|great|familiar|experienced|comfortable"
    r"|confident|at home)\b",
)

LEVEL_REMARK = any_of(
    r"\((?:still |currently |some |very |only |the )?(?:basics?|emerging|beginner|learning|novice|intermediate|familiar"
    r"|familiarity|exposure|limited|hobby|entry[- ]level|rusty)(?: (?!curve)[\w-]+){0,2}\)",
    r"\bbasics$",
)

LOW_LEVEL = any_of(r"(?m:^)level: (?:beginner|basic|elementary|novice)\b")
"""A field of a résumé that holds for all of its entry."""

BASICS = any_of(r"\bbasics\b", r"\bbasic (?=[\w+#./]+(?:[ ,;)]|$))")

CONCEPTUAL = any_of(
    r"^\W*(?:i |he |she |they )?(?:only )?(?:understands?|know(?:s)? the (?:concepts?|theory|idea))\b",
    r"\bin theory\b",
    r"\bconceptual(?:ly)?\b",
    r"\btheoretical(?:ly)?\b",
)

DEMONSTRATED = any_of(
    r"\b(?:used|built|deployed|shipped|implemented|developed|trained|fine-tuned|migrated|led|designed|created|wrote"
    r"|set up|managed|maintained|architected|launched|delivered|automated|optimi[sz]ed|reduced|increased|ran"
    r"|worked on|worked end-to-end|scaled|established|introduced|founded|published|taught|coached|engineered|integrated"
    r"|spent|moved|made|modeled|analy[sz]ed|produced|edited|directed|organi[sz]ed|presented|wrangling|building)\b"
)

STATED = any_of(
    r"\b(?:every|all) day\b|\bregularly\b|\bworks? (?:with|in)\b",
    r"\b(?:comfortable|knows?|proficient|fluent|fluency|experts?|expertise|experienced|experience|skilled|strong|deep"
    r"|deeply|primary|daily|prefers?|uses?|using|understands?|speciali[sz]es?|focus(?:es)?|fine-tuning)\b",
)

# A sentence about the person, or about whoever writes.
OF_THE_PERSON = any_of(
    r"^(?:\S+\s+){0,7}\S+$",  # a fragment is an entry, whatever block it stands in
    r"[^.!?]$",
    r"\b(?:he|she|they|i|his|her|their|my|me|we|our)\b",
    r"^\W*[A-Z][a-z]+(?:s|ed|ing)\b",
)

# What stands below is the person's own, whoever its sentences are about.
OWN_WORK_HEADING = any_of(r"\b(?:projects?|portfolio|publications?|open[- ]source)\b")

# Somebody else does it, or it is wanted of somebody else.
OTHERS = any_of(
    r"\b(?:colleagues?|teammates?|friends?|co-?workers?|clients?|customers?|brother|sister|wife|husband|partner)\b"
    r"(?:\s\w+){0,2}\s(?:knows?|uses?|used|works?|built|runs?|speaks?|writes?|handles?|did|does)\b",
    r"\b(?:looking for|hiring|seeking) (?:someone|somebody|people|a|an)\b",
    r"\bbefore (?:i|he|she|they) (?:joined|came|arrived)\b",
    r"\b(?:someone|somebody) else (?:runs?|does|did|handles?|operates?|owns?|administers?|maintains?)\b",
    r"\b(?:run|done|handled|managed|operated|built|owned|made|written|maintained) by (?:others|colleagues|someone"
    r"|somebody|an?|the|another|external|specialists|(?:my|his|her|their|our) (?:friend|colleague|brother|sister"
    r"|partner|team|assistant|boss)s?)\b",
    r"\bcan be (?:learn\w+|picked up|bought|outsourced)\b",
)

# What stands behind one of these is what the passage compares with or explains by, not what it is about.
ASIDE = any_of(r"\b(?:where|than|alternative to|compared (?:to|with)|similar to|unlike)\b")

HYPOTHETICAL = any_of(r"\b(?:i|he|she|they)['’]d\b", r"\b(?:would|could|might)\b(?! not|n['’]t)")

# What leads to a role: "he is a …", "works as …", "Role: …", or nothing at all.
BEING = any_of(
    r"(?:\b(?:is|are|was|were|am|as|became|become|been|being)|['’](?:s|m|re))\s(?:[\w-]+\s){0,4}$",
    r"\b(?:role|title|position|profession|label|headline)\W+(?:[\w,&-]+\s){0,4}$",
    r"^\W*(?:[\w-]+\s){0,2}$",
)

PREFERS = any_of(
    r"^\W{0,12}(?:plain |an? |the )?(?P<first>[\w+#./ -]{1,40}?)\s{1,3}over\s{1,3}(?P<second>(?!time\b"
    r"|the \w+ years)[\w+#./ -]{1,40}?)(?=[.,;(]|\sfor\b|$)",
    r"\b(?:would|['’]d) (?:rather|sooner)\s{1,3}(?P<rather>.{1,60}?)\s{1,3}than\s{1,3}(?P<than>[^.;,]{1,60})",
    r"\bprefers?\s{1,3}(?P<chosen>.{1,60}?)\s{1,3}(?:over|to|rather than|instead of)\s{1,3}(?P<other>[^.;,]{1,60})",
    r"\bfinds?\s{1,3}(?P<found>.{1,60}?)\s{1,3}(?:more|easier|better)\b",
)

FAVOURITE = any_of(
    r"\bprefers? (?:it|this|that|them)\b|\bfavou?rite\b|\bfirst choice\b|\b(?:my|his|her|their) preferred\b"
)

AVOIDED_HEADING = any_of(
    r"\b(?:don['’]?t|do not|doesn['’]?t|does not|never|not|avoid|avoids|no longer|weak(?:ness(?:es)?)?)\b"
)

UNDERSTOOD_HEADING = any_of(r"\b(?:but|though)\b.*\b(?:understand|know|familiar|learning)")

STRENGTH_HEADING = any_of(
    r"\b(?:good at|skills?|strengths?|expertise|experts?|competenc\w*|proficien\w*|speciali\w*|specialt\w*|strong)\b"
)

# What somebody else says in quotation marks is not the document's own stance.
QUOTATION = re.compile(r"\"[^\"]*\"|“[^”]*”")

FIRST_PERSON = re.compile(r"\b(?:I|I['’]m|I['’]ve|I['’]d|[Mm]y)\b")
