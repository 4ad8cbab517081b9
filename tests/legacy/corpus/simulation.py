# Discrete events with generators that are sent the time; only the reporter is a coroutine.
import asyncio
import collections
import queue

Event = collections.namedtuple('Event', 'time proc action')


def taxi_process(ident, trips, start_time=0):
    """Yield to simulator issuing event at each state change"""
    time = yield Event(start_time, ident, 'leave garage')
    for i in range(trips):
        time = yield Event(time, ident, 'pick up passenger')
        time = yield Event(time, ident, 'drop off passenger')
    yield Event(time, ident, 'going home')
    # end of taxi process


class Simulator:

    def __init__(self, procs_map):
        self.events = queue.PriorityQueue()
        self.procs = dict(procs_map)

    def run(self, end_time):
        for _, proc in sorted(self.procs.items()):
            first_event = next(proc)
            self.events.put(first_event)
        sim_time = 0
        while sim_time < end_time:
            if self.events.empty():
                yield '*** end of events ***'
                break
            current_event = self.events.get()
            sim_time, proc_id, previous_action = current_event
            yield 'taxi: %d %s %s' % (proc_id, proc_id * '   ', current_event.action)
            active_proc = self.procs[proc_id]
            next_time = sim_time + len(previous_action)
            try:
                next_event = active_proc.send(next_time)
            except StopIteration:
                del self.procs[proc_id]
            else:
                self.events.put(next_event)
        else:
            yield '*** end of simulation time: %d events pending ***' % self.events.qsize()


@asyncio.coroutine
def report(lines):
    count = 0
    for line in lines:
        print(line)
        count += 1
        yield from asyncio.sleep(0)
    return count


taxis = {i: taxi_process(i, (i + 1) * 2, i * 5) for i in range(2)}
sim = Simulator(taxis)
loop = asyncio.get_event_loop()
print(loop.run_until_complete(report(sim.run(120))))
print(list(Simulator({0: taxi_process(0, 1)}).run(10)))
