package identity_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/regulars-go/regulars"
	"github.com/regulars-go/regulars/persona/identity"
)

const (
	member  identity.Namespace = "member"
	unionid identity.Namespace = "unionid"
	phone   identity.Namespace = "phone"
	openid  identity.Namespace = "openid"
	device  identity.Namespace = "device"
	cookie  identity.Namespace = "cookie"
)

// clock returns a time on the first of May.
func clock(text string) time.Time {
	at, err := time.Parse("2006-01-02 15:04", "2026-05-01 "+text)
	if err != nil {
		panic(err)
	}
	return at
}

// A shop sells online, in two stores and by a mini-program, and each knows its
// customers by other ids. Ann is one of them, and so is Bob, who borrowed her
// phone once.
func Example() {
	var evidence identity.Evidence
	for _, o := range []identity.Observation{
		// Online: she looks around, and then logs in.
		{EventID: "web-1", Source: "online shop", At: clock("08:00"), IDs: []identity.ID{cookie.ID("c-17"), device.ID("ann's laptop")}},
		{EventID: "web-2", Source: "online shop", At: clock("08:05"), IDs: []identity.ID{cookie.ID("c-17"), member.ID("M1001")}},
		// In a store the cashier types her number, in another she shows her card.
		{EventID: "pos-1", Source: "store 12", At: clock("11:30"), IDs: []identity.ID{phone.ID("138 0013-8001"), member.ID("M1001")}},
		{EventID: "pos-2", Source: "store 40", At: clock("14:10"), IDs: []identity.ID{member.ID("m1001"), phone.ID("")}},
		// The mini-program knows a phone number too.
		{EventID: "app-1", Source: "mini-program", At: clock("17:00"), IDs: []identity.ID{unionid.ID("oU-ann"), openid.ID("o-ann"), device.ID("ann's phone")}},
		{EventID: "app-2", Source: "mini-program", At: clock("17:02"), IDs: []identity.ID{unionid.ID("oU-ann"), phone.ID("+8613800138001")}},
		// Bob logs in on her phone.
		{EventID: "app-3", Source: "mini-program", At: clock("21:00"), IDs: []identity.ID{unionid.ID("oU-bob"), openid.ID("o-bob"), device.ID("ann's phone")}},
	} {
		if err := evidence.Add(o); err != nil {
			fmt.Println(err)
		}
	}

	rules := identity.Shop()
	rules.Namespaces[0].Form = identity.Lower // M1001 is m1001
	rules.Key = []byte("a secret that the host keeps")
	people, err := identity.Resolve(&evidence, rules)
	if err != nil {
		fmt.Println(err)
		return
	}
	for person := range people.All() {
		fmt.Println(person.ID)
		for _, m := range person.Members {
			fmt.Println("  ", m.ID)
		}
	}
	fmt.Println(people.Why(cookie.ID("c-17"), openid.ID("o-ann")))
	fmt.Println(people.Why(openid.ID("o-ann"), openid.ID("o-bob")))
	// Output:
	// UBDACM4IWHQI3XH65U3PKBJIZX
	//    member:m1001
	//    unionid:oU-ann
	//    phone:+8613800138001
	//    openid:o-ann
	//    device:ann's laptop
	//    device:ann's phone
	//    cookie:c-17
	// NR3V7WX5XWZNXXB3S4MAVA42IS
	//    unionid:oU-bob
	//    openid:o-bob
	// one person: joined
	// cookie:c-17 – member:m1001 (event web-2, online shop)
	// member:m1001 – phone:+8613800138001 (event pos-1, store 12)
	// phone:+8613800138001 – unionid:oU-ann (event app-2, mini-program)
	// unionid:oU-ann – openid:o-ann (event app-1, mini-program)
	// not one person: refused
	// device:ann's phone – unionid:oU-bob (event app-3, mini-program) refused: at most 1 unionid a person, not both unionid:oU-ann (by device:ann's phone – unionid:oU-ann (event app-1, mini-program)) and unionid:oU-bob
}

