// Package businesses has a set of documents for each of four businesses: a bank's
// card, a retailer, a platform for appliance service and a vocational school.
// Copy a folder, change it, and keep the test: it finds the event that nobody
// sends and the label that nobody has.
//
// A set is
//
//   - tracking.json, the tracking plan: which events there are;
//   - vocabulary.json: which labels and numbers customers can have;
//   - funnel.json and journey.json: the way to paying, and the way as a whole;
//   - program.json: points, rewards and tiers;
//   - playbook.json: what to do, for whom, and within which bounds;
//   - contingency.json: what is watched, and what is done when it goes wrong.
//
// [Read] reads one with the packages' own strict parsers, and [Set.Check] holds
// the documents against each other. The numbers in them are guesses.
package businesses
