"""The mechanisms: each fact judged on a response, as it would be deployed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from grader.case import Case
from grader.case.policies import allowed, documents_of, matches, statements_in, texts_in, trust_of
from grader.facts.checks import CHECKS, Broken, unordered
from grader.facts.clauses import Clause, View, holds, parse_clause, violating
from grader.facts.model import Allows, Fact, Invoke, Order, Partner, ResourcePolicy, Trust
from grader.facts.order import needed_by
from grader.facts.places import Place, identity, places, root_of, target_of
from grader.facts.references import shared, wrong_reference
from grader.model import Located, Location
from grader.plan.graph import graph_of
from grader.support.markdown import code
from grader.template import Resource, Scope, Template

MAX_BROKEN = 20  # of one fact and one response


def broken(fact: Fact, case: Case) -> Iterator[Located]:
    """Yield where a response breaks a fact: on resources that would be created, with values that the plan gives."""
    count = 0
    for template, resource in case.resources(fact.type, *fact.also):
        if case.scopes[template.file].exists(resource) is not True:
            continue
        root = root_of(template, resource)
        items = [item for item in places(case, root, fact.each) if not item.is_absent] if fact.each else [None]
        for item in items:
            view = View(case, root, item, fact.defaults)
            if all(holds(parse_clause(text), view, every=False) is True for text in fact.when):
                for found in _judge(fact, case, view):
                    yield _located(found, _about(fact, view, found.place))
                    count += 1
            if count >= MAX_BROKEN:
                return


def _about(fact: Fact, view: View, place: Place) -> str:
    """Return what a broken fact covers, as `Resource.Property` texts: other detectors may report the same there.

    `Resource.*` is the choice between properties, `Resource:Path` everything below a path that has to be absent.
    """
    found = [f"{place.resource.name}.{step}" for step in place.path[-1:]]
    found += [f"{view.root.resource.name}.{name}" for name in fact.about]
    for text in (*fact.when, *fact.must):
        clause = parse_clause(text)
        paths = [*clause.paths, *([clause.operand[1:-1]] if clause.operand.startswith("<") else [])]
        if len(clause.paths) > 1:
            found.append(f"{view.root.resource.name}.*")
        for path in paths:
            last = path.rpartition(".")[2].rpartition(" ")[2]
            found += [f"{there.resource.name}.{last}" for there in view.at(path)]
        if clause.operation == "is absent" and text in fact.must:
            found += [f"{there.resource.name}:{'.'.join(there.path)}" for there in view.at(clause.path)]
    return " ".join(dict.fromkeys(found))


def _located(found: Broken, about: str) -> Located:
    place, resource = found.place, found.place.resource
    path = ".".join(place.path)
    location = Location(
        file=place.template.file,
        line=place.line if place.path else resource.line,
        resource=resource.name,
        type=resource.type,
        path=f"Properties.{path}" if path else "",
    )
    message = found.detail.replace("`", "")
    facts = {"because": _because(found), "says": message, "about": about}
    if found.later:
        facts["later"] = found.later.replace(" and ", ", ")
    if found.needed:
        facts["needed"] = found.needed
    if found.referrer:
        facts["referrer"] = found.referrer
    return Located(location=location, message=message, facts=facts, level=found.level)


# Names in a phrase that are written as code: actions, service principals, resource types and names of two or more words.
_NAME = re.compile(
    r"[a-z0-9-]+:[A-Z*]\w*\*?|[\w.-]+\.amazonaws\.com|AWS/\w+|[A-Z]\w+(?:::\w+)+|[A-Z]+[a-z0-9]+[A-Z]\w*"
)


# What phrases about a whole template begin with.
_WHOLE = ("no template", "no policy", "no permission", "no AWS::", "the region of the stack")


def _because(found: Broken) -> str:
    """Return the sentence that tells what in the template breaks a fact."""
    name, later = found.place.resource.name, found.later
    if later and found.detail.startswith("nothing"):
        return (
            f"Neither DependsOn nor a reference leads from {code(name)} to {_with_names(later, found.place.template)}, "
            f"so CloudFormation may create {code(name)} first."
        )
    template = found.place.template
    phrase = "".join(
        part if part.startswith("`") else _with_names(part, template) for part in re.split(r"(`[^`]*`)", found.detail)
    )
    if (
        re.search(rf"\b{re.escape(name)}\b", found.detail)
        or found.detail.startswith(_WHOLE)
        or _begins(phrase, template)
    ):
        return phrase[0].upper() + phrase[1:] + "."
    return f"In {code(name)}, {phrase}."


def _begins(phrase: str, template: Template) -> bool:
    """Whether a phrase begins with the name of a resource."""
    return phrase.startswith("`") and phrase[1:].partition("`")[0] in template.resources


def _with_names(text: str, template: Template) -> str:
    """Write the names of resources and of AWS in a phrase as code."""

    def written(word: re.Match[str]) -> str:
        return code(word[0]) if word[0] in template.resources or _NAME.fullmatch(word[0]) else word[0]

    return re.sub(r"(?<![\w$])(?<!default )(?:AWS/\w+|\w[\w.:*-]*(?<![.:-]))", written, text)


def _judge(fact: Fact, case: Case, view: View) -> Iterator[Broken]:
    if fact.must:
        yield from _combination(fact, view)
    elif fact.check:
        yield from CHECKS[fact.check](case, view.root)
    elif fact.after:
        yield from _order(fact.after, case, view.root)
    elif fact.trust:
        yield from _trust(fact.trust, case, view)
    elif fact.allows:
        yield from _allows(fact.allows, case, view)
    elif fact.policy:
        yield from _policy(fact.policy, case, view)
    elif fact.invoke:
        yield from _invoke(fact.invoke, case, view)
    elif fact.partner:
        yield from _partner(fact.partner, case, view.root)
    elif fact.refers:
        yield from wrong_reference(fact.refers, view)
    elif fact.distinct:
        yield from shared(fact.distinct, case, view.root)


def _combination(fact: Fact, view: View) -> Iterator[Broken]:
    """Report the first of the clauses that does not hold, with the values that it is about."""
    for text in fact.must:
        clause = parse_clause(text)
        if holds(clause, view, every=True) is False:
            own = [place for place in violating(clause, view) if place.node and _own(place, view) is place]
            place = own[0] if own and not fact.at else _place(fact.at or _present(clause, view), view)
            needed = _nearest(clause, place.text) if fact.nearest else ""
            yield Broken(place, _detail(fact, clause, view), needed=needed)
            return


def _nearest(clause: Clause, text: str) -> str:
    """Return the value that a clause lists and a text resembles; empty where it resembles none."""
    return next(iter(get_close_matches(text, re.split(r",\s*", clause.operand), 1)), "")


def _present(clause: Clause, view: View) -> str:
    """Return the path to report: of a choice between properties, the last that is present."""
    present = [path for path in clause.paths if any(not place.is_absent for place in view.at(path))]
    return present[-1] if present else clause.paths[0]


def _place(path: str, view: View) -> Place:
    """Return where to report a clause: the first place of its path in this resource, its item or the resource itself."""
    own = path.split("->")[0].strip()
    if own in ("region", "partition", ""):
        return view.root
    found = [place for place in view.at(own) if place.resource.name == view.root.resource.name]
    return next((place for place in found if place.node is not None), found[0] if found else view.item or view.root)


def _detail(fact: Fact, clause: Clause, view: View) -> str:
    """Describe the values that the clauses of a fact look at: `LogDestinationType is s3, DeliverLogsPermissionArn is set`."""
    paths: list[str] = []
    choices: list[str] = []
    for text in (*fact.when, str(clause)):
        one = parse_clause(text)
        if len(one.paths) > 1:
            choices.append(_chosen(one, view))
            continue
        if one.path.endswith("-> type") and text not in fact.when:
            choices += [_target(one.path, view)]
            continue
        if text in fact.when and one.operation in ("is absent", "is present"):
            continue
        paths.append(one.path)
        if one.operand.startswith("<"):
            paths.append(one.operand[1:-1])
    parts = [part for path in dict.fromkeys(paths) if (part := _described(path, view))]
    found = (*parts, *choices)
    return _listed(found) if found else ""


def _target(path: str, view: View) -> str:
    """Describe the type of the resource that a property refers to, where that is what is wrong."""
    types = dict.fromkeys(place.text for place in view.at(path) if not place.is_absent)
    return f"{code(path.rpartition(' -> ')[0])} refers to a resource of the type {' and '.join(map(code, types))}"


def _chosen(clause: Clause, view: View) -> str:
    """Describe which of several properties are set."""
    names = [code(path.removeprefix("@.")) for path in clause.paths]
    present = [
        name
        for name, path in zip(names, clause.paths, strict=True)
        if any(not place.is_absent for place in view.at(path))
    ]
    if not present:
        return f"neither {names[0]} nor {names[1]} is set" if len(names) == 2 else f"none of {_listed(names)} is set"
    return f"{_listed(present)} {'is' if len(present) == 1 else 'are'} set"


def _described(path: str, view: View) -> str:
    found = view.at(path)
    if path.endswith("-> type"):
        return ""
    if path in ("region", "partition"):
        return f"the {path} of the stack is {code(found[0].text)}"
    steps = [step for place in found[:1] for step in place.path if not step.isdigit()]
    name = path.rpartition("->")[2].strip().replace("@.", "").replace(".*", "") if path != "@" else steps[-1]
    name = code(name)
    others = dict.fromkeys(place.resource.name for place in found if place.resource.name != view.root.resource.name)
    if others:
        name += f" of {' and '.join(map(code, others))}"
    if not found or all(place.is_absent for place in found):
        return f"{name} is not set"
    if path in view.defaults and all(place.node is None for place in found):
        return f"{name} is not set, and its default is {code(view.defaults[path])}"
    shown = list(dict.fromkeys(place.text for place in found if not place.is_absent))
    whole = any(isinstance(place.value, dict | list) or len(place.text) > 60 for place in found)
    if whole or len(shown) > 3:
        items = next((place.value for place in found if isinstance(place.value, list)), [])
        return f"{name} has {_items(items)}" if items else f"{name} is set"
    return f"{name} is {' and '.join(map(code, shown))}"


def _items(items: Sequence[object]) -> str:
    """Describe a list: how many items it has, and a few short texts themselves."""
    texts = [one for one in items if isinstance(one, str) and len(one) <= 60]
    count = f"{len(items)} {'item' if len(items) == 1 else 'items'}"
    return f"{count} ({', '.join(map(code, texts))})" if len(texts) == len(items) <= 3 else count


def _partners(partner: Partner, case: Case, root: Place) -> Iterator[Resource]:
    """Yield the partners of a resource in its template that would be created and share its identity; empty paths are any."""
    mine = {found for place in places(case, root, partner.same[0]) if (found := identity(case, place))}
    scope = case.scopes[root.template.file]
    for other in root.template.of_type(partner.type):
        if scope.exists(other) is False or other.name == root.resource.name:
            continue
        there = root_of(root.template, other)
        theirs = {found for place in places(case, there, partner.same[1]) if (found := identity(case, place))}
        view = View(case, there, None, {})
        if (not partner.same[0] or mine & theirs) and all(
            holds(parse_clause(text), view, every=False) is True for text in partner.when
        ):
            yield other


def _order(order: Order, case: Case, root: Place) -> Iterator[Broken]:
    graph = graph_of(case, root.template)
    needed = needed_by(root.resource.name, graph)
    partners = list(_partners(order, case, root))
    others = order.model_copy(update={"type": order.or_type})
    known = [*partners, *(_partners(others, case, root) if order.or_type else ())]
    if any(other.name in needed for other in known):
        return  # waiting for one of several is enough to say that the author knew the order
    reversed_ = [other.name for other in partners if root.resource.name in needed_by(other.name, graph)]
    if order.every and partners and not reversed_:
        yield unordered(root, _listed([other.name for other in partners]), order.race)
        return
    for other in partners:
        if other.name not in reversed_:
            yield unordered(root, other.name, order.race)
        elif order.even_if_reversed and root.resource.name not in needed:  # in a circle, there is no order
            verb = "refers to" if root.resource.name in graph.get(other.name, ()) else "depends indirectly on"
            there = f"{other.name} {verb} {root.resource.name} and is created after it"
            yield Broken(root, there, later=other.name, referrer=other.name)
        else:
            continue
        return


def _partner(partner: Partner, case: Case, root: Place) -> Iterator[Broken]:
    mine = [place for place in places(case, root, partner.same[0]) if not place.is_absent]
    if not mine or any(identity(case, place) is None for place in mine):
        return
    if next(_partners(partner, case, root), None) is None and not _anywhere(partner, case, root):
        yield Broken(mine[0], f"no {partner.type} is for {mine[0].text.strip('${}')}")


def _anywhere(partner: Partner, case: Case, root: Place) -> bool:
    """Whether another template, or a partner whose identity is open, may hold the partner."""
    for template, other in case.resources(partner.type):
        if template.file != root.template.file:
            return True
        theirs = places(case, root_of(template, other), partner.same[1])
        if any(identity(case, place) is None and not place.is_absent for place in theirs):
            return True
    return False


def _roles(path: str, case: Case, view: View) -> Iterator[tuple[Place, Resource]]:
    for place in view.at(path):
        role = target_of(case, place)
        if role is not None and role.type == "AWS::IAM::Role":
            yield place, role


def _trust(trust: Trust, case: Case, view: View) -> Iterator[Broken]:
    for place, role in _roles(trust.role, case, view):
        document = trust_of(case, place.template, role)
        if not isinstance(document, dict) or "${" in str(document.get("Statement")).replace("${AWS::URLSuffix}", ""):
            continue
        if not allowed([document], "sts:AssumeRole", trust.principals):
            yield Broken(
                _own(place, view),
                f"{role.name}, the role of {view.root.resource.name}, trusts {_trusted(document)} and not {trust.principals[0]}",
            )


def _own(place: Place, view: View) -> Place:
    return place if place.resource.name == view.root.resource.name else view.root


def _trusted(document: dict[str, object]) -> str:
    names: list[str] = []
    for statement in statements_in(document):
        given = statement.get("Principal")
        for value in given.values() if isinstance(given, dict) else ():
            names += texts_in(value)
    return ", ".join(names[:3]) or "no service"


def _allows(allows: Allows, case: Case, view: View) -> Iterator[Broken]:
    graph = graph_of(case, view.root.template)
    for place, role in _roles(allows.role, case, view):
        documents, complete = documents_of(case, place.template, role)
        every = [document for _, document in documents]
        lacking = [action for action in allows.actions if not allowed(every, action)]
        if lacking and complete:
            yield Broken(
                _own(place, view),
                f"{role.name}, the role of {view.root.resource.name}, does not allow {_listed(lacking)}",
            )
            continue
        if lacking or not allows.at_creation:
            continue
        first = [document for name, document in documents if name == role.name]
        late = [action for action in allows.actions if not allowed(first, action)]
        needed = needed_by(view.root.resource.name, graph)
        holders = [name for name, document in documents if name != role.name and late and allowed([document], late[0])]
        if late and complete and holders and not any(name in needed for name in holders):
            reversed_ = view.root.resource.name in needed_by(holders[0], graph)
            if not reversed_:
                yield Broken(
                    view.root,
                    f"nothing makes {view.root.resource.name} wait for {holders[0]}, which allows {_listed(late)}",
                )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _policy(policy: ResourcePolicy, case: Case, view: View) -> Iterator[Broken]:
    root = view.root
    mine = [place for place in view.at(policy.same[0]) if not place.is_absent] if policy.same[0] else [root]
    target = target_of(case, mine[0]) if mine and policy.same[0] else None
    if not mine or (policy.same[0] and target is None):
        return  # what exists outside the template may have the policy
    if _waits_for_code(case, root):
        return  # which may have called the service
    documents: list[object] = []
    for template, other in case.resources(policy.type):
        if case.scopes[template.file].exists(other) is False:
            continue
        there = root_of(template, other)
        theirs = places(case, there, policy.same[1]) if policy.same[1] else []
        known = [identity(case, place) for place in theirs]
        if template.file != root.template.file or (theirs and None in known):
            return  # may well be the policy that is looked for
        if not policy.same[1] or identity(case, mine[0]) in known:
            documents.append(_document(policy.document, other, case.scopes[template.file]))
    if any(not isinstance(document, dict) for document in documents):
        return
    lacking = [one for one in policy.actions if not allowed(documents, one, policy.principals)]
    if lacking:
        holder = target.name if target else "the account"
        absent = f"{holder} has no policy that allows" if target else f"no {policy.type} allows"
        state = f"the policy of {holder} does not allow" if documents else absent
        yield Broken(mine[0], f"{state} {_listed(lacking)} to {policy.principals[0]}")


def _waits_for_code(case: Case, root: Place) -> bool:
    """Whether a resource waits for a custom resource, whose function can do anything before."""
    graph = graph_of(case, root.template)
    types = (root.template.resources[name].type for name in needed_by(root.resource.name, graph))
    return any(type.startswith("Custom::") or type == "AWS::CloudFormation::CustomResource" for type in types)


def _invoke(invoke: Invoke, case: Case, view: View) -> Iterator[Broken]:
    for place in view.at(invoke.function):
        function = target_of(case, place)
        if function is None or function.type != "AWS::Lambda::Function":
            continue
        if not any(
            _permits(case, function.name, place, invoke, *pair) for pair in case.resources("AWS::Lambda::Permission")
        ):
            yield Broken(_own(place, view), f"no permission lets {invoke.principals[0]} invoke {function.name}")


def _permits(case: Case, function: str, place: Place, invoke: Invoke, template: Template, permission: Resource) -> bool:
    """Whether a permission may let a service invoke a function; one that cannot be resolved counts."""
    scope = case.scopes[template.file]
    if scope.exists(permission) is False:
        return False
    there = root_of(template, permission)
    [named] = places(case, there, "FunctionName")
    [principal] = places(case, there, "Principal")
    found = identity(case, named)
    fits = found in (None, (place.template.file, function)) or template.file != place.template.file or ":" in named.text
    return fits and any(matches(principal.text, one) for one in invoke.principals)


def _document(path: str, other: Resource, scope: Scope) -> object:
    value = scope.value(other.get(path))
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            return None
    return value
