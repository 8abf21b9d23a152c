"""The statements of a template's policies, and what the role of a function may do as far as the templates say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from grader.case.case import Case
from grader.case.deployed import created, deployed, entries
from grader.case.policies import allowed, documents_of, statements_in, texts_in
from grader.model import Location
from grader.template import AnyNode, Map, Resource, Scope, Template, dotted

# Resources whose properties hold policies that say what an identity may do.
IDENTITY_POLICIES = (
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy that is deployed: `path` is its dotted path below the resource."""

    template: Template
    resource: Resource
    scope: Scope
    path: str
    node: Map

    def at(self, path: str, node: AnyNode) -> Location:
        """Return the place of a part of it: a dotted path below the resource, and the node there."""
        name, kind = self.resource.name, self.resource.type
        return Location(file=self.template.file, line=node.line, resource=name, type=kind, path=path)

    @property
    def allows(self) -> bool:
        """Whether its effect is Allow."""
        return self.scope.text(self.node.get("Effect")) == "Allow"

    @property
    def is_conditional(self) -> bool:
        """Whether it has a condition."""
        return self.node.get("Condition") is not None

    @property
    def has_principal(self) -> bool:
        """Whether it says to whom it applies, as policies of resources and trust policies do."""
        return self.node.get("Principal") is not None or self.node.get("NotPrincipal") is not None

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions as texts; empty where NotAction is used."""
        return tuple(text for _, _, text in self.items("Action"))

    def items(self, key: str) -> Iterator[tuple[str, AnyNode, str]]:
        """Yield the items of an element (`Action`, `Resource` ...): path, node and text, a single value as a list of it."""
        for path, node in entries(self.scope, self.node.get(key)):
            yield dotted((self.path, key, *path)), node, self.scope.text(node)

    def principals(self) -> frozenset[str]:
        """Return the principals as texts: `*`, ARNs, account ids, service principals."""
        value = self.scope.value(self.node.get("Principal"))
        lists = value.values() if isinstance(value, dict) else (value,)
        return frozenset(str(item) for one in lists for item in (one if isinstance(one, list) else [one]))


def statements(case: Case, *types: str) -> Iterator[Statement]:
    """Yield the statements of all policies in the resources of the given types, as deployed; all types where none is given."""
    for template, resource, scope in created(case, *types):
        yield from statements_of(template, resource, scope)


def statements_of(template: Template, resource: Resource, scope: Scope) -> Iterator[Statement]:
    """Yield the statements in a resource's properties: every mapping with an Effect and something to apply it to."""
    for path, node in deployed(scope, resource.properties, ("Properties",)):
        if (
            isinstance(node, Map)
            and "Effect" in node.values
            and ("Action" in node.values or "NotAction" in node.values)
        ):
            yield Statement(template, resource, scope, dotted(path), node)


@dataclass(frozen=True, slots=True)
class Grants:
    """What a role is granted: the actions that its policies allow, as written, wildcards kept, and the policies themselves.

    `is_complete` tells that nothing else is granted.
    """

    actions: frozenset[str]
    is_complete: bool
    documents: tuple[object, ...] = ()

    def allow(self, action: str) -> bool:
        """Whether an action (`dynamodb:PutItem`) is allowed on some resource."""
        return allowed(self.documents, action)


def role_of(template: Template, function: Resource) -> Resource | None:
    """Return the role of the template that a function runs with, None where it comes from elsewhere."""
    names = (use.target for use in template.references if use.owner == function.name and "Role" in use.path)
    return next(
        (role for name in names if (role := template.resources.get(name)) and role.type == "AWS::IAM::Role"), None
    )


def grants(case: Case, template: Template, role: Resource) -> Grants:
    """Return what a role of a template is granted, inline, by policies beside it and by AWS's managed policies."""
    found, complete = documents_of(case, template, role)
    documents = tuple(document for _, document in found)
    actions = [list(_actions(document)) for document in documents]
    return Grants(frozenset(chain.from_iterable(actions)), complete and all(actions), documents)


def _actions(document: object) -> Iterator[str]:
    for statement in statements_in(document):
        if statement.get("Effect") != "Allow":
            continue
        yield from texts_in(statement.get("Action"))
        if "NotAction" in statement:
            yield "*"
