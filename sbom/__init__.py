"""The bill of materials: what an installation of searchapp consists of, as CycloneDX says it.

It is made of what is installed beside the checkout, asks nobody, and is no part of the installed
package.
"""
