package loyaltytest_test

import (
	"testing"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

func TestEngineInMemory(t *testing.T) {
	loyaltytest.TestEngine(t, func(testing.TB) loyalty.Store { return loyalty.NewMemory() })
}
