#!/bin/sh
# The commands on a live cluster; see testdata/server/commands_test.py.
exec /usr/bin/python3 testdata/server/commands_test.py "$O/kassay"
