# -*- coding: latin-1 -*-
# Grüße: an encoding of its own, CR LF at the ends of lines, tabs, a form feed.
import asyncio

@asyncio.coroutine	# decorated
def grüße(name):
	"""Grüßt.
	Zwei Zeilen."""
	yield from asyncio.sleep(0)	# wärme
	return "schön, %s" % \
		name


ae = "ä"; aeoe = ae + "ö"; loop = asyncio.get_event_loop()
if ae: text = loop.run_until_complete(grüße(aeoe)); print(ascii(text))
print(ascii(grüße.__name__), ascii(grüße.__doc__.split()), len(open(__file__, "rb").read().splitlines()) > 5)
task = asyncio.async(grüße("x")); print(ascii(loop.run_until_complete(task)))
