"""Edits that correct retention policies, ACLs and names of buckets."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue.corrections import removed, set_value, steps_of, template_of
from grader.model import Edit, Finding
from grader.template import Scalar, text_of, walk


def both_policies(case: Case, finding: Finding) -> Iterator[Edit]:
    """Give a resource the one of DeletionPolicy and UpdateReplacePolicy that it lacks, as the other."""
    template = template_of(case, finding)
    resource = template.resources.get(finding.resource) if template else None
    if resource is None:
        return
    for key, other in (("DeletionPolicy", "UpdateReplacePolicy"), ("UpdateReplacePolicy", "DeletionPolicy")):
        value = text_of(resource.node.get(other))
        if resource.node.get(key) is None and value:
            yield set_value(("Resources", resource.name, key), "Retain" if value == "RetainExceptOnCreate" else value)


def both_deleted(case: Case, finding: Finding) -> Iterator[Edit]:
    """Let CloudFormation delete a resource with its stack."""
    template = template_of(case, finding)
    resource = template.resources.get(finding.resource) if template else None
    for key in ("DeletionPolicy", "UpdateReplacePolicy") if resource else ():
        if resource and text_of(resource.node.get(key)) != "Delete":
            yield set_value(("Resources", resource.name, key), "Delete")


def acl_allowed(case: Case, finding: Finding) -> Iterator[Edit]:
    """Turn ACLs on for the bucket of logs; leave a public ACL out."""
    template = template_of(case, finding)
    bucket = template.resources.get(finding.facts.get("value", "")) if template else None
    if template is None or bucket is None or bucket.get("OwnershipControls") is not None:
        return
    if bucket.text("AccessControl") in ("PublicRead", "PublicReadWrite", "Private", "BucketOwnerFullControl"):
        edit = removed(template, ("Resources", bucket.name, "Properties", "AccessControl"))
        if edit:
            yield edit
        return
    path = ("Resources", bucket.name, "Properties", "OwnershipControls")
    yield set_value(path, {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]})


def generated_name(case: Case, finding: Finding) -> Iterator[Edit]:
    """Leave the name of a bucket out, where nothing else of the template spells it."""
    template = template_of(case, finding)
    steps = steps_of(template, finding) if template else None
    if template is None or not steps:
        return
    value = case.scopes[template.file].text(template.resources[finding.resource].get("BucketName"))
    mine = ("Resources", finding.resource, "Properties", "BucketName")
    for path, _, text in case.texts(template):
        if value in text and path[: len(mine)] != mine:
            return
    edit = removed(template, mine)
    others = (path for path, node in walk(template.root) if isinstance(node, Scalar) and path[:4] != mine)
    if edit and any(others):
        yield edit
