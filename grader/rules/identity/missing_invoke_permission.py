"""Functions that their caller may not invoke."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, example
from grader.model import Location
from grader.template import dotted

# The principal that calls a function, and where its resource names the function.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
_CALLERS = {
    "AWS::ApiGateway::Method": ("apigateway", ("Integration",)),
    "AWS::ApiGatewayV2::Integration": ("apigateway", ("IntegrationUri",)),
    "AWS::Config::ConfigRule": ("config", ("Source",)),
    "AWS::Events::Rule": ("events", ("Targets",)),
    "AWS::S3::Bucket": ("s3", ("NotificationConfiguration",)),
    "AWS::SNS::Subscription": ("sns", ("Endpoint",)),
    "AWS::SecretsManager::RotationSchedule": ("secretsmanager", ("RotationLambdaARN",)),
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report callers of a function of the template that no permission covers."""
    for template in case.templates:
        functions = {one.name for one in template.of_type("AWS::Lambda::Function")}
        allowed: dict[str, set[str]] = {}
        for permission in template.of_type("AWS::Lambda::Permission"):
            principal = case.scopes[template.file].text(permission.get("Principal")).split(".")[0]
            names = {
                use.target for use in template.references if use.owner == permission.name and "FunctionName" in use.path
            }
            plain = case.scopes[template.file].text(permission.get("FunctionName"))
            for name in names or functions:
                allowed.setdefault(name, set()).add(principal if plain else "")
        for use in template.references:
            resource = template.resources.get(use.owner)
            if (
                use.section != "Resources"
                or use.target not in functions
                or resource is None
                or resource.type not in _CALLERS
            ):
                continue
            principal, places = _CALLERS[resource.type]
            if len(use.path) > 1 and use.path[1] in places and principal not in allowed.get(use.target, set()):
                message = f"calls {use.target} as {principal}.amazonaws.com, which no permission allows"
                facts = {"value": use.target, "principal": f"{principal}.amazonaws.com"}
                yield RuleFinding(
                    location=Location(
                        file=template.file,
                        line=use.line,
                        resource=resource.name,
                        type=resource.type,
                        path=dotted(use.path),
                    ),
                    message=message,
                    facts=facts,
                )
                absent = f"no AWS::Lambda::Permission lets {resource.name} call {use.target}"
                yield RuleFinding(
                    location=Location(file=template.file, line=use.line, type="AWS::Lambda::Permission"),
                    message=absent,
                    facts=facts,
                )


RULE = Rule(
    id="missing-invoke-permission",
    kind="missing-invoke-permission",
    level="Critical",
    category="security",
    title="Functions that their caller may not invoke",
    issue="In {file}, {resources} call the functions {values}. No AWS::Lambda::Permission allows {principal} to do so: "
    "the call is refused, and for buckets and rotation the deployment fails.",
    fix="Add an AWS::Lambda::Permission for each of {values} with Principal {principal} and the ARN of the caller as "
    "SourceArn.",
    root_cause="The function's own role was thought to cover who may call it.",
    lesson="Every service that invokes a function needs a permission on the function.",
    reference="https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html",
    cost="Events are lost.",
    security="None.",
    performance="Nothing is processed.",
    check=check,
    fails=(
        example("""
Parameters: {RoleArn: {Type: String, Default: 'arn:aws:iam::999988887777:role/r'}}
Resources:
  Cleaner:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !Ref RoleArn
      Code: {ZipFile: 'def handler(event, context): return None'}
  Nightly:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets:
        - Id: cleaner
          Arn: !GetAtt Cleaner.Arn  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: orders
"""),
    ),
)
