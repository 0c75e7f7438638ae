"""Importing case sheets: what is kept, how it is kept, and what is never half-done."""

from __future__ import annotations

import io
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from accounts.models import User
from accounts.service_accounts import IMPORTER_ID
from audit.models import AuditEvent
from audit.reading import reading
from core.errors import Denied, DomainError
from referrals.htcds import UnreadableFile
from referrals.models import ImportBatch, Referral
from referrals.services import importing
from referrals.services.importing import ImportReport, import_referrals
from tests.cast import Cast
from tests.referrals.in_the_clear import tables_with
from tests.referrals.sheets import SAMPLES, SHARED, csv_file, official_sheet

AT = datetime(2025, 6, 30, 4, 0, tzinfo=UTC)
CANARY = "Zyxcanary"
TABLES = ("referrals_referral", "referrals_importedrow", "referrals_importbatch", "vault_datakey")


@pytest.fixture
def importer(database: str) -> User:
    return User.objects.get(pk=IMPORTER_ID)


def counts(superuser: Any) -> dict[str, int]:
    return {
        table: superuser.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES
    }


def events(verb: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.using("auditor").filter(verb=verb).order_by("id"))


def kept_by(cast: Cast) -> list[Referral]:
    """The imported referrals as the intake officer sees them, opened."""
    with reading(cast.intake):
        found = list(Referral.objects.visible_to(cast.intake).order_by("created_at", "pk"))
        for referral in found:
            referral.subject  # noqa: B018 opened while the database knows who reads
            referral.summary  # noqa: B018
    return found


def import_file(importer: User, cast: Cast, file: Any, **how: Any) -> ImportReport:
    return import_referrals(actor=importer, file=file, team_id=cast.north.pk, at=AT, **how)


def sample(name: str = "htcds_referrals_sample.csv") -> io.BytesIO:
    return io.BytesIO((SAMPLES / name).read_bytes())


def test_a_row_becomes_a_received_referral_of_the_team(importer: User, cast: Cast) -> None:
    report = import_file(
        importer,
        cast,
        official_sheet(
            [
                {
                    "First Name": "Althea",
                    "Second Name": "Cabrera",
                    "Birthdate": date(2012, 5, 4),
                    "Consent": True,
                    "Mobile Phone": "+639000001234",
                    "Mailing Street": "12 Acacia Street",
                    "Mailing City": "San Alonzo",
                    "Mailing State/Province": "Linao",
                    "Mailing Country": "PH",
                    "Type of Exploitation": "Sexual exploitation",
                    "Type of Sex Exploitation": "Remote Interactive Services",
                    "Referring Organisation": "northern cyber response unit",
                    "Incoming Referral Date": date(2025, 3, 2),
                    "Incoming Referral Details": "A joint visit is asked for.",
                }
            ]
        ),
    )
    assert (report.kept, report.refused, report.known, report.repeated) == (1, 0, 0, [])
    (referral,) = kept_by(cast)
    assert referral.status == "received"
    assert referral.team == cast.north
    assert referral.logged_by_id == IMPORTER_ID
    assert referral.received_at == datetime(2025, 3, 1, 16, 0, tzinfo=UTC)  # midnight in Manila
    assert referral.source_name == "northern cyber response unit"
    assert referral.source_agency == cast.cyber_unit
    assert referral.source_category == "domestic_law_enforcement"
    assert referral.originating_country == "PH"
    assert (referral.country, referral.admin1) == ("PH", "Linao")
    assert referral.harm_types == ["live_streaming"]
    assert referral.children_estimate == 1
    assert referral.legal_basis == "consent"
    assert referral.summary == "A joint visit is asked for."
    assert referral.subject == {
        "prs_FirstName": "Althea",
        "prs_SecondName": "Cabrera",
        "prs_Birthdate": "2012-05-04",
        "con_Consent": True,
        "prs_MobilePhone": "+639000001234",
        "prs_MailingStreet": "12 Acacia Street",
        "prs_MailingCity": "San Alonzo",
        "prs_MailingState": "Linao",
        "prs_MailingCountry": "PH",
        "vic_TypeOfExploitation": ["SexualExploitation"],
        "vic_TypeOfSexExploitation": ["RemoteInteractiveServices"],
    }


