"""Figures about the server itself, as Prometheus reads them: for this machine, or with a token."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

from django.db.models import Min, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from leadline.web.models import Job
from leadline.web.tokens import find_token

FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")
"""Headers of a proxy: what comes through one isn't from this machine."""
SCOPE = "metrics:read"

requests = Counter("leadline_requests_total", "Requests answered.", ["route", "method", "status"])
seconds = Histogram("leadline_request_seconds", "How long answers took.", ["route"])


class MeasuringMiddleware:
    """Counts each answer by its route, and how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and count."""
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.route if match else "none"
        requests.labels(route, _method(request), str(response.status_code)).inc()
        seconds.labels(route).observe(time.perf_counter() - began)
        return response


class Jobs(Collector):
    """What waits for the worker, counted when it is asked for."""

    def collect(self) -> Iterator[Metric]:
        """How many wait, how many failed, and since when the oldest could have been done."""
        now = timezone.now()
        open_jobs = Job.objects.filter(done_at=None, failed_at=None)
        due = open_jobs.filter(due_at__lte=now).aggregate(since=Min("due_at"))["since"]
        waiting = open_jobs.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
        yield _gauge("leadline_jobs_waiting", "Jobs that wait.", waiting.count())
        yield _gauge(
            "leadline_jobs_failed",
            "Jobs that were given up.",
            Job.objects.filter(failed_at__isnull=False).count(),
        )
        age = (now - due).total_seconds() if due else 0.0
        yield _gauge("leadline_jobs_oldest_seconds", "Age of the oldest job that is due.", age)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures; 403 for whoever comes from elsewhere without a token of the scope `metrics:read`."""
    if not _is_here(request) and find_token(request, SCOPE) is None:
        return HttpResponse("Metrics are for this machine, or for a token.\n", status=403)
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(Jobs())
    own = b"" if os.environ.get("PROMETHEUS_MULTIPROC_DIR") else generate_latest(REGISTRY)
    return HttpResponse(own + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_here(request: HttpRequest) -> bool:
    address = request.META.get("REMOTE_ADDR", "")
    here = address.startswith("127.") or address in {"::1", "::ffff:127.0.0.1"}
    return here and not any(header in request.META for header in FORWARDED)


def _method(request: HttpRequest) -> str:
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return request.method if request.method in known else "other"


def _gauge(name: str, means: str, value: float) -> Metric:
    gauge = GaugeMetricFamily(name, means)
    gauge.add_metric([], value)
    return gauge
