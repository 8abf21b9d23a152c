"""Database parameters that cannot be set."""

from __future__ import annotations

from collections.abc import Iterator

from grader.case import Case
from grader.catalogue import Rule, RuleFinding, at_property, example

# Parameters that a parameter group shows and does not let anybody change.
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
    """Report parameters of parameter groups that the engine does not let be changed."""
    for template, group in case.resources("AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup"):
        scope = case.scopes[template.file]
        family = scope.text(group.get("Family"))
        fixed = next(
            (names for engine, names in _FIXED.items() if engine in family.replace("postgresql", "postgres")),
            frozenset(),
        )
        parameters = scope.value(group.get("Parameters"))
        for name in parameters if isinstance(parameters, dict) else ():
            if name in fixed:
                yield at_property(
                    template,
                    group,
                    f"Parameters.{name}",
                    f"sets {name}, which {family} does not let be changed",
                    value=name,
                    family=family,
                )


RULE = Rule(
    id="fixed-database-parameter",
    kind="invalid-property-value",
    level="Critical",
    category="schema",
    title="Database parameters that cannot be set",
    issue="{resources} in {file} set {values}, which cannot be changed for {family}. RDS refuses the parameter group.",
    fix="Remove {values}: the service sets it.",
    root_cause="The parameters were copied from a server of its own.",
    lesson="Set only parameters that RDS marks as modifiable.",
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html",
    cost="The deployment is rolled back.",
    security="None.",
    performance="None.",
    check=check,
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
