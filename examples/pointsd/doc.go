// Command pointsd is a points service over HTTP: package loyalty behind JSON
// routes, with a page to look at a member. It is small enough to be read in an
// hour, and complete enough to stand behind a gateway; README.md says how.
//
//	go run -C examples ./pointsd
//
// serves the program of a retailer from a SQLite file on
// http://127.0.0.1:8080. Any number of processes may serve one PostgreSQL
// database: what must be atomic is, and every one of them may sweep.
//
// A request goes through these files: routes.go says what there is; serve.go
// limits, authenticates and records it; a handler, in commands.go, members.go or
// page.go, turns it into a call of [loyalty.Engine] and the answer into a reply;
// problems.go turns errors into documents. Handlers get the moment and the
// body as arguments, and never see the connection.
package main
