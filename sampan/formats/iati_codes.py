"""Which codes may an IATI activity of ours use, and what does each mean?

From the code lists of the standard (version 2.03, embedded lists of 11 March 2024, others of 22 June 2026):
those that we write, and no more. https://iatistandard.org/en/iati-standard/203/codelists/
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LISTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "TransactionType": {
            "1": "Incoming Funds",
            "2": "Outgoing Commitment",
            "3": "Disbursement",
            "4": "Expenditure",
            "11": "Incoming Commitment",
            "12": "Outgoing Pledge",
            "13": "Incoming Pledge",
        },
        "OrganisationType": {
            "10": "Government",
            "11": "Local Government",
            "21": "International NGO",
            "22": "National NGO",
            "24": "Partner Country based NGO",
            "40": "Multilateral",
            "60": "Foundation",
            "70": "Private Sector",
            "90": "Other",
        },
        "OrganisationRole": {"1": "Funding", "2": "Accountable", "3": "Extending", "4": "Implementing"},
        "ActivityStatus": {
            "1": "Pipeline/identification",
            "2": "Implementation",
            "3": "Finalisation",
            "4": "Closed",
            "5": "Cancelled",
        },
        "DisbursementChannel": {
            "1": "Money through the ministry of finance or the treasury",
            "2": "Money directly to the implementing institution",
            "3": "Aid in kind: through third parties",
            "4": "Aid in kind: managed by the donor",
        },
        "AidType": {
            "B02": "Core contributions to multilateral institutions and global funds",
            "B03": "Contributions to specific-purpose programmes managed by implementing partners",
            "C01": "Project-type interventions",
            "D01": "Donor country personnel",
        },
        "EarmarkingCategory": {
            "1": "Unearmarked",
            "2": "Softly earmarked",
            "3": "Earmarked",
            "4": "Tightly earmarked",
        },
        "Sector": {
            "12264": "COVID-19 control",
            "72010": "Material relief assistance and services",
            "72011": "Basic health care services in emergencies",
        },
        "Region": {"998": "Developing countries, unspecified"},
    }
)
"""Names are the lists' own, or shorter, for the reader of this file; only codes are written."""
