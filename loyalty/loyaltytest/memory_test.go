package loyaltytest_test

import (
	"testing"

	"github.com/regulars-go/regulars/loyalty"
	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

func TestMemory(t *testing.T) {
	loyaltytest.TestStore(t, func(testing.TB) loyalty.Store { return loyalty.NewMemory() })
}