func exampleRules() identity.Rules {
	rules := identity.Shop()
	rules.Key = []byte("a secret that the host keeps")
	return rules
}

// together is an event with identifiers, an hour of the first of May.
func together(event, at string, ids ...identity.ID) identity.Observation {
	return identity.Observation{EventID: event, IDs: ids, At: clock(at)}
}

// A cannot-link verdict parts who was merged by mistake, and withdrawing it
// brings back exactly who was there before.
func ExamplePeople_Update() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", member.ID("M1"), phone.ID("13800138001")))
	evidence.Add(together("e2", "10:00", openid.ID("o-2"), phone.ID("13800138001")))
	people, _ := identity.Resolve(&evidence, exampleRules())
	fmt.Println(people.Len(), "person")

	evidence.Decide(identity.Verdict{
		ID: "v1", Ruling: identity.CannotLink, A: member.ID("M1"), B: openid.ID("o-2"), At: clock("12:00"), By: "ann", Reason: "her son's account",
	})
	changes, _ := people.Update()
	fmt.Println(people.Len(), "people,", len(changes.Split), "split")
	fmt.Println(people.Why(member.ID("M1"), openid.ID("o-2")))

	evidence.Withdraw("v1")
	changes, _ = people.Update()
	fmt.Println(people.Len(), "person,", len(changes.Merged), "merged")
	// Output:
	// 1 person
	// 2 people, 1 split
	// not one person: refused
	// openid:o-2 – phone:+8613800138001 (event e2) refused: [v1: cannot-link member:M1 openid:o-2 by ann (her son's account)] keeps openid:o-2 and member:M1 (by phone:+8613800138001 – member:M1 (event e1)) apart
	// 1 person, 1 merged
}

// Every name that went leads to the person who has the identifier now.
func ExamplePeople_Person() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", cookie.ID("c-1")))
	evidence.Add(together("e2", "10:00", member.ID("M1")))
	people, _ := identity.Resolve(&evidence, exampleRules())
	old, _ := people.OneID(member.ID("M1"))

	evidence.Add(together("e3", "11:00", member.ID("M1"), cookie.ID("c-1")))
	changes, _ := people.Update()
	person, ok := people.Person(old)
	fmt.Println(ok, changes.Aliases[0] == identity.Alias{From: old, To: person.ID})
	for _, m := range person.Members {
		fmt.Println(m.ID)
	}
	// Output:
	// true true
	// member:M1
	// cookie:c-1
}

// A phone number that the operator gave to somebody else is two identifiers: one
// until it was retired, and one after.
func ExamplePeople_OfAt() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", member.ID("M1"), phone.ID("13800138001")))
	evidence.Add(together("e2", "15:00", member.ID("M2"), phone.ID("13800138001")))
	evidence.Decide(identity.Verdict{
		ID: "v1", Ruling: identity.Retire, A: phone.ID("13800138001"), ValidTo: clock("12:00"), At: clock("16:00"),
	})
	people, _ := identity.Resolve(&evidence, exampleRules())
	then, _ := people.OfAt(phone.ID("13800138001"), clock("10:00"))
	now, _ := people.Of(phone.ID("13800138001"))
	fmt.Println(then.Members[0].ID, then.Members[1].ID, "until", then.Members[1].Until.Format("15:04"))
	fmt.Println(now.Members[0].ID, now.Members[1].ID)
	// Output:
	// member:M1 phone:+8613800138001 until 12:00
	// member:M2 phone:+8613800138001
}

