"""Certificates that wait for somebody."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example


def check(case: Case) -> Iterator[RuleFinding]:
    """Report certificates that are always created and whose validation the template leaves to somebody else."""
    for template, certificate in case.resources("AWS::CertificateManager::Certificate"):
        scope = case.scopes[template.file]
        by_zone = "HostedZoneId" in str(scope.value(certificate.get("DomainValidationOptions")))
        conditional = certificate.node.get("Condition") is not None
        private = certificate.get("CertificateAuthorityArn") is not None
        if not by_zone and not conditional and not private:
            method = scope.text(certificate.get("ValidationMethod")) or "EMAIL"
            domain = scope.text(certificate.get("DomainName"))
            message = f"waits until somebody proves by {method} that {domain} is theirs"
            yield at_property(template, certificate, "", message, value=domain, method=method)


RULE = Rule(
    id="certificate-validation",
    kind="external-dependency",
    level="High",
    category="prerequisites",
    title="Certificates that wait for somebody",
    issue="{resources} in {file} ask for a certificate for {values}, validated by {methods}, with nothing in the template that "
    "answers. The stack waits until somebody adds the record or follows the mail, for up to 72 hours, and is rolled back if nobody does.",
    fix="Give DomainValidationOptions with the HostedZoneId of a zone of the account, so that the record is made; or take the ARN "
    "of an issued certificate as a parameter, and create the HTTPS listener on the condition that it is given.",
    root_cause="The certificate was declared like any other resource, though its creation is not in the template's hands.",
    lesson="A resource that needs a domain, a mail or a click cannot be created unattended: make it optional, or take it as given.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-certificate.html",
    cost="Hours of waiting, then a roll-back.",
    security="None.",
    performance="None.",
    check=check,
    fails=(
        example("""
Parameters:
  Domain: {Type: String, Default: shop.orders-shop.com}
Resources:
  Certificate:  # finds
    Type: AWS::CertificateManager::Certificate
    Properties:
      DomainName: !Ref Domain
      ValidationMethod: DNS
"""),
    ),
    passes=(
        example("""
Parameters:
  Zone: {Type: 'AWS::Route53::HostedZone::Id', Default: Z0123456789ABCDEFGHIJ}
Resources:
  Certificate:
    Type: AWS::CertificateManager::Certificate
    Properties:
      DomainName: shop.orders-shop.com
      ValidationMethod: DNS
      DomainValidationOptions: [{DomainName: shop.orders-shop.com, HostedZoneId: !Ref Zone}]
"""),
    ),
)
