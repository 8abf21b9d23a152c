"""Judges of whether something is there at all."""

from __future__ import annotations

import re
from dataclasses import replace

from grader.detectors.requirements.answer import Answer, Built, known
from grader.detectors.requirements.verdict import HIDDEN, UNSEEN, Verdict, absent, judge, met, unjudged, unmet
from grader.model import RequirementStanding
from grader.task.reading import Demand
from grader.template import Scalar, walk

# A prompt that lets environments differ: what is created only in some of them may be meant so.
_VARIES = re.compile(
    r"\b(per|each|multiple|different|between|across) environments?\b|\benvironment[- ](specific|dependent|based)\b|\bconditional(ly)?\b"
    r"|\bdepending on\b|\b(dev|development|staging|test)\b[^.\n]{0,40}\bprod(uction)?\b",
    re.I,
)


_SECRET = ("AWS::SecretsManager::Secret",)
_ALL_SECRETS = re.compile(r"\b(all|any|every)\s+(secrets?|credentials?|passwords?)\b", re.I)
_TABLE = ("AWS::DynamoDB::Table",)


@judge("exists")
def exists(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a resource of a type that is asked for would be created."""
    types = demand.check.subjects[0]
    found = answer.of(types) or answer.inline(types)
    if found and demand.check.is_partial:
        return unjudged("the prompt asks more of it than that it is there")
    if found:
        return met([one.located("is created") for one in found])
    hidden = [one for one in answer.hidden if one.type in types]
    if hidden and (_VARIES.search(answer.case.task.prompt) or all(_is_of_region(one) for one in hidden)):
        return unjudged(HIDDEN)
    if hidden:
        one = hidden[0]
        verdict = unmet(
            f"{one.name} is created only under the condition {one.resource.condition}, which is false by default",
            [one.located(f"has the condition {one.resource.condition}, which is false by default") for one in hidden],
        )
        return replace(verdict, is_hidden=True)
    if answer.hides(types):
        return unjudged(UNSEEN)
    if types == ("AWS::DynamoDB::GlobalTable",) and any(one.values("Replicas") for one in answer.of(_TABLE)):
        return unjudged("a table has replicas, which only a global table has: rules report it")
    if types == _SECRET and _ALL_SECRETS.search(demand.check.text) and not answer.exactly(*_WITH_PASSWORD):
        return unjudged("the answer has no password that a secret could hold")
    words = {word.lower() for word in re.findall(r"[A-Za-z]{3,}", demand.check.names)} - {"aws", "amazon"}
    custom = [one for one in answer.built if one.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource"))]
    if any(word in f"{one.type}{one.name}".lower() for one in custom for word in words):
        return unjudged("a custom resource may create it")
    if any(re.search(rf"Custom::\w*{word}", unread.text, re.I) for unread in answer.case.unread for word in words):
        return unjudged(UNSEEN)
    service = demand.check.arguments.get("whole_service")
    if isinstance(service, str):
        pattern = re.compile(rf"\b{service}\b" if service.isupper() else service, re.I)
        if any(pattern.search(text) for one in answer.case.templates for _, _, text in answer.case.texts(one)):
            return unjudged("the templates use the service without a resource of it")
        return unmet(f"no template of the answer has anything of {service}")
    return unmet(f"the answer creates no {demand.check.names or demand.requirement.title}")


def _is_of_region(built: Built) -> bool:
    """Whether the condition of a resource asks for the region that the stack is in: other stacks of the template may create it."""
    node = built.template.section("Conditions").get(built.resource.condition or "")
    return node is not None and any("AWS::Region" in part.text for _, part in walk(node) if isinstance(part, Scalar))


@judge("count")
def count(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether there are at least as many resources of a type as the prompt says."""
    found = answer.of(demand.check.subjects[0]) or answer.inline(demand.check.subjects[0])
    number = demand.check.values.get("n")
    if not found or not isinstance(number, int):
        return exists(answer, demand)
    if len(found) >= number:
        return met([one.located("is created") for one in found])
    if (
        answer.is_opaque
        or any(one.type.startswith("AWS::AutoScaling") for one in answer.built)
        or any(not one.is_certain for one in found)
    ):
        return unjudged("the number of them is known only when the stack is deployed")
    return unmet(
        f"the answer creates {len(found)} of the {demand.requirement.title}",
        [one.located(f"is one of the {len(found)} that are created") for one in found],
    )


# What takes a scaling policy of its own; functions, queues and serverless databases scale without.
_SCALABLE = (
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::ECS::Service",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::EC2::SpotFleet",
)


@judge("scaling")
def scaling(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether something that can be scaled has a scaling policy."""
    found = answer.of(demand.check.subjects[0])
    if found:
        return met([one.located("is a scaling policy") for one in found])
    scalable = answer.exactly(*_SCALABLE)
    if answer.is_opaque or not scalable or any(one.type in demand.check.subjects[0] for one in answer.hidden):
        return unjudged("nothing of the answer takes a scaling policy")
    one = scalable[0]
    return unmet(f"no scaling policy is for {one.name}", [item.located("has no scaling policy") for item in scalable])


@judge("replicas")
def replicas(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether there are as many read replicas, or readers of a cluster, as the prompt says."""
    number = demand.check.values.get("n", 1)
    instances = answer.exactly("AWS::RDS::DBInstance")
    copies = [
        one for one in instances if one.values("SourceDBInstanceIdentifier") or one.values("SourceDBClusterIdentifier")
    ]
    members = [one for one in instances if one.values("DBClusterIdentifier")][1:]
    readers = copies + members
    if isinstance(number, int) and len(readers) >= number:
        return met([one.located("is a replica") for one in readers])
    if not instances:
        return absent(answer, ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"), "RDS database")
    if answer.is_opaque or any(one.values("ReadReplicaDBInstanceIdentifiers") for one in instances):
        return unjudged(UNSEEN)
    return unmet(
        f"the answer creates {len(readers)} of {number} read replicas"
        if readers
        else "the answer creates no read replica",
        [one.located("is not a read replica") for one in instances],
    )


@judge("backups")
def backups(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether something backs up data: AWS Backup, snapshots, or the recovery of databases and tables."""
    found = answer.exactly("AWS::Backup::BackupPlan", "AWS::DLM::LifecyclePolicy")
    found += [
        one
        for one in answer.of(("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"))
        if one.first("BackupRetentionPeriod") not in (0, "0")
    ]
    found += [
        one
        for one in answer.of(("AWS::DynamoDB::Table",))
        if one.values("PointInTimeRecoverySpecification") or one.values("Replicas")
    ]
    if found:
        return met([one.located("is backed up") for one in found])
    if answer.is_opaque or answer.exactly(
        "AWS::EFS::FileSystem", "AWS::S3::Bucket", "AWS::ElastiCache::ReplicationGroup"
    ):
        return unjudged("it is not known what is to be backed up")
    return unmet("the answer has no backup plan and no backup setting")


@judge("public-read")
def public_read(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a bucket's policy lets everybody read, and its public access block does not forbid that."""
    policies = [
        one
        for one in answer.exactly("AWS::S3::BucketPolicy")
        if any(value in ("*", {"AWS": "*"}) for value in one.values("PolicyDocument.Statement.*.Principal"))
        and "Allow" in one.values("PolicyDocument.Statement.*.Effect")
    ]
    blocked = {
        one.name
        for one in answer.exactly("AWS::S3::Bucket")
        if str(one.first("PublicAccessBlockConfiguration.BlockPublicPolicy")).lower() != "false"
    }
    open_ = [
        one for one in policies if (bucket := answer.target(one, one.first("Bucket"))) and bucket.name not in blocked
    ]
    if open_:
        return met([one.located("lets everybody read") for one in open_])
    if answer.is_opaque or not answer.exactly("AWS::S3::Bucket"):
        return unjudged(UNSEEN)
    if policies:
        # New buckets block public policies where a template does not say anything.
        # Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        return unmet(
            "the public access block of the bucket forbids its public policy",
            [one.located("allows everybody, which the bucket's public access block forbids") for one in policies],
        )
    verdict = unmet(
        "no bucket policy lets everybody read",
        [one.located("is not public") for one in answer.exactly("AWS::S3::Bucket")],
    )
    is_served = bool(answer.exactly("AWS::CloudFront::Distribution"))  # everybody reads through it
    return replace(verdict, level="Medium") if is_served else verdict


_FIRST = re.compile(r"Primary[A-Z]")
_SECOND = re.compile(r"Secondary[A-Z]")


def _has_second(answer: Answer, types: tuple[str, ...]) -> bool:
    """Whether templates have resources of a secondary region, of which none is of the types."""
    second = [one.type for one in (*answer.built, *answer.hidden) if _SECOND.match(one.name)]
    return bool(second) and not set(second) & set(types)


@judge("both-regions")
def both_regions(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a thing is in the templates of both regions; open where one template may serve several regions."""
    types = tuple(type for subject in demand.check.subjects for type in subject)
    found = answer.of(types)
    if len({one.template.file for one in found}) >= 2:
        return met([one.located("is created") for one in found])
    if answer.is_opaque or answer.exactly("AWS::CloudFormation::StackSet", "AWS::CloudFormation::Stack"):
        return unjudged(UNSEEN)
    names = [
        name
        for template in answer.case.templates
        for name in (*template.parameters, *template.conditions, *template.section("Mappings").values)
    ]
    if found and all(_FIRST.match(one.name) for one in found) and _has_second(answer, types):
        alone = found[0].name
        return unmet(
            f"only {alone} is there, and no counterpart of it in the secondary region",
            [one.located("has no counterpart in the secondary region") for one in found],
        )
    if any(re.search(r"region|primary|secondary|replica|dr\b", name, re.I) for name in names):
        return unjudged("the same template may be deployed in several regions")
    if not found:
        return absent(answer, types, demand.check.names)
    return unmet(
        f"only the template of one region has it, {found[0].template.file}",
        [one.located(f"is only in {one.template.file}") for one in found],
    )


@judge("pipeline-stages")
def pipeline_stages(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a pipeline has actions that fetch the source, build and deploy."""
    pipelines = answer.exactly("AWS::CodePipeline::Pipeline")
    if not pipelines:
        return absent(answer, ("AWS::CodePipeline::Pipeline",), "CodePipeline pipeline")
    path = "Stages.*.Actions.*.ActionTypeId.Category"
    missing = {one: {"Source", "Build", "Deploy"} - set(map(str, one.values(path))) for one in pipelines}
    good = [one for one, names in missing.items() if not names]
    if good:
        return met([one.located("has the three stages", "Stages") for one in good])
    if answer.is_opaque or any(not known(value) for one in pipelines for value in one.values(path)):
        return unjudged(UNSEEN)
    if len(pipelines) > 1 or any("Invoke" in one.values(path) for one in pipelines):
        return unjudged("other actions or pipelines may do it")
    names = sorted(missing[pipelines[0]])
    return unmet(
        f"{pipelines[0].name} has no action of the category {names[0]}",
        [pipelines[0].located(f"has no action of the category {names[0]}", "Stages")],
    )


@judge("size")
def size(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a list of a resource, such as the stages of a pipeline, is as long as the prompt says."""
    types = tuple(type for subject in demand.check.subjects for type in subject)
    path, noun = (str(demand.check.arguments.get(key)) for key in ("path", "noun"))
    built, number = answer.of(types), demand.check.values.get("n")
    if not built:
        return absent(answer, types, demand.check.names)
    sizes = [(one, len(value) if isinstance(value := one.first(path), list) else None) for one in built]
    is_exact = re.search(r"\bexactly\b", demand.check.text, re.I) is not None
    good = [one for one, length in sizes if length == number or (not is_exact and length and length > int(str(number)))]
    if good:
        return met([one.located(f"has {number} {noun}", path) for one in good])
    if answer.is_opaque or any(length is None for _, length in sizes) or len(built) > 1:
        return unjudged(f"the number of the {noun} is known only when the stack is deployed")
    one, length = sizes[0]
    return unmet(f"{one.name} has {length} {noun}", [one.located(f"has {length} {noun}", path)])


@judge("shared-role")
def shared_role(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether all functions name the same role."""
    functions = answer.of(("AWS::Lambda::Function",))
    if not functions or answer.is_opaque:
        return unjudged(UNSEEN)
    roles = {str(one.first("Role")) if one.values("Role") else f"own role of {one.name}" for one in functions}
    if len(roles) == 1:
        return met([one.located("has the role", "Role") for one in functions])
    used = [one for one in functions if not re.search(r"custom|provider|rotation", one.name, re.I)]
    if len(used) < len(functions):
        return unjudged("functions for other purposes have roles of their own")
    return unmet(
        f"the functions have {len(roles)} roles",
        [one.located("has its own role" if not one.values("Role") else "names a role", "Role") for one in functions],
    )


@judge("named")
def named(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether a resource has the name that the prompt gives, as its logical id or in a property."""
    name = str(demand.check.values.get("name", "")).lower()
    types = tuple(type for subject in demand.check.subjects for type in subject)
    found = [
        one
        for one in answer.of(types)
        if name in one.name.lower()
        or any(name in str(value).lower() for value in one.properties.values() if isinstance(value, str))
    ]
    if found:
        return met([one.located("has the name") for one in found])
    if not answer.of(types):
        return absent(answer, types, demand.check.names)
    return unjudged("the name may be given in another way")


@judge("nothing")
def nothing(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether no resource of a type that the prompt excludes would be created."""
    found = answer.of(demand.check.subjects[0])
    if found:
        return unmet(f"the answer creates {found[0].name}", [one.located("is created") for one in found])
    return unjudged(UNSEEN) if answer.is_opaque else met()


# What has a password that can rotate.
_WITH_PASSWORD = (
    "AWS::SecretsManager::Secret",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::DocDB::DBCluster",
    "AWS::Redshift::Cluster",
    "AWS::DirectoryService::MicrosoftAD",
)


@judge("rotation")
def rotation(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether secrets rotate, where the answer has a secret or a database with a password."""
    verdict = exists(answer, demand)
    if verdict.standing is RequirementStanding.UNMET and not answer.exactly(*_WITH_PASSWORD):
        return unjudged("the answer has no secret that could rotate")
    return verdict


@judge("monitoring")
def monitoring(answer: Answer, demand: Demand) -> Verdict:
    """Judge whether something is watched: by alarms or a dashboard, or, which is left open, by log groups and metric filters."""
    verdict = exists(answer, demand)
    if verdict.standing is RequirementStanding.UNMET and answer.exactly(*_WATCHING):
        return unjudged("log groups and metric filters monitor as well")
    return verdict


_WATCHING = ("AWS::Logs::MetricFilter", "AWS::Logs::LogGroup", "AWS::ApplicationInsights::Application")
