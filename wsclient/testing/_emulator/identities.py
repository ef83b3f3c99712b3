"""Identities of an emulator: users, roles, policies, the tokens of STS, and the metadata services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials
from wsclient._core.value_kinds import ACCOUNT_ID, BOOL, NAME, TEXT, optional, secret
from wsclient.testing._server.metadata import ContainerCredentials, InstanceMetadata
from wsclient.testing._state.argument_kinds import NAMES, POLICIES, POLICY, SPAN, whole_range
from wsclient.testing._state.emulator_state import EmulatorState
from wsclient.testing._state.identities import ISSUER, MfaDevice, Role, role_arn
from wsclient.testing._state.keyring import user_arn
from wsclient.testing._state.policies import Attached, PolicySource

MIN_SESSION: Final = 3_600
MAX_SESSION: Final = 43_200


class EmulatorIdentities:
    """Part of Emulator with the users, roles and tokens."""

    _world: EmulatorState
    account_id: str
    region: str

    @property
    def root_credentials(self) -> Credentials:
        """Long-term credentials of the account's root user."""
        with self._world.lock:
            return self._world.keys.issue_root(self.account_id)

    @checked(
        {"name": NAME, "account_id": optional(ACCOUNT_ID), "policy": optional(POLICIES)}, owner="Emulator.add_user"
    )
    def add_user(self, name: str, *, account_id: str | None = None, policy: Attached | None = None) -> Credentials:
        """Add an IAM user and return its long-term credentials.

        policy is a policy document, or several, that limits the user; a user without a policy may do everything. Adding
        the same user again issues another access key and replaces the policy.
        """
        account = account_id or self.account_id
        with self._world.lock:
            self._world.identities.policies.attach(user_arn(account, name), policy)
            return self._world.keys.issue_user(account, name)

    @checked(
        {
            "name": NAME,
            "account_id": optional(ACCOUNT_ID),
            "trusts": NAMES,
            "external_id": optional(NAME),
            "mfa_required": BOOL,
            "max_session": whole_range(MIN_SESSION, MAX_SESSION, "number of seconds"),
            "policy": optional(POLICIES),
        },
        owner="Emulator.add_role",
    )
    def add_role(
        self,
        name: str,
        *,
        account_id: str | None = None,
        trusts: Sequence[str] = ("*",),
        external_id: str | None = None,
        mfa_required: bool = False,
        max_session: int = 3600,
        policy: Attached | None = None,
    ) -> str:
        """Add an IAM role and return its ARN.

        trusts lists the principals that may assume the role: ARNs, account ids or "*". max_session is the maximum
        session duration in seconds, 3,600 to 43,200. policy limits the sessions of the role, as for add_user. Until the
        first role of an account is added, every principal may assume any role name of the account; after that only the
        added roles exist.
        """
        role = Role(
            arn=role_arn(account_id or self.account_id, name),
            trusts=tuple(trusts),
            external_id=external_id,
            mfa_required=mfa_required,
            max_session=max_session,
        )
        with self._world.lock:
            self._world.identities.policies.attach(role.arn, policy)
            self._world.identities.add_role(role)
        return role.arn

    @checked({"name": NAME, "document": POLICY}, owner="Emulator.add_policy")
    def add_policy(self, name: str, document: PolicySource) -> str:
        """Add a managed policy by name, or an AWS managed policy by ARN, for session policies; return its ARN."""
        arn = name if name.startswith("arn:") else f"arn:aws:iam::{self.account_id}:policy/{name}"
        with self._world.lock:
            self._world.identities.policies.add_managed(arn, document)
        return arn

    @checked({"name": NAME}, owner="Emulator.add_mfa_device")
    def add_mfa_device(self, name: str = "mfa") -> MfaDevice:
        """Add a virtual MFA device; each code() is valid once, by the emulator's clock."""
        with self._world.lock:
            return self._world.identities.add_mfa_device(self.account_id, name)

    @checked({"subject": TEXT, "audience": NAME, "expires_in": SPAN}, owner="Emulator.web_identity_token")
    def web_identity_token(
        self,
        subject: str = "system:serviceaccount:default:desk",
        *,
        audience: str = "sts.amazonaws.com",
        expires_in: float = 3600,
    ) -> str:
        """Return a token for AssumeRoleWithWebIdentity; expires_in is in seconds, negative for an expired token."""
        identities = self._world.identities
        expires_at = int(identities.expiry(expires_in).timestamp())
        return identities.jwt({"iss": ISSUER, "sub": subject, "aud": [audience], "exp": expires_at})

    @checked({"role_arn": NAME, "provider": NAME, "user": NAME, "expires_in": SPAN}, owner="Emulator.saml_assertion")
    def saml_assertion(
        self, *, role_arn: str, provider: str = "idp", user: str = "mary@example.com", expires_in: float = 300
    ) -> str:
        """Return a base64-encoded assertion for AssumeRoleWithSAML that expires in expires_in seconds.

        The ARN of its provider is saml_provider_arn(provider).
        """
        identities = self._world.identities
        return identities.assertion(
            role_arn=role_arn,
            provider_arn=self.saml_provider_arn(provider),
            user=user,
            expires=identities.expiry(expires_in),
        )

    @checked({"provider": NAME}, owner="Emulator.saml_provider_arn")
    def saml_provider_arn(self, provider: str = "idp") -> str:
        """Return the ARN of a SAML identity provider of the account."""
        return f"arn:aws:iam::{self.account_id}:saml-provider/{provider}"

    @checked({"text": TEXT}, owner="Emulator.authorization_message")
    def authorization_message(self, text: str) -> str:
        """Return an encoded message for DecodeAuthorizationMessage."""
        return self._world.identities.jwt({"message": text})

    @checked({"account_id": optional(ACCOUNT_ID), "expires_in": SPAN}, owner="Emulator.trade_in_token")
    def trade_in_token(self, *, account_id: str | None = None, expires_in: float = 300) -> str:
        """Return a trade-in token for GetDelegatedAccessToken that expires in expires_in seconds."""
        identities = self._world.identities
        expires_at = int(identities.expiry(expires_in).timestamp())
        return identities.jwt({"account": account_id or self.account_id, "exp": expires_at})

    @checked({"role": optional(NAME), "allow_v1": BOOL}, owner="Emulator.instance_metadata")
    def instance_metadata(self, role: str | None = "instance", *, allow_v1: bool = False) -> InstanceMetadata:
        """Return an instance metadata service (IMDSv2), a context manager for with or async with.

        role is the name of the instance's role, None for an instance without a role. Its credentials are valid for this
        emulator. allow_v1 also allows requests without a session token (IMDSv1).
        """
        return InstanceMetadata(
            self._world, account_id=self.account_id, region=self.region, role=role, allow_v1=allow_v1
        )

    @checked({"role": NAME, "token": optional(secret(NAME))}, owner="Emulator.container_credentials")
    def container_credentials(self, role: str = "task", *, token: str | None = None) -> ContainerCredentials:
        """Return a container credential endpoint, a context manager for with or async with.

        token is the Authorization header value that requests must have, None for no check. Its credentials are valid
        for this emulator.
        """
        return ContainerCredentials(self._world, account_id=self.account_id, role=role, token=token)
