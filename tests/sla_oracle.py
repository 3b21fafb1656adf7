"""The clocks of tickets by the plainest reading: one moment after the other, then one minute after the other.

A moment is a minute and the set of what happened in it, in order; a rule is a dictionary of sets of events, and of `then`.
"""

PARTS = ("start", "stop", "cancel", "pause", "resume", "restart", "after")


def measurements(moments, rule, as_of):
    """Walk over what had happened by a minute, and tell what was measured."""
    found, state, ready = [], "idle", not rule["after"]
    for minute, events in moments:
        if minute <= as_of:
            has = {part for part in PARTS if rule[part] & events}
            if state in {"running", "paused"}:
                state = went_on(found, state, minute, has, rule["then"])
            elif "start" in has and ready and state != "done":
                state = began(found, state, minute, has, rule["then"])
            ready = ready or "after" in has
    return found


def began(found, state, minute, has, then):
    """Start the clock; return its state after the moment."""
    if state == "stopped":
        continued(found[-1], minute, then)
    else:
        found.append(begun(minute))
    return ended(found[-1], minute, then) if "stop" in has else "running"


def went_on(found, state, minute, has, then):
    """Do what the first line says that applies to a clock that is on; return its state after the moment."""
    if "stop" in has:
        state = ended(found[-1], minute, then)
    elif "cancel" in has:
        found.pop()
        state = "idle"
    elif "restart" in has:
        found[-1] = begun(minute)
        state = "running"
    elif state == "running" and "pause" in has:
        found[-1]["paused_at"] = minute
        state = "paused"
    elif state == "paused" and "resume" in has:
        unpaused(found[-1], minute)
        state = "running"
    return state


def begun(minute):
    """Begin a measurement."""
    return {"started": minute, "stopped": None, "pauses": [], "paused_at": None}


def ended(one, minute, then):
    """Stop a measurement; return the state of the clock after it."""
    unpaused(one, minute)
    one["stopped"] = minute
    return then if then in {"done", "idle"} else "stopped"


def continued(one, minute, then):
    """Start it again."""
    if then == "resumes" and one["stopped"] < minute:
        one["pauses"].append((one["stopped"], minute))
    one["stopped"] = None


def unpaused(one, minute):
    """End its pause, if it has one."""
    if one["paused_at"] is not None and one["paused_at"] < minute:
        one["pauses"].append((one["paused_at"], minute))
    one["paused_at"] = None


def counts(one, minute, is_open):
    """Whether a minute, from this to the next, counts."""
    paused = any(start <= minute < end for start, end in one["pauses"])
    still = one["paused_at"] is not None and minute >= one["paused_at"]
    return is_open(minute) and not paused and not still


def used(one, until, is_open):
    """Count the minutes before one."""
    return sum(counts(one, minute, is_open) for minute in range(one["started"], until))


def due(one, target, is_open, horizon):
    """Wait until so many minutes have counted; `None` where they have not by the horizon."""
    minute, left = one["started"], target
    while left and minute < horizon:
        left -= counts(one, minute, is_open)
        minute += 1
    return None if left else minute


def judged(one, target, is_open, as_of, horizon):
    """Tell what became of a measurement; what lies behind the horizon has not come."""
    when = due(one, target, is_open, horizon)
    until = as_of if one["stopped"] is None else one["stopped"]
    over = when is not None and when < until
    if over:
        outcome = "missed"
    elif one["stopped"] is not None:
        outcome = "hit"
    elif one["paused_at"] is not None and when is None:
        outcome = "paused"
    else:
        outcome = "pending"
    return one | {"outcome": outcome, "due": when, "left": target - used(one, until, is_open)}


def status(moments, rule, target, is_open, as_of, horizon):
    """Tell what became of a ticket under a rule, and of each of its measurements."""
    each = [judged(one, target, is_open, as_of, horizon) for one in measurements(moments, rule, as_of)]
    unfinished = [one["outcome"] for one in each if one["stopped"] is None]
    if not each:
        outcome = "not_applicable"
    elif any(one["outcome"] == "missed" for one in each):
        outcome = "missed"
    else:
        outcome = unfinished[0] if unfinished else "hit"
    return {"outcome": outcome, "measurements": each}
