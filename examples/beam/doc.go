// Command beam runs the accumulators of regulars on many machines, as an Apache
// Beam pipeline: a tally of orders with cuts and scores (package rfm), growth
// and retention (package lifecycle), and a funnel (package funnel).
//
//	go run -C examples/beam .
//
// takes a small shop of its own and runs on Prism, the runner that comes with
// Beam's Go SDK and needs no server. With -orders and -events it reads files,
// and with -runner=flink or -runner=dataflow it runs where Beam's own flags say.
//
// What it writes are documents: model.json, segments.csv, growth.csv,
// retention.csv, funnel.json, and the scores of all customers in as many files
// as there are shards. One process that adds everything up by itself writes the
// same bytes, whatever the bundles and the order of the input; -compare does
// that too, and says so.
//
// A file a subject: part.go carries an accumulator between workers, scores.go,
// rhythm.go and funnel.go are the three pipelines, one.go does the same in one
// process, and documents.go has the words that both write.
package main
