"""More resources of a type than the account allows."""

from __future__ import annotations

from grader.catalogue import Rule, example

_ADDRESSES = "\n".join(
    f"  Address{number}: {{Type: AWS::EC2::EIP, Properties: {{Domain: vpc}}}}" for number in range(5)
)

RULE = Rule(
    id="account-quota",
    kind="account-singleton",
    level="Critical",
    category="account",
    title="More than {limit} resources of type {type}",
    issue="The templates create {value} resources of type {type}, and the quota {quota} of the account leaves room for "
    "{limit}. CloudFormation creates them until the service rejects {resource} in {file}, and then rolls the stack back.",
    fix="Create at most {limit} of {type}, for instance by sharing them between subnets or zones, or put an increase of the "
    "quota before the deployment.",
    root_cause="The quota counts every resource of the type in the region: {value} are declared here.",
    lesson="Count the resources of each type that has a quota before choosing one for each zone or tenant.",
    reference="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
    aws_behaviour="The service rejects the request with a LimitExceeded error, and CloudFormation rolls the stack back.",
    stands_for=("plan:quota",),
    fails=(
        example(f"""
Resources:
{_ADDRESSES}
  OneTooMany: {{Type: AWS::EC2::EIP, Properties: {{Domain: vpc}}}}  # finds
"""),
    ),
    passes=(
        example(f"""
Parameters: {{Large: {{Type: String, Default: 'no', AllowedValues: ['yes', 'no']}}}}
Conditions: {{IsLarge: !Equals [!Ref Large, 'yes']}}
Resources:
{_ADDRESSES}
  OnlyWhenLarge: {{Type: AWS::EC2::EIP, Condition: IsLarge, Properties: {{Domain: vpc}}}}
"""),
    ),
)
