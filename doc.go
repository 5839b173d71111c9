// Package regulars turns visitors into regulars: it holds the few words that
// the packages below share. Each of them answers one question, is pure, and
// works without the others. You feed it facts that your application already
// has, and it holds no data of its own.
//
// # Which package answers which question
//
//   - How much is each customer worth? [github.com/regulars-go/regulars/rfm]
//   - Where is each customer in their life with us, and when do they slip away?
//     [github.com/regulars-go/regulars/lifecycle]
//   - What is due for what they have: a course, a plan, an appliance?
//     [github.com/regulars-go/regulars/lifecycle/term]
//   - What will a customer still be worth?
//     [github.com/regulars-go/regulars/lifecycle/clv]
//   - Who is a member, what do they earn, and what is owed to them?
//     [github.com/regulars-go/regulars/loyalty], with
//     [github.com/regulars-go/regulars/loyalty/loyaltytest] for a store of your
//     own, and a module beside it for PostgreSQL and SQLite,
//     github.com/regulars-go/regulars/loyalty/sqlstore
//   - Where do people get lost on the way to paying?
//     [github.com/regulars-go/regulars/funnel], and by which ways do they come
//     and go? [github.com/regulars-go/regulars/funnel/journey]
//   - Who brought whom, and what is that worth?
//     [github.com/regulars-go/regulars/funnel/referral]
//   - Who are they? [github.com/regulars-go/regulars/persona]
//   - Who is the one person behind many ids?
//     [github.com/regulars-go/regulars/persona/identity]
//   - What does a group look like beside everyone?
//     [github.com/regulars-go/regulars/persona/portrait]
//   - Does what arrives agree with what was planned?
//     [github.com/regulars-go/regulars/persona/tracking]
//   - Who is likely to become a core customer, and why?
//     [github.com/regulars-go/regulars/persona/scorecard]
//   - What is to be done next, and for whom?
//     [github.com/regulars-go/regulars/strategy], with
//     [github.com/regulars-go/regulars/strategy/strategytest] for stores of your
//     own
//   - Did it work, and what should change?
//     [github.com/regulars-go/regulars/strategy/experiment]
//
// What joins the packages is data: labels, texts of the form "key=value" such
// as "segment=at risk".
//
// # The words
//
//   - [ID] is what may name a customer.
//   - [Span] is a length of time as people say it, such as "90d" or "6mo".
//   - [Faults] lists all that is wrong with a configuration, each with its path.
//
// # What holds everywhere
//
// An answer depends on the arguments alone: time is passed in, and no package
// reads the clock, the environment or a file. Money is a decimal and is summed
// exactly. Accumulators take their input in any order and any split, and give
// the same bytes. An answer can say why. Bad input is an error that says what,
// where and what was expected, and changes nothing.
//
// # Glossary
//
//	acquisition cost      获客成本      CAC: what a new customer costs, paid or blended
//	average order value   客单价        what an order comes to on average
//	churned               流失          gone for so long that few come back
//	concentration         集中度        how much of the value the top has: 二八 is 80/20
//	core, waist, tail     核心 腰部 尾部  layers of customers by their part of the value
//	contingency           风险预案      what to do when a figure falls, written down before
//	cuts                  分箱阈值      the borders between scores
//	deal-seeker           羊毛党        buys for the discount only
//	frequency             频次          how many orders
//	funnel                漏斗          the steps to a paid order, and who gets how far
//	holdout               对照组        customers who get nothing, to compare with
//	identity              身份识别      one person behind many ids
//	key action            用户关键行为  an early action of those who stay
//	label                 标签          "key=value", what joins the packages
//	layer                 分层          a band of customers by value
//	lifecycle             生命周期      follower, new, active, silent, churned, returned
//	lift                  增量效果      how much more the treated do than those held out
//	membership            会员体系      tiers, points and rewards
//	migration             迁移          who moved from where to where between two moments
//	monetary value        消费金额      what was spent, net of refunds
//	net worth             净值度        assets held, the ladder of banks
//	octant                RFM 八分类    high or low in recency, frequency and monetary value
//	operation             运营动作      what is done for a customer: a coupon, a call
//	playbook              运营策略      operations, and within which bounds they run
//	points                积分          what members earn and redeem
//	portrait              用户画像      who a group is, beside a base
//	quadrant              四象限        high or low in visits and in spend
//	recency               最近一次消费  how many days since the last order
//	referral              邀请裂变      customers who bring customers
//	refined operations    精细化运营    treating customers one kind at a time
//	scorecard             评分卡        points for what is known of somebody, and a grade
//	segment               客户分群      customers who are alike
//	silent                沉默          not seen for a while, but not lost
//	tier                  会员等级      a level of membership
//	won back, returned    召回          came back after a silence
package regulars
