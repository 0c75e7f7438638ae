"""Row-level security of handoffs: sender by case, receiver by desk; packages are never changed.

Sender and receiver write to the same row, so column grants alone would let the desk rewrite what
was sent: the frozen changes say who may write what, whatever the application believes.
"""

from django.conf import settings

from accounts.roles import roles_with
from accounts.walls import LIVE, may
from audit.walls import log_name_functions
from cases.choices import HOLDS_AT_ONCE
from cases.erasing import erasure_functions
from core.walls import (
    ACTOR,
    IN_ACT,
    Wall,
    changed,
    definer_function,
    definer_procedure,
    listed,
    step_out_of_order,
    the_applications,
)
from handoffs import export_walls
from handoffs.erasure import STEPS as ERASURE_STEPS
from handoffs.models import STEPS
from handoffs.policies import NEEDS_NO_AGREEMENT, RESTRICTED_SECTIONS
from handoffs.querysets import UNSENT

MY_AGENCY = "(SELECT liwanag_my_agency())"
BY_CASE = f"{may('handoffs.read_handoff')} AND case_id = ANY ((SELECT liwanag_my_cases())::uuid[])"
NOT_LEFT = f"({listed(UNSENT)})"
HAS_LEFT = f"status NOT IN {NOT_LEFT}"
ON_MY_DESK = f"{may('handoffs.read_desk')} AND to_agency_id = {MY_AGENCY} AND {HAS_LEFT}"
MINE = f"({BY_CASE}) OR ({ON_MY_DESK})"
# The outside of what left without consent, for who looks after that (R-K7).
OVERSEEN = (
    f"{may('cases.oversee_grounds')} AND from_agency_id = {MY_AGENCY} AND {HAS_LEFT} "
    "AND legal_basis <> 'consent'"
)
# What time alone ended is stopped, and its receivers told, by the housekeeping service: it sees the
# outside of what is out, and of what it stopped, and no package.
UNCOVERED = (
    f"{may('handoffs.stop_uncovered')} "
    "AND (status IN ('sent', 'needs_information', 'accepted', 'expired') "
    "OR (status = 'revoked' AND revoked_because = 'ground_gone'))"
)
# The history of a handoff is seen by whoever sees the handoff, whose own policy says who; what it
# was as a draft is the sender's business.
HISTORY = (
    "EXISTS (SELECT FROM handoffs_handoff h WHERE h.id = handoffs_handoffevent.id) "
    f"AND ({HAS_LEFT} OR ({BY_CASE}))"
)
SENDS, KEEPS = may("handoffs.read_handoff"), may("handoffs.keep_archive")
MY_DESKS = f"({may('handoffs.read_desk')} AND agency_id = {MY_AGENCY})"
# What was told at once is looked at within a day by somebody who need not see the case.
REVIEWED = f"{may('cases.review_emergency')} AND from_agency_id = {MY_AGENCY}"
PACKAGE = "handoff_id = ANY ((SELECT liwanag_my_packages())::uuid[])"

CONTENT = (
    "kind",
    "case_id",
    "from_agency_id",
    "to_agency_id",
    "agreement_id",
    "purpose",
    "legal_basis",
    "urgency",
    "answer_by",
    "sections",
    "composed_by_id",
    "subject_ids",
    "withheld",
    "sealed_to",
    "expires_on",
)
SENDING = ("sent_by_id", "sent_at", "revoked_at", "revoked_because")
ANSWER = ("answered_by_id", "answered_at", "decline_reason")
ANSWERED = "(NEW.status IN ('accepted', 'declined') AND OLD.status <> NEW.status)"
# Ended since its ground is gone, and nothing else about it changed.
STOPPED = (
    "NEW.status = 'revoked' AND NEW.revoked_because = 'ground_gone' "
    f"AND NOT {changed(*CONTENT, 'sent_by_id', 'sent_at')}"
)
ASKED = "(NEW.status IN ('needs_information', 'completed') AND OLD.status <> NEW.status)"
ASKING = ("question", "outcome", "outcome_words", "completed_at")
STATUS_BY_SENDER = (
    f"((NEW.status IN {NOT_LEFT} OR NEW.status IN ('sent', 'revoked')) "
    "AND OLD.status <> NEW.status)"
)
AUTHORISATION = ("authorised_by_id", "authorised_at", "authorised_digest", "decided_alone")
# What a draft says; the kinds of data are settled with the content at sending.
WRITTEN = (
    "kind",
    "case_id",
    "from_agency_id",
    "to_agency_id",
    "purpose",
    "legal_basis",
    "urgency",
    "answer_by",
    "composed_by_id",
)

