"""Parameters of database parameter groups that cannot be modified."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example
from grader.rules._shared import created, without_property
from grader.support.markdown import code

# Parameters that a parameter group shows and does not let anybody modify.
# Source: `aws rds describe-engine-default-parameters`, IsModifiable; https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
_FIXED = {
    "postgres": frozenset(
        (
            "archive_command archive_mode block_size data_checksums data_directory hba_file ident_file integer_datetimes lc_collate "
            "lc_ctype listen_addresses max_function_args max_identifier_length max_index_keys port segment_size server_encoding "
            "server_version server_version_num ssl_ca_file ssl_cert_file ssl_key_file unix_socket_directories wal_block_size"
        ).split()
    ),
    "mysql": frozenset(
        "basedir datadir hostname license pid_file plugin_dir port server_id socket tmpdir version".split()
    ),
}


def check(case: Case) -> Iterator[RuleFinding]:
    """Report parameters of parameter groups that the engine does not let be modified."""
    for template, group in created(case, "AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup"):
        scope = case.scopes[template.file]
        family = scope.text(group.get("Family"))
        engines = (names for engine, names in _FIXED.items() if engine in family.replace("postgresql", "postgres"))
        fixed = next(engines, frozenset())
        parameters = scope.value(group.get("Parameters"))
        for name in parameters if isinstance(parameters, dict) else ():
            if name in fixed:
                message = f"sets {name}, which cannot be modified for {family}"
                because = f"{code(name)} is not modifiable in the parameter groups of {code(family)}."
                path = f"Parameters.{name}"
                yield at_property(template, group, path, message, value=name, family=family, because=because)


RULE = Rule(
    id="fixed-database-parameter",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Database parameter that cannot be modified",
    issue="{resources} in {file} {sets|set} {values}, which RDS does not let be modified for {family}. RDS rejects the parameter group.",
    fix="Remove {values} from {resources}: RDS sets it.",
    root_cause="{because}",
    lesson="Set only parameters that RDS lists as modifiable.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html",
    aws_behaviour="RDS rejects the modification of the parameter, and the stack rolls back.",
    check=check,
    corrections=without_property,
    fails=(
        example("""
Resources:
  Settings:
    Type: AWS::RDS::DBParameterGroup
    Properties:
      Family: postgres16
      Description: Settings
      Parameters:
        max_connections: '200'
        server_encoding: UTF8  # finds
"""),
    ),
    passes=(
        example("""
Resources:
  Settings:
    Type: AWS::RDS::DBParameterGroup
    Properties:
      Family: postgres16
      Description: Settings
      Parameters: {max_connections: '200'}
"""),
    ),
)
