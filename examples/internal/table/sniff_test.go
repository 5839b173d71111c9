package table

import "testing"

func TestSniff(t *testing.T) {
	tests := []struct {
		name, sample string
		want         rune
	}{
		{"comma", "a,b\n1,2\n", ','},
		{"semicolon with decimal commas", "a;b;c\n1;2,5;3,5\n", ';'},
		{"semicolon with decimal commas, no header", "1;2,5\n2;3,5\n", ';'},
		{"comma with a semicolon in every row", "a;x,b,c\nd;y,e,f\n", ','},
		{"tab with commas", "a\tb\nx, y\t2\n", '\t'},
		{"separators in quotes", "a;b\n\"x,y,z\";2\n", ';'},
		{"a quoted line end", "a,b\n\"x\ny;z\",2\n", ','},
		{"spaces", " a   b\n 1   2\n", ' '},
		{"spaces with a comma in a row", "a b\n1 2,5\n", ' '},
		{"tabs that align", "a \t b c\n1 2 3\n", ' '},
		{"a ragged row", "a,b,c\n1,2\n1,2,3\n", ','},
		{"a header with spaces, ragged", "a a,b b\n1\n", ','},
		{"one column", "a\n1\n2\n", ','},
		{"one row", "a;b;c", ';'},
		{"the last row is cut off", "a;b;c,d\n1,2\n3", ','},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sniff([]byte(tt.sample), tt.name != "the last row is cut off"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