def test_what_a_sheet_cannot_say_stays_unknown(importer: User, cast: Cast) -> None:
    import_file(importer, cast, csv_file([["prs_FirstName"], ["Ana"]]))
    (referral,) = kept_by(cast)
    assert referral.content_origin == "unknown"
    assert referral.immediate_danger == "unknown"
    assert referral.detection_method == "unknown"
    assert referral.legal_basis == "unknown"
    assert referral.source_category == "unknown"
    assert referral.source_agency is None
    assert referral.children_estimate is None
    assert referral.received_at == AT


@pytest.mark.parametrize(
    ("values", "harms", "children"),
    [
        ({"vic_TypeOfSexExploitation": "Pornography"}, ["csam_production"], None),
        ({"vic_TypeOfSexExploitation": "Pornography", "vic_AgeWhenTrafficked": "25"},
         ["tip_other"], None),
        ({"vic_TypeOfSexExploitation": "Prostitution", "prs_Birthdate": "1980-01-01"},
         ["tip_other"], None),
        ({"vic_TypeOfSexExploitation": "Prostitution", "prs_Birthdate": "1980-01-01",
          "vic_AgeWhenTrafficked": "15"}, ["exploitation_prostitution"], None),
        ({"vic_TypeOfExploitation": "ChildLabour;Servitude", "vic_AgeWhenTrafficked": "9"},
         ["tip_labour", "tip_other"], 1),
        ({"vic_TypeOfExploitation": "SexualExploitation"}, ["tip_other"], None),
        ({"vic_TypeOfExploitation": ""}, [], None),
        ({"prs_Birthdate": "2007-07-01"}, [], 1),
        ({"prs_Birthdate": "2007-06-30"}, [], None),
    ],
)  # fmt: skip
def test_harms_follow_the_sheet_and_what_it_says_of_age(
    importer: User, cast: Cast, values: dict[str, str], harms: list[str], children: int | None
) -> None:
    rows = [["cas_CaseOwner", *values], ["a.reyes", *values.values()]]
    import_file(importer, cast, csv_file(rows))
    (referral,) = kept_by(cast)
    assert referral.harm_types == harms
    assert referral.children_estimate == children


def test_names_contacts_and_text_are_nowhere_in_the_database_in_clear(
    importer: User, cast: Cast, superuser: Any
) -> None:
    fields = {
        "prs_FirstName": CANARY,
        "prs_SecondName": f"de {CANARY}",
        "prs_MailingStreet": f"12 {CANARY} Street",
        "prs_MailingCity": CANARY,
        "prs_Email": f"{CANARY}@people.example",
        "prs_IdentityNumber": CANARY,
        "cas_IncomingReferralDetails": f"{CANARY} told her teacher.",
        "cas_CaseOwner": CANARY,
    }
    report = import_file(importer, cast, csv_file([list(fields), list(fields.values())]))
    assert report.kept == 1
    assert tables_with(superuser, CANARY) == []
    (referral,) = kept_by(cast)
    assert referral.subject["prs_FirstName"] == CANARY
    assert referral.summary == f"{CANARY} told her teacher."


