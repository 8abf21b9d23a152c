"""The values that prompts give: numbers, durations, sizes, ports, address ranges, names; from text to what templates hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

NUMBER_WORDS = {
    word: number
    for number, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"a": 1, "an": 1, "single": 1, "both": 2, "couple of": 2}
_WORDS = "|".join(NUMBER_WORDS)
_COUNTS = "|".join(word for word in NUMBER_WORDS if word not in ("a", "an"))
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value: the regular expression of its text, and how the text is read; None where it is not one."""

    pattern: str
    parse: Callable[[str], object]


def _number(text: str) -> object:
    word = text.lower().strip()
    if word in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    digits = word.replace(",", "").replace("_", "")
    return float(digits) if "." in digits else int(digits)


def _first(text: str) -> float:
    number = re.match(r"[\d.,]+", text)
    if number:
        return float(number.group().replace(",", "").rstrip("."))
    word = re.match(r"[a-z]+", text, re.I)
    return float(NUMBER_WORDS.get(word.group().lower() if word else "", 1))


def _plain(number: float) -> object:
    return int(number) if number == int(number) else number


def _unit(text: str) -> str:
    found = re.search(r"(?<![a-z])(milli|ms|[a-z])[a-z()]*\s*$", text.strip(), re.I)
    return found.group(1).lower() if found else ""


def _seconds(text: str) -> object:
    unit = _unit(text)
    if unit in ("milli", "ms"):
        return _plain(_first(text) / 1000)
    return _plain(_first(text) * _SECONDS.get(unit[:1], 1))


def _days(text: str) -> object:
    return _plain(_first(text) * _DAYS.get(_unit(text)[:1], 1))


def _log_days(text: str) -> object:
    """Return the days that CloudWatch Logs offers for a time: seven years are 2557.

    Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    """
    years = {2: 731, 3: 1096, 5: 1827, 6: 2192, 7: 2557, 8: 2922, 9: 3288, 10: 3653}
    return years.get(int(_first(text)), _days(text)) if _unit(text)[:1] == "y" else _days(text)


def _scaled(text: str, unit: dict[str, float]) -> object:
    found = re.search(r"([kmgt])i?b", text, re.I)
    return _plain(_first(text) * unit[found.group(1).lower()]) if found else None


def _megabytes(text: str) -> object:
    return _scaled(text, {"k": 1 / 1024, "m": 1, "g": 1024, "t": 1024 * 1024})


def _gigabytes(text: str) -> object:
    return _scaled(text, {"k": 1 / 1024**2, "m": 1 / 1024, "g": 1, "t": 1024})


def _list(text: str) -> object:
    items = re.split(r"\s*(?:,\s*and\b|,|\band\b|&|/)\s*", text.strip())
    return tuple(item.strip(" '\"`") for item in items if item.strip(" '\"`"))


def _choices(text: str) -> object:
    """Return the values that a parameter may have: `dev, test or prod`."""
    return tuple(dict.fromkeys(re.split(r"\s*(?:[,/|]\s*(?:(?:or|and)\s+)?|\b(?:or|and)\b)\s*", text.strip(" ([])"))))


def _clock(text: str) -> object:
    """Return a time of the day as hours and minutes: `2 AM` is 02:00."""
    named = {"midnight": "00:00", "noon": "12:00"}.get(text.lower().strip())
    digits = [int(number) for number in re.findall(r"\d+", text)]
    if named or not digits or digits[0] > 24 or (len(digits) > 1 and digits[1] > 59):
        return named
    half = re.search(r"[ap](?=\.?m)", text.lower())
    hour = digits[0] % 12 + 12 * (half.group() == "p") if half else digits[0] % 24
    return f"{hour:02}:{digits[1] if len(digits) > 1 else 0:02}"


def _weekday(text: str) -> object:
    return {"wee": "MON-FRI" if "day" in text.lower() else "SAT-SUN"}.get(text[:3].lower(), text[:3].upper())


def _keys(text: str) -> object:
    """Return the keys of a list of tags, with or without values: `Environment=Production and Owner`."""
    pieces = re.split(r"\s*(?:,\s*and\b|,|\band\b|&|/)\s*", text.strip())
    return tuple(key for piece in pieces if (key := re.split(r"\s*[:=]", piece)[0].strip(" '\"`")))


def _items(text: str) -> object:
    """Return the items of a list in prose; None where a piece is too long to be one."""
    text = re.sub(r"^.*\boutputs?\s*:\s*(?=\S)", "", text, flags=re.I | re.S)
    pieces = [re.sub(r"\([^)]*\)?", "", piece).strip(" '\"`:()") for piece in _split(text)]
    if any(
        re.match(
            r"(default|so|because|we|i|export-ready|well-named|clear(?:ly)?|useful|meaningful|descriptive|"
            r"with|should|must|to|that|which|where|when|if|in|as|section|sensible|flexib\w+|proper\w*|these|or|for|(?:all )?exported)\b",
            p,
            re.I,
        )
        for p in pieces
    ):
        return None
    kept = tuple(re.sub(r"^(?:the|an?|all|its|their|other)\s+", "", piece, flags=re.I) for piece in pieces if piece)
    return kept if kept and all(len(piece.split()) <= 6 for piece in kept) else None


