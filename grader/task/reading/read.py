"""From the sentences of a prompt to demands: nouns and asks are found by the lexicon, and each ask is linked to its nouns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from grader.model import Requirement, RequirementSource
from grader.support.aws_types import settings_of
from grader.support.text import is_natural
from grader.task.prompt import Sentence, read_prompt
from grader.task.reading.demand import Check, Demand, Reading
from grader.task.reading.details import is_default, of_alarm, of_parameter
from grader.task.reading.items import of_item, tests_of_item
from grader.task.reading.lexicon import Ask, AskFile, Lexicon, Mention, load_lexicon
from grader.task.reading.phrases import Found, Phrase
from grader.task.reading.phrases import phrase as compiled
from grader.task.reading.settings import given_values
from grader.task.reading.stages import stage_of, without_stages
from grader.task.reading.values import NUMBER_WORDS

MAX_SENTENCES = 1_500
MAX_QUOTE = 240
MAX_MAIN = 3  # a title that names more things names parts
MAX_SERVICE_TYPES = 3  # of all the types of a service, a requirement lists so many
FAR = 35  # so many characters away, a place may be that of something else
MAX_EARLIER = 4  # sentences before one that may say what it is about
_EVERY = re.compile(
    r"\b(all|each|everything|every(?! (?:\d+|other|few|one|two|five|ten|second|minute|hour|day|night|week|month|year|quarter)\b))\b",
    re.I,
)
# All of something else than what an ask names: `encryption of all data at rest, S3 versioning`.
_ALL_OF_OTHERS = re.compile(
    r"\b(?:all|every|each)\s+(?:of\s+)?(?:the\s+)?(?:\w+\s+)?"
    r"(?:data|traffic|access|requests?|communications?|changes?|users?|logs?|events?|types?)\b|"
    r"\ball\s+(?:\w+\s+)?(?:regions|environments|accounts|stages|zones|azs)\b",
    re.I,
)
_ANY = re.compile(r"\bany\s+(?:[\w-]+\s+){0,2}$", re.I)  # `any bucket`, and not `any attempt`
_ORDERS = re.compile(
    r"^\W*(please |also |then )?(creat|deploy|provision|build|design|set up|implement|configur|enabl|add|ensur|us|includ|defin)\w*\b|"
    r"\b(must|should|shall|i need|we need|i want|i'd like|make sure|ensure|please)\b",
    re.I,
)
_NARRATIVE = re.compile(
    r"\b(we've|they've|i've|has been|have been|have already|has already|already have|had|was|were|"
    r"(?:the|our|their) current (?!region|account|stack)\w+|"
    r"right now|currently|today|struggl\w*|discovered|our client|the client|the company|the team|"
    r"they(?:'re| are) (?:not |now |still |currently )?\w+ing|experienc\w*|legacy)\b",
    re.I,
)
_UNSURE = re.compile(r"\b(not (really |entirely )?sure|unsure|wonder(ing)?|should (i|we))\b", re.I)
_BACKGROUND = re.compile(
    r"\b(background|business context|problem statement|current (state|situation|setup|issues?)|existing|examples?|"
    r"testing|tests|out of scope|references?|file structure|project structure|assumptions?|glossary|why)\b",
    re.I,
)
# A heading or lead-in under which nothing is asked for, and a heading whose text explains what was chosen.
_EXCLUDING = re.compile(
    r"\b(not (currently |yet )?(supported|included|needed|required|available|in scope)|unsupported|excluded|exclusions?|out of scope|"
    r"non-goals?|future (work|enhancements?|improvements?|considerations?))\b",
    re.I,
)
_EXPLAINING = re.compile(
    r"^\W*(\d+[.)]\s*)?(?:\w+\s+){0,2}?(design decisions?|rationale|trade-?offs?|limitations?|workarounds?|cost estimates?|"
    r"troubleshooting|why|known issues?|faq|lessons)\b|\?\W*$",
    re.I,
)
_INNER_NOT = re.compile(r"\b(not|no|without|instead of|rather than|never)\b", re.I)
_SO_FAR = re.compile(
    r"\b(currently|previously|formerly|until now|so far)\b", re.I
)  # a value that is there, and not asked for
_BEFORE = re.compile(rf"{_SO_FAR.pattern}\W*(?:\w+\W+){{0,2}}$", re.I)
# What has an id or an ARN is there already: `the security group (sg-0a1b2c3d)`.
_IDENTIFIED = re.compile(
    r"s?\W{0,4}(?:id\W{0,3})?(?:(?:sg|vpc|subnet|rtb|igw|nat|eipalloc|acl|vpce|tgw|snap|vol|fs)-[0-9a-f]{5,17}\b|arn:aws[\w-]*:)",
    re.I,
)
# A sentence that takes back the one before it.
_TAKEN_BACK = re.compile(
    r"^\W*(?:this|that|it|these|they)\s+(?:(?:can|may|should|must)\s+be\s+(?:\w+\s+)?(?:ignored|skipped|omitted|left out)|"
    r"(?:is|are)\s+(?:not|no longer)\s+(?:needed|required|necessary|in scope))\b|^\W*(?:ignore|skip|omit)\s+(?:this|that|it)\b",
    re.I,
)
_GENERAL = re.compile(
    r"\b(resources|workloads|components|services|servers|applications?|tiers?)\W+(?:\w+\W+){0,4}$", re.I
)
_HINT = re.compile(
    r"(^|\b(us(e|ing)|utili[sz]\w*|leverag\w*|with|deploy(?:ing)?|provision(?:ing)?|includ(?:e|ing)|add(?:ing)?|creat(?:e|ing)|configur(?:e|ing)|"
    r"implement(?:ing)?|set(?:ting)? up|enabl(?:e|ing)|integrat(?:e|ing)|via|"
    r"through|in|needs?|want|require)\s+|[,+&/(]\s*|\band\s+|\bincluding\s+|:\s*)(an?\s+|the\s+)?(amazon\s+|aws\s+)?$",
    re.I,
)
_JOINED = re.compile(
    r"^\s*(?:[,/&+]|\band\b|\bor\b)[\s,/&+]*(?:and|or)?[\s,/&+]*(?:the|an?|all|your|our|any|every|its|amazon|aws)?\s*$",
    re.I,
)
# Between two things of which each is described: `a database with read replicas OR a global table`.
_OTHERWISE = re.compile(r"[^.;:,()]{1,40}\s(?:or|OR)\s+(?:(?:the|an?|your|our|aws|amazon|using)\s+){0,2}", re.I)
# Between two items of a list that are about the same property of different things: `S3 encryption, RDS encryption`.
_ALIKE = re.compile(
    r"^s?\s+(?:encryption|versioning|logging|compliance|instances?|types?|rotation|backups?|tags?|tagging|policies|access|usage|"
    r"utilization|metrics)\s*,\s*(?:and\s+)?(?:aws\s+|amazon\s+)?$",
    re.I,
)
_FOLLOWS = re.compile(r"^\W*(?:[\w-]+\s+){0,4}?(?:on|for|of|to|in|across|to the|over)\s+(?:[\w'-]+\s+){0,3}$", re.I)
_NEAR = re.compile(
    r"^[^.;:(]{0,4}(?:(?:with|that|has|have|is|are|be|must|should|in|using|and)\s+)*(?:[\w-]+\s+){0,1}$", re.I
)
_PREFIXES = re.compile(r"^[\s\-,]*(?:[\w-]+[\s,]+){0,2}$")
_DATA = re.compile(
    r"\b(all|any|every|sensitive) (\w+ )?(data|storage|resources|sensitive)\b|\bdata at rest\b|\beverything\b", re.I
)
# Data of which not all is meant: where some of it is as asked, the others may be meant to differ.
_SOME_DATA = re.compile(r"\bsensitive data\b", re.I)
_ALL_DATA = re.compile(r"\b(all|any|every|everything)\b|\bdata at rest\b", re.I)
_VARIES = re.compile(
    r"\b(if|unless|etc|future|prefer(?:s|red|ably)?|conditional(ly)?|implicit(ly)?|service-linked|"
    r"environment[- ]specific|per environment|based on (the )?environment|depending on|(for|in) (the )?(prod|production|dev|"
    r"development|staging|non-production)\b|production only|single[- ]az|during|where (applicable|possible|appropriate|necessary|needed)|"
    r"as (needed|appropriate)|"
    r"\bconsider\b|(prod|production|dev|development|staging): |\b(prod|production|staging|dev|development)\s+(?:\w+\s+)?only\b)",
    re.I,
)
_RAISED = re.compile(r"\b(if|during)\b", re.I)
_GOVERNED = re.compile(
    r"\b(for|to|from|of|by|between|behind|on|against|about|into|per|as|across|than|over|like|other|detects?|"
    r"verify that|verify|validates?|checks?|scans?|"
    r"identify|identifies|evaluates?|inspects?|audits?|analy[sz]\w+|reviews?|targeting|reads?|monitor|monitors|monitoring|tracks?|tracking|"
    r"consolidat\w+|enforc(?:es|ing)|tun(?:e|es|ing)|migrat\w+|consider|access|accesses|accessing|optimi[sz]\w+|explains?|describes?|discuss\w*|understand\w*|"
    r"query|queries|protects?|protecting|calls|calling|associated with|stores?|storing|requiring)\s+"
    r"(?:(?:the|an?|all|each|every|any|our|your|its|their|these|those|both|specific|other|this|that|aws|amazon|secure|only|new|one|two|three|"
    r"particular|given|single|certain|separate|exactly|unencrypted|untagged|non-?compliant|unauthorized|misconfigured|approved|allowed|unused|"
    r"compliant|\d+|[\w]+'s)\s+)*$|\b(fix(?:es|ing)?|remediat\w+|tighten\w*|harden\w*)\s+(?:(?:the|all|any|our|every)\s+)*$",
    re.I,
)
# A compound: the noun is what does the monitoring.
_WATCHING = re.compile(r"\b(monitoring|tracking|health)\s+$", re.I)
_WATCHERS = ("AWS::CloudWatch::Dashboard", "AWS::CloudWatch::Alarm")
_BRACKETS = re.compile(r"\([^()]*\)")
# What a passive names as its means is asked for: `access is limited by AWS WAF`.
_MEANS = re.compile(
    r"\b(?:is|are|be|gets?|being)\s+(?:\w+ly\s+)?(?:protected|limited|guarded|secured|fronted|balanced|cached|backed|triggered|started|"
    r"orchestrated|scheduled|served|distributed|terminated|authenticated|filtered)\s+by\s+(?:an?\s+|the\s+)?(?:aws\s+|amazon\s+)?$",
    re.I,
)
_MADE = re.compile(r"\b(creation|deployment|provisioning|setup|implementation|use|consists?|consisting) of\b", re.I)
_ASIDE = re.compile(
    r"s?\s+((?:instance |execution |service |task )?(?:roles?|profiles?)\b|"
    r"compliance|metrics?|health|access|permissions?|changes|modifications?|syntax|templates?\b|integrations?|sgs?\b|presets?|quotas?|"
    r"switch\w*|launch types?|connectivity|status|failures?|requests?|migrations?|datasets?|users?\b|attacks?|threats?|pricing|events?|"
    r"optimi[sz]ations?|hardening|consolidation|verification|refactoring|considerations?|"
    r"violations?|findings?|invalidations?|state\b|best practices|costs?|layers|apis?\b|types?\b|"
    r"operations?|errors?|invocations?|utili[sz]ation|usage|principals?|read|write|naming|names?|arns?|ids?|endpoints? url|size|outputs?|lookups?|"
    r"services\s*\(|"
    r"configuration references)\b|\s*(?:→|->|=>)\s*\S*\$\{|s?\s+for\s+(?:an?\s+|the\s+)?(?:nat|vpc|internet)\b|\s*:\s*(?:do not|don['’]t|never)\b",
    re.I,
)
# What comes before a colon and says what the nouns of the list behind it are named for: `VPC endpoints: S3, DynamoDB`.
_HEADED = re.compile(
    r"\b(endpoints?|alarms?|metrics?|permissions?|roles?|policies|access|outputs?|tags?|parameters?|security groups?|integrations?)"
    r"(?:\s+(?:for|on|to))?\s*:[^.;:]*$|\brules?\s*(?:for\s+(?:\w+\s+){1,3})?\([^)]*$",
    re.I,
)
# What a list of Config rules checks: `managed rules (KMS rotation, ...`.
_RULES = re.compile(r"\brules?\s*(?:for\s+(?:\w+\s+){1,3})?\([^)]*$", re.I)
_FOREIGN = re.compile(
    r"\b(quicksight|grafana|kibana|opensearch|datadog|new relic|tableau|power ?bi|cost explorer|security hub|looker|prometheus|splunk)\b"
    r"[^.;:()]*$",
    re.I,
)
_DASHBOARDS = re.compile(r"\b(quicksight|grafana|kibana|datadog|tableau|power ?bi|looker)\b", re.I)
_FOREIGN_DASHBOARD = re.compile(
    r"\b(quicksight|grafana|kibana|opensearch|datadog|new relic|tableau|power ?bi|looker|splunk)\b.*\bdashboards?\b",
    re.I,
)
_OWN_DASHBOARD = re.compile(
    r"\bcloudwatch\b.{0,40}\bdashboards?\b|\bdashboards? (in|of|with) (amazon )?cloudwatch\b", re.I
)
_ON_DASHBOARD = re.compile(r"\bdashboards?\b[^.;]*\b(display|show|includ|present|visuali[sz])", re.I)
_CREATES = re.compile(
    r"\b(creat|deploy|provision|build|defin|includ|implement|add|new|set up|launch|configur)\w*\b", re.I
)
_BUCKET = ("AWS::S3::Bucket",)
_WITH_KEY = ("encrypted-with-own-key", "encrypted-with-kms")
_LISTED = re.compile(
    r"\b(outputs?|parameters?|prerequisites?|permissions?|tags?|tagging|naming|references?|notes?|exports?)\b", re.I
)
# A heading or lead-in whose items name the services that endpoints lead to.
_ENDPOINTS = re.compile(r"\b(gateway|interface|vpc|privatelink)\s+(?:vpc\s+)?endpoints?\b", re.I)
# A lead-in whose items name what a property is for: `Apply encryption to:`.
_APPLIED = re.compile(
    r"^\W*(?:apply|enable|enforce|ensure|use|turn on|activate)\b.*\b(?:encrypt\w*|tags?|tagging|logging|versioning|monitoring|backups?|"
    r"protection)\s+(?:to|for|on|of|at|in)\s*(?:all|the|these|following|\s)*:?\s*$",
    re.I,
)
_ENDPOINT = re.compile(r"VPCEndpoint|SecurityGroup")
_KEY = ("AWS::KMS::Key",)
_ENCRYPTS = re.compile(r"\bencrypt\w*\b[^.;]*\b(with|using|by|via)\s+(an?\s+|the\s+)?(aws\s+)?$", re.I)
_VPC = ("AWS::EC2::VPC",)
_GROUP = ("AWS::EC2::SecurityGroup",)
_ACL = ("AWS::EC2::NetworkAcl",)
_INSIDE = re.compile(
    r"\b(in|into|inside|within|spanning)\s+(?:(?:the|an?|our|your|their|each|both|these|those)\s+)?$", re.I
)
_SUBNET = ("AWS::EC2::Subnet",)
_SUBNET_KINDS = ("public", "private", "database", "subnets")
MAX_ZONES = 6
_ZONES = compiled("<n:zones> (different|separate|distinct|aws)? (availability zone*|availability-zone*|azs|zones)")
# The words between the number of subnets and those that say that it is the number in each zone, or the other way round.
_EACH_ZONE = re.compile(
    r"\bsubnets?\s+(?:\w+\s+){0,2}(?:per|each|every)\s+(?:of\s+(?:the\s+)?)?(?:\w+\s+){0,2}(?:azs?|zones?|availability[ -]zones?)\b|"
    r"\b(?:per|each|every)\s+(?:azs?|zones?|availability[ -]zones?)[,:]?\s+(?:(?:with|has|have|having|contains?|create|deploy|a|an)\s+)*"
    r"(?:\d|one|two|three|public)\b|"
    r"\b(?:azs?|zones?),?\s+each\s+(?:with|having|has|contains?)\s+(?:\d+|one|two|three|a)\s+(?:public|private)\b",
    re.I,
)
_NUMBER = re.compile(
    r"(?<![\w./-])(\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\s+(?:(?:separate|distinct|different|dedicated|new|aws|amazon|"
    r"private|public|unique|individual)\s+)?$",
    re.I,
)
# A number behind it is the most that there may be, or a threshold.
_UPPER = re.compile(
    r"(\b(at most|up to|no more than|(?:more|less|fewer|greater|higher|lower) than|exceed\w*|over|under|above|below|max\w*(?: of)?|"
    r"(?:\d+|two|three|four|five|six)\s*(?:to|and|or|-|–)|to)|[<>≤≥]=?)\s*$",
    re.I,
)
_MULTIPLE = re.compile(r"(?<!across )(?<!for )(?<!in )\bmultiple\s+(?:separate\s+|distinct\s+)?$", re.I)
_VERSION = re.compile(
    r"\b(\w*sql|postgres|mariadb|python|node(\.js)?|linux|versions?|v|java|engine|ports?|tls|redis|kubernetes|eks|day|every|after|within)\s+[\d.]+\s+$",
    re.I,
)
_WITHIN = re.compile(r"\b(in|across|over|between|spanning)\s+(\w+\s+){1,2}$", re.I)
_MODIFIES = re.compile(
    r"s?\s+(credential|password|secret|endpoint|connection|tier|layer|name|user|admin|schema|server|metric|access|traffic|event|log|subnet|"
    r"storage|port|types?\b|class|profile|count|security group|sg\b|performance|data|failover|migration|quer|operation)",
    re.I,
)
_INTRODUCES = re.compile(r"\b(an?|one|two|three|four|five|six|separate|another|(?<!linux )\d)\s+(?:[\w-]+\s+)?$", re.I)
_EXCLUDED = re.compile(
    r"\b(do not|don['’]t|must not|never|no)\s+(?:create |deploy |use |add |include |provision |any )*(?:an? |any )?(?:aws |amazon )?$",
    re.I,
)
_ENDS = re.compile(
    r"s?\s*(?:[.,;:)(–—-]|$|(?:and|or|in|resources?|detectors?|for|at all|"
    r"(?:is|are|should be|must be|may be)\s+(?:created|used|needed|allowed|deployed|included|present|required|permitted))\b)",
    re.I,
)
_LEFT_OUT = re.compile(
    r"\W*(?:\w+\s+)?(?:is|are|be|should be|must be)?\s*(?:disabled|not (?:needed|required|allowed|permitted)|not included|excluded|turned off)\b|"
    r"\s+(?:is|are)n['’]t\s+(?:included|needed|required|part)\b|"
    r"\s*:\s*(?:do not|don['’]t|never)\s+(?:create|define|launch|enable|deploy|configure|include|add|use)\b"
    r"(?!\s+(?:an?\s+)?(?:(?-i:[A-Z])|(?:named|default|explicit|shared|hard)\w*\b))",
    re.I,
)
# A noun that only says of another what it is for: `VPC-specific deployment`, `Lambda-based processing`.
_QUALIFIES = re.compile(
    r"-(specific|wide|level|aware|only|related|bound|scoped|ready|friendly|optimi[sz]ed|compatible|agnostic)\b", re.I
)
_MODAL = re.compile(r"s?\s+(?:\w+\s+)?(must|should|shall|needs?|will|can|may|are|is|have|has)\b", re.I)
_ALL = re.compile(r"\b(all|every|each|any)\s+(?:(?:the|of|our|your|aws|amazon|new)\s+)*$", re.I)
_IF_ANY = re.compile(r"\bany\s+(?:[\w-]+\s+){1,4}(?:must|should|needs? to|has to)\b", re.I)
_INPUT = re.compile(
    r"^\W*(?:handles?|pars(?:es?|ing)|analy[sz]es?|process(?:es)?|scans?|supports?)\b[^.;]*\bincluding\b|"
    r"\b(?:must|should|to)\s+(?:detect|identify|flag|report|find)\b[^.;]*$|"
    r"\b(?:ensure|make sure|verify)\s+(?:that\s+)?(?:all|every|any|each)\s+(?:[\w-]+\s+){0,2}$|\bonly\s+(?:the\s+)?$",
    re.I,
)
_EITHER = re.compile(r"\bOR\b")
_STATED = re.compile(r"s?\s+(?:\w+\s+)?(must|should|shall|are|is|have|has|needs? to|can|cannot)\b", re.I)
# CloudWatch collects the metrics of services without an alarm.
_WATCHES = re.compile(r"\bcloudwatch (monitors|tracks|collects)\b", re.I)
# What a relative clause is about, and what something of the answer is to check at run time: neither is asked for.
_MANAGED = re.compile(r"\baws[- ](managed|owned)\s+$", re.I)
_LACKING = re.compile(
    r"^\W*((?:pre-?)?existing|weak|lack of|lacking|missing|inadequate|insufficient|poor|overly|excessive)\b", re.I
)
_PLURAL_RULE = re.compile(r"(?<=s)\s+(must|should)\s+(always|never|only|not|have|be as|be)\b", re.I)
_LOGS_OF = re.compile(r"s?\s+(?:\w+\s+)?logs?\b", re.I)
_RELATIVE = re.compile(
    r"\b(which|whom|whose|that|because|while|if|when)\s+(?:an?|the|its|our|another|each)\s+(?:[\w-]+\s+)?$", re.I
)
_WHERE = re.compile(r"\b(where|that|which)\s+(?:aws\s+|amazon\s+)?$", re.I)
_ACTS = re.compile(r"s?\s+(can|could|will|may|uses?|sends?|writes?|runs?|needs?|reads?|access(?:es)?)\b", re.I)
_DOES = re.compile(r"s?\s+(?:\w+\s+)?(?!its\b|this\b|as\b|has\b)[a-z]+[^s\W]s\b", re.I)
_CHECKED = re.compile(
    r"\b(checks?|checking|verif(?:y|ies|ying)|detects?|detecting|evaluat(?:es?|ing)|audits?|auditing|reports?|flags?)\s+"
    r"(?:that|whether|if|when|for)\s+[^.;:]{0,60}$",
    re.I,
)
_FURTHER = re.compile(
    r"\b(only|custom|both regions|(each|every|multiple|secondary|all) regions?|failover|error handling|reusable|read-only|scoped|"
    r"weighted|synchronous|asynchronous|cross-account)\b",
    re.I,
)
# Entries about encryption that do not say of what, where the sentence does not.
_WITH_KMS = ("encrypted-with-kms", "encrypted-with-own-key")
# The entry of every value that a prompt gives by the name of a property; its ways are those of the schema.
_SETTING = AskFile(
    id="setting",
    but="",
    title="{noun} with {name} {value}",
    says=["value"],
    about="value",
    level="Medium",
    examples=[""],
)
_LABELS = (
    re.compile(r"(?<=\()(?:dev|test|qa|stag|prod)|\b(?:dev|test|qa|stag|prod)\w*(?=\s*[:=])", re.I),
    re.compile(
        r"\b(?:us|eu|ap|sa|ca|me|af|il)-[a-z]+-\d(?=\s*[:=])|(?<=\()(?:us|eu|ap|sa|ca|me|af|il)-[a-z]+-\d", re.I
    ),
)
_OF_CLUSTER = [{"type": "AWS::RDS::DBInstance", "DBClusterIdentifier": "present"}]
_CLAUSE = re.compile(r"[;:()]|\s[–—-]\s|,\s+(?=and\b|with\b|an?\b|the\b|plus\b|including\b|while\b|each\b)|\.\s")


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence with its nouns, those of what is above it, and those of the sentences before it, nearest first."""

    sentence: Sentence
    lowered: str
    mentions: tuple[Mention, ...]
    above: tuple[tuple[Mention, ...], ...]
    earlier: tuple[tuple[Mention, ...], ...] = ()


