"""Texts with summaries: five that say what the text says, five that put something in or change it.

All of it is made up. What is false in the second five: figures, versions, days, names, quotations,
and figures that changed places.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """A text, and what was made of it."""

    text: str
    true: tuple[str, str, str, str, str]
    false: tuple[str, str, str, str, str]


CASES: tuple[Case, ...] = (
    Case(
        "Northwind today released Harbor 3.2, its command-line coding agent. Harbor 3.2 starts 40% "
        "faster than 3.1 and resumes sessions of up to 500,000 tokens. The price stays at $3 per "
        "million input tokens and $15 per million output tokens. “We rewrote the index,” said Mara "
        "Lindqvist, who leads the team. It is available since November 12, 2026.",
        (
            "Harbor 3.2 starts 40 percent faster than 3.1.",
            "Northwind’s Harbor 3.2 can resume sessions of up to 500K tokens.",
            "Input still costs $3 per million tokens, output $15 per million tokens.",
            "Mara Lindqvist says the team “rewrote the index”.",
            "Harbor 3.2 has been available since 12 November 2026.",
        ),
        (
            "Harbor 3.2 starts 60% faster than 3.1.",
            "Harbor 3.3 resumes sessions of up to 500,000 tokens.",
            "Output costs $3 per million tokens, and input $15 per million.",
            "Mara Lindqvist says “we rewrote everything from scratch”.",
            "Harbor 3.2 has been available since November 21, 2026.",
        ),
    ),
    Case(
        "On Tuesday between 09:10 and 11:45 UTC, requests to the Quillon API failed at an elevated "
        "rate. At the peak 23% of requests returned errors. The cause was a certificate that had "
        "expired on two of nine load balancers. Engineers in Dublin rolled back a deployment that "
        "was not the cause before they found it. No data was lost. Quillon will credit affected "
        "customers for 5 hours.",
        (
            "Requests to the Quillon API failed for some hours on Tuesday; at the peak 23% returned errors.",
            "An expired certificate on two of nine load balancers caused the outage.",
            "No data was lost, says Quillon.",
            "Affected customers get credit for five hours.",
            "Engineers in Dublin first rolled back a deployment that had nothing to do with it.",
        ),
        (
            "At the peak 32% of requests to the Quillon API returned errors.",
            "An expired certificate on nine of twelve load balancers caused the outage.",
            "Engineers in Berlin found the cause.",
            "Affected customers get credit for 24 hours.",
            "Quillon says that “a small amount of data” was lost.",
        ),
    ),
    Case(
        "Version 0.88.0 of Tern brings a plan mode, hooks before each tool call and support for "
        "Windows on ARM. Plan mode is off by default; `tern --plan` switches it on. The release "
        "mends 31 bugs, among them one that counted cached tokens twice in `tern stats`. Node 18 is "
        "no longer supported; Node 22 is recommended.",
        (
            "Tern 0.88.0 adds a plan mode and hooks before tool calls.",
            "The release runs on Windows on ARM.",
            "31 bugs were mended; one of them counted cached tokens twice.",
            "Node 18 is no longer supported, and Node 22 is recommended.",
            "Plan mode is switched on with `tern --plan`.",
        ),
        (
            "Tern 0.89.0 adds a plan mode.",
            "The release mends 13 bugs.",
            "Node 20 is no longer supported.",
            "Node 18 is recommended; Node 22 is no longer supported.",
            "The release adds support for FreeBSD.",
        ),
    ),
    Case(
        "Halcyon Labs raised the weekly limits of its Pro plan by 50% from December 1. Pro users get "
        "60 hours of the large model and 400 hours of the small one each week. The Max plan, at $200 "
        "a month, is unchanged. The company says that fewer than 2% of subscribers had met the old "
        "limits. The change was announced by Priya Raman on the company’s forum.",
        (
            "Halcyon Labs raises the weekly limits of its Pro plan by 50% on December 1.",
            "Pro users get 60 hours of the large model a week, and 400 hours of the small one.",
            "The Max plan at $200 a month does not change.",
            "Fewer than two percent of subscribers had met the old limits.",
            "Priya Raman announced it on the forum.",
        ),
        (
            "Halcyon Labs doubles the weekly limits of its Pro plan.",
            "Pro users get 80 hours of the large model a week.",
            "The Max plan rises to $250 a month.",
            "Fewer than 5% of subscribers had met the old limits.",
            "Sofia Marchetti announced it on the forum.",
        ),
    ),
    Case(
        "The Basalt 2 model is out. It scores 71.4% on RepoBench, up from 63.9% for Basalt 1.5, and "
        "reads 1 million tokens of context. Basalt 2 Mini has a window of 256,000 tokens and costs a "
        "fifth. Weights are published under the Apache 2.0 licence. Training took 11 weeks on 4,096 "
        "accelerators, writes Kenji Mori in the report.",
        (
            "Basalt 2 scores 71.4% on RepoBench; Basalt 1.5 scored 63.9%.",
            "It reads a context of 1M tokens.",
            "Basalt 2 Mini has a window of 256K tokens.",
            "The weights are under the Apache 2.0 licence.",
            "Kenji Mori reports 11 weeks of training on 4,096 accelerators.",
        ),
        (
            "Basalt 2 scores 74.1% on RepoBench.",
            "Basalt 2 Mini has a window of 128,000 tokens.",
            "The weights are under the MIT licence.",
            "Training took 11 weeks on 8,192 accelerators.",
            "Basalt 3 reads 1 million tokens.",
        ),
    ),
    Case(
        "A study of 214 developers at six companies found that coding agents shortened the time to a "
        "merged pull request by 18% for bug fixes, and lengthened it by 9% for refactorings. The "
        "authors, Lena Okafor and Tim Brandt, followed 3,100 pull requests from March to August 2026. "
        "Reviewers wrote 12% more comments on changes made with agents.",
        (
            "Agents shortened the time to merge by 18% for bug fixes.",
            "For refactorings it took 9% longer.",
            "Lena Okafor and Tim Brandt followed 3,100 pull requests.",
            "The study looked at 214 developers at six companies.",
            "Reviewers wrote 12% more comments on changes made with agents.",
        ),
        (
            "Agents shortened the time to merge by 28% for bug fixes.",
            "Lena Okafor and Tim Brandt followed 31,000 pull requests.",
            "The study looked at 214 developers at sixty companies.",
            "Reviewers wrote 21% more comments.",
            "The authors, Lena Okafor and Jonas Weber, followed pull requests for months.",
        ),
    ),
    Case(
        "Marlin for VS Code 1.14.2 is a security release. It closes CVE-2026-41877, through which a "
        "crafted repository could run commands when a workspace was opened. All versions from 1.9.0 "
        "to 1.14.1 are affected. The hole was reported by Ana Duarte of Redpoint Security on October "
        "30 and mended within three days. Users of the standalone CLI need not act.",
        (
            "Marlin for VS Code 1.14.2 closes CVE-2026-41877.",
            "Versions from 1.9.0 to 1.14.1 are affected.",
            "Ana Duarte of Redpoint Security reported it on October 30.",
            "It was mended within three days.",
            "Users of the CLI need not act.",
        ),
        (
            "Marlin for VS Code 1.14.3 closes the hole.",
            "Versions from 1.8.0 to 1.14.1 are affected.",
            "Ana Duarte reported it on October 13.",
            "The hole is known as CVE-2026-41788.",
            "It was mended within five days.",
        ),
    ),
    Case(
        "Foxglove, the open-source agent, reached 100,000 stars on GitHub on Monday, 14 months after "
        "its first commit. The project has 1,240 contributors. Its maintainer Idris Bello wrote that "
        "“stars do not fix bugs” and thanked the people who triage issues. A foundation is planned "
        "for spring 2027. The next release, 2.0, drops the Python runtime.",
        (
            "Foxglove has 100,000 stars on GitHub, 14 months after its first commit.",
            "1,240 people have contributed.",
            "“Stars do not fix bugs,” wrote Idris Bello.",
            "A foundation is planned for spring 2027.",
            "Foxglove 2.0 drops the Python runtime.",
        ),
        (
            "Foxglove has 150,000 stars on GitHub.",
            "12,400 people have contributed.",
            "“Stars are what keeps us going,” wrote Idris Bello.",
            "A foundation is planned for spring 2028.",
            "Foxglove 3.0 drops the Python runtime.",
        ),
    ),
    Case(
        "Cinder CLI now reads AGENTS.md files in every directory and merges them from the root down. "
        "The merged text may have up to 32 KB. A new command, `cinder doctor`, lists what was read. "
        "In version 5.4.0 the flag `--no-rules` is deprecated; it goes in 6.0. Sub-agents inherit the "
        "rules of the directory they work in.",
        (
            "Cinder CLI reads AGENTS.md in every directory.",
            "The merged text may have up to 32 KB.",
            "`cinder doctor` lists what was read.",
            "The flag `--no-rules` is deprecated in 5.4.0 and goes in 6.0.",
            "Sub-agents inherit the rules of their directory.",
        ),
        (
            "The merged text may have up to 64 KB.",
            "The flag `--no-rules` is deprecated in 5.5.0.",
            "The flag goes in 7.0.",
            "Cinder CLI reads GEMINI.md in every directory.",
            "`cinder audit` lists what was read, and Copilot reads it too.",
        ),
    ),
    Case(
        "Vesper AI cut the price of its Swift model by 80%: a million input tokens cost $0.10, a "
        "million output tokens $0.50. Cached input costs $0.01. The older Swift 1 stays at $0.50 and "
        "$2.50 until January 31, 2027, when it is switched off. Batches remain at half the price. "
        "Vesper named cheaper inference on its own chips as the reason.",
        (
            "Vesper AI cuts the price of Swift by 80%.",
            "A million input tokens now cost $0.10.",
            "Cached input costs $0.01.",
            "Swift 1 is switched off on 31 January 2027.",
            "Vesper names its own chips as the reason.",
        ),
        (
            "Vesper AI cuts the price of Swift by 60%.",
            "A million input tokens now cost $0.15.",
            "Swift 1 is switched off on January 13, 2027.",
            "Swift 2 stays at $0.50 until it is switched off.",
            "Vesper names cheaper chips from Nvidia as the reason.",
        ),
    ),
    Case(
        "The Kestrel team measured what their agent spends tokens on: 61% on reading files again, 22% "
        "on tool results, 11% on the conversation and 6% on code it writes. A cache of file summaries "
        "brought the first figure down to 38%. The experiment ran for 30 days over 12,000 sessions. "
        "“Most tokens are spent on remembering,” writes Chiara Fontana.",
        (
            "Kestrel spends 61% of its tokens on reading files again.",
            "Six percent go into code it writes.",
            "A cache of file summaries brought re-reading down to 38%.",
            "The experiment covered 12,000 sessions in 30 days.",
            "“Most tokens are spent on remembering,” writes Chiara Fontana.",
        ),
        (
            "Kestrel spends 71% of its tokens on reading files again.",
            "A cache of file summaries brought it down to 18%.",
            "The experiment covered 120,000 sessions.",
            "“Most tokens are wasted on thinking,” writes Chiara Fontana.",
            "The experiment ran for 90 days.",
        ),
    ),
    Case(
        "Juniper 9.1 is out for macOS, Linux and Windows. The editor’s agent can open pull requests "
        "on GitLab and Gitea. Startup memory fell from 410 MB to 275 MB. The release needs macOS 14 or "
        "newer. Telemetry is opt-in from this version on, after a vote of the community in which "
        "4,812 people took part.",
        (
            "Juniper 9.1 is out for macOS, Linux and Windows.",
            "Its agent opens pull requests on GitLab and Gitea.",
            "Startup memory fell from 410 MB to 275 MB.",
            "macOS 14 or newer is needed.",
            "4,812 people took part in the vote on telemetry.",
        ),
        (
            "Juniper 9.2 is out.",
            "Its agent opens pull requests on Bitbucket.",
            "Startup memory fell to 175 MB.",
            "macOS 15 or newer is needed.",
            "48,120 people took part in the vote.",
        ),
    ),
    Case(
        "Lattice and Orchard agreed on a common format for agent sessions. Version 1 of the format is "
        "JSON lines, with one event a line and token counts for each response. Eleven tools have said "
        "that they will write it, Lattice Code from version 4.0 and Orchard CLI from 2.3. The "
        "specification is kept by a group of five maintainers, chaired by Ruth Achterberg.",
        (
            "Lattice and Orchard agreed on a format for agent sessions.",
            "Eleven tools will write it.",
            "Lattice Code writes it from version 4.0.",
            "Orchard CLI writes it from 2.3 on.",
            "Ruth Achterberg chairs the five maintainers.",
        ),
        (
            "Fifteen tools will write the format.",
            "Lattice Code writes it from version 4.5.",
            "Orchard and Microsoft agreed on a format.",
            "Ruth Achterberg chairs a group of seven maintainers.",
            "Version 2 of the format is JSON lines.",
        ),
    ),
    Case(
        "Umbra’s status page counts three incidents in October: on the 3rd for 42 minutes, on the 17th "
        "for 3 hours and on the 28th for 15 minutes. Availability was 99.52%. The longest followed a "
        "failover of the database in Frankfurt. A fourth incident of the month before was reclassified. "
        "The service level is 99.9%.",
        (
            "Umbra had three incidents in October.",
            "Availability in October was 99.52%.",
            "The longest followed a failover of the database in Frankfurt.",
            "The service level is 99.9%.",
            "The incident on the 3rd took 42 minutes.",
        ),
        (
            "Umbra had six incidents in October.",
            "Availability was 99.25%.",
            "The longest followed a failover in Stockholm.",
            "The incident on the 3rd took 24 minutes.",
            "The service level is 99.95%.",
        ),
    ),
    Case(
        "Pinecrest 1.0 leaves beta after two years. It indexes repositories of up to 20 million lines "
        "and answers in 300 ms at the median. The free tier has 2,000 queries a month; teams pay $18 a "
        "seat. Founders Omar Haddad and Greta Nilsson say that 70 companies tested it. It speaks the "
        "Model Context Protocol.",
        (
            "Pinecrest 1.0 leaves beta after two years.",
            "It indexes repositories of up to 20 million lines.",
            "It answers in 300 ms at the median.",
            "Teams pay $18 a seat.",
            "Omar Haddad and Greta Nilsson say 70 companies tested it.",
        ),
        (
            "Pinecrest 1.0 leaves beta after four years.",
            "It indexes repositories of up to 200 million lines.",
            "It answers in 30 ms at the median.",
            "Teams pay $28 a seat.",
            "Omar Haddad and Elsa Nyberg say 70 companies tested it.",
        ),
    ),
    Case(
        "Drift 7 removes the old completion endpoint. It was announced in June 2025 and answered 0.4% "
        "of requests last month. Calls get status 410 from December 15, 2026. SDKs older than 2.6 are "
        "affected; the guide to moving has four steps. Enterprise customers may ask for an extension "
        "until March 2027.",
        (
            "Drift 7 removes the old completion endpoint.",
            "It answered 0.4% of requests last month.",
            "From December 15, 2026 calls get status 410.",
            "SDKs older than 2.6 are affected.",
            "Enterprise customers may get an extension until March 2027.",
        ),
        (
            "It answered 4% of requests last month.",
            "From December 5, 2026 calls get an error.",
            "Calls get status 404.",
            "SDKs older than 2.8 are affected.",
            "Enterprise customers may get an extension until May 2027.",
        ),
    ),
    Case(
        "Sablefish is a benchmark of 480 tasks from real repositories in eight languages. The best "
        "agent, Orbit with the Meridian 4 model, solved 52.3%; the median agent solved 37.8%. People "
        "with the same time limit solved 64%. Each task was checked by two reviewers. The tasks stay "
        "private, says Professor Wen Li of the University of Ghent.",
        (
            "Sablefish has 480 tasks in eight languages.",
            "Orbit with Meridian 4 solved 52.3%.",
            "People solved 64% within the same time limit.",
            "Two reviewers checked each task.",
            "The tasks stay private, says Wen Li of the University of Ghent.",
        ),
        (
            "Sablefish has 840 tasks.",
            "Orbit with Meridian 4 solved 57.3%.",
            "People solved 46%.",
            "Orbit with the Meridian 5 model solved the most.",
            "The tasks stay private, says Wen Li of Stanford.",
        ),
    ),
    Case(
        "With release 2026.11 Tidewater bills by the second in place of the minute. Customers save 7% "
        "on average, the company computed over 90 days. Sandboxes start in 1.8 seconds, half of what it "
        "took before. The European region moves to Gothenburg on November 29. Nothing changes for "
        "customers on contracts from before 2024.",
        (
            "Tidewater bills by the second from release 2026.11 on.",
            "Customers save 7% on average.",
            "Sandboxes start in 1.8 seconds.",
            "The European region moves to Gothenburg on November 29.",
            "Contracts from before 2024 do not change.",
        ),
        (
            "Customers save 17% on average.",
            "Sandboxes start in 0.8 seconds.",
            "The European region moves to Helsinki.",
            "The region moves on November 19.",
            "Contracts from before 2022 do not change.",
        ),
    ),
    Case(
        "Corvid’s agent can now ask before it deletes. The new setting `confirm` takes three values: "
        "always, risky and never; risky is the default. In a test with 60 teams the number of unwanted "
        "deletions fell by 93%. The setting is in Corvid 6.7 and was backported to 6.5. It was asked "
        "for in issue 8841, which had 1,100 votes.",
        (
            "Corvid’s agent can ask before it deletes.",
            "The setting `confirm` takes three values; risky is the default.",
            "Unwanted deletions fell by 93% in a test with 60 teams.",
            "It is in Corvid 6.7 and was backported to 6.5.",
            "Issue 8841 had 1,100 votes.",
        ),
        (
            "Unwanted deletions fell by 39%.",
            "The test had 600 teams.",
            "It is in Corvid 6.8.",
            "Issue 8814 had 1,100 votes.",
            "The setting takes four values.",
        ),
    ),
    Case(
        "Elderwood bought Patchwork, the maker of a code review bot, for $45 million in cash and shares. "
        "Patchwork was founded in Lisbon in 2023 and has 28 employees, who all stay. Its bot reviews "
        "90,000 pull requests a week. Existing customers keep their prices for two years, said chief "
        "executive Tomás Rocha. The deal closes in the first quarter of 2027.",
        (
            "Elderwood bought Patchwork for $45 million.",
            "Patchwork was founded in Lisbon in 2023.",
            "All 28 employees stay.",
            "Its bot reviews 90,000 pull requests a week.",
            "Customers keep their prices for two years, said Tomás Rocha.",
        ),
        (
            "Elderwood bought Patchwork for $54 million.",
            "Patchwork was founded in Porto in 2023.",
            "Patchwork was founded in 2021.",
            "All 82 employees stay.",
            "Customers keep their prices for two years, said Miguel Alves.",
        ),
    ),
)
