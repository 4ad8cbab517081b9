"""Settings are no coroutines at all."""
HOST = '127.0.0.1'
BACKLOG = 5
