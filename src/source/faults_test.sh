#!/bin/sh
# The cluster client against an API server that misbehaves; see testdata/server/faults_test.py.
exec /usr/bin/python3 testdata/server/faults_test.py "$O/kassay"
