"""Judges of the answer's files: formats, names, documents, parameters, outputs, deletion policies and regions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.bundle import Kind
from grader.detectors.requirements.answer import Answer, Built
from grader.detectors.requirements.literals import closed_mappings, written_out
from grader.detectors.requirements.verdict import UNSEEN, Verdict, absent, judge, met, unjudged, unmet
from grader.model import DecidedBy, Located, Location, RequirementStanding
from grader.support.markdown import enumerated
from grader.task.reading import Demand, load_lexicon
from grader.template import AnyNode, Call, Map, Parameter, Scalar, Template, plain, text_of, walk

_REGION = re.compile(r"\b(?:us|eu|ap|sa|ca|me|af|il)-(?:gov-)?(?:north|south|east|west|central){1,2}-\d\b")
_PROSE = 12  # so many words around a template are a sentence about it
_LONG = 300  # words of a document that may say something in other words
_HEADING = re.compile(r"^\s*#+ .*$|^\W*[\w./-]+\.(?:ya?ml|json)\W*$", re.M)  # titles and names of files
_COMMON = frozenset(
    "id ids arn arns name names url urls key keys resource resources all the of for and a an value values main critical stack created "
    "reference references exported section comprehensive identifier identifiers important relevant details info information".split()
)


def _in(file: str, line: int, message: str, name: str = "", path: str = "") -> Located:
    return Located(location=Location(file=file, line=line, resource=name, path=path), message=message)


@judge("format")
def format_(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the templates are JSON or YAML, as the entry says."""
    wanted = demand.check.arguments.get("format")
    templates = answer.case.templates
    if not templates:
        if answer.case.unread:
            return unjudged("the template cannot be parsed")
        return unmet("the answer has no template")
    wrong = [template for template in templates if template.is_json != (wanted == "json")]
    if not wrong:
        return met([_in(template.file, 1, f"is {wanted}") for template in templates])
    if len(wrong) < len(templates):
        return unjudged("the answer has templates of both formats")
    return unmet(
        f"{wrong[0].file} is {'JSON' if wrong[0].is_json else 'YAML'}",
        [_in(one.file, 1, "is the other format") for one in wrong],
    )