// A tablet in a store is everybody's. What happens on it is of whoever logs in
// next, if they do so soon, and of nobody otherwise.
func ExamplePeople_Attribute() {
	var evidence identity.Evidence
	tablet := device.ID("tablet")
	for i, m := range []string{"M1", "M2", "M3", "M4"} {
		evidence.Add(together("login "+m, fmt.Sprintf("%d:00", 10+i), tablet, member.ID(m)))
	}
	rules := exampleRules()
	rules.LookBack = regulars.Minutes(30)
	people, _ := identity.Resolve(&evidence, rules)
	for _, at := range []string{"11:45", "12:10"} {
		a := people.Attribute(together("", at, tablet))
		person, known := people.Person(a.Person)
		fmt.Println(at, a.How, known, person.Members)
	}
	for id := range people.Shared() {
		fmt.Println("shared:", id)
	}
	// Output:
	// 11:45 next login true [member:M3]
	// 12:10 anonymous false []
	// shared: device:tablet
}

// Each machine keeps a log of its own; together they say what one log would.
func ExampleEvidence_Merge() {
	var online, stores identity.Evidence
	online.Add(together("web-1", "09:00", member.ID("M1"), cookie.ID("c-1")))
	stores.Add(together("pos-1", "10:00", member.ID("M1"), phone.ID("13800138001")))
	stores.Add(together("web-1", "09:00", cookie.ID("c-1"), member.ID("M1"))) // sent twice

	data, _ := stores.MarshalBinary()
	var arrived identity.Evidence
	arrived.UnmarshalBinary(data)
	online.Merge(&arrived)
	people, _ := identity.Resolve(&online, exampleRules())
	fmt.Println(online.Len(), "events,", people.Len(), "person")
	// Output:
	// 2 events, 1 person
}

// An event that turns out to be a test is retracted, and nothing of it is left.
func ExampleEvidence_Retract() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", member.ID("M1"), device.ID("d-1")))
	evidence.Add(together("e2", "10:00", member.ID("M1"), device.ID("d-2")))
	people, _ := identity.Resolve(&evidence, exampleRules())
	evidence.Retract("e2")
	changes, _ := people.Update()
	_, ok := people.Of(device.ID("d-2"))
	fmt.Println(len(changes.Changed), "person changed; the device is known:", ok)
	// Output:
	// 1 person changed; the device is known: false
}

// A matcher's score counts from a threshold on, and after all that was seen.
func ExampleEvidence_AddMatch() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", member.ID("M1"), cookie.ID("c-1")))
	evidence.Add(together("e2", "10:00", phone.ID("13800138001")))
	evidence.AddMatch(identity.Match{
		EventID: "m1", A: member.ID("M1"), B: phone.ID("13800138001"), Score: 0.93, Source: "name and address", At: clock("11:00"),
	})
	rules := exampleRules()
	for _, rules.MinScore = range []float64{0.95, 0.9} {
		people, _ := identity.Resolve(&evidence, rules)
		fmt.Println(rules.MinScore, people.Why(cookie.ID("c-1"), phone.ID("13800138001")))
	}
	// Output:
	// 0.95 not one person: not linked
	// 0.9 one person: joined
	// cookie:c-1 – member:M1 (event e1)
	// member:M1 – phone:+8613800138001 (match m1, name and address)
}

// Verdicts that contradict each other are an error that names them.
func ExampleEvidence_Decide() {
	var evidence identity.Evidence
	evidence.Decide(identity.Verdict{ID: "v1", Ruling: identity.MustLink, A: member.ID("M1"), B: phone.ID("13800138001"), At: clock("09:00"), By: "ann"})
	evidence.Decide(identity.Verdict{ID: "v2", Ruling: identity.CannotLink, A: member.ID("M1"), B: phone.ID("13800138001"), At: clock("10:00"), By: "bob"})
	_, err := identity.Resolve(&evidence, exampleRules())
	fmt.Println(err)
	// Output:
	// identity: verdicts contradict each other: [v2: cannot-link member:M1 phone:13800138001 by bob] against [v1: must-link member:M1 phone:13800138001 by ann]
}

