"""One made-up year of an agency, small enough to count by hand.

Twelve survivors, S0 to S11, each in a case of its own (K0 to K11), all brought to safety on
15 March 2025 after a referral of 10 February 2025. Their abuse began one, two or three years
before, four of them each. `test_declared.py` says what must come out.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid5

SPACE = UUID("5a1e0000-0000-4000-8000-00000000fac7")


def uid(name: str) -> UUID:
    return uuid5(SPACE, name)


SAFE, REFERRED = date(2025, 3, 15), date(2025, 2, 10)
MONTH = [date(2025, month, 5) for month in range(1, 13)]
LATER = date(2026, 2, 1)
BEGAN = ("2024-03-15", "2023-03-15", "2022-03-15")


def facts(mine: Any, other: Any) -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
    """The rows of every view; `other` is an agency whose rows may count in nothing."""
    s, k = [uid(f"S{n}") for n in range(12)], [uid(f"K{n}") for n in range(12)]
    o, d = [uid(f"O{n}") for n in range(4)], [uid(f"D{n}") for n in range(14)]

    def survivor(n: int) -> tuple[Any, ...]:
        gender = "Feminine" if n < 8 else "Masculine" if n < 11 else "NonSpecifiedUnknown"
        born = 2015 if n < 6 else 2011 if n < 11 else None
        last = "2025-02" if n < 5 else "2025-01" if n < 9 else ""
        first = 8 if n < 10 else None
        return (s[n], k[n], mine, "survivor", SAFE, "PH", gender, born, BEGAN[n % 3], last, first)

    return {
        "fact_abuse": (
            "person_key uuid, case_key uuid, agency_key uuid, role text, safeguarded_on date,"
            " country text, gender text, birth_year int, first_abuse text, last_abuse text,"
            " age_when_first int",
            [
                *map(survivor, range(12)),
                (uid("child"), k[0], mine, "at_risk_child", SAFE, "PH", "", None, "", "", None),
                (uid("x"), uid("xk"), other, "survivor", SAFE, "PH", "", 2000, "2000", "", 1),
            ],
        ),
        "fact_survivor": (
            "person_key uuid, case_key uuid, agency_key uuid, safeguarded_on date",
            [(s[n], k[n], mine, SAFE) for n in range(12)],
        ),
        "fact_referral": (
            "referral_key uuid, agency_key uuid, received_on date, case_key uuid,"
            " case_is_open bool",
            [
                *((uid(f"R{n}"), mine, REFERRED, k[n], n != 11) for n in range(12)),
                *((uid(f"N{n}"), mine, REFERRED, None, None) for n in range(4)),
                (uid("xr"), other, REFERRED, uid("xk"), True),
            ],
        ),
        "fact_rescue": (
            "person_key uuid, case_key uuid, operation_key uuid, agency_key uuid, outcome text,"
            " happened_on date, decided_on date, replaced_on date, country text",
            [
                (s[0], k[0], uid("op1"), mine, "victim_rescued", SAFE, SAFE, None, "PH"),
                (uid("V"), k[1], uid("op1"), mine, "victim_rescued", SAFE, SAFE, None, "KE"),
                (
                    uid("c1"),
                    k[1],
                    uid("op1"),
                    mine,
                    "at_risk_child_removed",
                    SAFE,
                    SAFE,
                    None,
                    "PH",
                ),
                # Found to be a victim in May: a child at risk until then.
                (
                    uid("V"),
                    k[1],
                    uid("op1"),
                    mine,
                    "at_risk_child_removed",
                    SAFE,
                    SAFE,
                    date(2025, 5, 1),
                    "PH",
                ),
            ],
        ),
        "fact_arrest": (
            "person_key uuid, case_key uuid, operation_key uuid, agency_key uuid, outcome text,"
            " happened_on date, decided_on date, replaced_on date, country text",
            [
                (o[0], k[0], uid("op1"), mine, "suspect_arrested", SAFE, SAFE, None, "PH"),
                (o[1], k[1], uid("op1"), mine, "suspect_surrendered", SAFE, SAFE, None, "PH"),
                (o[2], k[2], uid("op2"), mine, "suspect_at_large", SAFE, SAFE, None, "PH"),
                (uid("adult"), k[1], uid("op1"), mine, "adult_removed", SAFE, SAFE, None, "PH"),
            ],
        ),
        "fact_operation": (
            "operation_key uuid, case_key uuid, agency_key uuid, happened_on date, type text,"
            " country text, conducted_by_us bool, supported_by_us bool",
            [
                (uid("op1"), k[0], mine, SAFE, "rescue", "PH", True, False),
                (uid("op2"), k[2], mine, SAFE, "search_warrant", "PH", False, True),
                (uid("op3"), k[3], mine, LATER, "rescue", "PH", True, False),
            ],
        ),
        "fact_charged": (
            "person_key uuid, case_key uuid, agency_key uuid, jurisdiction text, side text,"
            " charged_on date",
            [
                (o[0], k[0], mine, "PH", "source", date(2025, 4, 1)),
                (o[0], k[0], mine, "PH", "source", date(2025, 6, 1)),
                (d[0], k[0], mine, "AU", "demand", date(2025, 4, 14)),
                # First charged in 2024, so not in this year again.
                (o[1], k[1], mine, "PH", "source", date(2024, 12, 1)),
                (o[1], k[1], mine, "PH", "source", date(2025, 6, 1)),
            ],
        ),
        "fact_conviction": (
            "person_key uuid, case_key uuid, agency_key uuid, convicted_on date,"
            " reversed_on date, jurisdiction text, side text",
            [
                *((d[n], k[0], mine, date(2025, 9, 1), None, "GB", "demand") for n in range(14)),
                (o[0], k[0], mine, date(2025, 9, 1), date(2025, 12, 1), "PH", "source"),
            ],
        ),
        "fact_sentence": (
            "person_key uuid, case_key uuid, proceeding_key uuid, agency_key uuid, is_total bool,"
            " kind text, runs text, imposed_on date, superseded_on date, min_months int,"
            " max_months int, custodial_months_expected int, custodial_months_actual int,"
            " jurisdiction text, side text",
            [
                # Eleven with 40 to 60 months imposed, by twos, of whom ten have served 28 but for
                # the first (14) and the last (40); one is expected to serve 30; one is for life.
                *(
                    (
                        d[n],
                        k[0],
                        uid(f"G{n}"),
                        mine,
                        False,
                        "determinate",
                        "",
                        date(2025, 10, 1),
                        None,
                        None,
                        40 + 2 * n,
                        None if n < 10 else 30,
                        None if n == 10 else {0: 14, 9: 40}.get(n, 28),
                        "GB",
                        "demand",
                    )
                    for n in range(11)
                ),
                (
                    d[11],
                    k[0],
                    uid("G11"),
                    mine,
                    False,
                    "life",
                    "",
                    date(2025, 10, 1),
                    None,
                    None,
                    None,
                    None,
                    None,
                    "GB",
                    "demand",
                ),
                # Their conviction was reversed.
                (
                    o[0],
                    k[0],
                    uid("G12"),
                    mine,
                    False,
                    "determinate",
                    "",
                    date(2025, 10, 1),
                    None,
                    None,
                    500,
                    None,
                    500,
                    "PH",
                    "source",
                ),
            ],
        ),
        "fact_judgment": (
            "person_key uuid, proceeding_key uuid, agency_key uuid, jurisdiction text, side text,"
            " judged_on date, result text",
            [
                *(
                    (d[n], uid(f"G{n}"), mine, "GB", "demand", date(2025, 9, 1), "convicted")
                    for n in range(3)
                ),
                (d[3], uid("G3"), mine, "GB", "demand", date(2025, 9, 1), "acquitted"),
                (d[4], uid("G4"), mine, "GB", "demand", date(2025, 9, 1), "dismissed"),
            ],
        ),
        "fact_proceeding": (
            "proceeding_key uuid, case_key uuid, agency_key uuid, charged_on date, judged_on date",
            [
                *(
                    (uid(f"G{n}"), k[n], mine, date(2025, 1, 1), date(2025, 1, 1 + n))
                    for n in range(1, 12)
                ),
                (uid("G12"), k[0], mine, date(2025, 1, 1), None),
            ],
        ),
        "fact_conduct": (
            "proceeding_key uuid, agency_key uuid, jurisdiction text, concluded_on date,"
            " by_plea bool",
            [
                (uid("G1"), mine, "PH", SAFE, True),
                (uid("G2"), mine, "PH", SAFE, True),
                (uid("G3"), mine, "PH", SAFE, False),
                (uid("G4"), mine, "PH", SAFE, None),
            ],
        ),
        "fact_testimony": (
            "person_key uuid, proceeding_key uuid, case_key uuid, agency_key uuid,"
            " jurisdiction text, concluded_on date, testified bool",
            [
                (s[0], uid("G1"), k[0], mine, "PH", SAFE, False),
                (s[1], uid("G2"), k[1], mine, "PH", SAFE, False),
                (s[1], uid("G3"), k[1], mine, "PH", SAFE, True),
                (s[2], uid("G4"), k[2], mine, "PH", SAFE, False),
            ],
        ),
        "fact_award": (
            "award_key uuid, person_key uuid, case_key uuid, agency_key uuid, jurisdiction text,"
            " amount numeric, currency text, awarded_on date, paid numeric",
            [
                (uid("A1"), s[0], k[0], mine, "PH", 100, "PHP", SAFE, 100),
                (uid("A2"), s[0], k[0], mine, "PH", 300, "PHP", SAFE, 20),
                (uid("A3"), s[1], k[1], mine, "AU", 50, "AUD", SAFE, 0),
            ],
        ),
        "fact_offender": (
            "person_key uuid, case_key uuid, agency_key uuid, role text, known_on date,"
            " gender text, birth_year int, citizenship text, case_country text, country text",
            [
                *(
                    (
                        d[n],
                        k[0],
                        mine,
                        "alleged_offender_demand",
                        REFERRED,
                        "Masculine",
                        1970,
                        "GB",
                        "PH",
                        "US" if n < 4 else "AU" if n < 7 else "GB" if n < 12 else None,
                    )
                    for n in range(14)
                ),
                # With the fourteen above, 17 of the 50 whose country is known are in the US.
                *(
                    (
                        uid(f"D{n}"),
                        k[0],
                        mine,
                        "alleged_offender_demand",
                        REFERRED,
                        "Masculine",
                        1970,
                        "GB",
                        "PH",
                        "US" if n < 27 else "CA",
                    )
                    for n in range(14, 52)
                ),
                (
                    o[0],
                    k[0],
                    mine,
                    "alleged_offender_source",
                    REFERRED,
                    "Feminine",
                    1990,
                    "PH",
                    "PH",
                    "PH",
                ),
                (
                    o[1],
                    k[1],
                    mine,
                    "alleged_offender_source",
                    REFERRED,
                    "NonSpecifiedUnknown",
                    None,
                    None,
                    "PH",
                    None,
                ),
            ],
        ),
        "fact_relation": (
            "offender_key uuid, person_key uuid, case_key uuid, agency_key uuid,"
            " offender_role text, closeness text, safeguarded_on date",
            [
                # 13 of 20 known: 65 percent. One of the thirteen is close to one child alone.
                *(
                    (
                        uid(f"E{n}"),
                        s[n % 12],
                        k[0],
                        mine,
                        "alleged_offender_source",
                        "family" if n < 8 else "friend" if n < 13 else "no",
                        SAFE,
                    )
                    for n in range(20)
                ),
                (uid("E0"), s[1], k[0], mine, "alleged_offender_source", "no", SAFE),
                (uid("E20"), s[1], k[0], mine, "alleged_offender_source", "unknown", SAFE),
                (uid("E21"), s[1], k[0], mine, "alleged_offender_source", None, SAFE),
                (uid("E22"), s[1], k[0], mine, "alleged_offender_demand", "no", SAFE),
            ],
        ),
        "fact_harm": (
            "person_key uuid, case_key uuid, agency_key uuid, safeguarded_on date, opened_on date,"
            " country text, harm_type text, content_origin text, first_generation text,"
            " platforms text[]",
            [
                (
                    s[0],
                    k[0],
                    mine,
                    SAFE,
                    REFERRED,
                    "PH",
                    "live_streaming",
                    "livestreamed_trafficking",
                    "no",
                    ["Facebook", "TikTok"],
                ),
                (
                    s[0],
                    k[0],
                    mine,
                    SAFE,
                    REFERRED,
                    "PH",
                    "csam_production",
                    "livestreamed_trafficking",
                    "yes",
                    ["WhatsApp"],
                ),
                (s[1], k[1], mine, SAFE, REFERRED, "PH", "grooming", "unknown", "no", []),
                (
                    s[2],
                    k[2],
                    mine,
                    SAFE,
                    REFERRED,
                    "PH",
                    "unknown",
                    "not_applicable",
                    "unknown",
                    ["x_VideoCall"],
                ),
            ],
        ),
        "fact_case": (
            "case_key uuid, agency_key uuid, opened_on date, country text, is_open bool,"
            " opened_by_source text, countries int, has_demand_side bool",
            [
                (
                    k[n],
                    mine,
                    REFERRED,
                    "PH",
                    True,
                    "foreign_law_enforcement" if n < 7 else "ngo" if n < 11 else None,
                    2 if n < 3 else 1,
                    n < 5,
                )
                for n in range(12)
            ],
        ),
        "fact_intake": (
            "referral_key uuid, agency_key uuid, case_key uuid, status text, received_on date,"
            " hours_to_acknowledge numeric, hours_to_triage numeric, triaged_on date,"
            " closed_on date, decided_on date, source_category text, detection_method text,"
            " harm_types text[], content_origin text, country text, originating_country text,"
            " percent_complete int",
            [
                # One a month through 2024; in 2025 one in January and twelve in February.
                *(
                    (
                        uid(f"B{n}"),
                        mine,
                        None,
                        "closed",
                        date(2024, n, 5),
                        1,
                        1,
                        date(2024, n, 5),
                        None,
                        date(2024, n, 6),
                        "ngo",
                        "",
                        ["grooming"],
                        "",
                        "PH",
                        "",
                        40,
                    )
                    for n in range(1, 13)
                ),
                (
                    uid("J"),
                    mine,
                    None,
                    "received",
                    date(2025, 1, 5),
                    None,
                    None,
                    None,
                    None,
                    None,
                    "unknown",
                    "",
                    ["grooming"],
                    "unknown",
                    "PH",
                    "",
                    10,
                ),
                *(
                    (
                        uid(f"F{n}"),
                        mine,
                        k[n],
                        "accepted",
                        REFERRED,
                        2 if n < 9 else 30,
                        10 * n,
                        REFERRED,
                        None,
                        REFERRED,
                        "fiu" if n < 3 else "ngo",
                        "undercover",
                        ["grooming"] if n else ["grooming", "csam_production"],
                        "generated" if n < 6 else "unknown",
                        "PH",
                        "AU" if n < 10 else "",
                        50 + n,
                    )
                    for n in range(12)
                ),
                (
                    uid("F12"),
                    mine,
                    None,
                    "declined",
                    REFERRED,
                    None,
                    100,
                    REFERRED,
                    None,
                    REFERRED,
                    "financial_institution",
                    "unknown",
                    [],
                    "",
                    "PH",
                    "AU",
                    60,
                ),
            ],
        ),
        "fact_payment": (
            "payment_key uuid, agency_key uuid, amount numeric, currency text, times int,"
            " channel text, sender_country text, linked_session text, received_on date,"
            " paid_in text, person_key uuid",
            [
                # Eleven sessions at A$46 to A$56: the middle one cost A$51.
                *(
                    (
                        uid(f"P{n}"),
                        mine,
                        46 + n,
                        "AUD",
                        1,
                        "money_transfer_operator",
                        "AU",
                        "yes",
                        REFERRED,
                        "2024",
                        d[n],
                    )
                    for n in range(11)
                ),
                (uid("P11"), mine, 20, "GBP", 2, "bank", "GB", "yes", REFERRED, "", d[0]),
                (uid("P12"), mine, 9000, "AUD", 1, "unknown", "", "no", REFERRED, "", None),
            ],
        ),
        "fact_indicator": (
            "assessment_key uuid, referral_key uuid, agency_key uuid, assessed_on date,"
            " confidence text, combination text, became_a_case bool",
            [
                (uid("I0"), uid("F0"), mine, REFERRED, "high", "F1 + F2", True),
                (uid("I1"), uid("F1"), mine, REFERRED, "high", "F1 + F2", True),
                (uid("I2"), uid("F12"), mine, REFERRED, "high", "F1 + F2", False),
                (uid("I3"), uid("J"), mine, REFERRED, "low", "F9", None),
            ],
        ),
        "fact_service": (
            "person_key uuid, case_key uuid, agency_key uuid, safeguarded_on date, type text,"
            " outcome text, requested_on date, started_on date, case_is_open bool",
            [
                # The first psychosocial service began 0 to 10 days after safety.
                *(
                    (
                        s[n],
                        k[n],
                        mine,
                        SAFE,
                        "psychosocial",
                        "ongoing",
                        SAFE,
                        date(2025, 3, 15 + n),
                        n != 10,
                    )
                    for n in range(11)
                ),
                (s[0], k[0], mine, SAFE, "education", "ongoing", SAFE, MONTH[5], True),
                (s[0], k[0], mine, SAFE, "livelihoods", "declined_by_survivor", SAFE, None, True),
                (s[1], k[1], mine, SAFE, "nfi", "unavailable", SAFE, None, True),
                (s[11], k[11], mine, SAFE, None, None, None, None, True),
            ],
        ),
        "fact_assessed": (
            "person_key uuid, case_key uuid, agency_key uuid, instrument text, assessed_on date",
            [
                (s[0], k[0], mine, "wellbeing", MONTH[3]),
                (s[0], k[0], mine, "wellbeing", MONTH[8]),
                (s[1], k[1], mine, "wellbeing", MONTH[3]),
                (s[1], k[1], mine, "risk", MONTH[3]),
            ],
        ),
        "fact_closure": (
            "closure_key uuid, case_key uuid, agency_key uuid, reason text, closed_on date,"
            " reopened_on date",
            [
                (uid("Z0"), k[0], mine, "goals_met", MONTH[0], MONTH[5]),
                (uid("Z1"), k[1], mine, "goals_met", MONTH[0], None),
                # Less than a year before the as-of day and not back: nobody knows yet.
                (uid("Z2"), k[2], mine, "transferred", MONTH[10], None),
            ],
        ),
        "fact_lead": (
            "case_key uuid, agency_key uuid, staff_key uuid",
            # Ten with one case each and one with two.
            [*((k[n], mine, uid(f"W{n}")) for n in range(11)), (k[11], mine, uid("W0"))],
        ),
        "fact_staff": (
            "staff_key uuid, agency_key uuid, role text",
            [
                *((uid(f"W{n}"), mine, "caseworker") for n in range(11)),
                *((uid(f"U{n}"), mine, "supervisor") for n in range(2)),
                (uid("M"), mine, "manager"),
            ],
        ),
        "fact_task": (
            "task_key uuid, agency_key uuid, due_on date, set_on date, ended_on date",
            [
                (uid("T0"), mine, MONTH[1], MONTH[0], None),
                (uid("T1"), mine, LATER, MONTH[0], None),
                (uid("T2"), mine, MONTH[1], MONTH[0], MONTH[2]),
            ],
        ),
        "fact_handoff": (
            "handoff_key uuid, case_key uuid, agency_key uuid, status text, sent_on date,"
            " days_to_answer numeric, has_feedback bool, crosses_a_border bool, has_a_basis bool",
            [
                *(
                    (uid(f"H{n}"), k[n], mine, "accepted", SAFE, 1 + n, None, n == 0, True)
                    for n in range(9)
                ),
                (uid("H9"), k[9], mine, "completed", SAFE, 10, True, False, True),
                (uid("H10"), k[10], mine, "completed", SAFE, 11, False, False, True),
                (uid("H11"), k[11], mine, "declined", SAFE, 1, None, False, False),
            ],
        ),
        "fact_safeguard": (
            "event_key uuid, agency_key uuid, kind text, happened_on date, in_order bool",
            [
                (uid("v0"), mine, "break_glass", SAFE, True),
                (uid("v1"), mine, "break_glass", SAFE, False),
                (uid("v2"), mine, "break_glass", SAFE, None),
                (uid("v3"), mine, "retention", SAFE, None),
                (uid("v4"), mine, "duty", SAFE, True),
            ],
        ),
        "fact_release": (
            "release_key uuid, agency_key uuid, tier text, published_on date, was_advised bool",
            [
                (uid("t0"), mine, "public", SAFE, True),
                (uid("t1"), mine, "partner", SAFE, False),
            ],
        ),
    }
