"""The web application: a shared funnel that a small team lives in. Needs the extra `leadline[web]`."""