@lru_cache(maxsize=8)
def read_demands(text: str) -> Reading:
    """Read what a prompt asks for. What is optional, an example, there already, or about tests is not a demand."""
    lexicon = load_lexicon()
    demands: list[Demand] = []
    numbers: dict[int, int] = {}
    zones, other_dashboards = _zones(text), _DASHBOARDS.search(text) is not None
    sentences = _upheld(read_prompt(text).sentences[:MAX_SENTENCES])
    main = _main(sentences, lexicon)
    for line in _lines(sentences, lexicon):
        for demand in _demands(line, lexicon):
            demand = _in_each_zone(_weighed(demand, main), zones)
            demand = _elsewhere(demand, other_dashboards)
            number = numbers[line.sentence.line] = numbers.get(line.sentence.line, 0) + 1
            requirement = replace(demand.requirement, id=f"prompt-{line.sentence.line}-{number}")
            demands.append(replace(demand, requirement=requirement))
    settled = list(_settled(_without_excluded(demands), sentences))
    return Reading(tuple(_with_alternatives(settled)))


def _upheld(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences without those that the next sentence of their paragraph takes back: `This can be ignored`."""
    return [
        one
        for one, after in pairwise([*sentences, None])
        if one and not (after and after.line == one.line and not after.is_item and _TAKEN_BACK.match(after.text))
    ]


def _without_excluded(demands: Sequence[Demand]) -> Iterator[Demand]:
    """Yield the demands, but not those for a thing that the prompt excludes elsewhere."""
    excluded = {types for one in demands if one.entry == "nothing" for types in one.check.subjects}
    yield from (one for one in demands if one.entry != "exists" or not excluded.intersection(one.check.subjects))


def _settled(demands: Iterable[Demand], sentences: Sequence[Sentence]) -> Iterator[Demand]:
    """Yield the demands, those left open that other sentences of the prompt give another meaning.

    `Dashboards` are those of another service where the prompt names one that has dashboards and never a CloudWatch dashboard;
    keys for all data are not meant for buckets that are to have SSE-S3.
    """
    known = list(demands)
    texts = [one.text for one in sentences]
    is_foreign = any(_FOREIGN_DASHBOARD.search(text) for text in texts) and not any(
        _OWN_DASHBOARD.search(text) for text in texts
    )
    existing = {
        mention.noun.types
        for sentence in sentences
        for mention in load_lexicon().mentions(sentence.text)
        if sentence.is_existing(mention.start, mention.end)
    }
    is_sse = any(one.entry == "encrypted-with-sse-s3" for one in known)
    for one in known:
        if is_foreign and one.check.subjects == (_WATCHERS[:1],):
            one = replace(one, check=replace(one.check, is_weak=True))
        if one.entry == "exists" and set(one.check.subjects) & existing and not _CREATES.search(one.check.text):
            one = replace(one, check=replace(one.check, is_weak=True))
        if is_sse and one.check.is_general and one.entry in _WITH_KEY:
            subjects = tuple(types for types in one.check.subjects if types != _BUCKET)
            arguments = {
                **one.check.arguments,
                "others": subjects and tuple(type for types in subjects for type in types),
            }
            one = replace(one, check=replace(one.check, subjects=subjects, arguments=arguments))
        yield one


def _with_alternatives(demands: Sequence[Demand]) -> Iterator[Demand]:
    """Yield the demands; a thing for which the prompt names an alternative elsewhere is not asked for by itself."""
    unions = [set(one.check.subjects[0]) for one in demands if one.entry == "exists" and " or " in one.check.names]
    for one in demands:
        types = set(one.check.subjects[0]) if one.check.subjects else set()
        is_one_of_several = one.entry in ("exists", "count") and any(types < union for union in unions)
        yield replace(one, check=replace(one.check, is_weak=True)) if is_one_of_several else one


def _main(sentences: Sequence[Sentence], lexicon: Lexicon) -> frozenset[str]:
    """Return the types that a prompt is about: those of its title, or of its first sentence that orders something."""
    title = next((one for one in sentences if one.is_heading), None)
    order = next((one for one in sentences if not one.is_heading and _ORDERS.search(one.text)), None)
    for one in (title, order):
        mentions = lexicon.mentions(one.text) if one else []
        line = _Line(one, one.text.lower(), tuple(mentions), ()) if one else None
        types = {
            type
            for mention in mentions
            if line and mention.noun.strength != "generic" and not _is_weak(mention, line)
            for type in mention.noun.types
        }
        if types and len(mentions) <= MAX_MAIN:
            return frozenset(types)
    return frozenset()


def _weighed(demand: Demand, main: frozenset[str]) -> Demand:
    """Return a demand with the most severe level where it asks for the main thing to be there."""
    is_main = demand.entry == "exists" and any(main.intersection(types) for types in demand.check.subjects)
    return replace(demand, requirement=replace(demand.requirement, level="Critical")) if is_main else demand


def _elsewhere(demand: Demand, other_dashboards: bool) -> Demand:
    """Return a demand, weak where it is for a dashboard that may be that of another service which the prompt names."""
    is_dashboard = demand.entry == "exists" and demand.check.subjects == (_WATCHERS[:1],)
    if not (other_dashboards and is_dashboard) or "cloudwatch" in demand.requirement.quote.lower():
        return demand
    return replace(demand, check=replace(demand.check, is_weak=True))


def _zones(text: str) -> int:
    """Return over how many Availability Zones a network is to be, two where a prompt does not say."""
    found = [one.values["zones"] for one in _ZONES.find(text, text.lower())]
    return next((number for number in found if isinstance(number, int) and 2 <= number <= MAX_ZONES), 2)


def _in_each_zone(demand: Demand, zones: int) -> Demand:
    """Return a demand for subnets with their number in all zones, where the sentence counts those of each zone."""
    check = demand.check
    if check.judge != "subnets" or demand.entry == check.judge or not _EACH_ZONE.search(check.text):
        return demand
    given = {**{kind: check.arguments.get(kind) for kind in _SUBNET_KINDS}, **check.values}
    total = {kind: number * zones for kind, number in given.items() if isinstance(number, int)}
    title = " and ".join(f"{number} {kind}" if kind != "subnets" else str(number) for kind, number in total.items())
    requirement = replace(demand.requirement, title=f"{title} subnets")
    return replace(demand, requirement=requirement, check=replace(check, values=total))


def _lines(sentences: Sequence[Sentence], lexicon: Lexicon) -> Iterator[_Line]:
    known: dict[str, tuple[Mention, ...]] = {}

    def mentions(text: str) -> tuple[Mention, ...]:
        if text not in known:
            known[text] = tuple(lexicon.mentions(text))
        return known[text]

    before: list[Sentence] = []  # of the same list or paragraph, nearest first
    for sentence in sentences:
        if sentence.is_code:
            continue
        if before and before[0].line != sentence.line and before[0].parents != sentence.parents:
            before = []
        above = [mentions(text) for text in reversed(sentence.parents)]
        earlier = [mentions(one.text) for one in before[:MAX_EARLIER]]
        if not sentence.is_item and before and before[0].line == sentence.line:
            above[:0] = earlier[:1]
        above += [mentions(text) for text in reversed(sentence.headings)]
        yield _Line(
            sentence,
            sentence.text.lower(),
            mentions(sentence.text),
            tuple(group for group in above if group),
            tuple(group for group in earlier if group),
        )
        before = [] if sentence.is_heading else [sentence, *before][:MAX_EARLIER]


# An item that gives an attribute of a parameter: its words ask for nothing else.
_OF_PARAMETER = re.compile(r"^(Description|ConstraintDescription|AllowedPattern|AllowedValues)\s*:\s")


def _is_relevant(sentence: Sentence) -> bool:
    if sentence.is_item and sentence.parents and _OF_PARAMETER.match(sentence.text):
        return False
    if sentence.is_heading or sentence.is_outside or _UNSURE.search(sentence.text):
        return False
    if any(_BACKGROUND.search(heading) for heading in sentence.headings[-1:]):
        return False
    if any(_EXCLUDING.search(text) for text in (*sentence.headings[1:], *sentence.parents)):
        return False
    if sentence.is_item or sentence.parents:
        return True
    return not _NARRATIVE.search(sentence.text) or bool(_ORDERS.search(sentence.text))


def _explains(sentence: Sentence) -> bool:
    """Whether a sentence is a question or names a fault of what there is, or what is above it is a question or explains a choice."""
    above = (*sentence.headings[1:], *sentence.parents)
    if _LACKING.match(sentence.text):
        return True
    return sentence.text.rstrip().endswith("?") or any(_EXPLAINING.search(text) for text in above)


def _demands(line: _Line, lexicon: Lexicon) -> Iterator[Demand]:
    """Yield what a sentence asks for; what an explanation names is never called unmet."""
    yield from tests_of_item(line.sentence)
    if not _is_relevant(line.sentence):
        return
    for demand in _read(line, lexicon):
        yield replace(demand, check=replace(demand.check, is_weak=True)) if _explains(line.sentence) else demand


def _read(line: _Line, lexicon: Lexicon) -> Iterator[Demand]:
    taken: list[Found] = []
    asks = list(lexicon.candidates(line.lowered))
    settled = {ask.file.title for ask, _ in asks if ask.file.needs != "named" and _has_noun(ask, line)}
    for ask, phrases in asks:
        if ask.file.of and ask.file.title in settled and not _has_noun(ask, line):
            continue  # the same is asked of something that the sentence names
        seen: set[tuple[tuple[tuple[str, ...], ...], str]] = set()
        places = list(_found(ask, phrases, line))
        if not places or not _applies(ask, line):
            continue
        several = len({str(found.values) for found in places if found.values}) > 1
        for found in places:
            demand = _asked(ask, found, line)
            if demand and several and not demand.check.stage:
                demand = replace(demand, check=replace(demand.check, is_weak=True))
            if demand:
                taken.append(found)
            if demand and (demand.check.subjects, demand.check.stage) not in seen:
                seen.add((demand.check.subjects, demand.check.stage))
                yield demand
                yield from _threshold(demand, found, line)
    yield from _settings(line, taken)
    yield from of_item(line.sentence)
    yield from _things(line)


def _threshold(demand: Demand, found: Found, line: _Line) -> Iterator[Demand]:
    """Yield the demand for the threshold and the time of an alarm, where the sentence gives them."""
    values = of_alarm(found, line.sentence.text) if demand.check.judge == "alarm" else {}
    if values:
        side = "above" if values["side"] == "more" else "below"
        title = f"{demand.requirement.title} {side} {values['number']} {values['unit']}".strip()
        title += f" for {values['seconds']} seconds" if "seconds" in values else ""
        check = replace(demand.check, judge="alarm-at", values=values)
        requirement = replace(demand.requirement, title=title, about="value", level="Medium")
        yield Demand(requirement=requirement, check=check, entry="alarm-at")


def _has_noun(ask: Ask, line: _Line) -> bool:
    """Whether a sentence names a thing that an entry is about."""
    return any(not set(ask.file.of).isdisjoint(mention.noun.types) for mention in line.mentions)


def _settings(line: _Line, taken: Sequence[Found]) -> Iterator[Demand]:
    """Yield a demand for each value that a sentence gives for a property by its name, where no entry of the lexicon reads it."""
    sentence = line.sentence
    groups = (line.mentions, *line.above)
    types = tuple(dict.fromkeys(type for group in groups for mention in group for type in mention.noun.types))
    for given in given_values(sentence.text, types):
        found = given.found
        if any(one.start < found.end and found.start < one.end for one in taken):
            continue
        if sentence.negates(found.start) or sentence.is_example(found.start) or sentence.is_example(found.end):
            continue
        if sentence.is_optional_at(found.start, found.end):
            continue
        skip = _OF_CLUSTER if _is_of_cluster(given.ways) else []
        ask = Ask(_SETTING.model_copy(update={"of": list(given.types), "skip": skip}), (), (), (), given.ways)
        demand = _asked(ask, replace(found, values={"name": given.name, "value": given.value}), line)
        if demand and demand.requirement.types:
            yield demand


def _is_by_label(text: str) -> bool:
    """Whether a sentence gives values for each of several environments or regions: `10.0.0.0/16 (dev), 10.1.0.0/16 (prod)`."""
    return any(len({match.lower() for match in pattern.findall(text)}) > 1 for pattern in _LABELS)


def _is_of_cluster(ways: Sequence[Mapping[str, object]]) -> bool:
    """Whether a value of a database instance is one that a cluster has for its members."""
    paths = {path for way in ways if way.get("type") == "AWS::RDS::DBInstance" for path in way if path != "type"}
    return bool(paths & {setting.path for setting in settings_of("AWS::RDS::DBCluster")}) if paths else False


def _applies(ask: Ask, line: _Line) -> bool:
    """Whether a sentence has what an entry needs beside its phrases, and nothing that makes them mean something else."""
    text, lowered = line.sentence.text, line.lowered
    if ask.when and not any(phrase.find(text, lowered) for phrase in ask.when):
        return False
    return not any(phrase.find(text, lowered) for phrase in ask.unless)


def _found(ask: Ask, phrases: Sequence[Phrase], line: _Line) -> Iterator[Found]:
    """Yield where a sentence says what an entry asks, by the given phrases of it, each place once."""
    places: list[tuple[int, int]] = []
    for phrase in phrases:
        for found in phrase.find(line.sentence.text, line.lowered):
            if any(start < found.end and found.start < end for start, end in places):
                continue
            text = line.sentence.text
            if ask.file.negated == "skip" and (
                line.sentence.negates(found.start)
                or _LEFT_OUT.match(text[found.end :])
                or (_INNER_NOT.search(text[found.start : found.end]) and not _INNER_NOT.search(phrase.source))
            ):
                continue
            if _SO_FAR.search(text[found.start : found.end]) or _BEFORE.search(text[: found.start]):
                continue
            if (
                line.sentence.is_example(found.start)
                or line.sentence.is_example(found.end)
                or line.sentence.is_optional_at(found.start, found.end)
            ):
                continue
            places.append((found.start, found.end))
            yield found


def _asked(ask: Ask, found: Found, line: _Line) -> Demand | None:
    """Make the demand of an ask at a place; None where it is about nothing that the lexicon knows."""
    file = ask.file
    if file.judge == "parameter":
        own = {name: value for name, value in found.values.items() if name != "default" or is_default(value)}
        found = replace(found, values={**of_parameter(found, line.sentence.text), **own})
    if file.needs == "alone":
        linked: list[Mention] = []
        subjects: tuple[tuple[str, ...], ...] = (tuple(file.of),) if file.of else ()
    else:
        is_apart = file.needs == "beside" or (file.needs == "each" and _DATA.search(line.sentence.text) is not None)
        near = replace(line, earlier=()) if file.needs == "each" else line
        linked = _linked(file.of, found, replace(line, above=(), earlier=()) if is_apart else near)
        if not linked and file.needs in ("named", "beside"):
            return None
        subjects = tuple(dict.fromkeys(_fitting(mention.noun.types, file.of) for mention in linked))
        subjects = subjects or tuple((type,) for type in file.general or file.of)
    inside = [mention for mention in linked if mention in line.mentions]
    is_borrowed = bool(linked) and not inside
    stage = stage_of(found.start, found.end, line.sentence.text) if file.judge == "fields" else ""
    varying = without_stages(line.sentence.text) if stage else _certain(file, line.sentence.text)
    is_far = is_borrowed and not any(linked[0] in group for group in line.above)
    start = min([found.start, *(mention.start for mention in inside)])
    end = max([found.end, *(mention.end for mention in inside)])
    quote = _quote(line.sentence.text, start, end)
    is_any = any(_ANY.search(line.sentence.text[: mention.start]) for mention in inside)
    is_like = bool(inside) and all(line.sentence.is_example(mention.start) for mention in inside)
    universal = (
        file.every
        or is_any
        or bool(_EVERY.search(_ALL_OF_OTHERS.sub("", quote) if linked else quote))
        or (file.needs == "each" and not linked)
    )
    check = Check(
        judge=file.judge,
        subjects=subjects,
        every=universal,
        is_weak=file.weak
        or _is_alternative(found, line.sentence.text)
        or bool(_VARIES.search(varying) or _CHECKED.search(line.sentence.text[: found.start]))
        or (file.judge != "exists" and _RULES.search(line.sentence.text[: found.start]) is not None)
        or (tuple(file.of) == _GROUP and any(one.noun.types == _ACL for one in (line.above or ((),))[0]))
        or (file.judge == "alarm" and _WATCHES.search(line.sentence.text) is not None)
        or (file.judge == "alarm" and _ON_DASHBOARD.search(line.sentence.text[: found.start]) is not None)
        or (bool(found.values) and not stage and _is_by_label(line.sentence.text))
        or (file.needs == "each" and not linked and not _is_of_all_data(line.sentence.text))
        or is_far
        or (is_borrowed and _is_of_another(found, line))
        or (is_borrowed and _GENERAL.search(line.sentence.text[: found.start]) is not None)
        or (file.judge == "placed" and bool(inside) and _distance(found, inside) > FAR),
        is_general=(file.needs == "each" and not linked) or is_any or is_like,
        values=found.values,
        stage=stage,
        arguments={**file.with_, "ways": ask.ways, "skip": tuple(file.skip), "but": file.but, "others": tuple(file.of)},
        names=", ".join(dict.fromkeys(mention.noun.name for mention in linked))
        or _name_of(file.of, file.needs == "each"),
        text=line.sentence.text,
    )
    if file.id in _WITH_KMS and file.needs == "each" and not linked and not _is_of_all_data(line.sentence.text):
        names = not _is_alternative(found, line.sentence.text) and not _VARIES.search(line.sentence.text)
        check = replace(check, judge="kms-anywhere", is_weak=not names)
    named = inside or [mention for mention in line.mentions if file.of and _fitting(mention.noun.types, file.of)]
    number = _counted(named, line.sentence.text) if universal and not file.every else None
    if number:
        check = replace(check, values={**check.values, "of_each": number})
    types = tuple(dict.fromkeys(type for subject in subjects for type in subject))
    title = _filled(file.title, found.values, check.names) + (f" in {stage}" if stage else "")
    return Demand(
        requirement=_requirement(line, quote, file.about, types, file.level, title), check=check, entry=file.id
    )


def _counted(mentions: Sequence[Mention], text: str) -> int | None:
    """Return how many of the things there are that `each` speaks of: `three buckets, each with a lifecycle`."""
    if not re.search(r"\beach\b", text, re.I):
        return None
    return next((number for one in mentions if (number := _number_before(text[: one.start]))), None)


def _is_of_all_data(text: str) -> bool:
    """Whether a sentence is about data, and about all of it."""
    is_some = _SOME_DATA.search(text) and not _ALL_DATA.search(text)
    return bool(_DATA.search(text)) and not is_some


def _certain(file: AskFile, text: str) -> str:
    """Return a text without the words that say when an alarm is raised: they do not tell what depends on the environment."""
    return _RAISED.sub(" ", text) if file.judge == "alarm" else text


def _is_of_another(found: Found, line: _Line) -> bool:
    """Whether an ask is about a noun of its own sentence that it does not fit: `All node groups must be encrypted`."""
    text = line.sentence.text
    return any(_STATED.match(text[one.end :]) for one in line.mentions if one.end <= found.start)


def _distance(found: Found, mentions: Sequence[Mention]) -> int:
    """Return how many characters there are between an ask and the nearest of its nouns."""
    return min(max(found.start - mention.end, mention.start - found.end, 0) for mention in mentions)


def _name_of(types: Sequence[str], is_data: bool) -> str:
    """Return what to call the subject of an ask that names none: the noun of its first type, or data."""
    return "data" if is_data else load_lexicon().name_of(types[0]) if types else ""


def _is_alternative(found: Found, text: str) -> bool:
    """Whether what an ask says is one side of an `or`."""
    return bool(
        re.search(r"\b(or|either)\s+\S{0,12}\s*$", text[: found.start], re.I)
        or re.match(
            r"\W*(?:\([^)]{0,30}\)\s*|\d{1,5}\)\s*)?or\b(?!\s+(?:higher|later|newer|above|greater|more|better|up)\b)",
            text[found.end :],
            re.I,
        )
    )


def _filled(title: str, values: dict[str, object], names: str) -> str:
    for name, value in {"noun": names, **values}.items():
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        title = title.replace("{" + name + "}", text)
    return re.sub(r"\s*\{\w+\}", "", title).strip()


def _requirement(line: _Line, quote: str, about: str, types: tuple[str, ...], level: str, title: str) -> Requirement:
    return Requirement(
        id="",
        source=RequirementSource.PROMPT,
        line=line.sentence.line,
        quote=quote,
        about=about,
        types=types,
        level=level,
        title=title,
    )


def _fitting(types: Sequence[str], of: Sequence[str]) -> tuple[str, ...]:
    return tuple(type for type in types if not of or type in of)


def _linked(of: Sequence[str], found: Found, line: _Line) -> list[Mention]:
    """Return the nouns that an ask at a place is about: those beside it, else the nearest of what is above."""
    text = line.sentence.text
    fitting = [
        mention
        for mention in line.mentions
        if _fitting(mention.noun.types, of)
        and not (
            mention.noun.strength == "generic" and mention.end <= found.start and _MODIFIES.match(text[mention.end :])
        )
    ]
    inside = [mention for mention in fitting if mention.start < found.end and found.start < mention.end]
    if inside:
        return _with_neighbours(inside, fitting, text)
    after = [mention for mention in fitting if mention.start >= found.end]
    before = [mention for mention in fitting if mention.end <= found.start]
    if after and text[found.end : after[0].start].isspace():
        return _with_neighbours(after[:1], fitting, text)
    if before and _NEAR.match(text[before[-1].end : found.start]):
        return _with_neighbours(before[-1:], fitting, text)
    if after:
        between = text[found.end : after[0].start]
        if _FOLLOWS.match(between) or (_PREFIXES.match(between) and not before):
            return _with_neighbours(after[:1], fitting, text)
    if before:
        return _with_neighbours(before[-1:], fitting, text)
    if after:
        return _with_neighbours(after[:1], fitting, text)
    for mentions in (*line.above, *line.earlier):
        found_above = [mention for mention in mentions if _fitting(mention.noun.types, of)]
        if found_above:
            return found_above[:1]
    return []


def _with_neighbours(chosen: list[Mention], fitting: list[Mention], text: str) -> list[Mention]:
    """Add the nouns that are listed with the chosen nouns: `S3, RDS and DynamoDB`."""
    result = list(chosen)
    first = fitting.index(chosen[0])
    for index in range(first, 0, -1):
        if not _JOINED.match(text[fitting[index - 1].end : fitting[index].start]):
            break
        result.insert(0, fitting[index - 1])
    last = fitting.index(chosen[-1])
    for index in range(last, len(fitting) - 1):
        if not _JOINED.match(text[fitting[index].end : fitting[index + 1].start]):
            break
        result.append(fitting[index + 1])
    return result


def _things(line: _Line) -> Iterator[Demand]:
    """Yield a demand for each thing that a sentence names; things joined by `or` are alternatives of one demand."""
    sentence = line.sentence
    seen: set[tuple[str, ...]] = set()
    groups = [
        part
        for group in _alternatives(line.mentions, sentence.text)
        # what is negated is excluded thing by thing: `no NAT gateway or internet gateway`
        for part in ([[one] for one in group] if sentence.negates(_first_of_list(group[0], line).start) else [group])
    ]
    given = {one.noun.types for one in line.mentions if _IDENTIFIED.match(sentence.text[one.end :])}
    for group in sorted(groups, key=lambda group: not sentence.negates(group[0].start)):
        mention = group[0]
        start = mention.start
        types = tuple(dict.fromkeys(type for one in group for type in one.noun.types))
        if (
            types in seen
            or types in given
            or not _is_asked(mention, sentence, len(group) == 1, _is_prefix(mention, line))
        ):
            continue
        before = sentence.text[: _first_of_list(mention, line).start]
        after = sentence.text[_last_of_list(mention, line).end :]
        is_excluded = bool(_EXCLUDED.search(before) and _ENDS.match(after))
        negated = is_excluded or sentence.negates(start) or _LEFT_OUT.match(sentence.text[mention.end :]) is not None
        if negated and (types == _SUBNET or not (is_excluded or _is_excluded(group, sentence.text))):
            continue
        seen.add(types)
        quote = _quote(sentence.text, start, group[-1].end)
        number = None if negated or len(group) > 1 else _number_before(sentence.text[:start])
        about, judge = ("forbid", "nothing") if negated else ("resource", "exists")
        if number and types != _SUBNET:
            about, judge = "count", "count"
        kinds: dict[str, int] = {}
        if types == _SUBNET and about == "resource":
            words = sentence.text[max(0, start - len("private ")) : mention.end].lower()
            # how many there are is an ask of the lexicon
            kinds = {kind: 1 for kind in ("public", "private") if kind in words} or ({"subnets": 1} if number else {})
            judge = "subnets" if kinds else judge
        name = " or ".join(dict.fromkeys(one.noun.name for one in group))
        check = Check(
            judge=judge,
            subjects=(types,),
            names=name,
            text=sentence.text,
            arguments={"whole_service": mention.noun.name} if mention.noun.is_service else {},
            values=kinds or ({"n": number} if number else {}),
            is_weak=_is_weak(group[0], line) or bool(number and _WITHIN.search(sentence.text[:start])),
            is_partial=not negated and _says_more(sentence.text, start, group[-1].end, quote),
        )
        name = f"{' and '.join(kind for kind in kinds if kind != 'subnets')} {name}".strip()
        title = f"No {name}" if negated else f"{number} {_plural(name)}" if judge == "count" else name
        first = types[:MAX_SERVICE_TYPES] if mention.noun.is_service else types
        named = tuple(dict.fromkeys((*first, *(type for one in group for type in one.noun.also))))
        yield Demand(
            requirement=_requirement(line, quote, about, named, mention.noun.level, title), check=check, entry=judge
        )


def _plural(name: str) -> str:
    """Return what several of a thing are called."""
    if re.search(r"[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    return name if name.endswith("s") else f"{name}s"


def _is_asked(mention: Mention, sentence: Sentence, is_alone: bool, is_prefix: bool) -> bool:
    """Whether a noun at its place asks for the thing, rather than refers to it."""
    strength, start = mention.noun.strength, mention.start
    if sentence.is_optional_at(start, mention.end):
        return False
    if strength == "introduced" and not _INTRODUCES.search(sentence.text[:start]):
        return False
    before = sentence.text[:start]
    if strength == "generic" or (strength == "hinted" and not _HINT.search(before) and not _INTRODUCES.search(before)):
        return False
    after = sentence.text[mention.end :]
    if re.match(r"\.\w|::?\w|-[0-9a-f]{8}|-[a-z0-9]+-[a-z0-9]", after) or re.search(r"\w[.:]$", before):
        return False  # a part of another name: `lambda.amazonaws.com`, `s3:GetObject`
    if _QUALIFIES.match(after):
        return False
    if mention.noun.types == _KEY and _MANAGED.search(before):
        return False
    if strength == "hinted" and is_prefix:
        return False  # the service of what follows: `EC2 subnets`
    if not sentence.negates(start):  # an alternative to something that the lexicon does not know
        if re.search(r"\bor\s+(?:an?\s+|the\s+)?$", sentence.text[:start], re.I):
            return False
        if is_alone and re.match(r"s?\s+or\b", sentence.text[mention.end :], re.I):
            return False
    return not sentence.is_existing(start, mention.end) and not sentence.is_example(start)


def _is_prefix(mention: Mention, line: _Line) -> bool:
    """Whether another noun follows a noun without a word between them."""
    ends = {one.start for one in line.mentions}
    return any(line.sentence.text[mention.end : start].isspace() for start in ends if start > mention.end)


def _is_excluded(group: Sequence[Mention], text: str) -> bool:
    """Whether a negation is about the thing itself: `no NAT gateway`, and not `no NAT gateway rules`."""
    after = text[group[-1].end :]
    if _LEFT_OUT.match(after):
        return True
    return _EXCLUDED.search(text[: group[0].start]) is not None and _ENDS.match(after) is not None


def _number_before(text: str) -> int | None:
    """Return the number, from two on, that a text ends in, with at most one word behind it: `three`, `two separate`."""
    found = None if _VERSION.search(text) else _NUMBER.search(text)
    if found and _UPPER.search(text[: found.start()]):
        return None
    if _MULTIPLE.search(text):
        return 2
    word = found.group(1).lower() if found else "0"
    number = int(word) if is_natural(word) else NUMBER_WORDS[word]
    return number if 2 <= number <= 20 else None


def _says_more(text: str, start: int, end: int, quote: str) -> bool:
    """Whether a clause only refers to a thing, or asks more of it than that it is there."""
    if _MODAL.match(text[end:]) and re.search(r"\d", text[end:]):
        return True
    return _FURTHER.search(quote) is not None


def _is_weak(mention: Mention, line: _Line) -> bool:
    """Whether a thing is named in passing: as what something else is for, or whose metrics, access or events are meant."""
    text = line.sentence.text
    before = text[: mention.start]
    if _VARIES.search(text) or _ASIDE.match(text[_last_of_list(mention, line).end :]) or _HEADED.search(before):
        return True
    is_bracketed = text[mention.end : mention.end + 1] == ")"
    others = [one for one in line.mentions if not set(one.noun.types) & set(mention.noun.types)]
    if is_bracketed and any(text[one.end : mention.start].strip() == "(" for one in others):
        return True  # whose the noun before it is: `Security Groups (EC2)`
    named = text[mention.start : mention.end].lower()
    if mention.noun.types[0].startswith("AWS::CloudWatch") and "cloudwatch" not in named and _FOREIGN.search(before):
        return True  # the dashboard of another service
    if _is_supposed(text, before):
        return True
    if _ALL.search(before) and _STATED.match(text[mention.end :]):
        return True  # a statement about all of them, which asks for none
    if _PLURAL_RULE.match(text, mention.end) and not before.strip(" -"):
        return True  # a rule for those that there are: `EC2 instances should always have roles`
    if mention.noun.strength == "called" and _is_prefix(mention, line) and mention.noun.types != _SUBNET:
        return True  # what the next noun is for: `bastion host security group`
    if _WHERE.search(before) and _ACTS.match(text[mention.end :]):
        return True
    if _RELATIVE.search(before) and _DOES.match(text[mention.end :]):
        return True
    if mention.noun.types in (_VPC, _SUBNET) and _INSIDE.search(text[: mention.start]):
        return True  # where something runs, which may be there already
    if mention.noun.types == _KEY and _ENCRYPTS.search(text[: mention.start]):
        return True  # a key of AWS encrypts as well
    return _is_listed(mention, line) or _is_governed(mention, line)


def _is_supposed(text: str, before: str) -> bool:
    """Whether a sentence says what each would need if there were any, what the answer is to read, or names alternatives."""
    return any(pattern.search(before) for pattern in (_IF_ANY, _INPUT)) or _EITHER.search(text) is not None


def _is_listed(mention: Mention, line: _Line) -> bool:
    """Whether a noun is in a list of outputs, parameters, tags or logs: what the list holds is about it."""
    text = line.sentence.text
    above = (*line.sentence.headings[-1:], *line.sentence.parents)
    if any(_LISTED.search(text) for text in above):
        return True
    if any(_APPLIED.search(text) for text in line.sentence.parents[-1:]):
        return True
    if any(_ENDPOINTS.search(text) for text in above) and not _ENDPOINT.search(mention.noun.types[0]):
        return True
    if re.match(r"\W*(outputs?|parameters?|parameteri[sz]ation|tags?|export)\b", text, re.I):
        return True
    # whose logs something else holds: `buckets for application logs, CloudTrail logs`
    return bool(_LOGS_OF.match(text[mention.end :])) and any(one.end <= mention.start for one in line.mentions)


def _is_governed(mention: Mention, line: _Line) -> bool:
    """Whether a noun, or the list that it is in, is the object of a preposition or of a verb that creates nothing."""
    before = line.sentence.text[: _first_of_list(mention, line).start]
    if mention.noun.types[0] in _WATCHERS:
        before = _WATCHING.sub("", before)
    return _GOVERNED.search(_MADE.sub("", before)) is not None and _MEANS.search(before) is None


def _first_of_list(mention: Mention, line: _Line) -> Mention:
    """Return the first noun of the list that a noun is in: what governs or negates the list is before it."""
    first = mention
    for one in reversed([one for one in line.mentions if one.end <= mention.start]):
        between = _BRACKETS.sub("", line.sentence.text[one.end : first.start])
        if not _JOINED.match(between) and not _ALIKE.match(between):
            break
        first = one
    return first


def _last_of_list(mention: Mention, line: _Line) -> Mention:
    """Return the last noun of the list that a noun is in: what it is named for is behind the list."""
    last = mention
    for one in [one for one in line.mentions if one.start >= mention.end]:
        if not _JOINED.match(line.sentence.text[last.end : one.start]):
            break
        last = one
    return last


def _alternatives(mentions: Sequence[Mention], text: str) -> Iterator[list[Mention]]:
    """Yield the mentions, those that `or` joins as one group: `SQS, SNS, or Kinesis`."""
    group: list[Mention] = []
    joins: list[str] = []
    for mention in (one for one in mentions if one.noun.strength != "generic"):
        between = text[group[-1].end : mention.start] if group else "\0"
        if group and ((_JOINED.match(between) and len(between) < 24) or _OTHERWISE.fullmatch(between)):
            group.append(mention)
            joins.append(between.lower())
            continue
        yield from _split_group(group, joins)
        group, joins = [mention], []
    yield from _split_group(group, joins)


def _split_group(group: list[Mention], joins: list[str]) -> Iterator[list[Mention]]:
    if any(re.search(r"\bor\b", join) for join in joins) and not any("and" in join for join in joins):
        yield group
    else:
        yield from ([mention] for mention in group)


def _quote(text: str, start: int, end: int) -> str:
    """Return the words from `start` to `end`, with the rest of their clause, no longer than MAX_QUOTE."""
    left = max((match.end() for match in _CLAUSE.finditer(text, 0, start)), default=0)
    right = min((match.start() for match in _CLAUSE.finditer(text, end)), default=len(text))
    if right - left > MAX_QUOTE:
        left, right = max(left, start - 60), min(right, max(end + 60, start))
        left = text.rfind(" ", 0, left) + 1 if left else 0
        right = text.find(" ", right) if text.find(" ", right) >= 0 else len(text)
    return text[left:right].strip(" ,;:-")[: 2 * MAX_QUOTE]
