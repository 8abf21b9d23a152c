"""Judges of what is deleted with the stack and what is kept."""

from __future__ import annotations

from grader.case.deletion import PROTECTIONS
from grader.detectors.requirements.answer import Answer, Built
from grader.detectors.requirements.verdict import UNSEEN, Verdict, judge, met, unjudged, unmet
from grader.task.reading import Demand
from grader.template import text_of


def _protection(built: Built) -> str:
    """Return the property that protects a resource from deletion, empty where none does."""
    path = PROTECTIONS.get(built.type, "")
    return path if path and str(built.first(path)).lower() in ("true", "active", "enabled") else ""


@judge("no-retain")
def no_retain(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether no resource is kept when the stack is deleted."""
    kept = [
        one
        for one in answer.built
        if "Retain" in (one.resource.deletion_policy, text_of(one.resource.node.get("UpdateReplacePolicy")))
    ]
    if kept:
        return unmet(f"{kept[0].name} has the policy Retain", [one.located("has the policy Retain") for one in kept])
    protected = [(one, path) for one in answer.built if (path := _protection(one))]
    if protected and answer.case.request.orders(r"\b(deletion|termination) ?protection\b"):
        return unjudged("the prompt asks for deletion protection as well")
    if protected:
        one, path = protected[0]
        return unmet(
            f"{one.name} cannot be deleted: {path} is {str(one.first(path)).lower()}",
            [item.located("is protected from deletion", at) for item, at in protected],
        )
    if answer.is_opaque or not answer.built:
        return unjudged(UNSEEN)
    return met()


@judge("retain")
def retain(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether resources of the types that the prompt names are kept or saved when the stack is deleted."""
    wanted = ("Retain", "RetainExceptOnCreate") if demand.check.arguments.get("policy") == "Retain" else ("Snapshot",)
    types = tuple(type for subject in demand.check.subjects for type in subject)
    resources = answer.of(types) if types else list(answer.built)
    kept = [one for one in resources if one.resource.deletion_policy in wanted]
    if kept:
        return met([one.located("is kept") for one in kept])
    if answer.is_opaque or not resources:
        return unjudged(UNSEEN)
    return unmet(
        f"{resources[0].name} has no DeletionPolicy {wanted[0]}",
        [
            one.located(
                f"has {f'the DeletionPolicy {there}' if (there := one.resource.deletion_policy) else 'no DeletionPolicy'}"
            )
            for one in resources
        ],
    )


@judge("no-final-snapshot")
def no_final_snapshot(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether databases are deleted without a final snapshot, which CloudFormation takes where no policy says Delete.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    databases = answer.exactly("AWS::RDS::DBCluster") + [
        one for one in answer.exactly("AWS::RDS::DBInstance") if not one.values("DBClusterIdentifier")
    ]
    if not databases or answer.is_opaque:
        return unjudged("the answer has no database that is deleted by itself")
    kept = [one for one in databases if one.resource.deletion_policy != "Delete"]
    if not kept:
        return met([one.located("is deleted without a snapshot") for one in databases])
    return unmet(
        f"{kept[0].name} has no DeletionPolicy Delete, so that its deletion takes a final snapshot",
        [one.located("has no DeletionPolicy Delete") for one in kept],
    )
