"""Bucket names without the account in them."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules.delivery._names import is_literal, named, ordered
from grader.support.markdown import code
from grader.template import is_known

_BUCKET = "AWS::S3::Bucket"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report buckets whose names come out the same in every account, where the prompt does not give the name."""
    unique = [resource.name for _, resource, _, name in named(case, _BUCKET) if case.account.id in name or "${" in name]
    for template, resource, key, name in named(case, _BUCKET):
        if not is_known(name) or case.account.id in name or ordered(case, name):
            continue
        fixed = is_literal(resource.get(key))
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
    security="Whoever creates a bucket with a guessable name first receives what is written to that name.",
    is_choice=True,
    aws_behaviour="S3 rejects a name that any account uses with BucketAlreadyExists, and CloudFormation rolls the stack back.",
    yields_to=("missing-environment-suffix", "invalid-resolved-value", "name-length", "bucket-name-from-stack-name"),
    check=check,
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
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties: {BucketName: acme-shop-uploads}
""",
            prompt="A bucket named `acme-shop-uploads` holds the uploads.",
        ),
    ),
)
