"""A case sheet of made-up people under HTCDS names, the same for the same number of rows."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from referrals.htcds import codes

FIRST = ("Ana", "Berto", "Carla", "Dino", "Elena", "Fidel", "Gloria", "Hana", "Isko", "Jun")
FAMILY = ("Abrenica", "Bautista", "Cruzado", "Dizon", "Ferrer", "Ilustre", "Lontoc", "Salonga")
PLACES = ("Port City", "San Alonzo", "Puerto Linao", "Coral Coast")
SENDERS = ("Northern Cyber Response Unit", "Coastal Province Social Welfare Office", "")
COUNTRIES = ("PH", "PH", "PH", "KH", "UA", "MD", "ID")
TOLD = (
    "A teacher asked for advice after the child spoke to her.",
    "The agency abroad holds the rest of the report; a liaison officer will call.",
    "A neighbour came to the desk. She wishes to stay unnamed and can be reached in the evening.",
)
SINCE = date(2014, 1, 1)


def write_sheet(file: Path, rows: int) -> None:
    """Write a CSV of `rows` rows, none of them faulty and none like another."""
    chance = random.Random(rows)
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer: csv.DictWriter[str] | None = None
        for number in range(rows):
            row = _row(chance, number)
            if writer is None:
                writer = csv.DictWriter(handle, fieldnames=list(row))
                writer.writeheader()
            writer.writerow(row)


def _row(chance: random.Random, number: int) -> dict[str, str]:
    received = SINCE + timedelta(days=chance.randrange(4_000))
    age = chance.randrange(3, 40)
    country = chance.choice(COUNTRIES)
    return {
        "cas_CaseOwner": chance.choice(("a.reyes", "c.santos", "j.delacruz")),
        "prs_FirstName": chance.choice(FIRST),
        "prs_SecondName": chance.choice(FAMILY),
        "con_Consent": chance.choice(("TRUE", "TRUE", "FALSE")),
        "prs_Birthdate": (received - timedelta(days=age * 365 + 200)).isoformat(),
        "prs_Gender": chance.choice(list(codes.GENDERS)),
        "prs_Citizenship": country,
        "prs_MailingStreet": f"{chance.randrange(1, 400)} Sampaguita Lane",
        "prs_MailingCity": chance.choice(PLACES),
        "prs_MailingCountry": country,
        "vic_TraffickingStatus": chance.choice(list(codes.TRAFFICKING_STATUSES)),
        "vic_AgeWhenTrafficked": str(age),
        "vic_TypeOfExploitation": chance.choice(("SexualExploitation", "ForcedLabour", "")),
        "cas_Status": chance.choice(("Active", "FollowUp")),
        "cas_ReferringOrganisation": chance.choice(SENDERS),
        "cas_IncomingReferralDate": received.isoformat(),
        "cas_IncomingReferralDetails": f"{chance.choice(TOLD)} Record {number}.",
    }
