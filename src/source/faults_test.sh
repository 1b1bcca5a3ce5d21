#!/bin/sh
# The cluster client against an API server that misbehaves; see testdata/server/faults_test.py.
O=${O:-build}
case $O in
*address*) export KASSAY_SANITIZED=1 ;; # keeps what is freed
esac
exec /usr/bin/python3 testdata/server/faults_test.py "$O/kassay"
