"""What is said over HTTP: the types of requests and answers.

The same types validate requests, shape answers, describe both in OpenAPI, and are what the client
decodes. Every field of an answer is always there; what is unknown is null.
"""
