"""Jobs of the due work: callables, known by a name."""

from functools import partial


def many_transactions(method):
    """Mark a job that ends and begins transactions by itself."""
    method.many_transactions = True
    return method


def job_name(job):
    """A stable name: model and method, and what a `partial` adds to them.

    >>> job_name(partial(str.upper, "x"))
    'upper(x)'
    """
    if isinstance(job, partial):
        return f"{job_name(job.func)}({', '.join(map(str, job.args))})"
    model = getattr(getattr(job, "__self__", None), "_name", None)
    return ".".join(filter(None, (model, job.__name__)))


def has_many_transactions(job):
    """Whether `many_transactions` marks the job, or what a `partial` calls."""
    return getattr(getattr(job, "func", job), "many_transactions", False)