# Today as the services reckon it, whatever the time zone of the connection.
TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"

FUNCTIONS = [
    # Whether an agreement in force today (or a legal duty) carries a handoff: domain.md 3.2, (6).
    definer_function(
        "liwanag_agreed",
        "boolean",
        f"SELECT $4 IN ({listed(NEEDS_NO_AGREEMENT)}) OR EXISTS ("
        "SELECT FROM accounts_datasharingagreement a WHERE a.id = $1 AND a.from_agency_id = $2 "
        "AND a.to_agency_id = $3 AND a.categories::text[] @> $5 "
        f"AND a.valid_from <= {TODAY} AND coalesce(a.valid_until >= {TODAY}, true))",
        arguments="a_agreement uuid, a_from uuid, a_to uuid, a_basis text, a_sections text[]",
    ),
    *log_name_functions(
        "handoffs",
        "SELECT id, reference::text FROM handoffs_handoff "
        "UNION ALL SELECT id, reference::text FROM handoffs_emergencydisclosure "
        "UNION ALL SELECT id, reference::text FROM handoffs_caseexport",
    ),
    definer_function(
        "liwanag_my_packages",
        "uuid[]",
        "SELECT coalesce(array_agg(id), '{}') FROM handoffs_handoff "
        f"WHERE ({MINE}) AND (from_agency_id = {MY_AGENCY} "
        f"OR (to_agency_id = {MY_AGENCY} AND status = 'accepted' "
        f"AND coalesce(expires_on >= {TODAY}, true)))",
    ),
    # What the decision at each opening needs (R-K1), for the receiver of an accepted handoff, for
    # who oversees what leaves without consent, and for what stops it when time ends it: codes and
    # ids of the case's consents and grounds, no text and no name.
    definer_function(
        "liwanag_disclosure_facts",
        "jsonb",
        "SELECT jsonb_build_object("
        "'people', (SELECT coalesce(jsonb_agg(jsonb_build_object("
        "'person_id', p.person_id, 'role', p.role)), '[]') "
        "FROM cases_caseparticipant p JOIN cases_person n ON n.id = p.person_id "
        "WHERE p.case_id = h.case_id AND n.erased_on IS NULL), "
        "'consents', (SELECT coalesce(jsonb_agg(jsonb_build_object("
        "'id', c.id, 'person_id', c.person_id, 'status', c.status, "
        "'child_assent', c.child_assent, 'scopes', c.scopes, 'recipients', c.recipients, "
        "'categories', c.categories, 'countries', c.countries, 'valid_from', c.valid_from, "
        "'valid_until', c.valid_until)), '[]') "
        "FROM cases_consent c WHERE c.case_id = h.case_id AND c.status <> 'draft'), "
        "'grounds', (SELECT coalesce(jsonb_agg(jsonb_build_object("
        "'id', g.id, 'status', g.status, 'basis', g.basis, 'person_id', g.person_id, "
        "'purposes', g.purposes, 'recipient_id', g.recipient_id, 'categories', g.categories, "
        "'valid_from', g.valid_from, 'valid_until', g.valid_until)), '[]') "
        "FROM cases_legalground g WHERE g.case_id = h.case_id AND g.recipient_id = h.to_agency_id)"
        ") FROM handoffs_handoff h WHERE h.id = $1 AND (h.id = ANY (liwanag_my_packages()) "
        f"OR ({OVERSEEN}) OR ({UNCOVERED}))",
        arguments="a_handoff uuid",
    ),
    # Sealed, for the process that looks in them for the person being erased; whole are those of the
    # case whose notes go too. It once returned other columns, which REPLACE can't change.
    "DROP FUNCTION IF EXISTS liwanag_packages_to_erase(uuid)",
    definer_function(
        "liwanag_packages_to_erase",
        "TABLE (id uuid, handoff_id uuid, content bytea, purpose bytea, question bytea, "
        "outcome_words bytea, is_whole boolean)",
        "SELECT CASE WHEN length(p.sealed) > 0 THEN NULL ELSE p.id END, h.id, p.content, "
        "h.purpose, h.question, h.outcome_words, coalesce(h.case_id = e.whole, false) "
        "FROM liwanag_erasing($1) e "
        "JOIN handoffs_handoff h ON h.case_id = ANY (e.cases) "
        "LEFT JOIN handoffs_handoffpackage p ON p.handoff_id = h.id",
        arguments="a_request uuid",
    ),
    # Nobody here can look into a sealed file: it goes with everybody who was in the case then.
    definer_function(
        "liwanag_sealed_files_to_erase",
        "uuid[]",
        "SELECT coalesce(array_agg(h.id), '{}') FROM liwanag_erasing($1) e "
        "JOIN handoffs_handoff h ON h.case_id = ANY (e.cases) "
        "AND (coalesce(h.case_id = e.whole, false) OR e.person_id = ANY (h.subject_ids)) "
        "JOIN handoffs_handoffpackage p ON p.handoff_id = h.id AND length(p.sealed) > 0",
        arguments="a_request uuid",
    ),
    # A copy of a desk's key ends with the account or the role of whoever held it.
    definer_procedure(
        "liwanag_drop_left_copies",
        "integer",
        "DECLARE v_dropped integer; BEGIN DELETE FROM handoffs_wrappedkey w WHERE NOT EXISTS ("
        "SELECT FROM accounts_user u JOIN accounts_membership m ON m.user_id = u.id "
        f"WHERE u.id = w.officer_id AND u.is_active AND {LIVE} "
        f"AND m.role IN ({listed(roles_with('handoffs.hold_key'))})); "
        "GET DIAGNOSTICS v_dropped = ROW_COUNT; RETURN v_dropped; END",
    ),
    # A key that nobody holds a copy of: what is sealed to it would open for nobody, or for somebody
    # who left. It is retired, and its desk told.
    definer_procedure(
        "liwanag_retire_keys_without_copies",
        "TABLE (key_id uuid, desk_id uuid)",
        "BEGIN RETURN QUERY UPDATE handoffs_agencykey k SET retired_at = now() "
        "WHERE k.retired_at IS NULL AND NOT EXISTS (SELECT FROM handoffs_wrappedkey w "
        "WHERE w.key_id = k.id) RETURNING k.id, k.agency_id; END",
    ),
    definer_function(
        "liwanag_emergencies_to_erase",
        "TABLE (id uuid, words bytea)",
        "SELECT d.id, d.words FROM liwanag_erasing($1) e "
        "JOIN handoffs_emergencydisclosure d ON d.case_id = ANY (e.cases)",
        arguments="a_request uuid",
    ),
    *erasure_functions(ERASURE_STEPS),
    *export_walls.FUNCTIONS,
]

