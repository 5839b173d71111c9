module github.com/regulars-go/regulars/examples

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/regulars-go/regulars v0.0.0
	github.com/shopspring/decimal v1.6.0
	pgregory.net/rapid v1.3.0
)

replace github.com/regulars-go/regulars => ../
