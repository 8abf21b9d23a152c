"""What keeps resources from being deleted with their stack."""

from __future__ import annotations

from collections.abc import Mapping

# Where a type switches deletion protection on.
# Source: the properties of each in https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
PROTECTIONS: Mapping[str, str] = {
    "AWS::Cognito::UserPool": "DeletionProtection",
    "AWS::DSQL::Cluster": "DeletionProtectionEnabled",
    "AWS::DocDB::DBCluster": "DeletionProtection",
    "AWS::DynamoDB::GlobalTable": "DeletionProtectionEnabled",
    "AWS::DynamoDB::Table": "DeletionProtectionEnabled",
    "AWS::EC2::Instance": "DisableApiTermination",
    "AWS::EKS::Cluster": "DeletionProtection",
    "AWS::Logs::LogGroup": "DeletionProtectionEnabled",
    "AWS::Neptune::DBCluster": "DeletionProtection",
    "AWS::NeptuneGraph::Graph": "DeletionProtection",
    "AWS::NetworkFirewall::Firewall": "DeleteProtection",
    "AWS::RDS::DBCluster": "DeletionProtection",
    "AWS::RDS::DBInstance": "DeletionProtection",
    "AWS::RDS::GlobalCluster": "DeletionProtection",
    "AWS::VerifiedPermissions::PolicyStore": "DeletionProtection.Mode",
}
