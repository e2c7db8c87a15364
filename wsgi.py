"""gunicorn's entry: ``gunicorn wsgi:app``. Settings come from the environment."""

from searchapp.web import create_app

app = create_app()
