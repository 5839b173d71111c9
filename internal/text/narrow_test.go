package text

import "testing"

func TestNarrow(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"plain", "Tea 138", "Tea 138"},
		{"digits", "１３８", "138"},
		{"letters and signs", "Ａｎｎ＠ｓｈｏｐ．ｃｎ", "Ann@shop.cn"},
		{"the ideographic space", "a　b", "a b"},
		{"the first and the last", "\uFF01\uFF5E", "!~"},
		{"one before and one after", "\uFF00\uFF5F", "\uFF00\uFF5F"},
		{"ideographs stay", "福州，中国", "福州,中国"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Narrow(tt.in); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	if n := testing.AllocsPerRun(100, func() { _ = Narrow("member 138") }); n > 0 {
		t.Errorf("a plain text costs %v allocations", n)
	}
}
