# -*- coding: utf-8 -*-
# Python 2 with Trollius: the print statement, xrange, old excepts, unicode, integer division by //.
import sys

import trollius as asyncio
from trollius import From, Return


class Downloader(object):
    def __init__(self, urls):
        self.urls = urls
        self.failed = {}

    @asyncio.coroutine
    def fetch(self, url):
        yield From(asyncio.sleep(0.001))
        if u'bad' in url:
            raise IOError, 'cannot open %s' % url
        raise Return(len(url) // 2)

    @asyncio.coroutine
    def run(self):
        sizes = []
        for i in xrange(len(self.urls)):
            try:
                size = yield From(self.fetch(self.urls[i]))
            except IOError, e:
                self.failed[self.urls[i]] = str(e)
            else:
                sizes.append(size)
        raise Return(sizes)


@asyncio.coroutine
def main():
    downloader = Downloader([u'http://a', u'http://bad', 'http://example'])
    print 'sizes:', (yield From(downloader.run()))
    for url, reason in downloader.failed.iteritems():
        print url, '->', reason
    if not downloader.failed.has_key('x'):
        print >>sys.stderr, 'nothing', 'about x'
    print "%s %d" % (`1 + 1`, 0777), 3 <> 4
    print


if __name__ == '__main__':
    loop = asyncio.get_event_loop()
    loop.run_until_complete(main())
    loop.close()
