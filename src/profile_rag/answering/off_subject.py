"""What is said to the program itself, or asks it for something else than what the documents tell of the person."""

from __future__ import annotations

import re

from profile_rag.answering.subject import SubjectPatterns
from profile_rag.answering.wording import without_politeness

_COURTESY = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|thanks?|thank you|thx|ta|cheers"
    r"|bye|goodbye|see you|ok(?:ay)?|great|nice|cool|perfect|fine|got it|sorry|help|test|testing|yo|sup|welcome)"
    r"(?: (?:there|again|so much|very much|a lot|everyone|all|bot|you|to you|later|me|please"
    r"|for (?:that|now|your help)))*"
    r"[\s,.!]*)+$"
    r"|^(?:how are you(?: doing)?(?: today)?|what['’]?s up|how['’]?s it going|nice to meet you"
    r"|are you (?:there|real|human|an? (?:\w+ )?(?:bot|robot|chatbot|machine|human|real person|ai|llm|language model))"
    r"|(?:am i|is this|are we) (?:talking|speaking|chatting) (?:to|with) .{1,40}"
    r"|what are you|what can (?:you|i|this(?: \w+)?) (?:do|answer|ask)(?: (?:here|you|about|for me))*"
    r"|what (?:should|could|do) i ask(?: you)?|who (?:made|built|trained|created) you|how do(?:es)? (?:you|this) work"
    r"|what (?:model|llm|ai) are you|which (?:model|llm|ai) (?:are you|is this))$",
    re.IGNORECASE,
)
_WRITTEN = (
    r"(?:poem|haiku|limerick|song|rap|joke|story|tale|essay|recipe|tweet|function|script|program|code|class|regex"
    r"|query|loop|unit tests?|cover letter|love letter|speech|riddle|game|picture|image|translation|novel|blog post)s?"
)
# Somebody is to make something, whoever it is about.
_MAKING = re.compile(
    r"^(?:write|compose|tell|sing|draw|generate|create|make|give|show|code|implement|draft|invent|send|play|print)\b"
    rf"(?:\s+(?!about\b|of\b)[\w'’#+-]+){{0,5}}?\s+{_WRITTEN}\b",
    re.IGNORECASE,
)
# Something of the world's is to be done or told, if the person does not come into it.
_WORLDLY = re.compile(
    r"^(?:calculate|pretend|act as|role-?play"
    # "Open source experience?" begins with no command.
    r"|(?:translate|recommend|suggest|compute|solve|convert|define|spell|simulate|repeat|print|output|reveal|read|open"
    r"|delete|execute|install|download|search|browse|google|buy|book|order|remind)"
    r"(?= (?:me|us|the|an?|my|your|our|this|that|these|those|all|every\w*|some\w*|any\w*|it|for|up|in|out|how|what|who"
    r"|good|\d[\w.]*|\w*[\^=*/]\S*|\W.*)(?!\w)| .+ (?:in)?to [A-Za-z]+\W*$)"
    r"|(?:ignore|disregard|forget|override) (?:\w+ ){0,4}?(?:instructions?|rules?|prompts?|guidelines?)"
    r"|explain (?:to me )?(?:how|why|what|the difference)|what(?:['’]s| is) the difference between"
    r"|what(?:['’]s| is| are) the (?:weather|time|date|news|capital|best way to|fastest way to|easiest way to)\b"
    r"|how (?:do|can|should|would|could|might) (?:i|we|you|one)(?! (?:\w+ ){0,2}(?:contact|reach|hire|book|meet"
    r"|find out|engage|work with|get in touch|address|call|know|verify|trust)\b)"
    r"|should (?:i|we) (?!ask|know|expect|contact|hire|worry)|(?:is|are|was|will) (?:my|the weather)\b"
    r"|my \w+ (?:is|are)\b|will it (?:rain|snow)|who won|when was \w+ (?:founded|invented|released)"
    r"|in (?:which|what) year was \w+ founded)\b",
    re.IGNORECASE,
)
_ARITHMETIC = re.compile(
    r"^(?:what(?:['’]s| is)|calculate|compute|how much is|solve)?\s*[-(]*\d[\d.,]*\s*(?:[-+*/×÷^%]|plus|minus|times"
    r"|divided by)\s*[-(]*\d[\d.,\s()*/+^-]*=?$",
    re.IGNORECASE,
)
_ABOUT_DOCUMENTS = (
    r"him|her|them|his|hers|their|theirs|himself|herself|themselves|candidate|applicant|profile|cv|r[eé]sum[eé]"
    r"|documents?"
)


def is_off_subject(bare: str, patterns: SubjectPatterns) -> bool:
    """Whether a question, freed of what stands around it, asks for nothing that a profile could tell.

    Only forms that are sure: a question of the world's that has the form of any other ("who won the cup?") is left to
    the documents, which don't answer it.
    """
    if _COURTESY.match(bare) or _ARITHMETIC.match(bare):
        return True
    request = without_politeness(bare)
    if _MAKING.match(request):
        return True
    if not _WORLDLY.match(request):
        return False
    return re.search(rf"\b(?:{patterns.third_person}|{_ABOUT_DOCUMENTS})\b", request, re.IGNORECASE) is None
