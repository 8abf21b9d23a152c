"""What a difference does: it touches security, the deployment, cost, or only how things look."""

from __future__ import annotations

import re

EFFECTS = ("security", "deployment", "cost", "cosmetic")  # most severe first

_COSMETIC = re.compile(r"(^|\.)(Tags|Description|GroupDescription|DisplayName|Comment|HostedZoneTags|Metadata)(\.|$)")
_SECURITY = re.compile(
    r"encrypt|kms|policy(document|name)?\b|principal|statement|managedpolicyarns|assumerole|cidr|public|securitygroup|secret"
    r"|password|auth|tls|ssl|certificate|acl\b|accesscontrol|logging|rotation|waf|protection|iam|versioningconfiguration|backup"
    r"|noecho|allowedpattern",
    re.I,
)
_COST = re.compile(
    r"instancetype|instanceclass|nodetype|allocatedstorage|volumesize|capacity|desired|minsize|maxsize|memorysize|throughput"
    r"|billingmode|retention|replicas|numcachenodes|iops|multiaz|natgateway|concurren",
    re.I,
)
_SECURITY_TYPES = re.compile(
    r"::(IAM|KMS|WAF\w*|GuardDuty|SecurityHub|Config|CloudTrail|SecretsManager|CertificateManager|Inspector\w*|Macie|AccessAnalyzer|Cognito)::"
    r"|SecurityGroup|BucketPolicy|QueuePolicy|TopicPolicy|NetworkAcl|FlowLog|ResourcePolicy"
)
_COST_TYPES = re.compile(r"NatGateway|::EIP$|ScalingPolicy|ScalableTarget|ReplicationGroup|TransitGateway")


def effect_of_type(name: str) -> str:
    """Return what it does when a resource of a type is there on one side alone."""
    if _SECURITY_TYPES.search(name):
        return "security"
    return "cost" if _COST_TYPES.search(name) else "deployment"


def effect_of_path(path: str) -> str:
    """Return what it does when the value at a path (`Properties.Engine`, `DeletionPolicy`) differs."""
    if _COSMETIC.search(path):
        return "cosmetic"
    if _SECURITY.search(path):
        return "security"
    return "cost" if _COST.search(path) else "deployment"


def rank(effect: str) -> int:
    """Return 0 for the most severe effect."""
    return EFFECTS.index(effect)
