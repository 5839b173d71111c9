package table_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/regulars-go/regulars/examples/internal/table"
)

// show writes an order on one line, with what is absent left out.
func show(o table.Order) string {
	text := fmt.Sprintf("%s|%s|%s", o.Customer, o.At.Format(time.RFC3339Nano), o.Amount)
	if o.ID != "" {
		text += "|#" + o.ID
	}
	if o.Discount.Valid {
		text += "|-" + o.Discount.Decimal.String()
	}
	if o.Category != "" || o.Channel != "" {
		text += "|" + o.Category + "@" + o.Channel
	}
	return text
}

func readAll(in io.Reader, options table.Options) (rows []string, aside table.SetAside, err error) {
	orders, err := table.New(in, "orders", table.Orders(), options)
	if err != nil {
		return nil, table.SetAside{}, err
	}
	for orders.Next() {
		rows = append(rows, fmt.Sprintf("%d: %s", orders.Line(), show(orders.Row())))
	}
	return rows, orders.SetAside(), orders.Err()
}

func columns(t testing.TB, text string) table.Columns {
	t.Helper()
	if text == "" {
		return nil
	}
	c, err := table.ParseColumns(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRows(t *testing.T) {
	shanghai := time.FixedZone("Asia/Shanghai", 8*3600)
	tests := []struct {
		name, text, columns, layout string
		zone                        *time.Location
		want                        []string
	}{
		{
			name: "comma", text: "user_id,date,amount\nann,2024-01-02,3.50\nbob,2024-01-03,-4\n",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3.5", "3: bob|2024-01-03T00:00:00Z|-4"},
		},
		{
			name: "no line end at the end", text: "user_id,date,amount\nann,2024-01-02,3",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3"},
		},
		{
			name: "CRLF, byte order mark and empty lines", text: "\xef\xbb\xbfuser_id,date,amount\r\n\r\nann,2024-01-02,3\r\n\r\n",
			want: []string{"3: ann|2024-01-02T00:00:00Z|3"},
		},
		{
			name: "semicolon", text: "user_id;date;amount\nann, inc;2024-01-02;3\n",
			want: []string{"2: ann, inc|2024-01-02T00:00:00Z|3"},
		},
		{
			name: "tab, an empty field, spaces inside", text: "user_id\torder_id\tdate\tamount\nann b\t\t2024-01-02\t3\n",
			want: []string{"2: ann b|2024-01-02T00:00:00Z|3"},
		},
		{
			name: "spaces align", text: "  user_id   date    amount \n  ann 2024-01-02   3\n\t bob\t2024-01-03  4 \n",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3", "3: bob|2024-01-03T00:00:00Z|4"},
		},
		{
			name: "spaces around values", text: "user_id, date ,amount\n ann , 2024-01-02 , 3 \n",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3"},
		},
		{
			name: "quotes, doubled quotes, line ends within", text: "note,user_id,date,amount\n\"one\ntwo, \"\"three\"\"\",ann,2024-01-02,3\nx,\"o\"\"neil, b\",2024-01-03,4\n",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3", `4: o"neil, b|2024-01-03T00:00:00Z|4`},
		},
		{
			name: "all keys by their usual headers", text: "Order ID,Customer ID,Paid At,Amount,Discount,Category,Channel\n7,ann,2024-01-02,3,0.50,tea,app\n8,bob,2024-01-02,3,,,\n",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3|#7|-0.5|tea@app", "3: bob|2024-01-02T00:00:00Z|3|#8"},
		},
		{
			name: "an ID is preferred to a name", text: "customer,customer_id,date,amount\nAnn,7,2024-01-02,3\n",
			want: []string{"2: 7|2024-01-02T00:00:00Z|3"},
		},
		{
			name: "Chinese headers", text: "订单号,用户ID,支付时间,实付金额\n7,甲,2024-01-02 10:00:00,3\n",
			want: []string{"2: 甲|2024-01-02T10:00:00Z|3|#7"},
		},
		{
			name: "given optional columns only", text: "order_id,user_id,date,amount\n7,ann,2024-01-02,3\n", columns: "amount=amount",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3"},
		},
		{
			name: "position in a file with a header", text: "a,b,amount,amount\nann,2024-01-02,3,4\n", columns: "customer=a,at=2,amount=4",
			want: []string{"2: ann|2024-01-02T00:00:00Z|4"},
		},
		{
			name: "positions, no header", text: "ann,2024-01-02,3\nbob,2024-01-03,4\n", columns: "customer=1,at=2,amount=3",
			want: []string{"1: ann|2024-01-02T00:00:00Z|3", "2: bob|2024-01-03T00:00:00Z|4"},
		},
		{
			name: "positions, header skipped", text: "a,b,c\nann,2024-01-02,3\n", columns: "customer=1,at=2,amount=3",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3"},
		},
		{
			name: "a header that is a number", text: "2,1,date\nann,3,2024-01-02\n", columns: "customer=2,amount=1,at=date",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3"},
		},
		{
			name: "a column with a comma in its name", text: "user,date,\"price, net\"\nann,2024-01-02,3\n", columns: `"amount=price, net"`,
			want: []string{"2: ann|2024-01-02T00:00:00Z|3"},
		},
		{
			name: "local time", text: "user_id,date,amount\nann,2024-01-02 07:30,3\n", zone: shanghai,
			want: []string{"2: ann|2024-01-02T07:30:00+08:00|3"},
		},
		{
			name: "an offset wins over the zone", text: "user_id,date,amount\nann,2024-01-02T00:00:00Z,3\n", zone: shanghai,
			want: []string{"2: ann|2024-01-02T08:00:00+08:00|3"},
		},
		{
			name: "given layout", text: "user_id,date,amount\nann,02/01/2024,3\n", layout: "02/01/2006",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3"},
		},
		{name: "header only", text: "user_id,date,amount\n", want: nil},
		{
			name: "exact amounts", text: "user_id,date,amount\na,2024-01-02,0.1\na,2024-01-02,1e3\na,2024-01-02,+.5\na,2024-01-02,5.\na,2024-01-02,123456789012345678901234567890.123456\n",
			want: []string{"2: a|2024-01-02T00:00:00Z|0.1", "3: a|2024-01-02T00:00:00Z|1000", "4: a|2024-01-02T00:00:00Z|0.5", "5: a|2024-01-02T00:00:00Z|5", "6: a|2024-01-02T00:00:00Z|123456789012345678901234567890.123456"},
		},
		{
			name: "price counts where nothing was counted", text: "user_id,date,price\nann,2024-01-02,3\n",
			want: []string{"2: ann|2024-01-02T00:00:00Z|3"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			options := table.Options{Columns: columns(t, tt.columns), Layout: tt.layout, Zone: tt.zone}
			got, _, err := readAll(strings.NewReader(tt.text), options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			zipped, _, err := readAll(iotest.OneByteReader(bytes.NewReader(zip(tt.text))), options)
			if diff := cmp.Diff(tt.want, zipped); diff != "" || err != nil {
				t.Errorf("gzipped, byte by byte: %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func zip(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

func TestLayouts(t *testing.T) {
	tests := []struct{ text, want, layout string }{
		{"2024-01-02", "2024-01-02T00:00:00Z", "2006-1-2"},
		{"2024-1-2", "2024-01-02T00:00:00Z", "2006-1-2"},
		{"2024-02-29 23:59:59", "2024-02-29T23:59:59Z", "2006-1-2 15:04:05"},
		{"2024-02-29 23:59:59.25", "2024-02-29T23:59:59.25Z", "2006-1-2 15:04:05"},
		{"2024-02-29 23:59", "2024-02-29T23:59:00Z", "2006-1-2 15:04"},
		{"2024-02-29 23:59:59+08:00", "2024-02-29T15:59:59Z", "2006-1-2 15:04:05Z07:00"},
		{"2024-02-29 23:59:59 +0800", "2024-02-29T15:59:59Z", "2006-1-2 15:04:05 Z0700"},
		{"2024-02-29T23:59:59", "2024-02-29T23:59:59Z", "2006-01-02T15:04:05"},
		{"2024-02-29T23:59", "2024-02-29T23:59:00Z", "2006-01-02T15:04"},
		{"2024-02-29T23:59:59+08:00", "2024-02-29T15:59:59Z", time.RFC3339},
		{"2024/1/2", "2024-01-02T00:00:00Z", "2006/1/2"},
		{"2024/01/02 10:11", "2024-01-02T10:11:00Z", "2006/1/2 15:04"},
		{"2024/01/02 10:11:12", "2024-01-02T10:11:12Z", "2006/1/2 15:04:05"},
		{"19970102", "1997-01-02T00:00:00Z", "20060102"},
		{"20240102101112", "2024-01-02T10:11:12Z", "20060102150405"},
		{"999999999", "2001-09-09T01:46:39Z", table.Unix},
		{"1704067200", "2024-01-01T00:00:00Z", table.Unix},
		{"1704067200250", "2024-01-01T00:00:00.25Z", table.UnixMilli},
		{"1900-01-01", "1900-01-01T00:00:00Z", "2006-1-2"},
		{"2199-12-31", "2199-12-31T00:00:00Z", "2006-1-2"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			orders, err := table.New(strings.NewReader("user_id,date,amount\na,"+tt.text+",1\n"), "orders", table.Orders(), table.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !orders.Next() {
				t.Fatal(orders.Err())
			}
			got := []string{orders.Row().At.Format(time.RFC3339Nano), orders.Layout()}
			if diff := cmp.Diff([]string{tt.want, tt.layout}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	long := strings.Repeat("x", table.MaxRow+1)
	tests := []struct{ name, text, columns, want string }{
		{"empty file", "", "", "orders: the file is empty"},
		{"blank file", "\n\r\n", "", "orders: the file is empty"},
		{"UTF-16", "\xff\xfea\x00", "", "orders: the text is UTF-16; save it as UTF-8"},
		{"workbook", "PK\x03\x04....", "", "orders: this is a zip archive, such as a workbook; save the sheet as CSV"},
		{"no such key", "a,b,c\n", "customer=a,when=b,amount=c", `orders: columns: there is no key "when"; orders have "customer", "at", "amount", "order", "discount", "category", "channel"`},
		{"key twice", "a,b,c\n", "customer=a,customer=b", `orders: columns: "customer" is given twice`},
		{"other file's", "a,b,c\n", "events.customer=a", `orders: columns: events.customer is of another file than the orders`},
		{"no such column", "a,b,c\n", "customer=A,at=b,amount=c", `orders: columns: there is no column "A" for customer; the file's first line has "a", "b", "c"`},
		{"no such position", "a,b,c\n", "customer=4,at=2,amount=3", `orders: columns: there is no column 4 for customer; the file has 3, counted from 1`},
		{"position 0", "a,b,c\n", "customer=0,at=2,amount=3", `orders: columns: there is no column 0 for customer; the file has 3, counted from 1`},
		{"column name twice", "a,a,c\n", "customer=a", `orders: columns: more than one column is called "a"; give customer by its position, from 1`},
		{"unusual headers", "who,date,much\n", "", `orders: columns: can't tell the columns of customer and amount: name them with -columns customer=…,amount=… (by header, or by position from 1); the columns are "who", "date", "much"`},
		{"no usual header", "who,when,much\n", "", `orders: columns: can't tell the columns of customer, time (at) and amount: name them with -columns customer=…,at=…,amount=… (by header, or by position from 1); the columns are "who", "when", "much"`},
		{"a column not given, no header", "ann,2024-01-02,3\n", "customer=1,at=2", `orders: columns: can't tell the column of amount: name it with -columns amount=… (by header, or by position from 1); the first line has "ann", "2024-01-02", "3"`},
		{"two that could be meant", "user_id,date,time,amount\n", "", `orders: columns: "date" and "time" could both be the time (at); say which, as in -columns at=2`},
		{"price of one among several", "user_id,date,quantity,price\n", "", `orders: columns: can't tell the column of amount: name it with -columns amount=… (by header, or by position from 1); the columns are "user_id", "date", "quantity", "price"`},
		{"day or month first", "user_id,date,amount\na,01/02/2024,3\n", "", `orders: line 2, column "date": "01/02/2024": not a time: expected a layout: day and month can't be told apart; give -layout 02/01/2006 or -layout 01/02/2006, in the file's own punctuation`},
		{"unknown layout", "user_id,date,amount\na,2 Jan 2024,3\n", "", `orders: line 2, column "date": "2 Jan 2024": not a time: expected a time such as 2006-01-02 or 2006-01-02 15:04:05; for any other give -layout, in Go's notation`},
		{"no such day", "user_id,date,amount\na,2024-02-28,3\na,2024-02-30,3\n", "", `orders: line 3, column "date": "2024-02-30": not a time: expected a time that exists, as 2006-1-2 (the file's layout)`},
		{"layout changes", "user_id,date,amount\na,2024-02-28,3\na,2024/02/28,3\n", "", `orders: line 3, column "date": "2024/02/28": not a time: expected a time that exists, as 2006-1-2 (the file's layout)`},
		{"year out of range", "user_id,date,amount\na,2024-02-28,3\na,1899-12-31,3\n", "", `orders: line 3, column "date": "1899-12-31": not a time: expected a year from 1900 to 2199`},
		{"empty customer", "user_id,date,amount\n ,2024-02-28,3\n", "", `orders: line 2, column "user_id": "": empty value: expected a value`},
		{"empty amount", "user_id,date,amount\na,2024-02-28,\n", "", `orders: line 2, column "amount": "": empty value: expected a value`},
		{"thousands separator", "user_id;date;amount\na;2024-02-28;1,234.50\n", "", `orders: line 2, column "amount": "1,234.50": not an amount: expected a plain decimal such as 1234.50, without thousands separators`},
		{"decimal comma", "user_id;date;amount\na;2024-02-28;12,50\n", "", `orders: line 2, column "amount": "12,50": not an amount: expected a plain decimal such as 1234.50, with a point and not a comma, and without thousands separators`},
		{"currency sign", "user_id,date,amount\na,2024-02-28,¥12\n", "", `orders: line 2, column "amount": "¥12": not an amount: expected a plain decimal such as 1234.50, without a currency sign or unit`},
		{"NaN", "user_id,date,amount\na,2024-02-28,NaN\n", "", `orders: line 2, column "amount": "NaN": not an amount: expected a plain decimal such as 1234.50`},
		{"infinity", "user_id,date,amount\na,2024-02-28,-Inf\n", "", `orders: line 2, column "amount": "-Inf": not an amount: expected a plain decimal such as 1234.50`},
		{"hostile exponent", "user_id,date,amount\na,2024-02-28,1e1000000000000\n", "", `orders: line 2, column "amount": "1e1000000000000": amount too long: expected at most 36 digits, and at most 18 of them after the point`},
		{"noise of floating point", "user_id,date,amount\na,2024-02-28,5.0000000000000001E-3\n", "", `orders: line 2, column "amount": "5.0000000000000001E-3": amount too long: expected at most 36 digits, and at most 18 of them after the point; this looks like the noise of floating-point numbers: round the column, or set such rows aside with -lenient`},
		{"too few fields", "user_id,date,amount\na,2024-02-28\n", "", `orders: line 2: wrong field count: expected 3 fields, as in the first line, and not 2`},
		{"too many fields, spaces", "user_id date amount\nann b 2024-02-28 3\n", "", `orders: line 2: wrong field count: expected 3 fields, as in the first line, and not 4`},
		{"quote in a field", "user_id,date,amount\na\"b,2024-02-28,3\n", "", `orders: line 2: misplaced quote: expected fields that hold a quote to stand in quotes, with the quote doubled`},
		{"line of a value below a quoted line end", "note,user_id,date,amount\n\"a\nb\nc\",ann,2024-02-28,x\n", "", `orders: line 4, column "amount": "x": not an amount: expected a plain decimal such as 1234.50`},
		{"not UTF-8", "user_id,date,amount\n\xc0\xd2,2024-02-28,3\n", "", "orders: line 2, column \"user_id\": \"\\xc0\\xd2\": not UTF-8: expected UTF-8 text"},
		{"column by position", "a,2024-01-02,3\nb,2024-01-02,x\n", "customer=1,at=2,amount=3", `orders: line 2, column 3: "x": not an amount: expected a plain decimal such as 1234.50`},
		{"malformed first row is no header", "a,2024-01-02,x\nb,2024-01-02,4\n", "customer=1,at=2,amount=3", `orders: line 1, column 3: "x": not an amount: expected a plain decimal such as 1234.50`},
		{"day or month first, no header", "a,01/02/2024,x\n", "customer=1,at=2,amount=3", `orders: line 1, column 2: "01/02/2024": not a time: expected a layout: day and month can't be told apart; give -layout 02/01/2006 or -layout 01/02/2006, in the file's own punctuation`},
		{"long value is shortened", "user_id,date,amount\na,2024-02-28," + strings.Repeat("é", 50) + "\n", "", `orders: line 2, column "amount": "` + strings.Repeat("é", 30) + `…": not an amount: expected a plain decimal such as 1234.50`},
		{"quote that is never closed", "user_id,date,amount\n\"a,2024-02-28,3\nb,2024-02-28,3\n", "", `orders: after line 1: line 2: a quote is opened that is not closed properly until line 3: where rows begin after it is unknown`},
		{"long row", "user_id,date,amount\n" + long + ",2024-02-28,3\n", "", `orders: after line 1: a row is longer than 262144 bytes; a quote may not be closed`},
		{"long row, spaces", "user_id date amount\n" + long + " 2024-02-28 3\n", "", `orders: after line 1: a row is longer than 262144 bytes; a quote may not be closed`},
		{"long quoted row", "user_id,date,amount\n\"" + strings.Repeat("x\n", table.MaxRow) + "\",2024-02-28,3\n", "", `orders: after line 1: a row is longer than 262144 bytes; a quote may not be closed`},
		{
			"an endless header", strings.Repeat("x", 70) + strings.Repeat(",x", 41) + "\n", "customer=a",
			`orders: columns: there is no column "a" for customer; the file's first line has "` + strings.Repeat("x", 60) + `…", ` + strings.Repeat(`"x", `, 39) + "and 2 more",
		},
		{"too many fields in the first line", strings.Repeat(",", table.MaxFields) + "\n", "", `orders: the first line has 4097 fields; at most 4096 are read`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := readAll(strings.NewReader(tt.text), table.Options{Columns: columns(t, tt.columns)})
			if err == nil {
				t.Fatalf("no error; want %s", tt.want)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLenientSetsAside(t *testing.T) {
	text := "user_id,date,amount\n" +
		"a,2024-01-01,1\n" + "b,2024-01-32,1\n" + "c,2024-01-01,x\n" + "d,2024-01-01\n" + ",2024-01-01,1\n" +
		"e\"e,2024-01-01,1\n" + "f,2024-01-01,y\n" + "g,2024-01-02,2\n"
	rows, aside, err := readAll(strings.NewReader(text), table.Options{Lenient: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2: a|2024-01-01T00:00:00Z|1", "9: g|2024-01-02T00:00:00Z|2"}, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	reasons := []table.ReasonCount{
		{Reason: table.EmptyValue, Rows: 1},
		{Reason: table.MisplacedQuote, Rows: 1},
		{Reason: table.NotATime, Rows: 1},
		{Reason: table.NotAnAmount, Rows: 2},
		{Reason: table.WrongFields, Rows: 1},
	}
	if diff := cmp.Diff(reasons, aside.Reasons); diff != "" || aside.Rows != 6 {
		t.Errorf("%d set aside (-want +got):\n%s", aside.Rows, diff)
	}
	var lines []int
	for _, e := range aside.First {
		lines = append(lines, e.Line)
	}
	if diff := cmp.Diff([]int{3, 4, 5, 6, 7}, lines); diff != "" {
		t.Errorf("lines of the first (-want +got):\n%s", diff)
	}
}

// What leaves the whole file in doubt is an error even when lenient.
func TestLenientStillFails(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"every row", "user_id,date,amount\na,2024-01-01,x\nb,2024-01-01,y\n", "none of the 2 rows could be read; the first: orders: line 2,"},
		{"day or month first", "user_id,date,amount\na,01/02/2024,1\n", "orders: line 2, column \"date\""},
		{"open quote", "user_id,date,amount\na,2024-01-01,1\n\"b,2024-01-01,1\nc,2024-01-01,1\n", "orders: after line 2: line 3: a quote"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := readAll(strings.NewReader(tt.text), table.Options{Lenient: true})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s…", err, tt.want)
			}
		})
	}
}

func TestMalformedErrorIsTyped(t *testing.T) {
	_, _, err := readAll(strings.NewReader("user_id,date,amount\na,2024-01-01,x\n"), table.Options{})
	e, ok := errors.AsType[*table.MalformedError](err)
	if !ok || e.Line != 2 || e.Reason != table.NotAnAmount || e.Value != "x" {
		t.Errorf("got %#v", err)
	}
}

func TestBrokenInput(t *testing.T) {
	text := "user_id,date,amount\n" + strings.Repeat("a,2024-01-01,1\n", 50_000)
	zipped := zip(text)
	tests := []struct {
		name string
		in   io.Reader
		want error
	}{
		{"truncated gzip", bytes.NewReader(zipped[:len(zipped)-20]), io.ErrUnexpectedEOF},
		{"gzip with a wrong sum", bytes.NewReader(append(zipped[:len(zipped)-8:len(zipped)-8], 0, 0, 0, 0, 0, 0, 0, 0)), gzip.ErrChecksum},
		{"a disk that fails", io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrNoProgress)), io.ErrNoProgress},
		{"a disk that fails, space-aligned", io.MultiReader(strings.NewReader(strings.ReplaceAll(text, ",", " ")), iotest.ErrReader(io.ErrNoProgress)), io.ErrNoProgress},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := drain(tt.in, table.Options{Lenient: true})
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// A later date in another notation is a malformed row: the layout is known.
func TestLayoutIsSettledOnce(t *testing.T) {
	text := "user_id,date,amount\na,2024-01-01,1\nb,01/02/2024,1\nc,2024-01-03,1\n"
	rows, aside, err := readAll(strings.NewReader(text), table.Options{Lenient: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2: a|2024-01-01T00:00:00Z|1", "4: c|2024-01-03T00:00:00Z|1"}
	if diff := cmp.Diff(want, rows); diff != "" || aside.First[0].Want != "a time that exists, as 2006-1-2 (the file's layout)" {
		t.Errorf("%v (-want +got):\n%s", aside.First[0], diff)
	}
}

// endless is a quote that is never closed, in a file of any size.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	if e.read == 0 {
		n = copy(p, "user_id,date,amount\n\"")
	}
	for ; n+1 < len(p); n += 2 {
		p[n], p[n+1] = 'x', '\n'
	}
	if e.read += n; e.read > 10*table.MaxRow {
		return 0, errors.New("read on and on")
	}
	return n, nil
}

func TestRowIsNeverReadWhole(t *testing.T) {
	_, _, err := readAll(&endless{}, table.Options{})
	if err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("got %v", err)
	}
}

// The memory of a reader does not grow with the file.
func TestMemoryPerRow(t *testing.T) {
	const rows = 50_000
	text := "user_id,date,amount\n" + strings.Repeat("some customer,2024-01-01,1.25\n", rows)
	allocations := testing.AllocsPerRun(3, func() {
		if _, err := drain(strings.NewReader(text), table.Options{}); err != nil {
			t.Fatal(err)
		}
	})
	// One a row, for its text, and those of opening the file.
	if allocations > 1.02*rows {
		t.Errorf("%v allocations for %d rows", allocations, rows)
	}
}

// drain reads to the end and keeps nothing.
func drain(in io.Reader, options table.Options) (rows int64, err error) {
	orders, err := table.New(in, "orders", table.Orders(), options)
	if err != nil {
		return 0, err
	}
	for orders.Next() {
	}
	return orders.Rows(), orders.Err()
}

func TestProgress(t *testing.T) {
	text := "user_id,date,amount\n" + strings.Repeat("a,2024-01-01,1\n", 40_000)
	zipped := zip(text)
	for name, in := range map[string][]byte{"plain": []byte(text), "gzip": zipped} {
		t.Run(name, func(t *testing.T) {
			var seen [][2]int64
			_, err := drain(bytes.NewReader(in), table.Options{Progress: func(rows, bytes int64) {
				seen = append(seen, [2]int64{rows, bytes})
			}})
			if err != nil {
				t.Fatal(err)
			}
			for i := 1; i < len(seen); i++ {
				if seen[i][0] < seen[i-1][0] || seen[i][1] < seen[i-1][1] {
					t.Errorf("progress goes back from %v to %v", seen[i-1], seen[i])
				}
			}
			if last := seen[len(seen)-1]; len(seen) < 3 || last != [2]int64{40_000, int64(len(in))} {
				t.Errorf("%d calls, the last %v", len(seen), last)
			}
		})
	}
}

// A row may be kept: neither the next row nor a value's neighbours change it.
func TestRowsCanBeKept(t *testing.T) {
	var text strings.Builder
	text.WriteString("user_id,date,amount\n")
	for i := range 20_000 {
		fmt.Fprintf(&text, "c%d,2024-01-01,%d\n", i, i)
	}
	orders, err := table.New(strings.NewReader(text.String()), "orders", table.Orders(), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var kept []table.Order
	for orders.Next() {
		kept = append(kept, orders.Row())
	}
	for i, o := range kept {
		if o.Customer != fmt.Sprint("c", i) || o.Amount.IntPart() != int64(i) {
			t.Fatalf("row %d became %s", i, show(o))
		}
	}
}
