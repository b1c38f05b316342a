"""The operator's command line, started by `./kontor` at the root.

Begin in `commands.py` (one function per command); `serve.py` is what `kontor run` prepares, `supervisor.py` keeps
its processes alive. Reports go to standard output, with `--json` as its last line; everything else to standard error.
"""
