package main

import "strings"

// block is a fenced block of a document.
type block struct {
	line     int    // of its fence
	language string // that the fence names
	from     string // the file that the comment above it names
	text     string
}

// isOutput reports whether b shows what a program printed.
func (b block) isOutput() bool {
	switch b.language {
	case "text", "output":
		return true
	case "console":
		return !strings.HasPrefix(b.text, "$ ")
	}
	return false
}

func blocks(document string) (all []block) {
	var open *block
	fence, from, number := "", "", 0
	for line := range strings.Lines(document) {
		number++
		bare := strings.TrimSpace(line)
		switch {
		case open != nil && bare == fence:
			all = append(all, *open)
			open = nil
		case open != nil:
			open.text += line
		case strings.HasPrefix(bare, "```"):
			language := strings.TrimLeft(bare, "`")
			fence = bare[:len(bare)-len(language)]
			open = &block{line: number, language: strings.TrimSpace(language), from: from}
			from = ""
		case bare != "":
			// Only the line right above a block, but for empty ones, names its file.
			from = ""
			if name, ok := strings.CutPrefix(bare, "<!-- from:"); ok {
				from = strings.TrimSpace(strings.TrimSuffix(name, "-->"))
			}
		}
	}
	return all
}
