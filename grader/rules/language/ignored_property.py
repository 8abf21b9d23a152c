"""Properties that have no effect."""

from __future__ import annotations

from grader.case import Case
from grader.catalogue import Rule, example
from grader.catalogue.corrections import node_at, steps_of, template_of
from grader.model import Finding
from grader.rules._shared import with_facts
from grader.support.markdown import code

_PORTS = ("FromPort", "ToPort")
# How tools write "all ports" beside the protocol -1; each states what EC2 does.
_ALL_PORTS = ({"-1"}, {"0"}, {"0", "65535"})


def _confirm(case: Case, finding: Finding) -> Finding | None:
    """Say what a rule of a security group admits with the protocol -1; silent where its ports say the same."""
    last, named = finding.path.rpartition(".")[2], code(finding.path)
    if last not in _PORTS:
        because = f"Another property of {code(finding.resource)} selects a configuration in which {named} is not read."
        remedy = f"Remove {named} from {code(finding.resource)}, or choose the configuration in which it has an effect."
        return with_facts(finding, because=because, remedy=remedy)
    ports = _ports(case, finding)
    if set(ports) in _ALL_PORTS:
        return None
    written = " to ".join(dict.fromkeys(ports))
    because = (
        f"The rule names the ports {written} beside the protocol -1, with which EC2 admits all protocols and all ports."
    )
    remedy = "Write the protocol that the rule is for, such as `tcp`, in place of -1; or remove `FromPort` and `ToPort` where all is wanted."
    return with_facts(finding, because=because, remedy=remedy)


def _ports(case: Case, finding: Finding) -> list[str]:
    """Return the ports of the rule that a finding is in, as deployed."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    rule = case.scopes[finding.file].value(node_at(template, steps[:-1])) if template and steps else None
    return [str(rule[name]) for name in _PORTS if name in rule] if isinstance(rule, dict) else []


RULE = Rule(
    id="ignored-property",
    kind="invalid-property",
    level="Medium",
    category="schema",
    title="Ignored {#property|properties} of {resources}",
    issue="{resources} in {file} {sets a property|set properties} that AWS ignores, at line {line}: {says}.",
    fix="{remedy}",
    root_cause="{because}",
    lesson="Check in which configuration a property has an effect.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html",
    # Source on ports: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    aws_behaviour="The resource is created, and the property has no effect.",
    confirm=_confirm,
    stands_for=(
        "cfn-lint:W3671",
        "cloudformation-validate:W3671",
        "cfn-lint:W3687",
        "cloudformation-validate:W3687",
        "cfn-lint:W3688",
        "cloudformation-validate:W3688",
        "cfn-lint:W3689",
        "cloudformation-validate:W3689",
        "cfn-lint:W3693",
        "cloudformation-validate:W3693",
        "cfn-lint:W3698",
        "cloudformation-validate:W3698",
        "cfn-lint:W3660",
        "cloudformation-validate:W3660",
        "cfn-lint:W3001",
        "cfn-lint:W3699",
        "cfn-lint:W3700",
        "cfn-lint:W3703",
        "cfn-lint:W3704",
        "cfn-lint:W3705",
        "cfn-lint:W3694",
        "cloudformation-validate:W3694",
        "cloudformation-validate:I9002",
    ),
    fails=(
        example("""
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Everything from the own network
      SecurityGroupIngress:
        - IpProtocol: '-1'
          FromPort: 443
          ToPort: 443
          CidrIp: 10.0.0.0/16
"""),
    ),
    passes=(
        example("""
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Web servers
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]
"""),
        example("""
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: Everything from the own network
      SecurityGroupIngress: [{IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIp: 10.0.0.0/16}]
      SecurityGroupEgress: [{IpProtocol: -1, FromPort: 0, ToPort: 65535, CidrIp: 10.0.0.0/16}]
"""),
    ),
)
