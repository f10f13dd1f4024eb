"""What callers hear: for each language the words (`<language>/prompts.toml`), and the music they hold on.

There is no code to call here. Installed as the package `voice_prompts`, so that `appliance.prompts` finds these files
wherever the program lives. `music/compose.py` is the script that made `music/*.wav`.
"""
