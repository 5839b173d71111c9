package rfm_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/regulars-go/regulars/rfm"
)

func TestScoreText(t *testing.T) {
	tests := []struct {
		name  string
		score rfm.Score
		want  string
	}{
		{"none", rfm.Score{}, ""},
		{"quintiles", rfm.Score{R: 5, F: 4, M: 3}, "543"},
		{"nine", rfm.Score{R: 9, F: 9, M: 9}, "999"},
		{"two digits", rfm.Score{R: 9, F: 10, M: 9}, "9-10-9"},
		{"the most", rfm.Score{R: 100, F: 1, M: 100}, "100-1-100"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.score.String(); got != tt.want {
				t.Errorf("String = %q, want %q", got, tt.want)
			}
			if tt.score.IsZero() != (tt.want == "") {
				t.Errorf("IsZero = %t", tt.score.IsZero())
			}
			var got rfm.Score
			if err := got.UnmarshalText([]byte(tt.want)); err != nil || got != tt.score {
				t.Errorf("read as %v, %v", got, err)
			}
		})
	}
}

// Property: every score reads back from its text, and as the key of a JSON
// object too.
func TestScoreReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one := rapid.Uint8Range(1, rfm.MaxScores)
		s := rfm.Score{R: one.Draw(t, "r"), F: one.Draw(t, "f"), M: one.Draw(t, "m")}
		if got, err := rfm.ParseScore(s.String()); err != nil || got != s {
			t.Fatalf("%q reads as %v, %v", s, got, err)
		}
		data, err := json.Marshal(map[rfm.Score]int{s: 1, {}: 2})
		if err != nil {
			t.Fatal(err)
		}
		var got map[rfm.Score]int
		if err := json.Unmarshal(data, &got); err != nil || got[s] != 1 || got[rfm.Score{}] != 2 {
			t.Fatalf("%s reads as %v, %v", data, got, err)
		}
	})
}

func TestParseScoreRefuses(t *testing.T) {
	for _, code := range []string{"", "5", "54", "5432", "505", "5-4-3", "05-10-3", "10-4", "10-4-3-1", "101-1-1", "256-1-1", "-1-1-1", "5 4", "五四三", "1-2", "+10-4-3", "10-4-3 "} {
		if s, err := rfm.ParseScore(code); err == nil || s != (rfm.Score{}) {
			t.Errorf("%q reads as %v, %v", code, s, err)
		}
		s := rfm.Score{R: 1, F: 2, M: 3}
		if err := s.UnmarshalText([]byte(code)); code != "" && (err == nil || s != rfm.Score{R: 1, F: 2, M: 3}) {
			t.Errorf("%q reads into %v, %v", code, s, err)
		}
	}
}

// FuzzParseScore: what reads writes back as it was.
func FuzzParseScore(f *testing.F) {
	for _, code := range []string{"543", "10-4-3", "100-100-100", "1-1-1"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		if s, err := rfm.ParseScore(code); err == nil && s.String() != code {
			t.Errorf("%q reads as %v", code, s)
		}
	})
}
