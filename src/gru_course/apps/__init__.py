"""Applications, each a folder: its data, its models, how they learn, what they are compared with.

An application imports the shared rooms and never another application.
"""