WALLS = [
    *export_walls.WALLS,
    Wall(
        "handoffs_handoff",
        app="SELECT, INSERT, UPDATE (status, version, kind, to_agency_id, agreement_id, purpose, "
        "legal_basis, urgency, answer_by, sections, sent_by_id, sent_at, revoked_at, "
        "answered_by_id, answered_at, decline_reason, revoked_because, subject_ids, withheld, "
        "opened_at, stop_confirmed_by_id, stop_confirmed_at, sealed_to, expires_on, "
        "question, reply, outcome, outcome_words, completed_at, author_ids, submitted_at, "
        "authorised_by_id, authorised_at, authorised_digest, decided_alone, return_reason, "
        "reminded_on)",
        see=f"{MINE} OR ({OVERSEEN}) OR ({UNCOVERED})",
        write=f"({OVERSEEN}) OR ({UNCOVERED}) OR ({BY_CASE} AND from_agency_id = {MY_AGENCY}) "
        f"OR ({ON_MY_DESK})",
        born={"a_handoff_begins_as_a_draft": the_applications("NEW.status <> 'draft'")},
        frozen={
            "steps_go_in_order": step_out_of_order(STEPS),
            "nothing_leaves_without_an_agreement": the_applications(
                "NEW.status = 'sent' AND OLD.status <> 'sent' AND NOT liwanag_agreed("
                "NEW.agreement_id, NEW.from_agency_id, NEW.to_agency_id, NEW.legal_basis::text, "
                "NEW.sections::text[])"
            ),
            "nothing_leaves_to_a_closed_agency": the_applications(
                "NEW.status = 'sent' AND OLD.status <> 'sent' "
                "AND NOT liwanag_is_open(NEW.to_agency_id)"
            ),
            "what_was_sent_stays": f"OLD.{HAS_LEFT} "
            f"AND {changed(*CONTENT, *AUTHORISATION, 'author_ids')}",
            "what_was_authorised_stays": "OLD.status = 'authorised' "
            f"AND NEW.status IN ('authorised', 'sent') AND {changed(*AUTHORISATION)}",
            "what_waits_for_a_second_person_stays": "OLD.status IN ('pending', 'authorised') "
            f"AND NEW.status <> 'draft' AND ({changed(*WRITTEN)} "
            f"OR (NEW.status <> 'sent' AND {changed('sections')}))",
            "whoever_writes_is_an_author": the_applications(
                f"({changed(*WRITTEN)} OR (NEW.status = 'draft' AND {changed('sections')})) "
                f"AND NOT {ACTOR} = ANY (NEW.author_ids)"
            ),
            "an_author_stays_one": "NOT (NEW.author_ids @> OLD.author_ids)",
            "a_second_person_authorises": the_applications(
                "NEW.status = 'authorised' AND OLD.status <> 'authorised' "
                f"AND (NOT liwanag_may('handoffs.authorise_handoff') "
                "OR NEW.from_agency_id IS DISTINCT FROM liwanag_my_agency() "
                f"OR NEW.authorised_by_id IS DISTINCT FROM {ACTOR} OR (NOT NEW.decided_alone "
                f"AND ({ACTOR} = NEW.composed_by_id OR {ACTOR} = ANY (NEW.author_ids))))"
            ),
            "what_is_restricted_leaves_authorised": the_applications(
                "NEW.status = 'sent' AND OLD.status IN ('draft', 'pending') "
                f"AND NEW.legal_basis NOT IN ({listed(HOLDS_AT_ONCE)}) "
                f"AND NEW.sections::text[] && ARRAY[{listed(RESTRICTED_SECTIONS)}]"
            ),
            "the_clock_reminds": the_applications(
                f"{changed('reminded_on')} AND NOT liwanag_may('handoffs.remind_of_answer')"
            ),
            "time_alone_expires": the_applications(
                "NEW.status = 'expired' AND OLD.status <> 'expired' "
                "AND (NOT liwanag_may('handoffs.stop_uncovered') "
                f"OR coalesce(NEW.expires_on >= {TODAY}, true))"
            ),
            # Its receiver, whose agency may be large, writes to the same row later.
            "only_small_agencies_authorise_alone": the_applications(
                "NEW.decided_alone AND NOT OLD.decided_alone AND NOT liwanag_works_small()"
            ),
            "an_answer_is_given_once": f"OLD.status <> 'sent' AND {changed(*ANSWER)}",
            "the_first_look_stays": f"OLD.opened_at IS NOT NULL AND {changed('opened_at')}",
            "a_stop_is_confirmed_once": "OLD.stop_confirmed_at IS NOT NULL "
            f"AND {changed('stop_confirmed_by_id', 'stop_confirmed_at')}",
            "the_receiver_opens_and_stops": the_applications(
                f"{changed('opened_at', 'stop_confirmed_by_id', 'stop_confirmed_at')} "
                "AND NEW.to_agency_id IS DISTINCT FROM liwanag_my_agency()"
            ),
            "the_receiver_answers": the_applications(
                f"({ANSWERED} OR {changed(*ANSWER)}) AND (NEW.to_agency_id IS DISTINCT FROM "
                f"liwanag_my_agency() OR NEW.answered_by_id IS DISTINCT FROM {ACTOR})"
            ),
            "the_receiver_asks_and_completes": the_applications(
                f"({ASKED} OR {changed(*ASKING)}) "
                "AND NEW.to_agency_id IS DISTINCT FROM liwanag_my_agency()"
            ),
            "an_outcome_stays": "OLD.completed_at IS NOT NULL AND "
            f"{changed('outcome', 'outcome_words', 'completed_at')}",
            "the_sender_replies": the_applications(
                f"{changed('reply')} AND NEW.reply <> '' "
                "AND NEW.from_agency_id IS DISTINCT FROM liwanag_my_agency()"
            ),
            "the_sender_sends_and_revokes": the_applications(
                f"({STATUS_BY_SENDER} OR {changed(*CONTENT, *SENDING)}) "
                "AND NEW.from_agency_id IS DISTINCT FROM liwanag_my_agency() "
                f"AND NOT ({STOPPED} AND liwanag_may('handoffs.stop_uncovered'))"
            ),
        },
    ),
    Wall(
        "handoffs_handoffevent",
        app="SELECT, INSERT",
        see=HISTORY,
        write=f"case_id = ANY ((SELECT liwanag_my_cases())::uuid[]) OR to_agency_id = {MY_AGENCY} "
        f"OR {may('cases.oversee_grounds')} OR {may('handoffs.stop_uncovered')}",
        never="UPDATE",
    ),
    Wall(
        "handoffs_handoffpackage",
        app="SELECT, INSERT",
        see=PACKAGE,
        never="UPDATE, DELETE",
        born={
            "a_package_is_kept_in_one_form": "(length(NEW.content) = 0) = (length(NEW.sealed) = 0)"
        },
    ),
    Wall(
        "handoffs_emergencydisclosure",
        app="SELECT, INSERT",
        see=f"({BY_CASE}) OR ({REVIEWED})",
        write=f"{BY_CASE} AND from_agency_id = {MY_AGENCY} AND told_by_id = {ACTOR}",
        never="UPDATE, DELETE",
    ),
    Wall(
        "handoffs_agencykey",
        app="SELECT, INSERT, UPDATE (retired_at)",
        see=f"{MY_DESKS} OR ({SENDS} AND (NOT (SELECT a.is_partner FROM accounts_agency a "
        f"WHERE a.id = {MY_AGENCY}) OR agency_id IN (SELECT d.to_agency_id "
        f"FROM accounts_datasharingagreement d WHERE d.from_agency_id = {MY_AGENCY})))",
        write=f"{MY_DESKS} AND {IN_ACT}",
        never="DELETE",
        frozen={"a_retired_key_stays_retired": "OLD.retired_at IS NOT NULL"},
    ),
    Wall(
        "handoffs_wrappedkey",
        app="SELECT, INSERT, DELETE",
        see=f"{may('handoffs.read_desk')} AND key_id IN (SELECT k.id FROM handoffs_agencykey k "
        f"WHERE k.agency_id = {MY_AGENCY})",
        never="UPDATE",
    ),
    Wall(
        "handoffs_signingkey",
        app="SELECT, INSERT, UPDATE (retired_at)",
        see=f"({SENDS} AND agency_id = {MY_AGENCY}) OR ({may('handoffs.read_desk')} AND agency_id "
        f"IN (SELECT h.from_agency_id FROM handoffs_handoff h WHERE h.to_agency_id = {MY_AGENCY} "
        f"AND h.{HAS_LEFT}))",
        write=f"{SENDS} AND agency_id = {MY_AGENCY}",
        never="DELETE",
        frozen={"a_retired_key_stays_retired": "OLD.retired_at IS NOT NULL"},
    ),
    Wall(
        "handoffs_archivekey",
        app="SELECT, INSERT, UPDATE (retired_at)",
        see=f"(({SENDS} OR {KEEPS}) AND agency_id = {MY_AGENCY}) "
        f"OR {ACTOR} IN (first_holder_id, second_holder_id)",
        write=f"{KEEPS} AND agency_id = {MY_AGENCY}",
        never="DELETE",
        frozen={"a_retired_key_stays_retired": "OLD.retired_at IS NOT NULL"},
    ),
]
