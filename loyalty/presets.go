package loyalty

import _ "embed" // the presets are documents, so that they can be copied and changed

// The presets are whole programs to start from, each with something for
// nothing, something for what members do anyway, and something that leads
// further. Their numbers are guesses: set Name and Zone, and run [Checkup]
// before members see them. The zone is UTC until it is set.

//go:embed presets/bank_card.json
var bankCard []byte

//go:embed presets/retailer.json
var retailer []byte

//go:embed presets/appliance_service.json
var applianceService []byte

//go:embed presets/vocational_school.json
var vocationalSchool []byte

// BankCard returns the program of a bank's card: sign-in, quiz, spending by
// category, channel and tier, spending abroad, wealth products, services
// opened, friends brought. It is presets/bank_card.json.
func BankCard() Program { return preset(bankCard) }

// Retailer returns the program of a shop with branches: sign-in, quiz, reviews,
// orders by category, channel and tier that wait for 7 days, friends brought,
// a paid membership; points of a year end with the next. It is
// presets/retailer.json.
func Retailer() Program { return preset(retailer) }

// ApplianceService returns the program of a platform for the upkeep of home
// appliances: sign-in, quiz, appliances registered, service orders whose points
// wait for the visit, staged tasks from the first registration to yearly
// upkeep, care plans, neighbours brought. It is presets/appliance_service.json.
func ApplianceService() Program { return preset(applianceService) }

// VocationalSchool returns the program of a school for grown-ups: sign-in,
// question of the day, lessons and homework, course fees whose points wait for
// the first day, renewals before the end, staged tasks from ten lessons to the
// exam, classmates brought, a job service. It is presets/vocational_school.json.
func VocationalSchool() Program { return preset(vocationalSchool) }

// preset reads one of the documents above; each call gives a program of its
// own, to be changed at will.
func preset(data []byte) Program {
	p, err := ParseProgram(data, nil)
	if err != nil {
		panic(err) // a document of this package: its tests read it
	}
	return p
}