def _split(text: str) -> list[str]:
    return re.split(r"\s*(?:,\s*and\b|,|\band\b|&|\n)\s*", text.strip())


_N = rf"(?:\d[\d,]*(?:\.\d+)?|\b(?:{_WORDS})\b)"
_CIDR = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/\d{1,2}"
_BLOCK = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/2\d(?!\d)"
# Words with a capital that are before or in place of the keys of tags, and names that are not those of parameters.
_NO_KEYS = "|".join(
    (
        "Include|Apply|Use|Proper|All|The|Tags?|Resources?|Consistent|Required|Appropriate|Add|Set|With|Ensure|Key|AWS|IAM|Mandatory|Cost",
        "Copy|Enable|Define|Create|Configure|Attach|Manage|Enforce|Automatic|Custom|Standard|Default|Value|These|Following|Both|Every|Each|Must|No|IP|SGs?|Fn|EC2|S3|RDS|VPC|CloudFormation|DynamoDB|Lambda|For|On|This|It|Ref|Naming",
        "Outputs?|Parameters|Security|Monitoring|Tagging|Controls?|Enforcement|Management|Practices?|Standards?|Strategy",
    )
)
NO_PARAMETERS = "|".join(
    (
        "AWS|Cloud|No[A-Z]|Allowed|ParameterG|ParameterL|LogG|CommaD|Postgre|MySQL|DynamoDB|EventBridge|SecureString|GitHub|JavaScript|TypeScript|Elasti|OpenSearch",
        "CodeB|CodeP|CodeD|CodeC|GuardDuty|DevOps|IPv|FinTech|PublicA|DeletionP|StepF|AppSync|SageM",
    )
)
KEY = rf"(?!(?:{_NO_KEYS})\b)(?-i:[A-Z])[\w-]*(?:\s*[:=]\s*['\"]?[\w${{}}-]+['\"]?)?"
# Words with a capital before or after `parameter` that name none, and words in brackets that are not values.
_NO_NAMES = (
    "Systems|Store|Add|Use|Each|Every|All|The|This|These|Those|A|An|Template|Stack|Cloud\\w*|Input|Required|Include|Any|No|Custom|New|"
    "Create|Define|Provide|Lambda|Set|Make|Take|Accept|Which|That|For|One|Two|Optional|Parameter\\w*|Default|Value|Values|And|Or|With|"
    "Type|Description|Deployment|Configuration|Database|Request|Query|Group|Pass|Declare|Support|Validate|Environment"
)
_NO_CHOICES = (
    "default\\w*|string|number|required|optional|list|noecho|e\\.?g|such|like|for|with|example|integer|commadelimitedlist|using|and|or|the|an?|"
    "to|via|as|in|of|is|are|be|at|if|by|from|must|should"
)
_CHOICE = rf"(?!(?:{_NO_CHOICES})\b)['\"]?[\w][\w.-]*['\"]?"
_CHOICES = rf"{_CHOICE}(?:(?:\s*[,/|]\s*(?:(?:or|and)\s+)?|\s+(?:or|and)\s+){_CHOICE})+(?=\s*(?:[^\w\s]|$|default|with\b|by\b|and\b|which\b|in\b))"
_NAME = r"[A-Za-z][\w.-]*[\w]"
KINDS = {
    "n": Kind(rf"(?:\d+(?![\d.%]*\d|\s*%|\.x\b)|\b(?:{_COUNTS})\b)", _number),
    "number": Kind(r"\d[\d,]*(?:\.\d+)?", _number),
    "percent": Kind(r"\d+(?:\.\d+)?(?=\s*(?:%|percent|per cent))", _number),
    "days": Kind(rf"{_N}[\s-]*(?:calendar[\s-]*)?(?:days?|weeks?|months?|years?)\b", _days),
    "logdays": Kind(rf"{_N}[\s-]*(?:calendar[\s-]*)?(?:days?|weeks?|months?|years?)\b", _log_days),
    "snakes": Kind(
        r"[a-z]+(?:_[a-z]+)+(?:\s*(?:,\s*and|,|and|&)\s*[a-z]+(?:_[a-z]+)+)*",
        lambda text: tuple(re.findall(r"[a-z]+(?:_[a-z]+)+", text)),
    ),
    "seconds": Kind(
        rf"{_N}[\s-]*(?:milliseconds?|ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|days?)\b", _seconds
    ),
    "memory": Kind(
        r"\d[\d,]*(?:\.\d+)?\s*-?[MG]i?B?(?![\w])", lambda text: _megabytes(text if "b" in text.lower() else text + "B")
    ),
    "size": Kind(r"\d[\d,]*(?:\.\d+)?\s*-?[MGT]i?B\b", _gigabytes),
    "cidr": Kind(_CIDR, str),
    "cidrs": Kind(rf"{_BLOCK}(?:\s*(?:,\s*and|,|and|&|/)\s*{_BLOCK})*", lambda text: tuple(re.findall(_CIDR, text))),
    "port": Kind(r"\d{2,5}(?![\d.]*\d|\s*%)", _number),
    "version": Kind(r"v?\d+(?:\.\d+)*(?:\.x)?(?![\w+]|\.\d)", lambda text: text.lower().removeprefix("v")),
    "class": Kind(r"[a-z]{1,3}\d[a-z0-9-]*\.(?:\d*x?large|medium|small|micro|nano|metal)\b", str.lower),
    "engine": Kind(r"\d{1,2}(?:\.\d+)*(?!\w|\+|\.x)", str),
    "dbclass": Kind(r"db\.[a-z]{1,3}\d[a-z0-9-]*\.(?:\d*x?large|medium|small|micro)\b", str.lower),
    "cacheclass": Kind(r"cache\.[a-z]{1,3}\d[a-z0-9-]*\.(?:\d*x?large|medium|small|micro)\b", str.lower),
    "region": Kind(r"(?:us|eu|ap|sa|ca|me|af|il)-(?:gov-)?(?:north|south|east|west|central){1,2}-\d\b", str.lower),
    "name": Kind(_NAME, str),
    "pname": Kind(rf"(?-i:(?!(?:{_NO_NAMES})\b)[A-Z][a-z0-9]{{2,}})\b(?!\.\w)", str),
    "choices": Kind(_CHOICES, _choices),
    "set": Kind(rf"[(\[]\s*{_CHOICES}", _choices),
    "clock": Kind(
        r"(?:\d{1,2}:\d{2}(?:\s*[ap]\.?m\b)?|\d{1,2}\s*[ap]\.?m\b|midnight|noon)(?![\w:]|\s*(?:-|–|to)\s*\d)", _clock
    ),
    "weekday": Kind(r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|weekdays?\b|weekends?\b", _weekday),
    "word": Kind(r"[A-Za-z][\w-]*", str),
    "names": Kind(rf"{_NAME}(?:\s*(?:,\s*and|,|and|&)\s*{_NAME})*", _list),
    "keys": Kind(rf"{KEY}(?:\s*(?:,\s*and|,|and|&|/)\s*{KEY})*", _keys),
    "items": Kind(r"[^.;]{3,240}", _items),
    "tagkey": Kind(r"[\"'“][a-z][\w.-]*[\"'”]", lambda text: (text[1:-1],)),
    "prefix": Kind(r"(?-i:[a-z][a-z0-9]{1,20}-)(?![\w{<$])", str),
    "constant": Kind(r"(?-i:[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)\b", str),
    "camel": Kind(
        rf"(?!(?:{NO_PARAMETERS})\w*)(?-i:[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+|[a-z]+[A-Z][A-Za-z0-9]+)(?!\.\w)", str
    ),
    "attribute": Kind(
        r"(?-i:[a-z]+(?:[A-Z]\w*|_\w+)|[A-Z][a-z]+[A-Z]\w*|id|ID|pk|PK|sk|SK|timestamp|email|username)(?!\w)", str
    ),
    "quoted": Kind(r"[\"“][^\"”\n]{6,160}[\"”]", lambda text: text[1:-1].strip()),
    "camels": Kind(
        rf"(?!(?:{NO_PARAMETERS})\w*)(?-i:[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)(?:\s*(?:,\s*and|,|and|&)\s*(?-i:[A-Z])[A-Za-z0-9]+)+",
        lambda text: tuple(re.findall(r"\b(?!and\b)[A-Za-z0-9]+", text)),
    ),
    "service": Kind(
        r"(?:textract|rekognition|comprehend|polly|transcribe|translate|bedrock|pinpoint|lex|personalize|forecast)\b",
        str.capitalize,
    ),
    "language": Kind(r"(?:python|node(?:\.?js)?|javascript|typescript|java|ruby|golang|dotnet)\b", str.lower),
    "function": Kind(r"Fn::(?:GetAZs|Sub|Join|GetAtt|ImportValue|FindInMap|Select|If|Split|Cidr|Base64)\b", str),
    "file": Kind(r"[\w./-]+\.(?:ya?ml|json|md)", str),
    "value": Kind(
        r"(?!(?:for|to|is|of|only|schema|values?|and|the|in|on|off|with|that|by)\b)[\w.:/-]*\w(?![\w#])", str
    ),
    "network": Kind(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/(?:8|1\d)(?!\d)", str),
    "window": Kind(r"\d{1,2}:\d{2}\s*(?:-|–|to)\s*\d{1,2}:\d{2}", lambda text: "-".join(re.findall(r"\d+:\d+", text))),
    "path": Kind(r"/[\w/{}.*-]*", str),
    "action": Kind(r"(?!aws:|arn:|https?:)[a-z][a-z0-9-]+:[A-Z*]\w*\*?", str),
}


def parse_value(kind: str, text: str) -> object:
    """Return the value that a text of a kind is; None where it is none."""
    try:
        return KINDS[kind].parse(text)
    except (ValueError, KeyError):
        return None
