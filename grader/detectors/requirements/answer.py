"""What an answer would create, as the judges of requirements ask about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from grader.case import Case
from grader.model import Located, Location
from grader.plan.answer import has_macro, is_generated, is_unseen
from grader.plan.schemas import is_known_type
from grader.task.reading.stages import STAGES
from grader.template import NO_VALUE, Map, Parameter, Resource, Scalar, Scope, Template, Unknown, is_known, walk

# Types that do the work of another: what is asked of the first is delivered by the others too.
# Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
EQUIVALENTS: Mapping[str, tuple[str, ...]] = {
    "AWS::ApiGateway::RestApi": ("AWS::Serverless::Api", "AWS::ApiGatewayV2::Api", "AWS::Serverless::HttpApi"),
    "AWS::ApiGatewayV2::Api": ("AWS::Serverless::HttpApi",),
    "AWS::AutoScaling::LaunchConfiguration": ("AWS::EC2::LaunchTemplate",),
    "AWS::DynamoDB::Table": ("AWS::DynamoDB::GlobalTable", "AWS::Serverless::SimpleTable"),
    "AWS::EC2::Instance": ("AWS::EKS::Nodegroup", "AWS::ElasticBeanstalk::Environment"),
    "AWS::EC2::LaunchTemplate": ("AWS::AutoScaling::LaunchConfiguration",),
    "AWS::ElastiCache::CacheCluster": ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::ServerlessCache"),
    "AWS::ElastiCache::ReplicationGroup": ("AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ServerlessCache"),
    "AWS::Events::Rule": ("AWS::Scheduler::Schedule", "AWS::Pipes::Pipe"),
    "AWS::IAM::ManagedPolicy": ("AWS::IAM::Policy", "AWS::IAM::RolePolicy"),
    "AWS::IAM::Policy": ("AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"),
    "AWS::Lambda::Function": ("AWS::Serverless::Function",),
    "AWS::RDS::DBCluster": ("AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster"),
    "AWS::Route53::RecordSet": ("AWS::Route53::RecordSetGroup",),
    "AWS::StepFunctions::StateMachine": ("AWS::Serverless::StateMachine",),
}
_GLOBALS = {
    "AWS::Serverless::Function": "Function",
    "AWS::Serverless::Api": "Api",
    "AWS::Serverless::HttpApi": "HttpApi",
    "AWS::Serverless::SimpleTable": "SimpleTable",
}
# Properties by which a resource does what a resource of the type would do; `Events=X` is a SAM function's event.
# Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
_SAM = "AWS::Serverless::Function"
_INLINE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "AWS::ApiGateway::RestApi": ((_SAM, "Events=Api"), (_SAM, "Events=HttpApi")),
    "AWS::ApiGatewayV2::Api": ((_SAM, "Events=HttpApi"),),
    "AWS::CloudWatch::Dashboard": (),
    "AWS::EC2::EIP": (),
    "AWS::EC2::Instance": (
        ("AWS::AutoScaling::AutoScalingGroup", "LaunchTemplate"),
        ("AWS::AutoScaling::AutoScalingGroup", "LaunchConfigurationName"),
        ("AWS::AutoScaling::AutoScalingGroup", "MixedInstancesPolicy"),
    ),
    "AWS::EC2::SecurityGroupIngress": (("AWS::EC2::SecurityGroup", "SecurityGroupIngress"),),
    "AWS::Events::Rule": (
        (_SAM, "Events=Schedule"),
        (_SAM, "Events=ScheduleV2"),
        (_SAM, "Events=EventBridgeRule"),
        (_SAM, "Events=CloudWatchEvent"),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (("AWS::ElasticLoadBalancing::LoadBalancer", "Listeners"),),
    "AWS::IAM::Policy": (("AWS::IAM::Role", "Policies"), (_SAM, "Policies")),
    "AWS::IAM::Role": ((_SAM, "!Role"),),
    "AWS::Lambda::EventSourceMapping": ((_SAM, "Events=SQS"), (_SAM, "Events=Kinesis"), (_SAM, "Events=DynamoDB")),
    "AWS::Lambda::Permission": ((_SAM, "Events"),),
    "AWS::Route53::RecordSet": (),
    "AWS::SNS::Subscription": (("AWS::SNS::Topic", "Subscription"), (_SAM, "Events=SNS")),
    # Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    "AWS::SecretsManager::RotationSchedule": (
        ("AWS::RDS::DBInstance", "ManageMasterUserPassword"),
        ("AWS::RDS::DBCluster", "ManageMasterUserPassword"),
        ("AWS::Redshift::Cluster", "ManageMasterPassword"),
    ),
    "AWS::SecretsManager::Secret": (
        ("AWS::RDS::DBInstance", "ManageMasterUserPassword"),
        ("AWS::RDS::DBCluster", "ManageMasterUserPassword"),
    ),
}


def _brings(built: Built, path: str) -> bool:
    name, _, event = path.partition("=")
    if event:
        return event in built.values(f"{name}.*.Type")
    values = built.values(name.lstrip("!"))
    return not values if name.startswith("!") else any(value not in (False, "false", [], {}) for value in values)


_OF_BALANCER = re.compile(r"(^|[a-z])(alb|nlb|elb|loadbalancer)(access)?logs?", re.I)
_SELF = re.compile(r"^\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}$")


@dataclass(frozen=True, eq=False)
class Built:
    """A resource that would be created, with its properties as plain values; unknown values are Unknown or hold `${`."""

    template: Template
    resource: Resource
    scope: Scope
    is_certain: bool = True

    @property
    def type(self) -> str:
        """The resource's type."""
        return self.resource.type

    @property
    def name(self) -> str:
        """The logical id."""
        return self.resource.name

    @cached_property
    def properties(self) -> dict[str, object]:
        """The properties, intrinsic functions resolved as far as they can be; what SAM's Globals give is added."""
        value = self.scope.value(self.resource.properties)
        own = value if isinstance(value, dict) else {}
        key = _GLOBALS.get(self.type)
        node = self.template.section("Globals").get(key) if key else None
        shared = self.scope.value(node) if node is not None else {}
        return {**shared, **own} if isinstance(shared, dict) else own

    def values(self, path: str) -> list[object]:
        """Return the values at a dotted path; `*` stands for every item of a list or mapping."""
        found: list[object] = [self.properties]
        for step in path.split(".") if path else ():
            below: list[object] = []
            for value in found:
                below += _step(value, step)
            found = below
        return found

    def first(self, path: str) -> object:
        """Return the first value at a path, None where there is none."""
        return next(iter(self.values(path)), None)

    def line_with(self, text: str) -> int:
        """Return the line of the first value that contains a text, that of the resource where none does."""
        lines = (
            node.line for _, node in walk(self.resource.properties) if isinstance(node, Scalar) and text in node.text
        )
        return next(lines, self.resource.line)

    def showing(self, message: str, text: str) -> Located:
        """Make a place of the resource, at the line of the first value that contains a text."""
        place = self.located(message)
        return replace(place, location=replace(place.location, line=self.line_with(text)))

    def located(self, message: str, path: str = "") -> Located:
        """Make a place of the resource, at a property's line where one is named."""
        keys = path.split(".*")[0] if path else ""
        line = self.resource.line_of(keys) if keys else self.resource.line
        place = f"Properties.{keys}" if keys else ""
        location = Location(file=self.template.file, line=line, resource=self.name, type=self.type, path=place)
        return Located(location=location, message=message)


