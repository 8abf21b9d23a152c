"""Container images that nothing builds or pushes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.rule import Hit, Rule, example, hit
from grader.template import Resource, Template, at, items_of

_ECR = re.compile(r"\.dkr\.ecr\.[^/]*/(?P<name>[^:@]+)")
_PUSHED = (
    r"docker (image )?push|docker buildx build[^\n]*--push|podman push|buildah push|finch push|aws ecr get-login-password"
    r"|\bjib\b|kaniko"
)
# Docker Hub's own images, whose names have no namespace. Source: https://docs.docker.com/docker-hub/image-library/trusted-content/
_OFFICIAL = frozenset(
    (
        "alpine amazonlinux archlinux bash busybox caddy cassandra centos clickhouse composer consul couchdb "
        "debian docker drupal eclipse-temurin elasticsearch elixir erlang fedora ghost golang gradle haproxy "
        "hello-world httpd influxdb jenkins jetty kibana kong logstash mariadb maven memcached mongo mysql nats "
        "neo4j nextcloud nginx node openjdk oraclelinux perl php postgres pypy python rabbitmq redis registry "
        "ruby rust solr sonarqube swift telegraf tomcat traefik ubuntu vault wordpress zookeeper"
    ).split()
)
# Where a type names an image; lists are walked.
_PLACES = {
    "AWS::AppRunner::Service": ("SourceConfiguration.ImageRepository.ImageIdentifier",),
    "AWS::Batch::JobDefinition": ("ContainerProperties.Image",),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions.*.Image",),
    "AWS::Lambda::Function": ("Code.ImageUri",),
    "AWS::SageMaker::Model": ("PrimaryContainer.Image", "Containers.*.Image"),
    "AWS::Serverless::Function": ("ImageUri",),
}


def check(case: Case) -> Iterator[Hit]:
    """Report images in a private registry, or of a made-up name, that no document or build project pushes."""
    if case.documented(_PUSHED) or _built(case):
        return
    for template, resource in case.resources(*_PLACES):
        scope = case.scopes[template.file]
        if scope.exists(resource) is False:
            continue
        for path in _paths(resource):
            image = scope.text(resource.get(path))
            missing = _missing(image, template)
            if missing and not any(held in image for held in case.account.images):
                message = f"runs the image {image}, which nothing builds or pushes"
                yield hit(template, resource, path, message, value=image, repository=missing)


def _paths(resource: Resource) -> Iterator[str]:
    for place in _PLACES[resource.type]:
        before, star, after = place.partition(".*.")
        if not star:
            yield place
            continue
        for index, _ in enumerate(items_of(resource.get(before))):
            yield f"{before}.{index}.{after}"


def _missing(image: str, template: Template) -> str:
    """Return the repository that an image must be pushed to, or an empty string where anybody can pull it."""
    match = _ECR.search(image)
    if match:
        return str(match.group("name"))
    for used in re.finditer(r"\$\{(\w+)(?:\.\w+)?\}", image):
        resource = template.resources.get(used.group(1))
        if resource and resource.type == "AWS::ECR::Repository":
            return resource.name
    if "${" in image or not image or "/" in image:
        return ""
    name = image.split(":")[0].split("@")[0]
    return "" if name in _OFFICIAL else name


def _built(case: Case) -> bool:
    """Whether a build project of the bundle pushes an image."""
    return any(
        "docker push" in str(case.scopes[template.file].value(at(project.properties, "Source")))
        for template, project in case.resources("AWS::CodeBuild::Project")
    )


RULE = Rule(
    id="container-image-missing",
    kind="missing-image-or-artifact",
    level="Critical",
    category="prerequisites",
    title="Container image that nothing builds or pushes",
    issue="Images that exist only once somebody has built and pushed them, in {file}: {values}, run by {resources}. The "
    "response has no build, no push to {repository} and no instruction for either. Tasks cannot pull the image, the "
    "service never becomes stable, and the stack waits for it until it rolls back.",
    fix="Say, with commands, how to build the image and push it to {repository} before the deployment; or start from a public "
    "image, given as a parameter whose default anybody can pull; or let the service start with no tasks until the image is "
    "there.",
    root_cause="The response describes the service that runs the image, and takes the image for given.",
    lesson="An image reference is a prerequisite: build and push it, default to a public one, or document the step.",
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html",
    cost="Up to three hours of a stack that waits for a service to become stable, with everything else in it running.",
    security="None by itself; an image pulled from a guessed public name would run somebody else's code.",
    performance="No task ever starts.",
    check=check,
    fails=(
        example("""
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Memory: 512
          Image: !Sub '${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/shop:1.0'  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions: [{Name: web, Memory: 512, Image: 'public.ecr.aws/nginx/nginx:stable'}]
"""),
        example("""
Resources:
  Images:
    Type: AWS::ECR::Repository
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions: [{Name: web, Memory: 512, Image: !Sub '${Images.RepositoryUri}:1.0'}]
=== README.md
Before the service is created, build the image and send it: `docker push $REPOSITORY:1.0`.
"""),
    ),
)
