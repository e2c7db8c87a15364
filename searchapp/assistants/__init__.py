"""For assistants: search, documents and what is related as tools of the Model Context Protocol.

``tools.py`` is the table of tools and knows nothing of the protocol; ``server.py`` and
``running.py`` alone name the SDK. Stands beside `web`: neither knows the other.
"""
