"""Container images that nothing builds or pushes."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example, from_problem
from grader.plan.sources import unresolved_images
from grader.template import at

_PUSHED = (
    r"docker (image )?push|docker buildx build[^\n]*--push|podman push|buildah push|finch push|aws ecr get-login-password"
    r"|\bjib\b|kaniko"
)


def check(case: Case) -> Iterator[RuleFinding]:
    """Report images that are not there and that no document or build project pushes."""
    if not case.documented(_PUSHED) and not _built(case):
        yield from map(from_problem, unresolved_images(case))


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
