"""The web application: pages for people, an API for programs."""

from searchapp.web.app import create_app

__all__ = ["create_app"]
