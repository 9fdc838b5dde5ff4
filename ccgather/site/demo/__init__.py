"""People who do not exist, so that a new site has something to look at.

`people` draws who they are, `usage` what their agents burned; both are pure and the same for a
seed and a day. `making` sends that through the services that take in real reports, and takes it
away again.
"""
