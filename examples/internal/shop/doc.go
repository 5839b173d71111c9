// Package shop is a made-up online shop of which the truth is known: some 3,000
// customers over 18 months, with orders, discounts and refunds as a real
// export has them, visits, and beside them who is still a customer, how often
// each comes and buys, who buys for the discount only, what went wrong in the
// shop, and who is who.
//
// [Open] runs the simulation. [Shop.Orders] are the rows that the shop would
// export, [Shop.WriteOrders] is that export, [Shop.Visits] are the times that
// customers came to look, [Shop.Events] the steps of these visits,
// [Shop.Profiles] what customers told, [Shop.Sources], [Shop.Spend] and
// [Shop.Invites] how they came and what that cost, [Shop.Terms] and [Shop.Cares]
// the boxes that some subscribe to, [Shop.OrdersByAccount] and [Shop.Sightings]
// what the shop has before it knows who is who, and
// [Shop.Truth] and [Shop.Accounts] are what no export tells.
//
// The same [Config] gives the same bytes on every platform: all that is drawn
// is an integer, and every customer has a random stream of their own for each
// purpose. So a purpose that is added later changes nothing that was there.
//
// # The model
//
//   - Customers join on a day that is uniform over the period for half of them,
//     and the later of two such days for the other half: the shop grows.
//   - A customer stays for a while and then is gone for good. How long is
//     Lomax distributed: exponential, at a rate that is gamma distributed.
//   - Meanwhile orders are a Poisson process, at a rate that is exponentially
//     distributed. That is the Pareto/NBD model, with shape 1 for the rate of
//     orders and 2 for that of leaving, but for whole days, business hours and
//     a first order that for most comes on the day of joining.
//   - A basket's price depends on its category and on how much the customer is
//     used to spending, and varies exponentially above a floor.
//   - Sales run on the first three days of a month, from 16 to 18 June and from
//     9 to 11 November. Deal-seekers order on such days only, with 40 to 70
//     percent off; others get 15 to 45 percent off on half of theirs, and now
//     and then 5 to 15 percent at other times.
//   - One order in 16 or so is refunded after 1 to 14 days, wholly or in part,
//     at times in two parts: a negative row that names the order.
//   - One order in 100 is a gift of the shop, of value 0, and one in 160 or so
//     stands in the export twice.
//   - An order comes 1 to 30 minutes after the visit that led to it. Who joins
//     without an order that day visits too. Besides, customers come to look, as
//     a Poisson process while they stay, at a rate that is exponentially
//     distributed and has nothing to do with that of their orders: some look
//     often and buy little, others the reverse.
//   - A visit begins with a banner or a search. Seven in ten of those without an
//     order get to a product, and one in eleven of these submits an order that is
//     never paid. In the last twelfth of the period hardly any product page loads
//     in the mini program: of visits without an order one in four gets there.
//   - Deal-seekers are students more often than others, those who spend much have
//     a position and live in a big city, and who buys beauty is mostly a woman.
//     One profile in four lacks the occupation, one in eight the year of birth.
//   - Customers come by search ads, social ads, a coupon site or friends. The
//     coupon site's cost least, and most of them buy once or for the discount.
//     Friends are invited by a few.
//   - Some who order often subscribe to a box for three months, and two in three
//     of these to another one: before the end, around it or late, and now and
//     then to a larger or a smaller one.
//   - The app and the site, the mini program and the store each have accounts of
//     their own. Three customers in four leave their phone number with one, and
//     one in 67 that of a relative who is a customer too.
package shop