// Every link that was refused says by which rule, and how both values got there.
func ExamplePeople_Refusals() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", member.ID("M1"), device.ID("d-1")))
	evidence.Add(together("e2", "10:00", member.ID("M2"), device.ID("d-1")))
	people, _ := identity.Resolve(&evidence, exampleRules())
	for refusal := range people.Refusals() {
		fmt.Println(refusal)
	}
	// Output:
	// device:d-1 – member:M2 (event e2) refused: at most 1 member a person, not both member:M1 (by device:d-1 – member:M1 (event e1)) and member:M2
}

// A report counts what went in and what came out.
func ExamplePeople_Report() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", member.ID("M1"), phone.ID("null")))
	evidence.Add(together("e2", "10:00", member.ID("M1"), phone.ID("138 0013 8001")))
	people, _ := identity.Resolve(&evidence, exampleRules())
	r := people.Report()
	fmt.Println(r.Observations, r.Identifiers, r.People)
	for _, b := range r.SetAside {
		fmt.Println(b.Namespace, b.Flaw, b.Count)
	}
	// Output:
	// 2 2 1
	// phone no name 1
}

// A nightly job tells other systems who changed, and keeps quiet if nobody did.
func ExampleChanges_Empty() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", member.ID("M1"), phone.ID("13800138001")))
	people, _ := identity.Resolve(&evidence, exampleRules())
	for _, event := range []string{"e1", "e2"} { // e1 is delivered again
		ids := []identity.ID{phone.ID("13800138001"), member.ID("M1")}
		if event == "e2" {
			ids = append(ids, openid.ID("o-2"))
		}
		slices.SortFunc(ids, identity.ID.Compare)
		evidence.Add(together(event, "09:00", ids...))
		changes, err := people.Update()
		fmt.Println(event, ids, "nobody changed:", changes.Empty(), err)
	}
	// Output:
	// e1 [member:M1 phone:13800138001] nobody changed: true <nil>
	// e2 [member:M1 openid:o-2 phone:13800138001] nobody changed: false <nil>
}

// Diff compares two results, here under two sets of rules.
func ExampleDiff() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", member.ID("M1"), device.ID("d-1")))
	evidence.Add(together("e2", "10:00", cookie.ID("c-1"), device.ID("d-1")))
	loose, _ := identity.Resolve(&evidence, exampleRules())
	tight := exampleRules()
	tight.MaxIDs = 2
	strict, _ := identity.Resolve(&evidence, tight)
	changes := identity.Diff(loose, strict)
	fmt.Println(len(changes.Split), "person would be split")
	// Output:
	// 1 person would be split
}

// Rules are data. What is wrong with them is listed, each fault with its path.
func ExampleParseRules() {
	rules, err := identity.ParseRules([]byte(`{"namespaces": [
		{"name": "member", "priority": 1, "limits": [{"max": 1}]},
		{"name": "phone", "priority": 2, "form": "phone", "country": "86", "limits": [{"max": 3}, {"max": 2, "within": "30d"}]}]}`), nil)
	fmt.Println(len(rules.Namespaces), err)
	_, err = identity.ParseRules([]byte(`{"namespaces": [{"name": "Phone", "priority": 0, "limits": [{"max": -1}]}]}`), nil)
	fmt.Println(err)
	// Output:
	// 2 <nil>
	// namespaces[0].name: "Phone": want a small letter, and then small letters, digits, '_', '.' or '-', at most 64
	// namespaces[0].priority: 0: want 1 to 1000
	// namespaces[0].limits[0].max: -1: want 0 to 50000
}

// Rules that are made in code are checked the same way.
func ExampleRules_Validate() {
	rules := identity.Shop()
	rules.Namespaces[1].Form = "wechat"
	rules.MaxIDs = -1
	fmt.Println(rules.Validate())
	// Output:
	// namespaces[1].form: "wechat": want "text", "exact", "lower", "email" or "phone"
	// maxIds: -1: want 1 to 50000, or 0 for 500
}

