# What each target does is in internal/check: all its parts run even when one
# fails, in every module, and the last lines say which failed.

.PHONY: test lint portable fuzz bench compare

# The tests of every module; the library with the race detector if there is a C
# compiler.
test:
	@go run ./internal/check test

# Format, vet, go fix, golangci-lint, go mod tidy, and the code in README.md.
lint:
	@go run ./internal/check lint

# The library's tests on 32 bits, with fused multiply-add, and in an odd time zone.
portable:
	@go run ./internal/check portable

# Ten seconds of each fuzz target.
fuzz:
	@go run ./internal/check fuzz

bench:
	@go run ./internal/check bench

# Beside DuckDB, ClickHouse, expr and PostgreSQL, which it installs or needs. A
# trial of two minutes is SCALE=0.01 LEDGER=0.
compare:
	@bash examples/bench/compare.sh
