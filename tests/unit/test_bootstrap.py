"""What the environment's builder hands from pip to uv."""

from __future__ import annotations

from infra.bootstrap import uv_settings


def test_uv_is_told_the_mirror_and_certificate_that_pip_knows() -> None:
    settings = uv_settings(
        "global.cert='/etc/ssl/own.pem'\n"
        "global.index-url='https://mirror.example/simple'\n"
        "global.extra-index-url='\\nhttps://a.example/simple\\nfile:///b/simple'\n"
        "global.find-links='/c /d'\n"
    )
    assert settings["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert settings["UV_INDEX"] == "https://a.example/simple file:///b/simple"
    assert settings["UV_FIND_LINKS"] == "/c,/d"
    assert settings["SSL_CERT_FILE"] == "/etc/ssl/own.pem"


def test_the_environment_wins_over_pips_files_as_in_pip() -> None:
    settings = uv_settings(
        ":env:.index-url='https://environment.example/simple'\n"
        "global.index-url='https://global.example/simple'\n"
        "install.index-url='https://install.example/simple'\n"
    )
    assert settings["UV_DEFAULT_INDEX"] == "https://environment.example/simple"


def test_a_machine_without_settings_leaves_uv_its_own() -> None:
    assert set(uv_settings("")) == {"UV_INDEX_STRATEGY"}
