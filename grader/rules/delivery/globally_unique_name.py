"""Bucket names without the account in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules.delivery._corrections import name_with_account
from grader.rules.delivery._names import is_literal, named, ordered, pattern
from grader.rules.parameters._parameters import ordered as asks_for
from grader.support.markdown import code
from grader.template import AnyNode, Call, is_known, text_of

_BUCKET = "AWS::S3::Bucket"
_DIGITS = re.compile(r"\d{6}")  # an account number, or digits that nobody else is likely to have chosen


def check(case: Case) -> Iterator[RuleFinding]:
    """Report buckets whose names come out the same in every account.

    Silent where the prompt gives the name, a parameter for it, or a pattern that the composed name follows.
    """
    is_asked = pattern(case) is not None
    unique = [resource.name for _, resource, _, name in named(case, _BUCKET) if case.account.id in name or "${" in name]
    for template, resource, key, name in named(case, _BUCKET):
        fixed = is_literal(resource.get(key))
        if not is_known(name) or _DIGITS.search(name) or ordered(case, name) or (is_asked and not fixed):
            continue
        if _is_parameter(case, resource.get(key)):
            continue
        because = (
            f"The name of {code(unique[0])} contains a part that differs between accounts; this one does not."
            if unique
            else "The name is a plain text."
            if fixed
            else f"With the values of the template the name is {code(name)} in every account."
        )
        # A parameter in the name lets the deployer choose another; a plain text has to be edited.
        level = "High" if fixed else "Medium"
        yield at_property(
            template, resource, key, f"has the name {name} in every account", level=level, value=name, because=because
        )


def _is_parameter(case: Case, node: AnyNode | None) -> bool:
    """Whether a name is a parameter that the prompt asks for."""
    name = text_of(node.argument) if isinstance(node, Call) and node.name == "Ref" else None
    return name is not None and asks_for(case, name)


RULE = Rule(
    id="globally-unique-name",
    former_ids=("global-name",),
    kind="bucket-name-not-unique",
    level="High",
    category="naming",
    title="Bucket {name|names} without an account id: {values}",
    issue="{resources} in {file} {gets|get} the {name|names} {values}. Bucket names are shared by all AWS accounts: the stack can "
    "be created in one account only, and nowhere if somebody else owns such a bucket.",
    fix="Put `${{AWS::AccountId}}` and `${{AWS::Region}}` into the name with Fn::Sub, or leave BucketName out.",
    root_cause="{because}",
    lesson="Make bucket names unique by account and region, or let CloudFormation generate them.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    is_choice=True,
    aws_behaviour="S3 rejects a name that any account uses with BucketAlreadyExists, and CloudFormation rolls the stack back.",
    yields_to=("missing-environment-suffix", "invalid-resolved-value", "name-length", "bucket-name-from-stack-name"),
    check=check,
    corrections=name_with_account,
    fails=(
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub shop-${AWS::Region}-uploads  # finds
"""),
        example("""
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: shop-uploads  # finds
  Archive:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub 'shop-archive-${AWS::AccountId}'}
"""),
    ),
    passes=(
        example("""
Parameters: {Prefix: {Type: String}}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub '${Prefix}-uploads'}
  Archive:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub 'shop-archive-${AWS::AccountId}'}
"""),
        example(
            """
Parameters: {EnvironmentSuffix: {Type: String, Default: dev}}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub 'uploads-${EnvironmentSuffix}'}
""",
            prompt="A bucket. Follow the naming convention resource-type-environmentSuffix.",
        ),
        example(
            """
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties: {BucketName: acme-shop-uploads}
""",
            prompt="A bucket named `acme-shop-uploads` holds the uploads.",
        ),
    ),
)
