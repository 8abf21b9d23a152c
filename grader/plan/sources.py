"""What a stack reads or runs that must be there before: parameters, secrets, images, buckets to replicate to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case, once
from grader.model import Location
from grader.plan.model import PlanCode, Problem, Stage, at_resource
from grader.support.text import is_natural
from grader.template import Path, Resource, Scope, Template, dotted, items_of, may_equal

_RESOLVE = re.compile(
    r"\{\{resolve:(ssm|ssm-secure|secretsmanager):((?:arn:[^}\s]*?:secret:)?(?:\$\{[^{}]*\}|[^:{}$])+)(?:\$\{[^{}]*\}|[^}])*\}\}"
)
_SSM_TYPE = "AWS::SSM::Parameter::Value"
_ECR = re.compile(r"(?<![^./])(?P<account>[^./]*)\.dkr\.ecr\.[^/]*/(?P<name>[^:@]+)")
# Docker Hub's own images, whose names have no namespace.
# Source: https://docs.docker.com/docker-hub/image-library/trusted-content/
_OFFICIAL = frozenset(
    (
        "alpine amazonlinux archlinux bash busybox caddy cassandra centos clickhouse composer consul couchdb debian docker "
        "drupal eclipse-temurin elasticsearch elixir erlang fedora ghost golang gradle haproxy hello-world httpd influxdb "
        "jenkins jetty kibana kong logstash mariadb maven memcached mongo mysql nats neo4j nextcloud nginx node openjdk "
        "oraclelinux perl php postgres pypy python rabbitmq redis registry ruby rust solr sonarqube swift telegraf tomcat "
        "traefik ubuntu vault wordpress zookeeper"
    ).split()
)
# Where a type names an image; `*` stands for every item of a list.
_IMAGES = {
    "AWS::AppRunner::Service": ("SourceConfiguration.ImageRepository.ImageIdentifier",),
    "AWS::Batch::JobDefinition": ("ContainerProperties.Image",),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions.*.Image",),
    "AWS::Lambda::Function": ("Code.ImageUri",),
    "AWS::SageMaker::Model": ("PrimaryContainer.Image", "Containers.*.Image"),
    "AWS::Serverless::Function": ("ImageUri",),
}


@once
def unresolved_reads(case: Case) -> Iterator[Problem]:
    """Report dynamic references and SSM-typed parameters whose source neither the bundle nor the account holds."""
    created = set(_created(case))
    for template in case.templates:
        scope = case.scopes[template.file]
        for path, line, service, name in _reads(case, template):
            held = case.account.ssm_parameters if service == "ssm" else case.account.secrets
            if name.startswith("/aws/") or _is_created(name, created) or name in held or _in_bundle(name, scope):
                continue
            word, store = ("parameter", "Parameter Store") if service == "ssm" else ("secret", "Secrets Manager")
            owner = str(path[1]) if len(path) > 1 else ""
            resource = template.resources.get(owner) if path and path[0] == "Resources" else None
            facts = {"value": name, "store": store, "word": word}
            message = f"reads the {word} {name}, which nothing creates"
            kind = resource.type if resource else ""
            yield Problem(
                code=PlanCode.SOURCE_MISSING,
                location=Location(file=template.file, line=line, resource=owner, type=kind, path=dotted(path[2:])),
                message=message,
                facts=facts,
            )


def _reads(case: Case, template: Template) -> Iterator[tuple[Path, int, str, str]]:
    for path, node, text in case.texts(template):
        for match in _RESOLVE.finditer(text):
            yield path, node.line, match.group(1).removesuffix("-secure"), match.group(2)
    for parameter in template.parameters.values():
        name = case.scopes[template.file].given.get(parameter.name, parameter.default)
        if parameter.type.startswith(_SSM_TYPE) and isinstance(name, str):
            yield ("Parameters", parameter.name), parameter.line_of("Default"), "ssm", name


def _is_created(name: str, created: set[str]) -> bool:
    """Whether the bundle creates an entry of that name, or one of a name that only a deployment tells and that may be the same."""
    return any(may_equal(name.lstrip("/"), other) for other in created)


def _created(case: Case) -> Iterator[str]:
    for template, resource in case.resources("AWS::SSM::Parameter", "AWS::SecretsManager::Secret"):
        if resource.get("Name") is not None:
            yield case.scopes[template.file].text(resource.get("Name")).lstrip("/")


def _in_bundle(name: str, scope: Scope) -> bool:
    """Whether a name is that of a resource of the template, or comes from another stack."""
    target = re.fullmatch(r"\$\{([\w-]+)(?:\.\w+)*\}", name)
    return ".Outputs." in name or (target is not None and target.group(1) in scope.template.resources)


def unresolved_images(case: Case) -> Iterator[Problem]:
    """Report images in a private registry, or of a made-up public name, that the account does not hold."""
    for template, resource in case.resources(*_IMAGES):
        scope = case.scopes[template.file]
        for path in _paths(resource) if scope.exists(resource) is not False else ():
            image = scope.text(resource.get(path))
            missing = _repository(case, image, template)
            if missing and not any(held in image for held in case.account.images):
                message = f"runs the image {image}, which nothing builds or pushes"
                facts = {"value": image, "repository": missing}
                yield at_resource(template, resource, path, PlanCode.SOURCE_MISSING, message, Stage.EXECUTION, **facts)


def _paths(resource: Resource) -> Iterator[str]:
    for place in _IMAGES[resource.type]:
        before, star, after = place.partition(".*.")
        if not star:
            yield place
        else:
            yield from (f"{before}.{index}.{after}" for index, _ in enumerate(items_of(resource.get(before))))


def _repository(case: Case, image: str, template: Template) -> str:
    """Return the repository that an image must be pushed to, or an empty string where it is there or somebody else's.

    The registry of another account is filled by others, such as AWS's with deep learning containers; a pull-through cache fills
    itself. Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
    """
    match = _ECR.search(image)
    if match:
        account, name = match.group("account"), str(match.group("name"))
        is_others = is_natural(account) and account != case.account.id
        return "" if is_others or name.startswith(_cached_prefixes(case)) else name
    for used in re.finditer(r"\$\{(\w+)(?:\.\w+)?\}", image):
        resource = template.resources.get(used.group(1))
        if resource and resource.type == "AWS::ECR::Repository":
            return resource.name
    if "${" in image or not image or "/" in image:
        return ""
    name = image.split(":")[0].split("@")[0]
    return "" if name in _OFFICIAL else name


def _cached_prefixes(case: Case) -> tuple[str, ...]:
    """Return the beginnings of repositories that pull-through caches of the bundle fill."""
    rules = case.resources("AWS::ECR::PullThroughCacheRule")
    texts = (case.scopes[template.file].text(rule.get("EcrRepositoryPrefix")) for template, rule in rules)
    return tuple(f"{text}/" for text in texts if text)


def unresolved_destinations(case: Case) -> Iterator[Problem]:
    """Report buckets that replicate to a bucket which neither the bundle nor the account holds."""
    created = {
        str(case.scopes[template.file].name_of(bucket)) for template, bucket in case.resources("AWS::S3::Bucket")
    }
    for template, bucket in case.resources("AWS::S3::Bucket"):
        scope = case.scopes[template.file]
        rules = scope.value(bucket.get("ReplicationConfiguration.Rules"))
        if scope.exists(bucket) is False or not isinstance(rules, list):
            continue
        for index, rule in enumerate(rules):
            destination = _destination(rule)
            name = destination.rpartition(":::")[2]
            if name and name not in created | case.account.buckets and not _is_made(name, scope):
                path = f"ReplicationConfiguration.Rules.{index}.Destination.Bucket"
                message = f"replicates to {destination}, which no template creates"
                yield at_resource(template, bucket, path, PlanCode.SOURCE_MISSING, message, Stage.EXECUTION, value=name)


def _destination(rule: object) -> str:
    destination = rule.get("Destination") if isinstance(rule, dict) else None
    return str(destination.get("Bucket", "")) if isinstance(destination, dict) else ""


def _is_made(name: str, scope: Scope) -> bool:
    """Whether a name is what a resource of the template, or another stack, gives."""
    target = name[2:].split("}")[0].split(".")[0] if name.startswith("${") else ""
    return target in scope.template.resources or ".Outputs." in name
