"""What engines advise."""

from __future__ import annotations

from grader.catalogue import Rule, example

RULE = Rule(
    id="engine-advice",
    kind="style",
    level="Medium",
    category="schema",
    title="What the engines advise",
    issue="The engines have {count} remarks on {file} that are no failures by themselves; the first at line {line}: "
    "{says}.",
    fix="Follow the remark where it fits.",
    root_cause="Style, and settings that are a matter of taste.",
    lesson="Lint templates before they are handed over.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/best-practices.html",
    cost="None.",
    security="None.",
    performance="None.",
    stands_for=("cfn-lint:I*", "cloudformation-validate:I*", "cfn-lint:W*", "cloudformation-validate:W*"),
    fails=(
        example("""
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Everything from the own network
      SecurityGroupIngress:
        - IpProtocol: -1
          CidrIp: 10.0.0.0/16
"""),
    ),
    passes=(
        example("""
=== notes.md
Nothing to deploy yet.
"""),
    ),
)
