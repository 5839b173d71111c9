// Package clv tells what a customer will still be worth: who is likely still a
// customer, how often they will buy, for how much, and what that is worth now.
//
// Everything here is a pure function of its arguments: no clock, no
// randomness, and the same bytes for any order of the customers and any number
// of goroutines.
//
// # From orders to rows
//
// A [Row] is what the models know of a customer: how many purchases followed
// the first ([Row.Repeats], x in the literature), when the last was
// ([Row.Recency], t_x), how long ago the first was ([Row.Age], T), all in a
// stated [Unit], and what a repeat purchase comes to ([Row.Spend]).
// [Customers] makes rows of an order log by a [LinePolicy], which says where
// days begin and what counts; refunded orders are no purchases. Or bring your
// own.
//
// The models are for customers who can leave without saying so, observed from
// their very first purchase on. They are not for what ends on a date that is
// known, such as a subscription, a course or a policy: there leaving is seen, and
// package [github.com/regulars-go/regulars/lifecycle/term] counts who renews. A
// fit of MBG/NBD or Pareto/NBD to such data runs off, and [Verdict.Advice] says
// so. Customers whose first purchases lie before the log bias the models too.
//
// # Fits
//
// [FitBGNBD], [FitMBGNBD] and [FitParetoNBD] fit a [Model] of when customers
// buy and leave; [FitGammaGamma] fits a [GammaGamma] of what they spend. A
// [Fit] carries standard errors and a [Verdict], which says whether the data
// determine the parameters; there is an answer for every population, and
// never an infinite one. [Fitter] adds goroutines or a prior.
//
// BG/NBD is the quickest and the best known, but has it that who bought once
// is alive for certain. Where one-time buyers matter use MBG/NBD or
// Pareto/NBD. [CheckHoldOut] shows on your own log which one predicts best.
//
// # Answers
//
//   - still a customer: [Model.Alive], [Model.AliveIn], [Model.NoPurchase];
//     why: [Population.Explain]
//   - purchases to come: [Model.Expected], [Model.Predict] for many,
//     [Model.ExpectedNew] and [Model.Probability] for a new customer,
//     [Model.Cumulative] for a population
//   - discounted: [Model.Discounted] over a time, [Model.Residual] for ever, at a
//     [Rate], which states its own unit
//   - money: [GammaGamma.Expected] for a purchase, [Valuation.ToCome] and
//     [Valuation.Residual] for a customer, [Valuation.Residuals] for many.
//     Value so far is not here: package lifecycle counts it.
//
// Times in and out are in the model's unit; [Unit.Per] converts, so that
// fit.Expected(row, fit.Unit.Per(clv.Year)) is about a year whatever the unit.
package clv
