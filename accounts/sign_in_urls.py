"""Sign-in, second factor, password and sessions: allauth's views under our addresses.

Only what people need: e-mail addresses are an administrator's act, so those pages are not here.
"""

from allauth.account import views as account
from django.urls import include, path, re_path

from accounts.views import factors, joining, sessions, sign_in, sign_on

urlpatterns = [
    path("login/", sign_in.SignIn.as_view(), name="account_login"),
    path("sign-on/return/", sign_on.ReturnFromSignOn.as_view(), name="account_sign_on_return"),
    path("sign-on/confirm/", sign_on.ConfirmBySignOn.as_view(), name="account_sign_on_confirm"),
    path("sign-on/<uuid:pk>/", sign_on.GoToSignOn.as_view(), name="account_sign_on"),
    path("logout/", account.logout, name="account_logout"),
    path("signup/", account.signup, name="account_signup"),
    path("invitation/<str:token>/", joining.Join.as_view(), name="account_accept_invitation"),
    path("conduct/", joining.Conduct.as_view(), name="account_conduct"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    # Ours first: stricter than the library's pages of the same names.
    path("2fa/webauthn/login/", factors.SignInWithPasskey.as_view(), name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        factors.ConfirmWithPasskey.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/webauthn/add/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path(
        "2fa/webauthn/keys/<int:pk>/edit/",
        factors.RenamePasskey.as_view(),
        name="mfa_edit_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        factors.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("2fa/totp/deactivate/", factors.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("2fa/totp/replace/", factors.ReplaceApp.as_view(), name="mfa_replace_totp"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", sessions.Sessions.as_view(), name="usersessions_list"),
    path("sessions/end/", sessions.EndSessions.as_view(), name="usersessions_end"),
    path("sessions/<int:pk>/end/", sessions.EndSession.as_view(), name="usersessions_end_one"),
]