def _step(value: object, step: str) -> list[object]:
    if isinstance(value, Unknown):
        return [value]
    if step == "*":
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return list(items)
    if isinstance(value, dict):
        return [value[step]] if step in value and value[step] is not NO_VALUE else []
    if isinstance(value, list) and not step.isdigit():
        return [found for item in value for found in _step(item, step)]
    if isinstance(value, list):
        return value[int(step) : int(step) + 1]
    return []


_ENVIRONMENT = re.compile(r"env|stage", re.I)


def _chosen(template: Template, parameter: Parameter, words: Sequence[str]) -> str:
    """Return the value of a parameter that stands for an environment: one that it allows, or a key of the mappings."""
    if not _ENVIRONMENT.search(parameter.name):
        return ""
    keys = [
        key
        for mapping in template.section("Mappings").values.values()
        if isinstance(mapping, Map)
        for key in mapping.values
    ]
    return next((one for one in parameter.allowed or keys if one.lower() in words), "")


@dataclass(frozen=True, eq=False)
class Answer:
    """The resources that an answer would create, by type; its parameters, outputs and files are its case's.

    `asked` are the types of the things that the prompt asks for.
    """

    case: Case
    asked: frozenset[str] = frozenset()

    @cached_property
    def built(self) -> tuple[Built, ...]:
        """Every resource that would be created, of a type that CloudFormation offers."""
        return tuple(self._built())

    def _built(self) -> Iterator[Built]:
        region = self.case.account.region
        for template in self.case.templates:
            scope = self.case.scopes[template.file]
            if template.file in self.case.partial or has_macro(template):
                continue
            for resource in template.resources.values():
                exists = scope.exists(resource)
                if exists is False or not resource.type or not is_known_type(resource.type, region):
                    continue
                yield Built(template, resource, scope, exists is True)

    @cached_property
    def by_type(self) -> Mapping[str, tuple[Built, ...]]:
        """The resources by their type."""
        found: dict[str, list[Built]] = {}
        for built in self.built:
            found.setdefault(built.type, []).append(built)
        return {type: tuple(group) for type, group in found.items()}

    def under(self, stage: str) -> Answer | None:
        """Return the answer as it is in an environment that a parameter chooses; None where no parameter does."""
        if stage not in self._stages:
            chosen = {
                parameter.name: value
                for template in self.case.roots
                for parameter in template.parameters.values()
                if (value := _chosen(template, parameter, STAGES[stage]))
            }
            self._stages[stage] = Answer(self.case.with_parameters(chosen), self.asked) if chosen else None
        return self._stages[stage]

    def is_given(self, place: Located) -> bool:
        """Whether a value at a place comes from a parameter other than those that choose the environment."""
        template = next((one for one in self.case.templates if one.file == place.file), None)
        resource = template.resources.get(place.resource) if template else None
        node = resource.get(place.path.removeprefix("Properties.")) if resource and place.path else None
        if template is None or node is None:
            return False
        names = {word for _, part in walk(node) if isinstance(part, Scalar) for word in re.findall(r"\w+", part.text)}
        return any(name in template.parameters and not _ENVIRONMENT.search(name) for name in names)

    @cached_property
    def _stages(self) -> dict[str, Answer | None]:
        """What the answer is in the environments that were asked for so far."""
        return {}

    def exactly(self, *types: str) -> list[Built]:
        """Return the resources of exactly these types."""
        return [built for type in dict.fromkeys(types) for built in self.by_type.get(type, ())]

    def of(self, types: Sequence[str]) -> list[Built]:
        """Return the resources of some types, or of types that do the same."""
        wanted = [name for type in types for name in (type, *EQUIVALENTS.get(type, ()))]
        return self.exactly(*wanted)

    @cached_property
    def log_targets(self) -> frozenset[str]:
        """The logical ids of the buckets that other buckets, trails or load balancers write their logs to."""
        found = set()
        for bucket in self.exactly("AWS::S3::Bucket"):
            destination = bucket.values("LoggingConfiguration.DestinationBucketName")
            found |= {one.name for value in destination if (one := self.target(bucket, value))}
        names = {bucket.name for bucket in self.exactly("AWS::S3::Bucket") if re.search("log", bucket.name, re.I)}
        return frozenset(found | names)

    @cached_property
    def load_balancer_logs(self) -> frozenset[str]:
        """The logical ids of the buckets that load balancers write access logs to, which works with SSE-S3 only.

        Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
        """
        named = [
            (one, item.get("Value"))
            for one in self.exactly("AWS::ElasticLoadBalancingV2::LoadBalancer")
            for item in one.values("LoadBalancerAttributes.*")
            if isinstance(item, dict) and item.get("Key") == "access_logs.s3.bucket"
        ]
        classic = self.exactly("AWS::ElasticLoadBalancing::LoadBalancer")
        named += [(one, value) for one in classic for value in one.values("AccessLoggingPolicy.S3BucketName")]
        found = {bucket.name for one, value in named if (bucket := self.target(one, value))}
        buckets = self.exactly("AWS::S3::Bucket")
        return frozenset(found | {one.name for one in buckets if _OF_BALANCER.search(one.name)})

    def inline(self, types: Sequence[str]) -> list[Built]:
        """Return the resources that bring another of some types along: a topic its subscription, a SAM function its role."""
        found = [
            built
            for type in types
            for owner, path in _INLINE.get(type, ())
            for built in self.exactly(owner)
            if _brings(built, path)
        ]
        return list(dict.fromkeys(found))

    @cached_property
    def hidden(self) -> tuple[Built, ...]:
        """The resources that a false condition keeps from being created."""
        return tuple(
            Built(template, resource, self.case.scopes[template.file], False)
            for template, resource in self.case.resources()
            if self.case.scopes[template.file].exists(resource) is False
        )

    @cached_property
    def is_opaque(self) -> bool:
        """Whether something of the answer cannot be seen: a broken template, a macro, a loop or a module."""
        return is_unseen(self.case)

    def hides(self, types: Sequence[str]) -> bool:
        """Whether something of a type may be in a part of the answer that cannot be seen.

        A template that cannot be parsed, or is over a limit, hides only the types whose names are in its text.
        """
        if not self.case.unread or is_generated(self.case):
            return self.is_opaque
        wanted = [name for type in types for name in (type, *EQUIVALENTS.get(type, ()))]
        return any(name in unread.text for unread in self.case.unread for name in wanted)

    def target(self, built: Built, value: object) -> Built | None:
        """Return the resource of the same template that a value refers to, None where it is not one."""
        match = _SELF.match(str(value)) if isinstance(value, Unknown | str) else None
        resource = built.template.resources.get(match.group(1)) if match else None
        return self.at(built.template, resource) if resource else None

    def at(self, template: Template, resource: Resource) -> Built:
        """Return a resource of a template as the judges see it."""
        return self._by_place.get((template.file, resource.name)) or Built(
            template, resource, self.case.scopes[template.file]
        )

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], Built]:
        return {(built.template.file, built.name): built for built in self.built}


def known(value: object) -> bool:
    """Whether a value is there and holds nothing unknown."""
    return value is not None and value is not NO_VALUE and is_known(value)
