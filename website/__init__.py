"""The documentation site: ``docs/`` in Vietnamese and English as static pages. ``make site``."""
