"""`frontdesk` as the bench starts it: the command itself, by its module."""

import sys

from appliance.main import main

if __name__ == "__main__":
    sys.exit(main(["run", *sys.argv[1:]]))
