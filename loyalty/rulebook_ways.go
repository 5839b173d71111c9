package loyalty

// windowCheckIn counts the check-ins of a day that a rule without a streak of
// its own has seen, so that the second one gives nothing.
const windowCheckIn windowKind = 16 * 7

// ready judges what goes on from event to event: streaks, tasks and referrals.
// It returns the whole number that multipliers raise; for rules by amount that
// is the points for each per.
func (j *judge) ready(r *bookRule, o *outcome) (points int64, reason Reason) {
	if r.guarded && j.ev.kind == checkInKind && j.used(windowKey{windowCheckIn + windowKind(perDay), r.id}, perDay) > 0 {
		o.retry = j.tomorrow()
		return 0, ReasonCheckedIn
	}
	switch r.way {
	case wayStreak:
		return j.streak(r, o)
	case wayTask:
		reason = j.task(r, o)
	case wayReferral:
		reason = j.referral(r)
	}
	return r.points, reason
}

func (j *judge) streak(r *bookRule, o *outcome) (points int64, reason Reason) {
	before := j.st.account.streak(r.id)
	if before.has(j.ev.day) {
		o.progress, o.goal = r.place(before.run(j.ev.day))
		o.retry = j.tomorrow()
		return 0, ReasonCheckedIn
	}
	after := before.with(j.ev.day)
	if !after.has(j.ev.day) {
		return 0, ReasonLate
	}
	j.out.streaks = append(j.out.streaks, after)
	o.progress, o.goal = r.place(after.run(j.ev.day))
	return r.paid(o.progress), 0
}

// place returns which day of the cycle a run of so many days has come to, and
// the goal that is next or reached; 0 if none is ahead.
func (r *bookRule) place(run int32) (day, goal int32) {
	day = run
	if r.streak.Cycle > 0 && run > 0 {
		day = (run-1)%r.streak.Cycle + 1
	}
	for _, g := range r.streak.Goals {
		if g.Day >= day {
			return day, g.Day
		}
	}
	return day, 0
}

// paid returns what a check-in on a day of the cycle gives.
func (r *bookRule) paid(day int32) (points int64) {
	for _, s := range r.streak.Steps {
		if s.Day <= day {
			points = s.Points
		}
	}
	for _, g := range r.streak.Goals {
		if g.Day == day {
			points += g.Points
		}
	}
	return points
}

// task counts an event. Whoever then gives no points for a goal reached takes
// the state back.
func (j *judge) task(r *bookRule, o *outcome) Reason {
	for _, id := range r.task.After {
		if j.st.account.task(id).done == 0 {
			o.goal = r.task.Goal
			return ReasonLocked
		}
	}
	now := j.st.account.task(r.id)
	o.goal = r.task.Goal
	if now.done > 0 && !r.task.Repeat {
		o.progress = r.task.Goal
		return ReasonDone
	}
	now.progress++
	o.progress = min(now.progress, r.task.Goal)
	reason := ReasonProgress
	if now.progress >= r.task.Goal {
		now.progress, reason = 0, 0
		now.done++
	}
	j.out.tasks = append(j.out.tasks, now)
	return reason
}

func (j *judge) referral(r *bookRule) Reason {
	enrolled := j.st.account.enrolled
	switch {
	case j.st.referrer == referrerNone:
		return ReasonNoReferrer
	case j.used(windowKey{windowPaid + windowKind(perLife), r.id}, perLife) > 0:
		return ReasonPaid
	case j.st.referrer == referrerShut:
		return ReasonReferrer
	case enrolled != 0 && !r.within.IsZero() && j.ev.at >= micros(r.within.After(instant(enrolled), j.book.cal.zone)):
		return ReasonLate
	}
	return 0
}

// tomorrow returns the start of the day after the event's.
func (j *judge) tomorrow() int64 {
	return j.days().start(j.ev.day + 1)
}
