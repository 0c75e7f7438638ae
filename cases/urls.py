from django.urls import path

from cases.views import consent, family, files, grounds, notes, people

app_name = "cases"
urlpatterns = [
    path("", files.CaseList.as_view(), name="list"),
    path("open/", files.OpenCase.as_view(), name="open"),
    path("<uuid:pk>/", files.CasePage.as_view(), name="case"),
    path("<uuid:pk>/stage/", files.ChangeStage.as_view(), name="change_stage"),
    path("<uuid:pk>/risk/", files.AssessRisk.as_view(), name="assess_risk"),
    path("<uuid:pk>/teams/", files.AssignTeam.as_view(), name="assign_team"),
    path("<uuid:pk>/history/", files.CaseHistory.as_view(), name="history"),
    path("<uuid:pk>/people/", people.CasePeople.as_view(), name="people"),
    path("<uuid:pk>/people/add/", people.AddPerson.as_view(), name="add_person"),
    path("people/<uuid:pk>/", people.PersonPage.as_view(), name="person"),
    path("people/<uuid:pk>/identity/", people.ShowIdentity.as_view(), name="show_identity"),
    path("<uuid:pk>/family/", family.FamilyPage.as_view(), name="family"),
    path(
        "people/<uuid:pk>/legal-status/",
        family.ChangeLegalStatus.as_view(),
        name="change_legal_status",
    ),
    path("people/<uuid:pk>/role/", family.GiveRole.as_view(), name="give_role"),
    path("people/<uuid:pk>/link/", family.LinkPeople.as_view(), name="link_people"),
    path("people/<uuid:pk>/household/", family.JoinHousehold.as_view(), name="join_household"),
    path(
        "household-members/<uuid:pk>/leave/",
        family.LeaveHousehold.as_view(),
        name="leave_household",
    ),
    path("<uuid:pk>/consent/", consent.CaseConsents.as_view(), name="consents"),
    path("<uuid:pk>/consent/ask/", consent.StartConsent.as_view(), name="start_consent"),
    path("consent/<uuid:pk>/", consent.ConsentPage.as_view(), name="consent"),
    path("consent/<uuid:pk>/talk/", consent.ConsentTalk.as_view(), name="consent_talk"),
    path("consent/<uuid:pk>/answers/", consent.ConsentAnswers.as_view(), name="consent_answers"),
    path("consent/<uuid:pk>/agencies/", consent.ConsentAgencies.as_view(), name="consent_agencies"),
    path("consent/<uuid:pk>/how/", consent.ConsentHow.as_view(), name="consent_how"),
    path(
        "consent/<uuid:pk>/read-back/", consent.ConsentReadBack.as_view(), name="consent_read_back"
    ),
    path("consent/<uuid:pk>/refuse/", consent.RefuseConsent.as_view(), name="refuse_consent"),
    path("consent/<uuid:pk>/withdraw/", consent.WithdrawConsent.as_view(), name="withdraw_consent"),
    path("people/<uuid:pk>/consent-form/", consent.ConsentPaper.as_view(), name="paper_consent"),
    path("<uuid:pk>/legal-basis/", grounds.RecordGround.as_view(), name="record_ground"),
    path("legal-bases/", grounds.Grounds.as_view(), name="grounds"),
    path("legal-bases/<uuid:pk>/", grounds.GroundPage.as_view(), name="ground"),
    path("legal-bases/<uuid:pk>/decide/", grounds.DecideGround.as_view(), name="decide_ground"),
    path("legal-bases/<uuid:pk>/end/", grounds.EndGround.as_view(), name="end_ground"),
    path("<uuid:pk>/notes/", notes.CaseNotes.as_view(), name="notes"),
    path("<uuid:pk>/notes/write/", notes.WriteNote.as_view(), name="write_note"),
    path("notes/<uuid:pk>/", notes.NotePage.as_view(), name="note"),
    path("notes/<uuid:pk>/add/", notes.AddToNote.as_view(), name="add_to_note"),
]
