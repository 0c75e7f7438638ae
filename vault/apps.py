from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "vault"
    verbose_name = "Vault"

    def ready(self) -> None:
        from core.sealing import register_system_sealer
        from vault.system import VaultSystemSealer

        register_system_sealer(VaultSystemSealer())
