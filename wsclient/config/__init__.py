"""Client configuration: an argument, else the environment, else the profile, else the default; each with its source.

"Settings reference", https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from wsclient._core.public_names import publish
from wsclient.config._client_config import ClientConfig, SettingArguments, system_environment, system_home
from wsclient.config._proxies import proxy_for
from wsclient.config._settings import Setting

__all__ = [
    "ClientConfig",
    "Setting",
    "SettingArguments",
    "proxy_for",
    "system_environment",
    "system_home",
]

publish(__name__, __all__)
