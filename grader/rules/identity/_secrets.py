"""Secrets in templates: parameters that hold them, properties that take them, and what the prompt asks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.case.deployed import created, entries
from grader.plan.schemas import property_names
from grader.task.prompt import Sentence
from grader.template import AnyNode, Call, Parameter, Resource, Scalar, Scope, Template

_SECRET = re.compile(r"password|passwd|passphrase|secret|token|api_?key|credential|private_?key|auth_?key", re.I)
_ABOUT = re.compile(
    r"(user(_?name)?|arn|name|id|path|prefix|length|rotation|days|enabled?|url|ttl|version|expiry|expiration|hours|minutes"
    r"|period|validity|schedule|policy|source|type|count|bucket|key_?id|alias)s?$",
    re.I,
)
# Values that say of themselves that they have to be replaced are not secrets yet.
_STAND_IN = re.compile(
    r"^$|placeholder|xxx|<|>|^(your|replace|insert|example|dummy-?value|tbd|none|n/?a)\b|\{\{resolve:", re.I
)
# Values that read as secrets and are written to be replaced.
_PLACEHOLDER = re.compile(r"change_?-?me|change_?-?this|example|sample|dummy|replace|your|fake|insert", re.I)
# What another company issues, and nobody can generate.
_ISSUED = re.compile(
    r"git_?hub|git_?lab|bitbucket|slack|webhook|stripe|twilio|sendgrid|datadog|new_?relic|pager_?duty|splunk|sentry|openai"
    r"|oauth|client_?secret|^(gh[pousr]_|github_pat_|glpat-|xox[abp]-|sk_(live|test)_|sk-)",
    re.I,
)
# Properties that take a secret in plain text.
# Source: the properties of each in https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
TAKES_SECRET = {
    "AWS::DirectoryService::MicrosoftAD": ("Password",),
    "AWS::DirectoryService::SimpleAD": ("Password",),
    "AWS::DMS::Endpoint": ("Password",),
    "AWS::DocDB::DBCluster": ("MasterUserPassword",),
    "AWS::ElastiCache::ReplicationGroup": ("AuthToken",),
    "AWS::ElastiCache::User": ("Passwords",),
    "AWS::FSx::FileSystem": ("WindowsConfiguration.SelfManagedActiveDirectoryConfiguration.Password",),
    "AWS::RDS::DBCluster": ("MasterUserPassword",),
    "AWS::RDS::DBInstance": ("MasterUserPassword",),
    "AWS::Redshift::Cluster": ("MasterUserPassword",),
    "AWS::RedshiftServerless::Namespace": ("AdminUserPassword",),
}


def is_secret(parameter: Parameter) -> bool:
    """Whether a parameter holds a secret: NoEcho or its name says so, and its name does not say that it is about one."""
    named = parameter.no_echo or _SECRET.search(parameter.name) is not None
    return parameter.type == "String" and named and not _ABOUT.search(parameter.name)


def is_literal(text: str | None) -> bool:
    """Whether a text is a secret written out, not a stand-in, a reference or nothing."""
    return bool(text) and "${" not in str(text) and not _STAND_IN.search(str(text))


def is_placeholder(text: str) -> bool:
    """Whether a text says of itself that it has to be replaced."""
    return _PLACEHOLDER.search(text) is not None


def is_issued(parameter: Parameter) -> bool:
    """Whether the name or the default of a parameter is of a token or key that another company issues."""
    return any(_ISSUED.search(text) for text in (parameter.name, parameter.default or ""))


def has_default(parameter: Parameter) -> bool:
    """Whether a parameter's default is a secret written out."""
    return is_secret(parameter) and is_literal(parameter.default) and not parameter.allowed


def taken(case: Case) -> Iterator[tuple[Template, Resource, Scope, str, AnyNode]]:
    """Yield each value of a property that takes a secret in plain text, as deployed, with the property's path."""
    for template, resource, scope in created(case, *TAKES_SECRET):
        for path in TAKES_SECRET[resource.type]:
            for _, node in entries(scope, resource.get(path)):
                yield template, resource, scope, path, node


def parameter_of(template: Template, node: AnyNode) -> Parameter | None:
    """Return the parameter that a value is the Ref of, or that an Fn::Sub consists of."""
    if not isinstance(node, Call) or not isinstance(node.argument, Scalar):
        return None
    name = node.argument.text if node.name == "Ref" else ""
    if node.name == "Fn::Sub":
        match = re.fullmatch(r"\$\{(\w+)\}", node.argument.text)
        name = match.group(1) if match else ""
    return template.parameters.get(name)


def store_asked(case: Case) -> Sentence | None:
    """Return the sentence of the prompt that asks for secrets in Secrets Manager, or managed by the service; None where it is optional."""
    asked = case.request.orders(
        r"secrets? ?manager|dynamic reference|ManageMasterUserPassword"
        r"|(password|credential|secret)s?\b[^.;,]{0,40}parameter store|parameter store[^.;,]{0,40}(password|credential|secret)",
        near=r"password|credential|secret|master user|database|\brds\b|aurora|redis|auth",
    )
    return None if asked is not None and asked.is_optional else asked


# Databases whose password the service does not manage. Sources:
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
_UNMANAGED = ("GlobalClusterIdentifier", "SourceDBInstanceIdentifier", "ReplicationSourceIdentifier", "SourceRegion")


def password_switch(case: Case, resource: Resource) -> str:
    """Return the property that lets a service make and keep the password of a database, empty where it cannot."""
    known = property_names(resource.type, [], case.account.region)
    switch = next((one for one in ("ManageMasterUserPassword", "ManageMasterPassword") if one in known), "")
    is_serverless = resource.text("EngineMode") == "serverless"
    return "" if is_serverless or any(resource.get(name) is not None for name in _UNMANAGED) else switch


def replaced(case: Case, resource: Resource) -> str:
    """Return the sentence that says what takes the place of a secret in a template."""
    generated = "enerate the secret in an AWS::SecretsManager::Secret and refer to it with a dynamic reference."
    switch = password_switch(case, resource)
    return f"Let the service manage the password ({switch}: true), or g{generated}" if switch else f"G{generated}"


def is_choice(asked: Sentence) -> bool:
    """Whether a sentence that names Secrets Manager leaves the choice between it and a parameter."""
    parameter, store = r"\bparameters?\b(?! store)", r"(secrets? ?manager|dynamic reference)"
    pattern = rf"{parameter}[^.;]{{0,40}}\bor\b[^.;]{{0,40}}{store}|{store}[^.;]{{0,60}}\bor\b[^.;]{{0,40}}{parameter}"
    return re.search(pattern, asked.text, re.I) is not None


def hardcoding_forbidden(case: Case) -> Sentence | None:
    """Return the sentence of the prompt that forbids secrets in the template."""
    return case.request.forbids(
        r"(hard-?coded?|plain-?text|embedded)[^.]{0,40}(secret|password|credential|key)"
        r"|(secret|password|credential)s? in (the )?(template|plain)"
    )


def parameter_asked(case: Case) -> bool:
    """Whether the prompt asks for the password as a parameter."""
    return (
        case.request.orders(
            r"parameters?\b[^.;]{0,80}\b(password|secret|token)|\b(password|secret|token)\w*\b[^.;]{0,40}\bparameter(?! store)|NoEcho"
        )
        is not None
    )
