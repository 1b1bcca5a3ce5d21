// How fast simdjson's DOM parser is over the same files: MB/s, the best of several rounds.
#include <chrono>
#include <cstdio>
#include <simdjson.h>

int main(int argc, char **argv)
{
	simdjson::dom::parser parser;
	double best = 0;
	size_t bytes = 0;

	for (int round = 0; round < 7; round++) {
		auto a = std::chrono::steady_clock::now();
		bytes = 0;
		for (int i = 1; i < argc; i++) {
			auto text = simdjson::padded_string::load(argv[i]);
			if (text.error()) {
				fprintf(stderr, "%s: cannot read\n", argv[i]);
				return 1;
			}
			auto doc = parser.parse(text.value());
			if (doc.error()) {
				fprintf(stderr, "%s: %s\n", argv[i], simdjson::error_message(doc.error()));
				return 1;
			}
			bytes += text.value().size();
		}
		std::chrono::duration<double> s = std::chrono::steady_clock::now() - a;
		if (bytes / s.count() > best)
			best = bytes / s.count();
	}
	printf("simdjson  %.1f MB, %.0f MB/s\n", bytes / 1e6, best / 1e6);
	return 0;
}
