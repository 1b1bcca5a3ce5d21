#!/bin/sh
# seal.sh PAGE.html: prints the page with {style-hash} and {script-hash} replaced by the hashes of its one
# <style> and one <script>, so that its Content-Security-Policy admits these two and nothing else.
set -e
page=$1

# What lies between <NAME> and </NAME>, each on a line of its own: the first newline counts.
inside() {
	echo
	sed -n "/^<$1>\$/,/^<\/$1>\$/p" "$page" | sed '1d;$d'
}

# Standard input's SHA-256 as CSP writes it; awk, because xxd and openssl may not be there.
csp_hash() {
	sha256sum | awk '{
		for (i = 1; i <= 64; i++)
			v[i] = index("0123456789abcdef", substr($1, i, 1)) - 1
		abc = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		# Three hex digits are two characters; 64 leave one digit, which ends in padding.
		for (i = 1; i <= 61; i += 3) {
			n = v[i] * 256 + v[i + 1] * 16 + v[i + 2]
			s = s substr(abc, int(n / 64) + 1, 1) substr(abc, n % 64 + 1, 1)
		}
		s = s substr(abc, v[64] * 4 + 1, 1) "="
		print "sha256-" s
	}'
}

style=$(inside style | csp_hash)
script=$(inside script | csp_hash)
sed "s|{style-hash}|$style|; s|{script-hash}|$script|" "$page"
