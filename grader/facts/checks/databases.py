"""Checks of databases and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.case import Case
from grader.facts.checks.base import Broken, Check
from grader.facts.places import Place, places, root_of, target_of
from grader.support.markdown import code
from grader.support.text import is_natural
from grader.template import Call, as_text, is_known, text_of

# Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html (MasterUserPassword)
_REJECTED = ("/", "@", '"')
_GENERATED = re.compile(r"^\{\{resolve:secretsmanager:\$\{(\w+)(?:\.\w+)?\}")


def _major(version: str) -> str:
    return version.split(".")[0]


def database_parameter_family(case: Case, root: Place) -> Iterator[Broken]:
    """Report a database whose parameter group has a family of another engine or major version."""
    name = "DBClusterParameterGroupName" if root.resource.type.endswith("DBCluster") else "DBParameterGroupName"
    [place] = places(case, root, name)
    group = target_of(case, place)
    [engine] = places(case, root, "Engine")
    [version] = places(case, root, "EngineVersion")
    if group is None or engine.is_absent or engine.is_open or version.is_absent or version.is_open:
        return
    [family] = places(case, root_of(root.template, group), "Family")
    if family.is_absent or family.is_open:
        return
    wanted = _families(engine.text.lower(), version.text)
    if wanted and family.text.lower() not in wanted:
        detail = f"{group.name} has the family {family.text}, and {engine.text} {version.text} requires {wanted[0]}"
        yield Broken(place, detail)


def _families(engine: str, version: str) -> tuple[str, ...]:
    """Return the families of an engine's version, empty where they are not known.

    Source: DBParameterGroupFamily in https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBParameterGroup.html
    """
    major = _major(version)
    two = ".".join(version.split(".")[:2])
    if engine == "postgres":
        return (f"postgres{major}",) if is_natural(major) and int(major) >= 10 else ()
    if engine == "aurora-postgresql":
        return (f"aurora-postgresql{major}",) if is_natural(major) and int(major) >= 10 else ()
    if engine in ("mysql", "mariadb") and two.count(".") == 1:
        return (f"{engine}{two}",)
    if engine == "aurora-mysql" and two in ("5.7", "8.0"):
        return (f"aurora-mysql{two}",)
    return ()


def unused_key_attributes(case: Case, root: Place) -> Iterator[Broken]:
    """Report attributes of a table that no key schema uses, and keys that no attribute defines."""
    defined = {place.text: place for place in places(case, root, "AttributeDefinitions.*.AttributeName")}
    keys = [
        place
        for path in ("KeySchema", "GlobalSecondaryIndexes.*.KeySchema", "LocalSecondaryIndexes.*.KeySchema")
        for place in places(case, root, f"{path}.*.AttributeName")
        if not place.is_absent
    ]
    if any(place.is_open or place.is_absent for place in (*defined.values(), *keys)) or not keys:
        return
    used = {place.text for place in keys}
    for name in sorted(set(defined) - used):
        yield Broken(defined[name], f"{name} is defined and no key schema uses it")
    for place in keys:
        if place.text not in defined:
            yield Broken(place, f"{place.text} is a key and AttributeDefinitions does not define it")
            return


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


_DAILY = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


_WEEKLY = re.compile(r"([a-z]{3}):(\d\d):(\d\d)-([a-z]{3}):(\d\d):(\d\d)")


_DAY = 24 * 60


def overlapping_windows(case: Case, root: Place) -> Iterator[Broken]:
    """Report a maintenance window that overlaps the daily backup window."""
    [backup] = places(case, root, "PreferredBackupWindow")
    [maintenance] = places(case, root, "PreferredMaintenanceWindow")
    daily, weekly = _DAILY.fullmatch(backup.text), _WEEKLY.fullmatch(maintenance.text.lower())
    if daily is None or weekly is None or weekly[1] not in _DAYS or weekly[4] not in _DAYS:
        return
    start = _DAYS.index(weekly[1]) * _DAY + int(weekly[2]) * 60 + int(weekly[3])
    length = (_DAYS.index(weekly[4]) * _DAY + int(weekly[5]) * 60 + int(weekly[6]) - start) % (7 * _DAY)
    opens = int(daily[1]) * 60 + int(daily[2])
    lasts = (int(daily[3]) * 60 + int(daily[4]) - opens) % _DAY
    after = (opens - start) % _DAY  # from the start of maintenance to the next start of a backup window
    if after < length or (start - opens) % _DAY < lasts:
        yield Broken(maintenance, f"the backup window is {backup.text} and the maintenance window {maintenance.text}")


def replica_in_own_region(case: Case, root: Place) -> Iterator[Broken]:
    """Report a global table none of whose replicas is in the region of the stack."""
    found = places(case, root, "Replicas.*.Region")
    if found and not any(place.is_absent or place.is_open for place in found):
        regions = [place.text for place in found]
        if case.account.region not in regions:
            [replicas] = places(case, root, "Replicas")
            yield Broken(
                replicas, f"the replicas are in {', '.join(regions)} and the stack is in {case.account.region}"
            )


def generated_password(case: Case, root: Place) -> Iterator[Broken]:
    """Report a database whose generated password may contain characters that its service rejects."""
    [password] = places(case, root, "MasterUserPassword")
    match = _GENERATED.match(password.text) if not password.is_absent else None
    secret = root.template.resources.get(match.group(1)) if match else None
    if secret is None or secret.type != "AWS::SecretsManager::Secret":
        return
    [made] = places(case, root_of(root.template, secret), "GenerateSecretString")
    if not isinstance(made.value, dict) or not is_known(made.value):
        return
    left_out = str(made.value.get("ExcludeCharacters", ""))
    may_have = [character for character in _REJECTED if character not in left_out]
    if may_have and as_text(made.value.get("ExcludePunctuation", "")).lower() != "true":
        detail = f"{secret.name} generates a password that may contain {' '.join(may_have)}"
        yield Broken(
            password, detail, "Medium" if len(may_have) == 1 else ""
        )  # most passwords do not have a single one


# A password that every engine accepts, and characters that none accepts.
# Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
_GOOD, _WRONG = "Abcdefgh1234", '/@" '
MAX_PATTERN = 200


def password_pattern(case: Case, root: Place) -> Iterator[Broken]:
    """Report a password parameter whose pattern accepts characters that the database rejects; a pattern of one class only."""
    node = root.resource.get("MasterUserPassword")
    name = text_of(node.argument) if isinstance(node, Call) and node.name == "Ref" else None
    parameter = root.template.parameters.get(name) if name else None
    pattern = text_of(parameter.node.get("AllowedPattern")) if parameter else None
    if (
        pattern is None
        or len(pattern) > MAX_PATTERN
        or not re.fullmatch(r"\^?\[(?:[^\]\\]|\\.)+\](?:[*+]|\{[\d,]+\})?\$?", pattern)
    ):
        return
    try:
        letters = re.compile(pattern.lstrip("^").rstrip("$").partition("]")[0] + "]")
    except re.error:
        return
    wrong = [one for one in _WRONG if letters.fullmatch(one)]
    if wrong and all(letters.fullmatch(one) for one in _GOOD):
        shown = ", ".join("a space" if one == " " else code(one) for one in wrong)
        [place] = places(case, root, "MasterUserPassword")
        yield Broken(place, f"the AllowedPattern of the parameter {name} accepts {shown}")


CHECKS: Mapping[str, Check] = {
    "password-pattern": password_pattern,
    "database-parameter-family": database_parameter_family,
    "generated-password": generated_password,
    "overlapping-windows": overlapping_windows,
    "replica-in-own-region": replica_in_own_region,
    "unused-key-attributes": unused_key_attributes,
}