def test_a_batch_is_one_act_and_every_row_one_event(
    importer: User, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    report = import_file(importer, cast, sample(), started_by=cast.intake)
    rows = events("referral.imported")
    assert len(rows) == report.kept == 34
    assert len({event.act for event in rows}) == 4
    assert {event.actor_id for event in rows} == {IMPORTER_ID}
    assert {event.object_type for event in rows} == {"referrals.referral"}
    assert {event.object_id for event in rows} == {referral.pk for referral in kept_by(cast)}
    assert rows[0].facts == {"row": 2}
    (started,), (finished,) = events("referral.import_started"), events("referral.import_finished")
    assert started.facts == {"format": "htcds", "kind": "csv", "rows": 40}
    assert finished.facts == {"kept": 34, "known": 2, "refused": 4}
    with reading(cast.intake):
        batch = ImportBatch.objects.visible_to(cast.intake).get()
    assert batch.pk == report.batch_id == started.object_id
    assert (batch.rows_kept, batch.rows_known, batch.rows_refused) == (34, 2, 4)
    assert batch.started_by == cast.intake
    assert batch.finished_at is not None


def test_a_second_import_of_the_same_rows_adds_nothing(
    importer: User, cast: Cast, superuser: Any
) -> None:
    first = import_file(importer, cast, sample("htcds_case_sheet_sample.xlsx"))
    before = counts(superuser)
    second = import_file(importer, cast, sample("htcds_case_sheet_sample.xlsx"))
    assert (first.kept, first.known) == (24, 0)
    assert (second.kept, second.known, second.refused) == (0, 24, 0)
    after = counts(superuser)
    assert after.pop("referrals_importbatch") == before.pop("referrals_importbatch") + 1
    assert after == before
    assert len(events("referral.imported")) == 24
    assert [event.facts for event in events("referral.import_skipped")] == [{"rows": 24}]


def test_a_grown_sheet_adds_only_what_is_new(importer: User, cast: Cast) -> None:
    rows = [["prs_FirstName"], ["Ana"], ["Bea"]]
    import_file(importer, cast, csv_file(rows))
    report = import_file(importer, cast, csv_file([*rows, ["Cora"]]))
    assert (report.kept, report.known) == (1, 2)
    assert [event.facts for event in events("referral.imported")] == [
        {"row": 2},
        {"row": 3},
        {"row": 4},
    ]


def test_a_row_told_twice_in_one_sheet_is_kept_once_and_reported(
    importer: User, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    rows = [["prs_FirstName"], ["Ana"], ["Bea"], ["Cora"], ["Ana "], ["Bea"]]
    report = import_file(importer, cast, csv_file(rows))
    assert report.kept == 3
    assert [(again.row, again.first) for again in report.repeated] == [(5, 2), (6, 3)]
    assert len(kept_by(cast)) == 3


def test_another_teams_import_of_the_sheet_is_its_own(
    importer: User, cast: Cast, superuser: Any
) -> None:
    from accounts.services.directory import admit_importer

    admit_importer(actor=cast.admin, team_id=cast.south.pk)
    file = csv_file([["prs_FirstName"], ["Ana"]])
    import_file(importer, cast, file)
    report = import_referrals(
        actor=User.objects.get(pk=IMPORTER_ID), file=file, team_id=cast.south.pk, at=AT
    )
    assert report.kept == 1
    with reading(cast.south_caseworker):
        seen = Referral.objects.visible_to(cast.south_caseworker)
        assert [referral.team for referral in seen] == [cast.south]


def test_faulty_rows_are_reported_and_handed_back_and_the_rest_kept(
    importer: User, cast: Cast
) -> None:
    opened: list[io.StringIO] = []

    def rejects() -> io.StringIO:
        opened.append(io.StringIO(newline=""))
        return opened[-1]

    report = import_file(importer, cast, sample(), rejects=rejects)
    assert (report.rows, report.kept, report.refused, report.error_count) == (40, 34, 4, 4)
    assert [(error.row, error.column) for error in report.errors] == [
        (11, "Z"),
        (18, "U"),
        (26, "E"),
        (34, "N"),
    ]
    (file,) = opened
    assert len(file.getvalue().splitlines()) == 5
    assert len(kept_by(cast)) == 34


def test_no_rejects_file_is_opened_for_a_sheet_without_faults(importer: User, cast: Cast) -> None:
    def rejects() -> io.StringIO:
        raise AssertionError("nothing was refused")

    assert import_file(importer, cast, csv_file([["prs_FirstName"], ["A"]]), rejects=rejects).kept


def test_a_corrected_rejects_file_adds_the_corrected_rows_only(importer: User, cast: Cast) -> None:
    handed_back = io.StringIO(newline="")
    import_file(importer, cast, sample(), rejects=lambda: handed_back)
    text = handed_back.getvalue()
    for wrong, right in (
        ("2099-03-14", "2024-03-14"),
        ("Sexual exploitaton online", "SexualExploitation"),
        ("04/05/2012", "2012-05-04"),
        ("Phillipines", "Philippines"),
    ):
        assert wrong in text
        text = text.replace(wrong, right)
    report = import_file(importer, cast, io.BytesIO(text.encode()))
    assert (report.kept, report.known, report.refused) == (4, 0, 0)
    assert len(kept_by(cast)) == 38


def test_a_dry_run_says_what_would_happen_and_writes_nothing_but_that_it_was_tried(
    importer: User, cast: Cast, superuser: Any
) -> None:
    import_file(importer, cast, csv_file([["prs_FirstName"], ["Ana"]]))
    before = counts(superuser)
    tried = import_file(
        importer, cast, csv_file([["prs_FirstName"], ["Ana"], ["Bea"], ["Bea"]]), dry_run=True
    )
    assert (tried.kept, tried.known, len(tried.repeated)) == (1, 1, 1)
    assert tried.dry_run
    assert tried.batch_id is None
    assert counts(superuser) == before
    assert [event.facts for event in events("referral.import_checked")] == [
        {"format": "htcds", "kind": "csv", "rows": 3}
    ]
    assert len(events("referral.imported")) == 1


def test_an_unreadable_file_leaves_nothing_behind(
    importer: User, cast: Cast, superuser: Any
) -> None:
    before = counts(superuser)
    content = official_sheet([{"First Name": "Ana"}]).getvalue()
    for file in (io.BytesIO(content[:-200]), io.BytesIO(b"\x89PNG"), csv_file([["x"], ["y"]])):
        with pytest.raises(UnreadableFile):
            import_file(importer, cast, file)
    assert counts(superuser) == before
    assert not AuditEvent.objects.using("auditor").filter(verb__startswith="referral.").exists()


def test_an_import_that_is_cut_off_keeps_whole_batches_and_is_completed_by_running_it_again(
    importer: User, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)

    def power_cut(done: int, of: int) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(importer, cast, sample(), progress=power_cut)
    kept = len(kept_by(cast))
    assert 0 < kept < 34
    assert len(events("referral.imported")) == kept
    again = import_file(importer, cast, sample())
    assert (again.kept, again.known) == (34 - kept, kept)


def test_a_failure_inside_a_batch_keeps_none_of_it(
    importer: User, cast: Cast, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts(superuser)
    broken = RuntimeError("the log is away")

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise broken

    monkeypatch.setattr("audit.acting.write_events", fail)
    with pytest.raises(RuntimeError) as failure:
        import_file(importer, cast, csv_file([["prs_FirstName"], ["Ana"]]))
    assert failure.value is broken
    after = counts(superuser)
    assert after.pop("referrals_importbatch") == before.pop("referrals_importbatch") + 1
    assert after == before


def test_whoever_may_not_import_is_refused_and_nothing_is_kept(
    importer: User, cast: Cast, superuser: Any
) -> None:
    before = counts(superuser)
    file = csv_file([["prs_FirstName"], ["Ana"]])
    attempts = [
        (cast.legal, cast.north),  # a role without the permission
        (cast.south_caseworker, cast.north),  # another team's desk
        (importer, cast.south),  # a team the service does not serve
        (cast.stranger_caseworker, cast.north),  # another agency's
    ]
    for actor, team in attempts:
        with pytest.raises(Denied):
            import_referrals(actor=actor, file=file, team_id=team.pk, at=AT)
    assert counts(superuser) == before
    assert len(events("act.refused")) == len(attempts)


def test_a_person_of_the_desk_may_import_themselves(importer: User, cast: Cast) -> None:
    report = import_referrals(
        actor=cast.intake,
        file=csv_file([["prs_FirstName"], ["Ana"]]),
        team_id=cast.north.pk,
        at=AT,
    )
    assert report.kept == 1
    assert events("referral.imported")[0].actor_id == cast.intake.pk


@pytest.mark.parametrize("how", [{"format": "csv"}, {"address_columns": "guess"}])
def test_an_option_we_do_not_know_is_refused(
    importer: User, cast: Cast, how: dict[str, str]
) -> None:
    with pytest.raises(DomainError) as refusal:
        import_file(importer, cast, csv_file([["prs_FirstName"], ["Ana"]]), **how)
    assert refusal.value.field in how


def test_references_taken_already_are_given_out_anew(
    importer: User, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_file(importer, cast, csv_file([["prs_FirstName"], ["Ana"]]))
    (taken,) = kept_by(cast)
    given = iter([taken.reference, "R-AAAA-22", "R-BBBB-22"])
    monkeypatch.setattr("referrals.models.referral.new_reference", lambda _prefix: next(given))
    rows = [["prs_FirstName"], ["Bea"], ["Cora"], ["Dina"]]
    assert import_file(importer, cast, csv_file(rows)).kept == 3
    references = [referral.reference for referral in kept_by(cast)]
    assert len(set(references)) == 4


def test_two_imports_of_one_sheet_at_once_keep_each_row_once(
    importer: User, cast: Cast, superuser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 5)
    team_id = cast.north.pk
    start = threading.Barrier(2)
    reports: list[ImportReport] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            actor = User.objects.get(pk=IMPORTER_ID)
            start.wait(timeout=10)
            reports.append(
                import_referrals(
                    actor=actor,
                    file=sample("htcds_case_sheet_sample.xlsx"),
                    team_id=team_id,
                    at=AT,
                )
            )
        except BaseException as failure:  # noqa: BLE001 told to the test below
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert sum(report.kept for report in reports) == 24
    assert sum(report.known for report in reports) == 24
    assert counts(superuser)["referrals_referral"] == 24


def test_our_sample_sheet_imports_whole_with_cities_in_the_city_and_streets_in_the_street(
    importer: User, cast: Cast
) -> None:
    report = import_file(importer, cast, sample("htcds_case_sheet_sample.xlsx"))
    assert (report.kept, report.refused) == (24, 0)
    subjects = [referral.subject for referral in kept_by(cast)]
    cities = {"San Alonzo", "Puerto Linao", "Santa Mirea", "Bagong Sikat"}
    assert {subject["prs_MailingCity"] for subject in subjects} == cities
    streets = ("Street", "Road", "Lane", "Avenue")
    assert all(subject["prs_MailingStreet"].endswith(streets) for subject in subjects)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared case sheets are not here")
def test_the_filled_official_sheet_imports_300_of_300_with_cities_in_the_city(
    importer: User, cast: Cast
) -> None:
    with (SHARED / "htcds_case_sheet_300.xlsx").open("rb") as file:
        report = import_file(importer, cast, file)
    assert (report.filled, report.kept, report.refused, report.repeated) == (300, 300, 0, [])
    subjects = [referral.subject for referral in kept_by(cast)]
    assert {subject.get("prs_MailingCity") for subject in subjects} == {
        *("Port City", "River Bend", "Hill Town", None)
    }
    assert not any("prs_MailingStreet" in subject for subject in subjects)
    assert all(len(subject.get("prs_MailingCountry", "PH")) == 2 for subject in subjects)


def test_no_file_is_written_while_a_sheet_is_read(
    importer: User, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    import_file(importer, cast, sample("htcds_case_sheet_sample.xlsx"))
    assert list(tmp_path.iterdir()) == []
