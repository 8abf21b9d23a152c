"""Parameters as they are used, and the prompt's sentences that ask for them."""

from __future__ import annotations

import re

from grader.case import Case
from grader.template import Parameter, Template

# A sentence of a prompt that leaves a value to the deployer.
_LEFT_OPEN = r"\bno defaults?\b|\bwithout (a )?defaults?\b|\brequired (input )?parameters?\b|\bmust be (provided|supplied|passed)\b"

# Identifiers that documentation uses, and runs of digits that nobody has.
_MADE_UP = re.compile(
    r"^(arn:aws[\w-]*:[\w-]+:[\w-]*:)?(123456789012|([1-9])\3{11}|000000000000|111122223333)(:|$)"
    r"|certificate/(12345678-|abcd|x{4,}|0{8}|example|your|placeholder)"
    r"|^(vpc|subnet|sg|ami|rtb|igw|eni|tgw)-(0?1234567|0?abcdef|x{4,}|0{6,}|12345)"
    r"|^Z(0?1234567|ABCDEF|XXXX)|^your-?(domain|account|bucket|key|org)|yourdomain|REPLACE_|CHANGE_?ME|^<[^>]+>$"
)
# Types of parameters whose values CloudFormation looks up in the account.
AWS_TYPES = re.compile(
    r"AWS::EC2::(VPC::Id|Subnet::Id|SecurityGroup::Id|KeyPair::KeyName|Instance::Id)|AWS::Route53::HostedZone::Id"
)
_KINDS = {
    "VPC::Id": "AWS::EC2::VPC",
    "Subnet::Id": "AWS::EC2::Subnet",
    "SecurityGroup::Id": "AWS::EC2::SecurityGroup",
    "KeyPair::KeyName": "AWS::EC2::KeyPair",
    "Instance::Id": "AWS::EC2::Instance",
}
# What a parameter without a type of its own is the name, the id or the ARN of.
_NAMED = {
    "ecscluster": "AWS::ECS::Cluster",
    "ecsservice": "AWS::ECS::Service",
    "loadbalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "albarn": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "listener": "AWS::ElasticLoadBalancingV2::Listener",
    "certificate": "AWS::CertificateManager::Certificate",
    "hostedzone": "AWS::Route53::HostedZone",
    "transitgateway": "AWS::EC2::TransitGateway",
    "securitygroup": "AWS::EC2::SecurityGroup",
    "subnet": "AWS::EC2::Subnet",
    "vpc": "AWS::EC2::VPC",
    "kmskey": "AWS::KMS::Key",
    "bucket": "AWS::S3::Bucket",
    "topic": "AWS::SNS::Topic",
    "table": "AWS::DynamoDB::Table",
    "function": "AWS::Lambda::Function",
    "webacl": "AWS::WAFv2::WebACL",
    "role": "AWS::IAM::Role",
}
# How prompts and documents call what a parameter is for, where its name does not say it.
_CALLED = {
    "AWS::EC2::KeyPair": r"key ?pairs?|ssh key|key ?(name|propert)",
    "AWS::EC2::VPC": r"vpcs?",
    "AWS::EC2::Subnet": r"subnet|existing vpc|vpc \(pre-?existing|networks?",
    "AWS::EC2::SecurityGroup": r"security ?group",
    "AWS::EC2::Instance": r"instances?",
    "AWS::CertificateManager::Certificate": r"certificates?",
    "AWS::Route53::HostedZone": r"hosted zones?|route ?53",
    "AWS::S3::Bucket": r"buckets?",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": r"load balancers?|albs?",
}
_EXISTS = (
    r"\bexist(s|ing)?\b|\balready\b|\bparameter(s|i[sz]e[sd]?)?\b|\binputs?\b|\bprovided\b|\bimport(s|ed)?\b|\bsupplied\b"
    r"|\bmanaged (in|by)\b"
)


def is_secret(parameter: Parameter) -> bool:
    """Whether a parameter takes a secret, which has no default."""
    return parameter.no_echo or re.search(r"password", parameter.name, re.I) is not None


def is_reached(case: Case, template: Template, name: str) -> bool:
    """Whether something that is created uses a parameter: a resource, or a condition of it, in a branch that is taken."""
    scope = case.scopes[template.file]
    conditions = set(template.conditions_using(name))
    for resource in template.resources.values():
        if scope.exists(resource) is False:
            continue
        if resource.condition in conditions:
            return True
        used = [use for use in template.uses.get(name, ()) if use.section == "Resources" and use.owner == resource.name]
        if any("Fn::If" not in use.path for use in used):
            return True
        if used and "${" + name + "}" in str(scope.value(resource.properties)):
            return True
    return False


def spoken(name: str) -> str:
    """Return a pattern for a parameter's name as prompts write it: `VpcId`, `vpc id`, `vpc_id`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return r"(?<!\w)" + r"[\s_-]?".join(map(re.escape, words)) + r"s?(?!\w)"


def ordered(case: Case, name: str) -> bool:
    """Whether the prompt names a parameter, in words of its own or as the template writes it."""
    return case.request.orders(spoken(name)) is not None


def is_left_open(case: Case, parameter: Parameter) -> bool:
    """Whether the prompt wants a parameter to have no default."""
    return case.request.orders(_LEFT_OPEN, near=spoken(parameter.name)) is not None


def is_made_up(value: str) -> bool:
    """Whether a value is a placeholder by its form: a sample of documentation, or digits that nobody has."""
    return _MADE_UP.search(value) is not None


def kind_of(parameter: Parameter) -> str:
    """Return the type of the resource that a parameter stands for, empty where neither its type nor its name tells."""
    typed = AWS_TYPES.search(parameter.type)
    if typed:
        return _KINDS.get(typed.group(1) or "", "AWS::Route53::HostedZone")
    name = parameter.name.replace("_", "").lower()
    return next((type for word, type in _NAMED.items() if word in name), "")


def words_for(parameter: Parameter) -> str:
    """Return a pattern for how prompts and documents call what a parameter is for."""
    return _CALLED.get(kind_of(parameter)) or re.sub(
        r"(?<=[a-z])(?=[A-Z])", "[ -]?", re.sub(r"(Id|Arn|Name)s?$", "", parameter.name)
    )


def is_asked(case: Case, parameter: Parameter) -> bool:
    """Whether the prompt names the parameter, or says of what it stands for that it exists or is an input.

    A prompt that asks to create such a resource does not say that it exists.
    """
    if ordered(case, parameter.name):
        return True
    noun = re.sub(r"(?<=[a-z])(?=[A-Z])", " ?", kind_of(parameter).rpartition("::")[2])
    created = case.request.orders(rf"\b(create|provision|build)\w*\b[^.;,]{{0,40}}\b{noun}s?\b") if noun else None
    if created and "exist" not in created.text.lower():
        return False
    return case.request.orders(_EXISTS, near=rf"\b({words_for(parameter)})") is not None
