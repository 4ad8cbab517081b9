# A crawler with a bounded number of workers, a queue with join(), and a set of what was seen.
import asyncio
import logging
from collections import namedtuple

try:
    # Python 3.4.
    from asyncio import JoinableQueue as Queue
except ImportError:
    # Python 3.5.
    from asyncio import Queue

LOGGER = logging.getLogger(__name__)

SITE = {
    '/': ['/a', '/b', '/c'],
    '/a': ['/a/1', '/a/2', '/'],
    '/b': ['/moved'],
    '/moved': None,
    '/c': ['/a', '/broken'],
    '/a/1': [],
    '/a/2': ['/a/1'],
    '/target': ['/b'],
}
REDIRECTS = {'/moved': '/target'}

FetchStatistic = namedtuple('FetchStatistic', ['url', 'status', 'num_urls'])


class Crawler:
    """Crawl a set of URLs."""

    def __init__(self, root, max_redirect=3, max_tries=2, max_tasks=3, *, loop=None):
        self.loop = loop or asyncio.get_event_loop()
        self.max_redirect = max_redirect
        self.max_tries = max_tries
        self.max_tasks = max_tasks
        self.q = Queue(loop=self.loop)
        self.seen_urls = set()
        self.done = []
        self.busy = self.most = 0
        self.add_url(root)

    def record_statistic(self, fetch_statistic):
        self.done.append(fetch_statistic)

    @asyncio.coroutine
    def get(self, url):
        self.busy += 1
        self.most = max(self.most, self.busy)
        yield from asyncio.sleep(0.01, loop=self.loop)
        self.busy -= 1
        if url not in SITE:
            raise LookupError(url)
        return SITE[url]

    @asyncio.coroutine
    def fetch(self, url, max_redirect):
        tries = 0
        exception = None
        while tries < self.max_tries:
            try:
                links = yield from self.get(url)
                if tries > 1:
                    LOGGER.info('try %r for %r success', tries, url)
                break
            except LookupError as client_error:
                LOGGER.info('try %r for %r raised %r', tries, url, client_error)
                exception = client_error
            tries += 1
        else:
            self.record_statistic(FetchStatistic(url, type(exception).__name__, 0))
            return
        if links is None:
            self.record_statistic(FetchStatistic(url, 301, 0))
            if max_redirect > 0:
                self.add_url(REDIRECTS[url], max_redirect - 1)
            return
        self.record_statistic(FetchStatistic(url, 200, len(links)))
        for link in set(links).difference(self.seen_urls):
            self.add_url(link)

    @asyncio.coroutine
    def work(self):
        """Process queue items forever."""
        try:
            while True:
                url, max_redirect = yield from self.q.get()
                assert url in self.seen_urls
                yield from self.fetch(url, max_redirect)
                self.q.task_done()
        except asyncio.CancelledError:
            pass

    def add_url(self, url, max_redirect=None):
        if max_redirect is None:
            max_redirect = self.max_redirect
        if url in self.seen_urls:
            return
        self.seen_urls.add(url)
        self.q.put_nowait((url, max_redirect))

    @asyncio.coroutine
    def crawl(self):
        workers = [asyncio.Task(self.work(), loop=self.loop) for _ in range(self.max_tasks)]
        yield from self.q.join()
        for w in workers:
            w.cancel()


loop = asyncio.get_event_loop()
crawler = Crawler('/', loop=loop)
loop.run_until_complete(crawler.crawl())
for statistic in sorted(crawler.done):
    print(*statistic)
print('workers at once:', crawler.most)
loop.run_until_complete(asyncio.sleep(0))
loop.close()
