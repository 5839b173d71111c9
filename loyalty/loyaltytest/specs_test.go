package loyaltytest_test

import (
	"os"
	"testing"
	"time"

	"github.com/regulars-go/regulars/loyalty/loyaltytest"
)

func TestSpecs(t *testing.T) {
	loyaltytest.RunSpecs(t, os.DirFS("testdata/specs"), "*.json", time.LoadLocation)
}
