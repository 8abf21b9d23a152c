"""Certificates whose validation nothing in the stack completes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import created
from grader.support.markdown import code

# Reserved names (RFC 2606, RFC 6761) and AWS's own, for which nobody outside can prove control.
# Source: https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-failed.html
_NOBODYS = re.compile(
    r"(^|\.)(example\.(com|net|org)|example|test|invalid|localhost|local|internal|amazonaws\.com)\.?$", re.I
)
_TOLD = r"validat[^\n]{0,80}\b(cname|dns|records?|e-?mail|certificate)\b|\bcertificate\b[^\n]{0,80}\bvalidat|\bcname records?\b"


def check(case: Case) -> Iterator[RuleFinding]:
    """Report certificates that are created and whose validation is left to a person, without a word on that."""
    for template, certificate in created(case, "AWS::CertificateManager::Certificate"):
        scope = case.scopes[template.file]
        by_zone = "HostedZoneId" in str(scope.value(certificate.get("DomainValidationOptions")))
        private = certificate.get("CertificateAuthorityArn") is not None
        domain = scope.text(certificate.get("DomainName"))
        nobodys = _NOBODYS.search(domain) is not None
        open_condition = scope.exists(certificate) is None
        if by_zone or private or open_condition or (case.documented(_TOLD) and not nobodys):
            continue
        method = scope.text(certificate.get("ValidationMethod")) or "EMAIL"
        message = f"waits for the validation of {domain} by {method}"
        because = f"{code(certificate.name)} has no `HostedZoneId` in `DomainValidationOptions`" + (
            f", and nobody who deploys the stack can prove control of {code(domain)}."
            if nobodys
            else ", and no document says who validates it."
        )
        yield at_property(
            template,
            certificate,
            "",
            message,
            level="Critical" if nobodys else "",
            value=domain,
            method=method,
            because=because,
        )


RULE = Rule(
    id="certificate-validation",
    kind="external-dependency",
    level="High",
    category="prerequisites",
    title="Certificate that waits for manual validation",
    issue="{resources} in {file} {requests|request} a certificate for {values}, validated by {methods}, and no resource of the stack "
    "completes the validation. CloudFormation waits until somebody adds the DNS record or follows the mail; where that does not happen, "
    "or ACM refuses the domain, the stack rolls back, after 72 hours at the latest.",
    fix="Add `HostedZoneId` of a Route 53 zone of the account to DomainValidationOptions, so that CloudFormation creates the record; "
    "or take the ARN of an issued certificate as a parameter and create the HTTPS listener only where it is given.",
    root_cause="{because}",
    lesson="A certificate that a person has to validate blocks the stack: validate it through Route 53, or take its ARN as a parameter.",
    reference="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-certificatemanager-certificate.html",
    aws_behaviour="CREATE_IN_PROGRESS until the certificate is issued; rolled back where the domain cannot be validated (Critical there).",
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
        example("""
Resources:
  Certificate:  # finds
    Type: AWS::CertificateManager::Certificate
    Properties:
      DomainName: '*.us-east-1.elb.amazonaws.com'
      ValidationMethod: DNS
=== README.md
Validate the certificate with the CNAME record that the console shows.
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
        example("""
Resources:
  Certificate:
    Type: AWS::CertificateManager::Certificate
    Properties:
      DomainName: shop.orders-shop.com
      ValidationMethod: DNS
=== README.md
While the stack is being created, add the CNAME record that ACM shows, so that the certificate is validated.
"""),
    ),
)
