"""The algorithms of the compiled core, each against a model that is too simple to be wrong.

``plain``    the same source files loaded as plain Python: what holds for one build must hold for the other
``drivers``  one face for both builds of a data structure; the compiled one is reached through a loop or a transport
"""
