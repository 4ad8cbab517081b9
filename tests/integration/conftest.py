"""Credentials for the tests with TLS."""

import pytest

from hostile.certificate import Credentials, make_credentials


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Credentials:
    """Contexts that trust one self-signed certificate for localhost."""
    return make_credentials(tmp_path_factory.mktemp("tls"))
