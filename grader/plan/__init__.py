"""The offline plan: what CloudFormation would do with a bundle in an account, and what it would refuse."""

from grader.plan.build import make_plan
from grader.plan.model import Change, Plan, Problem, StackPlan, Stage

__all__ = ["Change", "Plan", "Problem", "StackPlan", "Stage", "make_plan"]
