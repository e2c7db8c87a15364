"""gunicorn's entry: ``gunicorn wsgi:app``. Settings come from the environment and their file.

``searchapp serve`` makes the same application, and sets gunicorn up as well.
"""

from searchapp.config import Settings
from searchapp.web import create_app
from searchapp.web.logs import set_up_logs

_settings = Settings.load()
set_up_logs(_settings)
app = create_app(_settings)