@judge("single-template")
def single_template(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the answer has exactly one template."""
    files = [file.name for file in answer.case.bundle.of_kind(Kind.TEMPLATE)]
    if len(files) == 1:
        return met([_in(files[0], 1, "is the only template")])
    if not files:
        return unmet("the answer has no template")
    return unjudged(f"the answer has {len(files)} templates")


@judge("file-name")
def file_name(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a file of the answer has the name that the prompt gives."""
    name = str(demand.check.values.get("name", "")).rpartition("/")[2]
    wanted = name.lower()
    found = [file for file in answer.case.bundle.files if file.name.rpartition("/")[2].lower() == wanted]
    if found:
        return met([_in(found[0].name, 1, "has the name")])
    if any(wanted in file.text.lower() for file in answer.case.bundle.files):
        return met(
            [_in(file.name, 1, "names the file") for file in answer.case.bundle.files if wanted in file.text.lower()][
                :1
            ]
        )
    if wanted.partition(".")[0] in ("template", "main", "stack", "cloudformation"):
        return unjudged("any template may be called so")
    return unmet(f"no file of the answer is called {name}, and the answer does not name one")


@judge("document")
def document(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a document of the answer matches the entry's pattern; a long text with a word of the subject may say it."""
    pattern, subject = (re.compile(str(demand.check.arguments.get(name, "")), re.I) for name in ("pattern", "subject"))
    files = list(answer.case.bundle.of_kind(Kind.DOCUMENT, Kind.SCRIPT))
    found = [file for file in files if pattern.search(file.text) or pattern.search(file.name)]
    if found:
        return met([_in(found[0].name, 1, "has it")])
    if any(len(file.text.split()) > _LONG and subject.search(file.text) for file in files):
        return unjudged("the documents may say it in other words")
    return unmet("the answer has no such document")


@judge("comments")
def comments(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a YAML template has comments."""
    templates = [template for template in answer.case.templates if not template.is_json]
    if not templates and re.search(r"\bjson\b", answer.case.task.prompt, re.I):
        return unjudged("the prompt asks for JSON, which has no comments")
    if not templates:
        return (
            unmet("the template is JSON, which has no comments")
            if answer.case.templates
            else unjudged("no template can be read")
        )
    counts = [(template, len(re.findall(r"^\s*#\s*\w", template.text, re.M))) for template in templates]
    good = [template for template, count in counts if count >= 3]
    if good:
        return met([_in(template.file, 1, "has comments") for template in good])
    if any(count for _, count in counts):
        return unjudged("the template has few comments")
    return unmet(f"{templates[0].file} has no comments", [_in(templates[0].file, 1, "has no comments")])


# A public parameter gives the same image as a mapping from regions to images.
# Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html
_IMAGES = re.compile(r"\b(amis?|images?)\b", re.I)
_OF_SSM = re.compile(r"AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>|resolve:ssm:/aws/service/ami")


@judge("section")
def section(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a template has a section: Parameters, Outputs, Conditions, Mappings, Description."""
    name = str(demand.check.arguments.get("section", ""))
    templates = answer.case.templates
    found = [template for template in templates if (node := template.root.get(name)) is not None and plain(node)]
    if found:
        return met([_in(template.file, template.root.keys[name].line, "has the section") for template in found])
    if not templates or answer.case.unread:
        return (
            unjudged("no template of the answer can be read")
            if answer.case.unread
            else unmet("the answer has no template")
        )
    if name == "Mappings" and _IMAGES.search(demand.check.text) and any(_OF_SSM.search(one.text) for one in templates):
        return unjudged("a parameter of Systems Manager gives the image of each region")
    return unmet(f"no template has {name}", [_in(templates[0].file, 1, f"has no {name}")])


@judge("transform")
def transform(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a template declares the SAM transform."""
    templates = [template for template in answer.case.templates if "AWS::Serverless-2016-10-31" in template.transforms]
    if templates:
        return met([_in(template.file, 1, "declares it") for template in templates])
    return (
        unjudged("no template can be read")
        if not answer.case.templates
        else unmet("no template declares the SAM transform")
    )


@judge("validates")
def validates(answer: Answer, demand: Demand) -> Verdict:
    """Leave it to the failures of the engines and the rules whether the templates are accepted."""
    verdict = unjudged("the engines and the rules report what CloudFormation rejects")
    return (
        verdict if demand.check.is_weak else replace(verdict, decided_by=DecidedBy(str(demand.check.arguments["by"])))
    )


@judge("bare")
def bare(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the answer is the template and nothing else: titles and names of files are not counted."""
    files = list(answer.case.bundle.of_kind(Kind.DOCUMENT))
    words = sum(len(re.findall(r"[A-Za-z]{2,}", _HEADING.sub("", file.text))) for file in files)
    if not words:
        return met()
    if words < _PROSE:
        return unjudged("the answer has few words beside the template")
    return unmet(f"the answer has {words} words beside the template", [_in(files[0].name, 1, "is text")])


@judge("description-is")
def description_is(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a template has the description that the prompt gives."""
    wanted = _folded(str(demand.check.values.get("quoted", "")))
    templates = [template for template in answer.case.templates if template.root.get("Description") is not None]
    if not templates:
        return unjudged(UNSEEN) if answer.case.broken else unmet("no template has a Description")
    for template in templates:
        if wanted in _folded(str(text_of(template.root.get("Description")))):
            return met([_in(template.file, template.root.keys["Description"].line, "has the description")])
    first = templates[0]
    there = str(text_of(first.root.get("Description")))[:80]
    return unmet(
        f"{first.file} has the description {there!r}",
        [_in(first.file, first.root.keys["Description"].line, "has another description")],
    )


@judge("image-parameter")
def image_parameter(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the image of instances comes from an SSM parameter."""
    servers = [
        (one, one.resource.get("ImageId") or one.resource.get("LaunchTemplateData.ImageId"))
        for one in answer.of(("AWS::EC2::Instance", "AWS::EC2::LaunchTemplate"))
    ]
    servers = [(one, node) for one, node in servers if node is not None]
    for one, node in servers:
        names = [part.text for _, part in walk(node) if isinstance(part, Scalar)] if node else []
        given = [one.template.parameters[name] for name in names if name in one.template.parameters]
        if any("resolve:ssm" in name for name in names) or any(
            p.type.startswith("AWS::SSM::Parameter::Value") for p in given
        ):
            return met([one.located("has the image of an SSM parameter", "ImageId")])
    if not servers or answer.is_opaque or _misplaced(answer):
        return unjudged("no instance has an image that can be seen")
    return unmet(
        f"the image of {servers[0][0].name} is not that of an SSM parameter",
        [one.located("has another image", "ImageId") for one, _ in servers],
    )


def _misplaced(answer: Answer) -> bool:
    """Whether a parameter of Systems Manager is declared among the resources, which rules report."""
    return any(one.type.startswith("AWS::SSM::Parameter::Value") for _, one in answer.case.resources())


# ---- parameters


def _parameters(answer: Answer) -> Iterator[tuple[Template, Parameter]]:
    for template in answer.case.templates:
        for parameter in template.parameters.values():
            yield template, parameter


@judge("parameter")
def parameter(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a template has the parameter that the prompt names, with the default that it gives."""
    values = demand.check.values
    word = str(values.get("name", ""))
    wanted = _folded(word)
    found = [(template, one) for template, one in _parameters(answer) if _folded(one.name) == wanted]
    if not found:
        if answer.is_opaque:
            return unjudged(UNSEEN)
        near = [one.name for _, one in _parameters(answer) if _is_like(wanted, _folded(one.name))]
        return unjudged(f"the answer has {near[0]}") if near else unmet(f"no template has the parameter {word}")
    default = values.get("default")
    places = [_in(template.file, one.line, "is the parameter", one.name) for template, one in found]
    wanted = "" if _EMPTY.fullmatch(str(default).strip()) else _folded(str(default or ""))
    choices = values.get("choices")
    wrong = _refused(choices, found[0][1]) if isinstance(choices, tuple) else ""
    if wrong:
        template, one = found[0]
        return unmet(f"{one.name} {wrong}", [_in(template.file, one.line, wrong, one.name)])
    if default is None or any(one.default is not None and _folded(one.default) == wanted for _, one in found):
        return met(places)
    template, one = found[0]
    there = "has no default" if one.default is None else f"has the default {one.default!r}"
    return unmet(f"{one.name} {there}", [_in(template.file, one.line, there, one.name)])


def _refused(choices: Sequence[object], parameter: Parameter) -> str:
    """Return what keeps a parameter from allowing the values that the prompt lists, and no others; empty where nothing does."""
    there = plain(parameter.node.get("AllowedValues"))
    pattern = text_of(parameter.node.get("AllowedPattern"))
    if not isinstance(there, list):
        return "" if pattern else "has no AllowedValues"
    allowed = {_folded(str(one)) for one in there}
    missing = next((str(one) for one in choices if _folded(str(one)) not in allowed), "")
    return f"does not allow {missing}" if missing else ""


_EMPTY = re.compile(r"(an? )?(empty|blank|none|null|empty string|\"\"|'')", re.I)


def _is_like(wanted: str, name: str) -> bool:
    """Whether a name has another in it, or is the most of it."""
    return wanted in name or (name in wanted and len(name) >= 0.7 * len(wanted))


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


@judge("parameter-checks")
def parameter_checks(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether some parameter checks its values."""
    checking = [
        (template, one)
        for template, one in _parameters(answer)
        if any(one.node.get(key) is not None for key in ("AllowedValues", "AllowedPattern", "MinLength", "MinValue"))
    ]
    if checking:
        return met([_in(template.file, one.line, "checks its values", one.name) for template, one in checking])
    if answer.is_opaque or not answer.case.templates:
        return unjudged(UNSEEN)
    return unmet("no parameter has AllowedValues or AllowedPattern")


@judge("parameter-list")
def parameter_list(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether there are parameters for the things that the prompt lists."""
    items = _items(demand)
    if not items:
        return unjudged("the prompt does not list them")
    names = [
        (template, one, _words_of(f"{one.name} {one.text('Description') or ''}"))
        for template, one in _parameters(answer)
    ]
    if not names:
        return unjudged(UNSEEN) if answer.is_opaque else unmet("no template has parameters")
    missing = [item for item in items if not any(_fits(item, words) for _, _, words in names)]
    if not missing:
        return met([_in(template.file, one.line, "is a parameter", one.name) for template, one, _ in names])
    if len(missing) < len(items):
        return unjudged(f"no parameter is called after {missing[0]}")
    return (
        unmet(f"no template has a parameter for {missing[0]}")
        if len(items) > 1
        else unjudged(f"no parameter is called after {missing[0]}")
    )


@judge("parameters-called")
def parameters_called(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether templates have the parameters that the prompt names in a list."""
    names = demand.check.values.get("names")
    wanted = [name for name in names if isinstance(name, str)] if isinstance(names, tuple) else []
    there = {_folded(one.name) for _, one in _parameters(answer)}
    missing = [name for name in wanted if not any(_is_like(_folded(name), other) for other in there)]
    exact = [name for name in wanted if _folded(name) not in there]
    if not answer.case.templates or answer.is_opaque:
        return unjudged(UNSEEN)
    if missing:
        return unmet(f"no template has the parameter {missing[0]}")
    if exact:
        return unjudged(f"a parameter has a name that is like {exact[0]}")
    return met([_in(template.file, one.line, "is the parameter", one.name) for template, one in _parameters(answer)])


@judge("parameter-for")
def parameter_for(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether some parameter is for the item that the prompt lists: a word in common leaves it open."""
    verdict = parameter_list(answer, demand)
    if verdict.standing != RequirementStanding.UNJUDGED or answer.is_opaque:
        return verdict
    item = next(iter(_items(demand)), "")
    wanted = {word for word in _words_of(str(item)) - {_folded(str(item))} if word not in _COMMON and len(word) > 1}
    there = {
        word for _, one in _parameters(answer) for word in _words_of(f"{one.name} {one.text('Description') or ''}")
    }
    is_near = any(word in name or name in word for word in wanted for name in there if len(name) > 2)
    return verdict if not wanted or is_near else unmet(f"no template has a parameter for {item}")


def _items(demand: Demand) -> list[set[str]] | list[str]:
    value = demand.check.values.get("names")
    return [item for item in value if isinstance(item, str)] if isinstance(value, tuple) else []


def _words_of(text: str) -> set[str]:
    text = re.sub(r"\b([A-Z]{2,})s\b", r"\1", text)  # ARNs, IDs
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|[a-z]+|\d+", text)
    return {part.lower().rstrip("s") for part in parts} | {_folded(text)}


def _fits(item: object, words: set[str]) -> bool:
    wanted = {word for word in _words_of(str(item)) - {_folded(str(item))} if word not in _COMMON and len(word) > 1}
    return not wanted or (
        wanted <= words or _folded(str(item)) in words or any(_folded(str(item)) in word for word in words)
    )


# ---- outputs


# Words that name no output in particular: `key resource IDs and attributes`.
_ANY_OUTPUT = frozenset(
    "all and any arns arn attributes critical crucial details essential for id identifiers ids important information key main names "
    "necessary of other relevant required resource resources stack the useful values".split()
)


@judge("outputs")
def outputs(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the outputs have what the prompt lists; whether there are outputs at all where it lists nothing."""
    templates = [template for template in answer.case.templates if template.outputs]
    if not templates:
        if answer.case.unread or not answer.case.templates:
            return unjudged("no template of the answer can be read")
        return unmet("no template has outputs", [_in(answer.case.templates[0].file, 1, "has no outputs")])
    if demand.check.arguments.get("exported"):
        exported = [
            (t, n)
            for t in templates
            for n, node in t.outputs.items()
            if getattr(node, "get", lambda _: None)("Export") is not None
        ]
        if not exported:
            return unmet(
                "no output has an Export",
                [_in(templates[0].file, templates[0].section("Outputs").line, "has no exports")],
            )
    items = [item for item in _items(demand) if not set(re.findall(r"[a-z]+", str(item).lower())) <= _ANY_OUTPUT]
    missing = [item for item in items if not any(_gives(answer, t, n, str(item)) for t in templates for n in t.outputs)]
    if not missing:
        return met([_in(t.file, t.line_of("Outputs", n), "is an output", n) for t in templates for n in t.outputs])
    sure = [item for item in missing if _is_unused(answer, str(item))]
    if sure or (len(missing) * 2 > len(items) and len(items) > 1):
        several = enumerated([str(item) for item in sure or missing])
        return unmet(
            f"no output gives {several}",
            [_in(templates[0].file, templates[0].section("Outputs").line, f"does not give {several}")],
        )
    return unjudged(f"no output is called after {missing[0]}")


def _is_unused(answer: Answer, item: str) -> bool:
    """Whether an answer creates what an item is about, and no output refers to it."""
    types = {type for mention in load_lexicon().mentions(item) for type in mention.noun.types}
    created = answer.of(tuple(types))
    given = [
        plain(node.get("Value"))
        for template in answer.case.templates
        for node in template.outputs.values()
        if isinstance(node, Map)
    ]
    named = any(
        plain(node) in given for one in created for key, node in one.resource.properties.values.items() if "Name" in key
    )
    return bool(created) and not named and not answer.is_opaque


def _gives(answer: Answer, template: Template, name: str, item: str) -> bool:
    node = template.outputs[name]
    said = " ".join(str(part.text) for _, part in walk(node) if isinstance(part, Scalar))
    if _fits(item, _words_of(f"{name} {said}")):
        return True
    if re.search(r"\b(endpoint|url|dns|address)", item, re.I) and re.search(
        r"dns|endpoint|url|https?:", f"{name} {said}", re.I
    ):
        return True
    types = {type for mention in load_lexicon().mentions(item) for type in mention.noun.types}
    used = {template.resources[word].type for word in re.findall(r"\w+", said) if word in template.resources}
    return bool(types & used)


@judge("output-called")
def output_called(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a template has the output that the prompt names."""
    word = str(demand.check.values.get("name", ""))
    wanted = _folded(word)
    names = [(template, name) for template in answer.case.templates for name in template.outputs]
    found = [(template, name) for template, name in names if _folded(name) == wanted]
    if found:
        return met([_in(t.file, t.line_of("Outputs", n), "is the output", n) for t, n in found])
    if answer.is_opaque or any(_is_like(wanted, _folded(name)) for _, name in names):
        return unjudged("an output has a name that is like it")
    return unmet(f"no template has the output {word}")


# ---- regions, literals


@judge("region")
def region(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the templates name no region but the one that is asked for."""
    wanted = {str(value) for value in demand.check.values.values()} | set(_REGION.findall(answer.case.task.prompt))
    others = [(template, line, name) for template, line, name in _regions(answer) if name not in wanted]
    if not answer.case.templates:
        return unjudged("no template of the answer can be read")
    if others:
        return unjudged(f"{others[0][0].file} also names {others[0][2]}")
    return met()


_PORTABLE = re.compile(
    r"\b(different|any|every|all|multiple|other|across) (aws )?(regions?)\b|region[- ](agnostic|independent)", re.I
)


@judge("no-literal-region")
def no_literal_region(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the resources name no region, and no image or zone, which are of one region."""
    if not answer.case.templates:
        return unjudged("no template of the answer can be read")
    is_portable = _PORTABLE.search(demand.requirement.quote) is not None
    bound = written_out(answer, ("image", "zone") if is_portable else ("zone",))
    if bound:
        return unmet(f"{bound[0].resource} {bound[0].message}, which is of one region", bound)
    mapped = closed_mappings(answer)
    if mapped and re.search(r"\b(any|all|every) (aws )?region", demand.requirement.quote, re.I):
        return unmet(
            f"{mapped[0].resource} takes its image from a mapping, which has images of some regions only", mapped
        )
    found = list(_regions(answer))
    if found:
        return unjudged(f"{found[0][0].file} names {found[0][2]}")
    return met()


def _regions(answer: Answer) -> Iterator[tuple[Template, int, str]]:
    for template in answer.case.templates:
        for name in ("Resources",):
            for path, node in walk(template.section(name)):
                if (
                    isinstance(node, Scalar)
                    and isinstance(node.value, str)
                    and "Description" not in path
                    and "ZipFile" not in path
                ):
                    for found in _REGION.findall(node.text):
                        yield template, node.line, found


@judge("no-literal-secret")
def no_literal_secret(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether no password is written into a template; of databases only where the sentence is about theirs."""
    is_narrow = re.search(r"\b(databases?|rds|db|aurora|master)\b", demand.check.text, re.I) is not None
    for built in answer.built:
        if is_narrow and not re.search(
            r"::RDS::|::DocDB::|::Redshift::|db|database|rds|aurora", f"{built.type}{built.name}", re.I
        ):
            continue
        for path in ("MasterUserPassword", "AuthToken", "MasterPassword", "Password", "SecretString"):
            node = built.resource.get(path)
            if isinstance(node, Scalar) and node.text and "{{resolve" not in node.text:
                return unmet(f"{built.name} has a literal {path}", [built.located("has a literal secret", path)])
            if _defaulted(built, node):
                return unmet(
                    f"the parameter of {path} of {built.name} has a default",
                    [built.located("has a default secret", path)],
                )
    if answer.is_opaque or not answer.built:
        return unjudged(UNSEEN)
    return met()


def _defaulted(built: Built, node: AnyNode | None) -> bool:
    if not isinstance(node, Call) or node.name != "Ref" or not isinstance(node.argument, Scalar):
        return False
    parameter = built.template.parameters.get(node.argument.text)
    return bool(
        parameter
        and parameter.default
        and "{{resolve" not in parameter.default
        and not parameter.type.startswith("AWS::SSM")
    )


# ---- words


@judge("words")
def words(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a resource of the types has a text that matches the entry's pattern."""
    pattern = re.compile(str(demand.check.arguments.get("pattern", "")), re.I)
    types = tuple(type for subject in demand.check.subjects for type in subject)
    resources = answer.of(types)
    found = [
        one
        for one in resources
        if any(
            (isinstance(node, Scalar) and pattern.search(node.text)) or pattern.search(str(path[-1]) if path else "")
            for path, node in walk(one.resource.properties)
        )
    ]
    if found:
        return met([one.located("has it") for one in found])
    if answer.is_opaque:
        return unjudged(UNSEEN)
    if not resources:
        return absent(answer, types, demand.check.names)
    return unjudged("it may be written in other words")


@judge("text")
def text(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a template has a text that matches the entry's pattern, wherever it is."""
    pattern = re.compile(str(demand.check.arguments.get("pattern", "")), re.I)
    for template in answer.case.templates:
        found = pattern.search(template.text)
        if found:
            return met([_in(template.file, template.text.count("\n", 0, found.start()) + 1, "has it")])
    if answer.is_opaque:
        return unjudged(UNSEEN)
    return unmet(str(demand.check.arguments.get("missing", f"no template mentions {demand.requirement.title}")))


_KMS = re.compile(r"^(?!\s*#)[^\n]*kms", re.I | re.M)


@judge("kms-anywhere")
def kms_anywhere(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the templates name KMS at all, where the prompt does not say for what; met is not known then."""
    others = demand.check.arguments.get("others")
    types = others if isinstance(others, tuple) else ()
    if any(_KMS.search(template.text) for template in answer.case.templates):
        return unjudged("the templates use KMS, and the prompt does not say for what")
    stores = [one for one in answer.built if one.type in types]
    if answer.is_opaque or not stores:
        return unjudged(UNSEEN)
    return unmet("no template names a KMS key", [one.located("names no KMS key") for one in stores])


@judge("image")
def image(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether the image of instances is the one that the entry's pattern names."""
    pattern = re.compile(str(demand.check.arguments.get("pattern", "")), re.I)
    servers = [
        (one, one.resource.get("ImageId") or one.resource.get("LaunchTemplateData.ImageId"))
        for one in answer.of(("AWS::EC2::Instance", "AWS::EC2::LaunchTemplate"))
    ]
    servers = [(one, node) for one, node in servers if node is not None]
    if not servers:
        return unjudged("no instance has an image")
    for one, node in servers:
        names = [part.text for _, part in walk(node) if isinstance(part, Scalar)] if node else []
        given = [one.template.parameters[name] for name in names if name in one.template.parameters]
        texts = [*names, *(text for p in given for text in (p.default or "", p.text("Description") or ""))]
        if any(pattern.search(text) for text in texts):
            return met([one.located("has the image", "ImageId")])
    return unjudged("the image of the instances is not known by its id")


@judge("language")
def language(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether functions run on the language that the prompt names."""
    name = str(demand.check.values.get("language", "")).lower()
    prefix = {
        "python": "python",
        "node": "nodejs",
        "nodejs": "nodejs",
        "node.js": "nodejs",
        "javascript": "nodejs",
        "typescript": "nodejs",
        "java": "java",
        "ruby": "ruby",
        "golang": "provided",
        "dotnet": "dotnet",
    }.get(name)
    if prefix is None:
        return unjudged("it is not a language that the lexicon knows")
    functions = answer.of(("AWS::Lambda::Function",))
    if not functions:
        return unjudged(UNSEEN) if answer.is_opaque else unmet("the answer creates no Lambda function")
    good = [one for one in functions if str(one.first("Runtime")).startswith(prefix)]
    if good:
        return met([one.located("runs on it", "Runtime") for one in good])
    return unmet(
        f"{functions[0].name} has the runtime {functions[0].first('Runtime')}",
        [one.located("runs on another", "Runtime") for one in functions],
    )


@judge("secret")
def secret(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether there is a secret, or the database makes one."""
    found = answer.exactly("AWS::SecretsManager::Secret") + answer.inline(("AWS::SecretsManager::Secret",))
    if found:
        return met([one.located("holds the credentials") for one in found])
    if answer.is_opaque:
        return unjudged(UNSEEN)
    if any("resolve:secretsmanager" in template.text for template in answer.case.templates):
        return met()
    return unmet("the answer creates no Secrets Manager secret")
