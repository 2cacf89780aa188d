"""Every write, a function each: it checks, writes rows, audit entry and jobs, and reaches no network."""
