"""Obligations: what is planned for a customer and has not come yet."""

from cxkit.journey._obligations.aging import Aging, AgingBucket
from cxkit.journey._obligations.contract import Contract, ContractDecision, ContractOutcome
from cxkit.journey._obligations.due import Due, DueFields
from cxkit.journey._obligations.obligations import DueDecision, DueOutcome, Obligations, Settlement, Statement
from cxkit.journey._obligations.planned import Promise, Recurring

__all__ = [
    "Aging",
    "AgingBucket",
    "Contract",
    "ContractDecision",
    "ContractOutcome",
    "Due",
    "DueDecision",
    "DueFields",
    "DueOutcome",
    "Obligations",
    "Promise",
    "Recurring",
    "Settlement",
    "Statement",
]
