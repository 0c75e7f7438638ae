from django.urls import path

from desk.views import directory, partners, people, sign_on, systems

app_name = "directory"
urlpatterns = [
    path("people/", people.PeoplePage.as_view(), name="people"),
    path("people/invite/", people.InvitePerson.as_view(), name="invite"),
    path("people/<uuid:pk>/", people.AccountPage.as_view(), name="account"),
    path("people/<uuid:pk>/role/", people.GiveRole.as_view(), name="give_role"),
    path("people/<uuid:pk>/role/<uuid:membership>/end/", people.EndRole.as_view(), name="end_role"),
    path("people/<uuid:pk>/invitation/", people.SendInvitation.as_view(), name="send_invitation"),
    path("people/<uuid:pk>/last-day/", people.SetLastDay.as_view(), name="set_last_day"),
    path("people/<uuid:pk>/close/", people.CloseAccount.as_view(), name="close_account"),
    path("people/<uuid:pk>/reopen/", people.ReopenAccount.as_view(), name="reopen_account"),
    path("people/<uuid:pk>/lock/", people.LiftLock.as_view(), name="lift_lock"),
    path(
        "people/<uuid:pk>/sign-out/",
        people.SignOutEverywhere.as_view(),
        name="sign_out_everywhere",
    ),
    path("agencies/", people.AgenciesPage.as_view(), name="agencies"),
    path("agencies/add/", people.AddAgency.as_view(), name="add_agency"),
    path("agencies/partners/", partners.PartnersPage.as_view(), name="partners"),
    path("agencies/agreement/", partners.AddAgreement.as_view(), name="add_agreement"),
    path(
        "agencies/agreement/<uuid:pk>/end/",
        partners.EndAgreement.as_view(),
        name="end_agreement",
    ),
    path("agencies/<uuid:pk>/close/", partners.CloseAgency.as_view(), name="close_agency"),
    path("agencies/<uuid:pk>/reopen/", partners.ReopenAgency.as_view(), name="reopen_agency"),
    path("agencies/systems/", systems.SystemsPage.as_view(), name="systems"),
    path("agencies/systems/register/", systems.RegisterSystem.as_view(), name="register_system"),
    path(
        "agencies/systems/<uuid:pk>/secret/", systems.ReplaceSecret.as_view(), name="replace_secret"
    ),
    path("agencies/systems/<uuid:pk>/end/", systems.EndSystem.as_view(), name="end_system"),
    path("agencies/team/", people.AddTeam.as_view(), name="add_team"),
    path("agencies/sign-on/", sign_on.SignOnPage.as_view(), name="sign_on"),
    path("agencies/sign-on/off/", sign_on.TurnOffSignOn.as_view(), name="turn_off_sign_on"),
    path("agencies/profile/", people.ProfilePage.as_view(), name="profile"),
    path("roles/", directory.RolesPage.as_view(), name="roles"),
]
