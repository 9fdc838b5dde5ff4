"""For PowerShell 5.1 and newer."""

from collections.abc import Sequence

from ccgather_cli.completing.places import Place


def powershell_script(places: Sequence[Place]) -> str:
    """A completer that walks the words to the place, then offers what stands there."""
    entries, values = [], []
    for place in places:
        path = " ".join(place.path)
        words = [word for word, _ in place.words]
        flags = [flag for option in place.options for flag in option.flags]
        entries.append(f"        '{path}' = @(@({_listed(words)}), @({_listed(flags)}))")
        for option in place.options:
            if option.values is not None:
                values += [
                    f"        '{path}:{flag}' = @({_listed(option.values)})"
                    for flag in option.flags
                ]
    return f"""\
# PowerShell completion for ccgather, made by `ccgather completion powershell`
Register-ArgumentCompleter -Native -CommandName ccgather -ScriptBlock {{
    param($wordToComplete, $commandAst, $cursorPosition)
    $places = @{{
{chr(10).join(entries)}
    }}
    $values = @{{
{chr(10).join(values)}
    }}
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object {{ "$_" }})
    if ($wordToComplete -ne '' -and $words.Count -gt 0) {{
        $words = @($words | Select-Object -First ($words.Count - 1))
    }}
    $path = ''
    foreach ($word in $words) {{
        $next = ("$path $word").Trim()
        if ($places.ContainsKey($next)) {{ $path = $next }}
    }}
    $last = if ($words.Count -gt 0) {{ $words[-1] }} else {{ '' }}
    if ($values.ContainsKey("${{path}}:$last")) {{
        $offer = $values["${{path}}:$last"]
    }} elseif ($places[$path][0].Count -gt 0 -and -not $wordToComplete.StartsWith('-')) {{
        $offer = $places[$path][0]
    }} else {{
        $offer = $places[$path][1]
    }}
    $offer | Where-Object {{ $_.StartsWith($wordToComplete) }} | ForEach-Object {{
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }}
}}
"""


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
