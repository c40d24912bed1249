"""gunicorn for the pages: `gunicorn -c deploy/gunicorn.conf.py "scheduler.app:create_app()"`."""

import os

bind = os.environ.get("SANGDAM_BIND", "127.0.0.1:8000")
# A page is work for the processor; more processes than this only take turns.
workers = int(os.environ.get("SANGDAM_WEB_PROCESSES", 2 * (os.cpu_count() or 1)))
worker_class = "sync"
# Each process opens the database for itself: nothing is loaded before the fork.
preload_app = False
# Those who come all at once wait here and not in the browser's error page.
backlog = 2048
timeout = 60
graceful_timeout = 30
# A process that has answered this often is replaced by a fresh one, not all of them at once.
max_requests = 20_000
max_requests_jitter = 4_000
# Heartbeats of the processes are files, and a disk that is busy would look like a process that hangs.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
accesslog = None
