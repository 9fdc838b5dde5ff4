"""`ccgather completion`: the Tab key."""

from argparse import ArgumentParser, Namespace

from ccgather_cli.context import Context
from ccgather_cli.errors import DONE

SUMMARY = "a script for your shell's Tab key"
EXAMPLES = """\
to install it:
  bash         ccgather completion bash \\
                 > ~/.local/share/bash-completion/completions/ccgather
  zsh          ccgather completion zsh > ~/.zfunc/_ccgather
               with `fpath+=(~/.zfunc)` before `compinit` in ~/.zshrc
  fish         ccgather completion fish \\
                 > ~/.config/fish/completions/ccgather.fish
  powershell   ccgather completion powershell >> $PROFILE

Print it again after an upgrade: it names commands and tools of one version."""

SHELLS = ("bash", "zsh", "fish", "powershell")


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def run(arguments: Namespace, context: Context) -> int:
    """Print it."""
    from ccgather_cli.completing import script_for  # noqa: PLC0415  (loads every command)

    context.terminal.write(script_for(arguments.shell).encode())
    return DONE
