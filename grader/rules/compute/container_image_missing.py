"""Container images that nothing builds or pushes."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.plan.sources import unresolved_images
from grader.rules._shared import created
from grader.support.markdown import code
from grader.template import Resource, Template, at

_PUSHED = (
    r"docker (image )?push|docker buildx build[^\n]*--push|podman push|buildah push|finch push|aws ecr get-login-password"
    r"|\bjib\b|kaniko"
)
# What AWS does when the image cannot be pulled: the resource is refused, or nothing runs until it is there.
_AT_CREATION = {
    "AWS::AppRunner::Service": "App Runner fails to create the service",
    "AWS::Lambda::Function": "Lambda refuses to create the function",
    "AWS::SageMaker::Model": "SageMaker refuses to create the model",
    "AWS::Serverless::Function": "Lambda refuses to create the function",
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report images that are not there and that no document or build project pushes."""
    if case.documented(_PUSHED) or _built(case):
        return
    for problem in unresolved_images(case):
        template = _template(case, problem.file)
        if template is None:
            continue
        happens, level = _happens(case, template, template.resources[problem.resource])
        pushed = (
            f"No template builds or pushes {code(problem.facts['repository'])}, and no document gives a command for it."
        )
        made = " The stack creates that repository empty." if problem.facts["repository"] in template.resources else ""
        facts = {**problem.facts, "because": f"{pushed}{made} Until somebody pushes it, {happens}."}
        yield RuleFinding(location=problem.location, message=problem.message, facts=facts, level=level)


def _template(case: Case, file: str) -> Template | None:
    return next((template for template in case.templates if template.file == file), None)


def _happens(case: Case, template: Template, resource: Resource) -> tuple[str, str]:
    """Return what AWS does without the image, and the level of that."""
    if resource.type in _AT_CREATION:
        return _AT_CREATION[resource.type], ""
    if resource.type != "AWS::ECS::TaskDefinition":
        return "jobs fail to start", "High"
    scope = case.scopes[template.file]
    services = [
        service
        for where, service in created(case, "AWS::ECS::Service")
        if where is template
        and any(use.owner == service.name and use.target == resource.name for use in template.references)
    ]
    if any(scope.text(service.get("DesiredCount")) != "0" for service in services):
        return (
            "the tasks of the service cannot pull the image, the service never becomes stable, and the stack rolls back",
            "",
        )
    return "tasks fail with CannotPullContainerError when they are started", "High"


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
    issue="{resources} in {file} {runs|run} {values} from a private registry. The response does not build the image and push it to "
    "{repositorys}.",
    fix="Document the commands that build the image and push it to {repositorys} before the deployment; or default to a public image; or "
    "create the service with no tasks until the image is there.",
    root_cause="{because}",
    lesson="An image reference is a prerequisite: build and push it, default to a public image, or document the step.",
    reference="https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html",
    performance="No container starts.",
    aws_behaviour="An ECS service does not stabilize and its stack rolls back; Lambda refuses the function; a task or job fails later (High).",
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
  Cache:
    Type: AWS::ECR::PullThroughCacheRule
    Properties: {EcrRepositoryPrefix: hub, UpstreamRegistryUrl: public.ecr.aws}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - {Name: web, Memory: 512, Image: 'public.ecr.aws/nginx/nginx:stable'}
        - {Name: proxy, Memory: 128, Image: !Sub '${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/hub/envoy:1.30'}
        - {Name: agent, Memory: 128, Image: !Sub '602401143452.dkr.ecr.${AWS::Region}.amazonaws.com/agent:1'}
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
