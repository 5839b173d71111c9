// Package bench sets conditions of persona beside github.com/expr-lang/expr,
// the expression engine for Go that is in widest use. Only ratios within one
// sitting count. From the root of the repository:
//
//	go test -C examples -run . -bench . ./bench/persona
//
// Both engines compile one rule of six clauses once: a range of ages, one of
// five cities, a gender, a least income, one of two interests, and membership.
// Expr evaluates it in two ways, over the map that its documentation begins
// with and over a struct, which is its fastest. The test checks that all three
// agree on a population of whom everything is known; where something is not,
// persona answers that it does not know, and expr stops with an error.
package bench
