package main

import "io"

func (a *analysis) writeReport(w io.Writer) error { return nil }
