package portrait

import (
	"encoding/csv"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/regulars-go/regulars/internal/stats"
	"github.com/regulars-go/regulars/internal/testdata"
	"github.com/regulars-go/regulars/persona"
)

type reference struct {
	Orders struct {
		Users         int64   `json:"users"`
		High          int64   `json:"high"`
		BaseShare     float64 `json:"base_share"`
		PublishedBase float64 `json:"published_base_share"`
		Rows          []struct {
			Province  string     `json:"province"`
			City      string     `json:"city"`
			High      int64      `json:"high"`
			Low       int64      `json:"low"`
			All       float64    `json:"tgi_all"`
			Published *float64   `json:"tgi_published"`
			Wilson    [2]float64 `json:"share_wilson"`
			Shrunk    float64    `json:"tgi_shrunk_a100"`
		} `json:"rows"`
	} `json:"tgi_orders"`
}

func readReference(t testing.TB) (r reference) {
	t.Helper()
	if err := json.NewDecoder(testdata.Open(t, "persona_reference.json")).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// buyer is a user of the order file: high is a mean amount above 50, and the
// city that of the earliest order.
type buyer struct {
	high bool
	city string
}

func readBuyers(t testing.TB) []buyer {
	t.Helper()
	rows, err := csv.NewReader(testdata.Open(t, "persona_tgi_orders.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	type user struct {
		orders   int64
		sum      decimal.Decimal
		at, city string
	}
	users := map[string]*user{}
	var order []*user
	for _, row := range rows[1:] {
		amount, err := decimal.NewFromString(row[2])
		if err != nil {
			t.Fatal(err)
		}
		u := users[row[0]]
		if u == nil {
			u = &user{at: row[1], city: row[3] + " " + row[4]}
			users[row[0]] = u
			order = append(order, u)
		}
		if row[1] < u.at {
			u.at, u.city = row[1], row[3]+" "+row[4]
		}
		u.orders++
		u.sum = u.sum.Add(amount)
	}
	buyers := make([]buyer, len(order))
	for i, u := range order {
		buyers[i] = buyer{u.sum.GreaterThan(decimal.NewFromInt(50 * u.orders)), u.city}
	}
	return buyers
}

func buyerLayout(t testing.TB) (*persona.Schema, *Layout) {
	s := newSchema(t, persona.Attribute{Name: "city", Kind: persona.KindString}, persona.Attribute{Name: "high", Kind: persona.KindBool})
	return s, newLayout(t, s, Column{Attribute: "city"}, Column{Attribute: "high"})
}

func buyerProfiles(t testing.TB, s *persona.Schema, buyers []buyer) []persona.Profile {
	profiles := make([]persona.Profile, len(buyers))
	draft := s.Draft()
	for i, b := range buyers {
		for j, v := range []persona.Value{persona.Text(b.city), persona.Bool(b.high)} {
			if err := draft.Set(j, v); err != nil {
				t.Fatal(err)
			}
		}
		profiles[i] = draft.Profile()
	}
	return profiles
}

// highBoard portrays those with a high mean amount by city.
func highBoard(t testing.TB, buyers []buyer, p Policy) Board {
	t.Helper()
	s, l := buyerLayout(t)
	tally := &Tally{Layout: l}
	for i, profile := range buyerProfiles(t, s, buyers) {
		side, err := SideOf(true, buyers[i].high)
		if err == nil {
			err = tally.Add(profile, side)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return boardOf(t, tally, p)
}

// All 346 cities on one board: TGI, Wilson and shrunk TGI, on the correct base.
func TestCities(t *testing.T) {
	want := readReference(t).Orders
	board := highBoard(t, readBuyers(t), Policy{Threshold: 1})
	if board.Base != want.Users || board.Target != want.High || len(board.Facets[0].Values) != 346 {
		t.Fatalf("%d of %d users in %d cities", board.Target, board.Base, len(board.Facets[0].Values))
	}
	near(t, "base share", float64(board.Target)/float64(board.Base), want.BaseShare, 1e-12)
	for _, row := range want.Rows {
		c := cell(t, board.Facets[0], row.Province+" "+row.City)
		if c.Target != row.High || c.Base != row.High+row.Low {
			t.Errorf("%s: %d of %d, want %d of %d", row.City, c.Target, c.Base, row.High, row.High+row.Low)
		}
		near(t, row.City+" TGI", c.TGI.Value, row.All, 1e-9)
		near(t, row.City+" low", c.Penetration.Low, row.Wilson[0], 1e-9)
		near(t, row.City+" high", c.Penetration.High, row.Wilson[1], 1e-9)
		near(t, row.City+" TGI low", c.TGI.Low, row.Wilson[0]/want.BaseShare*100, 1e-9)
		near(t, row.City+" shrunk", *c.Shrunk, row.Shrunk, 1e-9)
	}
}

// The published base leaves out the cities with a zero cell.
func TestCitiesOnThePublishedBase(t *testing.T) {
	want := readReference(t).Orders
	buyers := readBuyers(t)
	var has [2]map[string]bool
	has[0], has[1] = map[string]bool{}, map[string]bool{}
	at := map[bool]int{true: 1}
	for _, b := range buyers {
		has[at[b.high]][b.city] = true
	}
	var kept []buyer
	for _, b := range buyers {
		if has[0][b.city] && has[1][b.city] {
			kept = append(kept, b)
		}
	}
	board := highBoard(t, kept, Policy{Threshold: 1})
	near(t, "base share", float64(board.Target)/float64(board.Base), want.PublishedBase, 1e-12)
	compared := 0
	for _, row := range want.Rows {
		if row.Published == nil {
			continue
		}
		near(t, row.City, cell(t, board.Facets[0], row.Province+" "+row.City).TGI.Value, *row.Published, 1e-9)
		compared++
	}
	if compared != 315 || len(board.Facets[0].Values) != 315 {
		t.Errorf("%d of %d cities compared, want 315", compared, len(board.Facets[0].Values))
	}
}

// Property: TGI is symmetric. The board of a city shows the share of high
// amounts with the very TGI, interval and shrunk TGI that the board of high
// amounts shows for the city.
func TestTheOtherWayRound(t *testing.T) {
	want := readReference(t).Orders
	buyers := readBuyers(t)
	s, l := buyerLayout(t)
	whole, cities := pair{}, map[string]pair{}
	for _, b := range buyers {
		c := cities[b.city]
		side, _ := SideOf(true, b.high)
		c.inc(side)
		whole.inc(side)
		cities[b.city] = c
	}
	yes, no := profile(t, s, map[string]persona.Value{"high": persona.Bool(true)}), profile(t, s, map[string]persona.Value{"high": persona.Bool(false)})
	one := tallyOf(t, l, member{yes, Target}, member{no, Target}, member{yes, Rest}, member{no, Rest})
	for _, row := range want.Rows {
		in := cities[row.Province+" "+row.City]
		// The counts are put in, since 346 tallies of 25,948 profiles take long.
		values := one.counts[1].values
		values[1], values[0] = pair{in.target, whole.target - in.target}, pair{in.rest, whole.rest - in.rest}
		one.counts[1].known = pair{in.base(), whole.base() - in.base()}
		one.sizes = one.counts[1].known
		c := cell(t, facet(t, boardOf(t, one, Policy{Threshold: 1}), "high"), "true")
		near(t, row.City+" TGI", c.TGI.Value, row.All, 1e-9)
		near(t, row.City+" low", c.TargetShare.Low, row.Wilson[0], 1e-9)
		near(t, row.City+" high", c.TGI.High, row.Wilson[1]/want.BaseShare*100, 1e-9)
		near(t, row.City+" shrunk", *c.Shrunk, row.Shrunk, 1e-9)
		if row.City == "福州市" {
			// Computed from 145 of 280 against 10637 of 25668.
			near(t, "against the rest", c.VersusRest.Value, 124.963, 5e-4)
			near(t, "against the rest, low", c.VersusRest.Low, 111.505, 5e-4)
			near(t, "against the rest, high", c.VersusRest.High, 140.046, 5e-4)
			near(t, "log odds", *c.LogOdds, 4.1903, 5e-5)
			near(t, "TGI low", c.TGI.Low, 110.580, 5e-4)
			near(t, "TGI high", c.TGI.High, 138.559, 5e-4)
		}
	}
}

func TestEmpiricalStrength(t *testing.T) {
	f := highBoard(t, readBuyers(t), Policy{Threshold: 1, Empirical: true}).Facets[0]
	if f.Strength.Profiles == nil || !f.Strength.Fitted {
		t.Fatalf("strength: %+v", f.Strength)
	}
	near(t, "strength", *f.Strength.Profiles, 106.776, 5e-4)
	for _, city := range []struct {
		name   string
		shrunk float64
	}{{"福建省 福州市", 117.829}, {"上海 上海市", 109.838}, {"新疆维吾尔自治区 哈密市", 104.139}, {"新疆维吾尔自治区 阿克苏地区", 106.292}} {
		near(t, city.name, *cell(t, f, city.name).Shrunk, city.shrunk, 5e-4)
	}
}

// Values that differ by less than chance would have it don't differ: all is
// shrunk to 100. With two values there is nothing to fit to.
func TestStrengthWithoutDifferences(t *testing.T) {
	f := boardOf(t, tabled(t, []string{"a", "b", "c"}, []int64{10, 20, 31}, []int64{20, 40, 60}), Policy{Empirical: true}).Facets[0]
	if f.Strength.Profiles != nil || !f.Strength.Fitted || *cell(t, f, "c").Shrunk != 100 || cell(t, f, "c").LogOdds != nil {
		t.Errorf("strength %+v, shrunk to %v", f.Strength, *cell(t, f, "c").Shrunk)
	}
	f = boardOf(t, tabled(t, []string{"a", "b"}, []int64{10, 40}, []int64{20, 40}), Policy{Empirical: true}).Facets[0]
	if f.Strength.Fitted || *f.Strength.Profiles != 100 {
		t.Errorf("strength %+v of two values", f.Strength)
	}
	f = boardOf(t, tabled(t, []string{"a", "b", "c"}, []int64{50, 0, 50}, []int64{0, 90, 0}), Policy{Empirical: true}).Facets[0]
	if *f.Strength.Profiles != minStrength {
		t.Errorf("strength %v where values differ as much as they can", *f.Strength.Profiles)
	}
}

// Published shares, and what they come to.
func TestPublishedTGI(t *testing.T) {
	tests := []struct {
		name        string
		k, m, kk, n int64
		want        float64
	}{
		{"Baidu Baike: 8.9 % and 6.6 %", 89, 1000, 6600, 100_000, 134.84848484848484},
		{"Ti-Rain/Data: 9 of 15 and 120 of 500", 9, 15, 120, 500, 250},
		{"75 % and 50 %", 75, 100, 500, 1000, 150},
		{"50 % and 20 %", 50, 100, 200, 1000, 250},
		{"50 % and 80 %, printed as 60", 50, 100, 800, 1000, 62.5},
		{"30 of 93, printed as 99.3", 30, 93, 120, 369, 99.19354838709677},
		{"40 of 123", 40, 123, 120, 369, 100},
		{"50 of 153", 50, 153, 120, 369, 100.49019607843137},
	}
	for _, tt := range tests {
		s := scale{sum: pair{tt.m, tt.n - tt.m}, z: stats.NormalZ(0.95)}
		near(t, tt.name, s.cell(pair{tt.k, tt.kk - tt.k}).TGI.Value, tt.want, 1e-9)
	}
}

func TestPublishedAssociations(t *testing.T) {
	tests := []struct {
		name         string
		values       []string
		target, rest []int64
		chi, v       float64
		corrected    float64
		tgi          map[string]float64
	}{
		{ // R: chisq.test(apply(UCBAdmissions, 1:2, sum), correct = FALSE)
			"UCBAdmissions",
			[]string{"male", "female"},
			[]int64{1198, 557},
			[]int64{1493, 1278},
			92.205280, 0.142732, 0, nil,
		},
		{ // the passengers of Kaggle's training set
			"Titanic",
			[]string{"female", "male"},
			[]int64{233, 109},
			[]int64{81, 468},
			263.050574, 0.543351, 0, nil,
		},
		{ // responses by education in Kaggle's customer personality analysis
			"education",
			[]string{"Graduation", "PhD", "Master", "2n Cycle", "Basic"},
			[]int64{152, 101, 57, 22, 2},
			[]int64{975, 385, 313, 181, 52},
			23.0761, 0.101498, 0.092299,
			map[string]float64{"PhD": 139.3756, "Basic": 24.8392, "Graduation": 90.4526},
		},
		{
			"marital",
			[]string{"Married", "Together", "Single", "Divorced", "Widow", "Alone", "Absurd", "YOLO"},
			[]int64{98, 60, 106, 48, 19, 1, 1, 1},
			[]int64{766, 520, 374, 184, 58, 2, 1, 1},
			0, 0.155612, 0,
			map[string]float64{"Married": 76.0701, "Single": 148.1038, "YOLO": 335.33},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := boardOf(t, tabled(t, tt.values, tt.target, tt.rest), Policy{Threshold: 1}).Facets[0]
			if tt.chi > 0 {
				near(t, "chi-square", f.Association.ChiSquare, tt.chi, 5e-5)
			}
			near(t, "V", f.Association.V, tt.v, 5e-7)
			if tt.corrected > 0 {
				near(t, "corrected V", *f.Association.CorrectedV, tt.corrected, 5e-7)
			}
			for value, want := range tt.tgi {
				near(t, value, cell(t, f, value).TGI.Value, want, 5e-3)
			}
		})
	}
	// A TGI of 335 that stands on two people is not shown.
	marital := tests[3]
	for _, v := range boardOf(t, tabled(t, marital.values, marital.target, marital.rest), Policy{}).Facets[0].Values {
		hidden := v.Value == "YOLO" || v.Value == "Absurd" || v.Value == "Alone" || v.Value == "Widow"
		if (v.Cell == nil) != hidden {
			t.Errorf("%s: hidden is %v, want %v", v.Value, v.Cell == nil, hidden)
		}
	}
}

func TestOnlineFoods(t *testing.T) {
	rows, err := csv.NewReader(testdata.Open(t, "persona_onlinefoods.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	s := newSchema(t, persona.Attribute{Name: "age", Kind: persona.KindInt}, persona.Attribute{Name: "occupation", Kind: persona.KindString})
	tally := &Tally{Layout: newLayout(t, s, Column{Attribute: "age"}, Column{Attribute: "occupation"})}
	counts, ages := map[string]pair{}, pair{}
	for _, row := range rows[1:] {
		age, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		side, _ := SideOf(true, row[10] == "Yes")
		p := profile(t, s, map[string]persona.Value{"age": persona.Int(age), "occupation": persona.Text(row[3])})
		if err := tally.Add(p, side); err != nil {
			t.Fatal(err)
		}
		c := counts[row[3]]
		c.inc(side)
		counts[row[3]] = c
		if side == Target {
			ages.target += age
		} else {
			ages.rest += age
		}
	}
	b := boardOf(t, tally, Policy{})
	if b.Base != 388 || b.Target != 301 {
		t.Fatalf("%d of %d", b.Target, b.Base)
	}
	for _, v := range facet(t, b, "occupation").Values {
		// Of the 9 housewives 2 are in the rest; the self-employed are the next few.
		hidden := v.Value == "House wife" || v.Value == "Self Employeed"
		if (v.Cell == nil) != hidden || !hidden && v.Cell.pair() != counts[v.Value] {
			t.Errorf("%s: %+v, want %+v", v.Value, v.Cell, counts[v.Value])
		}
	}
	n := facet(t, b, "age").Numbers
	near(t, "mean age", n.Target.Mean, float64(ages.target)/301, 1e-12)
	near(t, "mean age of the rest", n.Rest.Mean, float64(ages.rest)/87, 1e-12)
}
