"""Machine images given by a literal id."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.model import Steps
from grader.rules._fragments import unmarked
from grader.rules._shared import created
from grader.rules.compute._corrections import newest_image
from grader.rules.compute._images import is_asked_as_mapping, public_image
from grader.support.markdown import code
from grader.template import Scalar

_IMAGES = {
    "AWS::AutoScaling::LaunchConfiguration": "ImageId",
    "AWS::EC2::Instance": "ImageId",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateData.ImageId",
    "AWS::EC2::SpotFleet": "SpotFleetRequestConfigData.LaunchSpecifications.0.ImageId",
}
_ID = re.compile(r"ami-[0-9a-z]+")
# Ids of the documentation's samples, and ids that nobody is given: runs of digits and letters in order.
# Source: https://docs.aws.amazon.com/cli/latest/reference/ec2/run-instances.html (examples)
_SAMPLE = re.compile(
    r"ami-(0?abcdef\w*|0?1234567\w*|0?12345678|0123456789\w*|0?1a2b3c4d\w*|x+|y+|z+|0+|([0-9a-f])\2{6,}|\w*(placeholder|example)\w*)"
)


_FROM_PUBLIC = (
    "Resolve the image from the public parameter {}, with a dynamic reference or a parameter of the type "
    "`AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>`."
)
_FROM_PARAMETER = (
    "Take the image from a parameter of the type `AWS::EC2::Image::Id`, or from a parameter of Systems Manager that holds the id "
    "of the newest image in the region."
)


_IN_MAPPING = "Write into the mapping, for each region, the id of the newest image there{}."


def check(case: Case) -> Iterator[RuleFinding]:
    """Report image ids that are written into a resource, and sample ids, wherever they come from."""
    for template, resource in created(case, *_IMAGES):
        path = _IMAGES[resource.type]
        node, image = resource.get(path), case.scopes[template.file].text(resource.get(path))
        if not _ID.fullmatch(image) or image in case.account.ids or case.request.orders(re.escape(image)):
            continue
        is_sample = _SAMPLE.fullmatch(image) is not None
        if is_sample:
            because = f"{code(image)} is a sample of the documentation, not an image that exists."
        elif isinstance(node, Scalar):
            because = f"{code(image)} is written into {code(resource.name)}, and no parameter or mapping gives it for other regions."
        else:
            continue
        message = f"starts from the image {image}"
        level = "Critical" if is_sample else ""
        steps: Steps = ("Resources", resource.name, "Properties", *path.split("."))
        public = public_image(case, template, resource, steps)
        if is_asked_as_mapping(case, template, steps):
            remedy = _IN_MAPPING.format(f", which the public parameter {code(public)} holds" if public else "")
        else:
            remedy = _FROM_PUBLIC.format(code(public)) if public else _FROM_PARAMETER
        yield at_property(template, resource, path, message, level=level, value=image, because=because, remedy=remedy)


_TEMPLATE = """
Resources:
  Server:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: t3.micro
      ImageId: ami-0b1c2d3e4f5061728  # finds
"""

RULE = Rule(
    id="hardcoded-ami",
    kind="hardcoded-ami",
    level="Medium",
    category="regions",
    title="Hardcoded AMI id",
    issue="{resources} in {file} {starts|start} from {values}. An image id exists in one region only, and images are deprecated and "
    "deregistered over time; where the id does not exist, EC2 rejects the launch with InvalidAMIID.NotFound.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Resolve AMI ids at deployment through public SSM parameters.",
    reference="https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html",
    security="An old image lacks security patches.",
    yields_to=("placeholder-value", "placeholder-default"),
    is_choice=True,
    aws_behaviour="Deploys in one region while the image exists; a sample id does not exist and is rejected (Critical).",
    corrections=newest_image,
    fails=(example(_TEMPLATE),),
    passes=(
        example(
            """
Mappings: {Images: {us-east-1: {Id: ami-0b1c2d3e4f5061728}}}
Resources:
  Server:
    Type: AWS::EC2::Instance
    Properties:
      InstanceType: t3.micro
      ImageId: !FindInMap [Images, !Ref 'AWS::Region', Id]
"""
        ),
        example(
            unmarked(_TEMPLATE),
            prompt="An instance from the image ami-0b1c2d3e4f5061728.",
        ),
    ),
    check=check,
)