// Identifiers are tidied before they are compared, and those that name nobody
// are set aside.
func ExampleRules_Normalise() {
	rules := exampleRules()
	for _, id := range []identity.ID{
		phone.ID("０１０-8612 3456"), phone.ID("000000"), phone.ID("13800x"), identity.Namespace("email").ID(" Ann@Shop.CN"), identity.Namespace("fax").ID("1"),
	} {
		tidy, flaw := rules.Normalise(id)
		fmt.Printf("%q %q %q\n", id, tidy.Value, flaw)
	}
	// Output:
	// "phone:０１０-8612 3456" "+861086123456" ""
	// "phone:000000" "" "no name"
	// "phone:13800x" "" "malformed"
	// "email: Ann@Shop.CN" "ann@shop.cn" ""
	// "fax:1" "1" "undeclared"
}

// A host that wants no phone number in its evidence hashes it first.
func ExampleRules_Hash() {
	hashed, err := exampleRules().Hash(phone.ID("138 0013 8001"))
	fmt.Println(hashed, err)
	// Output:
	// phone:h1:5MQY6SVNRMWQ4SJUDHVGEWMSOL <nil>
}

// An order and a login name three identifiers: Why shows how these events make
// them one person.
func ExamplePeople_Why() {
	var evidence identity.Evidence
	evidence.Add(together("order-7", "09:00", member.ID("M1"), phone.ID("13800138001")))
	evidence.Add(together("login-3", "10:00", member.ID("M1"), device.ID("d-1")))
	people, _ := identity.Resolve(&evidence, exampleRules())
	why := people.Why(phone.ID("138 0013 8001"), device.ID("d-1"))
	fmt.Println(why.One(), why.Because)
	for _, link := range why.Path {
		fmt.Println(link.A, link.B, link.Event)
	}
	fmt.Println(people.Why(member.ID("M1"), cookie.ID("c-9")))
	// Output:
	// true joined
	// phone:+8613800138001 member:M1 order-7
	// member:M1 device:d-1 login-3
	// not one person: not seen
}

// A window counts what was seen lately: as time passes there is room again.
func ExamplePeople_UpdateTo() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", member.ID("M1"), device.ID("d-1")))
	evidence.Add(together("e2", "10:00", member.ID("M1"), device.ID("d-2")))
	rules := exampleRules()
	rules.Namespaces[5].Limits = []identity.Limit{{Max: 1, Within: regulars.Days(7)}}
	rules.AsOf = clock("12:00")
	people, _ := identity.Resolve(&evidence, rules)
	fmt.Println(people.Len(), "people")
	changes, _ := people.UpdateTo(clock("12:00").AddDate(0, 0, 7))
	fmt.Println(people.Len(), "person,", len(changes.Merged), "merged")
	// Output:
	// 2 people
	// 1 person, 1 merged
}

// Rows of orders are joined by the name of the person behind them.
func ExamplePeople_OneID() {
	var evidence identity.Evidence
	evidence.Add(together("e1", "09:00", member.ID("M1"), phone.ID("13800138001")))
	people, _ := identity.Resolve(&evidence, exampleRules())
	online, _ := people.OneID(member.ID("M1"))
	store, _ := people.OneID(phone.ID("(138) 0013-8001"))
	_, ok := people.OneID(phone.ID("null"))
	fmt.Println(online == store, ok)
	// Output:
	// true false
}

// Withdrawn verdicts are gone, and the others stand.
func ExampleEvidence_Withdraw() {
	var evidence identity.Evidence
	for i, other := range []string{"M2", "M3"} {
		evidence.Decide(identity.Verdict{ID: fmt.Sprint("v", i+1), Ruling: identity.CannotLink, A: member.ID("M1"), B: member.ID(other), At: clock("09:00")})
	}
	evidence.Withdraw("v1")
	for _, verdict := range evidence.Verdicts() {
		fmt.Println(verdict)
	}
	// Output:
	// v2: cannot-link member:M1 member:M3
}
