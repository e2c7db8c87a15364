"""gunicorn's entry: ``gunicorn wsgi:app``. Settings come from the environment and their file.

``searchapp serve`` makes the same application, and sets gunicorn up as well.
"""

from searchapp.web import create_app

app = create_app()
