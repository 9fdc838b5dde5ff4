"""The `ccgather` command: reads agents' logs, sends daily token counts.

It shares nothing with the site but the contract, `ccgather-report/1`.
"""

__version__ = "0.2.0"
