// Package table reads orders and other facts from the text files that shops
// have: comma, tab, semicolon or space separated, gzipped or not, with a
// header or without, and with columns of any name.
//
// What a file is, is found from its first bytes and never from its name: gzip,
// a byte order mark, the separator, the columns and the way times are written.
// What can't be told for certain is asked for and not guessed: two columns
// that could both be the amount, or a date such as 01/02/2006.
//
// A row type and its [Schema] say which facts a file holds; [Orders] is the one
// of orders, [Events] that of events, which takes all other columns for labels.
// [Open] or [New] make a [Reader], which delivers one row at a time:
//
//	orders, err := table.Open(path, table.Orders(), table.Options{})
//	if err != nil {
//		return err
//	}
//	defer orders.Close()
//	for orders.Next() {
//		tally.Add(orders.Row())
//	}
//	return orders.Err()
//
// # What a file may look like
//
//   - The separator is the tab, semicolon or comma that splits the first lines
//     into equally many fields, two or more; if none does, runs of spaces and
//     tabs do. Quotes work as in RFC 4180, except in space-aligned text.
//   - Lines end in LF or CRLF; empty lines are skipped. A UTF-8 byte order mark
//     is skipped. The text is UTF-8. UTF-16 and zip (a workbook) are refused.
//   - Spaces around a value do not belong to it.
//   - Every row has as many fields as the first: a stray separator would move
//     all values that follow it into the wrong columns.
//
// # Which column is what
//
// [Columns] names a column for each key of the schema, by its exact header or
// by its position from 1. A file has a header if a column is given by name. If
// all are given by position, the first row is a header when not one of its
// times and amounts can be read as such. Without [Columns] there must be a
// header, and its usual names are recognised ([Schema] lists them) whatever
// their case and punctuation. A required key that [Columns] leaves out is
// looked for in the same way; an optional one is then absent.
//
// # Values
//
//   - A time is read by [Options.Layout], in [Options.Zone]. Without a layout a
//     fixed list is tried: the first that fits the first row holds for the file.
//   - An amount is an exact decimal: a sign, digits, a point, an exponent. A
//     thousands separator, a currency sign, NaN and an empty amount are refused.
//   - An empty value of an optional key is absent, which is not zero.
//
// # Malformed rows
//
// The first malformed row ends the reading with a [MalformedError] that names
// file, line, column, value and what was expected. With [Options.Lenient] such
// rows are set aside and counted by reason; see [SetAside].
//
// A Reader holds one row of text at a time. Values that recur share memory, and
// no value keeps its row's text alive.
package table
