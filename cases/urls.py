from django.urls import path

from cases.views import emergency, family, files, notes, people, rights

app_name = "cases"
urlpatterns = [
    path("", files.CaseList.as_view(), name="list"),
    path("open/", files.OpenCase.as_view(), name="open"),
    path("emergency/", emergency.BreakGlassPage.as_view(), name="break_glass"),
    path("emergency/<uuid:pk>/", emergency.EmergencyPage.as_view(), name="emergency"),
    path("emergency/<uuid:pk>/end/", emergency.EndBreakGlass.as_view(), name="end_break_glass"),
    path("erasures/", rights.ErasureList.as_view(), name="erasures"),
    path("erasures/<uuid:pk>/", rights.ErasurePage.as_view(), name="erasure"),
    path("erasures/<uuid:pk>/approve/", rights.ApproveErasure.as_view(), name="approve_erasure"),
    path("erasures/<uuid:pk>/refuse/", rights.RefuseErasure.as_view(), name="refuse_erasure"),
    path("<uuid:pk>/holds/", rights.CaseHolds.as_view(), name="holds"),
    path("<uuid:pk>/holds/place/", rights.PlaceHold.as_view(), name="place_hold"),
    path("holds/<uuid:pk>/release/", rights.ReleaseHold.as_view(), name="release_hold"),
    path("people/<uuid:pk>/erase/", rights.RequestErasure.as_view(), name="request_erasure"),
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
    path("<uuid:pk>/notes/", notes.CaseNotes.as_view(), name="notes"),
    path("<uuid:pk>/notes/write/", notes.WriteNote.as_view(), name="write_note"),
    path("notes/<uuid:pk>/", notes.NotePage.as_view(), name="note"),
    path("notes/<uuid:pk>/add/", notes.AddToNote.as_view(), name="add_to_note"),
]
